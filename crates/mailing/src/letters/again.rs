//! A letter for those who did not get it, and its ledger recipient by recipient.

use std::fmt::Write as _;

use kernel::db::write;
use kernel::id::{LetterId, SubscriberId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::LetterState;
use super::send::{LetterError, read};
use crate::Mailing;
use crate::consent::written;
use crate::outbox::protocol::State;
use crate::store::{delivery, letter as rows};

/// Recipients of a part of the ledger's file.
const PAGE: i64 = 1_000;
/// Bars of the chart.
const BARS: i64 = 48;

/// What was delivered in one stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// When it begins.
    pub from: Instant,
    /// How many servers took it then.
    pub delivered: u64,
}

/// A recipient who has not got it.
#[derive(Clone, Debug)]
pub struct Undelivered {
    /// Who.
    pub subscriber: SubscriberId,
    /// Her address; none once she was erased.
    pub address: Option<String>,
    /// How it stands.
    pub state: State,
    /// The server's words or ours.
    pub error: Option<String>,
}

impl Mailing {
    /// Sends a letter again to everybody whose server refused it or was never reached, who still wants it and whose address exists; with
    /// `uncertain` also to those who may have it already. Says how many.
    pub async fn resend_letter(&self, slug: &str, uncertain: bool, now: Instant) -> Result<u64, LetterError> {
        let count = write(&self.db, (slug.to_owned(), uncertain, now), resend).await?;
        self.wake.notify_one();
        Ok(count)
    }

    /// The recipients who have not got it, so far or for good, at most `limit`.
    pub async fn undelivered(&self, slug: &str, limit: u32) -> Result<Vec<Undelivered>, DbErr> {
        let db = self.db.reader();
        match rows::by_slug(db, slug).await? {
            Some(letter) => delivery::undelivered(db, letter.id, limit.into()).await,
            None => Ok(Vec::new()),
        }
    }

    /// How delivery went over time: equal stretches from its start to its end, or to `now`.
    pub async fn delivered_over_time(&self, slug: &str, now: Instant) -> Result<Vec<Stretch>, DbErr> {
        let db = self.db.reader();
        let Some(letter) = rows::by_slug(db, slug).await? else {
            return Ok(Vec::new());
        };
        let Some(start) = letter.started_at else {
            return Ok(Vec::new());
        };
        let end = letter.finished_at.unwrap_or(now);
        let width = ((end - start).as_micros() / i128::from(BARS)).max(1_000_000);
        let width = i64::try_from(width).unwrap_or(i64::MAX);
        let counts = delivery::over_time(db, letter.id, start, width).await?;
        let last = counts.iter().map(|&(at, _)| at).max().unwrap_or(0);
        let one = |at: i64| Stretch {
            from: Instant::from_micros(start.micros().saturating_add(at.saturating_mul(width))),
            delivered: counts.iter().find(|(n, _)| *n == at).map_or(0, |&(_, n)| n),
        };
        Ok((0..=last.min(BARS * 2)).map(one).collect())
    }

    /// The ledger as a file, recipient by recipient: its first part, or the one after this recipient.
    pub async fn ledger_page(
        &self,
        letter: LetterId,
        after: Option<SubscriberId>,
    ) -> Result<(String, Option<SubscriberId>), DbErr> {
        let page = delivery::page(self.db.reader(), letter, after, PAGE).await?;
        let full = i64::try_from(page.len()).is_ok_and(|n| n == PAGE);
        let next = page.last().map(|line| line.subscriber).filter(|_| full);
        let mut lines = String::new();
        if after.is_none() {
            lines.push_str("email,state,since,attempts,error\n");
        }
        for line in page {
            let _ = writeln!(
                lines,
                "{},{},{},{},{}",
                written(line.address.as_deref().unwrap_or_default()),
                word(line.state),
                line.moved_at,
                line.attempts,
                written(&line.error.unwrap_or_default())
            );
        }
        Ok((lines, next))
    }
}

/// The ledger's own words, as in its counts.
fn word(state: State) -> &'static str {
    match state {
        State::Queued | State::Leased | State::HandingOver => "queued",
        State::Sent => "delivered",
        State::Retry => "retrying",
        State::Bounced => "bounced",
        State::Uncertain => "uncertain",
        State::Withdrawn => "withdrawn",
        State::Cancelled => "cancelled",
    }
}

async fn resend(
    tx: &DatabaseTransaction,
    (slug, uncertain, now): &(String, bool, Instant),
) -> Result<u64, LetterError> {
    let letter = read(tx, slug).await?;
    let refused = |state| LetterError::State {
        state,
        asked: "sent again",
    };
    if !matches!(
        letter.state,
        LetterState::Sent | LetterState::Sending | LetterState::Paused
    ) {
        return Err(refused(letter.state));
    }
    let count = delivery::again(tx, letter.id, *uncertain, *now).await?;
    if count > 0 && letter.state == LetterState::Sent && !rows::reopen(tx, letter.id).await? {
        return Err(refused(read(tx, slug).await?.state));
    }
    Ok(count)
}
