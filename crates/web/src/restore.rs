//! Putting a copy back: into an empty database, with its own key, and with its mails held back.

use std::path::{Path, PathBuf};

use access::keyring;
use kernel::chance::Chance;
use kernel::db::{ConnectError, Db, DbUrl};
use kernel::instant::Instant;
use mailing::outbox::parked;
use migrations::{DatabaseLock, MigrateError, RestoreError, Restoring};
use sea_orm::DbErr;

use crate::backup::{quoted, without_password};
use crate::config::Config;
use crate::keys::{self, KeyError};

/// Why nothing was restored; the database is as it was. Each reads as one line.
#[derive(Debug, thiserror::Error)]
pub enum RestoreFailure {
    /// PostgreSQL has a program for it.
    #[error("a PostgreSQL database is restored by its own program, which asks for the password itself: {command}")]
    Postgres {
        /// The command, without a password.
        command: String,
    },
    /// The key that the copy was made with is not here.
    #[error("the secret key of this backup is missing: put the one with the fingerprint {fingerprint} into {} or into server.secret_key", file.display())]
    KeyMissing {
        /// Of the missing key.
        fingerprint: String,
        /// Where it belongs.
        file: PathBuf,
    },
    /// Another key is here.
    #[error("the secret key here has the fingerprint {given}, the backup's has {fingerprint}: put that one into {} or into server.secret_key", file.display())]
    KeyWrong {
        /// Of the key that is here.
        given: String,
        /// Of the backup's.
        fingerprint: String,
        /// Where it belongs.
        file: PathBuf,
    },
    /// The database is used by another program.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The file is no backup, or there is something already.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// The key's file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The copy cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The copy failed.
    #[error("the backup cannot be read or written")]
    Database(#[from] DbErr),
}

/// Puts `file` in the place of the empty database of these settings, parks its outbox, and says where it is now.
pub async fn restore(config: &Config, file: &Path, now: Instant, chance: &Chance) -> Result<PathBuf, RestoreFailure> {
    let url = &config.database.0;
    let database = match url {
        DbUrl::Sqlite(database) => database,
        DbUrl::Postgres(server) => {
            let command = format!(
                "pg_restore --no-owner --exit-on-error --single-transaction --dbname={} {}",
                quoted(&without_password(server)),
                quoted(&file.to_string_lossy())
            );
            return Err(RestoreFailure::Postgres { command });
        }
    };
    let lock = DatabaseLock::take(url)?;
    let restoring = Restoring::begin(database, &lock, file, chance).await?;

    let copy = Db::open(&restoring.url()).await?;
    let known = keyring::known(&copy, 1).await;
    copy.close().await?;
    let Some(fingerprint) = known? else {
        return Err(RestoreError::NotABackup { file: file.to_owned() }.into());
    };
    recognise(config, fingerprint)?;

    restoring.migrate().await?;
    let copy = Db::open(&restoring.url()).await?;
    let parked = parked::park(&copy, now).await;
    copy.close().await?;
    parked?;
    restoring.finish()?;
    Ok(database.clone())
}

/// The key is asked for before anything is put in place: a database without its key is of no use.
fn recognise(config: &Config, fingerprint: String) -> Result<(), RestoreFailure> {
    let file = keys::file(config);
    match keys::find(config)? {
        None => Err(RestoreFailure::KeyMissing { fingerprint, file }),
        Some(keys) if keys.fingerprint() != fingerprint => Err(RestoreFailure::KeyWrong {
            given: keys.fingerprint().to_owned(),
            fingerprint,
            file,
        }),
        Some(_) => Ok(()),
    }
}
