//! Adding one of her other calendars, pausing it, letting it block or not, removing it.

use kernel::db::{claim, write};
use kernel::id::{ConsultantId, SourceId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::answer::taken;
use super::due::{Manner, Stamps};
use super::{Address, MOST};
use crate::Booking;
use crate::calendar::busy::Import;
use crate::store::{self, source::Model, to_json};

/// Characters of a name.
const NAME: usize = 60;

/// A calendar to add, read once already: what cannot be read is not added.
#[derive(Clone, Debug)]
pub struct NewSource {
    /// Whose.
    pub consultant: ConsultantId,
    /// What she calls it.
    pub name: String,
    /// Where it is read.
    pub address: Address,
    /// Whether it shall take time from her hours.
    pub blocks: bool,
    /// What it holds.
    pub import: Import,
    /// What the server says of this version.
    pub stamps: Stamps,
    /// How it was understood.
    pub manner: Manner,
}

/// Why a calendar is not added.
#[derive(Debug, thiserror::Error)]
pub enum AddSourceError {
    /// It has no name, or a long one.
    #[error("a calendar needs a name of at most 60 characters")]
    Name,
    /// It is there already.
    #[error("this address is read already")]
    Twice,
    /// There are too many.
    #[error("there are as many calendars as can be read")]
    Full,
    /// The database failed.
    #[error("the calendar could not be added")]
    Database(#[from] DbErr),
}

/// What she changes about one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceChange {
    /// Whether it takes time from her hours.
    Blocks(bool),
    /// It is read no more; what was read last stays.
    Pause,
    /// It is read again, at once.
    Resume,
}

impl Booking {
    /// Adds a calendar, and what it holds; slots follow at once.
    pub async fn add_source(&self, new: NewSource, now: Instant) -> Result<SourceId, AddSourceError> {
        write(&self.0.db, (self.clone(), new, now), add).await
    }

    /// Changes how a calendar is used; false when it is no longer there.
    pub async fn change_source(&self, id: SourceId, change: SourceChange, now: Instant) -> Result<bool, DbErr> {
        write(&self.0.db, (id, change, now), alter).await
    }

    /// Forgets a calendar with what it held; false when it is no longer there.
    pub async fn remove_source(&self, id: SourceId) -> Result<bool, DbErr> {
        write(&self.0.db, id, remove).await
    }
}

async fn add(
    tx: &DatabaseTransaction,
    (booking, new, now): &(Booking, NewSource, Instant),
) -> Result<SourceId, AddSourceError> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(AddSourceError::Name);
    }
    claim(tx, &[format!("sources:{}", new.consultant)]).await?;
    let there = store::source::of(tx, new.consultant).await?;
    for row in &there {
        if booking.source_address(row)? == new.address {
            return Err(AddSourceError::Twice);
        }
    }
    if there.len() as u64 >= MOST {
        return Err(AddSourceError::Full);
    }
    let chance = &booking.0.chance;
    let id = SourceId::new(*now, chance);
    let row = Model {
        id,
        consultant_id: new.consultant,
        name: name.into(),
        address: booking
            .0
            .keys
            .seal
            .seal(new.address.reveal(), id.0, chance)
            .into_bytes(),
        blocks: new.blocks,
        added_at: *now,
        due_at: Some(now.plus_minutes(15)),
        read_at: Some(*now),
        known_until: Some(new.manner.until),
        etag: new.stamps.etag.clone(),
        last_modified: new.stamps.last_modified.clone(),
        warnings: to_json(&new.import.others.warnings)?,
        trouble: None,
        trouble_since: None,
        tries: 0,
        told_at: None,
    };
    store::source::add(tx, row).await?;
    store::source_busy::replace(tx, id, &taken(tx, new.consultant, &new.import).await?).await?;
    Ok(id)
}

async fn alter(
    tx: &DatabaseTransaction,
    &(id, change, now): &(SourceId, SourceChange, Instant),
) -> Result<bool, DbErr> {
    let Some(mut row) = store::source::lock(tx, id).await? else {
        return Ok(false);
    };
    match change {
        SourceChange::Blocks(blocks) => row.blocks = blocks,
        SourceChange::Pause => row.due_at = None,
        SourceChange::Resume => row.due_at = Some(row.due_at.unwrap_or(now)),
    }
    store::source::save(tx, row).await?;
    Ok(true)
}

async fn remove(tx: &DatabaseTransaction, id: &SourceId) -> Result<bool, DbErr> {
    store::source::lock(tx, *id).await?;
    store::source_busy::replace(tx, *id, &[]).await?;
    store::source::delete(tx, *id).await
}
