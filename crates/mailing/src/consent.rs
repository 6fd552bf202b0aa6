//! Who may be written to: subscribers, how they say yes, and how they leave.
//!
//! Nobody is subscribed by a form: a request leads to a confirmation mail, and the link in it to a button. The answer to a request is
//! the same for every address, whatever is known of it; looking at a link changes nothing; a used link never brings back someone who
//! has left. Every step is written down in a proof log that is only ever added to.

mod address;
mod admission;
mod confirm;
mod csv;
mod erase;
mod export;
mod held;
mod import;
mod leave;
mod mute;
mod opt_in;
mod pause;
mod person;
mod subscriber;
mod topics;

pub use address::{ADDRESS_MAIL, AddressAsked, AddressLink, AddressMail};
pub use confirm::{Confirmed, LinkState, Progress};
pub use csv::CsvError;
pub(crate) use csv::written;
pub use export::{ExportError, ExportPage};
pub use import::{ImportError, ImportLine, ImportState, Imported, Skipped, Told, import_file};
pub use leave::{Left, Preferences, TopicsSet, Undone};
pub use opt_in::{Subscribe, Subscribed};
pub use pause::Paused;
pub use person::{Certificate, Evidence, Find, FoundSubscribers, HerLetter, Person, ProofLine, SubscriberLine};
pub use subscriber::State;
pub use topics::{Topic, Topics, UnknownTopic};

use jiff::SignedDuration;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use crate::Mailing;
use crate::store::subscriber as rows;
pub use crate::store::subscriber::Counts;

/// The template of the confirmation mail; its context is a [`ConfirmMail`].
pub const CONFIRM_MAIL: &str = "newsletter-confirm";
/// How long a confirmation link is good.
pub const LINK_VALID: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long leaving can be undone.
pub const UNDO: SignedDuration = SignedDuration::from_mins(10);

const CONFIRM_LINK: &str = "newsletter-confirm";
const PREFERENCES_LINK: &str = "newsletter-preferences";
const UNSUBSCRIBE_LINK: &str = "newsletter-unsubscribe";

/// What a person was shown when she said yes, or chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// The name of this wording; a changed text gets a new one.
    pub version: String,
    /// The exact text.
    pub text: String,
}

/// The context of the confirmation mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmMail {
    /// Whose link.
    pub subscriber: SubscriberId,
    /// Which of her links.
    pub generation: i32,
    /// Until when it was good when the mail was promised.
    pub ends_at: Instant,
}

impl Mailing {
    /// The text of the link in a confirmation mail.
    pub fn confirmation_token(&self, mail: &ConfirmMail) -> Token {
        self.keys.links.link(CONFIRM_LINK, mail.subscriber.0, mail.generation)
    }

    /// The text of the links with which a subscriber changes her topics; it also lets her leave.
    pub fn preferences_token(&self, subscriber: SubscriberId) -> Token {
        self.keys.links.link(PREFERENCES_LINK, subscriber.0, 0)
    }

    /// The text of the links with which a subscriber leaves (RFC 8058); it also lets her change her topics.
    pub fn unsubscribe_token(&self, subscriber: SubscriberId) -> Token {
        self.keys.links.link(UNSUBSCRIBE_LINK, subscriber.0, 0)
    }

    /// How many subscribers are in which state.
    pub async fn subscriber_counts(&self) -> Result<Counts, DbErr> {
        rows::counts(self.db.reader()).await
    }
}
