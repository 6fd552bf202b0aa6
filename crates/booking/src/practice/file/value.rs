//! The values of a practice file that have a form of their own, each refused with its reason.

use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime};
use kernel::money::Currency;
use serde::{Deserialize, Deserializer, de};

use crate::practice::hours::{Window, overlapping};

/// A text of one line that is not empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Line(pub(super) String);

/// A text of one line that may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Brief(pub(super) String);

/// A text of several paragraphs that may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Prose(pub(super) String);

/// `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Colour(pub(super) String);

/// `en` or `en-US`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Locale(pub(super) String);

impl TryFrom<String> for Line {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let Brief(text) = text.try_into()?;
        if text.is_empty() {
            Err("this text must not be empty".into())
        } else {
            Ok(Self(text))
        }
    }
}

impl TryFrom<String> for Brief {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let text = text.trim();
        if text.chars().any(char::is_control) {
            return Err("this text must be one line without control characters".into());
        }
        if text.chars().count() > 500 {
            return Err("this text is longer than 500 characters".into());
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for Prose {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err("this text holds control characters".into());
        }
        if text.chars().count() > 20_000 {
            return Err("this text is longer than 20000 characters".into());
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for Colour {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(format!("{text:?} is no colour; write #f4b73f"))
        }
    }
}

impl TryFrom<String> for Locale {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let (language, region) = text.split_once('-').unwrap_or((&text, "XX"));
        let lower = language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase());
        let upper = region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase());
        if lower && upper {
            Ok(Self(text))
        } else {
            Err(format!("{text:?} is no locale; write en-US"))
        }
    }
}

/// A whole number of `MIN..=MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Within<const MIN: u32, const MAX: u32>(pub(super) u32);

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for Within<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        let bounds: RangeInclusive<u32> = MIN..=MAX;
        match u32::try_from(number) {
            Ok(n) if bounds.contains(&n) => Ok(Self(n)),
            _ => Err(de::Error::custom(format!("{number} is not between {MIN} and {MAX}"))),
        }
    }
}

/// A sum of money as it is written; what it is worth depends on the currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Amount {
    /// Before and after the decimal point.
    whole: String,
    fraction: String,
}

impl Amount {
    /// Minor units of `currency`, unless it has more digits than that has.
    pub(super) fn minor(&self, currency: Currency) -> Result<i64, String> {
        let digits = usize::try_from(currency.digits()).unwrap_or(2);
        if self.fraction.len() > digits {
            return Err(format!("{currency} has {digits} digits after the point"));
        }
        let text = format!("{}{:0<digits$}", self.whole, self.fraction);
        text.parse().map_err(|_| "this sum is too large".into())
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let bad = whole.is_empty() || !digits(whole) || !digits(fraction) || text.ends_with('.');
        if bad || whole.len() > 12 || fraction.len() > 4 {
            return Err(de::Error::custom(format!(
                "{text:?} is no sum of money; write \"195.00\""
            )));
        }
        Ok(Self {
            whole: whole.into(),
            fraction: fraction.into(),
        })
    }
}

/// The windows of one day, none of them overlapping.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<Window>")]
pub(super) struct Windows(pub(super) Vec<Window>);

impl TryFrom<Vec<Window>> for Windows {
    type Error = String;
    fn try_from(windows: Vec<Window>) -> Result<Self, String> {
        match overlapping(&windows) {
            Some((a, b)) => Err(format!("the windows {a} and {b} overlap")),
            None => Ok(Self(windows)),
        }
    }
}

/// A date, or a time on the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum Moment {
    Date(Date),
    Time(DateTime),
}

impl TryFrom<String> for Moment {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let bad = |_| format!("{text:?} is no date; write 2026-12-24 or 2026-12-24T13:00");
        if text.contains('T') {
            text.parse().map(Self::Time).map_err(bad)
        } else {
            text.parse().map(Self::Date).map_err(bad)
        }
    }
}
