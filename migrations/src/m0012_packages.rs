//! Purchases of packages, the append-only ledger of their credits, and which purchase a visit was booked from.

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
        purchase(manager).await?;
        ledger(manager).await?;
        let from = ColumnDef::new("purchase_id").uuid().null().take();
        manager
            .alter_table(Table::alter().table("appointment").add_column(from).take())
            .await?;
        let db = manager.get_connection();
        db.execute_unprepared(
            "CREATE INDEX appointment_purchase ON appointment(purchase_id) WHERE purchase_id IS NOT NULL",
        )
        .await
        .map(drop)
    }
}

fn of(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{target}"))
        .from(table, column)
        .to(target, "id")
        .take()
}

/// What was bought keeps its terms: name, price and visits are those of the day.
async fn purchase(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("purchase")
        .col(id("id").primary_key())
        .col(id("package_id"))
        .col(id("family_id"))
        .col(text("package_name"))
        .col(text("buyer_name"))
        .col(ColumnDef::new("phone").text().null())
        .col(text("currency"))
        .col(ColumnDef::new("price_minor").big_integer().not_null())
        .col(ColumnDef::new("valid_months").integer().not_null())
        .col(ColumnDef::new("trip_fee_included").boolean().not_null())
        .col(ColumnDef::new("visits").json_binary().not_null())
        .col(instant("created_at"))
        .col(instant_or_none("paid_at"))
        .col(ColumnDef::new("paid_by").text().null())
        // When what was left of it ended.
        .col(instant_or_none("ended_at"))
        .col(ColumnDef::new("generation").integer().not_null())
        .col(ColumnDef::new("key_version").small_integer().not_null())
        .col(hash("link_hash").unique_key())
        .foreign_key(&mut of("purchase", "package_id", "package"))
        .foreign_key(&mut of("purchase", "family_id", "family"))
        .check(Expr::cust("(paid_at IS NULL) = (paid_by IS NULL)"))
        .take();
    manager.create_table(table).await?;
    let db = manager.get_connection();
    for index in [
        "CREATE INDEX purchase_package ON purchase(package_id)",
        "CREATE INDEX purchase_family ON purchase(family_id)",
        "CREATE INDEX purchase_open ON purchase(created_at) WHERE ended_at IS NULL",
    ] {
        db.execute_unprepared(index).await?;
    }
    Ok(())
}

async fn ledger(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let events = ["granted", "spent", "returned", "expired", "adjusted"];
    let table = Table::create()
        .table("credit_ledger")
        .col(id("id").primary_key())
        .col(id("purchase_id"))
        .col(ColumnDef::new("number").integer().not_null())
        .col(instant("at"))
        .col(text("event").check(Expr::col("event").is_in(events)))
        .col(id("offering_id"))
        .col(ColumnDef::new("amount").integer().not_null())
        .col(ColumnDef::new("appointment_id").uuid().null())
        .col(ColumnDef::new("login_id").uuid().null())
        .foreign_key(&mut of("credit_ledger", "purchase_id", "purchase"))
        .foreign_key(&mut of("credit_ledger", "offering_id", "offering"))
        .foreign_key(&mut of("credit_ledger", "appointment_id", "appointment"))
        .check(Expr::cust("(event IN ('spent', 'returned')) = (appointment_id IS NOT NULL)"))
        .check(Expr::cust(
            "CASE event WHEN 'adjusted' THEN amount <> 0 WHEN 'granted' THEN amount > 0 WHEN 'spent' THEN amount = -1 WHEN 'returned' THEN amount = 1 ELSE amount < 0 END",
        ))
        .take();
    manager.create_table(table).await?;
    let db = manager.get_connection();
    for index in [
        "CREATE UNIQUE INDEX credit_ledger_of ON credit_ledger(purchase_id, number)",
        // A visit spends one credit and gives it back once.
        "CREATE UNIQUE INDEX credit_ledger_visit ON credit_ledger(appointment_id, event)",
        "CREATE INDEX credit_ledger_offering ON credit_ledger(offering_id)",
    ] {
        db.execute_unprepared(index).await?;
    }
    append_only(manager, "credit_ledger").await
}
