//! Silence: an address that gets no letter and nothing else that we send of our own accord, whatever it consented to.
//!
//! It is no state of a subscriber: nobody is told, nothing she chose changes, and lifting it leaves everything as it was.

use kernel::email::EmailAddress;
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use crate::Mailing;
use crate::store::mute;

impl Mailing {
    /// Keeps an address silent, inside the caller's write transaction. Mails about what she does herself still go.
    pub async fn mute(&self, tx: &DatabaseTransaction, address: &EmailAddress, now: Instant) -> Result<(), DbErr> {
        mute::put(tx, &self.keys.hash_of(address.key()), now).await
    }

    /// Lifts it again.
    pub async fn unmute(&self, tx: &DatabaseTransaction, address: &EmailAddress) -> Result<(), DbErr> {
        mute::lift(tx, &self.keys.hash_of(address.key())).await
    }

    /// Whether an address is kept silent: asked just before something is sent that she did not ask for.
    pub async fn is_muted(&self, db: &impl ConnectionTrait, address: &EmailAddress) -> Result<bool, DbErr> {
        mute::is_muted(db, &self.keys.hash_of(address.key())).await
    }
}
