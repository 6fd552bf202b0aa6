//! Which days a recurrence rule admits (RFC 5545, 3.3.10): BYMONTH, BYMONTHDAY, BYYEARDAY, BYWEEKNO, BYDAY.

use super::rule::{Freq, Rule};
use super::wall::{date_of, day_of, days_in_month, days_in_year, weekday_of};

/// The days of a rule; what it leaves open is taken from its start.
pub(super) struct DayFilter<'a> {
    rule: &'a Rule,
    month: Option<i64>,
    month_day: Option<i64>,
    weekday: Option<i64>,
}

impl<'a> DayFilter<'a> {
    /// `start` is the day of DTSTART.
    pub fn new(rule: &'a Rule, start: i64) -> Self {
        let (_, month, day) = date_of(start);
        let open = rule.weekdays.is_empty() && rule.month_days.is_empty() && rule.year_days.is_empty();
        let by_week = !rule.week_numbers.is_empty();
        let yearly = rule.freq == Freq::Yearly;
        Self {
            rule,
            month: (yearly && open && !by_week && rule.months.is_empty()).then_some(month),
            month_day: (open && (yearly && !by_week || rule.freq == Freq::Monthly)).then_some(day),
            weekday: (open && (yearly && by_week || rule.freq == Freq::Weekly)).then_some(weekday_of(start)),
        }
    }

    /// Is there an occurrence on this day, should it lie in a period of the rule?
    pub fn passes(&self, day: i64) -> bool {
        let rule = self.rule;
        let (year, month, of_month) = date_of(day);
        let weekday = weekday_of(day);
        let from_start = self.month.is_none_or(|m| m == month)
            && self.month_day.is_none_or(|d| d == of_month)
            && self.weekday.is_none_or(|w| w == weekday);
        from_start
            && (rule.months.is_empty() || rule.months.binary_search(&month).is_ok())
            && among(&rule.month_days, of_month, days_in_month(year, month))
            && (rule.year_days.is_empty() || among(&rule.year_days, day - day_of(year, 1, 1) + 1, days_in_year(year)))
            && (rule.weekdays.is_empty() || self.on_weekday(day, year, month, of_month, weekday))
            && (rule.week_numbers.is_empty() || self.in_week(day))
    }

    /// BYDAY: `2MO` is the second Monday of the month, or of the year in a yearly rule without months.
    fn on_weekday(&self, day: i64, year: i64, month: i64, of_month: i64, weekday: i64) -> bool {
        let rule = self.rule;
        let counts = matches!(rule.freq, Freq::Monthly | Freq::Yearly) && rule.week_numbers.is_empty();
        let (place, length) = if rule.freq == Freq::Yearly && rule.months.is_empty() {
            (day - day_of(year, 1, 1), days_in_year(year))
        } else {
            (of_month - 1, days_in_month(year, month))
        };
        rule.weekdays.iter().any(|(which, wanted)| {
            *wanted == weekday
                && (!counts
                    || match which.signum() {
                        0 => true,
                        1 => place / 7 + 1 == *which,
                        _ => (length - 1 - place) / 7 + 1 == -which,
                    })
        })
    }

    /// BYWEEKNO (ISO 8601, with the week's first day as WKST says): week 1 is the first with four days in the year.
    fn in_week(&self, day: i64) -> bool {
        let fourth = day - (weekday_of(day) - self.rule.week_start).rem_euclid(7) + 3;
        let (year, _, _) = date_of(fourth);
        let week = (fourth - day_of(year, 1, 1)) / 7 + 1;
        if self.rule.week_numbers[0] > 0 {
            return self.rule.week_numbers.binary_search(&week).is_ok();
        }
        // The week that holds 28 December is the year's last.
        let december = day_of(year, 12, 28);
        let last = december - (weekday_of(december) - self.rule.week_start).rem_euclid(7) + 3;
        let weeks = (last - day_of(year, 1, 1)) / 7 + 1;
        among(&self.rule.week_numbers, week, weeks)
    }
}

/// Is the `place`-th of `length` in the list, counted from the front or, negative, from the back? An empty list admits all.
fn among(list: &[i64], place: i64, length: i64) -> bool {
    list.is_empty() || list.binary_search(&place).is_ok() || list.binary_search(&(place - length - 1)).is_ok()
}
