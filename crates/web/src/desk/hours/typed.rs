//! What she types into the forms of her hours: fields that repeat, times, dates; kept as typed until they can be taken.

use booking::practice::hours::{TimeOff, WallTime, Window};
use booking::practice::{Mode, Modes};
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Time};
use serde::Deserialize;

use super::page;
use crate::error::PageError;
use crate::view::desk::Stretch;
use crate::view::format::Locale;

/// A day has no more stretches.
const MOST_STRETCHES: usize = 48;
/// Dates of other years are slips of the finger.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;

/// What is said of a span that ends before it starts.
pub const BACKWARDS: &str = "It has to end after it starts. Leave the time empty to be away until the end of that day.";
const NO_DAY: &str = "There is no such day. Choose one from the calendar.";
const NO_TIME: &str = "Write the time as hours and minutes, such as 9:00 or 14:30, or leave it empty.";

/// Something typed cannot be taken; the reason stands beside its field.
#[derive(Debug)]
pub struct Wrong;

/// A form whose fields may repeat, in the order of the page.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first field of this name, without blanks around it; empty when there is none.
    pub fn one(&self, name: &str) -> &str {
        let named = self.0.iter().find(|(key, _)| key == name);
        named.map_or("", |(_, value)| value.trim())
    }

    /// Whether there is a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(key, _)| key == name);
        named.map(|(_, value)| value.trim())
    }

    /// The rows of a day.
    pub fn stretches(&self) -> Result<Stretches, PageError> {
        let mut rows: Vec<Stretch> = Vec::new();
        let (mut closes, mut modes) = (self.all("closes"), self.all("modes"));
        for opens in self.all("opens") {
            let closes = closes.next().unwrap_or_default();
            rows.push(Stretch {
                fits: fits(opens) && fits(closes),
                opens: opens.to_owned(),
                closes: closes.to_owned(),
                modes: modes.next().unwrap_or("both").to_owned(),
                removed: false,
                problem: None,
            });
        }
        if rows.len() > MOST_STRETCHES {
            return Err(PageError::Unreadable);
        }
        for number in self.all("remove") {
            if let Some(row) = number.parse::<usize>().ok().and_then(|n| rows.get_mut(n)) {
                row.removed = true;
            }
        }
        Ok(Stretches(rows))
    }
}

/// Whether a field for times would show this.
fn fits(text: &str) -> bool {
    text.is_empty() || text.parse::<Time>().is_ok_and(|_| text.len() == 5)
}

/// A time of day in any of the ways it is written: `9:00`, `09:00`, `09:00:00`, `24:00`.
pub fn wall_time(text: &str) -> Option<WallTime> {
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next());
    if seconds.is_some_and(|s| s != "00") || parts.next().is_some() || hours.is_empty() || hours.len() > 2 {
        return None;
    }
    format!("{hours:0>2}:{minutes}").parse().ok()
}

/// The moment of a wall-clock time; 24:00 is the next midnight.
pub fn moment(date: Date, time: WallTime) -> DateTime {
    let midnight = date.to_datetime(Time::midnight());
    midnight.saturating_add(i64::from(time.minutes()).minutes())
}

fn day(text: &str) -> Result<Date, &'static str> {
    match text.parse::<Date>() {
        Ok(date) if YEARS.contains(&date.year()) => Ok(date),
        Ok(_) => Err("That is too far away. Is the year right?"),
        Err(_) if text.is_empty() => Err("Choose a day."),
        Err(_) => Err(NO_DAY),
    }
}

/// The rows of one day.
#[derive(Debug, Clone)]
pub struct Stretches(pub Vec<Stretch>);

impl Stretches {
    /// One more empty row.
    pub fn more(&mut self) {
        self.0.push(page::empty_stretch());
    }

    /// The windows they say; rows that are empty or to be removed are none.
    pub fn windows(&mut self) -> Result<Vec<Window>, Wrong> {
        let mut windows = Vec::new();
        let mut wrong = false;
        for row in &mut self.0 {
            match window(row) {
                Ok(window) => windows.extend(window),
                Err(problem) => {
                    row.problem = Some(problem.into());
                    wrong = true;
                }
            }
        }
        if wrong { Err(Wrong) } else { Ok(windows) }
    }

    /// Says at the later row that two of them overlap.
    pub fn overlap(&mut self, locale: Locale, one: Window, other: Window) {
        let said = format!(
            "It overlaps the stretch {}. Let one begin when the other ends.",
            page::span(locale, one)
        );
        let rows = self.0.iter_mut().rev();
        let mut same = rows.filter(|row| matches!(window(row), Ok(Some(window)) if window == other));
        if let Some(row) = same.next() {
            row.problem = Some(said);
        }
    }
}

