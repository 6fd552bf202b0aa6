//! The table `outbox`: mails that were promised to one person.

use kernel::email::EmailAddress;
use kernel::id::MailId;
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Set, TryInsertResult};
use serde::Serialize;

use super::{places, sql};
use crate::outbox::protocol::{Past, State, UNANSWERED_LIMIT};
use crate::outbox::{NewMail, Priority};

/// A row. Queries are written as SQL below; this is for inserting.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MailId,
    pub key: String,
    pub kind: String,
    pub recipient: EmailAddress,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub context: Option<Json>,
    pub thread: Option<String>,
    pub position: i64,
    pub cancels_elders: bool,
    pub priority: i16,
    pub state: State,
    pub due: Option<Instant>,
    pub lease: Option<i64>,
    pub not_after: Option<Instant>,
    pub attempts: i32,
    pub uncertain: i16,
    pub queued_at: Instant,
    pub first_tried_at: Option<Instant>,
    pub moved_at: Instant,
    pub error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Inserts a promise; the id of the mail that has the key, old or new.
pub(crate) async fn enqueue(
    tx: &DatabaseTransaction,
    id: MailId,
    mail: NewMail,
    now: Instant,
) -> Result<MailId, DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let taken = "SELECT id FROM outbox WHERE key = $1";
    if let Some(row) = tx
        .query_one_raw(sql(backend, taken, [mail.key.as_str().into()]))
        .await?
    {
        return row.try_get("", "id");
    }
    let mut position = 0;
    if let Some(thread) = &mail.thread {
        if thread.cancels_elders {
            cancel_thread(tx, &thread.name, now).await?;
        }
        let last = "SELECT CAST(COALESCE(MAX(position), 0) AS BIGINT) AS last FROM outbox WHERE thread = $1";
        let row = tx
            .query_one_raw(sql(backend, last, [thread.name.as_str().into()]))
            .await?;
        position = row.map_or(Ok(0), |r| r.try_get::<i64>("", "last"))? + 1;
    }
    let (thread, cancels_elders) = mail.thread.map_or((None, false), |t| (Some(t.name), t.cancels_elders));
    let row = ActiveModel {
        id: Set(id),
        key: Set(mail.key.clone()),
        kind: Set(mail.kind.to_owned()),
        recipient: Set(mail.to),
        context: Set(Some(mail.context)),
        thread: Set(thread),
        position: Set(position),
        cancels_elders: Set(cancels_elders),
        priority: Set(match mail.priority {
            Priority::High => 0,
            Priority::Normal => 1,
        }),
        state: Set(State::Queued),
        due: Set(Some(now)),
        lease: Set(None),
        not_after: Set(mail.not_after),
        attempts: Set(0),
        uncertain: Set(0),
        queued_at: Set(now),
        first_tried_at: Set(None),
        moved_at: Set(now),
        error: Set(None),
    };
    let unique = OnConflict::column(Column::Key).do_nothing().to_owned();
    let inserted = Entity::insert(row)
        .on_conflict(unique)
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    if matches!(inserted, TryInsertResult::Inserted(1)) {
        return Ok(id);
    }
    // A twin in another transaction was first; it has committed by now, or this statement would still wait.
    let row = tx.query_one_raw(sql(backend, taken, [mail.key.into()])).await?;
    row.map_or(Ok(id), |r| r.try_get("", "id"))
}

/// Cancels what waits of a thread.
pub(crate) async fn cancel_thread(tx: &DatabaseTransaction, thread: &str, now: Instant) -> Result<u64, DbErr> {
    let text = "UPDATE outbox SET state = 6, due = NULL, moved_at = $1 WHERE thread = $2 AND state IN (0, 4)";
    let backend = ConnectionTrait::get_database_backend(tx);
    let done = tx.execute_raw(sql(backend, text, [now.into(), thread.into()])).await?;
    Ok(done.rows_affected())
}

/// Cancels the mails of this kind in a thread that are of use only until a moment and have not begun to leave; those taken and not
/// begun are lost to their lease.
pub(crate) async fn recall(tx: &DatabaseTransaction, thread: &str, kind: &str, now: Instant) -> Result<u64, DbErr> {
    let text = "UPDATE outbox SET state = 6, due = NULL, lease = NULL, moved_at = $1 \
        WHERE thread = $2 AND kind = $3 AND not_after IS NOT NULL AND state IN (0, 1, 4)";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [now.into(), thread.into(), kind.into()];
    let done = tx.execute_raw(sql(backend, text, values)).await?;
    Ok(done.rows_affected())
}

/// A mail that an instance has taken.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Claimed {
    pub id: MailId,
    pub kind: String,
    pub recipient: EmailAddress,
    pub context: Option<Json>,
    pub queued_at: Instant,
    attempts: i32,
    first_tried_at: Option<Instant>,
    uncertain: i16,
}

