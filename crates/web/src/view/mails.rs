//! The mails: one context each, and the three parts made from it.
//!
//! A mail is a folder under `templates/mail/` with `subject.txt`, `text.txt` and `html.html`; its name is the job's kind in
//! the outbox. Sender, subject and first lines are read by others over her shoulder: they say the discreet name, a date, and
//! no health word. Of what the visitor typed only her name appears, and only as [`greeting_name`] or [`listed_name`] let it.
//! Dates, times and money arrive as finished strings; nothing a mail says may depend on the day it is read ("tomorrow").

mod appointment;
mod desk;
mod intake;
mod letter;
mod newsletter;
mod parts;
mod purchase;
mod refund;
mod reminder;
mod second;

pub use appointment::{
    AppointmentCancelled, AppointmentConfirmed, AppointmentExpired, AppointmentMoved, AppointmentRequested, How, When,
};
pub use desk::{DeskBooked, DeskCancelled, DeskMode, DeskMoved, DeskReset, DeskSource};
pub use intake::IntakeNudge;
pub use letter::LetterWords;
pub use newsletter::{NewsletterAddress, NewsletterConfirm};
pub use parts::{MailParts, render};
pub use purchase::{DeskPurchase, PurchasePaid, PurchaseRequested};
pub use refund::{AppointmentRefund, PurchaseRefund, Why};
pub use reminder::AppointmentReminder;
pub use second::{AppointmentClientLink, AppointmentSecond, SecondNews};

use serde::Serialize;

/// A mail: the folder of its templates, and the facts it shows.
pub trait MailFacts: Serialize {
    /// The folder below `templates/mail/`, which is also the kind of its job in the outbox.
    const KIND: &'static str;

    /// One value for every state worth looking at; the tests and the gallery render each of them.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// Who signs, and what stands at the foot of every mail.
#[derive(Debug, Clone, Serialize)]
pub struct Signature {
    /// The practice's discreet name, "Nora Tillery".
    pub name: String,
    /// Its postal address in one line.
    pub postal_address: String,
    /// Its own line about emergencies, in full sentences.
    pub emergency: String,
}

impl Signature {
    /// The signature of an invented practice, for samples.
    pub fn sample() -> Self {
        Self {
            name: "Nora Tillery".into(),
            postal_address: "41 Haywood Road, Asheville, NC 28806, USA".into(),
            emergency: "My mailbox and my calendar are not for emergencies: call 911, or your paediatrician, when it cannot wait.".into(),
        }
    }
}

/// The longest name a mail repeats, in characters.
const NAME_LIMIT: usize = 60;

/// A typed name, fit for a mail: one line, at most 60 characters, and nothing a mail program would turn into a link or a
/// number to call. None when nothing of it can be said.
pub fn listed_name(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter_map(plain_word)
        .collect();
    let mut name = String::new();
    for word in words {
        if name.chars().count() + word.chars().count() >= NAME_LIMIT {
            break;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(&word);
    }
    (!name.is_empty()).then_some(name)
}

/// The first name for "Hello …,": the first word of [`listed_name`], or all of it when that word is an initial or a title.
pub fn greeting_name(typed: &str) -> Option<String> {
    let name = listed_name(typed)?;
    let first = name.split(' ').next().unwrap_or_default();
    let whole = first.ends_with('.') || first.chars().count() < 2;
    Some(if whole { name } else { first.to_owned() })
}

/// A word of a name: letters of any script with their marks, apostrophes, hyphens, a dot at the end ("Dr.") or after
/// single letters ("J.R."). Words that hold anything else, as an address or a number does, are left out whole.
fn plain_word(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| matches!(c, ',' | ';' | '"' | '(' | ')' | '“' | '”'));
    let (stem, dot) = word.strip_suffix('.').map_or((word, ""), |stem| (stem, "."));
    let fits = |c: char| c.is_alphabetic() || is_mark(c) || matches!(c, '\'' | '’' | 'ʼ' | '-' | '‐' | '·');
    let initials = stem
        .split('.')
        .all(|letter| letter.chars().count() == 1 && letter.chars().all(char::is_alphabetic));
    let speaks = stem.chars().any(char::is_alphabetic) && stem.chars().all(fits);
    ((initials || speaks) && stem.chars().count() < NAME_LIMIT).then(|| format!("{stem}{dot}"))
}

/// Combining marks, which are letters' accents in decomposed text and vowels in Indic scripts, and the joiners between them.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36F | 0x591..=0x5C7 | 0x610..=0x61A | 0x64B..=0x65F | 0x900..=0xDFF | 0xE31..=0xEBC | 0x1AB0..=0x1AFF | 0x200C..=0x200D)
}

#[cfg(test)]
mod tests;
