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

/// `2026-03-09T14:00:00Z`, without a detour: an answer may hold thousands of them.
struct Written([u8; 20]);

impl Written {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Instant {
    /// RFC 3339 for moments without a fraction in the years 0 to 9999, by the calendar's own arithmetic.
    fn in_whole_seconds(self) -> Option<Written> {
        if self.0.rem_euclid(1_000_000) != 0 {
            return None;
        }
        let seconds = self.0.div_euclid(1_000_000);
        let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = date_of(days);
        let year = u32::try_from(year).ok().filter(|year| *year <= 9999)?;
        let of_day = u32::try_from(of_day).ok()?;
        let mut text = *b"0000-00-00T00:00:00Z";
        let parts = [
            (0, year / 100),
            (2, year % 100),
            (5, month),
            (8, day),
            (11, of_day / 3600),
            (14, of_day / 60 % 60),
            (17, of_day % 60),
        ];
        for (at, two_digits) in parts {
            let [tens, ones] = [two_digits / 10 % 10, two_digits % 10].map(|digit| digit.to_le_bytes()[0] + b'0');
            text[at] = tens;
            text[at + 1] = ones;
        }
        Some(Written(text))
    }
}

/// Year, month and day of a number of days since 1970-01-01 (proleptic Gregorian): counted in eras of 400 years that begin on 1 March.
fn date_of(days: i64) -> (i64, u32, u32) {
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
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
        match self.in_whole_seconds() {
            Some(text) => f.write_str(text.as_str()),
            None => self.timestamp().fmt(f),
        }
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self.in_whole_seconds() {
            Some(text) => s.serialize_str(text.as_str()),
            None => s.collect_str(self),
        }
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
    fn it_is_written_as_the_time_library_writes_it() {
        let near = (-400_000..400_000).map(|n| n * 86_399 * 1_000_000);
        let odd = [
            1,
            -1,
            999_999,
            1_000_000,
            -1_000_000,
            253_402_300_799_000_000,
            -62_167_219_200_000_000,
            -62_167_219_201_000_000,
        ];
        for micros in near
            .chain(odd)
            .filter(|m| (-377_000_000_000_000_000..=253_402_200_000_000_000).contains(m))
        {
            let at = Instant::from_micros(micros);
            assert_eq!(at.to_string(), at.timestamp().to_string(), "{micros}");
        }
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
