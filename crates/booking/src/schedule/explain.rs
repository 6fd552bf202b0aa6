//! Why a start is not offered, and what stands in its way: pure, beside [`slots`](super::slots()).
//!
//! A start of the grid is either a slot or has its reasons here, never both (a property below `tests/it`). What stands in
//! the way has a kind and a time, and nothing else: an explanation may be printed and names nobody.

use kernel::instant::Instant;
use kernel::zone::Zone;

use super::slots::{Asked, Busy, Look, Rules, earliest, horizon_ends, minutes, on_or_after};
use super::windows::Open;
use crate::practice::hours::Hours;

/// What kind of thing stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Her time off.
    TimeOff,
    /// A visit, of any offering.
    Appointment,
    /// An entry of her other calendar.
    Busy,
}

impl Kind {
    /// Its stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TimeOff => "time_off",
            Self::Appointment => "appointment",
            Self::Busy => "busy",
        }
    }
}

/// Something that may stand in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InTheWay {
    /// What it is.
    pub kind: Kind,
    /// When it is, its buffers left out: `[from, until)`.
    pub itself: (Instant, Instant),
    /// What it blocks, its buffers and travel included.
    pub busy: Busy,
}

/// What does stand in the way of one start, its buffers left out: `[from, until)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obstacle {
    /// Since when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// What it is.
    pub kind: Kind,
}

/// One thing that forbids a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// It has passed.
    Past,
    /// Nearer than the minimum notice.
    TooSoon,
    /// Further than the horizon.
    BeyondHorizon,
    /// She has no hours then.
    OutsideHours,
    /// She has hours then, for the other mode.
    OtherMode,
    /// The visit would end after the hours do.
    EndsAfterHours,
    /// The grid of starts has none at this minute.
    OffGrid,
    /// The date has all the visits of this offering that it may have.
    DayFull,
    /// She is away.
    TimeOff,
    /// A visit is there.
    Appointment,
    /// Her other calendar has an entry there.
    Busy,
    /// Only the time kept free before or after a visit, travel included, is in the way.
    Buffers,
}

impl Reason {
    /// Its stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::TooSoon => "too_soon",
            Self::BeyondHorizon => "beyond_horizon",
            Self::OutsideHours => "outside_hours",
            Self::OtherMode => "other_mode",
            Self::EndsAfterHours => "ends_after_hours",
            Self::OffGrid => "off_grid",
            Self::DayFull => "day_full",
            Self::TimeOff => "time_off",
            Self::Appointment => "appointment",
            Self::Busy => "busy",
            Self::Buffers => "buffers",
        }
    }
}

impl From<Kind> for Reason {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::TimeOff => Self::TimeOff,
            Kind::Appointment => Self::Appointment,
            Kind::Busy => Self::Busy,
        }
    }
}

/// Why one start is not offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Everything that forbids it, at least one thing, in the order of [`Reason`].
    pub reasons: Vec<Reason>,
    /// What stands in the way, ascending.
    pub in_the_way: Vec<Obstacle>,
}

/// Every start of the grid in the range asked for that is not offered, ascending, and why.
pub fn explain(
    zone: &Zone,
    hours: &Hours,
    rules: &Rules,
    in_the_way: &[InTheWay],
    asked: Asked,
) -> Vec<(Instant, Why)> {
    let range = (asked.from.micros(), asked.until.micros());
    if range.0 >= range.1 {
        return Vec::new();
    }
    let judge = Judge::new(zone, hours, rules, in_the_way, range, asked.now);
    let mut out = Vec::new();
    for window in &judge.look.windows {
        judge.look.each_grid(*window, |grid| {
            let step = minutes(rules.step);
            let mut start = on_or_after(grid.anchor, step, grid.from.max(judge.look.from));
            while start < grid.until.min(judge.look.until) {
                let reasons = judge
                    .of_rules(start)
                    .into_iter()
                    .chain(ends_after(*window, rules, start));
                if let Some(why) = judge.why(start, reasons.collect()) {
                    out.push((Instant::from_micros(start), why));
                }
                start += step;
            }
        });
    }
    out
}

