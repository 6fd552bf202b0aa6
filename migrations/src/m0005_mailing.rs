//! The outbox with its leases and the captured mails, and consent: subscribers, their links, the proof log, suppressions.

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
        outbox(manager).await?;
        lease(manager).await?;
        captured_mail(manager).await?;
        subscriber(manager).await?;
        confirmation_link(manager).await?;
        signup_browser(manager).await?;
        signup_attempt(manager).await?;
        suppression(manager).await?;
        consent_proof(manager).await
    }
}

/// `state`: 0 queued, 1 leased, 2 handing over, 3 sent, 4 retry, 5 bounced, 6 cancelled, 7 uncertain, 8 withdrawn. One statement
/// moves a row from 1 to 2 or from 2 to 3. `due` is NULL unless the row waits, so that no other step touches the claim's index.
async fn outbox(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("outbox")
        .col(id("id").primary_key())
        .col(text("key").unique_key())
        .col(text("kind"))
        .col(text("recipient"))
        .col(ColumnDef::new("context").json_binary().null())
        .col(ColumnDef::new("thread").text().null())
        .col(ColumnDef::new("position").big_integer().not_null().default(0))
        .col(ColumnDef::new("cancels_elders").boolean().not_null().default(false))
        .col(small("priority"))
        .col(small("state").check(Expr::col("state").between(0, 8)))
        .col(instant_or_none("due"))
        .col(ColumnDef::new("lease").big_integer().null())
        .col(instant_or_none("not_after"))
        .col(ColumnDef::new("attempts").integer().not_null().default(0))
        .col(small("uncertain").default(0))
        .col(instant("queued_at"))
        .col(instant_or_none("first_tried_at"))
        .col(instant("moved_at"))
        .col(ColumnDef::new("error").text().null())
        .check(Expr::cust("(due IS NOT NULL) = (state IN (0, 4))"))
        .take();
    manager.create_table(table).await?;
    run(
        manager,
        &[
            "CREATE INDEX outbox_due ON outbox(priority, due, id) WHERE due IS NOT NULL",
            "CREATE INDEX outbox_thread ON outbox(thread, position) WHERE thread IS NOT NULL",
            "CREATE INDEX outbox_lease ON outbox(lease) WHERE state IN (1, 2)",
            "CREATE INDEX outbox_context ON outbox(moved_at) WHERE context IS NOT NULL",
            "CREATE INDEX outbox_open ON outbox(state, moved_at) WHERE state <> 3",
        ],
    )
    .await
}

/// One row an instance; `until` is the database's own clock on PostgreSQL.
async fn lease(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("lease")
        .col(ColumnDef::new("id").big_integer().not_null().primary_key())
        .col(instant("until"))
        .take();
    manager.create_table(table).await
}

/// What the `capture` transport delivered: its bytes, and the facts a list shows, decoded from them.
async fn captured_mail(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("captured_mail")
        .col(
            ColumnDef::new("number")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(id("mail_id").unique_key())
        .col(instant("captured_at"))
        .col(text("recipient"))
        .col(text("subject"))
        .col(text("text"))
        .col(ColumnDef::new("raw").blob().not_null())
        .take();
    manager.create_table(table).await
}

/// `topics` is a set of four bits. `undo_until` is set only by leaving from `confirmed`.
async fn subscriber(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("subscriber")
        .col(id("id").primary_key())
        .col(text("address"))
        .col(text("address_key").unique_key())
        .col(ColumnDef::new("name").text().null())
        .col(text("state").check(Expr::col("state").is_in([
            "pending",
            "confirmed",
            "unsubscribed",
            "bounced",
            "complained",
        ])))
        .col(small("topics").check(Expr::col("topics").between(0, 15)))
        .col(ColumnDef::new("generation").integer().not_null().default(0))
        .col(small("key_version"))
        .col(hash("preferences_hash").unique_key())
        .col(hash("unsubscribe_hash").unique_key())
        .col(instant("created_at"))
        .col(instant("state_since"))
        .col(instant_or_none("confirmed_at"))
        .col(instant_or_none("undo_until"))
        .take();
    manager.create_table(table).await?;
    run(manager, &["CREATE INDEX subscriber_state ON subscriber(state, id)"]).await
}

/// Every confirmation link that was ever written, so that an old one is known and answered, and never confirms twice.
async fn confirmation_link(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("confirmation_link")
        .col(hash("token_hash").primary_key())
        .col(id("subscriber_id"))
        .col(ColumnDef::new("generation").integer().not_null())
        .col(small("key_version"))
        .col(instant("made_at"))
        .col(instant("ends_at"))
        .col(instant_or_none("closed_at"))
        .col(ColumnDef::new("confirmed").boolean().not_null().default(false))
        .foreign_key(
            ForeignKey::create()
                .name("confirmation_link_subscriber")
                .from("confirmation_link", "subscriber_id")
                .to("subscriber", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    manager.create_table(table).await?;
    run(
        manager,
        &["CREATE UNIQUE INDEX confirmation_link_subscriber ON confirmation_link(subscriber_id, generation)"],
    )
    .await
}

/// Which browser signed up for which link: the hash of the random text in its cookie.
async fn signup_browser(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("signup_browser")
        .col(hash("marker_hash").primary_key())
        .col(hash("link_hash"))
        .col(instant("made_at"))
        .foreign_key(
            ForeignKey::create()
                .name("signup_browser_link")
                .from("signup_browser", "link_hash")
                .to("confirmation_link", "token_hash")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    manager.create_table(table).await?;
    run(
        manager,
        &[
            "CREATE INDEX signup_browser_link ON signup_browser(link_hash)",
            "CREATE INDEX signup_browser_made ON signup_browser(made_at)",
        ],
    )
    .await
}

/// When a confirmation mail to an address was allowed, whether or not its state led to one. Keyed hashes only.
async fn signup_attempt(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("signup_attempt")
        .col(id("id").primary_key())
        .col(hash("address_hash"))
        .col(instant("at"))
        .take();
    manager.create_table(table).await?;
    run(
        manager,
        &[
            "CREATE INDEX signup_attempt_address ON signup_attempt(address_hash, at)",
            "CREATE INDEX signup_attempt_at ON signup_attempt(at)",
        ],
    )
    .await
}

/// Addresses that get no mail again, as keyed hashes, so that they survive the erasing of the person.
async fn suppression(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("suppression")
        .col(hash("address_hash").primary_key())
        .col(text("reason").check(Expr::col("reason").is_in(["bounced", "complained"])))
        .col(instant("since"))
        .col(instant_or_none("tried_again_at"))
        .take();
    manager.create_table(table).await
}

/// Append-only. No address and no foreign key: erasing a person leaves the facts.
async fn consent_proof(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("consent_proof")
        .col(id("id").primary_key())
        .col(id("subscriber_id"))
        .col(hash("address_hash"))
        .col(text("event").check(Expr::col("event").is_in([
            "requested",
            "confirmed",
            "topics",
            "unsubscribed",
            "returned",
        ])))
        .col(instant("at"))
        .col(text("page"))
        .col(ColumnDef::new("wording_version").text().null())
        .col(ColumnDef::new("wording").text().null())
        .col(small("topics"))
        .take();
    manager.create_table(table).await?;
    run(
        manager,
        &[
            "CREATE INDEX consent_proof_subscriber ON consent_proof(subscriber_id, at)",
            "CREATE INDEX consent_proof_address ON consent_proof(address_hash, at)",
        ],
    )
    .await?;
    append_only(manager, "consent_proof").await
}

fn small(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).small_integer().not_null().take()
}

async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
