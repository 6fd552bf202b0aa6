//! What is kept of a visit that was cancelled late or missed, and the consultant's decision about it.
//!
//! The policy says how much; she decides whether. Late for a reason of her own choice, or a visit that nobody came to: kept, unless
//! she takes nothing. Late because of birth, illness, hospital or loss: nothing is taken unless she says so.

use kernel::db::write;
use kernel::id::{AppointmentId, LoginId};
use kernel::instant::Instant;
use kernel::money::{Currency, Money};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use super::facts::AppointmentView;
use super::lifecycle::{Party, State};
use crate::store::{self, appointment::Model, corrupt, history};
use crate::{Booking, money};

/// What the policy keeps, and whether she does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// How much, never nothing.
    pub amount: Money,
    /// What she has decided.
    pub decision: FeeDecision,
}

/// What she has decided about a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeDecision {
    /// Nothing yet: nothing is taken.
    Open,
    /// It is kept, or owed.
    Kept,
    /// Nothing is taken.
    Waived,
}

impl FeeDecision {
    /// The column: none while it is open.
    pub(crate) fn stored(self) -> Option<String> {
        match self {
            Self::Open => None,
            Self::Kept => Some("kept".into()),
            Self::Waived => Some("waived".into()),
        }
    }
}

impl Fee {
    /// The fee of a row, if it has one.
    pub(crate) fn of(row: &Model, currency: Currency) -> Result<Option<Self>, DbErr> {
        let Some(minor) = row.fee_minor else { return Ok(None) };
        let decision = match row.fee_decision.as_deref() {
            None => FeeDecision::Open,
            Some("kept") => FeeDecision::Kept,
            Some("waived") => FeeDecision::Waived,
            Some(other) => return Err(corrupt(format!("a fee is {other:?}"))),
        };
        let amount = Money::new(minor, currency);
        Ok(Some(Self { amount, decision }))
    }
}

/// Why nothing was decided about a fee.
#[derive(Debug, thiserror::Error)]
pub enum FeeError {
    /// There is none of this id.
    #[error("no such appointment")]
    NotFound,
    /// Nothing is kept of this one.
    #[error("there is no fee to decide about")]
    NoFee,
    /// The database failed.
    #[error("the decision could not be written")]
    Database(#[from] DbErr),
}

impl Booking {
    /// Keeps the fee, or takes nothing; she may change her mind. Deciding the same again changes nothing.
    pub async fn decide_fee(
        &self,
        id: AppointmentId,
        keep: bool,
        login: LoginId,
        now: Instant,
    ) -> Result<AppointmentView, FeeError> {
        let decision = if keep { FeeDecision::Kept } else { FeeDecision::Waived };
        write(&self.0.db, (self.clone(), id, decision, login, now), decide).await
    }
}

async fn decide(
    tx: &DatabaseTransaction,
    (booking, id, decision, login, now): &(Booking, AppointmentId, FeeDecision, LoginId, Instant),
) -> Result<AppointmentView, FeeError> {
    let row = store::appointment::lock(tx, *id).await?.ok_or(FeeError::NotFound)?;
    let minor = row.fee_minor.ok_or(FeeError::NoFee)?;
    let new = Model {
        fee_decision: decision.stored(),
        changed_at: *now,
        ..row.clone()
    };
    if new.fee_decision == row.fee_decision {
        return Ok(booking.view(booking.facts(tx, &row).await?, &row));
    }
    if !store::appointment::change(tx, &row, &new).await? {
        return Err(FeeError::NoFee);
    }
    let line = history::Line {
        appointment: row.id,
        event: "fee",
        who: Party::Consultant,
        login: Some(*login),
        facts: serde_json::json!({ "decision": decision, "minor": minor, "currency": row.currency }),
    };
    history::add(tx, line, *now, &booking.0.chance).await?;
    // What was paid of a cancelled visit and is not kept goes back. That of a missed one goes when she says so: she may still correct it.
    let facts = booking.facts(tx, &new).await?;
    let back = Money::new(
        (facts.received().minor - facts.kept().minor).max(0),
        facts.price.currency,
    );
    let new = if matches!(facts.state, State::Cancelled { .. }) && !back.is_zero() {
        money::give_back_visit(
            tx,
            booking,
            &new,
            back,
            (money::BackWhy::Consultant, Some(*login)),
            *now,
        )
        .await?
    } else {
        new
    };
    Ok(booking.view(booking.facts(tx, &new).await?, &new))
}
