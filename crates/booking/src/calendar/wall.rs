//! Wall-clock time as plain numbers, for expanding recurrences quickly.
//!
//! Recurrence rules speak of the wall clock (RFC 5545, 3.3.10), so they are expanded without any zone and
//! only their answers are mapped to instants. Days are counted in the proleptic Gregorian calendar.

/// Seconds of a day on the wall clock.
pub(super) const DAY: i64 = 86_400;

/// Seconds on a wall clock since 1970-01-01T00:00:00 on the same clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Wall(pub i64);

impl Wall {
    /// The moment `second` seconds into a day.
    pub fn at(day: i64, second: i64) -> Self {
        Self(day * DAY + second)
    }

    /// Days since 1970-01-01.
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// Seconds since midnight.
    pub fn second(self) -> i64 {
        self.0.rem_euclid(DAY)
    }

    /// `seconds` later on the same clock.
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

/// Days from 1970-01-01 to a date; the month and day have to exist. (Hinnant, `days_from_civil`.)
pub(super) fn day_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a day number. (Hinnant, `civil_from_days`.)
pub(super) fn date_of(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * march + 2) / 5 + 1)
}

/// 0 for Monday to 6 for Sunday.
pub(super) fn weekday_of(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

/// How many days a month has.
pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// How many days a year has.
pub(super) fn days_in_year(year: i64) -> i64 {
    365 + i64::from(is_leap(year))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Span;
    use jiff::civil::Date;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn days_are_those_of_the_time_library(day in -3_000_000i64..2_900_000) {
            let (year, month, of_month) = date_of(day);
            prop_assert_eq!(day_of(year, month, of_month), day);
            let civil = Date::constant(1970, 1, 1) + Span::new().days(day);
            prop_assert_eq!((i64::from(civil.year()), i64::from(civil.month()), i64::from(civil.day())), (year, month, of_month));
            prop_assert_eq!(i64::from(civil.weekday().to_monday_zero_offset()), weekday_of(day));
            prop_assert_eq!(i64::from(civil.days_in_month()), days_in_month(year, month));
            prop_assert_eq!(i64::from(civil.days_in_year()), days_in_year(year));
        }
    }
}
