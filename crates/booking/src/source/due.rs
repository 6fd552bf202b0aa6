//! Which of her other calendars is to be read now, and all that whoever reads it has to know.

use kernel::db::write;
use kernel::id::SourceId;
use kernel::instant::Instant;
use kernel::zone::Zone;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::{Address, Trouble};
use crate::calendar::busy::{Import, import};
use crate::store::{self, corrupt, source::Model};
use crate::{Booking, practice::Practice};

/// How many are taken at once.
const AT_ONCE: u64 = 8;
/// Who took one has so long, in minutes; then it is due again.
const TAKEN_MINUTES: i64 = 5;
/// How far a reading looks ahead, in days: an offering's horizon is at most 730, and after a month without a change it is read whole again.
const AHEAD_DAYS: i64 = 765;
/// As long as less than this is known, in days, nothing counts as unchanged.
const KNOWN_DAYS: i64 = 733;

/// What the server said of the version that was read last, to be told when asking again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// A calendar that is to be read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Which.
    pub id: SourceId,
    /// Where.
    pub address: Address,
    /// What is known already; nothing where it has to be read whole.
    pub stamps: Stamps,
    /// How it is to be understood.
    pub manner: Manner,
}

/// How a calendar is to be understood.
#[derive(Clone, Debug)]
pub struct Manner {
    zone: Zone,
    domain: String,
    pub(super) from: Instant,
    pub(super) until: Instant,
}

impl Manner {
    /// Understands a file, or says why it cannot be. Takes up to a second for a megabyte.
    pub fn import(&self, bytes: &[u8]) -> Result<Import, Trouble> {
        import(bytes, self.from, self.until, &self.zone, &self.domain).map_err(Trouble::from)
    }
}

impl Booking {
    /// Takes those that are due; two who ask at once take different ones.
    pub async fn take_due_sources(&self, now: Instant) -> Result<Vec<Reading>, DbErr> {
        if store::source::due(self.0.db.reader(), now, 1).await?.is_empty() {
            return Ok(Vec::new());
        }
        write(&self.0.db, (self.clone(), now), take).await
    }

    /// One that she wants to be read now; none where it is no longer there.
    pub async fn source_to_read(&self, id: SourceId, now: Instant) -> Result<Option<Reading>, DbErr> {
        let db = self.0.db.reader();
        match store::source::find(db, id).await? {
            Some(row) => self.reading(db, &row, now).await.map(Some),
            None => Ok(None),
        }
    }

    /// How a calendar that is not added yet is to be understood.
    pub async fn manner(&self, consultant: kernel::id::ConsultantId, now: Instant) -> Result<Manner, DbErr> {
        manner(self.0.db.reader(), consultant, now).await
    }

    async fn reading(&self, db: &impl ConnectionTrait, row: &Model, now: Instant) -> Result<Reading, DbErr> {
        let known = row
            .known_until
            .is_some_and(|until| until > now.plus_minutes(KNOWN_DAYS * 1440));
        let stamps = Stamps {
            etag: row.etag.clone().filter(|_| known),
            last_modified: row.last_modified.clone().filter(|_| known),
        };
        Ok(Reading {
            id: row.id,
            address: self.source_address(row)?,
            stamps,
            manner: manner(db, row.consultant_id, now).await?,
        })
    }
}

async fn take(tx: &DatabaseTransaction, (booking, now): &(Booking, Instant)) -> Result<Vec<Reading>, DbErr> {
    let mut taken = Vec::new();
    for row in store::source::due(tx, *now, AT_ONCE).await? {
        if store::source::take(tx, &row, now.plus_minutes(TAKEN_MINUTES)).await? {
            taken.push(booking.reading(tx, &row, *now).await?);
        }
    }
    Ok(taken)
}

async fn manner(
    db: &impl ConnectionTrait,
    consultant: kernel::id::ConsultantId,
    now: Instant,
) -> Result<Manner, DbErr> {
    let practice: Option<Practice> = store::practice::load(db).await?;
    let practice = practice.ok_or_else(|| corrupt("a calendar without a practice"))?;
    let all = store::consultant::all(db).await?;
    let consultant = all.into_iter().find(|c| c.id == consultant);
    let consultant = consultant.ok_or_else(|| corrupt("a calendar of nobody"))?;
    Ok(Manner {
        zone: consultant.zone,
        domain: practice.uid_domain,
        from: now.plus_minutes(-2 * 1440),
        until: now.plus_minutes(AHEAD_DAYS * 1440),
    })
}
