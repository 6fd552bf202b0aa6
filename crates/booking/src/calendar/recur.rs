//! Expanding a recurrence rule on the wall clock (RFC 5545, 3.3.10), with a bound on the work.
//!
//! Periods of the rule's frequency are walked one by one; of each, the days that pass every BY part are
//! combined with the times of day, BYSETPOS picks among them, and what lies before the start or outside
//! the window falls away. Where no COUNT has to be kept, the walk begins at the window. A date that does
//! not exist (the 31st of June, 29 February) is no occurrence, never another day.
//!
//! Written here rather than taken from the `rrule` crate: that one hangs on rules for every second,
//! refuses an UNTIL that is a date, brings zones of its own, and cannot be told how much work is enough.

use super::day_filter::DayFilter;
use super::effort::{Effort, TooMuch};
use super::rule::{Freq, Rule};
use super::wall::{DAY, Wall, date_of, day_of, weekday_of};

/// The last year in which anything occurs.
const LAST_YEAR: i64 = 9_999;

/// A rule with its start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recurrence<'a> {
    pub rule: &'a Rule,
    /// DTSTART on its own wall clock.
    pub start: Wall,
    /// DTSTART is a date: there are no times of day.
    pub dated: bool,
    /// UNTIL on the same wall clock, inclusive.
    pub last: Option<Wall>,
}

/// Which occurrences are asked for: `from <= occurrence < to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub from: Wall,
    pub to: Wall,
}

impl Recurrence<'_> {
    /// Hands every occurrence in the window to `found`, ascending. What was handed over before the work ran out, counts.
    pub fn expand(&self, window: Window, effort: &mut Effort, found: impl FnMut(Wall)) -> Result<(), TooMuch> {
        let mut walk = Walk::new(self, window, effort, found);
        let done = if self.rule.freq < Freq::Daily {
            walk.times()
        } else {
            walk.days()
        };
        match done {
            Ok(()) | Err(Stop::Done) => Ok(()),
            Err(Stop::TooMuch) => Err(TooMuch),
        }
    }

    /// The last moment at which it can occur: UNTIL, or COUNT where it can be told without counting.
    pub fn end(&self) -> Option<Wall> {
        let counted = self.step().zip(self.rule.count).map(|(step, count)| {
            self.start
                .plus(step.saturating_mul(self.rule.interval).saturating_mul(count - 1))
        });
        [self.last, counted].into_iter().flatten().min()
    }

    /// The length of its unit, when every `interval`-th one has exactly one occurrence.
    fn step(&self) -> Option<i64> {
        let step = match self.rule.freq {
            _ if !self.rule.is_plain() => return None,
            Freq::Secondly => 1,
            Freq::Minutely => 60,
            Freq::Hourly => 3_600,
            Freq::Daily => DAY,
            Freq::Weekly => 7 * DAY,
            Freq::Monthly | Freq::Yearly => return None,
        };
        // A date has no hours, so an hourly rule of dates has one occurrence a day.
        (!self.dated || step >= DAY).then_some(step)
    }
}

/// Why a walk ends.
enum Stop {
    Done,
    TooMuch,
}

impl From<TooMuch> for Stop {
    fn from(TooMuch: TooMuch) -> Self {
        Self::TooMuch
    }
}

/// A walk through the periods of a rule.
struct Walk<'a, F> {
    rule: &'a Rule,
    filter: DayFilter<'a>,
    start: Wall,
    dated: bool,
    last: Option<Wall>,
    window: Window,
    /// Occurrences still to come, when they have to be counted from the start.
    left: Option<i64>,
    effort: &'a mut Effort,
    found: F,
}

impl<'a, F: FnMut(Wall)> Walk<'a, F> {
    fn new(recurrence: &Recurrence<'a>, window: Window, effort: &'a mut Effort, found: F) -> Self {
        let counted = recurrence.step().is_none();
        Self {
            rule: recurrence.rule,
            filter: DayFilter::new(recurrence.rule, recurrence.start.day()),
            start: recurrence.start,
            dated: recurrence.dated,
            last: recurrence.end(),
            window,
            left: recurrence.rule.count.filter(|_| counted),
            effort,
            found,
        }
    }

