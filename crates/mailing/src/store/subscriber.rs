//! The table `subscriber`: addresses and their consent.

use std::fmt::Write as _;

use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use kernel::token::TokenHash;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, Value};
use serde::Serialize;

use super::{find_in, places, sql, tuples};
use crate::consent::{State, Topic, Topics};

const COLUMNS: &str = "id, address, state, topics, undo_until, paused_until";

/// An address and its consent.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Subscriber {
    pub id: SubscriberId,
    pub address: EmailAddress,
    pub state: State,
    pub topics: Topics,
    pub undo_until: Option<Instant>,
    pub paused_until: Option<Instant>,
}

async fn one(db: &impl ConnectionTrait, condition: &str, value: Value) -> Result<Option<Subscriber>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM subscriber WHERE {condition}");
    Subscriber::find_by_statement(sql(db.get_database_backend(), text, [value]))
        .one(db)
        .await
}

pub(crate) async fn by_address(db: &impl ConnectionTrait, address: &EmailAddress) -> Result<Option<Subscriber>, DbErr> {
    one(db, "address_key = $1", address.key().into()).await
}

pub(crate) async fn by_id(db: &impl ConnectionTrait, id: SubscriberId) -> Result<Option<Subscriber>, DbErr> {
    one(db, "id = $1", id.into()).await
}

/// By the hash of a preferences or unsubscribe link.
pub(crate) async fn by_link(db: &impl ConnectionTrait, hash: &TokenHash) -> Result<Option<Subscriber>, DbErr> {
    one(
        db,
        "preferences_hash = $1 OR unsubscribe_hash = $1",
        hash.clone().into(),
    )
    .await
}

/// A subscriber that is not there yet.
pub(crate) struct New<'a> {
    pub id: SubscriberId,
    pub address: &'a EmailAddress,
    pub name: Option<String>,
    pub state: State,
    pub topics: Topics,
    pub key_version: i16,
    pub preferences_hash: TokenHash,
    pub unsubscribe_hash: TokenHash,
}

pub(crate) async fn insert(tx: &DatabaseTransaction, new: New<'_>, now: Instant) -> Result<Subscriber, DbErr> {
    let text = "INSERT INTO subscriber (id, address, address_key, name, state, topics, key_version, preferences_hash, unsubscribe_hash, created_at, state_since) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
    let values = [
        new.id.into(),
        new.address.clone().into(),
        new.address.key().into(),
        new.name.into(),
        new.state.into(),
        new.topics.into(),
        new.key_version.into(),
        new.preferences_hash.into(),
        new.unsubscribe_hash.into(),
        now.into(),
    ];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await?;
    Ok(Subscriber {
        id: new.id,
        address: new.address.clone(),
        state: new.state,
        topics: new.topics,
        undo_until: None,
        paused_until: None,
    })
}

/// Those among these addresses that are known.
pub(crate) async fn by_addresses(tx: &DatabaseTransaction, keys: &[&str]) -> Result<Vec<Subscriber>, DbErr> {
    let text = format!(
        "SELECT {COLUMNS} FROM subscriber WHERE address_key IN ({})",
        places(1, keys.len())
    );
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = keys.iter().map(|&key| key.into());
    Subscriber::find_by_statement(sql(backend, text, values)).all(tx).await
}

/// Many that are not there yet, each with the moment at which she confirmed elsewhere.
pub(crate) async fn insert_many(
    tx: &DatabaseTransaction,
    many: Vec<(New<'_>, Option<Instant>)>,
    now: Instant,
) -> Result<(), DbErr> {
    if many.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO subscriber (id, address, address_key, name, state, topics, key_version, preferences_hash, unsubscribe_hash, \
         created_at, state_since, confirmed_at) VALUES {}",
        tuples(many.len(), 12)
    );
    let values = many.into_iter().flat_map(|(new, confirmed_at)| -> [Value; 12] {
        [
            new.id.into(),
            new.address.clone().into(),
            new.address.key().into(),
            new.name.into(),
            new.state.into(),
            new.topics.into(),
            new.key_version.into(),
            new.preferences_hash.into(),
            new.unsubscribe_hash.into(),
            now.into(),
            now.into(),
            confirmed_at.into(),
        ]
    });
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// To a state with less consent, by file.
pub(crate) async fn lower(tx: &DatabaseTransaction, seen: &Subscriber, to: State, now: Instant) -> Result<(), DbErr> {
    let text = "UPDATE subscriber SET state = $1, undo_until = NULL, state_since = $2 WHERE id = $3 AND state = $4";
    update_one(tx, text, [to.into(), now.into(), seen.id.into(), seen.state.into()]).await
}

/// A subscriber as a line of a file, or of the desk's list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Line {
    /// Who.
    pub id: SubscriberId,
    /// Where letters go.
    pub address: EmailAddress,
    /// As she, or a file, gave it.
    pub name: Option<String>,
    /// Where she stands.
    pub state: State,
    /// What she chose.
    pub topics: Topics,
    /// When she last confirmed.
    pub confirmed_at: Option<Instant>,
    /// Since when she stands there.
    pub state_since: Instant,
}

