//! Writing a letter at the desk: the same checks as for a file, field by field.

use kernel::db::{Class, class, write};
use kernel::id::LetterId;
use kernel::instant::Instant;
use sea_orm::DbErr;

use super::LetterState;
use super::front_matter::{FrontMatterError, Published, Source, slug_of};
use super::letter::{AddLetterError, add};
use crate::Mailing;
use crate::consent::Topic;
use crate::store::letter as rows;

/// So many letters may have one title before a new one has to be called something else.
const NAMESAKES: u32 = 50;

/// A letter as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// One line: the subject of the mail and the heading of the article.
    pub title: String,
    /// What it is about.
    pub topic: Topic,
    /// The text.
    pub markdown: String,
    /// Whether the site shows it.
    pub published: bool,
}

/// A letter as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLetter {
    /// Its row.
    pub id: LetterId,
    /// Its address.
    pub slug: String,
    /// What was written.
    pub draft: Draft,
    /// How far it is with being mailed.
    pub state: LetterState,
    /// When its mailing begins, while it is scheduled.
    pub scheduled_for: Option<Instant>,
    /// When its mailing began.
    pub started_at: Option<Instant>,
    /// When every recipient had a final state.
    pub finished_at: Option<Instant>,
}

impl Mailing {
    /// A letter as it is kept.
    pub async fn kept_letter(&self, slug: &str) -> Result<Option<KeptLetter>, DbErr> {
        let Some(row) = rows::by_slug(self.db.reader(), slug).await? else {
            return Ok(None);
        };
        Ok(Some(KeptLetter {
            id: row.id,
            slug: row.slug,
            draft: Draft {
                title: row.title,
                topic: row.topic,
                markdown: row.markdown,
                published: row.published_at.is_some(),
            },
            state: row.state,
            scheduled_for: row.scheduled_for,
            started_at: row.started_at,
            finished_at: row.finished_at,
        }))
    }

    /// Keeps a new letter under an address made of its title, which is returned; a title that is taken gets a number.
    pub async fn write_letter(&self, draft: Draft, now: Instant) -> Result<String, AddLetterError> {
        let title = draft.title.trim();
        let wished = Some(slug_of(title)).filter(|s| !s.is_empty());
        let wished = wished.unwrap_or_else(|| "letter".to_owned());
        for number in 1..=NAMESAKES {
            let slug = if number == 1 {
                wished.clone()
            } else {
                format!("{wished}-{number}")
            };
            if rows::by_slug(self.db.reader(), &slug).await?.is_none() {
                return self.keep(draft, slug, now).await;
            }
        }
        Err(FrontMatterError::Title.into())
    }

    /// Keeps what was changed of a letter. `false`: there is none of this address.
    pub async fn rewrite_letter(&self, slug: &str, draft: Draft, now: Instant) -> Result<bool, AddLetterError> {
        if rows::by_slug(self.db.reader(), slug).await?.is_none() {
            return Ok(false);
        }
        self.keep(draft, slug.to_owned(), now).await.map(|_| true)
    }

    async fn keep(&self, draft: Draft, slug: String, now: Instant) -> Result<String, AddLetterError> {
        let published = if draft.published { Published::Yes } else { Published::No };
        let source = Source::checked(&draft.title, slug, draft.topic, None, published, &draft.markdown)?;
        let id = LetterId::new(now, &self.chance);
        match write(&self.db, (id, source, now), add).await {
            // Two tabs kept it at once.
            Err(e) if class(&e) == Class::Duplicate => Err(FrontMatterError::Title.into()),
            done => Ok(done?.slug),
        }
    }
}
