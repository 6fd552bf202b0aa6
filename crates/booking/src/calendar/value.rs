//! Reading the value types that say when (RFC 5545, 3.3): date, date-time, duration, period, offset.
//!
//! Dates that do not exist and numbers out of range are no values. A little is forgiven that real files
//! do: lower case, a leap second, durations that mix weeks and days.

use super::wall::{DAY, Wall, day_of, days_in_month};

/// A date or a date-time as it is written, its zone not yet known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// What stands there, read on whatever clock it belongs to.
    pub wall: Wall,
    /// How it was written.
    pub form: Form,
}

/// The three forms of a stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A date without a time.
    Date,
    /// A time on some wall clock.
    Local,
    /// A time in UTC.
    Utc,
}

/// A length of time: nominal days, then exact seconds (RFC 5545, 3.3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Days on the wall clock, 23 to 25 hours long.
    pub days: i64,
    /// Seconds that pass.
    pub seconds: i64,
}

impl Span {
    /// Whole days on the wall clock.
    pub fn days(days: i64) -> Self {
        Self { days, seconds: 0 }
    }

    /// Seconds that pass.
    pub fn exact(seconds: i64) -> Self {
        Self { days: 0, seconds }
    }

    /// As long as it can get, in seconds.
    pub fn at_most(self) -> i64 {
        self.days
            .saturating_mul(DAY)
            .saturating_add(self.seconds)
            .saturating_add(DAY)
    }
}

/// `20270301`, `20270301T090000` or `20270301T090000Z`; with `as_date` only its date counts.
pub(super) fn stamp(text: &str, as_date: bool) -> Option<Stamp> {
    let text = text.trim();
    let day = date(text.get(..8)?)?;
    let rest = &text[8..];
    if rest.is_empty() || as_date {
        return Some(Stamp {
            wall: Wall::at(day, 0),
            form: Form::Date,
        });
    }
    let time = rest.strip_prefix(['T', 't'])?;
    let (time, form) = match time.strip_suffix(['Z', 'z']) {
        Some(time) => (time, Form::Utc),
        None => (time, Form::Local),
    };
    if time.len() != 6 {
        return None;
    }
    let hour = number(time.get(..2)?)?;
    let minute = number(time.get(2..4)?)?;
    let second = number(time.get(4..)?)?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(Stamp {
        wall: Wall::at(day, hour * 3600 + minute * 60 + second.min(59)),
        form,
    })
}

fn date(text: &str) -> Option<i64> {
    let year = number(text.get(..4)?)?;
    let month = number(text.get(4..6)?)?;
    let day = number(text.get(6..)?)?;
    let exists = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    exists.then(|| day_of(year, month, day))
}

/// Digits only, at most ten of them.
fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// `P1DT2H`, `-PT15M`, `P2W`: negative ones come back negative.
pub(super) fn duration(text: &str) -> Option<Span> {
    let text = text.trim().to_ascii_uppercase();
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, &text[..]),
    };
    let rest = rest.strip_prefix('P')?;
    let (mut span, mut digits, mut timed, mut any) = (Span::days(0), String::new(), false, false);
    for c in rest.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if c == 'T' && !timed && digits.is_empty() {
            timed = true;
            continue;
        }
        let n = number(&std::mem::take(&mut digits))? * sign;
        match (c, timed) {
            ('W', false) => span.days += 7 * n,
            ('D', false) => span.days += n,
            ('H', true) => span.seconds += 3600 * n,
            ('M', true) => span.seconds += 60 * n,
            ('S', true) => span.seconds += n,
            _ => return None,
        }
        any = true;
    }
    (any && digits.is_empty()).then_some(span)
}

/// The end of a period: a stamp, or a duration from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PeriodEnd {
    /// Written as a stamp.
    At(Stamp),
    /// Written as a duration.
    After(Span),
}

/// `start/end` or `start/duration`.
pub(super) fn period(text: &str) -> Option<(Stamp, PeriodEnd)> {
    let (start, end) = text.split_once('/')?;
    let start = stamp(start, false)?;
    let end = match stamp(end, false) {
        Some(end) => PeriodEnd::At(end),
        None => PeriodEnd::After(duration(end)?),
    };
    Some((start, end))
}

/// `+0100`, `-033015` (RFC 5545, 3.3.14) in seconds east of UTC; less than a day.
pub(super) fn offset(text: &str) -> Option<i64> {
    let text = text.trim();
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 4 | 6) {
        return None;
    }
    let part = |i: usize| digits.get(i..i + 2).map_or(Some(0), number);
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    (hours < 24 && minutes < 60 && seconds < 60).then_some(sign * (hours * 3600 + minutes * 60 + seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_read_in_their_three_forms() {
        let at = |text| stamp(text, false).unwrap();
        assert_eq!(at("19700102").wall, Wall(DAY));
        assert_eq!(at("19700102").form, Form::Date);
        assert_eq!(
            at("19700101T010203"),
            Stamp {
                wall: Wall(3723),
                form: Form::Local
            }
        );
        assert_eq!(
            at("19700101t235960z"),
            Stamp {
                wall: Wall(DAY - 1),
                form: Form::Utc
            }
        );
        assert_eq!(stamp("19700102T090000", true).unwrap(), at("19700102"));
    }

    #[test]
    fn what_does_not_exist_is_no_stamp() {
        for bad in [
            "",
            "2027",
            "20270230",
            "20271301",
            "20270100",
            "20270101T",
            "20270101T0900",
            "20270101T240000",
            "20270101T096000",
            "20270101T090061",
            "20270101 090000",
            "2027-01-01",
            "20270101T09000é",
            "２０２７0101",
            "20270101T090000ZZ",
            "+0270101",
        ] {
            assert_eq!(stamp(bad, false), None, "{bad}");
        }
    }

    #[test]
    fn durations_keep_days_and_seconds_apart() {
        let of = |text| duration(text).map(|s| (s.days, s.seconds));
        assert_eq!(of("P1W2DT3H4M5S"), Some((9, 11_045)));
        assert_eq!(of("-pt15m"), Some((0, -900)));
        assert_eq!(of("+P7D"), Some((7, 0)));
        for bad in [
            "",
            "P",
            "PT",
            "P1",
            "1H",
            "P1H",
            "PT1D",
            "PTT1H",
            "P1.5D",
            "PT99999999999S",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    #[test]
    fn periods_and_offsets_are_read() {
        let (_, end) = period("20270106T080000Z/PT3H").unwrap();
        assert_eq!(end, PeriodEnd::After(Span::exact(10_800)));
        assert!(matches!(
            period("20270106T080000Z/20270106T090000Z").unwrap().1,
            PeriodEnd::At(_)
        ));
        assert_eq!(period("20270106T080000Z"), None);
        assert_eq!(offset("-0330"), Some(-12_600));
        assert_eq!(offset("+000115"), Some(75));
        for bad in ["", "0100", "+1", "+2400", "+01000", "+é100"] {
            assert_eq!(offset(bad), None, "{bad}");
        }
    }
}
