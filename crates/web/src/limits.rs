//! How often one network may ask for what costs or disturbs somebody.
//!
//! A family, or a birth centre behind one address, stays far below; a program that tries addresses does not.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kernel::instant::Instant;
use kernel::rate::Rate;

use crate::net::ClientNetwork;

/// The counts of a running program; clones count together.
#[derive(Clone)]
pub struct Limits(Option<Rates>);

#[derive(Clone)]
struct Rates {
    booking: Rate<ClientNetwork>,
    subscribing: Rate<ClientNetwork>,
    /// Those whose forms come back at once, or that send none.
    hasty: Rate<ClientNetwork>,
    once: Rate<ClientNetwork>,
    /// Networks that asked too often who has had what is once per family, and until when they wait.
    waiting: Arc<Mutex<HashMap<ClientNetwork, Instant>>>,
}

impl Limits {
    /// `limits.enabled`.
    pub fn new(enabled: bool) -> Self {
        Self(enabled.then(|| Rates {
            booking: rate(12, 300),
            subscribing: rate(15, 240),
            hasty: rate(10, 360),
            once: rate(5, 900),
            waiting: Arc::default(),
        }))
    }

    /// Counts a try to book; `false` when it is one too many.
    pub fn booking(&self, network: &ClientNetwork, now: Instant) -> bool {
        self.0
            .as_ref()
            .is_none_or(|rates| rates.booking.check(network, now).is_ok())
    }

    /// Whether this network may try to book what is once per family: after several refusals it waits, whatever it sends.
    pub fn once(&self, network: &ClientNetwork, now: Instant) -> bool {
        let Some(rates) = &self.0 else { return true };
        let waiting = rates.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.get(network).is_none_or(|until| *until <= now)
    }

    /// Counts a refusal of what is once per family.
    pub fn refused_once(&self, network: &ClientNetwork, now: Instant) {
        let Some(rates) = &self.0 else { return };
        if let Err(wait) = rates.once.check(network, now) {
            let mut waiting = rates.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.retain(|_, until| *until > now);
            waiting.insert(network.clone(), now + wait.again_in);
        }
    }

    /// Counts an address given to the newsletter, also `hasty`: faster than a person types; `false` when it is one too many.
    pub fn subscribing(&self, network: &ClientNetwork, hasty: bool, now: Instant) -> bool {
        let Some(rates) = &self.0 else { return true };
        let may = !hasty || rates.hasty.check(network, now).is_ok();
        may && rates.subscribing.check(network, now).is_ok()
    }
}

fn rate(burst: u32, every_seconds: u64) -> Rate<ClientNetwork> {
    Rate::new(
        NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN),
        Duration::from_secs(every_seconds),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_asks_too_often_waits_and_the_others_do_not() {
        let now: Instant = "2026-03-09T14:00:00Z".parse().unwrap();
        let (a, b) = (
            ClientNetwork::of([192, 0, 2, 1].into()),
            ClientNetwork::of([192, 0, 2, 2].into()),
        );
        let limits = Limits::new(true);
        assert_eq!((0..50).filter(|_| limits.booking(&a, now)).count(), 12);
        assert!(limits.booking(&b, now) && limits.subscribing(&a, true, now));
        assert!(limits.booking(&a, now.plus_minutes(5)));
        assert_eq!((0..50).filter(|_| limits.subscribing(&b, true, now)).count(), 10);
        assert_eq!((0..50).filter(|_| limits.subscribing(&b, false, now)).count(), 5);
        // Asking again and again who has had something ends in waiting; a booking that succeeds never does.
        for _ in 0..6 {
            assert!(limits.once(&a, now));
            limits.refused_once(&a, now);
        }
        assert!(!limits.once(&a, now) && limits.once(&b, now));
        assert!(limits.once(&a, now.plus_minutes(15)));
        assert!((0..50).all(|_| Limits::new(false).booking(&a, now)));
    }
}
