//! The offsets of one zone over time, as a short table that answers quickly.
//!
//! Both kinds of zone come to this: those of the tz database and those that only a file knows. A
//! wall-clock time in a gap is read in the offset before it (RFC 5545, 3.3.5), an ambiguous one is its
//! first occurrence.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::wall::{DAY, Wall, day_of};

/// Nothing changes before this year.
pub(super) const FIRST_YEAR: i64 = 1_900;

/// One change of the offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Transition {
    /// Seconds since the epoch.
    pub at: i64,
    /// Seconds east of UTC until then.
    pub before: i64,
    /// Seconds east of UTC from then on.
    pub after: i64,
}

/// Seconds east of UTC, over time.
#[derive(Debug, Default)]
pub(super) struct Offsets {
    /// Before the first transition.
    initial: i64,
    /// Ascending.
    transitions: Vec<Transition>,
}

impl Offsets {
    /// From transitions in any order; the first one tells what was before it.
    pub fn new(mut transitions: Vec<Transition>) -> Self {
        transitions.sort_by_key(|t| t.at);
        let initial = transitions.first().map_or(0, |t| t.before);
        let mut before = initial;
        for t in &mut transitions {
            t.before = before;
            before = t.after;
        }
        Self { initial, transitions }
    }

    /// Those of a zone of the tz database, up to `until` (seconds since the epoch).
    pub fn of(tz: &TimeZone, until: i64) -> Self {
        let start = Timestamp::from_second(day_of(FIRST_YEAR, 1, 1) * DAY).unwrap_or_default();
        let initial = i64::from(tz.to_offset(start).seconds());
        let mut before = initial;
        let transitions = tz
            .following(start)
            .map(|t| (t.timestamp().as_second(), i64::from(t.offset().seconds())))
            .take_while(|(at, _)| *at <= until)
            .map(|(at, after)| Transition {
                at,
                before: std::mem::replace(&mut before, after),
                after,
            })
            .collect();
        Self { initial, transitions }
    }

    /// The instant of a wall-clock time, in seconds since the epoch.
    pub fn instant(&self, wall: Wall) -> i64 {
        let ended = |t: &Transition| t.at + t.before <= wall.0;
        let offset = match self.transitions.partition_point(ended).checked_sub(1) {
            None => self.initial,
            Some(n) => {
                let last = self.transitions[n];
                let in_gap = wall.0 < last.at + last.after;
                if in_gap { last.before } else { last.after }
            }
        };
        wall.0.saturating_sub(offset)
    }

    /// What the wall clock shows at an instant, in seconds since the epoch.
    pub fn wall(&self, at: i64) -> Wall {
        let next = self.transitions.partition_point(|t| t.at <= at);
        let offset = next.checked_sub(1).map_or(self.initial, |n| self.transitions[n].after);
        Wall(at.saturating_add(offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_answers_as_the_time_library_does() {
        let until = 2_000_000_000;
        for name in [
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Africa/Casablanca",
            "Asia/Kolkata",
            "America/St_Johns",
            "Europe/Dublin",
        ] {
            let tz = TimeZone::get(name).unwrap();
            let offsets = Offsets::of(&tz, until);
            for at in (-1_500_000_000..until - 100_000_000).step_by(27_000) {
                let expected = tz.to_offset(Timestamp::from_second(at).unwrap()).seconds();
                assert_eq!(offsets.wall(at).0 - at, i64::from(expected), "{name} {at}");
            }
            for wall in (1_000_000_000..until - 100_000_000).step_by(1_800).map(Wall) {
                let civil = TimeZone::UTC.to_datetime(Timestamp::from_second(wall.0).unwrap());
                let ambiguous = tz.to_ambiguous_timestamp(civil);
                let expected = ambiguous.compatible().unwrap().as_second();
                assert_eq!(offsets.instant(wall), expected, "{name} {wall:?}");
            }
        }
    }

    #[test]
    fn a_fixed_offset_has_no_transitions() {
        let tz = TimeZone::fixed(jiff::tz::offset(-3));
        let offsets = Offsets::of(&tz, 2_000_000_000);
        assert_eq!(offsets.instant(Wall(0)), 10_800);
        assert_eq!(offsets.wall(10_800), Wall(0));
    }
}
