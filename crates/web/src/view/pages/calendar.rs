//! Days to choose from: the week strip of a phone and the month of a wide screen.

use jiff::Span;
use jiff::civil::Date;
use serde::Serialize;

use super::super::format::{self, Locale};

/// The days around the chosen one, in the zone of the page.
#[derive(Debug, Clone, Serialize)]
pub struct Calendar {
    /// "November 2026", above the strip.
    pub week_title: String,
    /// Seven days from today (or later) on.
    pub week: Vec<CalendarDay>,
    /// The seven days before, if any of them is not past.
    pub week_back: Option<String>,
    /// The seven days after, if the offering's horizon reaches them.
    pub week_on: Option<String>,
    /// "November, December", above the month.
    pub month_title: String,
    /// "Sun" to "Sat" or "Mon" to "Sun".
    pub month_heads: Vec<String>,
    /// Five rolling weeks, each of seven days; no dead rows of the past.
    pub month: Vec<Vec<CalendarDay>>,
    /// The five weeks before, if any of them is not past.
    pub month_back: Option<String>,
    /// The five weeks after, if the offering's horizon reaches them.
    pub month_on: Option<String>,
}

/// One day.
#[derive(Debug, Clone, Serialize)]
pub struct CalendarDay {
    /// "Wed".
    pub weekday: String,
    /// "25".
    pub number: String,
    /// "Dec" on the first of a month, as the month marks it.
    pub month_mark: Option<String>,
    /// The whole date for readers: "Wednesday, November 25".
    pub name: String,
    /// Whether times are free.
    pub state: DayState,
    /// How many, when some are.
    pub free: u32,
    /// Whether its times are shown.
    pub chosen: bool,
    /// The page with its times; only of days with free times.
    pub url: Option<String>,
}

/// What a day offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayState {
    /// Some times are free.
    Free,
    /// She works, and nothing is free.
    None,
    /// She does not work.
    Closed,
    /// Past, or beyond the horizon.
    Outside,
}

/// What is known of a day before it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    /// So many times are free.
    Free(u32),
    /// She works, and nothing is free.
    None,
    /// She does not work.
    Closed,
}

impl Calendar {
    /// Draws the days around `chosen`. `today` and all dates are those of the page's zone, `last` is the last day that can
    /// be booked, `from` the day at which the shown span begins (today when none is asked for); `kind` tells what a day
    /// offers, `url` leads to a day's times.
    pub fn around(
        locale: Locale,
        today: Date,
        last: Date,
        from: Date,
        chosen: Option<Date>,
        kind: impl Fn(Date) -> DayKind,
        url: impl Fn(Date) -> String,
    ) -> Self {
        let from = from.max(today);
        let day = |date: Date| {
            let known = if date < today || date > last {
                None
            } else {
                Some(kind(date))
            };
            let (state, free) = match known {
                Some(DayKind::Free(free)) if free > 0 => (DayState::Free, free),
                Some(DayKind::Free(_) | DayKind::None) => (DayState::None, 0),
                Some(DayKind::Closed) => (DayState::Closed, 0),
                None => (DayState::Outside, 0),
            };
            CalendarDay {
                weekday: format::weekday_short(date.weekday()).into(),
                number: date.day().to_string(),
                month_mark: (date.day() == 1).then(|| format::month_short(date).into()),
                name: locale.date(date),
                state,
                free,
                chosen: chosen == Some(date),
                url: (state == DayState::Free).then(|| url(date)),
            }
        };
        let days = |first: Date, count: i32| (0..count).map(move |n| plus(first, n));
        // The strip holds the chosen day, stepping by whole weeks from today.
        let anchor = chosen.filter(|c| *c >= today).unwrap_or(from);
        let strip = plus(today, (anchor - today).get_days() / 7 * 7);
        // The month begins with the week of today, or five-week steps later.
        let head = plus(today, -i32::from(locale.days_into_week(today)));
        let month = plus(head, (anchor - head).get_days() / 35 * 35);
        let step = |first: Date, days: i32| {
            let back = plus(first, -days);
            let on = plus(first, days);
            (
                (first > today).then(|| url(back.max(today))),
                (on <= last).then(|| url(on)),
            )
        };
        let (week_back, week_on) = step(strip, 7);
        let (month_back, month_on) = step(month, 35);
        Self {
            week_title: format::months(strip, plus(strip, 6)),
            week: days(strip, 7).map(day).collect(),
            week_back,
            week_on,
            month_title: format::months(month, plus(month, 34)),
            month_heads: days(month, 7)
                .map(|d| format::weekday_short(d.weekday()).into())
                .collect(),
            month: (0..5)
                .map(|week| days(plus(month, week * 7), 7).map(day).collect())
                .collect(),
            month_back,
            month_on,
        }
    }

