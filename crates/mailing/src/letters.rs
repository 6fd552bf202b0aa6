//! Letters: texts in Markdown, published as articles. Mailing them comes with the letter sender.
//!
//! A letter is a file: TOML between two lines `+++`, then Markdown. What it says of itself is checked when it is added; what it shows
//! is made from the Markdown each time, with everything taken out that could run, or tell another site who reads.

mod front_matter;
mod letter;
mod markdown;

pub use front_matter::FrontMatterError;
pub use letter::{AddLetterError, Added, Article, LetterLine, LetterState};
pub use markdown::Heading;

pub use crate::store::letter::{Cursor, LetterHead};
