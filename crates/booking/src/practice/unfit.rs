//! Why a value of the practice is not taken, whether it stands in a practice file or was typed at the desk.

use kernel::money::Currency;

use super::mode::NoSuchWord;

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is needed.
    #[error("this text must not be empty")]
    Empty,
    /// It has several lines, or signs that are none.
    #[error("this text must be one line without control characters")]
    OneLine,
    /// It has signs that are none.
    #[error("this text holds control characters")]
    Control,
    /// It has more characters than that.
    #[error("this text is longer than {0} characters")]
    TooLong(usize),
    /// It is no whole number.
    #[error("{0:?} is no whole number")]
    NoNumber(String),
    /// It is too small or too large.
    #[error("{number} is not between {least} and {most}")]
    NotWithin {
        /// What was written.
        number: i64,
        /// The smallest that is taken.
        least: u32,
        /// The largest.
        most: u32,
    },
    /// It is no sum of money.
    #[error("{0:?} is no sum of money; write \"195.00\"")]
    NoSum(String),
    /// It is finer than the currency's smallest coin.
    #[error("{0} has {n} digits after the point", n = .0.digits())]
    Digits(Currency),
    /// More than can be counted.
    #[error("this sum is too large")]
    TooLarge,
    /// There must be at least so many.
    #[error("at least {0} are needed")]
    TooFew(usize),
    /// There may be at most so many.
    #[error("at most {0} are taken")]
    TooMany(usize),
    /// It is none of the words that are allowed here.
    #[error(transparent)]
    Word(#[from] NoSuchWord),
}
