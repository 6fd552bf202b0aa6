//! Reading a recurrence rule (RFC 5545, 3.3.10).
//!
//! A rule with a part that cannot be understood is refused as a whole: half a rule would invent or lose
//! visits. Parts of other specifications are ignored, but for another calendar system (RFC 7529).

use super::value::{Stamp, stamp};

/// FREQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Freq {
    /// Every second.
    Secondly,
    /// Every minute.
    Minutely,
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every year.
    Yearly,
}

/// A rule as it is written. Lists are sorted and hold nothing twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub freq: Freq,
    /// At least 1.
    pub interval: i64,
    /// At least 1.
    pub count: Option<i64>,
    pub until: Option<Stamp>,
    /// 0 for Monday.
    pub week_start: i64,
    pub seconds: Vec<i64>,
    pub minutes: Vec<i64>,
    pub hours: Vec<i64>,
    /// (which one of the month or year, or 0 for each; 0 for Monday).
    pub weekdays: Vec<(i64, i64)>,
    pub month_days: Vec<i64>,
    pub year_days: Vec<i64>,
    pub week_numbers: Vec<i64>,
    pub months: Vec<i64>,
    pub positions: Vec<i64>,
}

/// The rule cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotARule;

impl Rule {
    /// Parses the value of RRULE or EXRULE.
    pub fn parse(text: &str) -> Result<Self, NotARule> {
        let mut freq = None;
        let mut rule = Self {
            freq: Freq::Daily,
            interval: 1,
            count: None,
            until: None,
            week_start: 0,
            seconds: Vec::new(),
            minutes: Vec::new(),
            hours: Vec::new(),
            weekdays: Vec::new(),
            month_days: Vec::new(),
            year_days: Vec::new(),
            week_numbers: Vec::new(),
            months: Vec::new(),
            positions: Vec::new(),
        };
        for part in text.split(';').map(str::trim).filter(|p| !p.is_empty()) {
            let (name, value) = part.split_once('=').ok_or(NotARule)?;
            let value = value.trim().to_ascii_uppercase();
            match name.trim().to_ascii_uppercase().as_str() {
                "FREQ" => freq = Some(frequency(&value)?),
                "INTERVAL" => rule.interval = positive(&value)?,
                "COUNT" => rule.count = Some(positive(&value)?),
                "UNTIL" => rule.until = Some(stamp(&value, false).ok_or(NotARule)?),
                "WKST" => rule.week_start = weekday(&value)?,
                "BYSECOND" => rule.seconds = list(&value, 0, 60, true)?,
                "BYMINUTE" => rule.minutes = list(&value, 0, 59, true)?,
                "BYHOUR" => rule.hours = list(&value, 0, 23, true)?,
                "BYDAY" => rule.weekdays = weekdays(&value)?,
                "BYMONTHDAY" => rule.month_days = list(&value, -31, 31, false)?,
                "BYYEARDAY" => rule.year_days = list(&value, -366, 366, false)?,
                "BYWEEKNO" => rule.week_numbers = list(&value, -53, 53, false)?,
                "BYMONTH" => rule.months = list(&value, 1, 12, false)?,
                "BYSETPOS" => rule.positions = list(&value, i64::MIN, i64::MAX, false)?,
                "RSCALE" if value != "GREGORIAN" => return Err(NotARule),
                "SKIP" if value != "OMIT" => return Err(NotARule),
                _ => {}
            }
        }
        rule.freq = freq.ok_or(NotARule)?;
        Ok(rule)
    }

    /// No BY part narrows or widens it: every `interval`-th unit of its frequency.
    pub fn is_plain(&self) -> bool {
        let lists = [
            &self.seconds,
            &self.minutes,
            &self.hours,
            &self.month_days,
            &self.year_days,
            &self.week_numbers,
            &self.months,
            &self.positions,
        ];
        self.weekdays.is_empty() && lists.iter().all(|l| l.is_empty())
    }
}

fn frequency(text: &str) -> Result<Freq, NotARule> {
    Ok(match text {
        "SECONDLY" => Freq::Secondly,
        "MINUTELY" => Freq::Minutely,
        "HOURLY" => Freq::Hourly,
        "DAILY" => Freq::Daily,
        "WEEKLY" => Freq::Weekly,
        "MONTHLY" => Freq::Monthly,
        "YEARLY" => Freq::Yearly,
        _ => return Err(NotARule),
    })
}

/// A whole number with an optional sign; one too long for us is as good as the greatest.
fn integer(text: &str) -> Result<i64, NotARule> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotARule);
    }
    let size = digits.parse::<u32>().map_or(i64::from(u32::MAX), i64::from);
    Ok(if text.starts_with('-') { -size } else { size })
}

fn positive(text: &str) -> Result<i64, NotARule> {
    integer(text).and_then(|n| if n > 0 { Ok(n) } else { Err(NotARule) })
}

fn list(text: &str, low: i64, high: i64, zero: bool) -> Result<Vec<i64>, NotARule> {
    let mut all = Vec::new();
    for one in items(text) {
        let n = integer(one)?;
        if n < low || n > high || (n == 0 && !zero) {
            return Err(NotARule);
        }
        all.push(n);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

fn weekdays(text: &str) -> Result<Vec<(i64, i64)>, NotARule> {
    let mut all = Vec::new();
    for one in items(text) {
        let at = one.len().checked_sub(2).ok_or(NotARule)?;
        let (which, day) = one.split_at_checked(at).ok_or(NotARule)?;
        let which = match which.trim() {
            "" => 0,
            which => integer(which).and_then(|n| if n != 0 && n.abs() <= 53 { Ok(n) } else { Err(NotARule) })?,
        };
        all.push((which, weekday(day)?));
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|t| !t.is_empty())
}

fn weekday(text: &str) -> Result<i64, NotARule> {
    let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let at = names.iter().position(|n| *n == text).ok_or(NotARule)?;
    i64::try_from(at).map_err(|_| NotARule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_with_all_its_parts() {
        let rule = Rule::parse(
            " freq=monthly; INTERVAL=2;COUNT=99999999999;WKST=SU;BYDAY=-1FR,+1mo,TU,TU;BYSETPOS=-1;X-FOO=1;",
        )
        .unwrap();
        assert_eq!((rule.freq, rule.interval), (Freq::Monthly, 2));
        assert_eq!(rule.count, Some(i64::from(u32::MAX)));
        assert_eq!(rule.week_start, 6);
        assert_eq!(rule.weekdays, [(-1, 4), (0, 1), (1, 0)]);
        assert!(!rule.is_plain() && Rule::parse("FREQ=SECONDLY").unwrap().is_plain());
    }

    #[test]
    fn a_rule_that_cannot_be_understood_is_refused() {
        for bad in [
            "",
            "FREQ=OFTEN",
            "INTERVAL=2",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;COUNT=-1",
            "FREQ=DAILY;COUNT=x",
            "FREQ=DAILY;UNTIL=never",
            "FREQ=DAILY;BYDAY=XX",
            "FREQ=DAILY;BYDAY=é",
            "FREQ=MONTHLY;BYDAY=0MO",
            "FREQ=MONTHLY;BYMONTHDAY=32",
            "FREQ=YEARLY;BYMONTH=13",
            "FREQ=DAILY;BYHOUR=24",
            "FREQ=DAILY;COUNT",
            "RSCALE=CHINESE;FREQ=YEARLY",
            "D1 #10",
        ] {
            assert_eq!(Rule::parse(bad), Err(NotARule), "{bad}");
        }
    }
}
