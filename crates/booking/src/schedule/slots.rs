//! Which slots there are: pure, from hours, rules and what is in the way (INTERFACES.md, "A scenario").
//!
//! A slot lies wholly in a merged window, starts on that window's grid, respects notice, horizon and
//! daily cap, and its time, widened by the buffers of both sides, overlaps nothing. [`slots`] lists
//! them, [`why_not`] says of one start what forbids it; the two never disagree (a property below).

use kernel::instant::Instant;
use kernel::zone::Zone;

use super::wall::{DAY, MINUTE, Wall};
use super::windows::{Open, open};
use crate::practice::hours::Hours;
use crate::practice::mode::Mode;

/// A start at which an offering can be booked right now, and the visit's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// When the visit starts.
    pub start: Instant,
    /// When it ends; buffers and travel lie outside.
    pub end: Instant,
}

/// What an offering asks of a slot. All lengths in minutes; `duration` and `step` are at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How long the visit is.
    pub duration: u32,
    /// The grid of starts.
    pub step: u32,
    /// Kept free before it, travel included.
    pub buffer_before: u32,
    /// Kept free after it, travel included.
    pub buffer_after: u32,
    /// The shortest time from now to the start (inclusive).
    pub notice: u32,
    /// Today and that many calendar days after it, in the consultant's zone.
    pub horizon_days: Option<u32>,
    /// At most that many visits that start on one local date.
    pub daily_cap: Option<u32>,
    /// Only windows of this mode; `None`: any.
    pub mode: Option<Mode>,
}

impl Rules {
    /// The first moment at which this start is nearer than the minimum notice.
    pub(crate) fn too_near_at(&self, start: Instant) -> Instant {
        Instant::from_micros(start.micros().saturating_sub(minutes(self.notice)).saturating_add(1))
    }
}

/// Something in the way, its own buffers and travel included: `[from, until)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// Its first blocked instant.
    pub from: Instant,
    /// The instant from which it blocks no more.
    pub until: Instant,
    /// The start of the visit, when it counts against the daily cap.
    pub counts: Option<Instant>,
}

/// The question: starts in `[from, until)`, as seen at `now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The first start that is asked for.
    pub from: Instant,
    /// The start from which none is asked for.
    pub until: Instant,
    /// This moment.
    pub now: Instant,
}

/// Why a start is no slot, in the order in which they are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhyNot {
    /// It has passed.
    Past,
    /// Nearer than the minimum notice.
    TooSoon,
    /// Further than the horizon.
    BeyondHorizon,
    /// The visit does not lie wholly in a window of its mode.
    OutsideHours,
    /// The window's grid has no such start.
    OffGrid,
    /// The date has all the visits it may have.
    DayFull,
    /// Something is in the way.
    Taken,
}

/// How long a window must have been open, in local days, until its grid begins anew each midnight.
const OPEN_DAYS: i64 = 7;

/// The slots that start in the range asked for, ascending.
pub fn slots(zone: &Zone, hours: &Hours, rules: &Rules, busy: &[Busy], asked: Asked) -> Vec<Slot> {
    let Some(look) = Look::of(zone, hours, rules, asked) else {
        return Vec::new();
    };
    let blocked = look.blocked(rules, busy);
    let full = look.full(rules, busy);
    let (duration, step) = (minutes(rules.duration), minutes(rules.step));
    let mut out = Vec::new();
    let mut next_blocked = 0;
    for window in &look.windows {
        let last_start = (window.until.micros() - duration + 1).min(look.until);
        look.each_grid(*window, |grid| {
            let end = grid.until.min(last_start);
            let mut start = on_or_after(grid.anchor, step, grid.from.max(look.from));
            while start < end {
                while blocked.get(next_blocked).is_some_and(|(_, until)| *until <= start) {
                    next_blocked += 1;
                }
                match blocked.get(next_blocked) {
                    Some((from, until)) if *from < start + duration => {
                        start = on_or_after(grid.anchor, step, *until);
                        continue;
                    }
                    _ => {}
                }
                if look.horizon_ends.is_none_or(|last| look.wall.day(start) <= last)
                    && (full.is_empty() || full.binary_search(&look.wall.day(start)).is_err())
                {
                    let at = Instant::from_micros(start);
                    out.push(Slot {
                        start: at,
                        end: Instant::from_micros(start + duration),
                    });
                }
                start += step;
            }
        });
    }
    out
}

