//! All events of one UID: a series, its changed occurrences, and what of them takes time.
//!
//! An occurrence is known by its original start. One that RECURRENCE-ID names is replaced by its
//! override, which takes the length that it leaves out from the series; with THISANDFUTURE the later ones move,
//! lengthen or vanish in the same way. An override that fits no occurrence, or whose series is missing,
//! counts by itself. A series that would need too much work blocks the time that was not worked out, and
//! a warning says so.

use std::collections::{HashMap, HashSet};

use super::effort::{Effort, TooMuch};
use super::entry::{Entry, Fault, Replaces};
use super::recur::{Recurrence, Window};
use super::rule::Rule;
use super::value::{Form, Span};
use super::wall::{DAY, Wall};
use super::zones::{Clock, Point};

/// What is asked for, in seconds since the epoch, half-open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub from: i64,
    pub to: i64,
}

/// Where the answer is gathered.
pub(super) struct Answer<'a> {
    pub asked: Asked,
    pub effort: &'a mut Effort,
    /// Seconds since the epoch, in any order.
    pub busy: Vec<(i64, i64)>,
    pub faults: Vec<Fault>,
}

impl Answer<'_> {
    /// Time that is taken, if any of it was asked for.
    pub fn block(&mut self, from: i64, to: i64) {
        if from < to && from < self.asked.to && to > self.asked.from {
            match self.busy.last_mut() {
                Some(last) if last.0 <= from && from <= last.1 => last.1 = last.1.max(to),
                _ => self.busy.push((from, to)),
            }
        }
    }

    /// The events of one UID. One with hundreds of thousands of changes is no calendar: the effort for the file is spent.
    pub fn series(&mut self, entries: &[Entry]) {
        let (mut masters, mut overrides): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|e| e.replaces.is_none());
        if masters.is_empty() {
            // Some programs write a RECURRENCE-ID into the series itself.
            (masters, overrides) = overrides.into_iter().partition(|e| !e.rules.is_empty());
        }
        let newest = masters.iter().map(|m| m.version.0).max();
        masters.retain(|m| Some(m.version.0) == newest);
        let overrides = Override::latest(&overrides, masters.first().copied());
        for master in &masters {
            if let Some(start) = &master.start {
                let changes = overrides.len() + master.left_out.len();
                if self.effort.spend(changes as u64).is_err() {
                    self.effort.give_up();
                    return;
                }
                let done = Series::new(master, start, &overrides).run(self);
                if done == Err(TooMuch) {
                    self.faults.push(Fault(format!(
                        "event {:?} recurs too often to be worked out; its time is blocked",
                        master.uid
                    )));
                }
            }
        }
        for one in &overrides {
            one.block(masters.first().copied(), self);
        }
    }
}

/// An override that counts, with the original start of what it replaces.
struct Override<'a> {
    entry: &'a Entry,
    replaces: &'a Replaces,
    /// Seconds since the epoch.
    original: i64,
}

impl<'a> Override<'a> {
    /// The newest override of each occurrence, by original start.
    fn latest(entries: &[&'a Entry], master: Option<&Entry>) -> Vec<Self> {
        let clock = master.and_then(|m| m.start.as_ref()).map(|s| &s.clock);
        let mut found: HashMap<i64, Self> = HashMap::new();
        for entry in entries {
            let Some(replaces) = &entry.replaces else {
                continue;
            };
            let original = on_clock(&replaces.at, clock);
            let newer = found
                .get(&original)
                .is_none_or(|old| old.entry.version <= entry.version);
            if newer {
                found.insert(
                    original,
                    Self {
                        entry,
                        replaces,
                        original,
                    },
                );
            }
        }
        let mut all: Vec<Self> = found.into_values().collect();
        all.sort_by_key(|o| o.original);
        all
    }

    /// Its own time.
    fn block(&self, master: Option<&Entry>, answer: &mut Answer) {
        let start = self.entry.start.as_ref().unwrap_or(&self.replaces.at);
        if is_busy(self.entry) {
            let span = span_of(self.entry, master, start);
            let from = start.instant();
            answer.block(from, end(from, start.wall, &start.clock, span));
        }
    }

    /// How far it moves its occurrence on the wall clock of its new start.
    fn shift(&self) -> i64 {
        self.entry
            .start
            .as_ref()
            .map_or(0, |start| start.wall.0 - start.clock.wall(self.original).0)
    }
}

/// A series with the occurrences that are not its own.
struct Series<'a> {
    master: &'a Entry,
    start: &'a Point,
    span: Span,
    /// The THISANDFUTURE overrides, by original start.
    later: Vec<&'a Override<'a>>,
    /// Original starts that are replaced or left out, in seconds since the epoch.
    gone: HashSet<i64>,
    /// The same for those named by their date alone.
    gone_days: HashSet<i64>,
}

