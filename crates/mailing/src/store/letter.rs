//! The table `letter`: texts in Markdown.

use kernel::id::LetterId;
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use super::sql;
use crate::consent::Topic;
use crate::letters::LetterState;

/// A row.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Letter {
    pub slug: String,
    pub title: String,
    pub topic: Topic,
    pub summary: String,
    pub markdown: String,
    pub state: LetterState,
    pub published_at: Option<Instant>,
    pub changed_at: Instant,
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

const COLUMNS: &str = "slug, title, topic, summary, markdown, state, published_at, changed_at";

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
