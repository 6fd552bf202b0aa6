//! Subscribers at the desk and on their own page: a pause, another address, what a file said of them, and imports that go on after a
//! restart. The proof log learns new events; sign-ups are counted by domain too.

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
        for column in [
            instant_or_none("paused_until"),
            ColumnDef::new("changes").integer().not_null().default(0).take(),
        ] {
            let alter = Table::alter().table("subscriber").add_column(column).take();
            manager.alter_table(alter).await?;
        }
        let domain = ColumnDef::new("domain_hash").blob().null().take();
        let alter = Table::alter().table("signup_attempt").add_column(domain).take();
        manager.alter_table(alter).await?;
        run(
            manager,
            &["CREATE INDEX signup_attempt_domain ON signup_attempt(domain_hash, at) WHERE domain_hash IS NOT NULL"],
        )
        .await?;
        address_change(manager).await?;
        consent_evidence(manager).await?;
        import(manager).await?;
        events(manager).await
    }
}

/// Another address that a subscriber asked for: it becomes hers through a link that is mailed to it.
async fn address_change(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("address_change")
        .col(hash("token_hash").primary_key())
        .col(id("subscriber_id"))
        .col(text("address"))
        .col(ColumnDef::new("generation").integer().not_null())
        .col(instant("made_at"))
        .col(instant("ends_at"))
        .col(instant_or_none("closed_at"))
        .foreign_key(
            ForeignKey::create()
                .name("address_change_subscriber")
                .from("address_change", "subscriber_id")
                .to("subscriber", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    manager.create_table(table).await?;
    run(
        manager,
        &["CREATE INDEX address_change_subscriber ON address_change(subscriber_id, made_at)"],
    )
    .await
}

/// What another program's file says of somebody's consent. Network addresses are a person's data, so they stand here and not in the
/// proof, and go with her.
async fn consent_evidence(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("consent_evidence")
        .col(id("subscriber_id").primary_key())
        .col(instant("at"))
        .col(instant_or_none("asked_at"))
        .col(ColumnDef::new("asked_from").text().null())
        .col(instant_or_none("confirmed_at"))
        .col(ColumnDef::new("confirmed_from").text().null())
        .foreign_key(
            ForeignKey::create()
                .name("consent_evidence_subscriber")
                .from("consent_evidence", "subscriber_id")
                .to("subscriber", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    manager.create_table(table).await
}

/// An import from the desk. `read` and `line` are where it goes on, committed with the rows before it; `held_until` keeps other instances
/// away. The refused rows are a file for her to mend, and are forgotten after a while.
async fn import(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let number = |name: &'static str| ColumnDef::new(name).big_integer().not_null().default(0).take();
    let table = Table::create()
        .table("import")
        .col(id("id").primary_key())
        .col(text("name"))
        .col(text("state").check(Expr::col("state").is_in(["running", "done", "failed"])))
        .col(number("bytes"))
        .col(number("read"))
        .col(number("line"))
        .col(ColumnDef::new("counts").json_binary().not_null())
        .col(ColumnDef::new("problem").text().null())
        .col(instant("made_at"))
        .col(instant("held_until"))
        .col(instant_or_none("finished_at"))
        .take();
    manager.create_table(table).await?;
    let refused = Table::create()
        .table("import_refused")
        .col(id("import_id"))
        .col(ColumnDef::new("line").big_integer().not_null())
        .col(text("why"))
        .col(text("content"))
        .primary_key(Index::create().col("import_id").col("line"))
        .foreign_key(
            ForeignKey::create()
                .name("import_refused_import")
                .from("import_refused", "import_id")
                .to("import", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    manager.create_table(refused).await?;
    run(
        manager,
        &[
            "CREATE INDEX import_made ON import(made_at)",
            "CREATE INDEX import_running ON import(held_until) WHERE state = 'running'",
        ],
    )
    .await
}

const EVENTS: &str = "'requested', 'confirmed', 'topics', 'unsubscribed', 'returned', 'paused', 'resumed', 'address', 'erased', \
    'bounced', 'complained', 'reinstated'";

/// SQLite cannot change a check, so the table is copied; dropping it fires no trigger.
async fn events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        let check = format!("ALTER TABLE consent_proof ADD CONSTRAINT consent_proof_event CHECK (event IN ({EVENTS}))");
        return run(
            manager,
            &[
                "ALTER TABLE consent_proof DROP CONSTRAINT consent_proof_event_check",
                &check,
            ],
        )
        .await;
    }
    let columns = "id, subscriber_id, address_hash, event, at, page, wording_version, wording, topics";
    let table = format!(
        "CREATE TABLE consent_proof_new (id uuid_text NOT NULL PRIMARY KEY, subscriber_id uuid_text NOT NULL, \
         address_hash blob NOT NULL, event text NOT NULL CHECK (event IN ({EVENTS})), at bigint NOT NULL, page text NOT NULL, \
         wording_version text NULL, wording text NULL, topics smallint NOT NULL)"
    );
    let copy = format!("INSERT INTO consent_proof_new ({columns}) SELECT {columns} FROM consent_proof");
    run(
        manager,
        &[
            &table,
            &copy,
            "DROP TABLE consent_proof",
            "ALTER TABLE consent_proof_new RENAME TO consent_proof",
            "CREATE INDEX consent_proof_subscriber ON consent_proof(subscriber_id, at)",
            "CREATE INDEX consent_proof_address ON consent_proof(address_hash, at)",
        ],
    )
    .await?;
    append_only(manager, "consent_proof").await
}

async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
