//! Letters: texts in Markdown, published as articles, mailed to those who want to hear of their topic, or both.
//!
//! A letter is a file: TOML between two lines `+++`, then Markdown. What it says of itself is checked when it is added; what it shows
//! is made from the Markdown each time, with everything taken out that could run, or tell another site who reads.
//!
//! [`send`] starts a letter and fixes its recipients; the sender of [`crate::outbox`] takes them in turn, asking [`deliver`] who still
//! wants it; [`ledger`] says what has become of it.

mod again;
pub(crate) mod deliver;
mod front_matter;
mod ledger;
mod letter;
mod markdown;
mod personal;
mod picture;
mod preflight;
mod schedule;
mod send;
mod test_mail;
mod text;
mod write;

pub use again::{Stretch, Undelivered};
pub use front_matter::FrontMatterError;
pub use ledger::{Audience, Excluded, Exclusion, Ledger};
pub use letter::{AddLetterError, Added, Article, LetterLine, LetterState};
pub use markdown::Heading;
pub use personal::filled;
pub use picture::{LARGEST_PICTURE, Picture, PictureError, PictureFile};
pub use preflight::{Finding, Looked, Weight, look, own_paths};
pub use send::LetterError;
pub use test_mail::TEST_MAIL;
pub use text::LetterText;
pub use write::{Draft, KeptLetter};

pub use crate::store::letter::{Cursor, LetterHead};
