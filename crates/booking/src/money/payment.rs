//! The consultant's own mark that a visit was paid.

use jiff::civil::Date;
use kernel::db::write;
use kernel::id::{AppointmentId, LoginId, PaymentId};
use kernel::instant::Instant;
use kernel::money::Money;
use kernel::zone::Zone;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use super::ledger::LONGEST_NOTE;
use super::paid::{Received, pay_appointment};
use crate::Booking;
use crate::appointment::{AppointmentView, State};
use crate::practice::mode::words;
use crate::store;

/// In which way something was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidBy {
    /// In cash.
    Cash,
    /// By bank transfer.
    Transfer,
    /// By card, at the visit.
    Card,
    /// By somebody else, or otherwise.
    Other,
    /// On the page of a payment service: never marked by hand.
    Online,
}

words!(
    PaidBy,
    "cash, transfer, card, other, online",
    Cash = "cash",
    Transfer = "transfer",
    Card = "card",
    Other = "other",
    Online = "online"
);

/// The consultant's mark: in which way it was paid, when, and what she notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    by: PaidBy,
    at: Option<Instant>,
    note: Option<String>,
}

impl From<PaidBy> for Mark {
    fn from(by: PaidBy) -> Self {
        Self {
            by,
            at: None,
            note: None,
        }
    }
}

/// What cannot be meant by a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMark {
    /// The day is still to come.
    #[error("it cannot have been paid on a day that is still to come")]
    Future,
    /// The day is more than two years ago.
    #[error("it cannot have been paid so long ago")]
    LongAgo,
    /// The note is too long.
    #[error("the note is longer than {LONGEST_NOTE} characters")]
    Note,
}

impl Mark {
    /// Paid on a day, at noon of `zone`, today at `now`; the note may be empty.
    pub fn on(by: PaidBy, day: Option<Date>, note: &str, zone: &Zone, now: Instant) -> Result<Self, NoMark> {
        let today = zone.date(now);
        let at = match day {
            None => None,
            Some(day) if day == today => None,
            Some(day) if day > today => return Err(NoMark::Future),
            Some(day) if (today - day).get_days() > 2 * 366 => return Err(NoMark::LongAgo),
            Some(day) => Some(zone.instant(day.at(12, 0, 0, 0))),
        };
        let note = note.trim();
        if note.chars().count() > LONGEST_NOTE {
            return Err(NoMark::Note);
        }
        Ok(Self {
            by,
            at,
            note: (!note.is_empty()).then(|| note.to_owned()),
        })
    }

    /// The money that it says came in.
    pub(super) fn received(&self, booking: &Booking, amount: Money, login: LoginId, now: Instant) -> Received {
        Received {
            at: self.at.unwrap_or(now),
            ..Received::by_hand(booking, self.by, amount, Some(login), now)
        }
    }

    /// Keeps the note beside its payment, sealed.
    pub(super) async fn keep_note(
        &self,
        tx: &DatabaseTransaction,
        booking: &Booking,
        of: PaymentId,
    ) -> Result<(), DbErr> {
        let Some(note) = &self.note else { return Ok(()) };
        let sealed = booking.0.keys.seal.seal(note, of.0, &booking.0.chance);
        store::note::add_to_payment(tx, of, sealed.into_bytes()).await
    }
}

/// Why a visit was not marked as paid.
#[derive(Debug, thiserror::Error)]
pub enum PayError {
    /// There is none of this id.
    #[error("no such appointment")]
    NotFound,
    /// It is paid.
    #[error("the visit is paid already")]
    AlreadyPaid,
    /// It costs nothing.
    #[error("the visit costs nothing")]
    NothingToPay,
    /// It is cancelled or expired.
    #[error("the appointment is {0}")]
    NotPayable(&'static str),
    /// The database failed.
    #[error("the payment could not be written")]
    Database(#[from] DbErr),
}

impl Booking {
    /// Marks a visit as paid, or the fee that is kept of one; what waited for it is confirmed, and the invitation is sent. The second mark is refused.
    pub async fn mark_paid(
        &self,
        id: AppointmentId,
        how: impl Into<Mark>,
        login: LoginId,
        now: Instant,
    ) -> Result<AppointmentView, PayError> {
        write(&self.0.db, (self.clone(), id, how.into(), login, now), mark).await
    }
}

async fn mark(
    tx: &DatabaseTransaction,
    (booking, id, how, login, now): &(Booking, AppointmentId, Mark, LoginId, Instant),
) -> Result<AppointmentView, PayError> {
    let row = store::appointment::lock(tx, *id).await?.ok_or(PayError::NotFound)?;
    let before = row.state()?;
    let owed = booking.facts(tx, &row).await?.owed();
    if row.paid_at.is_some() && owed.is_zero() {
        return Err(PayError::AlreadyPaid);
    }
    // Of a visit that did not take place only what she keeps is paid, and it changes nothing else.
    let gone = matches!(before, State::Cancelled { .. } | State::NoShow);
    let state = if gone && !owed.is_zero() {
        before
    } else {
        before.pay().map_err(|e| PayError::NotPayable(e.from))?
    };
    if owed.is_zero() {
        return Err(PayError::NothingToPay);
    }
    let received = how.received(booking, owed, *login, *now);
    let paid = pay_appointment(tx, booking, &row, state, &received, *now).await?;
    let paid = paid.ok_or(PayError::AlreadyPaid)?;
    how.keep_note(tx, booking, received.id).await?;
    Ok(paid)
}
