//! Free times, day by day: of an offering, as its page shows them, and those that a booked visit could be moved to.

use std::collections::{BTreeMap, BTreeSet};

use booking::practice::Offering;
use booking::schedule::Slot;
use jiff::civil::Date;
use kernel::instant::Instant;
use kernel::zone::Zone;

use crate::guest::Guest;
use crate::view::pages::link::Book;
use crate::view::pages::{
    Calendar, DayKind, EmbedDay, Empty, EmptySpan, Horizon, NextFree, Part, Retry, Taken, TakenAgain, TimeChoice,
};

/// What another site shows at most: so many days, and so many times of each.
const FIRST_DAYS: usize = 3;
const FIRST_TIMES: usize = 6;
/// How many times are offered in the place of one that was taken.
const NEAREST: usize = 3;

/// Where a tap on a time or a day leads.
enum Goes<'a> {
    /// To the booking of an offering: its page of times, without a day.
    Book(Book<'a>),
    /// To the page that moves a visit.
    Move(String),
}

/// Free times of one way to meet, from now to the last day that is asked for.
pub struct Days<'a> {
    guest: &'a Guest,
    zone: &'a Zone,
    slots: Vec<Slot>,
    open: BTreeSet<Date>,
    last: Date,
    goes: Goes<'a>,
}

impl<'a> Days<'a> {
    /// `slots` ascending; `open` are the dates (the practice's) on which she works at all; `zone` is
    /// that of the times, and `times` the page that shows them.
    pub fn new(
        guest: &'a Guest,
        offering: &Offering,
        (zone, times): (&'a Zone, Book<'a>),
        slots: Vec<Slot>,
        open: BTreeSet<Date>,
    ) -> Self {
        let horizon = jiff::Span::new().days(i64::from(offering.horizon_days.min(3_650)));
        let last = zone.date(guest.now).saturating_add(horizon);
        Self {
            guest,
            zone,
            slots,
            open,
            last,
            goes: Goes::Book(times),
        }
    }

    /// The times to which a booked visit could be moved, in the zone it is told in; `path` is the page that moves it.
    pub fn to_move(guest: &'a Guest, zone: &'a Zone, slots: Vec<Slot>, open: BTreeSet<Date>, path: String) -> Self {
        let last = zone.date(slots.last().map_or(guest.now, |s| s.start));
        Self {
            guest,
            zone,
            slots,
            open,
            last,
            goes: Goes::Move(path),
        }
    }

    fn time_url(&self, start: Instant) -> String {
        match &self.goes {
            Goes::Book(times) => Book {
                start: Some(start),
                ..*times
            }
            .to_string(),
            Goes::Move(path) => format!("{path}?start={start}"),
        }
    }

    /// A free time as a button.
    fn button(&self, start: Instant) -> NextFree {
        NextFree::new(
            self.guest.locale.short(start, self.guest.now, self.zone),
            self.time_url(start),
        )
    }

    fn counts(&self) -> BTreeMap<Date, u32> {
        let mut counts = BTreeMap::new();
        for slot in &self.slots {
            *counts.entry(self.zone.date(slot.start)).or_insert(0) += 1;
        }
        counts
    }

    /// Whether this time is free.
    pub fn has(&self, start: Instant) -> bool {
        self.slots.binary_search_by_key(&start, |s| s.start).is_ok()
    }

    /// Whether any time of this day is free.
    pub fn has_day(&self, day: Date) -> bool {
        self.slots.iter().any(|s| self.zone.date(s.start) == day)
    }

    /// The first day with a free time.
    pub fn first_day(&self) -> Option<Date> {
        self.slots.first().map(|s| self.zone.date(s.start))
    }

    /// The times of a day under their horizons; `taken` keeps its place among them, struck through.
    pub fn horizons(&self, day: Date, taken: Option<Instant>) -> Vec<Horizon> {
        let on_day = |at: &Instant| self.zone.date(*at) == day;
        let mut starts: Vec<(Instant, bool)> = self
            .slots
            .iter()
            .map(|s| (s.start, true))
            .filter(|(s, _)| on_day(s))
            .collect();
        if let Some(gone) = taken.filter(on_day).filter(|t| starts.iter().all(|(s, _)| s != t)) {
            starts.push((gone, false));
            starts.sort_unstable();
        }
        Horizon::stand(starts.into_iter().map(|(start, free)| {
            let choice = TimeChoice {
                label: self.guest.locale.time(start, self.zone),
                url: free.then(|| self.time_url(start)),
            };
            (Part::of(self.zone.civil(start).time()), choice)
        }))
    }