    /// One occurrence, in ascending order.
    fn take(&mut self, at: Wall) -> Result<(), Stop> {
        if at < self.start {
            return Ok(());
        }
        if self.last.is_some_and(|last| at > last) || at >= self.window.to || self.left == Some(0) {
            return Err(Stop::Done);
        }
        self.effort.spend(1)?;
        self.left = self.left.map(|n| n - 1);
        if at >= self.window.from {
            (self.found)(at);
        }
        Ok(())
    }

    /// Nothing can come on this day or later.
    fn is_past(&self, day: i64) -> bool {
        let at = Wall::at(day, 0);
        at >= self.window.to || self.last.is_some_and(|last| at > last) || date_of(day).0 > LAST_YEAR
    }

    /// The first day worth looking at, when nothing has to be counted.
    fn first_day(&self) -> i64 {
        match self.left {
            None => self.window.from.day().max(self.start.day()),
            Some(_) => self.start.day(),
        }
    }

    /// Picks the occurrences of one period out of its days and times (BYSETPOS: 1 is the first, -1 the last).
    /// The times are seconds from `base`, which is in seconds of the day.
    fn period(&mut self, days: &[i64], base: i64, times: &[i64]) -> Result<(), Stop> {
        let at = |n: usize| Wall::at(days[n / times.len()], base + times[n % times.len()]);
        let all = days.len() * times.len();
        if self.rule.positions.is_empty() {
            return (0..all).try_for_each(|n| self.take(at(n)));
        }
        self.effort.spend(self.rule.positions.len() as u64 / 8)?;
        let mut picked: Vec<usize> = Vec::new();
        for position in &self.rule.positions {
            let place = usize::try_from(position.unsigned_abs()).unwrap_or(usize::MAX);
            let index = if *position > 0 {
                place.checked_sub(1)
            } else {
                all.checked_sub(place)
            };
            picked.extend(index.filter(|n| *n < all));
        }
        picked.sort_unstable();
        picked.dedup();
        picked.into_iter().try_for_each(|n| self.take(at(n)))
    }

    /// Rules of days and longer.
    fn days(&mut self) -> Result<(), Stop> {
        let times = self.times_of_day();
        let base = self.start.day();
        let (year, month, _) = date_of(base);
        let (first_year, first_month, _) = date_of(self.first_day());
        let ahead = self.first_day() - base;
        let mut n = match self.rule.freq {
            Freq::Yearly => first_year - year,
            Freq::Monthly => (first_year - year) * 12 + first_month - month,
            Freq::Weekly => ahead / 7,
            _ => ahead,
        }
        .div_euclid(self.rule.interval);
        let week = base - (weekday_of(base) - self.rule.week_start).rem_euclid(7);
        // A long list of weekdays is gone through for every day.
        let cost = self.rule.weekdays.len() as u64 / 16 + 1;
        let mut days = Vec::new();
        loop {
            let step = n * self.rule.interval;
            let (from, to) = match self.rule.freq {
                Freq::Yearly => (day_of(year + step, 1, 1), day_of(year + step + 1, 1, 1)),
                Freq::Monthly => (nth_month(year, month + step), nth_month(year, month + step + 1)),
                Freq::Weekly => (week + 7 * step, week + 7 * step + 7),
                _ => (base + step, base + step + 1),
            };
            if self.is_past(from) {
                return Ok(());
            }
            self.effort.spend(((to - from) / 4 + 1).unsigned_abs() * cost)?;
            days.clear();
            days.extend((from..to).filter(|day| self.filter.passes(*day)));
            self.period(&days, 0, &times)?;
            n += 1;
        }
    }

