//! How often something may happen: a bounded burst, then a steady trickle, counted per key.
//!
//! The counting is governor's (GCRA); the time is an argument, so that a test steps through hours in no time. The counts live in the
//! memory of one program: a restart forgets them, and two instances count each for itself.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, Reference as _};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use jiff::SignedDuration;

use crate::instant::Instant;

/// After this many questions the keys that have recovered are forgotten.
const CLEANING: u32 = 1_024;

/// A limit per key. Clones count together.
#[derive(Clone)]
pub struct Rate<K: Hash + Eq + Clone> {
    latest: Latest,
    asked: Arc<AtomicU32>,
    limiter: Arc<RateLimiter<K, DashMapStateStore<K>, Latest, NoOpMiddleware<Duration>>>,
}

/// The limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too often: try again in {} seconds", self.again_in.as_secs().max(1))]
pub struct TooOften {
    /// After this time once more is allowed.
    pub again_in: SignedDuration,
}

/// The latest moment that any caller has told, in microseconds: time that never runs backwards.
#[derive(Clone, Debug, Default)]
struct Latest(Arc<AtomicI64>);

impl Clock for Latest {
    type Instant = Duration;
    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.load(Ordering::Relaxed)).unwrap_or(0))
    }
}

impl<K: Hash + Eq + Clone> Rate<K> {
    /// `burst` at once, then one more each time `every` has passed.
    pub fn new(burst: NonZeroU32, every: Duration) -> Self {
        let latest = Latest::default();
        let quota = Quota::with_period(every)
            .unwrap_or_else(|| Quota::per_second(burst))
            .allow_burst(burst);
        Self {
            limiter: Arc::new(RateLimiter::dashmap_with_clock(quota, latest.clone())),
            latest,
            asked: Arc::default(),
        }
    }

    /// Counts one more for `key`, or says that it is one too many (which is not counted).
    pub fn check(&self, key: &K, now: Instant) -> Result<(), TooOften> {
        self.latest.0.fetch_max(now.micros(), Ordering::Relaxed);
        if self.asked.fetch_add(1, Ordering::Relaxed) % CLEANING == CLEANING - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|until| {
            let wait = Duration::from(until.earliest_possible().duration_since(self.latest.now()));
            TooOften {
                again_in: SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_followed_by_a_trickle() {
        let rate = Rate::new(NonZeroU32::new(2).unwrap(), Duration::from_mins(1));
        let t: Instant = "2026-03-09T14:00:00Z".parse().unwrap();
        assert!(rate.check(&"a", t).is_ok() && rate.check(&"a", t).is_ok());
        assert_eq!(
            rate.check(&"a", t),
            Err(TooOften {
                again_in: SignedDuration::from_mins(1)
            })
        );
        assert!(rate.check(&"b", t).is_ok());
        let later = t + SignedDuration::from_secs(45);
        assert_eq!(
            rate.check(&"a", later),
            Err(TooOften {
                again_in: SignedDuration::from_secs(15)
            })
        );
        assert!(rate.check(&"a", t.plus_minutes(1)).is_ok());
        assert!(rate.check(&"a", t.plus_minutes(1)).is_err());
    }

    #[test]
    fn a_clock_that_goes_back_opens_nothing() {
        let rate = Rate::new(NonZeroU32::MIN, Duration::from_mins(1));
        let t: Instant = "2026-03-09T14:00:00Z".parse().unwrap();
        assert!(rate.check(&1, t).is_ok());
        assert!(rate.check(&1, t.plus_minutes(-600)).is_err());
    }
}
