//! The one place where dates, times, zones and money become text.
//!
//! Pure functions: every instant is read in the zone that is handed in, `now` only decides between "today", "tomorrow"
//! and a date. Texts hold ordinary spaces; the template filter `keep` ties "November 25" and "10:15 am" together.

use jiff::civil::{Date, Time, Weekday};
use kernel::instant::Instant;
use kernel::money::{Currency, Money};
use kernel::zone::Zone;

/// How people of a place write dates and times; the words stay English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// "Wednesday, November 25", "10:15 am", weeks from Sunday.
    EnUs,
    /// "Wednesday 25 November", "10:15", weeks from Monday.
    EnGb,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Locale {
    /// The habits named in the practice's file: `en-US`; any other English is written the British way.
    pub fn named(tag: &str) -> Self {
        if tag.eq_ignore_ascii_case("en-us") {
            Self::EnUs
        } else {
            Self::EnGb
        }
    }

    /// How many days of the week lie before this one: 0 on the day that a calendar's rows begin with.
    pub fn days_into_week(self, date: Date) -> i8 {
        match self {
            Self::EnUs => date.weekday().to_sunday_zero_offset(),
            Self::EnGb => date.weekday().to_monday_zero_offset(),
        }
    }

    /// "November 25" or "25 November".
    pub fn day_and_month(self, date: Date) -> String {
        let (day, month) = (date.day(), month_name(date));
        match self {
            Self::EnUs => format!("{month} {day}"),
            Self::EnGb => format!("{day} {month}"),
        }
    }

    /// "Wednesday, November 25" or "Wednesday 25 November".
    pub fn date(self, date: Date) -> String {
        let comma = if self == Self::EnUs { "," } else { "" };
        format!("{}{comma} {}", weekday_name(date.weekday()), self.day_and_month(date))
    }

    /// "Tomorrow, Wednesday, November 25"; beyond tomorrow the date alone.
    pub fn date_soon(self, date: Date, today: Date) -> String {
        match days_between(today, date) {
            0 => format!("Today, {}", self.date(date)),
            1 => format!("Tomorrow, {}", self.date(date)),
            _ => self.date(date),
        }
    }

    /// "November 18, 2026" or "18 November 2026": for what is read long after.
    pub fn date_with_year(self, date: Date) -> String {
        let comma = if self == Self::EnUs { "," } else { "" };
        format!("{}{comma} {}", self.day_and_month(date), date.year())
    }

    /// "10:15 am" (noon is 12:00 pm, midnight 12:00 am) or "10:15".
    pub fn clock(self, time: Time) -> String {
        match self {
            Self::EnUs => format!("{} {}", self.digits(time), half(time)),
            Self::EnGb => self.digits(time),
        }
    }

    fn digits(self, time: Time) -> String {
        let hour = match self {
            Self::EnUs => (time.hour() + 11) % 12 + 1,
            Self::EnGb => time.hour(),
        };
        format!("{hour}:{:02}", time.minute())
    }

    /// The clock there at that instant: "10:15 am". In the hour that the clocks repeat, the zone's letters tell its two
    /// occurrences apart: "1:30 am EST".
    pub fn time(self, at: Instant, zone: &Zone) -> String {
        let civil = zone.civil(at);
        let said = self.clock(civil.time());
        if zone.tz().to_ambiguous_timestamp(civil).is_ambiguous() {
            format!("{said} {}", zone.tz().to_offset_info(at.timestamp()).abbreviation())
        } else {
            said
        }
    }

    /// "10:15 to 10:30 am", "11:45 am to 12:15 pm", "10:15 to 10:30".
    pub fn time_range(self, from: Instant, to: Instant, zone: &Zone) -> String {
        let (from, to) = (zone.civil(from).time(), zone.civil(to).time());
        let start = if half(from) == half(to) {
            self.digits(from)
        } else {
            self.clock(from)
        };
        format!("{start} to {}", self.clock(to))
    }

    /// The date there at that instant: "Wednesday, November 25".
    pub fn day(self, at: Instant, zone: &Zone) -> String {
        self.date(zone.date(at))
    }

    /// "Tomorrow, Wednesday, November 25": the date there, as seen from `now` there.
    pub fn day_soon(self, at: Instant, now: Instant, zone: &Zone) -> String {
        self.date_soon(zone.date(at), zone.date(now))
    }

    /// The whole moment: "Wednesday, November 25, 10:15 am". For mails and titles, which are read on another day.
    pub fn moment(self, at: Instant, zone: &Zone) -> String {
        format!("{}, {}", self.day(at, zone), self.time(at, zone))
    }

    /// The whole moment as seen from `now`: "Tomorrow, Wednesday, November 25, 10:15 am".
    pub fn moment_soon(self, at: Instant, now: Instant, zone: &Zone) -> String {
        format!("{}, {}", self.day_soon(at, now, zone), self.time(at, zone))
    }

    /// A moment for a button or the middle of a sentence: "tomorrow 10:15 am", "Friday 9:00 am", and from a week on
    /// "December 3, 9:00 am".
    pub fn short(self, at: Instant, now: Instant, zone: &Zone) -> String {
        let (date, time) = (zone.date(at), self.time(at, zone));
        match days_between(zone.date(now), date) {
            0 => format!("today {time}"),
            1 => format!("tomorrow {time}"),
            2..=6 => format!("{} {time}", weekday_name(date.weekday())),
            _ => format!("{}, {time}", self.day_and_month(date)),
        }
    }

    /// Until when something is kept: "3:31 pm", "tomorrow, 3:31 pm", "Friday, November 27, 3:31 pm".
    pub fn until(self, at: Instant, now: Instant, zone: &Zone) -> String {
        let time = self.time(at, zone);
        match days_between(zone.date(now), zone.date(at)) {
            0 => time,
            1 => format!("tomorrow, {time}"),
            _ => format!("{}, {time}", self.day(at, zone)),
        }
    }

    /// "$195", "$195.50", "¥5,000", "CHF 120", and "Free" when nothing is to be paid.
    pub fn price(self, money: Money) -> String {
        if money.is_zero() { "Free".into() } else { amount(money) }
    }
}

