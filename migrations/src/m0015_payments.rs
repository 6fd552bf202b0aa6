//! Payments of appointments and purchases in one table, what a payment service is asked, refunds, and the append-only history of money.

use sea_orm_migration::prelude::*;

use crate::shape::{append_only, id, instant, instant_or_none, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        payment(manager).await?;
        what_came_in(manager).await?;
        checkout(manager).await?;
        refund(manager).await?;
        event(manager).await?;
        history(manager).await?;
        trouble(manager).await
    }
}

/// Appointment or purchase, never both.
const ONE_OWNER: &str = "(appointment_id IS NULL) <> (purchase_id IS NULL)";

fn of(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{target}"))
        .from(table, column)
        .to(target, "id")
        .take()
}

fn owner(table: &mut TableCreateStatement, name: &'static str) {
    table
        .col(ColumnDef::new("appointment_id").uuid().null())
        .col(ColumnDef::new("purchase_id").uuid().null())
        .foreign_key(&mut of(name, "appointment_id", "appointment"))
        .foreign_key(&mut of(name, "purchase_id", "purchase"));
}

fn money(table: &mut TableCreateStatement) {
    table
        .col(
            ColumnDef::new("minor")
                .big_integer()
                .not_null()
                .check(Expr::col("minor").gt(0)),
        )
        .col(text("currency"));
}

async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Until now a payment was of an appointment, and there was one; a purchase kept only when and how it was paid.
async fn payment(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create().table("payment_next").col(id("id").primary_key()).take();
    owner(&mut table, "payment");
    money(&mut table);
    table
        .col(text("provider"))
        .col(ColumnDef::new("provider_id").text().null())
        .col(text("method"))
        .col(instant("paid_at"))
        .col(ColumnDef::new("login_id").uuid().null())
        // Whether it pays what it came for; what came too late or twice does not, and goes back.
        .col(ColumnDef::new("accepted").boolean().not_null())
        .check(Expr::cust(ONE_OWNER));
    manager.create_table(table).await?;
    run(
        manager,
        &[
            "INSERT INTO payment_next (id, appointment_id, minor, currency, provider, provider_id, method, paid_at, login_id, accepted) \
             SELECT id, appointment_id, minor, currency, provider, provider_id, method, paid_at, login_id, TRUE FROM payment",
            // Ids are unique over all tables: the purchase lends its own to the payment that nobody wrote down.
            "INSERT INTO payment_next (id, purchase_id, minor, currency, provider, method, paid_at, login_id, accepted) \
             SELECT p.id, p.id, p.price_minor, p.currency, 'manual', p.paid_by, p.paid_at, \
             (SELECT l.login_id FROM credit_ledger l WHERE l.purchase_id = p.id AND l.number = 1), TRUE \
             FROM purchase p WHERE p.paid_at IS NOT NULL AND p.price_minor > 0",
            "DROP TABLE payment",
            "ALTER TABLE payment_next RENAME TO payment",
            "CREATE UNIQUE INDEX payment_provider ON payment(provider, provider_id)",
            "CREATE INDEX payment_appointment ON payment(appointment_id)",
            "CREATE INDEX payment_purchase ON payment(purchase_id)",
            "CREATE INDEX payment_paid_at ON payment(paid_at)",
        ],
    )
    .await
}

/// On what was paid: how much came in, how much went back or shall, and what was waived.
async fn what_came_in(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sum = |name: &'static str| ColumnDef::new(name).big_integer().not_null().default(0).take();
    for (table, column) in [
        ("appointment", sum("paid_minor")),
        ("appointment", sum("refunded_minor")),
        ("appointment", instant_or_none("waived_at")),
        ("purchase", sum("refunded_minor")),
        ("purchase", instant_or_none("refunded_at")),
    ] {
        manager
            .alter_table(Table::alter().table(table).add_column(column).take())
            .await?;
    }
    run(
        manager,
        &["UPDATE appointment SET paid_minor = \
           (SELECT CAST(COALESCE(SUM(p.minor), 0) AS BIGINT) FROM payment p WHERE p.appointment_id = appointment.id) \
           WHERE paid_at IS NOT NULL"],
    )
    .await
}

/// What a payment service is asked to take: the row is there before the question, and its id is the idempotency key.
async fn checkout(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let states = ["wanted", "open", "pending", "paid", "closed"];
    let mut table = Table::create().table("checkout").col(id("id").primary_key()).take();
    owner(&mut table, "checkout");
    money(&mut table);
    table
        .col(text("state").check(Expr::col("state").is_in(states)))
        // What stands on the service's page.
        .col(text("title"))
        .col(ColumnDef::new("session_id").text().null().unique_key())
        .col(ColumnDef::new("url").text().null())
        .col(instant("created_at"))
        // Until when the service takes it.
        .col(instant("expires_at"))
        // When the service shall be asked again; NULL when there is nothing to ask.
        .col(instant_or_none("look_at"))
        .col(ColumnDef::new("looks").integer().not_null().default(0))
        .check(Expr::cust(ONE_OWNER))
        .check(Expr::cust("state NOT IN ('open', 'pending') OR session_id IS NOT NULL"));
    manager.create_table(table).await?;
    run(
        manager,
        &[
            "CREATE INDEX checkout_appointment ON checkout(appointment_id)",
            "CREATE INDEX checkout_purchase ON checkout(purchase_id)",
            // One at a time can be paid.
            "CREATE UNIQUE INDEX checkout_of_appointment ON checkout(appointment_id) WHERE state IN ('wanted', 'open', 'pending')",
            "CREATE UNIQUE INDEX checkout_of_purchase ON checkout(purchase_id) WHERE state IN ('wanted', 'open', 'pending')",
            "CREATE INDEX checkout_look ON checkout(look_at) WHERE look_at IS NOT NULL",
        ],
    )
    .await
}

