//! A visit that is paid when its hold is over: it still has its time, if nobody else does.

use kernel::id::AppointmentId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::lifecycle::State;
use super::reschedule::{RescheduleError, Visit, only};
use crate::Booking;
use crate::practice::Consultant;
use crate::schedule::Rules;
use crate::store::{self, appointment::Model, corrupt};

/// A visit whose money has come in, with its day claimed and its row locked.
pub(crate) struct Late {
    visit: Visit,
    consultants: Vec<Consultant>,
}

impl Late {
    /// Claims its day, and only then reads it.
    pub(crate) async fn claim(
        tx: &DatabaseTransaction,
        booking: &Booking,
        id: AppointmentId,
    ) -> Result<Option<Self>, DbErr> {
        let Some(row) = store::appointment::find(tx, id).await? else {
            return Ok(None);
        };
        let start = row.starts_at;
        match Visit::claim(tx, booking, Some(row), start).await {
            // Moved meanwhile: another day's claim is needed, and a move has kept what it was.
            Ok((visit, consultants)) => Ok(Some(Self { visit, consultants })),
            Err(RescheduleError::Database(error)) => Err(error),
            Err(other) => Err(corrupt(other)),
        }
    }

    /// The row.
    pub(crate) fn row(&self) -> &Model {
        &self.visit.row
    }

    /// What is to be paid of it.
    pub(crate) fn owed(&self) -> kernel::money::Money {
        self.visit.facts.owed()
    }

    /// The state in which it takes place after all: its hold is over, its start is to come, and nothing stands at its time.
    pub(crate) async fn revived(
        mut self,
        tx: &DatabaseTransaction,
        booking: &Booking,
        now: Instant,
    ) -> Result<Option<State>, DbErr> {
        let Ok(state) = self.visit.row.state()?.paid_late() else {
            return Ok(None);
        };
        let start = self.visit.row.starts_at;
        if start <= now {
            return Ok(None);
        }
        self.visit
            .expire_stale(tx, booking, &self.consultants, start, now)
            .await?;
        // It was a slot when it was booked: that it is nearer now, or that the grid has changed, is not hers to bear.
        self.visit.rules = Rules {
            notice: 0,
            horizon_days: None,
            step: 1,
            ..self.visit.rules
        };
        let own = self.visit.row.consultant_id;
        let own = self.consultants.into_iter().find(|c| c.id == own);
        let own = own.ok_or_else(|| corrupt("an appointment without its consultant"))?;
        let side = self.visit.side(tx, own, only(start, now)).await?;
        let free = side.why_not(&self.visit.rules, start, now).is_none();
        Ok(free.then_some(state))
    }
}
