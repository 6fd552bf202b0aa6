//! The public pages: one context a page, each a plain struct of what the page says.
//!
//! Strings arrive finished (dates, times and money from [`super::format`]); a state is an enum of this module, so that a
//! template can only be asked for words that exist.

mod error;

pub use error::{ErrorKind, ErrorPage};
