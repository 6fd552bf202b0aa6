//! Families: the babies named at a booking, the second person who gets its invitations, and the link with which the
//! consultant lets a family book what is for clients.

use sea_orm_migration::prelude::*;

use crate::shape::{hash, id, instant};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Of one appointment, not of the family: whoever books under an address has not yet proved to read there.
        let second = ColumnDef::new("second_email").text().null().take();
        manager
            .alter_table(Table::alter().table("appointment").add_column(second).take())
            .await?;
        baby(manager).await?;
        client_link(manager).await
    }
}

fn of(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{target}"))
        .from(table, column)
        .to(target, "id")
        .take()
}

async fn baby(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("baby")
                .col(id("id").primary_key())
                .col(id("family_id"))
                // At which booking she or he was named so.
                .col(id("appointment_id"))
                .col(ColumnDef::new("name").text().null())
                // A civil date: of birth, or due.
                .col(ColumnDef::new("born").text().null())
                .col(instant("created_at"))
                .foreign_key(&mut of("baby", "family_id", "family"))
                .foreign_key(&mut of("baby", "appointment_id", "appointment"))
                .check(Expr::cust("name IS NOT NULL OR born IS NOT NULL"))
                .take(),
        )
        .await?;
    for column in ["family_id", "appointment_id", "born"] {
        let index = Index::create()
            .name(format!("baby_{column}"))
            .table("baby")
            .col(column)
            .take();
        manager.create_index(index).await?;
    }
    Ok(())
}

async fn client_link(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("client_link")
                .col(id("id").primary_key())
                .col(id("family_id").unique_key())
                .col(instant("made_at"))
                .col(id("login_id"))
                .col(instant("ends_at"))
                .col(ColumnDef::new("generation").integer().not_null())
                .col(ColumnDef::new("key_version").small_integer().not_null())
                .col(hash("link_hash").unique_key())
                .foreign_key(&mut of("client_link", "family_id", "family"))
                .take(),
        )
        .await
}
