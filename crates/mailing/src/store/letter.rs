//! The table `letter`: texts in Markdown.

use kernel::id::LetterId;
use kernel::instant::Instant;
use sea_orm::prelude::Json;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult};

use super::sql;
use crate::consent::Topic;
use crate::letters::LetterState;

/// A row.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Letter {
    pub id: LetterId,
    pub slug: String,
    pub title: String,
    pub topic: Topic,
    pub summary: String,
    pub markdown: String,
    pub state: LetterState,
    pub published_at: Option<Instant>,
    pub changed_at: Instant,
    pub excluded: Option<Json>,
    pub scheduled_for: Option<Instant>,
    pub started_at: Option<Instant>,
    pub finished_at: Option<Instant>,
}

/// What a file says.
pub(crate) struct Text<'a> {
    pub slug: &'a str,
    pub title: &'a str,
    pub topic: Topic,
    pub summary: String,
    pub markdown: &'a str,
    pub published_at: Option<Instant>,
}

impl Text<'_> {
    /// Whether the row says something else.
    pub fn differs(&self, row: &Letter) -> bool {
        (
            self.title,
            self.topic,
            self.summary.as_str(),
            self.markdown,
            self.published_at,
        ) != (
            &row.title,
            row.topic,
            row.summary.as_str(),
            &row.markdown,
            row.published_at,
        )
    }
}

/// Every letter there is.
pub(crate) async fn ids(tx: &DatabaseTransaction) -> Result<Vec<LetterId>, DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let rows = tx.query_all_raw(sql(backend, "SELECT id FROM letter", [])).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// Where a page of a list ended: publication and id, so that nothing is skipped or doubled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the last one was published.
    pub published_at: Instant,
    /// Its row.
    pub id: LetterId,
}

/// An article in a list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LetterHead {
    /// Its row.
    pub id: LetterId,
    /// Its address.
    pub slug: String,
    /// One line.
    pub title: String,
    /// What it is about.
    pub topic: Topic,
    /// One or two sentences without markup.
    pub summary: String,
    /// Since when the site shows it.
    pub published_at: Instant,
    /// When it last changed.
    pub changed_at: Instant,
}

impl LetterHead {
    /// For the next page.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            published_at: self.published_at,
            id: self.id,
        }
    }
}

pub(crate) async fn published(
    db: &impl ConnectionTrait,
    limit: u64,
    before: Option<Cursor>,
    now: Instant,
) -> Result<Vec<LetterHead>, DbErr> {
    let mut text = String::from(
        "SELECT id, slug, title, topic, summary, published_at, changed_at FROM letter WHERE published_at IS NOT NULL AND published_at <= $1",
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut values = vec![now.into(), limit.into()];
    if let Some(cursor) = before {
        text.push_str(" AND (published_at < $3 OR (published_at = $3 AND id < $4))");
        values.extend([cursor.published_at.into(), cursor.id.into()]);
    }
    text.push_str(" ORDER BY published_at DESC, id DESC LIMIT $2");
    LetterHead::find_by_statement(sql(db.get_database_backend(), text, values))
        .all(db)
        .await
}

const COLUMNS: &str = "id, slug, title, topic, summary, markdown, state, published_at, changed_at, excluded, scheduled_for, started_at, finished_at";

pub(crate) async fn by_slug(db: &impl ConnectionTrait, slug: &str) -> Result<Option<Letter>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM letter WHERE slug = $1");
    Letter::find_by_statement(sql(db.get_database_backend(), text, [slug.into()]))
        .one(db)
        .await
}

pub(crate) async fn all(db: &impl ConnectionTrait) -> Result<Vec<Letter>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM letter ORDER BY created_at DESC, id DESC");
    Letter::find_by_statement(sql(db.get_database_backend(), text, []))
        .all(db)
        .await
}

pub(crate) async fn insert(tx: &DatabaseTransaction, id: LetterId, new: &Text<'_>, now: Instant) -> Result<(), DbErr> {
    let text = "INSERT INTO letter (id, slug, title, topic, summary, markdown, state, published_at, created_at, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $8)";
    let values = [
        id.into(),
        new.slug.into(),
        new.title.into(),
        new.topic.into(),
        new.summary.as_str().into(),
        new.markdown.into(),
        new.published_at.into(),
        now.into(),
    ];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

pub(crate) async fn update(tx: &DatabaseTransaction, new: &Text<'_>, now: Instant) -> Result<(), DbErr> {
    let text = "UPDATE letter SET title = $1, topic = $2, summary = $3, markdown = $4, published_at = $5, changed_at = $6 WHERE slug = $7";
    let values = [
        new.title.into(),
        new.topic.into(),
        new.summary.as_str().into(),
        new.markdown.into(),
        new.published_at.into(),
        now.into(),
        new.slug.into(),
    ];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

pub(crate) async fn by_id(db: &impl ConnectionTrait, id: LetterId) -> Result<Option<Letter>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM letter WHERE id = $1");
    Letter::find_by_statement(sql(db.get_database_backend(), text, [id.into()]))
        .one(db)
        .await
}

/// A letter that is being sent.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Sending {
    pub id: LetterId,
    pub topic: Topic,
    pub changed_at: Instant,
}

