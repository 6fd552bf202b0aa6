//! Whether she came: the consultant marks a visit as done or missed once it has started, and corrects a mistake.
//!
//! A correction is possible until [`CORRECTABLE_DAYS`] after the end; later the books are closed. What the policy keeps of a missed
//! visit is written down with her decision about it, and goes away when she came after all.

use kernel::db::{claim, write};
use kernel::id::{AppointmentId, LoginId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::book::day_key;
use super::facts::AppointmentView;
use super::fee::FeeDecision;
use super::lifecycle::{Party, State};
use crate::store::{self, corrupt, history};
use crate::{Booking, money};

/// So many days after its end a visit can still be corrected.
pub const CORRECTABLE_DAYS: i64 = 30;

/// Why a visit was marked neither as done nor as missed.
#[derive(Debug, thiserror::Error)]
pub enum CameError {
    /// There is none of this id.
    #[error("no such appointment")]
    NotFound,
    /// It has not started.
    #[error("the visit has not started")]
    TooEarly,
    /// It has been over for too long.
    #[error("the visit has been over for too long")]
    TooLate,
    /// It is in no state in which anybody could have come.
    #[error("the appointment is {0}")]
    NotActive(&'static str),
    /// The database failed.
    #[error("what became of the visit could not be written")]
    Database(#[from] DbErr),
}

/// What the consultant says became of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Came,
    Missed { keep: bool },
}

impl Booking {
    /// It took place: marked from its start on, before the program does it by itself, or as the correction of a missed one.
    pub async fn came(&self, id: AppointmentId, login: LoginId, now: Instant) -> Result<AppointmentView, CameError> {
        write(&self.0.db, (self.clone(), id, Said::Came, login, now), mark).await
    }

    /// Nobody came, or nobody did after all. `keep`: whether the policy's part of the price is kept or owed.
    pub async fn missed(
        &self,
        id: AppointmentId,
        keep: bool,
        login: LoginId,
        now: Instant,
    ) -> Result<AppointmentView, CameError> {
        write(&self.0.db, (self.clone(), id, Said::Missed { keep }, login, now), mark).await
    }
}

async fn mark(
    tx: &DatabaseTransaction,
    (booking, id, said, login, now): &(Booking, AppointmentId, Said, LoginId, Instant),
) -> Result<AppointmentView, CameError> {
    let found = store::appointment::find(tx, *id).await?.ok_or(CameError::NotFound)?;
    let consultants = store::consultant::all(tx).await?;
    let own = consultants.iter().find(|c| c.id == found.consultant_id);
    let own = own.ok_or_else(|| corrupt("an appointment without its consultant"))?;
    // A missed visit that took place after all takes its time again.
    claim(tx, &[day_key(own.id, &own.zone, found.starts_at)]).await?;
    let row = store::appointment::lock(tx, *id).await?.ok_or(CameError::NotFound)?;
    let before = row.state()?;
    let after = match said {
        Said::Came => State::Completed,
        Said::Missed { .. } => State::NoShow,
    };
    if before == after {
        return Ok(booking.view(booking.facts(tx, &row).await?, &row));
    }
    let way = match said {
        Said::Came => before.came(),
        Said::Missed { .. } => before.missed(),
    };
    let state = way.map_err(|e| CameError::NotActive(e.from))?;
    if *now < row.starts_at {
        return Err(CameError::TooEarly);
    }
    if *now > row.ends_at.plus_minutes(CORRECTABLE_DAYS * 1440) {
        return Err(CameError::TooLate);
    }
    let mut new = store::appointment::moved(&row, state, *now);
    (new.fee_minor, new.fee_decision) = (None, None);
    match said {
        // Whatever was booked into its time meanwhile stays; she says that this one was there too.
        Said::Came => {
            new.overlap_allowed |= before == State::NoShow;
            money::take_again(tx, booking, &row, *now).await?;
        }
        Said::Missed { keep } => {
            let facts = booking.facts(tx, &row).await?;
            let fee = facts.no_show_fee();
            if !*keep || !facts.keeps_credit_of_no_show() {
                money::give_back(tx, booking, &row, *now).await?;
            }
            if !fee.is_zero() {
                let decision = if *keep { FeeDecision::Kept } else { FeeDecision::Waived };
                (new.fee_minor, new.fee_decision) = (Some(fee.minor), decision.stored());
            }
        }
    }
    if !store::appointment::change(tx, &row, &new).await? {
        return Err(CameError::NotActive(before.name()));
    }
    let line = history::Line {
        appointment: row.id,
        event: state.name(),
        who: Party::Consultant,
        login: Some(*login),
        facts: serde_json::json!({ "from": before.name(), "fee": new.fee_minor, "fee_decision": new.fee_decision }),
    };
    history::add(tx, line, *now, &booking.0.chance).await?;
    Ok(booking.view(booking.facts(tx, &new).await?, &new))
}
