//! A consistent copy of a SQLite database that is in use.
//!
//! The copy is made by `VACUUM INTO`, which reads one snapshot while others go on writing, into a *part* beside its place, readable by
//! its owner alone. It gets its name only when it is on the disk, and never the name of something that is there already.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use kernel::chance::Chance;
use kernel::db::DbUrl;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DatabaseConnection, DbBackend, Statement};

use crate::lock::beside;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Something is there already; it was not touched.
    #[error("{} is there already, and nothing is overwritten: choose another name", file.display())]
    Exists {
        /// What was asked for.
        file: PathBuf,
    },
    /// The disk is full, the folder is missing or closed, or the name is none.
    #[error("the copy {} cannot be written", file.display())]
    Write {
        /// The copy, or what it is made from.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database could not be read, or its copy not be written.
    #[error("the copy {} could not be made", file.display())]
    Database {
        /// The copy.
        file: PathBuf,
        /// What the database said; it says so, too, when the disk is full.
        source: DbErr,
    },
}

impl CopyError {
    /// Whether there was no room.
    pub fn no_room(&self) -> bool {
        match self {
            Self::Write { source, .. } => matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded),
            Self::Database { source, .. } => source.to_string().contains("disk is full"),
            Self::Exists { .. } => false,
        }
    }
}

/// A file on its way: it is removed unless it gets its name.
#[derive(Debug)]
pub struct Part {
    path: PathBuf,
    target: PathBuf,
}

impl Part {
    /// An empty part for `target`, beside it.
    ///
    /// # Errors
    /// [`CopyError::Exists`] when `target` is there; [`CopyError::Write`] when its folder cannot be written.
    pub(crate) fn new(target: &Path, chance: &Chance) -> Result<(Self, File), CopyError> {
        let failed = |source| CopyError::Write {
            file: target.to_owned(),
            source,
        };
        // Whole, so that no name can look like one of SQLite's own (`:memory:`, `file:`).
        let target = std::path::absolute(target).map_err(failed)?;
        if target.file_name().is_none() || target.to_str().is_none() {
            return Err(failed(ErrorKind::InvalidFilename.into()));
        }
        let path = beside(&target, &format!("part-{:08x}", u32::from_be_bytes(chance.bytes())));
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        Ok((Self { path, target }, file))
    }

    /// Copies the database that `db` reads; others may go on writing to it.
    pub async fn of(db: &DatabaseConnection, target: &Path, chance: &Chance) -> Result<Self, CopyError> {
        if target.symlink_metadata().is_ok() {
            return Err(CopyError::Exists {
                file: target.to_owned(),
            });
        }
        let (part, _) = Self::new(target, chance)?;
        vacuum(db, &part.path).await.map_err(|source| CopyError::Database {
            file: target.to_owned(),
            source,
        })?;
        Ok(part)
    }

    /// The part as a database, for what is written into it before it gets its name. Whoever opens it closes it.
    pub fn url(&self) -> DbUrl {
        DbUrl::Sqlite(self.path.clone())
    }

    /// Puts the part on the disk and gives it its name, unless that was taken meanwhile.
    pub fn publish(self) -> Result<(), CopyError> {
        self.place(|part, target| match std::fs::hard_link(part, target) {
            // A memory stick may know no links.
            Err(error) if error.kind() != ErrorKind::AlreadyExists && target.symlink_metadata().is_err() => {
                std::fs::rename(part, target)
            }
            done => done,
        })
    }

    /// Puts the part on the disk in the place of what has its name.
    pub(crate) fn replace(self) -> Result<(), CopyError> {
        self.place(|part, target| std::fs::rename(part, target))
    }

    fn place(self, name: impl FnOnce(&Path, &Path) -> std::io::Result<()>) -> Result<(), CopyError> {
        let failed = |source: std::io::Error| {
            let file = self.target.clone();
            if source.kind() == ErrorKind::AlreadyExists {
                CopyError::Exists { file }
            } else {
                CopyError::Write { file, source }
            }
        };
        // What was written into the part is in it, and not in a log beside it that would lose its name.
        if of_sqlite(&self.path, "wal").metadata().is_ok_and(|log| log.len() > 0) {
            return Err(failed(ErrorKind::ResourceBusy.into()));
        }
        File::open(&self.path)
            .and_then(|file| file.sync_all())
            .map_err(failed)?;
        name(&self.path, &self.target).map_err(failed)?;
        let folder = self.target.parent().unwrap_or(Path::new("/"));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // What cannot be removed is found by its name.
        for file in [
            self.path.clone(),
            of_sqlite(&self.path, "wal"),
            of_sqlite(&self.path, "shm"),
        ] {
            let _ = std::fs::remove_file(file);
        }
    }
}

/// `goldenhour.db` and `wal` make `goldenhour.db-wal`.
pub(crate) fn of_sqlite(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-");
    name.push(ending);
    PathBuf::from(name)
}

/// Copies into a file that is missing or empty. It is not on the disk yet when this returns.
pub(crate) async fn vacuum(db: &DatabaseConnection, into: &Path) -> Result<(), DbErr> {
    let into = into
        .to_str()
        .ok_or_else(|| DbErr::Custom("the name is no text".into()))?;
    db.execute_raw(Statement::from_sql_and_values(
        DbBackend::Sqlite,
        "VACUUM INTO ?",
        [into.into()],
    ))
    .await
    .map(drop)
}
