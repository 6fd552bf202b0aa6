//! When somebody is busy, by her other calendar: what `goldenhour busy` answers and an import stores.
//!
//! Busy are events that are neither transparent nor cancelled (a tentative one is busy) and the periods
//! of free-busy parts that are not free. Times without a zone and whole days are the consultant's own.
//! A file that is no calendar is refused, so that the last good import stays; one event that cannot be
//! read is told of, and the others count.

use std::collections::BTreeMap;

use ical::parser::ical::component::{IcalCalendar, IcalFreeBusy};
use kernel::instant::Instant;
use kernel::zone::Zone;

use super::effort::Effort;
use super::entry::{Entry, Fault, read};
pub use super::filter::NotACalendar;
use super::parse::{all, parameter, parse};
use super::series::{Answer, Asked};
use super::value::{PeriodEnd, period};
use super::wall::DAY;
use super::zones::Zones;

/// Warnings told one by one; of more, the number.
const WARNINGS: usize = 50;
/// Characters of a warning.
const WARNING: usize = 200;

/// When somebody is busy in the window that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusyAnswer {
    /// Half-open, merged (touching ones too), ascending, clipped to the window.
    pub busy: Vec<(Instant, Instant)>,
    /// What could not be read and how it was taken, for the consultant.
    pub warnings: Vec<String>,
}

/// Reads a calendar file. `home` is the consultant's zone; `from` and `to` bound the answer.
pub fn busy(bytes: &[u8], from: Instant, to: Instant, home: &Zone) -> Result<BusyAnswer, NotACalendar> {
    let calendars = parse(bytes)?;
    let asked = Asked {
        from: from.micros().div_euclid(1_000_000),
        to: to.micros().div_euclid(1_000_000).saturating_add(1),
    };
    let mut answer = Answer {
        asked,
        effort: &mut Effort::new(),
        busy: Vec::new(),
        faults: Vec::new(),
    };
    let mut zones = Zones::new(home, asked.to);
    let mut groups: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for calendar in &calendars {
        zones.enter(&calendar.timezones);
        for entry in entries(calendar, &mut zones, &mut answer) {
            groups.entry(entry.uid.clone()).or_default().push(entry);
        }
        for part in &calendar.free_busys {
            free_busy(part, &mut zones, &mut answer);
        }
    }
    // Events without a UID have nothing to do with each other.
    let single = groups.remove("").unwrap_or_default();
    for one in groups.values().map(Vec::as_slice).chain(single.chunks(1)) {
        answer.effort.next_series();
        answer.series(one);
        if answer.effort.is_spent() {
            return Err(NotACalendar::TooMuch);
        }
    }
    let unknown = |name| format!("the time zone {name:?} is unknown: its times are read as {home}");
    let faults = answer.faults.into_iter().map(|Fault(text)| text);
    Ok(BusyAnswer {
        warnings: told(zones.unknown().map(unknown).chain(faults).collect()),
        busy: merged(answer.busy, from, to),
    })
}

fn entries<'a>(calendar: &'a IcalCalendar, zones: &mut Zones<'a>, answer: &mut Answer) -> Vec<Entry> {
    let mut found = Vec::with_capacity(calendar.events.len());
    for event in &calendar.events {
        answer.effort.next_series();
        match read(event, zones, answer.effort, &mut answer.faults) {
            Ok(entry) => found.push(entry),
            Err(fault) => answer.faults.push(fault),
        }
    }
    found
}

/// VFREEBUSY: its periods but for those with FBTYPE=FREE.
fn free_busy(part: &IcalFreeBusy, zones: &mut Zones, answer: &mut Answer) {
    for property in all(&part.properties, "FREEBUSY") {
        if parameter(property, "FBTYPE").is_some_and(|t| t.eq_ignore_ascii_case("FREE")) {
            continue;
        }
        let tzid = parameter(property, "TZID");
        let values = property.value.as_deref().unwrap_or_default().split(',');
        for value in values.map(str::trim).filter(|v| !v.is_empty()) {
            let Some((start, end)) = period(value) else {
                let text = format!("a FREEBUSY period cannot be read: {value:?}");
                answer.faults.push(Fault(text));
                continue;
            };
            let start = zones.point(start, tzid, answer.effort);
            let end = match end {
                PeriodEnd::At(end) => zones.point(end, tzid, answer.effort).instant(),
                PeriodEnd::After(span) => start.instant() + span.days * DAY + span.seconds,
            };
            answer.block(start.instant(), end);
        }
    }
}

/// Seconds to instants: sorted, merged where they touch, clipped.
fn merged(mut busy: Vec<(i64, i64)>, from: Instant, to: Instant) -> Vec<(Instant, Instant)> {
    busy.sort_unstable();
    let mut out: Vec<(Instant, Instant)> = Vec::new();
    for (start, end) in busy {
        let at = |seconds: i64| Instant::from_micros(seconds.saturating_mul(1_000_000));
        let (start, end) = (at(start).max(from), at(end).min(to));
        match out.last_mut() {
            _ if start >= end => {}
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

fn told(mut warnings: Vec<String>) -> Vec<String> {
    let more = warnings.len().saturating_sub(WARNINGS);
    warnings.truncate(WARNINGS);
    for warning in &mut warnings {
        if let Some((end, _)) = warning.char_indices().nth(WARNING) {
            warning.truncate(end);
            warning.push('…');
        }
    }
    if more > 0 {
        warnings.push(format!("and {more} more"));
    }
    warnings
}
