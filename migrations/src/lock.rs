//! The exclusive lock beside a SQLite database: who changes its schema, replaces its file or serves from it holds it.
//!
//! Two processes migrating one SQLite file broke it two times of three, and a file replaced under an open connection loses what was
//! restored. The operating system lets go of the lock when its holder dies, however it dies. PostgreSQL needs none: its migrations
//! take an advisory lock, and several programs may serve from it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use kernel::db::{ConnectError, DbUrl};

use crate::MigrateError;

/// Held for as long as the value lives.
#[derive(Debug)]
pub struct DatabaseLock {
    _file: Option<File>,
}

impl DatabaseLock {
    /// Takes the lock of the database at `url`, making the data folder when it is missing (for its owner alone: health is private).
    ///
    /// # Errors
    /// [`MigrateError::InUse`] when another process holds it; [`ConnectError::Folder`] when the data folder cannot be written.
    pub fn take(url: &DbUrl) -> Result<Self, MigrateError> {
        let (DbUrl::Sqlite(database), Some(folder)) = (url, url.data_folder()) else {
            return Ok(Self { _file: None });
        };
        let unwritable = |source| ConnectError::Folder(folder.to_owned(), source);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(unwritable)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(beside(database, "lock"))
            .map_err(unwritable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(MigrateError::InUse {
                database: database.clone(),
            }),
            Err(TryLockError::Error(source)) => Err(unwritable(source).into()),
        }
    }
}

/// `data/goldenhour.db` and `lock` make `data/goldenhour.db.lock`.
pub(crate) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}
