//! Who may see the desk: logins, their sessions, one-time links, and the audit log.

use sea_orm_migration::prelude::*;

use crate::shape::{append_only, hash, id, instant, instant_or_none, text};

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
                    .table("login")
                    .col(id("id").primary_key())
                    .col(text("email"))
                    .col(text("email_key").unique_key())
                    .col(text("password_hash"))
                    .col(instant("created_at"))
                    .col(instant("password_changed_at"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("session")
                    .col(id("id").primary_key())
                    .col(id("login_id"))
                    .col(hash("token_hash").unique_key())
                    .col(instant("created_at"))
                    .col(instant("seen_at"))
                    .col(instant("ends_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("session_login")
                            .from("session", "login_id")
                            .to("login", "id"),
                    )
                    .take(),
            )
            .await?;
        index(manager, "session", "login_id").await?;
        index(manager, "session", "ends_at").await?;
        manager
            .create_table(
                Table::create()
                    .table("one_time_link")
                    .col(id("id").primary_key())
                    .col(text("purpose").check(Expr::col("purpose").is_in(["first_login", "reset"])))
                    .col(ColumnDef::new("login_id").uuid().null())
                    .col(hash("token_hash").unique_key())
                    .col(instant("created_at"))
                    .col(instant("ends_at"))
                    .col(instant_or_none("used_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("one_time_link_login")
                            .from("one_time_link", "login_id")
                            .to("login", "id"),
                    )
                    .check(
                        Expr::col("purpose")
                            .eq("first_login")
                            .eq(Expr::col("login_id").is_null()),
                    )
                    .take(),
            )
            .await?;
        index(manager, "one_time_link", "login_id").await?;
        index(manager, "one_time_link", "ends_at").await?;
        manager
            .create_table(
                Table::create()
                    .table("audit")
                    .col(id("id").primary_key())
                    .col(instant("at"))
                    .col(ColumnDef::new("login_id").uuid().null())
                    .col(text("action"))
                    .col(ColumnDef::new("subject").uuid().null())
                    .foreign_key(
                        ForeignKey::create()
                            .name("audit_login")
                            .from("audit", "login_id")
                            .to("login", "id"),
                    )
                    .take(),
            )
            .await?;
        index(manager, "audit", "login_id").await?;
        append_only(manager, "audit").await
    }
}

async fn index(manager: &SchemaManager<'_>, table: &'static str, column: &'static str) -> Result<(), DbErr> {
    manager
        .create_index(
            Index::create()
                .name(format!("{table}_{column}"))
                .table(table)
                .col(column)
                .take(),
        )
        .await
}
