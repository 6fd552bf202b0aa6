//! What keeps mails from leaving, as the sender last met it: one row while something does, none otherwise.

use sea_orm_migration::prelude::*;

use crate::shape::{instant, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let id = ColumnDef::new("id")
            .small_integer()
            .not_null()
            .primary_key()
            .check(Expr::col("id").eq(1))
            .take();
        let kinds = ["unreachable", "certificate", "login", "limit", "sender"];
        let table = Table::create()
            .table("mail_trouble")
            .col(id)
            .col(text("kind").check(Expr::col("kind").is_in(kinds)))
            .col(text("said"))
            .col(instant("since"))
            .col(instant("again_at"))
            .take();
        manager.create_table(table).await
    }
}
