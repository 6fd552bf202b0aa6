//! What belongs to this installation: the fingerprints of its secret keys.

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
        manager
            .create_table(
                Table::create()
                    .table("key_fingerprint")
                    .col(ColumnDef::new("version").small_integer().not_null().primary_key())
                    .col(text("fingerprint"))
                    .col(instant("created_at"))
                    .take(),
            )
            .await
    }
}