/// What goes back: an intent first, then asked for, then done.
async fn refund(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create()
        .table("refund")
        .col(id("id").primary_key())
        .col(id("payment_id"))
        .take();
    money(&mut table);
    table
        .col(text("state").check(Expr::col("state").is_in(["due", "asked", "done", "failed"])))
        // Why: the policy, the consultant, or money that could not be used.
        .col(text("why"))
        .col(text("provider"))
        .col(ColumnDef::new("provider_id").text().null())
        .col(ColumnDef::new("login_id").uuid().null())
        .col(instant("created_at"))
        .col(instant_or_none("asked_at"))
        .col(instant_or_none("done_at"))
        .col(instant_or_none("look_at"))
        // How often the consultant had it tried: a new try is a new question to the service.
        .col(ColumnDef::new("round").integer().not_null().default(1))
        .col(ColumnDef::new("looks").integer().not_null().default(0))
        // The service's word for why it failed.
        .col(ColumnDef::new("failure").text().null())
        .foreign_key(&mut of("refund", "payment_id", "payment"));
    manager.create_table(table).await?;
    run(
        manager,
        &[
            "CREATE INDEX refund_payment ON refund(payment_id)",
            "CREATE INDEX refund_look ON refund(look_at) WHERE look_at IS NOT NULL",
            "CREATE INDEX refund_open ON refund(created_at, id) WHERE state IN ('due', 'asked', 'failed')",
            "CREATE INDEX refund_provider ON refund(provider_id) WHERE provider_id IS NOT NULL",
        ],
    )
    .await
}

/// What the service told of its own accord, each once.
async fn event(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("payment_event")
        .col(text("id").primary_key())
        .col(text("kind"))
        .col(instant("at"))
        .take();
    manager.create_table(table).await?;
    append_only(manager, "payment_event").await
}

/// Every step of money: ids, facts and amounts.
async fn history(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create()
        .table("payment_history")
        .col(id("id").primary_key())
        .take();
    owner(&mut table, "payment_history");
    table
        .col(instant("at"))
        .col(text("event"))
        .col(text("who"))
        .col(ColumnDef::new("login_id").uuid().null())
        // The payment (or the question for it) and the refund; not bound, because a question may stay unanswered.
        .col(ColumnDef::new("payment_id").uuid().null())
        .col(ColumnDef::new("refund_id").uuid().null())
        .col(ColumnDef::new("minor").big_integer().null())
        .col(ColumnDef::new("currency").text().null())
        .col(ColumnDef::new("facts").json_binary().not_null())
        .check(Expr::cust(ONE_OWNER));
    manager.create_table(table).await?;
    run(
        manager,
        &[
            "CREATE INDEX payment_history_appointment ON payment_history(appointment_id, id)",
            "CREATE INDEX payment_history_purchase ON payment_history(purchase_id, id)",
        ],
    )
    .await?;
    append_only(manager, "payment_history").await
}

/// What came in and fits nothing, until the consultant has seen it.
async fn trouble(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("payment_trouble")
        .col(id("id").primary_key())
        .col(ColumnDef::new("appointment_id").uuid().null())
        .col(ColumnDef::new("purchase_id").uuid().null())
        .foreign_key(&mut of("payment_trouble", "appointment_id", "appointment"))
        .foreign_key(&mut of("payment_trouble", "purchase_id", "purchase"))
        .col(text("what").check(Expr::col("what").is_in(["amount", "currency", "session", "unknown"])))
        .col(text("session_id"))
        .col(ColumnDef::new("minor").big_integer().null())
        .col(ColumnDef::new("currency").text().null())
        .col(instant("at"))
        .col(instant_or_none("seen_at"))
        .take();
    manager.create_table(table).await?;
    run(
        manager,
        &[
            "CREATE UNIQUE INDEX payment_trouble_once ON payment_trouble(session_id, what)",
            "CREATE INDEX payment_trouble_appointment ON payment_trouble(appointment_id)",
            "CREATE INDEX payment_trouble_purchase ON payment_trouble(purchase_id)",
            "CREATE INDEX payment_trouble_open ON payment_trouble(at) WHERE seen_at IS NULL",
        ],
    )
    .await
}
