//! Brings a database to the newest schema: under a lock, after a copy, never backwards.
//!
//! The steps run on a pool of one connection, so that PostgreSQL's advisory lock and the statements it guards share a session. On
//! SQLite the caller shows its [`DatabaseLock`]; before an existing file is changed, a copy is written beside it, and the first step
//! that is missing names the copy.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm_migration::sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbBackend, EntityTrait, QueryOrder, Statement,
};
use sea_orm_migration::seaql_migrations;

use crate::lock::beside;
use crate::{DatabaseLock, Migrator};

/// The advisory lock of migrations, an arbitrary number known to this program alone.
const ADVISORY_LOCK: i64 = 7_306_114;

/// Why the schema was not brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The URL is neither SQLite's nor PostgreSQL's.
    #[error("database.url must begin with sqlite:// or postgres://")]
    Url,
    /// The folder of the SQLite file cannot be made or written.
    #[error("the data folder {} cannot be written", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process serves from, migrates or restores this SQLite file.
    #[error("the database {} is in use by another goldenhour: stop it first", database.display())]
    InUse {
        /// The SQLite file.
        database: PathBuf,
    },
    /// A step was applied that this program does not know.
    #[error(
        "the database has the step {step}, which this program does not know: it was written by a newer goldenhour"
    )]
    Newer {
        /// The newest such step.
        step: String,
    },
    /// The copy before the migration could not be written.
    #[error("the copy {} could not be made before migrating", copy.display())]
    Copy {
        /// Where the copy was to be.
        copy: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database cannot be opened.
    #[error("the database cannot be opened")]
    Open(#[source] DbErr),
    /// A step failed; it was rolled back whole.
    #[error("the database could not be migrated")]
    Database(#[from] DbErr),
}

/// What [`migrate`] found and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Migrated {
    /// The database was empty; it now has the schema.
    Made,
    /// Nothing was missing.
    Current,
    /// Steps were missing and have been run.
    Brought {
        /// Their names, in order.
        steps: Vec<String>,
        /// The copy of what was there before (SQLite).
        copy: Option<PathBuf>,
    },
}

/// Where a database is.
pub(crate) enum Place {
    File(PathBuf),
    Server,
}

impl Place {
    pub(crate) fn of(url: &str) -> Result<Self, MigrateError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Server);
        }
        match url.strip_prefix("sqlite://") {
            Some(path) if !path.is_empty() && !path.contains('?') => {
                Ok(Self::File(PathBuf::from(path)))
            }
            _ => Err(MigrateError::Url),
        }
    }
}

/// Runs the steps that the database at `url` misses. SQLite wants the lock of the same database.
pub async fn migrate(url: &str, _lock: &DatabaseLock) -> Result<Migrated, MigrateError> {
    let place = Place::of(url)?;
    let db = open(url, &place, true).await?;
    let done = match place {
        Place::Server => {
            // The session ends with `close`, and the lock with the session, also when a step failed.
            db.execute_unprepared(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"))
                .await?;
            run(&db, None).await
        }
        Place::File(file) => run(&db, Some(&file)).await,
    };
    db.close().await?;
    done
}

/// What [`migrate`] would find, without changing anything: the names of the steps that are missing.
pub async fn state(url: &str) -> Result<Vec<String>, MigrateError> {
    let place = Place::of(url)?;
    if let Place::File(file) = &place
        && !file.exists()
    {
        return Ok(names());
    }
    let db = open(url, &place, false).await?;
    let missing = missing(&db).await;
    db.close().await?;
    missing.map(|(_, steps)| steps)
}

async fn run(db: &DatabaseConnection, file: Option<&Path>) -> Result<Migrated, MigrateError> {
    let (fresh, steps) = missing(db).await?;
    let Some(first) = steps.first() else {
        return Ok(Migrated::Current);
    };
    let copy = match file {
        Some(file) if !fresh => Some(copy(db, file, first).await?),
        _ => None,
    };
    Migrator::up(db, None).await?;
    Ok(if fresh {
        Migrated::Made
    } else {
        Migrated::Brought { steps, copy }
    })
}

/// Whether no step was ever run, and which ones are missing.
async fn missing(db: &DatabaseConnection) -> Result<(bool, Vec<String>), MigrateError> {
    let applied = applied(db).await?;
    let known = names();
    if let Some(step) = applied.iter().rev().find(|step| !known.contains(step)) {
        return Err(MigrateError::Newer { step: step.clone() });
    }
    Ok((
        applied.is_empty(),
        known
            .into_iter()
            .filter(|step| !applied.contains(step))
            .collect(),
    ))
}

/// The steps that the database has, ascending.
async fn applied(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    if !SchemaManager::new(db).has_table("seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let rows = seaql_migrations::Entity::find()
        .order_by_asc(seaql_migrations::Column::Version)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

fn names() -> Vec<String> {
    Migrator::migrations()
        .iter()
        .map(|step| step.name().to_owned())
        .collect()
}

/// Writes a copy of the database beside it, complete or not at all. An older copy of the same name is an earlier attempt's.
async fn copy(db: &DatabaseConnection, file: &Path, first: &str) -> Result<PathBuf, MigrateError> {
    let copy = beside(file, &format!("before-{first}"));
    let part = beside(&copy, "part");
    let failed = |source| MigrateError::Copy {
        copy: copy.clone(),
        source,
    };
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    db.execute_raw(Statement::from_sql_and_values(
        DbBackend::Sqlite,
        "VACUUM INTO ?",
        [part.to_string_lossy().into_owned().into()],
    ))
    .await
    .map_err(|error| failed(std::io::Error::other(error)))?;
    std::fs::rename(&part, &copy).map_err(failed)?;
    Ok(copy)
}

async fn open(url: &str, place: &Place, create: bool) -> Result<DatabaseConnection, MigrateError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .sqlx_logging(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(10));
    if let Place::File(_) = place {
        options.map_sqlx_sqlite_opts(move |file| {
            file.create_if_missing(create)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(5))
        });
    }
    Database::connect(options).await.map_err(MigrateError::Open)
}