impl Claimed {
    pub fn past(&self) -> Past {
        Past {
            attempts: u32::try_from(self.attempts).unwrap_or(0),
            first_tried: self.first_tried_at,
            unanswered: self.uncertain,
            unanswered_limit: UNANSWERED_LIMIT,
        }
    }
}

/// Whom a mail went to.
pub(crate) async fn recipient(tx: &DatabaseTransaction, id: MailId) -> Result<Option<EmailAddress>, DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let text = "SELECT recipient FROM outbox WHERE id = $1";
    let row = tx.query_one_raw(sql(backend, text, [id.into()])).await?;
    row.map(|row| row.try_get("", "recipient")).transpose()
}

/// A mail that had been taken came back.
pub(crate) async fn returned(tx: &DatabaseTransaction, id: MailId, error: &str, now: Instant) -> Result<(), DbErr> {
    let text = "UPDATE outbox SET state = 5, error = $1, moved_at = $2 WHERE id = $3 AND state IN (3, 7)";
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, [error.into(), now.into(), id.into()]))
        .await
        .map(drop)
}

/// How many mails wait: all, or those promised until a moment.
pub(crate) async fn count_waiting(db: &impl ConnectionTrait, until: Option<Instant>) -> Result<u64, DbErr> {
    let text = "SELECT COUNT(*) AS n FROM outbox WHERE due IS NOT NULL AND queued_at <= $1";
    let until = until.unwrap_or(Instant::from_micros(i64::MAX));
    let row = db
        .query_one_raw(sql(db.get_database_backend(), text, [until.into()]))
        .await?;
    let count = row.map_or(Ok(0), |row| row.try_get::<i64>("", "n"))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Cancels what waits and was promised until a moment.
pub(crate) async fn cancel_waiting(tx: &DatabaseTransaction, until: Instant, now: Instant) -> Result<(), DbErr> {
    let text = "UPDATE outbox SET state = 6, due = NULL, moved_at = $1 WHERE due IS NOT NULL AND queued_at <= $2";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [now.into(), until.into()];
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// Whether anything is due; asked of a reader, so that an idle sender opens no write.
pub(crate) async fn is_due(db: &impl ConnectionTrait, now: Instant) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM outbox WHERE due IS NOT NULL AND due <= $1 LIMIT 1";
    let row = db
        .query_one_raw(sql(db.get_database_backend(), text, [now.into()]))
        .await?;
    Ok(row.is_some())
}

/// Cancels waiting mails whose time is over or whose place a newer one has taken; says how many.
pub(crate) async fn cancel_stale(tx: &DatabaseTransaction, now: Instant) -> Result<u64, DbErr> {
    let text = "UPDATE outbox SET state = 6, due = NULL, moved_at = $1 WHERE due IS NOT NULL AND (not_after < $1 \
        OR (thread IS NOT NULL AND EXISTS (SELECT 1 FROM outbox y WHERE y.thread = outbox.thread AND y.position > outbox.position AND y.cancels_elders)))";
    let backend = ConnectionTrait::get_database_backend(tx);
    let done = tx.execute_raw(sql(backend, text, [now.into()])).await?;
    Ok(done.rows_affected())
}

/// Takes up to `limit` mails that are due: ids first, then those rows, so that never more than `limit` are taken.
///
/// A mail waits while an elder of its thread is not settled. Two instances pass each other's rows (SKIP LOCKED).
pub(crate) async fn claim(
    tx: &DatabaseTransaction,
    lease: i64,
    limit: usize,
    now: Instant,
) -> Result<Vec<Claimed>, DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let mut text = String::from(
        "SELECT o.id FROM outbox o WHERE o.due IS NOT NULL AND o.due <= $1 AND (o.thread IS NULL OR NOT EXISTS \
         (SELECT 1 FROM outbox e WHERE e.thread = o.thread AND e.state IN (0, 1, 2, 4) \
         AND (e.position < o.position OR (e.position = o.position AND e.id < o.id)))) \
         ORDER BY o.priority, o.due, o.id LIMIT $2",
    );
    if backend == DbBackend::Postgres {
        text.push_str(" FOR UPDATE OF o SKIP LOCKED");
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = tx.query_all_raw(sql(backend, text, [now.into(), limit.into()])).await?;
    let ids: Vec<MailId> = rows.iter().map(|r| r.try_get("", "id")).collect::<Result<_, _>>()?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "UPDATE outbox SET state = 1, lease = $1, due = NULL, moved_at = $2 WHERE due IS NOT NULL AND id IN ({}) \
         RETURNING id, kind, recipient, context, queued_at, attempts, first_tried_at, uncertain",
        places(3, ids.len())
    );
    let values = [lease.into(), now.into()]
        .into_iter()
        .chain(ids.iter().map(|&id| id.into()));
    let mut taken = Claimed::find_by_statement(sql(backend, text, values)).all(tx).await?;
    taken.sort_by_key(|c| ids.iter().position(|&id| id == c.id));
    Ok(taken)
}

