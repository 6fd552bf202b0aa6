//! What `outbox` and `delivery` share: the steps of a row that is being sent. Each is a compare-and-swap on the lease.

use kernel::db::{Db, write_one};
use kernel::id::{LetterId, MailId, SubscriberId};
use kernel::instant::Instant;
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement, Value};

use super::{lease, places, sql};
use crate::outbox::protocol::{LETTER_CRASH_LIMIT, Next, State, UNANSWERED_LIMIT};
use crate::outbox::ticket::Ticket;

/// Rows of one table, and of one letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Outbox,
    Letter(LetterId),
}

impl Part {
    fn of(ticket: Ticket) -> (Self, Uuid) {
        match ticket {
            Ticket::Mail(id) => (Self::Outbox, id.0),
            Ticket::Delivery(letter, subscriber) => (Self::Letter(letter), subscriber.0),
        }
    }

    fn ticket(self, key: Uuid) -> Ticket {
        match self {
            Self::Outbox => Ticket::Mail(MailId(key)),
            Self::Letter(letter) => Ticket::Delivery(letter, SubscriberId(key)),
        }
    }

    fn tickets(self, rows: &[QueryResult]) -> Result<Vec<Ticket>, DbErr> {
        let key = |row: &QueryResult| Ok(self.ticket(row.try_get("", self.key())?));
        rows.iter().map(key).collect()
    }

    fn table(self) -> &'static str {
        match self {
            Self::Outbox => "outbox",
            Self::Letter(_) => "delivery",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Outbox => "id",
            Self::Letter(_) => "subscriber",
        }
    }

    /// The condition that leads into the primary key, its value appended.
    fn letter(self, values: &mut Vec<Value>) -> String {
        match self {
            Self::Outbox => String::new(),
            Self::Letter(letter) => {
                values.push(letter.into());
                format!("letter = ${} AND ", values.len())
            }
        }
    }
}

/// The statements that move rows of this lease one state on: leased to handing over, handing over to sent. One a table and letter.
pub(crate) struct Step(Vec<(Part, Statement)>);

impl Step {
    pub fn of(backend: DbBackend, lease: i64, tickets: &[Ticket], now: Instant) -> Self {
        let mut parts: Vec<(Part, Vec<Uuid>)> = Vec::new();
        for &ticket in tickets {
            let (part, key) = Part::of(ticket);
            match parts.iter_mut().find(|(p, _)| *p == part) {
                Some((_, keys)) => keys.push(key),
                None => parts.push((part, vec![key])),
            }
        }
        let statement = |(part, keys): (Part, Vec<Uuid>)| {
            let (table, key) = (part.table(), part.key());
            let mut values: Vec<Value> = vec![now.into(), lease.into()];
            let letter = part.letter(&mut values);
            let text = format!(
                "UPDATE {table} SET state = state + 1, moved_at = $1, first_tried_at = COALESCE(first_tried_at, $1), \
                 attempts = attempts + CASE WHEN state = 1 THEN 1 ELSE 0 END, error = CASE WHEN state = 2 THEN NULL ELSE error END \
                 WHERE {letter}{key} IN ({}) AND lease = $2 AND state IN (1, 2) RETURNING {key}",
                places(values.len() + 1, keys.len())
            );
            values.extend(keys.into_iter().map(Value::from));
            (part, sql(backend, text, values))
        };
        Self(parts.into_iter().map(statement).collect())
    }

    /// Runs it by itself, when it is one statement.
    pub async fn alone(&self, db: &Db) -> Option<Result<Vec<Ticket>, DbErr>> {
        let [(part, statement)] = self.0.as_slice() else {
            return None;
        };
        let rows = write_one(db, statement.clone()).await;
        Some(rows.and_then(|rows| part.tickets(&rows)))
    }

    /// Runs it with what else is to be written. Rows that left the lease are not in the answer.
    pub async fn run(self, tx: &DatabaseTransaction) -> Result<Vec<Ticket>, DbErr> {
        let mut moved = Vec::new();
        for (part, statement) in self.0 {
            moved.extend(part.tickets(&tx.query_all_raw(statement).await?)?);
        }
        Ok(moved)
    }
}

