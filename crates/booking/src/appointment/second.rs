//! The second recipient of an appointment, and what else the consultant is told of its family.

use kernel::db::write;
use kernel::email::EmailAddress;
use kernel::id::AppointmentId;
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::{DatabaseTransaction, DbErr};

use super::baby::Baby;
use super::facts::AppointmentView;
use super::lifecycle::Party;
use super::notice::{Notice, NoticeKind};
use super::silence;
use crate::Booking;
use crate::store::{self, history};

/// How many other visits for a baby of the same date are named.
const ALIKE: u64 = 5;

/// Why the second recipient was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SecondError {
    /// No appointment has this link.
    #[error("no such appointment")]
    NotFound,
    /// It is cancelled, expired or over.
    #[error("the appointment is {0} already")]
    NotActive(&'static str),
    /// The database failed.
    #[error("the second recipient could not be written")]
    Database(#[from] DbErr),
}

impl Booking {
    /// Names another second recipient of a coming visit, or none. Who is new gets the invitation, who is no longer named
    /// is told that it is not hers any more.
    pub async fn set_second_recipient(
        &self,
        token: &Token,
        second: Option<EmailAddress>,
        now: Instant,
    ) -> Result<AppointmentView, SecondError> {
        write(&self.0.db, (self.clone(), token.clone(), second, now), set).await
    }

    /// The babies that were named for an appointment.
    pub async fn babies(&self, of: AppointmentId) -> Result<Vec<Baby>, DbErr> {
        let babies = store::baby::of(self.0.db.reader(), vec![of]).await?;
        Ok(babies.into_iter().map(|(_, baby)| baby).collect())
    }

    /// Of a visit that is once for each family: such visits of other families whose baby has the same date of birth. That
    /// alone refuses nobody; the consultant is told. At most five.
    pub async fn born_alike(&self, of: AppointmentId) -> Result<Vec<AppointmentView>, DbErr> {
        let db = self.0.db.reader();
        let Some(row) = store::appointment::find(db, of).await? else {
            return Ok(Vec::new());
        };
        let practice = store::practice::load(db).await?;
        let practice = practice.ok_or_else(|| store::corrupt("appointments without a practice"))?;
        let offerings = store::offering::all(db, practice.currency).await?;
        if !offerings.iter().any(|o| o.id == row.offering_id && o.once_per_family) {
            return Ok(Vec::new());
        }
        let named = self.babies(of).await?;
        let dates = named.iter().filter_map(|b| b.born().map(|d| d.to_string())).collect();
        let mut found = Vec::new();
        for id in store::baby::born_alike(db, dates, row.offering_id, row.family_id, ALIKE).await? {
            let row = store::appointment::find(db, id).await?;
            found.extend(self.one_view(db, row).await?);
        }
        Ok(found)
    }
}

async fn set(
    tx: &DatabaseTransaction,
    (booking, token, second, now): &(Booking, Token, Option<EmailAddress>, Instant),
) -> Result<AppointmentView, SecondError> {
    let row = store::appointment::lock_by_link(tx, token.hash()).await?;
    let mut row = row.ok_or(SecondError::NotFound)?;
    let state = row.state()?;
    if !state.is_coming() || row.ends_at <= *now {
        return Err(SecondError::NotActive(state.name()));
    }
    let before = booking.facts(tx, &row).await?;
    let second = second.clone().filter(|second| *second != before.parent_email);
    let was = row.second_email.clone();
    if second == was {
        return Ok(booking.view(before, &row));
    }
    store::appointment::set_second(tx, row.id, second.as_ref()).await?;
    row.second_email = second;
    let line = history::Line {
        appointment: row.id,
        event: "second_recipient",
        who: Party::Parent,
        login: None,
        facts: serde_json::json!({ "named": row.second_email.is_some() }),
    };
    history::add(tx, line, *now, &booking.0.chance).await?;
    silence::reaches(tx, booking, &row, *now).await?;
    let notice = Notice {
        kind: NoticeKind::SecondRecipient { was },
        facts: booking.facts(tx, &row).await?,
    };
    booking.0.notices.notify(tx, &notice, *now).await?;
    Ok(booking.view(notice.facts, &row))
}
