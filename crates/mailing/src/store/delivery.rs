//! The table `delivery`: the ledger of a letter, one row a recipient.

use kernel::email::EmailAddress;
use kernel::id::{LetterId, SubscriberId};
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult, Value};

use super::{places, sql};
use crate::consent::{HerLetter, State as Consent, Topics};
use crate::letters::Undelivered;
use crate::outbox::protocol::{LETTER_UNANSWERED_LIMIT, Past, State};

/// Subscribers whose addresses are silent: found through their proofs, which every one of them has.
const SILENT: &str = "SELECT p.subscriber_id FROM mute m JOIN consent_proof p ON p.address_hash = m.address_hash";

/// Fixes the recipients: everybody who is confirmed, wants to hear of one of these topics, has not paused and is not silenced. Says how many.
pub(crate) async fn fix(tx: &DatabaseTransaction, letter: LetterId, of: Topics, now: Instant) -> Result<u64, DbErr> {
    let text = format!(
        "INSERT INTO delivery (letter, subscriber, state, due, moved_at) \
         SELECT $1, id, 0, $2, $2 FROM subscriber WHERE state = 'confirmed' AND (topics & $3) <> 0 AND (paused_until IS NULL OR paused_until <= $2) AND id NOT IN ({SILENT}) ORDER BY id"
    );
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [letter.into(), now.into(), of.into()];
    Ok(tx.execute_raw(sql(backend, text, values)).await?.rows_affected())
}

/// How many subscribers there are of each state, and how many of them want to hear of one of these topics.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Group {
    pub state: Consent,
    pub all: i64,
    pub wanting: i64,
    /// Of those who want to, how many are silenced.
    pub silent: i64,
    /// Of the others who want to, how many have paused.
    pub paused: i64,
}

pub(crate) async fn audience(db: &impl ConnectionTrait, of: Topics, now: Instant) -> Result<Vec<Group>, DbErr> {
    let text = format!(
        "SELECT state, COUNT(*) AS \"all\", CAST(SUM(CASE WHEN (topics & $1) <> 0 THEN 1 ELSE 0 END) AS BIGINT) AS wanting, \
         CAST(SUM(CASE WHEN (topics & $1) <> 0 AND id IN ({SILENT}) THEN 1 ELSE 0 END) AS BIGINT) AS silent, \
         CAST(SUM(CASE WHEN (topics & $1) <> 0 AND paused_until > $2 AND id NOT IN ({SILENT}) THEN 1 ELSE 0 END) AS BIGINT) AS paused \
         FROM subscriber GROUP BY state"
    );
    Group::find_by_statement(sql(db.get_database_backend(), text, [of.into(), now.into()]))
        .all(db)
        .await
}

/// How many deliveries of a letter are in which state.
pub(crate) async fn counts(db: &impl ConnectionTrait, letter: LetterId) -> Result<Vec<(State, u64)>, DbErr> {
    let text = "SELECT state, COUNT(*) AS n FROM delivery WHERE letter = $1 GROUP BY state";
    let rows = db
        .query_all_raw(sql(db.get_database_backend(), text, [letter.into()]))
        .await?;
    let count = |row: &sea_orm::QueryResult| {
        let n = u64::try_from(row.try_get::<i64>("", "n")?).unwrap_or(0);
        Ok((row.try_get("", "state")?, n))
    };
    rows.iter().map(count).collect()
}

/// Whether anything of a letter is due at `now`, or waits at all when there is no `now`.
pub(crate) async fn waits(db: &impl ConnectionTrait, letter: LetterId, now: Option<Instant>) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM delivery WHERE letter = $1 AND due IS NOT NULL AND due <= $2 LIMIT 1";
    let values = [letter.into(), now.map_or(i64::MAX, Instant::micros).into()];
    let row = db.query_one_raw(sql(db.get_database_backend(), text, values)).await?;
    Ok(row.is_some())
}

/// A delivery that is due, and what is known of its recipient; nothing is, once she was erased.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Due {
    pub subscriber: SubscriberId,
    pub address: Option<EmailAddress>,
    pub consent: Option<Consent>,
    pub topics: Option<Topics>,
    pub paused_until: Option<Instant>,
    pub name: Option<String>,
    attempts: i32,
    first_tried_at: Option<Instant>,
    uncertain: i16,
}

impl Due {
    pub fn past(&self) -> Past {
        Past {
            attempts: u32::try_from(self.attempts).unwrap_or(0),
            first_tried: self.first_tried_at,
            unanswered: self.uncertain,
            unanswered_limit: LETTER_UNANSWERED_LIMIT,
        }
    }
}

