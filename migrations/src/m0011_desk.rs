//! What the desk finds families by, what is kept after a late cancellation or a missed visit, and the list by state.

use std::collections::HashSet;

use kernel::fold::fold;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;
use sea_orm_migration::sea_orm::{DbErr, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// So many rows are read and written at once.
const AT_ONCE: i64 = 1_000;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let find_text = ColumnDef::new("find_text").text().not_null().default("").take();
        add(manager, "family", find_text).await?;
        // Minor units of the appointment's currency that are kept or owed; NULL where nothing is.
        add(
            manager,
            "appointment",
            ColumnDef::new("fee_minor").big_integer().null().take(),
        )
        .await?;
        // NULL while she has not decided.
        let decision = Expr::col("fee_decision").is_in(["kept", "waived"]);
        let decision = ColumnDef::new("fee_decision").text().null().check(decision).take();
        add(manager, "appointment", decision).await?;
        let by_state = Index::create()
            .name("appointment_state")
            .table("appointment")
            .col("state")
            .col("starts_at")
            .col("id")
            .take();
        manager.create_index(by_state).await?;
        let open_fees = Index::create()
            .name("appointment_fee_open")
            .table("appointment")
            .col("state_since")
            .cond_where(Expr::col("fee_minor").is_not_null())
            .cond_where(Expr::col("fee_decision").is_null())
            .take();
        manager.create_index(open_fees).await?;
        fill(manager).await
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager
        .alter_table(Table::alter().table(table).add_column(column).take())
        .await
}

/// Makes the families found that are there already: by address, and by every name and number they booked with.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let backend = manager.get_database_backend();
    let mut after = Uuid::nil();
    loop {
        let text = "SELECT id, email FROM family WHERE id > $1 ORDER BY id LIMIT $2";
        let families = Statement::from_sql_and_values(backend, text, [after.into(), AT_ONCE.into()]);
        let families = db.query_all_raw(families).await?;
        let Some(last) = families.last() else { return Ok(()) };
        after = last.try_get("", "id")?;
        for family in &families {
            let id: Uuid = family.try_get("", "id")?;
            let text = "SELECT parent_name, phone FROM appointment WHERE family_id = $1 ORDER BY starts_at LIMIT 20";
            let visits = Statement::from_sql_and_values(backend, text, [id.into()]);
            let mut pieces = vec![fold(&family.try_get::<String>("", "email")?)];
            for visit in db.query_all_raw(visits).await? {
                pieces.push(fold(&visit.try_get::<String>("", "parent_name")?));
                let phone: Option<String> = visit.try_get("", "phone")?;
                pieces.extend(phone.map(|p| p.chars().filter(char::is_ascii_digit).collect()));
            }
            let mut seen = HashSet::new();
            pieces.retain(|piece| seen.insert(piece.clone()));
            let text = "UPDATE family SET find_text = $1 WHERE id = $2";
            db.execute_raw(Statement::from_sql_and_values(
                backend,
                text,
                [pieces.join("\n").into(), id.into()],
            ))
            .await?;
        }
    }
}