/// Records an answer other than acceptance. `false`: the row has left this lease.
pub(crate) async fn settle(
    tx: &DatabaseTransaction,
    lease: i64,
    ticket: Ticket,
    next: &Next,
    now: Instant,
) -> Result<bool, DbErr> {
    let (state, due, unanswered, error) = match next {
        Next::Sent => {
            let step = Step::of(ConnectionTrait::get_database_backend(tx), lease, &[ticket], now);
            return Ok(!step.run(tx).await?.is_empty());
        }
        Next::Back { due, error } => return back(tx, lease, ticket, *due, error, now).await,
        Next::Wait { due, unanswered, error } => (State::Retry, Some(*due), *unanswered, error),
        Next::Settled { state, error, .. } => (*state, None, false, error),
    };
    let (part, key) = Part::of(ticket);
    let mut values: Vec<Value> = vec![
        state.into(),
        due.into(),
        now.into(),
        i16::from(unanswered).into(),
        error.as_str().into(),
        key.into(),
        lease.into(),
    ];
    let letter = part.letter(&mut values);
    let text = format!(
        "UPDATE {} SET state = $1, due = $2, moved_at = $3, first_tried_at = COALESCE(first_tried_at, $3), \
         attempts = attempts + CASE WHEN state = 1 THEN 1 ELSE 0 END, uncertain = uncertain + $4, error = $5, lease = NULL \
         WHERE {letter}{} = $6 AND lease = $7 AND state IN (1, 2)",
        part.table(),
        part.key()
    );
    let backend = ConnectionTrait::get_database_backend(tx);
    let done = tx.execute_raw(sql(backend, text, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a mail back as if it had not been tried. `false`: the row has left this lease.
async fn back(
    tx: &DatabaseTransaction,
    lease: i64,
    ticket: Ticket,
    due: Instant,
    error: &str,
    now: Instant,
) -> Result<bool, DbErr> {
    let (part, key) = Part::of(ticket);
    let mut values: Vec<Value> = vec![due.into(), now.into(), error.into(), key.into(), lease.into()];
    let letter = part.letter(&mut values);
    // Its hand-over had begun (2), or not (1).
    let before = "attempts - CASE WHEN state = 2 THEN 1 ELSE 0 END";
    let text = format!(
        "UPDATE {} SET state = CASE WHEN {before} = 0 THEN 0 ELSE 4 END, due = $1, moved_at = $2, attempts = {before}, \
         first_tried_at = CASE WHEN {before} = 0 THEN NULL ELSE first_tried_at END, error = $3, lease = NULL \
         WHERE {letter}{} = $4 AND lease = $5 AND state IN (1, 2)",
        part.table(),
        part.key()
    );
    let backend = ConnectionTrait::get_database_backend(tx);
    let done = tx.execute_raw(sql(backend, text, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// Whose mails a recovery takes over.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dead {
    /// Every lease but this one: nobody else runs (SQLite, at the start, under the file lock).
    AllBut(i64),
    /// Those whose time is over by the database's clock (PostgreSQL), at the start of an instance.
    Ended,
    /// The same, while it runs: the ledgers of letters are looked through only when a lease has ended.
    EndedLately,
}

/// Takes over the mails of dead leases: those not begun wait again, those in *handing over* are uncertain and follow the rule.
pub(crate) async fn recover(tx: &DatabaseTransaction, dead: Dead, now: Instant) -> Result<u64, DbErr> {
    let ended = lease::ended(tx).await?;
    let mut taken = recover_from(tx, "outbox", "", UNANSWERED_LIMIT, dead, now).await?;
    if !ended.is_empty() || !matches!(dead, Dead::EndedLately) {
        let under_way = "letter IN (SELECT id FROM letter WHERE state IN ('sending', 'paused', 'cancelled')) AND ";
        taken += recover_from(tx, "delivery", under_way, LETTER_CRASH_LIMIT, dead, now).await?;
    }
    for id in ended {
        lease::sweep(tx, id).await?;
    }
    Ok(taken)
}

async fn recover_from(
    tx: &DatabaseTransaction,
    table: &str,
    under_way: &str,
    limit: i16,
    dead: Dead,
    now: Instant,
) -> Result<u64, DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let mut values: Vec<Value> = vec![now.into(), limit.into()];
    let condition = match dead {
        Dead::AllBut(own) => {
            values.push(own.into());
            "lease <> $3".to_owned()
        }
        Dead::Ended | Dead::EndedLately => lease::dead(),
    };
    let again = "state = 1 OR uncertain + 1 < $2";
    let text = format!(
        "UPDATE {table} SET state = CASE WHEN {again} THEN 0 ELSE 7 END, due = CASE WHEN {again} THEN $1 END, \
         uncertain = uncertain + CASE WHEN state = 2 THEN 1 ELSE 0 END, \
         error = CASE WHEN state = 2 THEN 'stopped while the message was handed over' ELSE error END, lease = NULL, moved_at = $1 \
         WHERE {under_way}state IN (1, 2) AND {condition}"
    );
    let done = tx.execute_raw(sql(backend, text, values)).await?;
    Ok(done.rows_affected())
}

/// Gives back what this lease has taken and not begun.
pub(crate) async fn release(tx: &DatabaseTransaction, own: i64, now: Instant) -> Result<(), DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    for (table, under_way) in [
        ("outbox", ""),
        (
            "delivery",
            "letter IN (SELECT id FROM letter WHERE state IN ('sending', 'paused', 'cancelled')) AND ",
        ),
    ] {
        let text = format!(
            "UPDATE {table} SET state = CASE WHEN attempts = 0 THEN 0 ELSE 4 END, due = $1, lease = NULL, moved_at = $1 \
             WHERE {under_way}lease = $2 AND state = 1"
        );
        tx.execute_raw(sql(backend, text, [now.into(), own.into()])).await?;
    }
    Ok(())
}