/// "$195", "$1,204.50", "$0": an amount, where "Free" would be the wrong word. Whole amounts show no decimals.
pub fn amount(money: Money) -> String {
    let sign = if money.minor < 0 { "-" } else { "" };
    let unit = 10_u64.pow(money.currency.digits());
    let (whole, part) = (money.minor.unsigned_abs() / unit, money.minor.unsigned_abs() % unit);
    let digits = money.currency.digits() as usize;
    let decimals = if part == 0 {
        String::new()
    } else {
        format!(".{part:0digits$}")
    };
    format!("{sign}{}{}{decimals}", symbol(money.currency), grouped(whole))
}

/// "$195.00", "¥5,000", "KWD 12.500": with all the digits of its currency, for what is kept in the books.
pub fn exact(money: Money) -> String {
    let unit = 10_u64.pow(money.currency.digits());
    let digits = money.currency.digits() as usize;
    let part = money.minor.unsigned_abs() % unit;
    let text = amount(Money::new(
        money.minor - money.minor % unit.cast_signed(),
        money.currency,
    ));
    if digits == 0 {
        text
    } else {
        format!("{text}.{part:0digits$}")
    }
}

fn symbol(currency: Currency) -> String {
    match currency.code() {
        "USD" => "$".into(),
        "EUR" => "€".into(),
        "GBP" => "£".into(),
        "JPY" => "¥".into(),
        "INR" => "₹".into(),
        "KRW" => "₩".into(),
        "ILS" => "₪".into(),
        "AUD" => "A$".into(),
        "CAD" => "CA$".into(),
        "NZD" => "NZ$".into(),
        code => format!("{code} "),
    }
}

fn grouped(whole: u64) -> String {
    let digits = whole.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "1 minute", "90 minutes": visits are named by their minutes, as she names them.
pub fn minutes(count: i64) -> String {
    if count == 1 {
        "1 minute".into()
    } else {
        format!("{count} minutes")
    }
}

/// How long until something begins: "25 minutes", and from two hours on "7 hours".
pub fn wait(minutes: i64) -> String {
    match minutes {
        ..120 => self::minutes(minutes.max(1)),
        _ => format!("{} hours", minutes / 60),
    }
}

/// What people call a zone: "New York time" for `America/New_York`, "Indiana (Knox) time", "UTC".
pub fn zone_name(zone: &Zone) -> String {
    let name = zone.name();
    if let Some(offset) = name.strip_prefix("Etc/GMT") {
        // These names count westwards: Etc/GMT+5 is five hours behind.
        return match offset.split_at_checked(1) {
            Some(("+", hours)) => format!("UTC−{hours}"),
            Some(("-", hours)) => format!("UTC+{hours}"),
            _ => "UTC".into(),
        };
    }
    let parts: Vec<&str> = name.split('/').collect();
    match parts.as_slice() {
        ["Etc", _] => "UTC".into(),
        [alone] => (*alone).to_owned(),
        [country @ ("US" | "Canada" | "Brazil" | "Chile" | "Mexico"), place] => {
            format!("{country} {} time", spaced(place))
        }
        [
            "America",
            region @ ("Indiana" | "Kentucky" | "North_Dakota" | "Argentina"),
            place,
        ] => format!("{}, {} time", spaced(place), spaced(region)),
        [.., place] => format!("{} time", spaced(place)),
        [] => name.to_owned(),
    }
}

fn spaced(part: &str) -> String {
    part.replace('_', " ")
}

/// "November 2026", or "November, December" over a span that ends in the next month, "February – April" with one between.
pub fn months(first: Date, last: Date) -> String {
    let count = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month());
    match count(last) - count(first) {
        0 => format!("{} {}", month_name(first), first.year()),
        1 => format!("{}, {}", month_name(first), month_name(last)),
        _ => format!("{} – {}", month_name(first), month_name(last)),
    }
}

/// "November".
pub fn month_name(date: Date) -> &'static str {
    MONTHS
        .get(usize::from(date.month().unsigned_abs()).saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

/// "Nov", as the calendar marks the first of a month.
pub fn month_short(date: Date) -> &'static str {
    &month_name(date)[..3]
}

/// "Wednesday".
pub const fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// "Wed", as the week strip and the calendar's head say it.
pub fn weekday_short(day: Weekday) -> &'static str {
    &weekday_name(day)[..3]
}

/// The same text as the start of a sentence or a button.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Ties "November 25", "25 November" and "10:15 am" together with a no-break space, so that no line ends inside them.
pub fn keep(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before: Option<&str> = None;
    for word in text.split(' ') {
        if let Some(before) = before {
            out.push(if belongs(before, word) { '\u{a0}' } else { ' ' });
        }
        out.push_str(word);
        before = Some(word);
    }
    out
}

fn belongs(before: &str, word: &str) -> bool {
    let word = word.trim_end_matches([',', '.', ';', ':']);
    let number = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_digit() || c == ':');
    let month = |w: &str| MONTHS.contains(&w);
    (month(before) && number(word)) || (number(before) && (month(word) || word == "am" || word == "pm"))
}

fn half(time: Time) -> &'static str {
    if time.hour() < 12 { "am" } else { "pm" }
}

/// Whole calendar days from one date to another; far apart counts as far.
fn days_between(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}

#[cfg(test)]
mod tests;
