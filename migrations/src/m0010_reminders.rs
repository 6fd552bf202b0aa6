//! Reminders of appointments, and silence: families that are written to no more of our own accord, and their addresses' hashes.

use sea_orm_migration::prelude::*;

use crate::shape::{hash, instant, instant_or_none};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        silence(manager).await?;
        reminders(manager).await
    }
}

async fn silence(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let since = instant_or_none("silenced_at");
    manager
        .alter_table(Table::alter().table("family").add_column(since).take())
        .await?;
    let table = Table::create()
        .table("mute")
        .col(hash("address_hash").primary_key())
        .col(instant("since"))
        .take();
    manager.create_table(table).await
}

/// `remind_at`: when the reconciler looks at a confirmed visit next; NULL when nothing is left to say. `remind_since`: only reminders
/// due after it are sent: when the visit got its time, or its offering the reminders it has now.
async fn reminders(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let at = instant_or_none("remind_at");
    manager
        .alter_table(Table::alter().table("appointment").add_column(at).take())
        .await?;
    let since = instant("remind_since").default(0).take();
    manager
        .alter_table(Table::alter().table("appointment").add_column(since).take())
        .await?;
    let db = manager.get_connection();
    db.execute_unprepared("UPDATE appointment SET remind_since = changed_at")
        .await?;
    db.execute_unprepared("UPDATE appointment SET remind_at = changed_at WHERE state = 'confirmed'")
        .await?;
    db.execute_unprepared("CREATE INDEX appointment_remind ON appointment(remind_at) WHERE remind_at IS NOT NULL")
        .await
        .map(drop)
}