fn window(row: &Stretch) -> Result<Option<Window>, &'static str> {
    if row.removed || (row.opens.is_empty() && row.closes.is_empty()) {
        return Ok(None);
    }
    let (Some(opens), Some(closes)) = (wall_time(&row.opens), wall_time(&row.closes)) else {
        return Err("Write both times as hours and minutes, such as 9:00 or 14:30.");
    };
    // A field for times cannot hold 24:00: at the end of a stretch, midnight is the next one.
    let closes = if closes.minutes() == 0 {
        wall_time("24:00").unwrap_or(closes)
    } else {
        closes
    };
    let modes: Modes = match row.modes.as_str() {
        "both" => Modes::BOTH,
        one => one.parse::<Mode>().into_iter().collect(),
    };
    if modes.is_empty() {
        return Err("Choose what it is for.");
    }
    let ends = "It has to end after it starts. A stretch over midnight is two: until midnight here, from midnight on the next day.";
    Window::new(opens, closes, modes).map(Some).map_err(|_| ends)
}

/// The form of one date.
#[derive(Debug, Clone)]
pub struct DateDraft {
    pub was: String,
    pub date: String,
    pub closed: bool,
    pub stretches: Stretches,
    pub date_problem: Option<String>,
    pub problem: Option<String>,
}

impl DateDraft {
    /// As it was typed.
    pub fn read(fields: &Fields) -> Result<Self, PageError> {
        Ok(Self {
            was: fields.one("was").to_owned(),
            date: fields.one("date").to_owned(),
            closed: fields.one("kind") == "closed",
            stretches: fields.stretches()?,
            date_problem: None,
            problem: None,
        })
    }

    /// The date it belonged to.
    pub fn was(&self) -> Option<Date> {
        self.was.parse().ok()
    }

    /// One more row; then she means to be open.
    pub fn more(&mut self) {
        self.closed = false;
        self.stretches.more();
    }

    /// The date and its windows.
    pub fn check(&mut self, today: Date) -> Result<(Date, Vec<Window>), Wrong> {
        let date = match day(&self.date) {
            Ok(date) if date < today => Err("That day has passed."),
            other => other,
        };
        self.date_problem = date.as_ref().err().map(|problem| (*problem).to_owned());
        let windows = if self.closed {
            Ok(Vec::new())
        } else {
            self.stretches.windows()
        };
        if !self.closed && windows.as_ref().is_ok_and(Vec::is_empty) {
            self.problem = Some("Write from when until when, or choose closed.".into());
            return Err(Wrong);
        }
        Ok((date.map_err(|_| Wrong)?, windows?))
    }
}

/// The form of one time off.
#[derive(Debug, Clone)]
pub struct AwayDraft {
    pub was: String,
    pub from: (String, String),
    pub until: (String, String),
    pub from_problem: Option<String>,
    pub until_problem: Option<String>,
}

impl AwayDraft {
    /// As it was typed.
    pub fn read(fields: &Fields) -> Self {
        let pair = |date: &str, time: &str| (fields.one(date).to_owned(), fields.one(time).to_owned());
        Self {
            was: fields.one("was").to_owned(),
            from: pair("from_date", "from_time"),
            until: pair("until_date", "until_time"),
            from_problem: None,
            until_problem: None,
        }
    }

    /// When it began.
    pub fn was(&self) -> Option<DateTime> {
        self.was.parse().ok()
    }

    /// Whether fields for times show what was typed.
    pub fn fits(&self) -> bool {
        fits(&self.from.1) && fits(&self.until.1)
    }

    /// The stretch, as seen when the consultant's clock shows `here`.
    pub fn check(&mut self, here: DateTime) -> Result<TimeOff, Wrong> {
        let from = limit(&self.from, "00:00");
        let last = if self.until.0.is_empty() {
            &self.from.0
        } else {
            &self.until.0
        };
        let until = limit(&(last.clone(), self.until.1.clone()), "24:00");
        self.from_problem = from.as_ref().err().map(|problem| (*problem).to_owned());
        // A missing first day is said once.
        let until_counts = !self.until.0.is_empty() || from.is_ok();
        let (Ok(from), Ok(until)) = (&from, &until) else {
            self.until_problem = until.err().filter(|_| until_counts).map(Into::into);
            return Err(Wrong);
        };
        if until > from && *until <= here {
            self.until_problem = Some("That is over already.".into());
            return Err(Wrong);
        }
        Ok(TimeOff {
            from: *from,
            until: *until,
        })
    }
}

/// A day and a time of day; without one, the `usual` one.
fn limit((date, time): &(String, String), usual: &str) -> Result<DateTime, &'static str> {
    let date = day(date)?;
    let time = if time.is_empty() { usual } else { time.as_str() };
    Ok(moment(date, wall_time(time).ok_or(NO_TIME)?))
}
