//! Applying a practice file: in one transaction, or not at all.

use kernel::db::{claim, write};
use kernel::id::FeedId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::file::merge::Given;
use super::file::{self, Change, FileError, Setup};
use crate::appointment::reminders;
use crate::{Booking, store};

/// Why a practice file was not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The file is wrong; the line is named.
    #[error(transparent)]
    File(#[from] FileError),
    /// The database failed.
    #[error("the practice file could not be applied")]
    Database(#[from] DbErr),
}

impl Booking {
    /// Lays a practice file over what is there and says what changed.
    pub async fn apply_practice(&self, toml: &str, now: Instant) -> Result<Vec<Change>, ApplyError> {
        write(&self.0.db, (self.clone(), toml.to_owned(), now), apply).await
    }
}

async fn apply(
    tx: &DatabaseTransaction,
    (booking, text, now): &(Booking, String, Instant),
) -> Result<Vec<Change>, ApplyError> {
    let file = file::read(text)?;
    claim(tx, &["practice".to_owned()]).await?;
    let old = super::read::setup(tx).await?;
    let given = Given {
        now: *now,
        chance: &booking.0.chance,
        uid_domain: &booking.0.settings.uid_domain,
        anything_paid: store::payment::any(tx).await?,
    };
    let (new, changes) = file::merge(text, &file, &old, given)?;
    if !changes.is_empty() {
        save(tx, booking, &old, &new, *now).await?;
    }
    Ok(changes)
}

/// Writes what differs. The order of the rows is that of the pages.
async fn save(
    tx: &DatabaseTransaction,
    booking: &Booking,
    old: &Setup,
    new: &Setup,
    now: Instant,
) -> Result<(), DbErr> {
    if let Some(practice) = &new.practice
        && old.practice.as_ref() != Some(practice)
    {
        store::practice::save(tx, practice, now).await?;
    }
    for (at, place) in new.consultants.iter().zip(0_u32..) {
        let (consultant, hours) = at;
        let before = old.consultants.iter().find(|(c, _)| c.id == consultant.id);
        if before.is_none_or(|(c, _)| c != consultant) {
            store::consultant::save(tx, consultant, place).await?;
        }
        if before.is_none_or(|(_, h)| h != hours) {
            store::weekly_window::replace(tx, consultant.id, hours).await?;
        }
        if before.is_none() {
            let id = FeedId::new(now, &booking.0.chance);
            let row = booking.feed_row(id, consultant.id, 1, now);
            store::feed::add(tx, row).await?;
        }
    }
    for (offering, place) in new.offerings.iter().zip(0_u32..) {
        let before = old.offerings.iter().find(|o| o.id == offering.id);
        if before.is_some_and(|o| o.reminder_minutes != offering.reminder_minutes) {
            reminders::redefine(tx, booking, offering.id, now).await?;
        }
        if before != Some(offering) {
            store::offering::save(tx, offering, place).await?;
        }
    }
    for (package, place) in new.packages.iter().zip(0_u32..) {
        if !old.packages.contains(package) {
            store::package::save(tx, package, place).await?;
        }
    }
    Ok(())
}