    /// Rules of hours, minutes and seconds: day by day, and in each day the units that the interval hits.
    fn times(&mut self) -> Result<(), Stop> {
        let unit = match self.rule.freq {
            Freq::Secondly => 1,
            Freq::Minutely => 60,
            _ => 3_600,
        };
        let minutes = if unit == 3_600 { self.minutes() } else { vec![0] };
        let seconds = if unit == 1 { vec![0] } else { self.seconds() };
        let times = combine(&[0], &minutes, &seconds);
        let first = self.start.0.div_euclid(unit);
        let mut day = self.first_day();
        let cost = self.rule.weekdays.len() as u64 / 64 + 1;
        while !self.is_past(day) {
            self.effort.spend(cost)?;
            if self.filter.passes(day) {
                if self.dated {
                    self.period(&[day], 0, &[0])?;
                } else {
                    self.units(day, unit, first, &times)?;
                }
            }
            day += 1;
        }
        Ok(())
    }

    /// The units of one day, each with its own times in seconds from its start.
    fn units(&mut self, day: i64, unit: i64, first: i64, times: &[i64]) -> Result<(), Stop> {
        let rule = self.rule;
        let inside = |list: &[i64], n: i64| list.is_empty() || list.binary_search(&n).is_ok();
        let align = |n: i64| first + ((n - first).max(0) + rule.interval - 1) / rule.interval * rule.interval;
        let end = (day + 1) * DAY;
        let mut n = align(day * DAY / unit);
        while n * unit < end {
            self.effort.spend(1)?;
            let at = n * unit;
            let second = at - day * DAY;
            let (hour, minute) = (second / 3_600, second / 60 % 60);
            n = if !inside(&rule.hours, hour) {
                align((day * DAY + (hour + 1) * 3_600) / unit)
            } else if unit < 3_600 && !inside(&rule.minutes, minute) {
                align((day * DAY + (second / 60 + 1) * 60) / unit)
            } else {
                if unit > 1 || inside(&rule.seconds, second % 60) {
                    self.period(&[day], second, times)?;
                }
                n + rule.interval
            };
        }
        Ok(())
    }

    fn times_of_day(&self) -> Vec<i64> {
        if self.dated {
            return vec![0];
        }
        let own = [self.start.second() / 3_600];
        let hours = if self.rule.hours.is_empty() {
            &own[..]
        } else {
            &self.rule.hours
        };
        combine(hours, &self.minutes(), &self.seconds())
    }

    fn minutes(&self) -> Vec<i64> {
        if self.rule.minutes.is_empty() {
            vec![self.start.second() / 60 % 60]
        } else {
            self.rule.minutes.clone()
        }
    }

    fn seconds(&self) -> Vec<i64> {
        if self.rule.seconds.is_empty() {
            vec![self.start.second() % 60]
        } else {
            self.rule.seconds.iter().map(|s| (*s).min(59)).collect()
        }
    }
}

/// Seconds of the day, ascending.
fn combine(hours: &[i64], minutes: &[i64], seconds: &[i64]) -> Vec<i64> {
    let mut all = Vec::with_capacity(hours.len() * minutes.len() * seconds.len());
    for hour in hours {
        for minute in minutes {
            all.extend(seconds.iter().map(|s| hour * 3_600 + minute * 60 + s));
        }
    }
    all.dedup();
    all
}

/// The first day of the month `month - 1` months after January of `year`.
fn nth_month(year: i64, month: i64) -> i64 {
    let zero = month - 1;
    day_of(year + zero.div_euclid(12), zero.rem_euclid(12) + 1, 1)
}

#[cfg(test)]
mod tests {
    use super::super::value::stamp;
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    fn at(text: &str) -> Wall {
        stamp(text, false).unwrap().wall
    }

    fn expand(rule: &Rule, start: Wall, window: Window) -> Vec<Wall> {
        let recurrence = Recurrence {
            rule,
            start,
            dated: false,
            last: None,
        };
        let mut found = Vec::new();
        recurrence
            .expand(window, &mut Effort::new(), |at| found.push(at))
            .unwrap();
        found
    }

