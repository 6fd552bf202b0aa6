//! What came back: which reports were read, and the mails that an address could not take for now.

use sea_orm_migration::prelude::*;

use crate::shape::{hash, id, instant, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        report(manager).await?;
        soft(manager).await
    }
}

/// A report that was read, by the SHA-256 of its bytes: it counts once, even when the program is killed before it is put away.
async fn report(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let kinds = ["hard", "soft", "complaint", "nothing", "stranger", "unread"];
    let table = Table::create()
        .table("bounce_report")
        .col(hash("digest").primary_key())
        .col(text("kind").check(Expr::col("kind").is_in(kinds)))
        .col(instant("at"))
        .take();
    manager.create_table(table).await?;
    let index = "CREATE INDEX bounce_report_at ON bounce_report(at)";
    manager.get_connection().execute_unprepared(index).await?;
    let index = "CREATE INDEX bounce_report_kind ON bounce_report(kind, at)";
    manager.get_connection().execute_unprepared(index).await.map(drop)
}

/// A mail counts once for its address. Keyed hashes only, as in `suppression`.
async fn soft(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("soft_bounce")
        .col(hash("address_hash"))
        .col(id("mail"))
        .col(instant("at"))
        .primary_key(Index::create().col("address_hash").col("mail"))
        .take();
    manager.create_table(table).await?;
    let index = "CREATE INDEX soft_bounce_at ON soft_bounce(at)";
    manager.get_connection().execute_unprepared(index).await.map(drop)
}
