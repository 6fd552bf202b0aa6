//! A copy of the database does not know what was sent after it was made: it sends nothing until somebody has looked at it.
//!
//! Every copy is marked when it is made, so that it is parked however it is put in place. The mark is a row, so that every instance
//! sees it. It ends by [`Mailing::release`] alone: with what waited sent, or with what waited in the copy cancelled.

use kernel::db::{Db, write};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::Mailing;
use crate::store::outbox as rows;
use crate::store::parked::{self, Row};

/// The outbox of a database that was restored and not looked at yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parked {
    /// When the copy was made, if it says so.
    pub copied_at: Option<Instant>,
    /// Mails that wait.
    pub waiting: u64,
    /// Those of them that waited in the copy already, and may have been sent after it was made.
    pub waited_in_copy: u64,
}

/// What becomes of the mails that waited in the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// They are sent, perhaps for the second time.
    Sent,
    /// They are cancelled; what was promised since is sent.
    Dropped,
}

/// Marks a copy that was made at `now`; `copy` is the copy, not the database that is served.
pub async fn mark_copy(copy: &Db, now: Instant) -> Result<(), DbErr> {
    let row = Row {
        copied_at: Some(now),
        restored_at: None,
    };
    set(copy, row).await
}

/// Parks a copy that is about to be put in its place at `now`.
pub async fn park(copy: &Db, now: Instant) -> Result<(), DbErr> {
    let row = Row {
        copied_at: None,
        restored_at: Some(now),
    };
    set(copy, row).await
}

async fn set(db: &Db, row: Row) -> Result<(), DbErr> {
    write(db, row, async |tx: &DatabaseTransaction, &row: &Row| {
        parked::set(tx, row).await
    })
    .await
}

impl Mailing {
    /// Whether nothing is sent, and what waits; `None` is the rule.
    pub async fn parked(&self) -> Result<Option<Parked>, DbErr> {
        let db = self.db.reader();
        let Some(row) = parked::find(db).await? else {
            return Ok(None);
        };
        Ok(Some(Parked {
            copied_at: row.copied_at,
            waiting: rows::count_waiting(db, None).await?,
            waited_in_copy: rows::count_waiting(db, Some(begun(row))).await?,
        }))
    }

    /// Lets mails go again. `false`: they were not parked, and nothing was changed.
    pub async fn release(&self, waited: Waited, now: Instant) -> Result<bool, DbErr> {
        let step = async |tx: &DatabaseTransaction, &(waited, now): &(Waited, Instant)| {
            let Some(row) = parked::find(tx).await? else {
                return Ok(false);
            };
            if waited == Waited::Dropped {
                rows::cancel_waiting(tx, begun(row), now).await?;
            }
            parked::remove(tx).await
        };
        let released = write::<_, _, DbErr, _>(&self.db, (waited, now), step).await?;
        self.wake.notify_one();
        Ok(released)
    }
}

/// What was promised after this moment is new.
fn begun(row: Row) -> Instant {
    row.copied_at
        .or(row.restored_at)
        .unwrap_or(Instant::from_micros(i64::MIN))
}
