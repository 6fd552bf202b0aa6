//! A consultant's hours: weekly windows on her wall clock, single dates with windows of their own, time off.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Weekday};
use serde::de::{self, SeqAccess, Visitor};
use serde::ser::SerializeSeq as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::mode::{Mode, Modes};

/// A wall-clock time of a day in whole minutes, `00:00` to `24:00` (the next midnight).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WallTime(u16);

/// The text is no wall-clock time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time of day; write 09:00, or 24:00 for the next midnight")]
pub struct NotAWallTime(pub String);

impl WallTime {
    /// Minutes after the day's midnight on the wall clock, 0 to 1440.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for WallTime {
    type Err = NotAWallTime;
    fn from_str(text: &str) -> Result<Self, NotAWallTime> {
        let digits = |part: &str| {
            let two = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            two.then(|| part.parse::<u16>().ok()).flatten()
        };
        let read = text.split_once(':').and_then(|(h, m)| Some((digits(h)?, digits(m)?)));
        match read {
            Some((h, m)) if m < 60 && h * 60 + m <= 1440 => Ok(Self(h * 60 + m)),
            _ => Err(NotAWallTime(text.chars().take(40).collect())),
        }
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<String> for WallTime {
    type Error = NotAWallTime;
    fn try_from(text: String) -> Result<Self, NotAWallTime> {
        text.parse()
    }
}

impl From<WallTime> for String {
    fn from(time: WallTime) -> Self {
        time.to_string()
    }
}

/// A stretch of one day in which visits of these modes may lie; it never crosses midnight.
/// Written as `["09:00", "12:00"]` for both modes, or `["09:00", "12:00", ["telehealth"]]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    opens: WallTime,
    closes: WallTime,
    modes: Modes,
}

/// Why two times make no window.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAWindow {
    #[error("the window {0} to {1} does not end after its start")]
    Ends(WallTime, WallTime),
    #[error("the window {0} to {1} has no mode")]
    NoMode(WallTime, WallTime),
}

impl Window {
    /// The window `[opens, closes)`.
    pub fn new(opens: WallTime, closes: WallTime, modes: Modes) -> Result<Self, NotAWindow> {
        if closes <= opens {
            return Err(NotAWindow::Ends(opens, closes));
        }
        if modes.is_empty() {
            return Err(NotAWindow::NoMode(opens, closes));
        }
        Ok(Self { opens, closes, modes })
    }

    /// Its first wall-clock minute.
    pub const fn opens(self) -> WallTime {
        self.opens
    }

    /// The wall-clock minute at which it has ended.
    pub const fn closes(self) -> WallTime {
        self.closes
    }

    /// What may be booked in it.
    pub const fn modes(self) -> Modes {
        self.modes
    }

    /// Whether a visit of this mode may lie in it; `None` asks for any.
    pub fn is_for(self, mode: Option<Mode>) -> bool {
        mode.is_none_or(|m| self.modes.has(m))
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.opens, self.closes)
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let both = self.modes == Modes::BOTH;
        let mut seq = serializer.serialize_seq(Some(if both { 2 } else { 3 }))?;
        seq.serialize_element(&self.opens)?;
        seq.serialize_element(&self.closes)?;
        if !both {
            seq.serialize_element(&self.modes)?;
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Window;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(r#"a window such as ["09:00", "12:00"] or ["09:00", "12:00", ["telehealth"]]"#)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Window, A::Error> {
                let missing = |n| de::Error::invalid_length(n, &self);
                let opens = seq.next_element()?.ok_or_else(|| missing(0))?;
                let closes = seq.next_element()?.ok_or_else(|| missing(1))?;
                let modes = seq.next_element()?.unwrap_or(Modes::BOTH);
                if seq.next_element::<de::IgnoredAny>()?.is_some() {
                    return Err(missing(4));
                }
                Window::new(opens, closes, modes).map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

/// The first two of these windows that share a moment, if any do.
pub fn overlapping(windows: &[Window]) -> Option<(Window, Window)> {
    let mut sorted = windows.to_vec();
    sorted.sort_by_key(|w| (w.opens, w.closes));
    sorted
        .windows(2)
        .find(|pair| pair[1].opens < pair[0].closes)
        .map(|pair| (pair[0], pair[1]))
}

/// A stretch without visits on the consultant's wall clock, `[from, until)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeOff {
    /// Its first moment.
    pub from: DateTime,
    /// The moment at which she is back.
    pub until: DateTime,
}

/// All of a consultant's hours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    weekly: [Vec<Window>; 7],
    overrides: BTreeMap<Date, Vec<Window>>,
    time_off: Vec<TimeOff>,
}

/// The seven days as files and the database write them, Monday first.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Hours {
    /// Adds a weekly window to a day, 0 for Monday to 6 for Sunday.
    pub fn add_weekly(&mut self, day: usize, window: Window) {
        if let Some(windows) = self.weekly.get_mut(day) {
            windows.push(window);
            windows.sort_by_key(|w| (w.opens, w.closes));
        }
    }

