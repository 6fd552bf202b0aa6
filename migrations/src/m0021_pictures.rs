//! Pictures of letters and articles: kept beside the text, and served under an address that never changes.

use sea_orm_migration::prelude::*;

use crate::shape::{instant, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    /// `file` is its name in addresses: the beginning of the hash of its bytes, and its kind. `alt` is what it shows, in words.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let whole = |name: &'static str| ColumnDef::new(name).integer().not_null().take();
        let table = Table::create()
            .table("picture")
            .col(text("file").primary_key())
            .col(text("kind").check(Expr::col("kind").is_in(["jpeg", "png"])))
            .col(whole("width"))
            .col(whole("height"))
            .col(text("alt"))
            .col(ColumnDef::new("bytes").blob().not_null())
            .col(instant("made_at"))
            .take();
        manager.create_table(table).await?;
        manager
            .get_connection()
            .execute_unprepared("CREATE INDEX picture_made ON picture(made_at)")
            .await
            .map(drop)
    }
}
