//! A time zone by its IANA name, and the two rules by which a wall-clock time becomes an instant.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::instant::Instant;

/// A zone of the tz database that is compiled into the program (never the machine's own).
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    tz: TimeZone,
}

/// No such name in the tz database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no time zone is called {0:?}; names look like America/New_York")]
pub struct NoSuchZone(pub String);

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self {
            name: "UTC".into(),
            tz: TimeZone::UTC,
        }
    }

    /// The zone of this IANA name, which is not case-sensitive.
    pub fn named(name: &str) -> Result<Self, NoSuchZone> {
        let missing = || NoSuchZone(name.chars().take(64).collect());
        if name.len() > 64 {
            return Err(missing());
        }
        let tz = jiff::tz::db().get(name).map_err(|_| missing())?;
        let name = tz.iana_name().ok_or_else(missing)?.to_owned();
        Ok(Self { name, tz })
    }

    /// Its IANA name, as the database writes it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The time library's zone, for formatting and calendars.
    pub fn tz(&self) -> &TimeZone {
        &self.tz
    }

    /// The wall clock here at this instant.
    pub fn civil(&self, at: Instant) -> DateTime {
        self.tz.to_datetime(at.timestamp())
    }

    /// The calendar date here at this instant.
    pub fn date(&self, at: Instant) -> Date {
        self.civil(at).date()
    }

    /// The instant of a wall-clock time here. Gap: the first instant after it. Fold: the first occurrence.
    ///
    /// ```
    /// use kernel::zone::Zone;
    ///
    /// let zone = Zone::named("America/New_York")?;
    /// let at = |year, month, day, hour| zone.instant(jiff::civil::date(year, month, day).at(hour, 30, 0, 0)).to_string();
    /// assert_eq!(at(2026, 3, 8, 2), "2026-03-08T07:00:00Z", "2:30 does not exist: the clock goes from 2 to 3");
    /// assert_eq!(at(2026, 11, 1, 1), "2026-11-01T05:30:00Z", "1:30 comes twice: the first one");
    /// # Ok::<(), kernel::zone::NoSuchZone>(())
    /// ```
    pub fn instant(&self, civil: DateTime) -> Instant {
        let ambiguous = self.tz.to_ambiguous_timestamp(civil);
        let chosen = match ambiguous.offset() {
            AmbiguousOffset::Gap { before, .. } => {
                // Read in the offset before the gap, the time lies after the transition, which is the gap's end.
                let after = before.to_timestamp(civil);
                after.map(|t| {
                    self.tz
                        .preceding(t + jiff::Span::new().nanoseconds(1))
                        .next()
                        .map_or(t, |x| x.timestamp())
                })
            }
            _ => ambiguous.earlier(),
        };
        chosen
            .unwrap_or(if civil.year() < 1970 {
                jiff::Timestamp::MIN
            } else {
                jiff::Timestamp::MAX
            })
            .into()
    }

    /// The first instant of a date here (midnight, or the end of the gap that swallows it).
    pub fn start_of_day(&self, date: Date) -> Instant {
        self.instant(date.to_datetime(jiff::civil::Time::midnight()))
    }

    /// The names of every zone in the database, in order.
    pub fn all_names() -> Vec<String> {
        let mut names: Vec<String> = jiff::tz::db().available().map(|n| n.to_string()).collect();
        names.sort();
        names
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl FromStr for Zone {
    type Err = NoSuchZone;
    fn from_str(name: &str) -> Result<Self, NoSuchZone> {
        Self::named(name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::named(&String::deserialize(d)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str, civil: &str) -> String {
        Zone::named(zone).unwrap().instant(civil.parse().unwrap()).to_string()
    }

    #[test]
    fn a_time_in_a_gap_is_the_first_instant_after_it() {
        assert_eq!(at("America/New_York", "2026-03-08T02:30"), "2026-03-08T07:00:00Z");
        assert_eq!(at("America/New_York", "2026-03-08T02:00"), "2026-03-08T07:00:00Z");
        assert_eq!(at("America/New_York", "2026-03-08T03:00"), "2026-03-08T07:00:00Z");
        assert_eq!(at("America/New_York", "2026-03-08T01:59"), "2026-03-08T06:59:00Z");
        // Half an hour only on Lord Howe; a whole day on Samoa.
        assert_eq!(at("Australia/Lord_Howe", "2026-10-04T02:15"), "2026-10-03T15:30:00Z");
        assert_eq!(at("Pacific/Apia", "2011-12-30T09:00"), "2011-12-30T10:00:00Z");
    }

    #[test]
    fn an_ambiguous_time_is_its_first_occurrence() {
        assert_eq!(at("America/New_York", "2026-11-01T01:30"), "2026-11-01T05:30:00Z");
        assert_eq!(at("Australia/Lord_Howe", "2026-04-05T01:45"), "2026-04-04T14:45:00Z");
    }

    #[test]
    fn zones_are_found_by_name_only() {
        assert_eq!(Zone::named("america/new_york").unwrap().name(), "America/New_York");
        for bad in ["", "Nowhere/Else", "EST5EDT4", "../etc/passwd", &"x".repeat(100)] {
            assert!(Zone::named(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn far_years_do_not_panic() {
        let zone = Zone::named("Europe/Dublin").unwrap();
        zone.instant(DateTime::MAX);
        zone.instant(DateTime::MIN);
        zone.civil(Instant::from_micros(i64::MAX));
    }
}