/// Blanks the contexts of mails that were settled before `before`; says how many.
pub(crate) async fn blank(tx: &DatabaseTransaction, before: Instant) -> Result<u64, DbErr> {
    let text =
        "UPDATE outbox SET context = NULL WHERE context IS NOT NULL AND moved_at < $1 AND state IN (3, 5, 6, 7, 8)";
    let backend = ConnectionTrait::get_database_backend(tx);
    let done = tx.execute_raw(sql(backend, text, [before.into()])).await?;
    Ok(done.rows_affected())
}

/// How many mails stand where. Sent ones are not counted here: they are history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OutboxCounts {
    /// Wait for their first try.
    pub queued: u64,
    /// Are under way: leased or handing over.
    pub under_way: u64,
    /// Wait to be tried again.
    pub retry: u64,
    /// Were refused for good or given up.
    pub bounced: u64,
    /// Were handed over without an answer, as often as the rule allows.
    pub uncertain: u64,
    /// When the oldest that still waits was promised.
    pub oldest: Option<Instant>,
}

pub(crate) async fn counts(db: &impl ConnectionTrait) -> Result<OutboxCounts, DbErr> {
    let text = "SELECT state, COUNT(*) AS n, MIN(queued_at) AS oldest FROM outbox WHERE state <> 3 GROUP BY state";
    let mut counts = OutboxCounts::default();
    for row in db.query_all_raw(sql(db.get_database_backend(), text, [])).await? {
        let n = u64::try_from(row.try_get::<i64>("", "n")?).unwrap_or(0);
        match row.try_get("", "state")? {
            State::Queued => counts.queued = n,
            State::Leased | State::HandingOver => counts.under_way += n,
            State::Retry => counts.retry = n,
            State::Bounced => counts.bounced = n,
            State::Uncertain => counts.uncertain = n,
            State::Sent | State::Cancelled | State::Withdrawn => continue,
        }
        if matches!(row.try_get("", "state")?, State::Queued | State::Retry) {
            let oldest: Option<Instant> = row.try_get("", "oldest")?;
            counts.oldest = counts.oldest.min(oldest).or(counts.oldest).or(oldest);
        }
    }
    Ok(counts)
}

/// A mail that waits or failed, for the desk.
#[derive(Clone, Debug, FromQueryResult)]
pub struct WaitingMail {
    /// The row.
    pub id: MailId,
    /// The name of its template.
    pub kind: String,
    /// The one recipient.
    pub recipient: EmailAddress,
    /// `Queued`, `Leased`, `HandingOver`, `Retry`, `Bounced` or `Uncertain`.
    pub state: State,
    /// When it was promised.
    pub queued_at: Instant,
    /// When it will be tried next.
    pub due: Option<Instant>,
    /// Tries so far.
    pub attempts: i32,
    /// What the last try met, in the server's words or ours.
    pub error: Option<String>,
}

/// Mails promised since `since` that were refused for good or given up, newest first.
pub(crate) async fn refused(db: &impl ConnectionTrait, since: Instant, limit: u64) -> Result<Vec<WaitingMail>, DbErr> {
    let text = "SELECT id, kind, recipient, state, queued_at, due, attempts, error FROM outbox \
        WHERE state <> 3 AND state = 5 AND queued_at >= $1 ORDER BY id DESC LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    WaitingMail::find_by_statement(sql(db.get_database_backend(), text, [since.into(), limit.into()]))
        .all(db)
        .await
}

/// What waits, and what failed since, the oldest promise first.
pub(crate) async fn waiting(
    db: &impl ConnectionTrait,
    failed_since: Instant,
    limit: u64,
) -> Result<Vec<WaitingMail>, DbErr> {
    let text = "SELECT id, kind, recipient, state, queued_at, due, attempts, error FROM outbox \
        WHERE state <> 3 AND (state IN (0, 1, 2, 4) OR (state IN (5, 7) AND moved_at >= $1)) ORDER BY id LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    WaitingMail::find_by_statement(sql(
        db.get_database_backend(),
        text,
        [failed_since.into(), limit.into()],
    ))
    .all(db)
    .await
}

/// A mail of a thread, for what is told of an appointment.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ThreadMail {
    /// The name of its template.
    pub kind: String,
    /// Where it stands.
    pub state: State,
    /// When it was promised.
    pub queued_at: Instant,
    /// When it came to where it stands.
    pub moved_at: Instant,
}

/// So many mails of one thread are read at most; an appointment has a handful.
const THREAD: i64 = 200;

/// The mails of a thread, the oldest first.
pub(crate) async fn thread(db: &impl ConnectionTrait, name: &str) -> Result<Vec<ThreadMail>, DbErr> {
    let text = "SELECT kind, state, queued_at, moved_at FROM outbox WHERE thread = $1 ORDER BY position LIMIT $2";
    ThreadMail::find_by_statement(sql(db.get_database_backend(), text, [name.into(), THREAD.into()]))
        .all(db)
        .await
}
