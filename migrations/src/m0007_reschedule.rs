//! Whether it was the consultant who gave an appointment its time last: then the family may decline with everything back.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let moved = ColumnDef::new("moved_by_consultant")
            .boolean()
            .not_null()
            .default(false)
            .take();
        manager
            .alter_table(Table::alter().table("appointment").add_column(moved).take())
            .await
    }
}
