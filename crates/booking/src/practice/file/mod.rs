//! The practice file: a whole practice in one TOML text that can be kept in git.
//!
//! [`read`] takes the text apart and refuses what cannot be meant, naming the line; [`merge`] lays it
//! over what is there (what is absent stays, lists are replaced whole) and says what changed; [`show`]
//! writes everything as a file that would change nothing.

mod bookable;
mod change;
pub mod merge;
pub mod read;
mod show;
pub(super) mod value;

use super::hours::Hours;
use super::{Consultant, Offering, Package, Practice};

pub use merge::merge;
pub use read::read;
pub(super) use show::amount;
pub use show::show;

/// Everything that a practice file speaks of. The order of the lists is that of the pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// The practice itself, once there is one.
    pub practice: Option<Practice>,
    /// Its consultants with their hours.
    pub consultants: Vec<(Consultant, Hours)>,
    /// What can be booked.
    pub offerings: Vec<Offering>,
    /// What is sold together.
    pub packages: Vec<Package>,
}

/// Something that applying a file changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What: `practice`, `policy`, `home_zones`, or a kind and a slug.
    pub what: String,
    /// The keys that changed; none when it is new.
    pub keys: Vec<&'static str>,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.keys.is_empty() {
            write!(f, "{}: added", self.what)
        } else {
            write!(f, "{}: {} changed", self.what, self.keys.join(", "))
        }
    }
}

/// Why a practice file is refused; nothing of it is applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct FileError {
    /// The line of the file, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub why: String,
}

impl FileError {
    fn at(text: &str, byte: usize, why: impl std::fmt::Display) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        Self {
            line: before.matches('\n').count() + 1,
            why: why.to_string(),
        }
    }
}