    pub(super) fn sample(free: bool) -> Self {
        let (today, last) = (Date::constant(2026, 11, 24), Date::constant(2026, 12, 24));
        let kind = |date: Date| match (date.weekday(), date.day()) {
            (jiff::civil::Weekday::Sunday, _) => DayKind::Closed,
            (_, 24) => DayKind::None,
            (_, day) if free => DayKind::Free(u32::from(day.unsigned_abs()) % 7 + 2),
            _ => DayKind::None,
        };
        let chosen = free.then_some(Date::constant(2026, 11, 25));
        Self::around(Locale::EnUs, today, last, today, chosen, kind, |d| {
            format!("/book/initial-consultation?mode=telehealth&day={d}")
        })
    }
}

fn plus(date: Date, days: i32) -> Date {
    date.saturating_add(Span::new().days(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(locale: Locale, from: &str, chosen: Option<&str>) -> Calendar {
        let date = |text: &str| text.parse::<Date>().unwrap();
        let kind = |d: Date| {
            if d.day() % 2 == 0 {
                DayKind::Free(3)
            } else {
                DayKind::Closed
            }
        };
        Calendar::around(
            locale,
            date("2026-11-24"),
            date("2026-12-24"),
            date(from),
            chosen.map(date),
            kind,
            |d| format!("?day={d}"),
        )
    }

    #[test]
    fn the_strip_begins_today_and_holds_the_chosen_day() {
        let now = calendar(Locale::EnGb, "2026-11-24", Some("2026-11-26"));
        assert_eq!(
            (
                now.week[0].number.as_str(),
                now.week[0].weekday.as_str(),
                now.week_back.as_deref()
            ),
            ("24", "Tue", None)
        );
        assert!(now.week[2].chosen && now.week_on.as_deref() == Some("?day=2026-12-01"));
        let later = calendar(Locale::EnGb, "2026-11-24", Some("2026-12-04"));
        assert_eq!(
            (later.week[0].number.as_str(), later.week_back.as_deref()),
            ("1", Some("?day=2026-11-24"))
        );
        assert!(later.week[3].chosen);
    }

    #[test]
    fn the_last_week_leads_no_further() {
        let end = calendar(Locale::EnUs, "2026-12-22", None);
        assert_eq!(end.week[0].number, "22");
        assert!(end.week_on.is_none() && end.week_back.is_some());
        assert_eq!(end.week[3].state, DayState::Outside);
    }

    #[test]
    fn the_month_begins_with_this_week_as_the_place_counts_it() {
        let (uk, us) = (
            calendar(Locale::EnGb, "2026-11-24", None),
            calendar(Locale::EnUs, "2026-11-24", None),
        );
        assert_eq!(
            (uk.month[0][0].number.as_str(), uk.month_heads[0].as_str()),
            ("23", "Mon")
        );
        assert_eq!(
            (us.month[0][0].number.as_str(), us.month_heads[0].as_str()),
            ("22", "Sun")
        );
        assert_eq!(uk.month[1][1].month_mark.as_deref(), Some("Dec"));
        assert_eq!((uk.month_title.as_str(), uk.month.len()), ("November, December", 5));
        assert!(uk.month_back.is_none() && uk.month_on.is_none());
    }

    #[test]
    fn only_a_day_with_free_times_is_a_link() {
        let all = calendar(Locale::EnGb, "2026-11-24", None);
        for day in all.week.iter().chain(all.month.iter().flatten()) {
            assert_eq!(day.url.is_some(), day.state == DayState::Free, "{}", day.name);
        }
        assert_eq!(all.month[0][0].state, DayState::Outside);
    }
}
