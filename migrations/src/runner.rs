//! Brings a database to the newest schema: under a lock, after a copy, never backwards.
//!
//! The steps run on a pool of one connection, so that PostgreSQL's advisory lock and the statements it guards share a session. On
//! SQLite the caller shows its [`DatabaseLock`]; before an existing file is changed, a copy is written beside it, and the first step
//! that is missing names the copy.

use std::path::{Path, PathBuf};

use kernel::db::{ConnectError, DbUrl};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use sea_orm_migration::seaql_migrations;

use crate::copy::vacuum;
use crate::lock::beside;
use crate::{DatabaseLock, Migrator};

/// The advisory lock of migrations, an arbitrary number known to this program alone.
const ADVISORY_LOCK: i64 = 7_306_114;

/// Why the schema was not brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// Another process serves from, migrates or restores this SQLite file.
    #[error("the database {} is in use by another goldenhour: stop it first", database.display())]
    InUse {
        /// The SQLite file.
        database: PathBuf,
    },
    /// A step was applied that this program does not know.
    #[error("the database has the step {step}, which this program does not know: it was written by a newer goldenhour")]
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
    /// The database cannot be opened, or its folder not be written.
    #[error(transparent)]
    Connect(#[from] ConnectError),
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

/// Runs the steps that the database at `url` misses. SQLite wants the lock of the same database.
pub async fn migrate(url: &DbUrl, _lock: &DatabaseLock) -> Result<Migrated, MigrateError> {
    let db = url.open_writer(1).await?;
    let done = match url {
        // The lock ends with the session, and the session with `close`, also when a step failed.
        DbUrl::Postgres(_) => match db
            .execute_unprepared(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"))
            .await
        {
            Ok(_) => run(&db, None).await,
            Err(error) => Err(error.into()),
        },
        DbUrl::Sqlite(file) => run(&db, Some(file)).await,
    };
    db.close().await?;
    done
}

/// The names of the steps that [`migrate`] would run, without changing anything.
pub async fn state(url: &DbUrl) -> Result<Vec<String>, MigrateError> {
    if let DbUrl::Sqlite(file) = url
        && !file.exists()
    {
        return Ok(names());
    }
    let db = url.open_writer(1).await?;
    let missing = missing(&db).await;
    db.close().await?;
    missing.map(|(_, steps)| steps)
}

pub(crate) async fn run(db: &DatabaseConnection, file: Option<&Path>) -> Result<Migrated, MigrateError> {
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
        known.into_iter().filter(|step| !applied.contains(step)).collect(),
    ))
}

/// The steps that the database has, ascending.
pub(crate) async fn applied(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    if !SchemaManager::new(db).has_table("seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let rows = seaql_migrations::Entity::find()
        .order_by_asc(seaql_migrations::Column::Version)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

pub(crate) fn names() -> Vec<String> {
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
    vacuum(db, &part)
        .await
        .map_err(|error| failed(std::io::Error::other(error)))?;
    std::fs::rename(&part, &copy).map_err(failed)?;
    Ok(copy)
}