impl<'a> Series<'a> {
    fn new(master: &'a Entry, start: &'a Point, overrides: &'a [Override<'a>]) -> Self {
        let mut series = Self {
            master,
            start,
            span: span_of(master, None, start),
            later: overrides.iter().filter(|o| o.replaces.and_later).collect(),
            gone: HashSet::new(),
            gone_days: HashSet::new(),
        };
        let replaced = overrides.iter().map(|o| &o.replaces.at);
        for point in replaced.chain(&master.left_out) {
            if point.dated == start.dated {
                series.gone.insert(on_clock(point, Some(&start.clock)));
            } else {
                series.gone_days.insert(point.wall.day());
            }
        }
        series
    }

    fn run(mut self, answer: &mut Answer) -> Result<(), TooMuch> {
        let window = self.window(answer.asked);
        self.exclude(window, answer.effort)
            .inspect_err(|_| self.block(self.start.wall, None, answer))?;
        self.own_start(answer);
        for (point, span) in &self.master.extra {
            self.extra(point, *span, answer);
        }
        for rule in &self.master.rules {
            self.rule(rule, window, answer)?;
        }
        Ok(())
    }

    /// EXRULE.
    fn exclude(&mut self, window: Window, effort: &mut Effort) -> Result<(), TooMuch> {
        for rule in &self.master.exclusions {
            let (recurrence, until) = self.recurrence(rule);
            let mut found = Vec::new();
            recurrence.expand(window, effort, |at| found.push(at))?;
            let starts = found.into_iter().map(|at| self.start.clock.instant(at));
            self.gone.extend(starts.filter(|at| *at <= until));
        }
        Ok(())
    }

    /// Blocks what was not worked out, between two times on the clock of the series.
    fn block(&self, from: Wall, to: Option<Wall>, answer: &mut Answer) {
        if is_busy(self.master) {
            let at = |wall| self.start.clock.instant(wall);
            answer.block(at(from), to.map_or(i64::MAX, at));
        }
    }

    /// DTSTART is the first occurrence, whether its rule hits it or not; but a rule that ended before it leaves nothing.
    fn own_start(&self, answer: &mut Answer) {
        let rules = &self.master.rules;
        let over = |rule| self.recurrence(rule).0.last.is_some_and(|last| last < self.start.wall);
        if rules.is_empty() || !rules.iter().all(over) {
            self.occurrence(self.start.wall, answer);
        }
    }

    fn rule(&self, rule: &Rule, window: Window, answer: &mut Answer) -> Result<(), TooMuch> {
        let (recurrence, until) = self.recurrence(rule);
        let mut found = Vec::new();
        let done = recurrence.expand(window, answer.effort, |at| found.push(at));
        for at in &found {
            if until == i64::MAX || self.start.clock.instant(*at) <= until {
                self.occurrence(*at, answer);
            }
        }
        if done.is_err() {
            let known = found.last().copied().unwrap_or(self.start.wall);
            self.block(known, recurrence.end(), answer);
        }
        done
    }

    /// One occurrence by the wall clock of the series, unless it is replaced or left out.
    fn occurrence(&self, at: Wall, answer: &mut Answer) {
        let original = self.start.clock.instant(at);
        if self.gone.contains(&original) || self.gone_days.contains(&at.day()) {
            return;
        }
        let next = self.later.partition_point(|o| o.original <= original);
        let Some(changed) = next.checked_sub(1).map(|n| self.later[n]) else {
            if is_busy(self.master) {
                answer.block(original, end(original, at, &self.start.clock, self.span));
            }
            return;
        };
        if is_busy(changed.entry) {
            let start = changed.entry.start.as_ref().unwrap_or(self.start);
            let wall = start.clock.wall(original).plus(changed.shift());
            let span = span_of(changed.entry, Some(self.master), start);
            let from = start.clock.instant(wall);
            answer.block(from, end(from, wall, &start.clock, span));
        }
    }

    /// An RDATE; without a zone of its own it is on the clock of the series.
    fn extra(&self, point: &Point, span: Option<Span>, answer: &mut Answer) {
        let wall = point.wall;
        let clock = if point.floating || point.dated {
            &self.start.clock
        } else {
            &point.clock
        };
        let original = clock.instant(wall);
        let day = self.start.clock.wall(original).day();
        if self.gone.contains(&original) || self.gone_days.contains(&day) {
            return;
        }
        if is_busy(self.master) {
            let span = span.unwrap_or(self.span);
            answer.block(original, end(original, wall, clock, span));
        }
    }

    /// A rule of this series, and the instant of its UNTIL.
    fn recurrence<'r>(&self, rule: &'r Rule) -> (Recurrence<'r>, i64) {
        let clock = &self.start.clock;
        let (last, until) = match rule.until {
            None => (None, i64::MAX),
            // A date includes its whole day.
            Some(until) if until.form == Form::Date => (Some(until.wall.plus(DAY - 1)), i64::MAX),
            // A series of dates is compared as it is written.
            Some(until) if until.form == Form::Utc && !self.start.dated => {
                (Some(clock.wall(until.wall.0)), until.wall.0)
            }
            Some(until) => (Some(until.wall), i64::MAX),
        };
        let recurrence = Recurrence {
            rule,
            start: self.start.wall,
            dated: self.start.dated,
            last,
        };
        (recurrence, until)
    }

    /// The original starts that can reach into what is asked for, with two days to spare for zones.
    fn window(&self, asked: Asked) -> Window {
        let clock = &self.start.clock;
        let spans = self.later.iter().filter_map(|o| o.entry.span).chain([self.span]);
        let longest = spans.map(Span::at_most).max().unwrap_or_default();
        let shifts = || self.later.iter().map(|o| o.shift());
        let forth = shifts().max().unwrap_or_default().max(0);
        let back = shifts().min().unwrap_or_default().min(0);
        Window {
            from: clock.wall(asked.from).plus(-longest).plus(-forth).plus(-2 * DAY),
            to: clock.wall(asked.to).plus(-back).plus(2 * DAY),
        }
    }
}

/// The instant of a point; one that names no zone is read on the clock of its series.
fn on_clock(point: &Point, clock: Option<&Clock>) -> i64 {
    match clock {
        Some(clock) if point.floating => clock.instant(point.wall),
        _ => point.instant(),
    }
}

/// Neither transparent nor cancelled. An override says this for itself: left out, it is the default (RFC 5545, 3.8.2.7), not the series' word.
fn is_busy(entry: &Entry) -> bool {
    !entry.transparent && !entry.cancelled
}

/// Its own length, else that of its series; without any, a date takes its day and a time takes none.
fn span_of(entry: &Entry, series: Option<&Entry>, start: &Point) -> Span {
    entry
        .span
        .or_else(|| series?.span)
        .unwrap_or(Span::days(i64::from(start.dated)))
}

/// The end of something that starts at this instant, which is this wall-clock time.
fn end(from: i64, wall: Wall, clock: &Clock, span: Span) -> i64 {
    let days = match span.days {
        0 => from,
        days => clock.instant(wall.plus(days.saturating_mul(DAY))),
    };
    days.saturating_add(span.seconds)
}