const LINE: &str = "id, address, name, state, topics, confirmed_at, state_since";

pub(crate) async fn line(db: &impl ConnectionTrait, id: SubscriberId) -> Result<Option<Line>, DbErr> {
    let text = format!("SELECT {LINE} FROM subscriber WHERE id = $1");
    Line::find_by_statement(sql(db.get_database_backend(), text, [id.into()]))
        .one(db)
        .await
}

pub(crate) async fn line_by_address(db: &impl ConnectionTrait, address: &EmailAddress) -> Result<Option<Line>, DbErr> {
    let text = format!("SELECT {LINE} FROM subscriber WHERE address_key = $1");
    Line::find_by_statement(sql(db.get_database_backend(), text, [address.key().into()]))
        .one(db)
        .await
}

/// Whom to find, and in how many rows at most.
pub(crate) struct Wanted<'a> {
    pub text: &'a str,
    pub state: Option<State>,
    pub topic: Option<Topic>,
    pub before: Option<SubscriberId>,
    pub window: i64,
}

impl Wanted<'_> {
    /// The newest rows among which to look, and the values of its places.
    fn window(&self, columns: &str) -> (String, Vec<Value>) {
        let mut values: Vec<Value> = vec![self.window.into()];
        let mut text = format!("SELECT {columns} FROM subscriber WHERE TRUE");
        if let Some(state) = self.state {
            values.push(state.into());
            let _ = write!(text, " AND state = ${}", values.len());
        }
        if let Some(before) = self.before {
            values.push(before.into());
            let _ = write!(text, " AND id < ${}", values.len());
        }
        text.push_str(" ORDER BY id DESC LIMIT $1");
        (text, values)
    }
}

/// The newest of them, at most `limit`.
pub(crate) async fn find(db: &impl ConnectionTrait, wanted: &Wanted<'_>, limit: usize) -> Result<Vec<Line>, DbErr> {
    let backend = db.get_database_backend();
    let (window, mut values) = wanted.window(&format!("{LINE}, address_key"));
    let mut text = format!("SELECT {LINE} FROM ({window}) AS s WHERE TRUE");
    if let Some(topic) = wanted.topic {
        values.push(Topics::from_iter([topic]).into());
        let _ = write!(text, " AND (topics & ${}) <> 0", values.len());
    }
    if !wanted.text.is_empty() {
        values.push(wanted.text.to_lowercase().into());
        let place = values.len();
        values.push(wanted.text.into());
        let _ = write!(
            text,
            " AND ({} OR {} OR {})",
            find_in(backend, "address_key", place),
            find_in(backend, "lower(name)", place),
            find_in(backend, "name", place + 1)
        );
    }
    values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    let _ = write!(text, " ORDER BY id DESC LIMIT ${}", values.len());
    Line::find_by_statement(sql(backend, text, values)).all(db).await
}

/// The last row among which was looked, if there are more behind it.
pub(crate) async fn end_of_window(
    db: &impl ConnectionTrait,
    wanted: &Wanted<'_>,
) -> Result<Option<SubscriberId>, DbErr> {
    let (window, values) = wanted.window("id");
    let text = format!("SELECT COUNT(*) AS n FROM ({window}) AS s");
    let row = db
        .query_one_raw(sql(db.get_database_backend(), text, values.clone()))
        .await?;
    let n: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
    if n < wanted.window {
        return Ok(None);
    }
    let text = format!("SELECT id FROM ({window}) AS s ORDER BY id LIMIT 1");
    let row = db.query_one_raw(sql(db.get_database_backend(), text, values)).await?;
    row.map(|row| row.try_get("", "id")).transpose()
}

