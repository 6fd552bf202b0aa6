//! Addresses that get no letter any more, for the desk, and the way back for those that merely failed.

use kernel::db::write;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::Mailing;
use crate::consent::State;
use crate::store::bounce::{self, Kind};
pub use crate::store::subscriber::SuppressedLine;
use crate::store::{consent_proof, subscriber, suppression};

/// A look at them.
#[derive(Clone, Debug, Default)]
pub struct Suppressed {
    /// Those on the list, the latest first.
    pub lines: Vec<SuppressedLine>,
    /// Mails in the mailbox for bounces, since the moment asked for, that are no reports.
    pub unread: u64,
}

impl Mailing {
    /// Addresses of the list that bounced or complained, the latest first.
    pub async fn suppressed(&self, limit: u64, unread_since: Instant) -> Result<Suppressed, DbErr> {
        let db = self.db.reader();
        Ok(Suppressed {
            lines: subscriber::suppressed(db, limit).await?,
            unread: bounce::count(db, Kind::Unread, unread_since).await?,
        })
    }

    /// Writes to a bounced address again: to who had confirmed, letters; to who had not, once she does. `false`: it is not a bounced one.
    /// A complaint is an answer, and stays.
    pub async fn reinstate(&self, id: SubscriberId, now: Instant) -> Result<bool, DbErr> {
        write(&self.db, (self.clone(), id, now), reinstate).await
    }
}

async fn reinstate(
    tx: &DatabaseTransaction,
    (mailing, id, now): &(Mailing, SubscriberId, Instant),
) -> Result<bool, DbErr> {
    let Some(found) = subscriber::by_id(tx, *id).await? else {
        return Ok(false);
    };
    let to = if consent_proof::said_yes(tx, *id).await? {
        State::Confirmed
    } else {
        State::Pending
    };
    if found.state != State::Bounced || !subscriber::reinstate(tx, *id, to, *now).await? {
        return Ok(false);
    }
    let address_hash = mailing.keys.hash_of(found.address.key());
    bounce::forgive(tx, &address_hash).await?;
    suppression::lift(tx, &address_hash).await?;
    Ok(true)
}