    /// The next days that have free times, with the first of each.
    pub fn first(&self) -> Vec<EmbedDay> {
        let (locale, today) = (self.guest.locale, self.zone.date(self.guest.now));
        let days = self.counts().into_keys().take(FIRST_DAYS);
        days.map(|day| {
            let starts = self.slots.iter().map(|s| s.start);
            let times = starts.filter(|start| self.zone.date(*start) == day).take(FIRST_TIMES);
            EmbedDay {
                title: locale.date_soon(day, today),
                times: times
                    .map(|start| NextFree::new(locale.time(start, self.zone), self.time_url(start)))
                    .collect(),
            }
        })
        .collect()
    }

    /// The strip and the month, shown from `from` on.
    pub fn calendar(&self, from: Option<Date>, chosen: Option<Date>) -> Calendar {
        let counts = self.counts();
        let today = self.zone.date(self.guest.now);
        let kind = |date: Date| match counts.get(&date) {
            Some(free) => DayKind::Free(*free),
            None if self.open.contains(&date) => DayKind::None,
            None => DayKind::Closed,
        };
        Calendar::around(
            self.guest.locale,
            today,
            self.last,
            from.unwrap_or(today),
            chosen,
            kind,
            |day| self.day_url(day),
        )
    }

    fn day_url(&self, day: Date) -> String {
        match &self.goes {
            Goes::Book(times) => Book {
                day: Some(day),
                ..*times
            }
            .to_string(),
            Goes::Move(path) => format!("{path}?day={day}"),
        }
    }

    /// Said when `asked` (or everything) has no free time; `other` is a time of another way.
    pub fn empty(&self, asked: Option<Date>, other: Option<NextFree>) -> Empty {
        let next = self
            .slots
            .iter()
            .find(|s| asked.is_none_or(|day| self.zone.date(s.start) > day))
            .or(self.slots.first());
        Empty {
            span: if self.slots.is_empty() {
                EmptySpan::All
            } else {
                EmptySpan::Day
            },
            next: next.map(|s| self.button(s.start)),
            next_in_full: next.map(|s| self.guest.locale.moment_soon(s.start, self.guest.now, self.zone)),
            next_day_url: next.map(|s| self.day_url(self.zone.date(s.start))),
            other_mode: other,
        }
    }

    /// The three free times nearest to one that is gone, ascending.
    fn nearest(&self, gone: Instant) -> Vec<Instant> {
        let mut starts: Vec<Instant> = self.slots.iter().map(|s| s.start).filter(|s| *s != gone).collect();
        starts.sort_by_key(|s| (*s - gone).abs());
        starts.truncate(NEAREST);
        starts.sort_unstable();
        starts
    }

    /// On the page of times: what is said of a time that is gone.
    pub fn taken(&self, gone: Instant) -> Taken {
        let nearest = self.nearest(gone);
        Taken {
            time: self.guest.locale.time(gone, self.zone),
            nearest: nearest.into_iter().map(|s| self.button(s)).collect(),
        }
    }

    /// On the form: the same, each time booking with one tap.
    pub fn taken_again(&self, gone: Instant) -> TakenAgain {
        let same_day = |s: Instant| self.zone.date(s) == self.zone.date(gone);
        let label = |s: Instant| {
            if same_day(s) {
                self.guest.locale.time(s, self.zone)
            } else {
                self.guest.locale.short(s, self.guest.now, self.zone)
            }
        };
        let nearest = self
            .nearest(gone)
            .into_iter()
            .map(|s| Retry {
                start: s.to_string(),
                label: label(s),
            })
            .collect();
        TakenAgain {
            time: self.guest.locale.time(gone, self.zone),
            nearest,
        }
    }
}
