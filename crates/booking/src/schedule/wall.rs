//! The wall clock of one zone over a stretch of time, read once and then only added and compared.
//!
//! Both rules of the house (a time in a gap is the first instant after it, an ambiguous one its first
//! occurrence) are one: a wall-clock time is the first instant at which the clock shows it or later.

use jiff::civil::Date;
use kernel::instant::Instant;
use kernel::zone::Zone;

/// Microseconds of a minute.
pub(crate) const MINUTE: i64 = 60_000_000;
/// Microseconds of 24 hours.
pub(crate) const DAY: i64 = 1440 * MINUTE;

/// The offsets of a zone from `from` to `until`; outside of it the nearest one is used.
#[derive(Clone, Debug)]
pub struct Wall {
    /// Since when (UTC micros) which offset (micros) holds, ascending; the first since ever.
    offsets: Vec<(i64, i64)>,
}

impl Wall {
    /// Reads the zone's transitions between two instants.
    pub fn new(zone: &Zone, from: Instant, until: Instant) -> Self {
        let offset = |o: jiff::tz::Offset| i64::from(o.seconds()) * 1_000_000;
        let start = from.timestamp();
        let mut offsets = vec![(i64::MIN, offset(zone.tz().to_offset(start)))];
        for transition in zone.tz().following(start) {
            let at = Instant::from(transition.timestamp());
            if at > until {
                break;
            }
            let next = offset(transition.offset());
            if offsets.last().is_some_and(|(_, last)| *last != next) {
                offsets.push((at.micros(), next));
            }
        }
        Self { offsets }
    }

    /// The first instant (UTC micros) at which the wall clock shows `local` (micros since its 1970-01-01 00:00) or later.
    pub(crate) fn first_at(&self, local: i64) -> i64 {
        let mut found = i64::MIN;
        for (i, (since, offset)) in self.offsets.iter().enumerate() {
            found = local.saturating_sub(*offset).max(*since);
            match self.offsets.get(i + 1) {
                Some((next, _)) if found >= *next => {}
                _ => break,
            }
        }
        found
    }

    /// The number of the local date (days since 1970-01-01) at this instant (UTC micros).
    pub(crate) fn day(&self, at: i64) -> i64 {
        let offset = match self.offsets.as_slice() {
            [(_, only)] => *only,
            many => many.iter().rev().find(|(since, _)| *since <= at).map_or(0, |(_, o)| *o),
        };
        at.saturating_add(offset).div_euclid(DAY)
    }

    /// The first instant (UTC micros) of a local date, by its number.
    pub(crate) fn midnight(&self, day: i64) -> i64 {
        self.first_at(day.saturating_mul(DAY))
    }
}

/// The number of a date: days since 1970-01-01.
pub(crate) fn day_number(date: Date) -> i64 {
    i64::from((date - jiff::civil::date(1970, 1, 1)).get_days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use jiff::civil::{DateTime, date};

    fn micros(civil: DateTime) -> i64 {
        Instant::from(jiff::tz::TimeZone::UTC.to_timestamp(civil).unwrap()).micros()
    }

    #[test]
    fn it_agrees_with_the_time_library_in_every_zone_around_every_change_of_three_years() {
        for name in Zone::all_names() {
            let Ok(zone) = Zone::named(&name) else { continue };
            let (from, until) = (
                zone.instant(date(2025, 12, 20).at(0, 0, 0, 0)),
                zone.instant(date(2028, 1, 10).at(0, 0, 0, 0)),
            );
            let wall = Wall::new(&zone, from, until);
            let mut civil = vec![date(2026, 1, 1).at(0, 0, 0, 0)];
            for change in zone.tz().following(from.timestamp()) {
                if Instant::from(change.timestamp()) > until {
                    break;
                }
                let around = zone.civil(change.timestamp().into());
                civil.extend((-300..300).map(|m| around + (m * 10).minutes()));
            }
            for c in civil {
                let at = wall.first_at(micros(c));
                assert_eq!(Instant::from_micros(at), zone.instant(c), "{name} {c}");
                let there = zone.date(Instant::from_micros(at));
                assert_eq!(wall.day(at), day_number(there), "{name} {c}");
            }
        }
    }

    #[test]
    fn a_lost_day_begins_where_the_next_one_does() {
        let zone = Zone::named("Pacific/Apia").unwrap();
        let from: Instant = "2011-12-01T00:00:00Z".parse().unwrap();
        let wall = Wall::new(&zone, from, from.plus_minutes(90 * 1440));
        let lost = day_number(date(2011, 12, 30));
        assert_eq!(wall.midnight(lost), wall.midnight(lost + 1));
    }
}
