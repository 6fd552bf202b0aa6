//! The values of a practice file that have a form of their own, each refused with its reason.

use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime};
use kernel::money::Currency;
use serde::{Deserialize, Deserializer, de};

use crate::practice::hours::{Window, overlapping};
use crate::practice::unfit::Unfit;

/// A text of one line that is not empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::practice) struct Line(pub(in crate::practice) String);

/// A text of one line that may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::practice) struct Brief(pub(in crate::practice) String);

/// A text of several paragraphs that may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::practice) struct Prose(pub(in crate::practice) String);

/// `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::practice) struct Colour(pub(in crate::practice) String);

/// `en` or `en-US`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::practice) struct Locale(pub(in crate::practice) String);

impl TryFrom<String> for Line {
    type Error = Unfit;
    fn try_from(text: String) -> Result<Self, Unfit> {
        let Brief(text) = text.try_into()?;
        if text.is_empty() {
            Err(Unfit::Empty)
        } else {
            Ok(Self(text))
        }
    }
}

impl TryFrom<String> for Brief {
    type Error = Unfit;
    fn try_from(text: String) -> Result<Self, Unfit> {
        let text = text.trim();
        if text.chars().any(char::is_control) {
            return Err(Unfit::OneLine);
        }
        if text.chars().count() > 500 {
            return Err(Unfit::TooLong(500));
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for Prose {
    type Error = Unfit;
    fn try_from(text: String) -> Result<Self, Unfit> {
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(Unfit::Control);
        }
        if text.chars().count() > 20_000 {
            return Err(Unfit::TooLong(20_000));
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
pub(in crate::practice) struct Within<const MIN: u32, const MAX: u32>(pub(in crate::practice) u32);

/// How long a visit is, in minutes.
pub(in crate::practice) type Length = Within<1, 720>;
/// The grid of starts, in minutes.
pub(in crate::practice) type Step = Within<1, 1440>;
/// Minutes kept free before or after a visit.
pub(in crate::practice) type Buffer = Within<0, 240>;
/// Minutes from booking to start.
pub(in crate::practice) type Notice = Within<0, 525_600>;
/// Days that can be booked ahead.
pub(in crate::practice) type Horizon = Within<0, 730>;
/// Visits a day; 0 is as many as fit.
pub(in crate::practice) type Cap = Within<0, 1000>;
/// Minutes before the start.
pub(in crate::practice) type Reminder = Within<1, 43_200>;

impl<const MIN: u32, const MAX: u32> Within<MIN, MAX> {
    pub(in crate::practice) fn new(number: i64) -> Result<Self, Unfit> {
        let bounds: RangeInclusive<u32> = MIN..=MAX;
        match u32::try_from(number) {
            Ok(n) if bounds.contains(&n) => Ok(Self(n)),
            _ => Err(Unfit::NotWithin {
                number,
                least: MIN,
                most: MAX,
            }),
        }
    }

    /// As a person types it.
    pub(in crate::practice) fn typed(text: &str) -> Result<Self, Unfit> {
        Self::new(whole(text)?)
    }
}

/// A whole number as a person types it.
pub(in crate::practice) fn whole(text: &str) -> Result<i64, Unfit> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Unfit::Empty);
    }
    let digits = text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    number.ok_or_else(|| Unfit::NoNumber(text.chars().take(40).collect()))
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for Within<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i64::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A sum of money as it is written; what it is worth depends on the currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::practice) struct Amount {
    /// Before and after the decimal point.
    whole: String,
    fraction: String,
}

impl Amount {
    /// "195" or "195.00".
    pub(in crate::practice) fn written(text: &str) -> Result<Self, Unfit> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let bad = whole.is_empty() || !digits(whole) || !digits(fraction) || text.ends_with('.');
        if bad || whole.len() > 12 || fraction.len() > 4 {
            return Err(Unfit::NoSum(text.chars().take(40).collect()));
        }
        Ok(Self {
            whole: whole.into(),
            fraction: fraction.into(),
        })
    }

    /// As a person types it: also "$1,250", "120,50" and "120.00" of a currency without cents.
    pub(in crate::practice) fn typed(text: &str, currency: Currency) -> Result<Self, Unfit> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Unfit::Empty);
        }
        let sign = |c: char| c.is_whitespace() || "$€£¥₹₩₪".contains(c);
        let bare = text.replace(currency.code(), "");
        let bare = bare.trim_matches(sign);
        let point = match bare.rsplit_once(',') {
            Some((_, cents)) if !bare.contains('.') && cents.len() <= 2 && bare.matches(',').count() == 1 => {
                bare.replace(',', ".")
            }
            Some(_) if thousands(bare) => bare.replace(',', ""),
            _ => bare.to_owned(),
        };
        let mut amount = Self::written(&point).map_err(|_| Unfit::NoSum(text.chars().take(40).collect()))?;
        if currency.digits() == 0 && amount.fraction.bytes().all(|b| b == b'0') {
            amount.fraction.clear();
        }
        Ok(amount)
    }

    /// Minor units of `currency`, unless it has more digits than that has.
    pub(in crate::practice) fn minor(&self, currency: Currency) -> Result<i64, Unfit> {
        let digits = usize::try_from(currency.digits()).unwrap_or(2);
        if self.fraction.len() > digits {
            return Err(Unfit::Digits(currency));
        }
        let text = format!("{}{:0<digits$}", self.whole, self.fraction);
        text.parse().map_err(|_| Unfit::TooLarge)
    }
}

/// Whether each comma before the point parts three digits: "1,250.00".
fn thousands(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().is_some_and(|g| (1..=3).contains(&g.len()));
    first && groups.all(|g| g.len() == 3)
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::written(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The windows of one day, none of them overlapping.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<Window>")]
pub(in crate::practice) struct Windows(pub(in crate::practice) Vec<Window>);

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
pub(in crate::practice) enum Moment {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_read_as_people_type_it() {
        let minor = |text: &str, code: &str| {
            let currency = code.parse().unwrap();
            Amount::typed(text, currency).and_then(|a| a.minor(currency))
        };
        for (text, cents) in [
            ("120", 12_000),
            ("120.00", 12_000),
            (" $120.5 ", 12_050),
            ("1,250", 125_000),
            ("1,250.75", 125_075),
            ("120,50", 12_050),
            ("USD 80", 8_000),
            ("0", 0),
        ] {
            assert_eq!(minor(text, "USD"), Ok(cents), "{text}");
        }
        for (text, yen) in [("5000", 5_000), ("5000.00", 5_000), ("¥5,000", 5_000)] {
            assert_eq!(minor(text, "JPY"), Ok(yen), "{text}");
        }
        assert_eq!(minor("12.500", "KWD"), Ok(12_500));
        assert_eq!(minor("", "USD"), Err(Unfit::Empty));
        for bad in ["-5", "a lot", "1,25,0", "12.", "1.2.3", "12,", "1e3", "9999999999999"] {
            assert!(
                matches!(minor(bad, "USD"), Err(Unfit::NoSum(_))),
                "{bad}: {:?}",
                minor(bad, "USD")
            );
        }
        assert!(matches!(minor("19.505", "USD"), Err(Unfit::Digits(_))));
        assert!(matches!(minor("19.5", "JPY"), Err(Unfit::Digits(_))));
    }
}
