//! The practice's terms of cancelling: until when it is free, and what is kept after that.

use kernel::instant::Instant;
use kernel::money::Money;
use serde::{Deserialize, Serialize};

/// The stated policy. Birth, illness, hospital and loss are never charged: that is no setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Cancelling is free until this many hours before the start.
    pub free_until_hours: u32,
    /// Percent of the price that is kept later than that (a credit is kept whole).
    pub late_percent: u8,
    /// Percent of the price that is kept when nobody comes.
    pub no_show_percent: u8,
    /// Who comes later than this many minutes has a shorter visit.
    pub grace_minutes: u32,
    /// The practice's own sentences, in paragraphs; may be empty.
    pub words: String,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            free_until_hours: 24,
            late_percent: 50,
            no_show_percent: 100,
            grace_minutes: 15,
            words: String::new(),
        }
    }
}

impl Policy {
    /// The instant until which (inclusive) a visit that starts at `start` is cancelled or moved freely.
    pub fn free_until(&self, start: Instant) -> Instant {
        start.plus_minutes(-60 * i64::from(self.free_until_hours))
    }

    /// What is kept of `price` when the parent cancels at `now`; a neutral reason keeps nothing.
    pub fn kept(&self, price: Money, start: Instant, now: Instant, neutral: bool) -> Money {
        if neutral || now <= self.free_until(start) {
            Money::zero(price.currency)
        } else {
            price.share(self.late_percent)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancelling_is_free_up_to_and_including_the_last_free_instant() {
        let policy = Policy::default();
        let start: Instant = "2026-03-10T14:00:00Z".parse().unwrap();
        let price = Money::new(19_500, "USD".parse().unwrap());
        let kept = |minutes: i64, neutral| policy.kept(price, start, start.plus_minutes(minutes), neutral).minor;
        assert_eq!(kept(-24 * 60, false), 0);
        assert_eq!(kept(-24 * 60 + 1, false), 9_750);
        assert_eq!(kept(-1, true), 0, "birth, illness, hospital or loss never charge");
    }
}
