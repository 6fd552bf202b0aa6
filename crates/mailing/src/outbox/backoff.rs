//! How long a mail waits before it is tried again, and when it is given up.

use std::time::Duration;

use jiff::SignedDuration;
use kernel::chance::Chance;
use kernel::instant::Instant;

/// The practice's patience with other servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The first pause; each further one is twice as long.
    pub initial: Duration,
    /// No pause is longer.
    pub max: Duration,
    /// Counted from the first try; after it the mail is a bounce.
    pub give_up_after: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            initial: Duration::from_mins(1),
            max: Duration::from_hours(4),
            give_up_after: Duration::from_hours(120),
        }
    }
}

impl Retry {
    /// When to try again after the `tries`-th try has failed, or `None` when it is time to give up.
    ///
    /// The pause doubles with each try and is up to a quarter longer by chance, never shorter, so that a greylisting server sees the
    /// next try after its time; it is never longer than `max`.
    pub fn after(&self, tries: u32, first_tried: Instant, now: Instant, chance: &Chance) -> Option<Instant> {
        let at = now + signed(self.pause(tries, chance));
        (at <= first_tried + signed(self.give_up_after)).then_some(at)
    }

    /// How long to wait after so many tries.
    pub(super) fn pause(&self, tries: u32, chance: &Chance) -> Duration {
        let doubled = 2_u32.saturating_pow(tries.saturating_sub(1));
        let base = self.initial.saturating_mul(doubled).min(self.max);
        let jitter = chance.below(u64::try_from(base.as_micros() / 4).unwrap_or(u64::MAX));
        (base + Duration::from_micros(jitter))
            .min(self.max)
            .max(Duration::from_millis(1))
    }
}

/// A span of the standard library as one that instants can be moved by.
pub(crate) fn signed(d: Duration) -> SignedDuration {
    SignedDuration::try_from(d).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pause_doubles_stays_below_the_maximum_and_never_shrinks(tries in 1_u32..80, seed: u64) {
            let retry = Retry::default();
            let pause = retry.pause(tries, &Chance::seeded(seed));
            let base = retry.initial.saturating_mul(2_u32.saturating_pow(tries - 1)).min(retry.max);
            prop_assert!(pause >= base && pause <= retry.max && pause <= base + base / 4);
        }
    }

    #[test]
    fn a_mail_is_given_up_when_the_next_try_would_be_too_late() {
        let retry = Retry::default();
        let first = Instant::from_micros(0);
        let chance = Chance::seeded(1);
        assert!(retry.after(1, first, first, &chance).is_some());
        assert!(retry.after(30, first, first.plus_minutes(115 * 60), &chance).is_some());
        assert!(retry.after(30, first, first.plus_minutes(119 * 60), &chance).is_none());
    }
}