/// Why this start is no slot at `now`; `None` when it is one.
pub fn why_not(
    zone: &Zone,
    hours: &Hours,
    rules: &Rules,
    busy: &[Busy],
    start: Instant,
    now: Instant,
) -> Option<WhyNot> {
    if start < now {
        return Some(WhyNot::Past);
    }
    if start.micros() < earliest(rules, now) {
        return Some(WhyNot::TooSoon);
    }
    let asked = Asked {
        from: start,
        until: start + jiff::SignedDuration::from_micros(1),
        now,
    };
    let Some(look) = Look::of(zone, hours, rules, asked) else {
        return Some(WhyNot::BeyondHorizon);
    };
    let (at, duration) = (start.micros(), minutes(rules.duration));
    if look.horizon_ends.is_some_and(|last| look.wall.day(at) > last) {
        return Some(WhyNot::BeyondHorizon);
    }
    let around = |w: &&Open| w.from.micros() <= at && at + duration <= w.until.micros();
    let Some(window) = look.windows.iter().find(around) else {
        return Some(WhyNot::OutsideHours);
    };
    let mut on_grid = false;
    look.each_grid(*window, |grid| {
        let here = grid.from <= at && at < grid.until;
        on_grid |= here && (at - grid.anchor) % minutes(rules.step) == 0;
    });
    if !on_grid {
        return Some(WhyNot::OffGrid);
    }
    if look.full(rules, busy).contains(&look.wall.day(at)) {
        return Some(WhyNot::DayFull);
    }
    let in_the_way = |(from, until): &(i64, i64)| *from < at + duration && at < *until;
    look.blocked(rules, busy)
        .iter()
        .any(in_the_way)
        .then_some(WhyNot::Taken)
}

/// The stretch of time that one question needs to look at.
pub(super) struct Look {
    pub(super) wall: Wall,
    pub(super) windows: Vec<Open>,
    /// The first and the first no longer possible start, micros.
    pub(super) from: i64,
    pub(super) until: i64,
    /// The number of the last local date of the horizon.
    pub(super) horizon_ends: Option<i64>,
}

/// The part of a window in which starts are counted from one anchor.
pub(super) struct Grid {
    pub(super) anchor: i64,
    pub(super) from: i64,
    pub(super) until: i64,
}

impl Look {
    /// `None` when no start can be in the range.
    fn of(zone: &Zone, hours: &Hours, rules: &Rules, asked: Asked) -> Option<Self> {
        let mut look = (
            asked.from.micros().max(earliest(rules, asked.now)),
            asked.until.micros(),
        );
        let horizon_ends = horizon_ends(zone, rules, asked.now);
        if let Some(last) = horizon_ends {
            // No zone is further than a day from UTC, and no local date longer than two.
            look.1 = look.1.min((last + 3).saturating_mul(DAY));
        }
        (look.0 < look.1).then(|| Self::between(zone, hours, rules, look, horizon_ends))
    }

    /// All starts of `[from, until)`, micros, whatever forbids them.
    pub(super) fn between(
        zone: &Zone,
        hours: &Hours,
        rules: &Rules,
        (from, until): (i64, i64),
        horizon_ends: Option<i64>,
    ) -> Self {
        let (first, last) = (Instant::from_micros(from), Instant::from_micros(until));
        let reach = i64::from(rules.duration) + 2 * 1440;
        let wall = Wall::new(
            zone,
            first.plus_minutes(-(OPEN_DAYS + 3) * 1440),
            last.plus_minutes(reach),
        );
        let back = jiff::Span::new().days(OPEN_DAYS + 1);
        let first_date = zone.date(first);
        let first_date = first_date.checked_sub(back).unwrap_or(first_date);
        let last_date = zone.date(last.plus_minutes(reach - 1440));
        let windows = open(hours, &wall, rules.mode, first_date, last_date);
        Self {
            wall,
            windows,
            from,
            until,
            horizon_ends,
        }
    }