/// Up to `limit` deliveries of a letter that are due, kept from other instances until the commit (SKIP LOCKED).
pub(crate) async fn due(
    tx: &DatabaseTransaction,
    letter: LetterId,
    limit: usize,
    now: Instant,
) -> Result<Vec<Due>, DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let mut text = String::from(
        "SELECT d.subscriber, d.attempts, d.first_tried_at, d.uncertain, s.address, s.state AS consent, s.topics, s.paused_until, s.name \
         FROM delivery d LEFT JOIN subscriber s ON s.id = d.subscriber \
         WHERE d.letter = $1 AND d.due IS NOT NULL AND d.due <= $2 ORDER BY d.due, d.subscriber LIMIT $3",
    );
    if backend == DbBackend::Postgres {
        text.push_str(" FOR UPDATE OF d SKIP LOCKED");
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [letter.into(), now.into(), limit.into()];
    Due::find_by_statement(sql(backend, text, values)).all(tx).await
}

/// Takes deliveries under a lease.
pub(crate) async fn lease(
    tx: &DatabaseTransaction,
    letter: LetterId,
    lease: i64,
    who: &[SubscriberId],
    now: Instant,
) -> Result<(), DbErr> {
    move_waiting(tx, letter, State::Leased, Some(lease), who, now).await
}

/// Takes deliveries out: their recipients no longer want them.
pub(crate) async fn withdraw(
    tx: &DatabaseTransaction,
    letter: LetterId,
    who: &[SubscriberId],
    now: Instant,
) -> Result<(), DbErr> {
    move_waiting(tx, letter, State::Withdrawn, None, who, now).await
}

async fn move_waiting(
    tx: &DatabaseTransaction,
    letter: LetterId,
    to: State,
    lease: Option<i64>,
    who: &[SubscriberId],
    now: Instant,
) -> Result<(), DbErr> {
    if who.is_empty() {
        return Ok(());
    }
    let text = format!(
        "UPDATE delivery SET state = $1, lease = $2, due = NULL, moved_at = $3 \
         WHERE letter = $4 AND subscriber IN ({}) AND due IS NOT NULL",
        places(5, who.len())
    );
    let values: [Value; 4] = [to.into(), lease.into(), now.into(), letter.into()];
    let values = values.into_iter().chain(who.iter().map(|&s| s.into()));
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// A letter that had been taken came back.
pub(crate) async fn returned(
    tx: &DatabaseTransaction,
    letter: LetterId,
    who: SubscriberId,
    error: &str,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "UPDATE delivery SET state = 5, error = $1, moved_at = $2 WHERE letter = $3 AND subscriber = $4 AND state IN (3, 7)";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [error.into(), now.into(), letter.into(), who.into()];
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// Takes back from every instance what it has taken of a letter and not begun.
pub(crate) async fn take_back(tx: &DatabaseTransaction, letter: LetterId, now: Instant) -> Result<(), DbErr> {
    let text = "UPDATE delivery SET state = CASE WHEN attempts = 0 THEN 0 ELSE 4 END, due = $1, lease = NULL, moved_at = $1 \
        WHERE letter = $2 AND state = 1";
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, [now.into(), letter.into()]))
        .await
        .map(drop)
}

/// Cancels what waits of a letter; says how many.
pub(crate) async fn cancel(tx: &DatabaseTransaction, letter: LetterId, now: Instant) -> Result<u64, DbErr> {
    let text =
        "UPDATE delivery SET state = 6, due = NULL, lease = NULL, moved_at = $1 WHERE letter = $2 AND due IS NOT NULL";
    let backend = ConnectionTrait::get_database_backend(tx);
    let done = tx.execute_raw(sql(backend, text, [now.into(), letter.into()])).await?;
    Ok(done.rows_affected())
}

/// The letters that were for one person, the newest first.
pub(crate) async fn of_subscriber(
    db: &impl ConnectionTrait,
    subscriber: SubscriberId,
    limit: i64,
) -> Result<Vec<HerLetter>, DbErr> {
    let text = "SELECT l.slug, l.title, d.state, d.moved_at FROM letter l JOIN delivery d ON d.letter = l.id AND d.subscriber = $1 \
        ORDER BY l.started_at DESC, l.id DESC LIMIT $2";
    let values = [subscriber.into(), limit.into()];
    let rows = db.query_all_raw(sql(db.get_database_backend(), text, values)).await?;
    let one = |row: &sea_orm::QueryResult| {
        Ok(HerLetter {
            slug: row.try_get("", "slug")?,
            title: row.try_get("", "title")?,
            state: row.try_get("", "state")?,
            at: row.try_get("", "moved_at")?,
        })
    };
    rows.iter().map(one).collect()
}

