//! Finding appointments at the desk: by part of a name, an address or a number, by day, and by what became of them.

use jiff::civil::Date;
use kernel::fold::fold;
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DbErr};
use serde::{Deserialize, Serialize};

use super::list::{Page, PageKey};
use crate::practice::mode::words;
use crate::store::found::{Wanted, Whose};
use crate::{Booking, store};

/// The longest text to look for, in characters.
const LONGEST: usize = 100;
/// So many words of it are looked at.
const WORDS: usize = 6;
/// More families than these are not looked up one by one.
const FEW: usize = 200;
/// No visit is longer.
const LONGEST_VISIT_MINUTES: i64 = 24 * 60;

/// What became of an appointment, as the desk asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Waits for payment or is confirmed, and is not over.
    #[default]
    Coming,
    /// Waits for payment.
    AwaitingPayment,
    /// Its time is over, whatever became of it.
    Past,
    /// It took place.
    Completed,
    /// Nobody came.
    NoShow,
    /// Called off by either side.
    Cancelled,
    /// Not paid in time.
    Expired,
    /// Every one.
    Any,
}

words!(
    Which,
    "coming, awaiting_payment, past, completed, no_show, cancelled, expired, any",
    Coming = "coming",
    AwaitingPayment = "awaiting_payment",
    Past = "past",
    Completed = "completed",
    NoShow = "no_show",
    Cancelled = "cancelled",
    Expired = "expired",
    Any = "any"
);

/// There is not a letter and not a digit in what shall be found, or far too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NothingToFind {
    /// No letter and no digit.
    #[error("there is no letter and no digit to look for")]
    Empty,
    /// More than a name, an address or a number.
    #[error("a text to look for has at most 100 characters")]
    Long,
}

/// What the desk looks for. `Debug` shows no name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Search {
    words: Vec<String>,
    /// On this day of the practice's calendar.
    pub day: Option<Date>,
    /// What became of it.
    pub which: Which,
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Search({} words, {:?}, {})", self.words.len(), self.day, self.which)
    }
}

impl Search {
    /// Every word of `text` shall be part of the name, the address or the number; case, marks and the signs in a number make no
    /// difference. An empty text asks for nothing.
    pub fn parse(text: &str, day: Option<Date>, which: Which) -> Result<Self, NothingToFind> {
        if text.chars().count() > LONGEST {
            return Err(NothingToFind::Long);
        }
        let folded = fold(text);
        let mut words: Vec<String> = folded.split(' ').map(word).filter(|w| !w.is_empty()).collect();
        if words.is_empty() && !folded.is_empty() {
            return Err(NothingToFind::Empty);
        }
        words.truncate(WORDS);
        Ok(Self { words, day, which })
    }

    /// Whether the latest stand first: whatever is not coming and is of no single day.
    pub fn latest_first(&self) -> bool {
        self.day.is_none() && !matches!(self.which, Which::Coming | Which::AwaitingPayment)
    }
}

/// A word as it is looked for: of a number its digits, of anything else what stands between its signs.
fn word(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits > 0 && text.chars().all(|c| c.is_ascii_digit() || "-().+/".contains(c)) {
        return text.chars().filter(char::is_ascii_digit).collect();
    }
    text.trim_matches(|c: char| !c.is_alphanumeric() && c != '@').into()
}

impl Booking {
    /// The appointments that are found, `limit` at a time; see [`Search::latest_first`] for their order.
    pub async fn find(&self, search: &Search, after: Option<PageKey>, limit: u64, now: Instant) -> Result<Page, DbErr> {
        let db = self.0.db.reader();
        let whose = whose(db, &search.words).await?;
        let mut wanted = Wanted {
            whose,
            from: None,
            until: None,
            ends_after: None,
            ended_by: None,
            states: states(search.which),
            latest_first: search.latest_first(),
            after: after.map(|key| (key.start, key.id)),
        };
        match search.which {
            Which::Coming => {
                wanted.from = Some(now.plus_minutes(-LONGEST_VISIT_MINUTES));
                wanted.ends_after = Some(now);
            }
            Which::Past => {
                wanted.until = Some(now);
                wanted.ended_by = Some(now);
            }
            _ => {}
        }
        if let Some(day) = search.day {
            let Some(practice) = store::practice::load(db).await? else {
                return Ok(Page::default());
            };
            let from = practice.zone.start_of_day(day);
            let until = practice.zone.start_of_day(day.tomorrow().unwrap_or(day));
            wanted.from = Some(wanted.from.map_or(from, |at| at.max(from)));
            wanted.until = Some(wanted.until.map_or(until, |at| at.min(until)));
        }
        let rows = store::found::find(db, &wanted, limit.saturating_add(1)).await?;
        self.page(db, rows, limit).await
    }
}

/// The families that the words find, if they are few.
async fn whose(db: &impl ConnectionTrait, words: &[String]) -> Result<Whose, DbErr> {
    if words.is_empty() {
        return Ok(Whose::All);
    }
    let families = store::family::found(db, words, FEW as u64 + 1).await?;
    Ok(if families.len() > FEW {
        Whose::Found(words.to_vec())
    } else {
        Whose::Of(families)
    })
}

fn states(which: Which) -> &'static [&'static str] {
    match which {
        Which::Coming => &["awaiting_payment", "confirmed"],
        Which::AwaitingPayment => &["awaiting_payment"],
        Which::Completed => &["completed"],
        Which::NoShow => &["no_show"],
        Which::Cancelled => &["cancelled"],
        Which::Expired => &["expired"],
        Which::Past | Which::Any => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Search::parse(text, None, Which::Any).unwrap().words
    }

    #[test]
    fn a_text_is_looked_for_word_by_word() {
        assert_eq!(words("  Sinéad   DALY "), ["sinead", "daly"]);
        assert_eq!(words("(828) 555-0199"), ["828", "5550199"]);
        assert_eq!(words("+1.828.555"), ["1828555"]);
        assert_eq!(words("o'brien, ann@example.org"), ["o'brien", "ann@example.org"]);
        assert_eq!(words(""), Vec::<String>::new());
        assert_eq!(words("a b c d e f g h").len(), WORDS);
        assert_eq!(Search::parse("%_%", None, Which::Any), Err(NothingToFind::Empty));
        assert_eq!(
            Search::parse(&"x".repeat(101), None, Which::Any),
            Err(NothingToFind::Long)
        );
    }
}
