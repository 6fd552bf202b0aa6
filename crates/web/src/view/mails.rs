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
mod receipt;
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
pub use purchase::{DeskPurchase, PurchaseEnding, PurchaseLink, PurchasePaid, PurchaseRequested};
pub use receipt::ReceiptMail;
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

pub use kernel::called::{greeting_name, listed_name};

#[cfg(test)]
mod tests;
