//! What was agreed: which ways of meeting each line of a package allows, which version of the policy an appointment was booked under,
//! the notes to credits that the consultant gave or took, and whether a buyer was told that her credits end.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::shape::{append_only, id, instant, instant_or_none};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        lines(manager).await?;
        policies(manager).await?;
        notes(manager).await?;
        // A visit that was missed gives its credit back, and takes it again when she came after all: under the purchase's claim,
        // the lines of a visit sum up to nothing or to the one credit that it spends.
        let db = manager.get_connection();
        for index in [
            "DROP INDEX credit_ledger_visit",
            "CREATE INDEX credit_ledger_visit ON credit_ledger(appointment_id) WHERE appointment_id IS NOT NULL",
        ] {
            db.execute_unprepared(index).await?;
        }
        add(manager, "purchase", instant_or_none("end_told_at")).await
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager
        .alter_table(Table::alter().table(table).add_column(column).take())
        .await
}

async fn drop_column(manager: &SchemaManager<'_>, table: &'static str, column: &'static str) -> Result<(), DbErr> {
    manager
        .alter_table(Table::alter().table(table).drop_column(column).take())
        .await
}

/// The trip fee was included in a whole package; now each line says so, and how it may be held: an empty list is every way.
async fn lines(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for list in ["modes", "places"] {
        let list = ColumnDef::new(list).json_binary().not_null().default("[]").take();
        add(manager, "package_visit", list).await?;
    }
    let included = ColumnDef::new("trip_fee_included")
        .boolean()
        .not_null()
        .default(false)
        .take();
    add(manager, "package_visit", included).await?;
    let db = manager.get_connection();
    db.execute_unprepared(
        "UPDATE package_visit SET trip_fee_included = TRUE \
         WHERE package_id IN (SELECT id FROM package WHERE trip_fee_included)",
    )
    .await?;
    // What was bought keeps its terms.
    let bought = if manager.get_database_backend() == DbBackend::Postgres {
        "UPDATE purchase SET visits = (SELECT jsonb_agg(line || jsonb_build_object('trip_fee_included', trip_fee_included)) \
         FROM jsonb_array_elements(visits) AS line) WHERE trip_fee_included"
    } else {
        "UPDATE purchase SET visits = (SELECT json_group_array(json_set(line.value, '$.trip_fee_included', json('true'))) \
         FROM json_each(purchase.visits) AS line) WHERE trip_fee_included"
    };
    db.execute_unprepared(bought).await?;
    drop_column(manager, "package", "trip_fee_included").await?;
    drop_column(manager, "purchase", "trip_fee_included").await
}

/// Every policy that was ever in force, and which one each appointment was booked under.
async fn policies(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("policy_version")
        .col(ColumnDef::new("number").integer().not_null().primary_key())
        .col(ColumnDef::new("policy").json_binary().not_null())
        .col(instant("since"))
        .take();
    manager.create_table(table).await?;
    manager
        .get_connection()
        .execute_unprepared(
            "INSERT INTO policy_version (number, policy, since) SELECT 1, policy, changed_at FROM practice",
        )
        .await?;
    append_only(manager, "policy_version").await?;
    let version = ColumnDef::new("policy_version").integer().not_null().default(1).take();
    add(manager, "appointment", version).await
}

/// Beside the append-only ledger, because it is free text: sealed, and gone when the family is erased.
async fn notes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let of = ForeignKey::create()
        .name("credit_note_credit_ledger")
        .from("credit_note", "id")
        .to("credit_ledger", "id")
        .take();
    let table = Table::create()
        .table("credit_note")
        .col(id("id").primary_key())
        .col(ColumnDef::new("note").blob().not_null())
        .foreign_key(&mut of.clone())
        .take();
    manager.create_table(table).await
}