    /// The days of the first occurrences, as "MMDD".
    fn days(rule: &str, start: &str) -> String {
        let window = Window {
            from: at(start),
            to: at("20310101"),
        };
        let found = expand(&Rule::parse(rule).unwrap(), at(start), window);
        let day = |at: &Wall| {
            let (_, month, day) = date_of(at.day());
            format!("{month:02}{day:02}")
        };
        found.iter().take(4).map(day).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn rules_hit_the_days_they_name() {
        for (rule, expected) in [
            ("FREQ=MONTHLY;BYDAY=1FR", "0101 0205 0305 0402"),
            ("FREQ=MONTHLY;BYDAY=-1FR", "0129 0226 0326 0430"),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "0129 0226 0331 0430"),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "0131 0228 0331 0430"),
            ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "0813 1013 0413 0713"),
            ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "0517 0515 0514 0513"),
            ("FREQ=YEARLY;BYWEEKNO=20", "0521 0519 0518 0517"),
            ("FREQ=YEARLY;BYDAY=20MO", "0517 0515 0514 0520"),
            ("FREQ=YEARLY;BYYEARDAY=1,-1", "0101 1231 0101 1231"),
            ("FREQ=YEARLY;BYMONTH=1;BYDAY=SU;BYSETPOS=2", "0110 0109 0114 0113"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "0110 0112 0124 0126"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", "0103 0112 0117 0126"),
            ("FREQ=DAILY;INTERVAL=10;BYMONTH=1,3", "0101 0111 0121 0131"),
        ] {
            assert_eq!(days(rule, "20270101T090000"), expected, "{rule}");
        }
    }

    #[test]
    fn units_below_a_day_keep_their_interval_across_days() {
        let rule = Rule::parse("FREQ=HOURLY;INTERVAL=7;BYHOUR=9,10,16").unwrap();
        let window = Window {
            from: at("20270101"),
            to: at("20270104"),
        };
        let hours: Vec<i64> = expand(&rule, at("20270101T090000"), window)
            .iter()
            .map(|w| w.0 / 3_600 % 24)
            .collect();
        assert_eq!(hours, [9, 16, 10]);
    }

    fn rules() -> impl Strategy<Value = Rule> {
        let freq = select(vec!["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"]);
        let parts = select(vec![
            "",
            "BYDAY=MO,FR",
            "BYDAY=2TU,-1SU",
            "BYMONTHDAY=1,31,-2",
            "BYMONTH=2,6",
            "BYHOUR=3,22;BYMINUTE=0,30",
            "BYSETPOS=1,-1",
            "BYYEARDAY=60,366",
            "BYWEEKNO=1,53",
            "WKST=SU",
        ]);
        (freq, 1u32..5, parts.clone(), parts)
            .prop_map(|(f, interval, a, b)| Rule::parse(&format!("FREQ={f};INTERVAL={interval};{a};{b}")).unwrap())
    }

    proptest! {
        #[test]
        fn a_window_cuts_what_there_is_and_changes_nothing(rule in rules(), start in 0i64..1_000, second in 0i64..86_400, from in 0i64..1_500, length in 0i64..300, counted in any::<bool>()) {
            let start = Wall::at(20_000 + start, second);
            let rule = Rule { count: counted.then_some(3_000), ..rule };
            let whole = Window { from: start, to: Wall::at(22_000, 0) };
            let mut all = Vec::new();
            let recurrence = Recurrence { rule: &rule, start, dated: false, last: None };
            prop_assume!(recurrence.expand(whole, &mut Effort::new(), |at| all.push(at)).is_ok());
            prop_assert!(all.windows(2).all(|w| w[0] < w[1]));
            let window = Window { from: Wall::at(20_000 + from, 0), to: Wall::at((20_000 + from + length).min(22_000), 0) };
            all.retain(|at| window.from <= *at && *at < window.to);
            prop_assert_eq!(expand(&rule, start, window), all);
        }
    }
}