/// Erases her; what hangs on her row goes with it.
pub(crate) async fn delete(tx: &DatabaseTransaction, id: SubscriberId) -> Result<(), DbErr> {
    update_one(tx, "DELETE FROM subscriber WHERE id = $1", [id.into()]).await
}

/// The next `limit` subscribers by id, which is the order in which they came.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    after: Option<SubscriberId>,
    limit: i64,
) -> Result<Vec<Line>, DbErr> {
    let columns = format!("SELECT {LINE} FROM subscriber");
    let (text, values): (_, Vec<Value>) = match after {
        None => (format!("{columns} ORDER BY id LIMIT $1"), vec![limit.into()]),
        Some(id) => (
            format!("{columns} WHERE id > $2 ORDER BY id LIMIT $1"),
            vec![limit.into(), id.into()],
        ),
    };
    Line::find_by_statement(sql(db.get_database_backend(), text, values))
        .all(db)
        .await
}

/// Signing up again: the state until she confirms, and what she asked for this time.
pub(crate) async fn ask_again(
    tx: &DatabaseTransaction,
    old: &Subscriber,
    becomes: State,
    topics: Topics,
    name: Option<String>,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "UPDATE subscriber SET state = $1, topics = $2, name = COALESCE($3, name), undo_until = NULL, \
        state_since = CASE WHEN state = $1 THEN state_since ELSE $4 END WHERE id = $5 AND state = $6";
    let values = [
        becomes.into(),
        topics.into(),
        name.into(),
        now.into(),
        old.id.into(),
        old.state.into(),
    ];
    update_one(tx, text, values).await
}

/// A change of an existing subscriber.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// To `confirmed`, through a link.
    Confirm,
    /// Other topics.
    Topics(Topics),
    /// To `unsubscribed`.
    Leave { undo_until: Option<Instant> },
    /// Back to `confirmed`, by undoing.
    Return,
}

/// Carries a change out if she still stands where she was seen.
pub(crate) async fn change(
    tx: &DatabaseTransaction,
    seen: &Subscriber,
    change: Change,
    now: Instant,
) -> Result<(), DbErr> {
    let (state, topics, undo_until, confirmed) = match change {
        Change::Confirm => (State::Confirmed, seen.topics, None, true),
        Change::Topics(topics) => (seen.state, topics, seen.undo_until, false),
        Change::Leave { undo_until } => (State::Unsubscribed, seen.topics, undo_until, false),
        Change::Return => (State::Confirmed, seen.topics, None, false),
    };
    let text = "UPDATE subscriber SET state = $1, topics = $2, undo_until = $3, confirmed_at = COALESCE($4, confirmed_at), \
        state_since = CASE WHEN state = $1 THEN state_since ELSE $5 END WHERE id = $6 AND state = $7";
    let values = [
        state.into(),
        topics.into(),
        undo_until.into(),
        confirmed.then_some(now).into(),
        now.into(),
        seen.id.into(),
        seen.state.into(),
    ];
    update_one(tx, text, values).await
}

/// To `bounced`: her mailbox refused mail for good. Only from `confirmed` and `pending`: who has left stays so.
pub(crate) async fn bounce(tx: &DatabaseTransaction, id: SubscriberId, now: Instant) -> Result<bool, DbErr> {
    let text = "UPDATE subscriber SET state = 'bounced', undo_until = NULL, state_since = $1 \
        WHERE id = $2 AND state IN ('confirmed', 'pending')";
    let backend = ConnectionTrait::get_database_backend(tx);
    Ok(tx
        .execute_raw(sql(backend, text, [now.into(), id.into()]))
        .await?
        .rows_affected()
        == 1)
}

/// To `complained`: she called a mail unwanted. Whoever has left stays so.
pub(crate) async fn complain(tx: &DatabaseTransaction, id: SubscriberId, now: Instant) -> Result<(), DbErr> {
    let text = "UPDATE subscriber SET state = 'complained', undo_until = NULL, state_since = $1 \
        WHERE id = $2 AND state IN ('confirmed', 'pending', 'bounced')";
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, [now.into(), id.into()]))
        .await
        .map(drop)
}

