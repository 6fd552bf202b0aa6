//! When somebody is busy, by her other calendar: what `goldenhour busy` answers and a [`source`](crate::source) keeps.
//!
//! Busy are events that are neither transparent nor cancelled (a tentative one is busy) and the periods
//! of free-busy parts that are not free. Times without a zone and whole days are the consultant's own.
//! A file that is no calendar is refused, so that the last good import stays; one event that cannot be
//! read is told of, and the others count.

use std::collections::BTreeMap;

use ical::parser::ical::component::{IcalCalendar, IcalFreeBusy};
use kernel::id::AppointmentId;
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

/// The same, event by event as far as the events are visits of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// What all other events take, as in [`BusyAnswer`].
    pub others: BusyAnswer,
    /// What each event takes that bears the UID of a visit of ours: she may keep the visits of this program in the very calendar that it reads.
    pub ours: BTreeMap<AppointmentId, Vec<(Instant, Instant)>>,
}

/// Reads a calendar file. `home` is the consultant's zone; `from` and `to` bound the answer.
pub fn busy(bytes: &[u8], from: Instant, to: Instant, home: &Zone) -> Result<BusyAnswer, NotACalendar> {
    let mut busy = Vec::new();
    let warnings = read_series(bytes, (from, to), home, |_, taken| busy.extend(taken))?;
    Ok(BusyAnswer {
        busy: merged(busy, from, to),
        warnings,
    })
}

/// Reads a calendar file, and keeps apart the events that are named as this program names its visits: `<id>@<domain>`.
pub fn import(bytes: &[u8], from: Instant, to: Instant, home: &Zone, domain: &str) -> Result<Import, NotACalendar> {
    let mut busy = Vec::new();
    let mut ours = BTreeMap::new();
    let warnings = read_series(bytes, (from, to), home, |uid, taken| match of_ours(uid, domain) {
        Some(id) => drop(ours.insert(id, merged(taken, from, to))),
        None => busy.extend(taken),
    })?;
    let busy = merged(busy, from, to);
    let others = BusyAnswer { busy, warnings };
    Ok(Import { others, ours })
}

/// The visit that a UID names.
fn of_ours(uid: &str, domain: &str) -> Option<AppointmentId> {
    let (id, at) = uid.trim().rsplit_once('@')?;
    at.eq_ignore_ascii_case(domain).then(|| id.parse().ok())?
}

/// Intervals of several calendars as one: sorted, merged where they touch.
pub fn together(mut busy: Vec<(Instant, Instant)>) -> Vec<(Instant, Instant)> {
    busy.sort_unstable();
    let mut out: Vec<(Instant, Instant)> = Vec::with_capacity(busy.len());
    for (start, end) in busy {
        match out.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

/// Hands what each series takes, in seconds since the epoch, to `keep` with its UID; gives the warnings.
fn read_series(
    bytes: &[u8],
    (from, to): (Instant, Instant),
    home: &Zone,
    mut keep: impl FnMut(&str, Vec<(i64, i64)>),
) -> Result<Vec<String>, NotACalendar> {
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
    keep("", std::mem::take(&mut answer.busy));
    // Events without a UID have nothing to do with each other.
    let single = groups.remove("").unwrap_or_default();
    let named = groups.iter().map(|(uid, all)| (uid.as_str(), all.as_slice()));
    for (uid, one) in named.chain(single.chunks(1).map(|one| ("", one))) {
        answer.effort.next_series();
        answer.series(one);
        if answer.effort.is_spent() {
            return Err(NotACalendar::TooMuch);
        }
        keep(uid, std::mem::take(&mut answer.busy));
    }
    let unknown = |name| format!("the time zone {name:?} is unknown: its times are read as {home}");
    let faults = answer.faults.into_iter().map(|Fault(text)| text);
    Ok(told(zones.unknown().map(unknown).chain(faults).collect()))
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
fn merged(busy: Vec<(i64, i64)>, from: Instant, to: Instant) -> Vec<(Instant, Instant)> {
    let at = |seconds: i64| Instant::from_micros(seconds.saturating_mul(1_000_000));
    let clipped = busy
        .into_iter()
        .map(|(start, end)| (at(start).max(from), at(end).min(to)));
    together(clipped.filter(|(start, end)| start < end).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_named_as_our_visits_are_kept_apart() {
        let one = "019ab6a0-0000-7000-8000-000000000001";
        let event = |uid: &str, hour: u32| {
            format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:20270301T{hour:02}0000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n")
        };
        let file = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}{}{}{}END:VCALENDAR\r\n",
            event(&format!("{one}@Slowlantern.example"), 9),
            event(&format!("{one}@elsewhere.example"), 11),
            event("dentist@slowlantern.example", 12),
            event("", 15),
        );
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let (from, to) = (at("2027-03-01T00:00:00Z"), at("2027-03-02T00:00:00Z"));
        let found = import(file.as_bytes(), from, to, &Zone::utc(), "slowlantern.example").unwrap();
        let hour = |from: &str, until: &str| {
            (
                at(&format!("2027-03-01T{from}:00:00Z")),
                at(&format!("2027-03-01T{until}:00:00Z")),
            )
        };
        assert_eq!(found.others.busy, [hour("11", "13"), hour("15", "16")]);
        assert_eq!(
            found.ours,
            BTreeMap::from([(one.parse().unwrap(), vec![hour("09", "10")])])
        );
    }
}
