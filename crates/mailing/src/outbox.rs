//! Every mail to be sent, durable before anyone is told that it will be sent.
//!
//! A use case calls [`crate::Mailing::enqueue`] inside its own write transaction, so that the mail and what it tells of commit or
//! vanish together. A [`Sender`] claims what is due under its lease, asks [`Compose`] for the words, marks the row *handing over*
//! durably, hands the message to a [`Transport`] and records the answer. [`protocol`] says which answer leads where. The deliveries of
//! a letter go the same way, after the mails that were promised to one person.

mod backoff;
mod bounce;
mod breaker;
mod capture;
mod claimer;
mod compose;
mod crew;
mod dkim;
mod file;
mod message;
mod pace;
pub mod parked;
pub mod protocol;
mod reason;
mod scribe;
mod sender;
mod smtp;
pub(crate) mod ticket;
mod transport;

pub use backoff::Retry;
pub(crate) use bounce::effect::SOFT_KEPT;
pub use bounce::{MailboxError, NotAReturnAddress, ReadReports, ReturnAddress, ReturnPath, Suppressed, SuppressedLine};
pub use breaker::{Away, MailTrouble, Trouble};
pub use capture::{CapturedCalendar, CapturedHead, CapturedMail};
pub use compose::{
    Attachment, CalendarMethod, CalendarPart, Compose, ComposeError, LetterMail, ListHeaders, Mail, MailJob, Mailbox,
    PREFERENCES_PLACE, UNSUBSCRIBE_PLACE,
};
pub use dkim::{Dkim, DkimError};
pub use message::MessageError;
pub use reason::Reason;
pub use sender::{Sender, Settings, Tally};
pub use smtp::{NotAServer, SmtpServer, SmtpTimeouts};
pub use transport::{Transport, TransportError};

use kernel::email::EmailAddress;
use kernel::id::MailId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::Mailing;
use crate::store::outbox as rows;
pub use crate::store::outbox::{OutboxCounts, ThreadMail, WaitingMail};

/// A mail that a use case promises: ids and facts, no words and no links, for those are made when it is sent.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// What makes it this mail and no other, such as `appointment:{id}:{kind}:{sequence}`: the same key again is no second mail.
    pub key: String,
    /// The name of its template.
    pub kind: &'static str,
    /// The one recipient.
    pub to: EmailAddress,
    /// What the template needs: ids and facts.
    pub context: serde_json::Value,
    /// The order it belongs to, if any.
    pub thread: Option<Thread>,
    /// After this moment it is cancelled instead of sent.
    pub not_after: Option<Instant>,
    /// Who goes first when several wait.
    pub priority: Priority,
}

/// Mails of one thread leave in the order in which they were promised; none leaves while an elder is under way.
#[derive(Clone, Debug)]
pub struct Thread {
    /// One recipient's view of one subject, such as `appointment:{id}:parent`.
    pub name: String,
    /// Elders that still wait are cancelled: this mail says all that they would have said.
    pub cancels_elders: bool,
}

/// Who goes first when several mails wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Somebody sits before the screen and waits for it: confirmations, one-time links.
    High,
    /// Everything else that is promised to one person.
    Normal,
}

impl Mailing {
    /// Promises a mail inside the caller's write transaction; it leaves after the commit, within a second.
    ///
    /// A key that is there already changes nothing, and the id of the mail that has it is returned.
    pub async fn enqueue(&self, tx: &DatabaseTransaction, mail: NewMail, now: Instant) -> Result<MailId, DbErr> {
        rows::enqueue(tx, MailId::new(now, &self.chance), mail, now).await
    }

    /// Cancels what still waits of a thread; says how many.
    pub async fn cancel_thread(&self, tx: &DatabaseTransaction, thread: &str, now: Instant) -> Result<u64, DbErr> {
        rows::cancel_thread(tx, thread, now).await
    }

    /// Takes back the mails of one kind in a thread that are of use only until a moment (`not_after`) and have not begun to leave,
    /// such as the reminders of an appointment that was cancelled; says how many.
    pub async fn recall(&self, tx: &DatabaseTransaction, thread: &str, kind: &str, now: Instant) -> Result<u64, DbErr> {
        rows::recall(tx, thread, kind, now).await
    }

    /// How much waits, is under way, bounced or stayed uncertain.
    pub async fn outbox_counts(&self) -> Result<OutboxCounts, DbErr> {
        rows::counts(self.db.reader()).await
    }

    /// Mails promised since `since` that were refused for good or given up, newest first.
    pub async fn refused(&self, since: Instant, limit: u64) -> Result<Vec<WaitingMail>, DbErr> {
        rows::refused(self.db.reader(), since, limit).await
    }

    /// The mails of a thread, the oldest first.
    pub async fn thread(&self, name: &str) -> Result<Vec<ThreadMail>, DbErr> {
        rows::thread(self.db.reader(), name).await
    }

    /// The mails that wait, or failed since, the oldest promise first, with the last error of each.
    pub async fn waiting(&self, failed_since: Instant, limit: u64) -> Result<Vec<WaitingMail>, DbErr> {
        rows::waiting(self.db.reader(), failed_since, limit).await
    }
}