/// Forgets what servers said of one person's address.
pub(crate) async fn forget_errors(tx: &DatabaseTransaction, subscriber: SubscriberId) -> Result<(), DbErr> {
    let text = "UPDATE delivery SET error = NULL WHERE letter IN (SELECT id FROM letter) AND subscriber = $1 AND error IS NOT NULL";
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, [subscriber.into()])).await.map(drop)
}

/// Lets what bounced, and with `uncertain` what may have arrived, wait again, for those who still want letters; says how many.
pub(crate) async fn again(
    tx: &DatabaseTransaction,
    letter: LetterId,
    uncertain: bool,
    now: Instant,
) -> Result<u64, DbErr> {
    let states = if uncertain { "5, 7" } else { "5" };
    let text = format!(
        "UPDATE delivery SET state = 0, due = $1, moved_at = $1, attempts = 0, uncertain = 0, first_tried_at = NULL, lease = NULL, \
         error = NULL WHERE letter = $2 AND state IN ({states}) AND subscriber IN (SELECT id FROM subscriber WHERE state = 'confirmed')"
    );
    let backend = ConnectionTrait::get_database_backend(tx);
    Ok(tx
        .execute_raw(sql(backend, text, [now.into(), letter.into()]))
        .await?
        .rows_affected())
}

/// Who has not got it and why: refused, to be tried again, or handed over without an answer.
pub(crate) async fn undelivered(
    db: &impl ConnectionTrait,
    letter: LetterId,
    limit: i64,
) -> Result<Vec<Undelivered>, DbErr> {
    let text = "SELECT d.subscriber, s.address, d.state, d.error FROM delivery d LEFT JOIN subscriber s ON s.id = d.subscriber \
        WHERE d.letter = $1 AND d.state IN (4, 5, 7) ORDER BY d.subscriber LIMIT $2";
    let rows = db
        .query_all_raw(sql(db.get_database_backend(), text, [letter.into(), limit.into()]))
        .await?;
    let one = |row: &sea_orm::QueryResult| {
        Ok(Undelivered {
            subscriber: row.try_get("", "subscriber")?,
            address: row.try_get("", "address")?,
            state: row.try_get("", "state")?,
            error: row.try_get("", "error")?,
        })
    };
    rows.iter().map(one).collect()
}

/// How many were delivered in each stretch of `width` microseconds from `start`, by its number.
pub(crate) async fn over_time(
    db: &impl ConnectionTrait,
    letter: LetterId,
    start: Instant,
    width: i64,
) -> Result<Vec<(i64, u64)>, DbErr> {
    let text = "SELECT (moved_at - $1) / $2 AS stretch, COUNT(*) AS n FROM delivery WHERE letter = $3 AND state = 3 AND moved_at >= $1 \
        GROUP BY 1 ORDER BY 1";
    let values = [start.into(), width.into(), letter.into()];
    let rows = db.query_all_raw(sql(db.get_database_backend(), text, values)).await?;
    let one = |row: &sea_orm::QueryResult| {
        let n = u64::try_from(row.try_get::<i64>("", "n")?).unwrap_or(0);
        Ok((row.try_get("", "stretch")?, n))
    };
    rows.iter().map(one).collect()
}

/// A line of the ledger's file.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct LedgerLine {
    pub subscriber: SubscriberId,
    pub address: Option<String>,
    pub state: State,
    pub moved_at: Instant,
    pub attempts: i32,
    pub error: Option<String>,
}

/// The next `limit` recipients of a letter.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    letter: LetterId,
    after: Option<SubscriberId>,
    limit: i64,
) -> Result<Vec<LedgerLine>, DbErr> {
    let mut text = String::from(
        "SELECT d.subscriber, s.address, d.state, d.moved_at, d.attempts, d.error FROM delivery d \
         LEFT JOIN subscriber s ON s.id = d.subscriber WHERE d.letter = $1",
    );
    let mut values: Vec<Value> = vec![letter.into(), limit.into()];
    if let Some(after) = after {
        text.push_str(" AND d.subscriber > $3");
        values.push(after.into());
    }
    text.push_str(" ORDER BY d.subscriber LIMIT $2");
    LedgerLine::find_by_statement(sql(db.get_database_backend(), text, values))
        .all(db)
        .await
}
