//! A zone that only the file knows: the transitions of its VTIMEZONE (RFC 5545, 3.6.5).

use ical::parser::ical::component::{IcalTimeZone, IcalTimeZoneTransition};

use super::effort::{Effort, TooMuch};
use super::parse::{all, first};
use super::recur::{Recurrence, Window};
use super::rule::Rule;
use super::value::{Form, Stamp, offset, stamp};
use super::wall::{Wall, day_of};

/// Yearly rules are worked out from this year on; before it stands only the observance's own start.
const FIRST_YEAR: i64 = 1_900;

/// One change of the offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Transition {
    /// Seconds since the epoch.
    at: i64,
    /// Seconds east of UTC until then.
    before: i64,
    /// Seconds east of UTC from then on.
    after: i64,
}

/// The transitions of one VTIMEZONE, ascending; there is at least one.
#[derive(Debug)]
pub(super) struct Observances(Vec<Transition>);

impl Observances {
    /// Reads them up to `until`; nothing if no part of the VTIMEZONE can be read, or if it wants too much work.
    pub fn read(zone: &IcalTimeZone, until: Wall, effort: &mut Effort) -> Option<Self> {
        let mut found = Vec::new();
        for observance in &zone.transitions {
            onsets(observance, until, effort, &mut found).ok()?;
        }
        found.sort_by_key(|t| t.at);
        found.dedup();
        for n in 1..found.len() {
            found[n].before = found[n - 1].after;
        }
        (!found.is_empty()).then_some(Self(found))
    }

    /// The instant of a wall-clock time, in seconds since the epoch. Gap: the offset before it. Fold: the first occurrence.
    pub fn instant(&self, wall: Wall) -> i64 {
        let next = self.0.partition_point(|t| t.at + t.before <= wall.0);
        let offset = match next.checked_sub(1).map(|n| self.0[n]) {
            None => self.0[0].before,
            Some(last) if wall.0 < last.at + last.after => last.before,
            Some(last) => last.after,
        };
        wall.0 - offset
    }

    /// What the wall clock shows at an instant, in seconds since the epoch.
    pub fn wall(&self, at: i64) -> Wall {
        let next = self.0.partition_point(|t| t.at <= at);
        let offset = next.checked_sub(1).map_or(self.0[0].before, |n| self.0[n].after);
        Wall(at + offset)
    }
}

/// When one STANDARD or DAYLIGHT begins. One that cannot be read is left out.
fn onsets(
    observance: &IcalTimeZoneTransition,
    until: Wall,
    effort: &mut Effort,
    found: &mut Vec<Transition>,
) -> Result<(), TooMuch> {
    let properties = &observance.properties;
    let read = |name| first(properties, name).and_then(offset);
    let start = first(properties, "DTSTART").and_then(|v| stamp(v, false));
    let (Some(before), Some(after), Some(start)) = (read("TZOFFSETFROM"), read("TZOFFSETTO"), start) else {
        return Ok(());
    };
    let mut add = |at: Wall| {
        found.push(Transition {
            at: at.0 - before,
            before,
            after,
        });
    };
    add(start.wall);
    for property in all(properties, "RDATE") {
        let values = property.value.as_deref().unwrap_or_default().split(',');
        for at in values.filter_map(|v| stamp(v.split('/').next()?, false)) {
            effort.spend(1)?;
            add(on_clock(at, before));
        }
    }
    for property in all(properties, "RRULE") {
        let Ok(rule) = Rule::parse(property.value.as_deref().unwrap_or_default()) else {
            continue;
        };
        let recurrence = Recurrence {
            rule: &rule,
            start: start.wall,
            dated: false,
            last: rule.until.map(|until| on_clock(until, before)),
        };
        let window = Window {
            from: Wall::at(day_of(FIRST_YEAR, 1, 1), 0),
            to: until,
        };
        recurrence.expand(window, effort, &mut add)?;
    }
    Ok(())
}

/// UNTIL and RDATE may be in UTC; everything else here is on the clock before the transition.
fn on_clock(stamp: Stamp, before: i64) -> Wall {
    match stamp.form {
        Form::Utc => stamp.wall.plus(before),
        Form::Local | Form::Date => stamp.wall,
    }
}
