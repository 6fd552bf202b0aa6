//! The consultant's own mark that a visit was paid.

use kernel::db::write;
use kernel::id::{AppointmentId, LoginId, PaymentId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use crate::Booking;
use crate::appointment::{AppointmentView, Notice, NoticeKind, Party, State};
use crate::practice::mode::words;
use crate::store::{self, history};

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
}

words!(
    PaidBy,
    "cash, transfer, card, other",
    Cash = "cash",
    Transfer = "transfer",
    Card = "card",
    Other = "other"
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
    if row.paid_at.is_some() {
        return Err(PayError::AlreadyPaid);
    }
    let before = row.state()?;
    let facts = booking.facts(tx, &row).await?;
    // Of a visit that did not take place only what she keeps is paid, and it changes nothing else.
    let gone = matches!(before, State::Cancelled { .. } | State::NoShow);
    let state = if gone && !facts.owed().is_zero() {
        before
    } else {
        before.pay().map_err(|e| PayError::NotPayable(e.from))?
    };
    let minor = facts.owed().minor;
    if minor == 0 {
        return Err(PayError::NothingToPay);
    }
    let mut new = store::appointment::moved(&row, state, *now);
    new.paid_at = Some(*now);
    if !store::appointment::change(tx, &row, &new).await? {
        return Err(PayError::AlreadyPaid);
    }
    let payment = store::payment::Model {
        id: PaymentId::new(*now, &booking.0.chance),
        appointment_id: row.id,
        provider: "manual".into(),
        provider_id: None,
        method: by.to_string(),
        minor,
        currency: row.currency.clone(),
        paid_at: *now,
        login_id: Some(*login),
    };
    let line = history::Line {
        appointment: row.id,
        event: "paid",
        who: Party::Consultant,
        login: Some(*login),
        facts: serde_json::json!({ "payment": payment.id, "method": by, "minor": minor, "currency": row.currency, "state": new.state }),
    };
    store::payment::add(tx, payment).await?;
    history::add(tx, line, *now, &booking.0.chance).await?;
    let facts = booking.facts(tx, &new).await?;
    if matches!(before, State::AwaitingPayment { .. }) {
        let kind = NoticeKind::Confirmed { was_requested: true };
        let notice = Notice {
            kind,
            facts: facts.clone(),
        };
        booking.0.notices.notify(tx, &notice, *now).await?;
    }
    Ok(booking.view(facts, &new))
}
