//! A moment in time: microseconds since the Unix epoch, UTC. Stored as BIGINT in both databases.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use sea_orm::DeriveValueType;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Microseconds since 1970-01-01T00:00:00Z. Written and read as RFC 3339 with `Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Instant(i64);

/// The text is no RFC 3339 instant.
#[derive(Debug, thiserror::Error)]
#[error("not a time such as 2026-03-09T14:00:00Z")]
pub struct NotAnInstant(#[source] jiff::Error);

impl Instant {
    /// The moment `micros` after the epoch, UTC; kept inside the years that calendars know.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds after the epoch, UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The same moment for the time library; beyond its range the nearest one it knows.
    pub fn timestamp(self) -> Timestamp {
        let nearest = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_microsecond(self.0).unwrap_or(nearest)
    }

    /// The start of the second that holds this moment.
    #[must_use]
    pub const fn whole_second(self) -> Self {
        Self(self.0 - self.0.rem_euclid(1_000_000))
    }

    /// `minutes` later (earlier when negative).
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(60_000_000)))
    }
}

impl From<Timestamp> for Instant {
    fn from(t: Timestamp) -> Self {
        Self(t.as_microsecond())
    }
}

impl Add<SignedDuration> for Instant {
    type Output = Self;
    fn add(self, d: SignedDuration) -> Self {
        Self(self.0.saturating_add(i64::try_from(d.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<SignedDuration> for Instant {
    type Output = Self;
    fn sub(self, d: SignedDuration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(d.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub for Instant {
    type Output = SignedDuration;
    fn sub(self, earlier: Self) -> SignedDuration {
        SignedDuration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl FromStr for Instant {
    type Err = NotAnInstant;
    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        text.trim().parse::<Timestamp>().map(Self::from).map_err(NotAnInstant)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_and_read_as_rfc_3339() {
        let t: Instant = "2026-03-09T10:00:00-04:00".parse().unwrap();
        assert_eq!(t.to_string(), "2026-03-09T14:00:00Z");
        assert_eq!(serde_json::from_str::<Instant>("\"2026-03-09T14:00:00Z\"").unwrap(), t);
        assert!("2026-03-09 10:00".parse::<Instant>().is_err());
        assert!("".parse::<Instant>().is_err());
    }

    #[test]
    fn arithmetic_saturates_instead_of_panicking() {
        let far = Instant::from_micros(i64::MAX);
        assert_eq!(far.plus_minutes(1), far);
        assert_eq!(far + SignedDuration::MAX, far);
        assert_eq!(far.timestamp(), Timestamp::MAX);
        assert_eq!(Instant::from_micros(i64::MIN).timestamp(), Timestamp::MIN);
    }
}
