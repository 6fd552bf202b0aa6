//! The silence switch of a family: no reminder, and nothing else of our own accord, in one tap or after a loss.
//!
//! Mails about what she does herself still go, and nobody is told of the silence.

use kernel::db::write;
use kernel::email::EmailAddress;
use kernel::id::{AppointmentId, FamilyId, LoginId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::lifecycle::Party;
use super::notice::Silence;
use crate::Booking;
use crate::store::appointment::Model;
use crate::store::reminding::Whose;
use crate::store::{self, corrupt, history};

/// Why a family's silence was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SilenceError {
    /// No appointment has this id.
    #[error("no such appointment")]
    NotFound,
    /// The database failed.
    #[error("the silence could not be written")]
    Database(#[from] DbErr),
}

impl Booking {
    /// Keeps the family of an appointment silent from now on, or lifts that; `false` when it was so already.
    pub async fn set_silence(
        &self,
        of: AppointmentId,
        silent: bool,
        login: LoginId,
        now: Instant,
    ) -> Result<bool, SilenceError> {
        write(&self.0.db, (self.clone(), of, silent, login, now), at_the_desk).await
    }

    /// Since when the family of an appointment is silent, if it is.
    pub async fn silenced_at(&self, of: AppointmentId) -> Result<Option<Instant>, DbErr> {
        let db = self.0.db.reader();
        let Some(row) = store::appointment::find(db, of).await? else {
            return Ok(None);
        };
        store::family::silenced_at(db, row.family_id).await
    }
}

async fn at_the_desk(
    tx: &DatabaseTransaction,
    (booking, of, silent, login, now): &(Booking, AppointmentId, bool, LoginId, Instant),
) -> Result<bool, SilenceError> {
    let row = store::appointment::lock(tx, *of).await?.ok_or(SilenceError::NotFound)?;
    Ok(set(tx, booking, &row, *silent, Some(*login), *now).await?)
}

/// Writes it, with the history of the appointment that led to it, whose row the caller has locked. Without a login the program did it.
pub(super) async fn set(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &Model,
    silent: bool,
    login: Option<LoginId>,
    now: Instant,
) -> Result<bool, DbErr> {
    let family = row.family_id;
    if !store::family::set_silence(tx, family, silent.then_some(now)).await? {
        return Ok(false);
    }
    if !silent {
        store::reminding::remind_anew(tx, Whose::Family(family), now).await?;
    }
    // After the appointments are claimed from the reconciler: what it has written by then is taken back.
    let appointments = store::appointment::coming_of(tx, family, now).await?;
    let told = Silence {
        addresses: addresses(tx, family, silent).await?,
        silent,
        appointments,
    };
    booking.0.notices.silence(tx, &told, now).await?;
    let line = history::Line {
        appointment: row.id,
        event: if silent { "silenced" } else { "silence_lifted" },
        who: if login.is_some() {
            Party::Consultant
        } else {
            Party::Program
        },
        login,
        facts: serde_json::json!({}),
    };
    history::add(tx, line, now, &booking.0.chance).await?;
    Ok(true)
}

/// Whoever a silent family names besides is silent too.
pub(super) async fn reaches(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &Model,
    now: Instant,
) -> Result<(), DbErr> {
    let Some(second) = row.second_email.clone() else {
        return Ok(());
    };
    if store::family::silenced_at(tx, row.family_id).await?.is_none() {
        return Ok(());
    }
    let told = Silence {
        addresses: vec![second],
        silent: true,
        appointments: Vec::new(),
    };
    booking.0.notices.silence(tx, &told, now).await
}

/// Whom it is about: the parent and the second persons she named. When it is lifted, not one who is silent as the parent of another family.
async fn addresses(tx: &DatabaseTransaction, family: FamilyId, silent: bool) -> Result<Vec<EmailAddress>, DbErr> {
    let parent = store::family::emails(tx, vec![family]).await?.pop();
    let mut all = vec![parent.ok_or_else(|| corrupt("an appointment without its family"))?.1];
    for second in store::appointment::seconds_of(tx, family).await? {
        let own = store::family::of(tx, &second).await?;
        let keeps = match own {
            Some((own, _)) if !silent => store::family::silenced_at(tx, own).await?.is_some(),
            _ => false,
        };
        if !keeps && !all.contains(&second) {
            all.push(second);
        }
    }
    Ok(all)
}