/// The letters in a state, the one that was started first at the front.
pub(crate) async fn in_state(db: &impl ConnectionTrait, state: LetterState) -> Result<Vec<Sending>, DbErr> {
    let text = "SELECT id, topic, changed_at FROM letter WHERE state = $1 ORDER BY started_at, id";
    Sending::find_by_statement(sql(db.get_database_backend(), text, [state.into()]))
        .all(db)
        .await
}

/// Whether a letter is being sent; if so, nobody pauses or cancels it before the commit.
pub(crate) async fn hold_sending(tx: &DatabaseTransaction, id: LetterId) -> Result<bool, DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let mut text = String::from("SELECT 1 FROM letter WHERE id = $1 AND state = 'sending'");
    if backend == DbBackend::Postgres {
        text.push_str(" FOR SHARE");
    }
    let row = tx.query_one_raw(sql(backend, text, [id.into()])).await?;
    Ok(row.is_some())
}

/// Moves a letter on if it still stands where it was seen.
pub(crate) async fn change_state(
    tx: &DatabaseTransaction,
    id: LetterId,
    from: LetterState,
    to: LetterState,
) -> Result<bool, DbErr> {
    let text = "UPDATE letter SET state = $1 WHERE id = $2 AND state = $3";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [to.into(), id.into(), from.into()];
    Ok(tx.execute_raw(sql(backend, text, values)).await?.rows_affected() == 1)
}

/// Starts a letter: to `sending`, with who was left out.
pub(crate) async fn start(
    tx: &DatabaseTransaction,
    id: LetterId,
    from: LetterState,
    excluded: Json,
    now: Instant,
) -> Result<bool, DbErr> {
    let text = "UPDATE letter SET state = 'sending', started_at = $1, excluded = $2 WHERE id = $3 AND state = $4";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [now.into(), excluded.into(), id.into(), from.into()];
    Ok(tx.execute_raw(sql(backend, text, values)).await?.rows_affected() == 1)
}

/// To `sent`, unless something of it waits or is under way in any instance.
pub(crate) async fn finish(tx: &DatabaseTransaction, id: LetterId, now: Instant) -> Result<bool, DbErr> {
    let text = "UPDATE letter SET state = 'sent', finished_at = $1 WHERE id = $2 AND state = 'sending' \
        AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.letter = letter.id AND d.due IS NOT NULL) \
        AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.letter = letter.id AND d.state IN (1, 2))";
    let backend = ConnectionTrait::get_database_backend(tx);
    Ok(tx
        .execute_raw(sql(backend, text, [now.into(), id.into()]))
        .await?
        .rows_affected()
        == 1)
}

/// To `scheduled` with its moment, or back to `draft` without one.
pub(crate) async fn schedule(
    tx: &DatabaseTransaction,
    (id, from): (LetterId, LetterState),
    to: LetterState,
    at: Option<Instant>,
) -> Result<bool, DbErr> {
    let text = "UPDATE letter SET state = $1, scheduled_for = $2 WHERE id = $3 AND state = $4";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [to.into(), at.into(), id.into(), from.into()];
    Ok(tx.execute_raw(sql(backend, text, values)).await?.rows_affected() == 1)
}

/// The addresses of the scheduled letters whose time has come.
pub(crate) async fn due(db: &impl ConnectionTrait, now: Instant) -> Result<Vec<String>, DbErr> {
    let text = "SELECT slug FROM letter WHERE state = 'scheduled' AND scheduled_for <= $1 ORDER BY scheduled_for, id";
    let rows = db
        .query_all_raw(sql(db.get_database_backend(), text, [now.into()]))
        .await?;
    rows.iter().map(|r| r.try_get("", "slug")).collect()
}

/// A letter that was sent goes out once more, to some of its recipients.
pub(crate) async fn reopen(tx: &DatabaseTransaction, id: LetterId) -> Result<bool, DbErr> {
    let text = "UPDATE letter SET state = 'sending', finished_at = NULL WHERE id = $1 AND state = 'sent'";
    let backend = ConnectionTrait::get_database_backend(tx);
    Ok(tx.execute_raw(sql(backend, text, [id.into()])).await?.rows_affected() == 1)
}
