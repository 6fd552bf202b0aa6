//! The exclusive lock beside a SQLite database: who changes its schema, replaces its file or serves from it holds it.
//!
//! Two processes migrating one SQLite file broke it two times of three, and a file replaced under an open connection loses what was
//! restored. The operating system lets go of the lock when its holder dies, however it dies. PostgreSQL needs none: its migrations
//! take an advisory lock, and several programs may serve from it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::MigrateError;
use crate::runner::Place;

/// Held for as long as the value lives.
#[derive(Debug)]
pub struct DatabaseLock {
    _file: Option<File>,
}

impl DatabaseLock {
    /// Takes the lock of the database at `url`, making the data folder when it is missing.
    ///
    /// # Errors
    /// [`MigrateError::InUse`] when another process holds it; [`MigrateError::Folder`] when the data folder cannot be written.
    pub fn take(url: &str) -> Result<Self, MigrateError> {
        let Place::File(database) = Place::of(url)? else {
            return Ok(Self { _file: None });
        };
        let folder = database
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let unwritable = |source| MigrateError::Folder {
            folder: folder.to_owned(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(unwritable)?;
        let path = beside(&database, "lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(unwritable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(MigrateError::InUse { database }),
            Err(TryLockError::Error(source)) => Err(unwritable(source)),
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
