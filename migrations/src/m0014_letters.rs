//! The ledger of a letter: one row a recipient, and on the letter when it was started, who was left out, and when it is to go.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::shape::{id, instant, instant_or_none};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            instant_or_none("scheduled_for"),
            instant_or_none("started_at"),
            instant_or_none("finished_at"),
            ColumnDef::new("excluded").json_binary().null().take(),
        ] {
            let alter = Table::alter().table("letter").add_column(column).take();
            manager.alter_table(alter).await?;
        }
        delivery(manager).await
    }
}

/// `state` and its columns mean what they mean in `outbox`. No index names `state`: the sender changes it twice a mail, and on
/// PostgreSQL an update that touches no index is several times as cheap. A subscriber is no foreign key: erasing her leaves the count.
async fn delivery(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create()
        .table("delivery")
        .col(id("letter"))
        .col(id("subscriber"))
        .col(
            ColumnDef::new("state")
                .small_integer()
                .not_null()
                .check(Expr::col("state").between(0, 8)),
        )
        .col(instant_or_none("due"))
        .col(ColumnDef::new("lease").big_integer().null())
        .col(ColumnDef::new("attempts").integer().not_null().default(0))
        .col(ColumnDef::new("uncertain").small_integer().not_null().default(0))
        .col(instant_or_none("first_tried_at"))
        .col(instant("moved_at"))
        .col(ColumnDef::new("error").text().null())
        .primary_key(Index::create().col("letter").col("subscriber"))
        .foreign_key(
            ForeignKey::create()
                .name("delivery_letter")
                .from("delivery", "letter")
                .to("letter", "id"),
        )
        .check(Expr::cust("(due IS NOT NULL) = (state IN (0, 4))"))
        .take();
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    table.extra(if postgres {
        "WITH (fillfactor = 70)"
    } else {
        "WITHOUT ROWID"
    });
    manager.create_table(table).await?;
    manager
        .get_connection()
        .execute_unprepared("CREATE INDEX delivery_due ON delivery(letter, due, subscriber) WHERE due IS NOT NULL")
        .await
        .map(drop)
}
