//! The consultant waives what is owed: of a visit, or the fee of one that did not take place.

use kernel::db::write;
use kernel::id::{AppointmentId, LoginId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::Owner;
use crate::Booking;
use crate::appointment::{AppointmentView, FeeDecision, Notice, NoticeKind, Party, State};
use crate::store::payment_history::Line;
use crate::store::{self, history, payment_history};

/// Why nothing was waived.
#[derive(Debug, thiserror::Error)]
pub enum WaiveError {
    /// There is none of this id.
    #[error("no such appointment")]
    NotFound,
    /// Nothing is owed.
    #[error("nothing is owed")]
    NothingOwed,
    /// The database failed.
    #[error("it could not be written that it is waived")]
    Database(#[from] DbErr),
}

impl Booking {
    /// Waives what is owed. A visit that waited for its payment is confirmed by it: that is her own mark.
    pub async fn waive(&self, id: AppointmentId, login: LoginId, now: Instant) -> Result<AppointmentView, WaiveError> {
        write(&self.0.db, (self.clone(), id, login, now), waive).await
    }
}

async fn waive(
    tx: &DatabaseTransaction,
    (booking, id, login, now): &(Booking, AppointmentId, LoginId, Instant),
) -> Result<AppointmentView, WaiveError> {
    let row = store::appointment::lock(tx, *id).await?.ok_or(WaiveError::NotFound)?;
    let before = row.state()?;
    let owed = booking.facts(tx, &row).await?.owed();
    if owed.is_zero() {
        return Err(WaiveError::NothingOwed);
    }
    let fee = matches!(before, State::Cancelled { .. } | State::NoShow);
    let mut new = if fee {
        let mut new = row.clone();
        new.fee_decision = FeeDecision::Waived.stored();
        new.changed_at = *now;
        new
    } else {
        let state = before.pay().map_err(|_| WaiveError::NothingOwed)?;
        store::appointment::moved(&row, state, *now)
    };
    new.waived_at = Some(*now);
    if !store::appointment::change(tx, &row, &new).await? {
        return Err(WaiveError::NothingOwed);
    }
    store::checkout::look_now(tx, Owner::Appointment(*id), *now).await?;
    let line = history::Line {
        appointment: *id,
        event: "waived",
        who: Party::Consultant,
        login: Some(*login),
        facts: serde_json::json!({ "minor": owed.minor, "currency": row.currency, "state": new.state }),
    };
    history::add(tx, line, *now, &booking.0.chance).await?;
    let line = Line {
        of: Owner::Appointment(*id),
        event: "waived",
        who: Party::Consultant,
        login: Some(*login),
        payment: None,
        refund: None,
        amount: Some(owed),
        facts: serde_json::json!({}),
    };
    payment_history::add(tx, line, *now, &booking.0.chance).await?;
    let facts = booking.facts(tx, &new).await?;
    if new.state != row.state {
        let notice = Notice {
            kind: NoticeKind::Confirmed { was_requested: true },
            facts: facts.clone(),
        };
        booking.0.notices.notify(tx, &notice, *now).await?;
    }
    Ok(booking.view(facts, &new))
}
