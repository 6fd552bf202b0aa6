//! Babies, as their parent names them when she books: a name, a date of birth or a due date, or both.

use std::fmt;

use jiff::civil::Date;

use super::contact::{NotAName, ParentName};

/// How many babies can be named at one booking.
pub const MOST_BABIES: usize = 6;
/// The oldest child that can be meant, in days: six years.
const OLDEST_DAYS: i64 = 6 * 366;
/// The furthest due date that can be meant, in days: a pregnancy and a little more.
const FURTHEST_DAYS: i64 = 300;
/// Dates nearer to each other than this, in days, are of one pregnancy: a due date lies up to 17 weeks from the birth,
/// and two births lie further apart.
const ONE_PREGNANCY_DAYS: i64 = 140;

/// A baby as she was named at a booking; at least one of the two is known.
#[derive(Clone, PartialEq, Eq)]
pub struct Baby {
    name: Option<String>,
    born: Option<Date>,
}

/// Why this is no baby.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotABaby {
    /// The name is none.
    #[error("a baby's {0}")]
    Name(#[source] NotAName),
    /// The date is none of the calendar.
    #[error("a date is year, month and day, such as 2026-11-25")]
    Date,
    /// Nobody who is visited was born then, or will be.
    #[error("this date is too far away for a baby")]
    TooFar,
}

/// Whether two were named for the same birth. Twins are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// They were.
    Yes,
    /// They were not: another child.
    No,
    /// What was said does not tell.
    Unknown,
}

impl Baby {
    /// Parses a name and a date ("2026-11-25", birth or due), either of which may be blank; none when both are. `today`
    /// is the parent's date.
    pub fn parse(name: &str, born: &str, today: Date) -> Result<Option<Self>, NotABaby> {
        let name = match name.trim() {
            "" => None,
            typed => Some(ParentName::parse(typed).map_err(NotABaby::Name)?.as_str().to_owned()),
        };
        let born = match born.trim() {
            "" => None,
            typed => Some(typed.parse::<Date>().map_err(|_| NotABaby::Date)?),
        };
        if born.is_some_and(|date| !(-OLDEST_DAYS..=FURTHEST_DAYS).contains(&days(today, date))) {
            return Err(NotABaby::TooFar);
        }
        Ok((name.is_some() || born.is_some()).then_some(Self { name, born }))
    }

    /// As it was stored.
    pub(crate) const fn stored(name: Option<String>, born: Option<Date>) -> Self {
        Self { name, born }
    }

    /// The name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The date of birth, or the due date.
    pub const fn born(&self) -> Option<Date> {
        self.born
    }

    /// Whether the other was named for the same birth: by the dates, where both are known, else by the names.
    pub fn same(&self, other: &Self) -> Same {
        match (self.born, other.born, &self.name, &other.name) {
            (Some(a), Some(b), ..) if days(a, b).abs() < ONE_PREGNANCY_DAYS => Same::Yes,
            (Some(_), Some(_), ..) => Same::No,
            (.., Some(a), Some(b)) if a.to_lowercase() == b.to_lowercase() => Same::Yes,
            _ => Same::Unknown,
        }
    }
}

impl fmt::Debug for Baby {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Baby(…)")
    }
}

fn days(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baby(name: &str, born: &str) -> Baby {
        Baby::parse(name, born, "2026-03-02".parse().unwrap()).unwrap().unwrap()
    }

    #[test]
    fn a_baby_has_a_name_or_a_date_within_reason() {
        let today = "2026-03-02".parse().unwrap();
        assert_eq!(Baby::parse(" ", "", today), Ok(None));
        let mia = baby(" Mia  Rose ", "2026-02-01");
        assert_eq!(mia.name(), Some("Mia Rose"));
        assert_eq!(mia.born(), Some("2026-02-01".parse().unwrap()));
        assert_eq!(baby("", "2026-12-20").name(), None);
        let refused = |name: &str, born: &str| Baby::parse(name, born, today).unwrap_err();
        assert_eq!(refused("see www.evil", ""), NotABaby::Name(NotAName::Link));
        for bad in ["soon", "2026-02-30", "02/01/2026", "2026-13-01"] {
            assert_eq!(refused("Mia", bad), NotABaby::Date, "{bad}");
        }
        for far in ["2019-01-01", "2027-03-01", "0001-01-01", "9999-12-31"] {
            assert_eq!(refused("", far), NotABaby::TooFar, "{far}");
        }
    }

    #[test]
    fn twins_and_a_due_date_are_the_same_birth_and_a_later_baby_is_another() {
        let same = |a: &Baby, b: &Baby| {
            assert_eq!(a.same(b), b.same(a));
            a.same(b)
        };
        let mia = baby("Mia", "2026-02-01");
        assert_eq!(same(&mia, &baby("Leo", "2026-02-01")), Same::Yes);
        assert_eq!(same(&mia, &baby("", "2026-03-20")), Same::Yes);
        assert_eq!(same(&mia, &baby("Mia", "2024-06-01")), Same::No);
        assert_eq!(same(&mia, &baby(" mia ", "")), Same::Yes);
        assert_eq!(same(&mia, &baby("Leo", "")), Same::Unknown);
        assert_eq!(same(&baby("Leo", ""), &baby("", "2026-02-01")), Same::Unknown);
    }
}