/// From `bounced` back to where she was.
pub(crate) async fn reinstate(
    tx: &DatabaseTransaction,
    id: SubscriberId,
    to: State,
    now: Instant,
) -> Result<bool, DbErr> {
    let text = "UPDATE subscriber SET state = $1, state_since = $2 WHERE id = $3 AND state = 'bounced'";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [to.into(), now.into(), id.into()];
    let done = tx.execute_raw(sql(backend, text, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// An address that gets no letter any more.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SuppressedLine {
    /// The row.
    pub id: SubscriberId,
    /// Whose.
    pub address: EmailAddress,
    /// `Bounced` or `Complained`.
    pub state: State,
    /// Since when.
    pub state_since: Instant,
}

/// The latest who bounced or complained.
pub(crate) async fn suppressed(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<SuppressedLine>, DbErr> {
    let text = "SELECT id, address, state, state_since FROM subscriber WHERE state IN ('bounced', 'complained') \
        ORDER BY state_since DESC, id DESC LIMIT $1";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    SuppressedLine::find_by_statement(sql(db.get_database_backend(), text, [limit.into()]))
        .all(db)
        .await
}

async fn update_one<const N: usize>(tx: &DatabaseTransaction, text: &str, values: [Value; N]) -> Result<(), DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let done = tx.execute_raw(sql(backend, text, values)).await?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(DbErr::RecordNotUpdated)
    }
}

/// Sends her no letter until then; `None` ends a pause.
pub(crate) async fn set_pause(tx: &DatabaseTransaction, id: SubscriberId, until: Option<Instant>) -> Result<(), DbErr> {
    let text = "UPDATE subscriber SET paused_until = $1 WHERE id = $2";
    update_one(tx, text, [until.into(), id.into()]).await
}

/// Gives her another address, which nobody has.
pub(crate) async fn move_to(tx: &DatabaseTransaction, id: SubscriberId, address: &EmailAddress) -> Result<(), DbErr> {
    let text = "UPDATE subscriber SET address = $1, address_key = $2 WHERE id = $3";
    update_one(tx, text, [address.clone().into(), address.key().into(), id.into()]).await
}

/// Raises the generation of her links to a new address and returns it.
pub(crate) async fn next_change(tx: &DatabaseTransaction, id: SubscriberId) -> Result<i32, DbErr> {
    raise(tx, "changes", id).await
}

/// Raises the generation of her confirmation links and returns it.
pub(crate) async fn next_generation(tx: &DatabaseTransaction, id: SubscriberId) -> Result<i32, DbErr> {
    raise(tx, "generation", id).await
}

async fn raise(tx: &DatabaseTransaction, count: &str, id: SubscriberId) -> Result<i32, DbErr> {
    let text = format!("UPDATE subscriber SET {count} = {count} + 1 WHERE id = $1 RETURNING {count}");
    let backend = ConnectionTrait::get_database_backend(tx);
    let row = tx.query_one_raw(sql(backend, text, [id.into()])).await?;
    row.ok_or(DbErr::RecordNotUpdated)?.try_get("", count)
}

/// How many subscribers are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Asked for, not confirmed.
    pub pending: u64,
    /// Said yes.
    pub confirmed: u64,
    /// Left.
    pub unsubscribed: u64,
    /// Their mailbox refused mail for good.
    pub bounced: u64,
    /// Called a mail unwanted.
    pub complained: u64,
}

pub(crate) async fn counts(db: &impl ConnectionTrait) -> Result<Counts, DbErr> {
    let text = "SELECT state, COUNT(*) AS n FROM subscriber GROUP BY state";
    let mut counts = Counts::default();
    for row in db.query_all_raw(sql(db.get_database_backend(), text, [])).await? {
        let n = u64::try_from(row.try_get::<i64>("", "n")?).unwrap_or(0);
        match row.try_get("", "state")? {
            State::Pending => counts.pending = n,
            State::Confirmed => counts.confirmed = n,
            State::Unsubscribed => counts.unsubscribed = n,
            State::Bounced => counts.bounced = n,
            State::Complained => counts.complained = n,
        }
    }
    Ok(counts)
}
