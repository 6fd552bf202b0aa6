//! Visits that are over: completed by themselves 24 hours after their end.

use kernel::db::write;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::lifecycle::Party;
use crate::Booking;
use crate::store::{self, history};

/// How long after its end a visit counts as completed.
const AFTER_MINUTES: i64 = 24 * 60;
/// How many at most in one transaction.
const AT_ONCE: u64 = 100;

impl Booking {
    /// Completes the visits that are over. Safe to run twice, in two instances.
    pub async fn complete_due(&self, now: Instant) -> Result<u64, DbErr> {
        let mut all = 0;
        loop {
            let (found, done) = write(&self.0.db, (self.clone(), now), complete_some).await?;
            all += done;
            if found < AT_ONCE {
                return Ok(all);
            }
        }
    }
}

async fn complete_some(tx: &DatabaseTransaction, (booking, now): &(Booking, Instant)) -> Result<(u64, u64), DbErr> {
    let rows = store::appointment::over(tx, now.plus_minutes(-AFTER_MINUTES), AT_ONCE).await?;
    let mut done = 0;
    for row in &rows {
        let Ok(state) = row.state()?.complete() else { continue };
        let new = store::appointment::moved(row, state, *now);
        if !store::appointment::change(tx, row, &new).await? {
            continue;
        }
        let line = history::Line {
            appointment: row.id,
            event: "completed",
            who: Party::Program,
            login: None,
            facts: serde_json::json!({}),
        };
        history::add(tx, line, *now, &booking.0.chance).await?;
        done += 1;
    }
    Ok((rows.len() as u64, done))
}
