//! Letters: texts in Markdown that are published as articles, and later mailed.

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
            .table("letter")
            .col(id("id").primary_key())
            .col(text("slug").unique_key())
            .col(text("title"))
            .col(text("topic").check(Expr::col("topic").is_in([
                "blog-posts",
                "free-offerings",
                "paid-offerings",
                "other-news",
            ])))
            .col(text("summary"))
            .col(text("markdown"))
            .col(text("state").check(Expr::col("state").is_in([
                "draft",
                "scheduled",
                "sending",
                "paused",
                "sent",
                "cancelled",
            ])))
            .col(instant_or_none("published_at"))
            .col(instant("created_at"))
            .col(instant("changed_at"))
            .take();
        manager.create_table(table).await?;
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE INDEX letter_published ON letter(published_at, id) WHERE published_at IS NOT NULL",
            )
            .await
            .map(drop)
    }
}
