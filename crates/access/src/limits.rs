//! How often someone may try: enough for tired fingers, too little for guessing.
//!
//! The limit of an address alone is wide, because a stranger could otherwise lock its owner out; a reset by mail gets her in even then.

use std::num::NonZeroU32;
use std::time::Duration;

use kernel::instant::Instant;
use kernel::rate::{Rate, TooOften};

#[derive(Clone)]
pub(crate) struct Limits(Option<Rates>);

#[derive(Clone)]
struct Rates {
    sign_in_network: Rate<String>,
    sign_in_pair: Rate<(String, String)>,
    sign_in_address: Rate<String>,
    reset_network: Rate<String>,
    reset_address: Rate<String>,
}

impl Limits {
    pub(crate) fn new(enabled: bool) -> Self {
        Self(enabled.then(|| Rates {
            sign_in_network: rate(20, 30),
            sign_in_pair: rate(8, 60),
            sign_in_address: rate(100, 60),
            reset_network: rate(10, 360),
            reset_address: rate(3, 1200),
        }))
    }

    /// Counts an attempt to sign in as `address` (its key; any text) from `network`.
    pub(crate) fn sign_in(&self, address: &str, network: &str, now: Instant) -> Result<(), TooOften> {
        let Some(rates) = &self.0 else { return Ok(()) };
        rates.sign_in_network.check(&network.to_owned(), now)?;
        rates
            .sign_in_pair
            .check(&(address.to_owned(), network.to_owned()), now)?;
        rates.sign_in_address.check(&address.to_owned(), now)
    }

    /// Counts a wish for a reset from `network`.
    pub(crate) fn reset_from(&self, network: &str, now: Instant) -> Result<(), TooOften> {
        self.0
            .as_ref()
            .map_or(Ok(()), |rates| rates.reset_network.check(&network.to_owned(), now))
    }

    /// Counts a wish for a reset of `address`.
    pub(crate) fn reset_of(&self, address: &str, now: Instant) -> Result<(), TooOften> {
        self.0
            .as_ref()
            .map_or(Ok(()), |rates| rates.reset_address.check(&address.to_owned(), now))
    }
}

fn rate<K: std::hash::Hash + Eq + Clone>(burst: u32, every_seconds: u64) -> Rate<K> {
    Rate::new(
        NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN),
        Duration::from_secs(every_seconds),
    )
}
