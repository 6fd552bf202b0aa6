//! Recognising the installation's secret key by its fingerprint.
//!
//! With another key every link that was ever mailed would be dead and every sealed text unreadable, and new rows would make it worse.
//! So the database remembers the fingerprint of the key it was first used with, and no program works on it with another one.

use kernel::db::{Db, write};
use kernel::instant::Instant;
use kernel::keys::Keys;
use sea_orm::DbErr;

use crate::store::key_fingerprint;

/// Why the key is not taken.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The database belongs to another key.
    #[error("server.secret_key is not the key of this database: its fingerprint is {given}, the database's {known}")]
    Wrong {
        /// Of the key that was given.
        given: String,
        /// Of the key that the database was first used with.
        known: String,
    },
    /// The database failed.
    #[error("the key's fingerprint cannot be read or written")]
    Database(#[from] DbErr),
}

/// The fingerprint of the key that this database was first used with; `None` for a new database.
pub async fn known(db: &Db, version: u8) -> Result<Option<String>, DbErr> {
    key_fingerprint::find(db.reader(), version).await
}

/// Compares `keys` with the database's fingerprint, and leaves theirs in a new database.
///
/// # Errors
/// [`KeyringError::Wrong`] when they differ.
pub async fn recognise(db: &Db, keys: &Keys, now: Instant) -> Result<(), KeyringError> {
    write(db, (keys.clone(), now), async |tx, (keys, now)| {
        // The first key wins, also when two instances start on a new database with different ones.
        key_fingerprint::insert_unless_there(tx, keys.version, keys.fingerprint(), *now).await?;
        let known = key_fingerprint::find(tx, keys.version).await?.unwrap_or_default();
        if known == keys.fingerprint() {
            Ok(())
        } else {
            Err(KeyringError::Wrong {
                given: keys.fingerprint().to_owned(),
                known,
            })
        }
    })
    .await
}
