//! The practice: its texts, its consultants with their hours, what can be booked, and packages.

use sea_orm_migration::prelude::*;

use crate::shape::{id, instant, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        practice(manager).await?;
        consultants(manager).await?;
        offerings(manager).await?;
        packages(manager).await
    }
}

fn json(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).json_binary().not_null().take()
}

fn integer(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).integer().not_null().take()
}

fn boolean(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().take()
}

fn of(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{target}"))
        .from(table, column)
        .to(target, "id")
        .take()
}

async fn index(manager: &SchemaManager<'_>, table: &'static str, column: &'static str) -> Result<(), DbErr> {
    let index = Index::create()
        .name(format!("{table}_{column}"))
        .table(table)
        .col(column)
        .take();
    manager.create_index(index).await
}

async fn practice(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("practice")
                .col(id("id").primary_key())
                // One practice an installation.
                .col(boolean("only").unique_key().check(Expr::col("only")))
                .col(text("name"))
                .col(text("discreet_name"))
                .col(text("tagline"))
                .col(text("welcome"))
                .col(text("about"))
                .col(text("how_to_pay"))
                .col(text("emergency_line"))
                .col(text("phone"))
                .col(text("email"))
                .col(json("postal_address"))
                .col(text("zone"))
                .col(text("currency"))
                .col(text("locale"))
                .col(text("colour"))
                .col(ColumnDef::new("office").json_binary().null())
                .col(json("policy"))
                .col(json("home_zones"))
                .col(text("uid_domain"))
                .col(instant("created_at"))
                .col(instant("changed_at"))
                .take(),
        )
        .await
}

async fn consultants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("consultant")
                .col(id("id").primary_key())
                .col(text("slug").unique_key())
                .col(text("name"))
                .col(text("credentials"))
                .col(text("zone"))
                .col(integer("position"))
                .take(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("weekly_window")
                .col(id("consultant_id"))
                .col(
                    ColumnDef::new("day")
                        .small_integer()
                        .not_null()
                        .check(Expr::col("day").between(0, 6)),
                )
                .col(text("opens"))
                .col(text("closes"))
                .col(json("modes"))
                .primary_key(Index::create().col("consultant_id").col("day").col("opens"))
                .foreign_key(&mut of("weekly_window", "consultant_id", "consultant"))
                .take(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("date_override")
                .col(id("consultant_id"))
                .col(text("date"))
                .col(json("windows"))
                .primary_key(Index::create().col("consultant_id").col("date"))
                .foreign_key(&mut of("date_override", "consultant_id", "consultant"))
                .take(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("time_off")
                .col(id("consultant_id"))
                .col(text("starts"))
                .col(text("ends"))
                .primary_key(Index::create().col("consultant_id").col("starts"))
                .foreign_key(&mut of("time_off", "consultant_id", "consultant"))
                .take(),
        )
        .await
}

async fn offerings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("offering")
                .col(id("id").primary_key())
                .col(text("slug").unique_key())
                .col(text("name"))
                .col(text("summary"))
                .col(text("description"))
                .col(integer("minutes"))
                .col(integer("step_minutes"))
                .col(integer("buffer_before_minutes"))
                .col(integer("buffer_after_minutes"))
                .col(integer("notice_minutes"))
                .col(integer("horizon_days"))
                .col(ColumnDef::new("daily_cap").integer().null())
                .col(ColumnDef::new("price_minor").big_integer().not_null())
                .col(text("terms"))
                .col(json("modes"))
                .col(json("channels"))
                .col(json("places"))
                .col(text("audience"))
                .col(boolean("once_per_family"))
                .col(json("reminder_minutes"))
                .col(json("questions"))
                .col(json("consents"))
                .col(integer("position"))
                .col(boolean("archived"))
                .check(Expr::col("minutes").gt(0))
                .check(Expr::col("step_minutes").gt(0))
                .check(Expr::col("price_minor").gte(0))
                .take(),
        )
        .await
}

async fn packages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("package")
                .col(id("id").primary_key())
                .col(text("slug").unique_key())
                .col(text("name"))
                .col(text("summary"))
                .col(text("description"))
                .col(ColumnDef::new("price_minor").big_integer().not_null())
                .col(integer("valid_months"))
                .col(boolean("trip_fee_included"))
                .col(integer("position"))
                .col(boolean("archived"))
                .check(Expr::col("price_minor").gte(0))
                .take(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("package_visit")
                .col(id("package_id"))
                .col(id("offering_id"))
                .col(integer("count").check(Expr::col("count").gt(0)))
                .col(integer("position"))
                .primary_key(Index::create().col("package_id").col("offering_id"))
                .foreign_key(&mut of("package_visit", "package_id", "package"))
                .foreign_key(&mut of("package_visit", "offering_id", "offering"))
                .take(),
        )
        .await?;
    index(manager, "package_visit", "offering_id").await
}
