//! Appointments: who booked what, its history, what was paid, answers given before, and calendar feeds.
//!
//! The last word against double booking stands here: an exclusion constraint on PostgreSQL, two
//! triggers on SQLite, both called `appointment_no_overlap`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::shape::{append_only, hash, id, instant, instant_or_none, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        family(manager).await?;
        appointment(manager).await?;
        appointment_indexes(manager).await?;
        no_overlap(manager).await?;
        history(manager).await?;
        payment(manager).await?;
        idempotency(manager).await?;
        feed(manager).await
    }
}

fn text_or_none(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().null().take()
}

fn integer(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).integer().not_null().take()
}

fn big(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

fn small(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).small_integer().not_null().take()
}

fn of(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{target}"))
        .from(table, column)
        .to(target, "id")
        .take()
}

async fn index(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let mut index = Index::create().name(name).table(table).take();
    for column in columns {
        index.col(*column);
    }
    manager.create_index(index).await
}

async fn family(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("family")
                .col(id("id").primary_key())
                .col(text("email"))
                .col(text("email_key").unique_key())
                .col(instant("created_at"))
                // When somebody at this address first followed a link of ours.
                .col(instant_or_none("verified_at"))
                .take(),
        )
        .await
}

async fn appointment(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let blocking = Expr::col("state").is_in(["awaiting_payment", "confirmed", "completed"]);
    manager
        .create_table(
            Table::create()
                .table("appointment")
                .col(id("id").primary_key())
                .col(id("consultant_id"))
                .col(id("offering_id"))
                .col(id("family_id"))
                .col(text("state").check(Expr::col("state").is_in([
                    "awaiting_payment",
                    "confirmed",
                    "completed",
                    "no_show",
                    "cancelled",
                    "expired",
                ])))
                // Since when it is in this state.
                .col(instant("state_since"))
                .col(instant_or_none("hold_until"))
                .col(text_or_none("cancelled_by"))
                .col(text_or_none("cancel_reason"))
                .col(ColumnDef::new("cancel_words").blob().null())
                .col(instant("starts_at"))
                .col(instant("ends_at"))
                // Generated, so that it cannot drift from the state.
                .col(ColumnDef::new("blocks").boolean().not_null().generated(blocking, true))
                // With buffers and travel, so that those of two appointments add up.
                .col(instant("blocked_from"))
                .col(instant("blocked_until"))
                .col(ColumnDef::new("overlap_allowed").boolean().not_null())
                // What was agreed on the wall clock, should the rules of the zone change.
                .col(text("agreed_start"))
                .col(text("agreed_zone"))
                .col(text("parent_zone"))
                .col(text("mode"))
                .col(text_or_none("channel"))
                .col(text_or_none("place"))
                .col(ColumnDef::new("home").blob().null())
                .col(text("parent_name"))
                .col(text_or_none("phone"))
                .col(text_or_none("phone_key"))
                .col(text("currency"))
                .col(big("price_minor"))
                .col(big("trip_fee_minor"))
                .col(text("terms"))
                .col(instant_or_none("paid_at"))
                .col(integer("sequence"))
                .col(instant("created_at"))
                .col(instant("changed_at"))
                .col(integer("generation"))
                .col(small("key_version"))
                .col(hash("link_hash").unique_key())
                .foreign_key(&mut of("appointment", "consultant_id", "consultant"))
                .foreign_key(&mut of("appointment", "offering_id", "offering"))
                .foreign_key(&mut of("appointment", "family_id", "family"))
                .check(Expr::cust("ends_at > starts_at"))
                .check(Expr::cust("blocked_from <= starts_at AND blocked_until >= ends_at"))
                .check(Expr::cust("blocked_until - blocked_from <= 86400000000"))
                .check(Expr::cust("(state = 'awaiting_payment') = (hold_until IS NOT NULL)"))
                .check(Expr::cust("(state = 'cancelled') = (cancelled_by IS NOT NULL)"))
                .check(Expr::cust("(mode = 'telehealth') = (channel IS NOT NULL)"))
                .check(Expr::cust("(mode = 'in_person') = (place IS NOT NULL)"))
                .take(),
        )
        .await?;
    Ok(())
}

