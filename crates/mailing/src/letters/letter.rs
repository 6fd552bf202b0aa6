//! A letter as an article: added from its file, listed, and read.

use kernel::db::{Class, class, write};
use kernel::id::LetterId;
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;

use super::front_matter::{self, FrontMatterError, Published, Source};
use super::markdown::{self, Heading};
use crate::Mailing;
use crate::consent::Topic;
use crate::store::letter::{self as rows, Cursor, LetterHead};

/// The length of a summary that the text gives, in characters.
const SUMMARY: usize = 200;

/// How far a letter is with being mailed; being published is another matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "lowercase")]
pub enum LetterState {
    /// Not mailed.
    #[sea_orm(string_value = "draft")]
    Draft,
    /// Its mailing begins at a set time.
    #[sea_orm(string_value = "scheduled")]
    Scheduled,
    /// Its recipients are fixed, and it goes out.
    #[sea_orm(string_value = "sending")]
    Sending,
    /// It goes out to nobody until it is resumed.
    #[sea_orm(string_value = "paused")]
    Paused,
    /// Every recipient has a final state.
    #[sea_orm(string_value = "sent")]
    Sent,
    /// Nobody gets it any more.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}

impl LetterState {
    /// Whether its recipients are fixed.
    pub fn is_fixed(self) -> bool {
        !matches!(self, Self::Draft | Self::Scheduled)
    }
}

/// What adding a letter did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// Its address: `/posts/{slug}`.
    pub slug: String,
    /// `false` when a letter with this slug was there and is now as the file says.
    pub created: bool,
}

/// Why a letter was not added. Its text is for the one who wrote the file.
#[derive(Debug, thiserror::Error)]
pub enum AddLetterError {
    /// Something in the file.
    #[error(transparent)]
    File(#[from] FrontMatterError),
    /// Its recipients were chosen by its topic.
    #[error("topic: the letter is mailed to those who want to hear of {0}, so its topic stays")]
    Topic(Topic),
    /// The database.
    #[error("the letter could not be kept")]
    Database(#[from] DbErr),
}

/// A letter as a page shows it.
#[derive(Clone, Debug)]
pub struct Article {
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
    /// When its file was last added with a change.
    pub changed_at: Instant,
    /// Sanitised; headings from the second level on, with ids.
    pub html: String,
    /// Its headings of the second and third level.
    pub contents: Vec<Heading>,
}

/// A line of `letters list`.
#[derive(Clone, Debug, Serialize)]
pub struct LetterLine {
    /// Its address.
    pub slug: String,
    /// One line.
    pub title: String,
    /// What it is about.
    pub topic: Topic,
    /// How far it is with being mailed.
    pub state: LetterState,
    /// Whether the site shows it now.
    pub published: bool,
    /// Since when, or from when on.
    pub published_at: Option<Instant>,
}

impl Mailing {
    /// Creates or updates a letter from its file. The same file again changes nothing.
    pub async fn add_letter(&self, file: &str, now: Instant) -> Result<Added, AddLetterError> {
        let source = front_matter::parse(file)?;
        let id = LetterId::new(now, &self.chance);
        match write(&self.db, (id, source.clone(), now), add).await {
            // Two commands added it at once: the second finds it there.
            Err(e) if class(&e) == Class::Duplicate => write(&self.db, (id, source, now), add).await,
            done => done,
        }
    }

    /// The articles that the site shows at `now`, newest first; `before` is the cursor of the last one of the page before.
    pub async fn published(&self, limit: u64, before: Option<Cursor>, now: Instant) -> Result<Vec<LetterHead>, DbErr> {
        rows::published(self.db.reader(), limit, before, now).await
    }

    /// One article, if the site shows it at `now`.
    pub async fn article(&self, slug: &str, now: Instant) -> Result<Option<Article>, DbErr> {
        let Some(row) = rows::by_slug(self.db.reader(), slug).await? else {
            return Ok(None);
        };
        let Some(published_at) = row.published_at.filter(|&at| at <= now) else {
            return Ok(None);
        };
        let rendered = markdown::render(&row.markdown);
        Ok(Some(Article {
            slug: row.slug,
            title: row.title,
            topic: row.topic,
            summary: row.summary,
            published_at,
            changed_at: row.changed_at,
            html: rendered.html,
            contents: rendered.contents,
        }))
    }

    /// Every letter, the newest first.
    pub async fn letters(&self, now: Instant) -> Result<Vec<LetterLine>, DbErr> {
        let rows = rows::all(self.db.reader()).await?;
        let line = |row: rows::Letter| LetterLine {
            published: row.published_at.is_some_and(|at| at <= now),
            slug: row.slug,
            title: row.title,
            topic: row.topic,
            state: row.state,
            published_at: row.published_at,
        };
        Ok(rows.into_iter().map(line).collect())
    }
}

pub(super) async fn add(
    tx: &DatabaseTransaction,
    (id, source, now): &(LetterId, Source, Instant),
) -> Result<Added, AddLetterError> {
    let old = rows::by_slug(tx, &source.slug).await?;
    if let Some(old) = &old
        && old.state.is_fixed()
        && old.topic != source.topic
    {
        return Err(AddLetterError::Topic(old.topic));
    }
    let published_at = match source.published {
        Published::No => None,
        Published::Yes => old.as_ref().and_then(|o| o.published_at).or(Some(*now)),
        Published::At(at) => Some(at),
    };
    let summary = source.summary.clone();
    let text = rows::Text {
        slug: &source.slug,
        title: &source.title,
        topic: source.topic,
        summary: summary.unwrap_or_else(|| markdown::first_words(&source.markdown, SUMMARY)),
        markdown: &source.markdown,
        published_at,
    };
    let created = old.is_none();
    match old {
        None => rows::insert(tx, *id, &text, *now).await?,
        Some(old) if text.differs(&old) => rows::update(tx, &text, *now).await?,
        Some(_) => {}
    }
    Ok(Added {
        slug: source.slug.clone(),
        created,
    })
}
