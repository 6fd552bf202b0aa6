//! Her other calendars: where each is read, how that went, and the time that it takes.

use sea_orm_migration::prelude::*;

use crate::shape::{id, instant, instant_or_none, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("source")
            .col(id("id").primary_key())
            .col(id("consultant_id"))
            .col(text("name"))
            // Sealed: whoever has the address reads the calendar.
            .col(ColumnDef::new("address").blob().not_null())
            .col(ColumnDef::new("blocks").boolean().not_null())
            .col(instant("added_at"))
            // NULL while it is paused.
            .col(instant_or_none("due_at"))
            // The last good answer, also one that said that nothing changed; and up to when what it holds is known.
            .col(instant_or_none("read_at"))
            .col(instant_or_none("known_until"))
            .col(ColumnDef::new("etag").text().null())
            .col(ColumnDef::new("last_modified").text().null())
            .col(ColumnDef::new("warnings").json_binary().not_null())
            // Why it cannot be read right now, since when, how often it was tried, and when she was told.
            .col(ColumnDef::new("trouble").text().null())
            .col(instant_or_none("trouble_since"))
            .col(ColumnDef::new("tries").integer().not_null())
            .col(instant_or_none("told_at"))
            .foreign_key(
                ForeignKey::create()
                    .name("source_consultant")
                    .from("source", "consultant_id")
                    .to("consultant", "id"),
            )
            .check(Expr::cust("(trouble IS NULL) = (trouble_since IS NULL)"))
            .take();
        manager.create_table(table).await?;
        let busy = Table::create()
            .table("source_busy")
            .col(id("source_id"))
            .col(instant("starts_at"))
            .col(instant("ends_at"))
            // The intervals of a source touch nowhere, so that their ends are as good as their starts; asked is what ends later than now.
            .primary_key(Index::create().col("source_id").col("ends_at"))
            .foreign_key(
                ForeignKey::create()
                    .name("source_busy_source")
                    .from("source_busy", "source_id")
                    .to("source", "id"),
            )
            .check(Expr::cust("starts_at < ends_at"))
            .take();
        manager.create_table(busy).await?;
        let db = manager.get_connection();
        db.execute_unprepared("CREATE INDEX source_consultant ON source(consultant_id)")
            .await?;
        db.execute_unprepared("CREATE INDEX source_due ON source(due_at) WHERE due_at IS NOT NULL")
            .await
            .map(drop)
    }
}
