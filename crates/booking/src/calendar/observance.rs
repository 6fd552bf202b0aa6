//! A zone that only the file knows: the transitions of its VTIMEZONE (RFC 5545, 3.6.5).

use ical::parser::ical::component::{IcalTimeZone, IcalTimeZoneTransition};

use super::effort::{Effort, TooMuch};
use super::offsets::{FIRST_YEAR, Offsets, Transition};
use super::parse::{all, first};
use super::recur::{Recurrence, Window};
use super::rule::Rule;
use super::value::{Form, Stamp, offset, stamp};
use super::wall::{Wall, day_of};

/// Reads a VTIMEZONE up to `until`; nothing if no part of it can be read, or if it wants too much work.
pub(super) fn offsets(zone: &IcalTimeZone, until: Wall, effort: &mut Effort) -> Option<Offsets> {
    let mut found = Vec::new();
    for observance in &zone.transitions {
        onsets(observance, until, effort, &mut found).ok()?;
    }
    (!found.is_empty()).then(|| Offsets::new(found))
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
