//! The installation's secret key: where it comes from, and whether it is the right one.
//!
//! A new SQLite database gets a key of its own, kept beside it in `secret.key`, readable by its owner alone. For a database that was used
//! before nothing is made: a missing or a wrong key is refused, because every link and every sealed text depends on it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use access::keyring::{self, KeyringError};
use kernel::chance::Chance;
use kernel::db::{Db, DbUrl};
use kernel::instant::Instant;
use kernel::keys::{Keys, NotAKey};
use sea_orm::DbErr;
use secrecy::{ExposeSecret, SecretString};

use crate::config::Config;

/// The file's name in the data folder.
const FILE: &str = "secret.key";

/// Why there is no key to work with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database was used with a key that is not there.
    #[error("the secret key of this database is missing (its fingerprint is {fingerprint}): put it into {} or into server.secret_key", file.display())]
    Missing {
        /// Of the missing key.
        fingerprint: String,
        /// Where it was kept.
        file: PathBuf,
    },
    /// The file holds something else.
    #[error("{} holds no key", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        source: NotAKey,
    },
    /// The file cannot be read or written.
    #[error("the secret key cannot be kept in {}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is the key of another database, or the database failed.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The database failed.
    #[error("the key's fingerprint cannot be read")]
    Database(#[from] DbErr),
}

/// The keys to work with. A database that was never used gets one made for it if none is set.
pub async fn obtain(config: &Config, db: &Db, now: Instant, chance: &Chance) -> Result<Keys, KeyError> {
    let keys = if let Some(keys) = find(config)? {
        keys
    } else {
        let file = file(config);
        // Every version of the key begins as version 1.
        if let Some(fingerprint) = keyring::known(db, 1).await? {
            return Err(KeyError::Missing { fingerprint, file });
        }
        make(&file, chance)?
    };
    keyring::recognise(db, &keys, now).await?;
    Ok(keys)
}

/// The keys that are set or kept, without asking the database and without making any.
pub fn find(config: &Config) -> Result<Option<Keys>, KeyError> {
    let file = file(config);
    let hex = match (&config.server.secret_key, &config.database.0) {
        (Some(set), _) => Some(set.clone()),
        (None, DbUrl::Sqlite(_)) => kept(&file)?,
        (None, DbUrl::Postgres(_)) => None,
    };
    let keys = hex.map(|hex| Keys::from_hex(hex.expose_secret())).transpose();
    keys.map_err(|source| KeyError::Unreadable { file, source })
}

/// Where the key is kept when it is not set.
pub fn file(config: &Config) -> PathBuf {
    config.data_folder().join(FILE)
}

fn kept(file: &Path) -> Result<Option<SecretString>, KeyError> {
    match std::fs::read_to_string(file) {
        Ok(hex) => Ok(Some(hex.into())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(KeyError::File {
            file: file.to_owned(),
            source,
        }),
    }
}

/// Makes a key and keeps it; if another program has just made one, that one is it.
fn make(file: &Path, chance: &Chance) -> Result<Keys, KeyError> {
    let hex = SecretString::from(Keys::new_hex(chance));
    let failed = |source| KeyError::File {
        file: file.to_owned(),
        source,
    };
    let hex = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(mut new) => {
            writeln!(new, "{}", hex.expose_secret())
                .and_then(|()| new.sync_all())
                .map_err(failed)?;
            hex
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => kept(file)?.unwrap_or(hex),
        Err(error) => return Err(failed(error)),
    };
    Keys::from_hex(hex.expose_secret()).map_err(|source| KeyError::Unreadable {
        file: file.to_owned(),
        source,
    })
}
