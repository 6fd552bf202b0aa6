//! Whether this database is a copy whose outbox must not send before somebody looked at it: one row, or none.

use sea_orm_migration::prelude::*;

use crate::shape::instant_or_none;

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
        let table = Table::create()
            .table("outbox_parked")
            .col(id)
            .col(instant_or_none("copied_at"))
            .col(instant_or_none("restored_at"))
            .take();
        manager.create_table(table).await
    }
}
