//! What a family answers before a visit, sealed, and what it agreed to, which is only ever added to.

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
        answers(manager).await?;
        consents(manager).await
    }
}

fn of_appointment(name: &'static str, table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(name)
        .from(table, "appointment_id")
        .to("appointment", "id")
        .take()
}

async fn answers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("intake_answer")
                .col(id("id").primary_key())
                .col(id("appointment_id"))
                // The question's name in its offering, which may have been taken out since.
                .col(text("question_key"))
                // The question as it was asked, and the answer; bound to this row's id.
                .col(ColumnDef::new("sealed").blob().not_null())
                .col(instant("changed_at"))
                .foreign_key(&mut of_appointment("intake_answer_appointment", "intake_answer"))
                .take(),
        )
        .await?;
    let once = Index::create()
        .name("intake_answer_of")
        .table("intake_answer")
        .col("appointment_id")
        .col("question_key")
        .unique()
        .take();
    manager.create_index(once).await
}

async fn consents(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("intake_consent")
                .col(id("id").primary_key())
                .col(id("appointment_id"))
                // 1, 2, 3 … of an appointment: the order in which they were given and taken back.
                .col(ColumnDef::new("number").integer().not_null())
                .col(text("consent_key"))
                .col(ColumnDef::new("version").integer().not_null())
                // The practice's own words, exactly as they were shown.
                .col(text("wording"))
                // Given, or taken back.
                .col(ColumnDef::new("given").boolean().not_null())
                .col(instant("at"))
                .foreign_key(&mut of_appointment("intake_consent_appointment", "intake_consent"))
                .take(),
        )
        .await?;
    let lines = Index::create()
        .name("intake_consent_of")
        .table("intake_consent")
        .col("appointment_id")
        .col("number")
        .unique()
        .take();
    manager.create_index(lines).await?;
    append_only(manager, "intake_consent").await
}
