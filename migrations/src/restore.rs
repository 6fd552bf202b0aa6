//! Putting a copy in the place of a database that is empty.
//!
//! The copy is copied again, beside its place, looked through and brought to the newest schema there; only a whole one gets the
//! database's name, in one step. A file replaced under an open connection would lose what was restored, so the caller shows the
//! [`DatabaseLock`], which `serve` holds too. What is there already is never overwritten.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};

use kernel::chance::Chance;
use kernel::db::DbUrl;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DatabaseConnection, DbBackend, Statement};

use crate::copy::{CopyError, Part, of_sqlite};
use crate::runner::{applied, run};
use crate::{DatabaseLock, MigrateError};

/// How a SQLite file begins.
const HEADER: &[u8; 16] = b"SQLite format 3\0";
/// What a database may hold that nobody has used yet.
const OURS: [&str; 2] = ["seaql_migrations", "key_fingerprint"];
/// A table that has a row from its step on.
const COUNTER: &str = "receipt_counter";

/// Why nothing was restored. The database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// Something was kept in the database.
    #[error("the database {} is not empty: restoring never overwrites; move it away or set another database.url", database.display())]
    NotEmpty {
        /// The SQLite file.
        database: PathBuf,
    },
    /// A piece of a database whose file is gone; a restored one would swallow it.
    #[error("{} is left from another database: move it away first", file.display())]
    Leftover {
        /// The piece.
        file: PathBuf,
    },
    /// The copy cannot be read.
    #[error("{} cannot be read", file.display())]
    Read {
        /// As it was given.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{} is no backup of goldenhour", file.display())]
    NotABackup {
        /// As it was given.
        file: PathBuf,
    },
    /// It is cut short or broken.
    #[error("{} is damaged: it was cut short or changed; take an older copy", file.display())]
    Damaged {
        /// As it was given.
        file: PathBuf,
    },
    /// A step was applied that this program does not know.
    #[error("{} has the step {step}, which this program does not know: it was made by a newer goldenhour", file.display())]
    Newer {
        /// As it was given.
        file: PathBuf,
        /// The newest such step.
        step: String,
    },
    /// The database cannot be opened or written.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The copy cannot be put in its place.
    #[error(transparent)]
    Copy(#[from] CopyError),
}

impl From<DbErr> for RestoreError {
    fn from(error: DbErr) -> Self {
        Self::Migrate(error.into())
    }
}

/// A copy that was found whole and waits beside the empty database; dropped, it leaves nothing.
#[derive(Debug)]
pub struct Restoring {
    part: Part,
    database: PathBuf,
}

impl Restoring {
    /// Copies `file` beside the empty database at `database` and looks it through.
    ///
    /// # Errors
    /// Whatever speaks against it; nothing was changed then.
    pub async fn begin(
        database: &Path,
        _lock: &DatabaseLock,
        file: &Path,
        chance: &Chance,
    ) -> Result<Self, RestoreError> {
        let mut source = open(file)?;
        refuse_unless_empty(database).await?;
        let (part, mut into) = Part::new(database, chance)?;
        std::io::copy(&mut source, &mut into).map_err(|source| CopyError::Write {
            file: database.to_owned(),
            source,
        })?;
        drop(into);
        let restoring = Self {
            part,
            database: database.to_owned(),
        };
        restoring.look_through(file).await?;
        Ok(restoring)
    }

    /// The waiting copy as a database. Whoever opens it closes it.
    pub fn url(&self) -> DbUrl {
        self.part.url()
    }

    /// Brings the waiting copy to the newest schema.
    pub async fn migrate(&self) -> Result<(), RestoreError> {
        let db = self.url().open_writer(1).await.map_err(MigrateError::from)?;
        let done = run(&db, None).await;
        db.close().await?;
        done?;
        Ok(())
    }

    /// Puts it in its place.
    pub fn finish(self) -> Result<(), RestoreError> {
        for ending in ["wal", "shm"] {
            // Of the empty database, which nobody has open; SQLite itself removes them when it closes the file.
            let _ = std::fs::remove_file(of_sqlite(&self.database, ending));
        }
        Ok(self.part.replace()?)
    }

    async fn look_through(&self, file: &Path) -> Result<(), RestoreError> {
        let damaged = |_| RestoreError::Damaged { file: file.to_owned() };
        let db = self
            .url()
            .open_writer(1)
            .await
            .map_err(|_| RestoreError::Damaged { file: file.to_owned() })?;
        let found = look(&db).await;
        db.close().await.map_err(damaged)?;
        match found.map_err(damaged)? {
            Found::Whole => Ok(()),
            Found::Broken => Err(RestoreError::Damaged { file: file.to_owned() }),
            Found::Foreign => Err(RestoreError::NotABackup { file: file.to_owned() }),
            Found::Newer(step) => Err(RestoreError::Newer {
                file: file.to_owned(),
                step,
            }),
        }
    }
}

/// What a file turned out to be.
enum Found {
    Whole,
    Broken,
    Foreign,
    Newer(String),
}

async fn look(db: &DatabaseConnection) -> Result<Found, DbErr> {
    let said = text(db, "PRAGMA integrity_check(1)").await?;
    if said.first().is_none_or(|line| line != "ok") {
        return Ok(Found::Broken);
    }
    let manager = SchemaManager::new(db);
    for table in OURS {
        if !manager.has_table(table).await? {
            return Ok(Found::Foreign);
        }
    }
    let (applied, known) = (applied(db).await?, crate::runner::names());
    let newer = applied.into_iter().rev().find(|step| !known.contains(step));
    Ok(newer.map_or(Found::Whole, Found::Newer))
}

/// Opens what the command line named, if it begins as a database does.
fn open(file: &Path) -> Result<File, RestoreError> {
    let unreadable = |source| RestoreError::Read {
        file: file.to_owned(),
        source,
    };
    let mut source = File::open(file).map_err(unreadable)?;
    let mut begin = Vec::new();
    let foreign = || RestoreError::NotABackup { file: file.to_owned() };
    if !source.metadata().map_err(unreadable)?.is_file() {
        return Err(foreign());
    }
    source
        .by_ref()
        .take(HEADER.len() as u64)
        .read_to_end(&mut begin)
        .map_err(unreadable)?;
    if begin != HEADER {
        return Err(foreign());
    }
    source.rewind().map_err(unreadable)?;
    Ok(source)
}

/// Nothing is there, or a database in which nothing was ever kept.
async fn refuse_unless_empty(database: &Path) -> Result<(), RestoreError> {
    let not_empty = || RestoreError::NotEmpty {
        database: database.to_owned(),
    };
    match database.symlink_metadata() {
        Err(_) => {
            let left = ["wal", "journal"].map(|ending| of_sqlite(database, ending));
            match left.into_iter().find(|file| file.symlink_metadata().is_ok()) {
                Some(file) => Err(RestoreError::Leftover { file }),
                None => Ok(()),
            }
        }
        Ok(there) if !there.is_file() => Err(not_empty()),
        Ok(_) => {
            let url = DbUrl::Sqlite(database.to_owned());
            let db = url.open_writer(1).await.map_err(MigrateError::from)?;
            let used = is_used(&db).await;
            db.close().await?;
            if used? { Err(not_empty()) } else { Ok(()) }
        }
    }
}

async fn is_used(db: &DatabaseConnection) -> Result<bool, DbErr> {
    let tables = text(
        db,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .await?;
    for table in tables
        .iter()
        .filter(|table| !OURS.contains(&table.as_str()) && *table != COUNTER)
    {
        let rows = format!("SELECT 'a row' FROM \"{}\" LIMIT 1", table.replace('"', "\"\""));
        if !text(db, &rows).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first column of every row.
async fn text(db: &DatabaseConnection, query: &str) -> Result<Vec<String>, DbErr> {
    let rows = db
        .query_all_raw(Statement::from_string(DbBackend::Sqlite, query))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
