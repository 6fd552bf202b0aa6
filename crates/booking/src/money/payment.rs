//! The consultant's own mark that a visit was paid.

use kernel::db::write;
use kernel::id::{AppointmentId, LoginId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use super::paid::{Received, pay_appointment};
use crate::Booking;
use crate::appointment::{AppointmentView, State};
use crate::practice::mode::words;
use crate::store;

/// How a visit was paid without a payment service.
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
        by: PaidBy,
        login: LoginId,
        now: Instant,
    ) -> Result<AppointmentView, PayError> {
        write(&self.0.db, (self.clone(), id, by, login, now), mark).await
    }
}

async fn mark(
    tx: &DatabaseTransaction,
    (booking, id, by, login, now): &(Booking, AppointmentId, PaidBy, LoginId, Instant),
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
    let received = Received::by_hand(booking, *by, owed, Some(*login), *now);
    let paid = pay_appointment(tx, booking, &row, state, &received, *now).await?;
    paid.ok_or(PayError::AlreadyPaid)
}
