//! The port through which a booking tells others of itself, inside its own transaction.
//!
//! Whoever implements it writes into the same transaction, so that an appointment, its history and its
//! mails are committed or vanish together; a pool cannot be passed by mistake.

use std::pin::Pin;

use kernel::email::EmailAddress;
use kernel::id::{AppointmentId, ClientLinkId};
use kernel::instant::Instant;
use kernel::money::Money;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use super::facts::AppointmentFacts;
use crate::money::{BackWhy, PurchaseNotice, Receipt};
use crate::practice::Slug;
use crate::source::SourceNotice;

/// What a notice's future is.
pub type Noticing<'a> = Pin<Box<dyn Future<Output = Result<(), DbErr>> + Send + 'a>>;

/// Hears of everything that the parent or the consultant must be told.
pub trait Notices: Send + Sync {
    /// Called inside the write transaction of the use case, once for each notice.
    fn notify<'a>(&'a self, tx: &'a DatabaseTransaction, notice: &'a Notice, now: Instant) -> Noticing<'a>;

    /// Called inside the write transaction of a purchase and of its payment.
    fn purchase<'a>(&'a self, tx: &'a DatabaseTransaction, notice: &'a PurchaseNotice, now: Instant) -> Noticing<'a>;

    /// Called inside the write transaction in which one of her other calendars could not be read for too long.
    fn source<'a>(&'a self, tx: &'a DatabaseTransaction, notice: &'a SourceNotice, now: Instant) -> Noticing<'a>;

    /// Called inside the write transaction of a payment that tells of nothing else, and when a receipt shall be sent once more.
    fn receipt<'a>(&'a self, tx: &'a DatabaseTransaction, receipt: &'a Receipt, now: Instant) -> Noticing<'a>;

    /// Called inside the write transaction in which a family falls silent, or may be written to again.
    fn silence<'a>(&'a self, tx: &'a DatabaseTransaction, silence: &'a Silence, now: Instant) -> Noticing<'a>;
}

/// A family that gets nothing of our own accord any more, or may get it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Its addresses: the parent's, and those of the second persons she named.
    pub addresses: Vec<EmailAddress>,
    /// Whether it is silent now.
    pub silent: bool,
    /// Its coming visits: reminders of them that wait are taken back.
    pub appointments: Vec<AppointmentId>,
}

/// Something that happened to an appointment; facts and ids, no links (they are derived when a mail is rendered).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub kind: NoticeKind,
    /// The appointment after it happened.
    pub facts: AppointmentFacts,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoticeKind {
    /// Booked, and kept until it is paid: no calendar part.
    Requested {
        /// The practice's own words on how to pay.
        how_to_pay: String,
        /// Whether it is paid online, from its own page.
        #[serde(default)]
        online: bool,
    },
    /// It takes place: booked so, or paid by now. With the invitation.
    Confirmed {
        /// Whether it waited for payment before, so that the consultant knows of it already.
        was_requested: bool,
    },
    /// The parent cancelled; the calendar entry goes, unless it never was confirmed.
    CancelledByParent {
        /// Whether an invitation was sent.
        was_confirmed: bool,
    },
    /// The consultant cancelled.
    CancelledByConsultant {
        /// What she says to the family.
        message: Option<String>,
        /// Whether an invitation was sent.
        was_confirmed: bool,
    },
    /// It was moved. With the invitation of its new time, unless it still waits for payment.
    Moved {
        /// Where it stood before.
        from: Instant,
        /// Until when that was.
        from_until: Instant,
        /// Whether the consultant moved it: then the family may decline with everything back.
        by_consultant: bool,
        /// What she says to the family.
        message: Option<String>,
    },
    /// The parent named another second recipient, or none. Neither she nor the consultant is told.
    SecondRecipient {
        /// Who got its mails until now.
        was: Option<EmailAddress>,
    },
    /// The consultant sends the family a link to book what is for clients. Not a word about this appointment.
    ClientLink {
        /// Which link.
        link: ClientLinkId,
        /// Which generation of it.
        generation: i32,
        /// Until when it holds.
        ends_at: Instant,
        /// What it books.
        offering: Slug,
    },
    /// It was not paid in time.
    HoldExpired,
    /// Money that was paid for it goes back, for another reason than a cancellation that says so itself.
    GivenBack {
        /// How much.
        amount: Money,
        /// Why.
        why: BackWhy,
    },
    /// Something of what it asks is not there: for the parent alone, and once.
    IntakeAsked {
        /// Until when it may leave; later it is of no use.
        until: Instant,
    },
    /// It comes nearer: for the parent alone.
    Reminder {
        /// Which of its offering's reminders it is: the minutes before the start that it names.
        minutes: u32,
        /// Until when it may leave; later it is of no use.
        until: Instant,
        /// Whether it also asks, once, for what is not there of the answers.
        #[serde(default)]
        asks: bool,
    },
}

impl NoticeKind {
    /// Its word, for keys and templates.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "requested",
            Self::Confirmed { .. } => "confirmed",
            Self::CancelledByParent { .. } => "cancelled_by_parent",
            Self::CancelledByConsultant { .. } => "cancelled_by_consultant",
            Self::Moved { .. } => "moved",
            Self::SecondRecipient { .. } => "second_recipient",
            Self::ClientLink { .. } => "client_link",
            Self::HoldExpired => "hold_expired",
            Self::GivenBack { .. } => "given_back",
            Self::IntakeAsked { .. } => "intake_asked",
            Self::Reminder { .. } => "reminder",
        }
    }
}