    /// Calls `each` with the grids of a window, ascending. Only those that the range can meet.
    pub(super) fn each_grid(&self, window: Open, mut each: impl FnMut(Grid)) {
        let (opens, closes) = (window.from.micros(), window.until.micros());
        if closes <= self.from || self.until <= opens {
            return;
        }
        let mut day = self.wall.day(opens) + OPEN_DAYS + 1;
        let mut from = self.wall.midnight(day);
        each(Grid {
            anchor: opens,
            from: opens,
            until: from.min(closes),
        });
        while from < closes.min(self.until) {
            let next = self.wall.midnight(day + 1);
            each(Grid {
                anchor: from,
                from,
                until: next.min(closes),
            });
            (from, day) = (next, day + 1);
        }
    }

    /// What is in the way of the visit itself: widened by my buffers, merged, ascending.
    fn blocked(&self, rules: &Rules, busy: &[Busy]) -> Vec<(i64, i64)> {
        let end = self.until + minutes(rules.duration);
        let mine = |b: &Busy| {
            let from = b.from.micros().saturating_sub(minutes(rules.buffer_after));
            let until = b.until.micros().saturating_add(minutes(rules.buffer_before));
            (from < until && self.from < until && from < end).then_some((from, until))
        };
        let mut all: Vec<(i64, i64)> = busy.iter().filter_map(mine).collect();
        // Visits, time off and other calendars are each in order: a sort that finds runs only has to merge them.
        all.sort_by(Ord::cmp);
        all.dedup_by(|next, kept| {
            let merges = next.0 <= kept.1;
            if merges {
                kept.1 = kept.1.max(next.1);
            }
            merges
        });
        all
    }

    /// The local dates that have all the visits they may have, ascending.
    pub(super) fn full(&self, rules: &Rules, busy: &[Busy]) -> Vec<i64> {
        let Some(cap) = rules.daily_cap else { return Vec::new() };
        let near = |at: i64| self.from - 2 * DAY < at && at < self.until + 2 * DAY;
        let counted = busy.iter().filter_map(|b| b.counts).map(Instant::micros);
        let mut days: Vec<i64> = counted.filter(|at| near(*at)).map(|at| self.wall.day(at)).collect();
        days.sort_unstable();
        let cap = usize::try_from(cap).unwrap_or(usize::MAX);
        if cap == 0 {
            return (self.wall.day(self.from)..=self.wall.day(self.until)).collect();
        }
        let mut full: Vec<i64> = days
            .chunk_by(PartialEq::eq)
            .filter(|d| d.len() >= cap)
            .map(|d| d[0])
            .collect();
        full.dedup();
        full
    }
}

pub(super) fn minutes(n: u32) -> i64 {
    i64::from(n) * MINUTE
}

/// The number of the last local date that the horizon allows.
pub(super) fn horizon_ends(zone: &Zone, rules: &Rules, now: Instant) -> Option<i64> {
    let horizon = i64::from(rules.horizon_days?);
    Some(super::wall::day_number(zone.date(now)) + horizon)
}

/// The first start that the minimum notice allows, micros.
pub(super) fn earliest(rules: &Rules, now: Instant) -> i64 {
    now.micros().saturating_add(minutes(rules.notice))
}

/// The first of `anchor + k·step` (k ≥ 0) at or after `at`.
pub(super) fn on_or_after(anchor: i64, step: i64, at: i64) -> i64 {
    if at <= anchor {
        return anchor;
    }
    let past = (at - anchor) % step;
    if past == 0 { at } else { at + step - past }
}