/// Why this start, on the grid or not, is not offered; `None` when it is.
pub fn explain_one(
    zone: &Zone,
    hours: &Hours,
    rules: &Rules,
    in_the_way: &[InTheWay],
    start: Instant,
    now: Instant,
) -> Option<Why> {
    let at = start.micros();
    let judge = Judge::new(zone, hours, rules, in_the_way, (at, at + 1), now);
    let around = |look: &Look| {
        let open = |w: &&Open| w.from.micros() <= at && at < w.until.micros();
        look.windows.iter().find(open).copied()
    };
    let mut reasons: Vec<Reason> = judge.of_rules(at).into_iter().collect();
    if let Some(window) = around(&judge.look) {
        let mut on_grid = false;
        judge.look.each_grid(window, |grid| {
            let here = grid.from <= at && at < grid.until;
            on_grid |= here && (at - grid.anchor) % minutes(rules.step) == 0;
        });
        reasons.extend(ends_after(window, rules, at));
        reasons.extend((!on_grid).then_some(Reason::OffGrid));
    } else {
        let any = Rules { mode: None, ..*rules };
        let look = Look::between(zone, hours, &any, (at, at + 1), None);
        reasons.push(around(&look).map_or(Reason::OutsideHours, |_| Reason::OtherMode));
    }
    judge.why(at, reasons)
}

fn ends_after(window: Open, rules: &Rules, start: i64) -> Option<Reason> {
    (window.until.micros() < start + minutes(rules.duration)).then_some(Reason::EndsAfterHours)
}

/// All that is asked about one range of starts.
struct Judge<'a> {
    look: Look,
    rules: &'a Rules,
    in_the_way: &'a [InTheWay],
    full: Vec<i64>,
    now: i64,
    earliest: i64,
}

impl<'a> Judge<'a> {
    fn new(
        zone: &Zone,
        hours: &Hours,
        rules: &'a Rules,
        in_the_way: &'a [InTheWay],
        range: (i64, i64),
        now: Instant,
    ) -> Self {
        let look = Look::between(zone, hours, rules, range, horizon_ends(zone, rules, now));
        let busy: Vec<Busy> = in_the_way.iter().map(|one| one.busy).collect();
        Self {
            full: look.full(rules, &busy),
            look,
            rules,
            in_the_way,
            now: now.micros(),
            earliest: earliest(rules, now),
        }
    }

    /// What the clock and the calendar forbid.
    fn of_rules(&self, start: i64) -> impl IntoIterator<Item = Reason> + use<> {
        let near = match () {
            () if start < self.now => Some(Reason::Past),
            () if start < self.earliest => Some(Reason::TooSoon),
            () => None,
        };
        let day = self.look.wall.day(start);
        let far = self.look.horizon_ends.is_some_and(|last| day > last);
        near.into_iter().chain(far.then_some(Reason::BeyondHorizon))
    }

    /// Adds what is in the way; `None` when nothing forbids the start.
    fn why(&self, start: i64, mut reasons: Vec<Reason>) -> Option<Why> {
        if self.full.contains(&self.look.wall.day(start)) {
            reasons.push(Reason::DayFull);
        }
        let end = start + minutes(self.rules.duration);
        let mut in_the_way = Vec::new();
        let mut only_buffers = false;
        for one in self.in_the_way {
            let from = one.busy.from.micros().saturating_sub(minutes(self.rules.buffer_after));
            let until = one
                .busy
                .until
                .micros()
                .saturating_add(minutes(self.rules.buffer_before));
            if from < until && from < end && start < until {
                let (from, until) = one.itself;
                if from.micros() < end && start < until.micros() {
                    reasons.push(one.kind.into());
                } else {
                    only_buffers = true;
                }
                let kind = one.kind;
                in_the_way.push(Obstacle { from, until, kind });
            }
        }
        if only_buffers && !reasons.iter().any(|r| (Reason::TimeOff..Reason::Buffers).contains(r)) {
            reasons.push(Reason::Buffers);
        }
        in_the_way.sort_unstable();
        reasons.sort_unstable();
        reasons.dedup();
        (!reasons.is_empty()).then_some(Why { reasons, in_the_way })
    }
}
