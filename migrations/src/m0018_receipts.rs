//! Receipts and the counter that numbers them, notes to payments, and the index for what is owed.

use sea_orm_migration::prelude::*;

use crate::shape::{append_only, id, instant, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        counter(manager).await?;
        receipt(manager).await?;
        note(manager).await?;
        for index in [
            "CREATE INDEX appointment_unpaid ON appointment(starts_at, id) \
             WHERE waived_at IS NULL AND state <> 'expired' AND paid_minor < price_minor + trip_fee_minor",
            "CREATE INDEX refund_done ON refund(done_at) WHERE done_at IS NOT NULL",
            "CREATE INDEX purchase_unpaid ON purchase(created_at) WHERE paid_at IS NULL",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}

/// The last number that was given; a transaction that gives none leaves no gap.
async fn counter(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("receipt_counter")
        .col(ColumnDef::new("id").integer().not_null().primary_key())
        .col(ColumnDef::new("last").big_integer().not_null())
        .take();
    manager.create_table(table).await?;
    manager
        .get_connection()
        .execute_unprepared("INSERT INTO receipt_counter (id, last) VALUES (1, 0)")
        .await
        .map(drop)
}

async fn receipt(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let of = ForeignKey::create()
        .name("receipt_payment")
        .from("receipt", "payment_id")
        .to("payment", "id")
        .take();
    let table = Table::create()
        .table("receipt")
        .col(ColumnDef::new("number").big_integer().not_null().primary_key())
        .col(id("payment_id").unique_key())
        .col(instant("issued_at"))
        .col(text("currency"))
        .col(
            ColumnDef::new("minor")
                .big_integer()
                .not_null()
                .check(Expr::col("minor").gt(0)),
        )
        // The practice as it was that day, and what was paid for; who paid stands with the appointment or the purchase.
        .col(ColumnDef::new("issuer").json_binary().not_null())
        .col(ColumnDef::new("lines").json_binary().not_null())
        .foreign_key(&mut of.clone())
        .take();
    manager.create_table(table).await?;
    append_only(manager, "receipt").await
}

/// Beside the payment, because it is free text: sealed.
async fn note(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let of = ForeignKey::create()
        .name("payment_note_payment")
        .from("payment_note", "id")
        .to("payment", "id")
        .take();
    let table = Table::create()
        .table("payment_note")
        .col(id("id").primary_key())
        .col(ColumnDef::new("note").blob().not_null())
        .foreign_key(&mut of.clone())
        .take();
    manager.create_table(table).await
}
