//! The clock, read once per use case at the edge of the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::instant::Instant;

/// Where `now` comes from: the machine's clock, or one that a test sets.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until [`Clock::set`] moves it; clones move together.
    pub fn fixed(at: Instant) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.micros()))))
    }

    /// This moment, in UTC.
    pub fn now(&self) -> Instant {
        match &self.0 {
            Some(fixed) => Instant::from_micros(fixed.load(Ordering::SeqCst)),
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            None => jiff::Timestamp::now().into(),
        }
    }

    /// Moves a fixed clock; the machine's clock is not touched.
    pub fn set(&self, at: Instant) {
        if let Some(fixed) = &self.0 {
            fixed.store(at.micros(), Ordering::SeqCst);
        }
    }
}
