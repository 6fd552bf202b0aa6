//! Starting, pausing, resuming and cancelling a letter. Nothing here touches the network: the sender of the running program does.
//!
//! Starting fixes the recipients in one transaction. The others change one word of the letter, which the claim reads under a lock, and
//! take back what an instance has taken and not begun; a message that is being handed over at that moment is finished and recorded.

use kernel::db::write;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::ledger::{self, Ledger};
use super::{LetterState, ledger::audience};
use crate::Mailing;
use crate::consent::Topics;
use crate::store::{delivery, letter as rows};

/// Why a letter cannot be started, paused, resumed or cancelled. Its text is for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// No letter has this slug.
    #[error("there is no letter {0:?}; `goldenhour letters list` shows them all")]
    Unknown(String),
    /// It does not stand where this could be done.
    #[error("the letter {}, so it cannot be {asked}", stands(*.state))]
    State {
        /// Where it stands.
        state: LetterState,
        /// In the words of the message: `started`, `paused`, `resumed`, `cancelled`, `sent again`.
        asked: &'static str,
    },
    /// The database.
    #[error("the letter could not be changed")]
    Database(#[from] DbErr),
}

fn stands(state: LetterState) -> &'static str {
    match state {
        LetterState::Draft => "is a draft and goes to nobody yet",
        LetterState::Scheduled => "waits for its time",
        LetterState::Sending => "is being sent",
        LetterState::Paused => "is paused",
        LetterState::Sent => "was sent",
        LetterState::Cancelled => "was cancelled",
    }
}

/// What is asked of a letter that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Pause,
    Resume,
    Cancel,
}

impl Change {
    /// Where it leads from a state; the same state when that is done already.
    fn from(self, state: LetterState) -> Result<LetterState, LetterError> {
        use LetterState::{Cancelled, Paused, Scheduled, Sending};
        let asked = match (self, state) {
            (Self::Pause, Sending | Paused) => return Ok(Paused),
            (Self::Resume, Paused | Sending) => return Ok(Sending),
            (Self::Cancel, Scheduled | Sending | Paused | Cancelled) => return Ok(Cancelled),
            (Self::Pause, _) => "paused",
            (Self::Resume, _) => "resumed",
            (Self::Cancel, _) => "cancelled",
        };
        Err(LetterError::State { state, asked })
    }
}

impl Mailing {
    /// Starts a letter: fixes its recipients, everybody who is confirmed and wants its topic, and counts why the others are left out.
    /// The running program sends it.
    pub async fn start_letter(&self, slug: &str, now: Instant) -> Result<Ledger, LetterError> {
        let ledger = write(&self.db, (slug.to_owned(), now), start).await?;
        self.wake.notify_one();
        Ok(ledger)
    }

    /// Holds a letter: from now on nobody gets it until it is resumed.
    pub async fn pause_letter(&self, slug: &str, now: Instant) -> Result<Ledger, LetterError> {
        write(&self.db, (slug.to_owned(), Change::Pause, now), change).await
    }

    /// Lets a paused letter go on where it was.
    pub async fn resume_letter(&self, slug: &str, now: Instant) -> Result<Ledger, LetterError> {
        let ledger = write(&self.db, (slug.to_owned(), Change::Resume, now), change).await?;
        self.wake.notify_one();
        Ok(ledger)
    }

    /// Ends a letter: who has not got it by now does not get it.
    pub async fn cancel_letter(&self, slug: &str, now: Instant) -> Result<Ledger, LetterError> {
        write(&self.db, (slug.to_owned(), Change::Cancel, now), change).await
    }
}

pub(super) async fn read(tx: &DatabaseTransaction, slug: &str) -> Result<rows::Letter, LetterError> {
    let found = rows::by_slug(tx, slug).await?;
    found.ok_or_else(|| LetterError::Unknown(slug.to_owned()))
}

async fn start(tx: &DatabaseTransaction, (slug, now): &(String, Instant)) -> Result<Ledger, LetterError> {
    let letter = read(tx, slug).await?;
    let refused = |state| LetterError::State {
        state,
        asked: "started",
    };
    if letter.state.is_fixed() {
        return Err(refused(letter.state));
    }
    let audience = audience(tx, letter.topic, *now).await?;
    let excluded = serde_json::to_value(&audience.excluded).map_err(|e| DbErr::Json(e.to_string()))?;
    if !rows::start(tx, letter.id, letter.state, excluded, *now).await? {
        // Somebody else was quicker, at the desk or in another command.
        return Err(refused(read(tx, slug).await?.state));
    }
    delivery::fix(tx, letter.id, Topics::from_iter([letter.topic]), *now).await?;
    Ok(ledger::of(tx, &read(tx, slug).await?).await?)
}

async fn change(
    tx: &DatabaseTransaction,
    (slug, change, now): &(String, Change, Instant),
) -> Result<Ledger, LetterError> {
    let mut letter = read(tx, slug).await?;
    let mut to = change.from(letter.state)?;
    while letter.state != to && !rows::change_state(tx, letter.id, letter.state, to).await? {
        letter = read(tx, slug).await?;
        to = change.from(letter.state)?;
    }
    if matches!(to, LetterState::Paused | LetterState::Cancelled) {
        delivery::take_back(tx, letter.id, *now).await?;
    }
    if to == LetterState::Cancelled {
        delivery::cancel(tx, letter.id, *now).await?;
    }
    Ok(ledger::of(tx, &read(tx, slug).await?).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use LetterState::{Cancelled, Draft, Paused, Scheduled, Sending, Sent};

    #[test]
    fn a_letter_is_paused_resumed_and_cancelled_only_where_that_means_something() {
        let to = |change: Change, from| change.from(from).ok();
        for (change, allowed, leads) in [
            (Change::Pause, &[Sending, Paused][..], Paused),
            (Change::Resume, &[Sending, Paused], Sending),
            (Change::Cancel, &[Scheduled, Sending, Paused, Cancelled], Cancelled),
        ] {
            for state in [Draft, Scheduled, Sending, Paused, Sent, Cancelled] {
                let expected = allowed.contains(&state).then_some(leads);
                assert_eq!(to(change, state), expected, "{change:?} {state:?}");
            }
        }
        let error = Change::Pause.from(Sent).unwrap_err();
        assert_eq!(error.to_string(), "the letter was sent, so it cannot be paused");
    }
}