async fn appointment_indexes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    index(
        manager,
        "appointment_busy",
        "appointment",
        &["consultant_id", "blocked_from"],
    )
    .await?;
    index(manager, "appointment_coming", "appointment", &["starts_at", "id"]).await?;
    index(
        manager,
        "appointment_changes",
        "appointment",
        &["consultant_id", "changed_at"],
    )
    .await?;
    index(manager, "appointment_offering_id", "appointment", &["offering_id"]).await?;
    index(
        manager,
        "appointment_family_id",
        "appointment",
        &["family_id", "starts_at"],
    )
    .await?;
    index(manager, "appointment_phone", "appointment", &["phone_key"]).await?;
    for (name, column, state) in [
        ("appointment_holds", "hold_until", "awaiting_payment"),
        ("appointment_over", "ends_at", "confirmed"),
    ] {
        let waiting = Index::create()
            .name(name)
            .table("appointment")
            .col(column)
            .cond_where(Expr::col("state").eq(state))
            .take();
        manager.create_index(waiting).await?;
    }
    Ok(())
}

async fn no_overlap(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("CREATE EXTENSION IF NOT EXISTS btree_gist")
            .await?;
        db.execute_unprepared(
            "ALTER TABLE appointment ADD CONSTRAINT appointment_no_overlap \
             EXCLUDE USING gist (consultant_id WITH =, int8range(blocked_from, blocked_until) WITH &&) \
             WHERE (blocks AND NOT overlap_allowed)",
        )
        .await?;
        return Ok(());
    }
    // No span is longer than 24 hours (a CHECK), so that the search is bounded below on the index.
    for (name, when) in [
        ("insert", "INSERT"),
        (
            "update",
            "UPDATE OF consultant_id, blocked_from, blocked_until, state, overlap_allowed",
        ),
    ] {
        db.execute_unprepared(&format!(
            "CREATE TRIGGER appointment_no_overlap_{name} BEFORE {when} ON appointment \
             WHEN new.state IN ('awaiting_payment', 'confirmed', 'completed') AND NOT new.overlap_allowed \
             BEGIN SELECT RAISE(ABORT, 'appointment_no_overlap') WHERE EXISTS (SELECT 1 FROM appointment a \
             WHERE a.consultant_id = new.consultant_id AND a.id <> new.id AND a.blocks AND NOT a.overlap_allowed \
             AND a.blocked_from > new.blocked_from - 86400000000 AND a.blocked_from < new.blocked_until \
             AND a.blocked_until > new.blocked_from); END"
        ))
        .await?;
    }
    Ok(())
}

async fn history(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("appointment_history")
                .col(id("id").primary_key())
                .col(id("appointment_id"))
                // 1, 2, 3 … of an appointment: the order in which things happened.
                .col(integer("number"))
                .col(instant("at"))
                .col(text("event"))
                .col(text("who"))
                // The login of a consultant who did it; logins are made by a later step.
                .col(ColumnDef::new("login_id").uuid().null())
                .col(ColumnDef::new("facts").json_binary().not_null())
                .foreign_key(&mut of("appointment_history", "appointment_id", "appointment"))
                .take(),
        )
        .await?;
    let once = Index::create()
        .name("appointment_history_of")
        .table("appointment_history")
        .col("appointment_id")
        .col("number")
        .unique()
        .take();
    manager.create_index(once).await?;
    append_only(manager, "appointment_history").await
}

async fn payment(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("payment")
                .col(id("id").primary_key())
                .col(id("appointment_id").unique_key())
                .col(text("provider"))
                .col(text_or_none("provider_id"))
                .col(text("method"))
                .col(big("minor"))
                .col(text("currency"))
                .col(instant("paid_at"))
                .col(ColumnDef::new("login_id").uuid().null())
                .foreign_key(&mut of("payment", "appointment_id", "appointment"))
                .check(Expr::col("minor").gt(0))
                .take(),
        )
        .await?;
    let once = Index::create()
        .name("payment_provider")
        .table("payment")
        .col("provider")
        .col("provider_id")
        .unique()
        .take();
    manager.create_index(once).await
}

async fn idempotency(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("idempotency")
                .col(text("route"))
                .col(hash("key_hash"))
                .col(hash("request_hash"))
                .col(id("resource_id"))
                .col(instant("created_at"))
                .primary_key(Index::create().col("route").col("key_hash"))
                .take(),
        )
        .await?;
    index(manager, "idempotency_created_at", "idempotency", &["created_at"]).await
}

async fn feed(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("feed")
                .col(id("id").primary_key())
                .col(id("consultant_id").unique_key())
                .col(text("detail"))
                .col(integer("generation"))
                .col(small("key_version"))
                .col(hash("secret_hash").unique_key())
                .col(instant("changed_at"))
                .col(instant_or_none("last_fetched_at"))
                .foreign_key(&mut of("feed", "consultant_id", "consultant"))
                .take(),
        )
        .await
}