    /// Replaces the windows of one weekday, 0 for Monday to 6 for Sunday.
    pub fn set_weekly(&mut self, day: usize, windows: Vec<Window>) {
        if let Some(place) = self.weekly.get_mut(day) {
            *place = windows;
            place.sort_by_key(|w| (w.opens, w.closes));
        }
    }

    /// Gives a date windows of its own (none: closed), in addition to those it was given before.
    pub fn add_override(&mut self, date: Date, windows: Vec<Window>) {
        let place = self.overrides.entry(date).or_default();
        place.extend(windows);
        place.sort_by_key(|w| (w.opens, w.closes));
    }

    /// Gives a date these windows of its own and no others (none: closed).
    pub fn set_override(&mut self, date: Date, windows: Vec<Window>) {
        self.overrides.remove(&date);
        self.add_override(date, windows);
    }

    /// Gives a date the windows of its weekday again.
    pub fn remove_override(&mut self, date: Date) {
        self.overrides.remove(&date);
    }

    /// Forgets every override.
    pub fn clear_overrides(&mut self) {
        self.overrides.clear();
    }

    /// Replaces all time off.
    pub fn set_time_off(&mut self, mut time_off: Vec<TimeOff>) {
        time_off.sort_by_key(|t| (t.from, t.until));
        self.time_off = time_off;
    }

    /// The windows of one weekday, ascending; 0 for Monday to 6 for Sunday.
    pub fn weekly(&self, day: usize) -> &[Window] {
        self.weekly.get(day).map_or(&[], Vec::as_slice)
    }

    /// The dates with windows of their own, ascending.
    pub fn overrides(&self) -> impl Iterator<Item = (Date, &[Window])> {
        self.overrides.iter().map(|(date, windows)| (*date, windows.as_slice()))
    }

    /// When she is away, ascending.
    pub fn time_off(&self) -> &[TimeOff] {
        &self.time_off
    }

    /// The windows of one date: its own, else those of its weekday.
    pub fn on(&self, date: Date, weekday: Weekday) -> &[Window] {
        match self.overrides.get(&date) {
            Some(own) => own,
            None => &self.weekly[usize::from(weekday.to_monday_zero_offset().unsigned_abs()) % 7],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(opens: &str, closes: &str) -> Window {
        Window::new(opens.parse().unwrap(), closes.parse().unwrap(), Modes::BOTH).unwrap()
    }

    #[test]
    fn a_wall_time_is_two_digits_and_two_digits() {
        assert_eq!("24:00".parse::<WallTime>().unwrap().minutes(), 1440);
        assert_eq!("09:05".parse::<WallTime>().unwrap().to_string(), "09:05");
        for bad in [
            "9:00", "09:60", "24:01", "25:00", "", "09", "09:00:00", "+9:00", "09:0é",
        ] {
            assert!(bad.parse::<WallTime>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_window_ends_after_its_start_on_the_same_day() {
        let time = |t: &str| t.parse().unwrap();
        assert!(Window::new(time("10:00"), time("10:00"), Modes::BOTH).is_err());
        assert!(Window::new(time("22:00"), time("02:00"), Modes::BOTH).is_err());
        assert!(Window::new(time("22:00"), time("24:00"), [].into_iter().collect()).is_err());
    }

    #[test]
    fn a_window_is_written_as_two_times_and_perhaps_its_modes() {
        let read = |text: &str| serde_json::from_str::<Window>(text);
        for text in [r#"["09:00","24:00"]"#, r#"["09:00","12:00",["telehealth"]]"#] {
            assert_eq!(serde_json::to_string(&read(text).unwrap()).unwrap(), text);
        }
        for bad in [
            r#"["09:00"]"#,
            r#"["09:00","08:00"]"#,
            r#"["9","10:00"]"#,
            r#"["09:00","10:00",["car"]]"#,
            r#"["09:00","10:00",["telehealth"],1]"#,
            "3",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn touching_windows_do_not_overlap() {
        assert_eq!(overlapping(&[window("12:00", "13:00"), window("09:00", "12:00")]), None);
        assert!(overlapping(&[window("11:59", "13:00"), window("09:00", "12:00")]).is_some());
    }

    #[test]
    fn an_override_replaces_its_dates_windows() {
        let mut hours = Hours::default();
        hours.add_weekly(1, window("12:00", "18:00"));
        let (tue, next) = (jiff::civil::date(2026, 3, 10), jiff::civil::date(2026, 3, 17));
        hours.add_override(tue, vec![]);
        assert_eq!(hours.on(tue, tue.weekday()), []);
        assert_eq!(hours.on(next, next.weekday()), [window("12:00", "18:00")]);
        hours.set_override(tue, vec![window("08:00", "09:00")]);
        hours.set_override(tue, vec![window("10:00", "11:00")]);
        assert_eq!(hours.on(tue, tue.weekday()), [window("10:00", "11:00")]);
        hours.remove_override(tue);
        assert_eq!(hours.on(tue, tue.weekday()), [window("12:00", "18:00")]);
    }
}
