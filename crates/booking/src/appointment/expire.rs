//! Holds that nobody paid: they expire and free their slot.

use kernel::db::write;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::lifecycle::Party;
use super::notice::{Notice, NoticeKind};
use crate::store::{self, appointment::Model, history};
use crate::{Booking, money};

/// How many at most in one transaction.
const AT_ONCE: u64 = 100;

impl Booking {
    /// Expires the holds whose time has come, and forgets old idempotency keys. Safe to run twice, in two instances.
    pub async fn expire_due(&self, now: Instant) -> Result<u64, DbErr> {
        let mut all = 0;
        loop {
            let (found, done) = write(&self.0.db, (self.clone(), now), expire_some).await?;
            all += done;
            if found < AT_ONCE {
                break;
            }
        }
        write(&self.0.db, now, async |tx, now| {
            store::idempotency::forget(tx, *now).await
        })
        .await?;
        Ok(all)
    }
}

async fn expire_some(tx: &DatabaseTransaction, (booking, now): &(Booking, Instant)) -> Result<(u64, u64), DbErr> {
    let rows = store::appointment::ended_holds(tx, *now, AT_ONCE).await?;
    let mut done = 0;
    for row in &rows {
        done += u64::from(expire(tx, booking, row, *now).await?);
    }
    Ok((rows.len() as u64, done))
}

/// Expires one hold, if it is still one.
pub(super) async fn expire(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &Model,
    now: Instant,
) -> Result<bool, DbErr> {
    let Ok(state) = row.state()?.expire(now) else {
        return Ok(false);
    };
    let new = store::appointment::moved(row, state, now);
    if !store::appointment::change(tx, row, &new).await? {
        return Ok(false);
    }
    let line = history::Line {
        appointment: row.id,
        event: "expired",
        who: Party::Program,
        login: None,
        facts: serde_json::json!({}),
    };
    history::add(tx, line, now, &booking.0.chance).await?;
    money::stop(tx, row.id, now).await?;
    let facts = booking.facts(tx, &new).await?;
    let notice = Notice {
        kind: NoticeKind::HoldExpired,
        facts,
    };
    booking.0.notices.notify(tx, &notice, now).await?;
    Ok(true)
}
