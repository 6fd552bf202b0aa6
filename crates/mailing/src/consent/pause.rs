//! A pause: for three months no letter, and everything stays as it was chosen.

use jiff::ToSpan;
use kernel::db::write;
use kernel::instant::Instant;
use kernel::token::Token;
use kernel::zone::Zone;
use sea_orm::{DatabaseTransaction, DbErr};

use super::State;
use super::leave::Press;
use crate::Mailing;
use crate::store::consent_proof::Event;
use crate::store::subscriber;

/// What asking for a pause, or for its end, did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paused {
    /// No letter until then.
    Until(Instant),
    /// Letters come again.
    Over,
    /// She is not on the list, so there is nothing to pause.
    NotConfirmed,
    /// Never written by us.
    Unknown,
}

impl Mailing {
    /// Sends no letter for three months; asked again, three months from then.
    pub async fn pause(&self, token: &Token, page: &str, now: Instant) -> Result<Paused, DbErr> {
        let until = in_three_months(now);
        write(&self.db, (self.press(token, page, now), Some(until)), pause).await
    }

    /// Ends a pause early.
    pub async fn end_pause(&self, token: &Token, page: &str, now: Instant) -> Result<Paused, DbErr> {
        write(&self.db, (self.press(token, page, now), None), pause).await
    }
}

/// The same day and time three months on, in UTC; the last day of a month that is shorter.
fn in_three_months(now: Instant) -> Instant {
    let utc = Zone::utc();
    let civil = utc.civil(now);
    civil.checked_add(3.months()).map_or(now, |then| utc.instant(then))
}

async fn pause(tx: &DatabaseTransaction, (press, until): &(Press, Option<Instant>)) -> Result<Paused, DbErr> {
    let Some(found) = press.find(tx).await? else {
        return Ok(Paused::Unknown);
    };
    if found.state != State::Confirmed {
        return Ok(Paused::NotConfirmed);
    }
    let event = if until.is_some() { Event::Paused } else { Event::Resumed };
    subscriber::set_pause(tx, found.id, *until).await?;
    press.prove(tx, &found, event, None, found.topics).await?;
    Ok(until.map_or(Paused::Over, Paused::Until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_months_end_on_the_same_day_or_the_last_one() {
        let then = |text: &str| in_three_months(text.parse().unwrap()).to_string();
        assert_eq!(then("2026-11-24T12:00:00Z"), "2027-02-24T12:00:00Z");
        assert_eq!(then("2026-11-30T12:00:00Z"), "2027-02-28T12:00:00Z");
    }
}
