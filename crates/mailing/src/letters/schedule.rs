//! A letter that waits for its time: it is started by itself, and its recipients are fixed then.

use kernel::db::write;
use kernel::id::LetterId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::LetterState;
use super::send::LetterError;
use crate::Mailing;
use crate::store::letter as rows;

impl Mailing {
    /// Lets the mailing of a draft begin at `at`; a moment that is over means at once.
    pub async fn schedule_letter(&self, slug: &str, at: Instant) -> Result<(), LetterError> {
        write(&self.db, (slug.to_owned(), Some(at)), schedule).await
    }

    /// Makes a scheduled letter a draft again.
    pub async fn unschedule_letter(&self, slug: &str) -> Result<(), LetterError> {
        write(&self.db, (slug.to_owned(), None), schedule).await
    }

    /// Starts the letters whose time has come; says how many.
    pub async fn start_due_letters(&self, now: Instant) -> Result<u64, DbErr> {
        let mut started = 0;
        for slug in rows::due(self.db.reader(), now).await? {
            match self.start_letter(&slug, now).await {
                Ok(_) => started += 1,
                Err(LetterError::Database(e)) => return Err(e),
                // Another instance, or she herself, was quicker.
                Err(_) => {}
            }
        }
        Ok(started)
    }
}

async fn schedule(tx: &DatabaseTransaction, (slug, at): &(String, Option<Instant>)) -> Result<(), LetterError> {
    let found = rows::by_slug(tx, slug).await?;
    let letter = found.ok_or_else(|| LetterError::Unknown(slug.clone()))?;
    let to = if at.is_some() {
        LetterState::Scheduled
    } else {
        LetterState::Draft
    };
    let from: (LetterId, LetterState) = (letter.id, letter.state);
    if letter.state.is_fixed() || !rows::schedule(tx, from, to, *at).await? {
        return Err(LetterError::State {
            state: letter.state,
            asked: "scheduled",
        });
    }
    Ok(())
}
