//! Erasing a person: everything of hers that belongs to letters goes at once.
//!
//! What stays is no longer about anybody: counts, and lines that hold keyed hashes. By those, a file cannot bring her back, and an address
//! that refused mail or complained stays as it is.

use kernel::db::write;
use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::State;
use super::leave::Press;
use super::opt_in::thread;
use crate::Mailing;
use crate::store::consent_proof::Event;
use crate::store::{captured_mail, delivery, import, outbox, recipient, subscriber, suppression};

impl Mailing {
    /// Erases a subscriber; her address, for what else has to be erased. `None`: there is nobody of this id.
    pub async fn erase(&self, id: SubscriberId, now: Instant) -> Result<Option<EmailAddress>, DbErr> {
        let press = self.press(&self.unsubscribe_token(id), "/admin/subscribers", now);
        write(&self.db, press, erase).await
    }
}

async fn erase(tx: &DatabaseTransaction, press: &Press) -> Result<Option<EmailAddress>, DbErr> {
    let Some(found) = press.find(tx).await? else {
        return Ok(None);
    };
    let (mailing, now) = (&press.mailing, press.now);
    if matches!(found.state, State::Bounced | State::Complained) {
        let hash = mailing.keys.hash_of(found.address.key());
        suppression::insert(tx, &hash, found.state, now).await?;
    }
    press.prove(tx, &found, Event::Erased, None, found.topics).await?;
    outbox::cancel_thread(tx, &thread(found.id), now).await?;
    outbox::cancel_thread(tx, &super::address::thread(found.id), now).await?;
    recipient::forget(tx, &found.address).await?;
    captured_mail::forget(tx, &found.address).await?;
    delivery::forget_errors(tx, found.id).await?;
    import::forget_rows(tx, &found.address).await?;
    subscriber::delete(tx, found.id).await?;
    Ok(Some(found.address))
}
