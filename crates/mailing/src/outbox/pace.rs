//! How many mails leave a minute: evenly spread, over all workers and all instances together.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant as Tick;

/// Spreads hand-overs evenly over each minute.
pub(super) struct Pace {
    rate: u32,
    /// Instances that share the rate.
    instances: AtomicU32,
    next: Mutex<Option<Tick>>,
}

impl Pace {
    /// `0` means as fast as the server takes them.
    pub fn per_minute(rate: u32) -> Self {
        Self {
            rate,
            instances: AtomicU32::new(1),
            next: Mutex::default(),
        }
    }

    /// So many instances send through the same server.
    pub fn share(&self, instances: u32) {
        self.instances.store(instances.max(1), Ordering::Relaxed);
    }

    pub fn is_set(&self) -> bool {
        self.rate > 0
    }

    /// Waits until the next mail may leave; dropped, it has taken no place.
    pub async fn wait(&self) {
        let gap = Duration::from_mins(1).checked_div(self.rate);
        let Some(gap) = gap.map(|gap| gap * self.instances.load(Ordering::Relaxed)) else {
            return;
        };
        let mut next = self.next.lock().await;
        if let Some(turn) = *next {
            tokio::time::sleep_until(turn).await;
        }
        *next = Some(Tick::now() + gap);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_rate_spreads_mails_over_the_minute_is_shared_and_none_lets_all_pass() {
        let took = async |pace: &Pace, mails: usize| {
            let start = Tick::now();
            for _ in 0..mails {
                pace.wait().await;
            }
            start.elapsed()
        };
        let pace = Pace::per_minute(6_000);
        let alone = took(&pace, 5).await;
        assert!(alone >= Duration::from_millis(40), "{alone:?}");
        pace.share(3);
        took(&pace, 1).await;
        let shared = took(&pace, 2).await;
        assert!(shared >= Duration::from_millis(55), "{shared:?}");
        let free = took(&Pace::per_minute(0), 1_000).await;
        assert!(free < Duration::from_millis(40), "{free:?}");
    }
}
