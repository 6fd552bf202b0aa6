//! What came of reading a calendar, and what that changes.

use jiff::SignedDuration;
use kernel::chance::Chance;
use kernel::db::write;
use kernel::id::{AppointmentId, ConsultantId, SourceId};
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::due::{Manner, Stamps};
use super::{SourceNotice, Trouble, trouble_of};
use crate::Booking;
use crate::calendar::busy::{Import, together};
use crate::store::source::Model;
use crate::store::source_busy::Taken;
use crate::store::{self, to_json};

/// How often a calendar is read, in minutes.
const EVERY_MINUTES: i64 = 15;
/// No pause between two tries is longer, in minutes.
const LONGEST_PAUSE: i64 = 4 * 60;
/// One that cannot be read for so long, in minutes, is told.
const TOLD_AFTER: i64 = 6 * 60;

/// What came of a reading.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A calendar, understood.
    Calendar {
        /// What it holds.
        import: Import,
        /// What the server says of this version.
        stamps: Stamps,
        /// How it was understood.
        manner: Manner,
    },
    /// The same as was read last.
    Unchanged,
    /// None.
    Failed(Trouble),
}

impl Booking {
    /// Keeps what came of a reading. A calendar replaces what was read before; anything else leaves it in force. One that was removed
    /// meanwhile is nobody's any more.
    pub async fn source_answered(&self, id: SourceId, answer: Answer, now: Instant) -> Result<(), DbErr> {
        write(&self.0.db, (self.clone(), id, answer, now), keep).await
    }
}

async fn keep(
    tx: &DatabaseTransaction,
    (booking, id, answer, now): &(Booking, SourceId, Answer, Instant),
) -> Result<(), DbErr> {
    let Some(mut row) = store::source::lock(tx, *id).await? else {
        return Ok(());
    };
    match answer {
        Answer::Calendar { import, stamps, manner } => {
            let taken = taken(tx, row.consultant_id, import).await?;
            if store::source_busy::of(tx, row.id, manner.from, manner.until).await? != taken {
                store::source_busy::replace(tx, row.id, &taken).await?;
            }
            row.known_until = Some(manner.until);
            row.etag.clone_from(&stamps.etag);
            row.last_modified.clone_from(&stamps.last_modified);
            row.warnings = to_json(&import.others.warnings)?;
            good(&mut row, *now);
        }
        Answer::Unchanged => good(&mut row, *now),
        Answer::Failed(trouble) => failed(tx, booking, &mut row, *trouble, *now).await?,
    }
    row.due_at = row.due_at.map(|_| next(row.tries, *now, &booking.0.chance));
    store::source::save(tx, row).await
}

fn good(row: &mut Model, now: Instant) {
    row.read_at = Some(now);
    row.trouble = None;
    row.trouble_since = None;
    row.tries = 0;
    row.told_at = None;
}

/// She is told once, and only of a calendar that blocks.
async fn failed(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &mut Model,
    trouble: Trouble,
    now: Instant,
) -> Result<(), DbErr> {
    let since = trouble_of(row)?.map_or(now, |(_, since)| since);
    row.trouble = Some(trouble.code().into());
    row.trouble_since = Some(since);
    row.tries = row.tries.saturating_add(1);
    let long = now - since >= SignedDuration::from_mins(TOLD_AFTER);
    if row.told_at.is_some() || !row.blocks || row.due_at.is_none() || !long {
        return Ok(());
    }
    let Some(practice) = store::practice::load(tx).await? else {
        return Ok(());
    };
    row.told_at = Some(now);
    let notice = SourceNotice {
        id: row.id,
        name: row.name.clone(),
        trouble,
        since,
        read_at: row.read_at,
        practice_email: practice.email,
    };
    booking.0.notices.source(tx, &notice, now).await
}

/// What a file takes: without the visits of ours that it names, which are in the way already, or not any more. What only looks like one of ours counts.
pub(super) async fn taken(
    db: &impl ConnectionTrait,
    consultant: ConsultantId,
    import: &Import,
) -> Result<Vec<Taken>, DbErr> {
    let named: Vec<AppointmentId> = import.ours.keys().copied().collect();
    let known = store::appointment::known(db, consultant, &named).await?;
    let strange = import.ours.iter().filter(|(id, _)| !known.contains(id));
    let mut all = import.others.busy.clone();
    let before = all.len();
    all.extend(strange.flat_map(|(_, taken)| taken.iter().copied()));
    if all.len() > before {
        all = together(all);
    }
    Ok(all)
}

/// A quarter of an hour later, more after failures, and never in step with others.
fn next(tries: i32, now: Instant, chance: &Chance) -> Instant {
    let doublings = tries.saturating_sub(1).clamp(0, 8);
    let minutes = (EVERY_MINUTES << doublings).min(LONGEST_PAUSE);
    let seconds = minutes * 60;
    let jitter = i64::try_from(chance.below(seconds.unsigned_abs() / 5)).unwrap_or(0);
    now + SignedDuration::from_secs(seconds - seconds / 10 + jitter)
}
