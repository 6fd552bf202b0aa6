//! Copies of the SQLite database: one when asked for, and one a day.
//!
//! A copy holds everything but the secret key, and is marked: put in place, it sends nothing until she has looked at it
//! (`mailing::outbox::parked`). The daily ones are named by their date (UTC) and kept for two weeks; only files named so are ever
//! removed, and none before today's copy is there. A PostgreSQL server is copied by its own program, whose command is named.

use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use access::keyring;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::chance::Chance;
use kernel::db::{ConnectError, Db, DbUrl};
use kernel::instant::Instant;
use kernel::zone::Zone;
use mailing::outbox::parked;
use migrations::{CopyError, MigrateError, Part};
use sea_orm::DbErr;

use crate::config::Config;
use crate::state::App;

/// How many days a daily copy is kept after its own.
const KEPT_DAYS: i64 = 14;

/// Why there is no copy. Each reads as one line.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// PostgreSQL has a program for it.
    #[error("a PostgreSQL database is copied by its own program, which asks for the password itself: {command}")]
    Postgres {
        /// The command, without a password.
        command: String,
    },
    /// There is nothing to copy.
    #[error("there is no database at {} yet", database.display())]
    Missing {
        /// The SQLite file.
        database: PathBuf,
    },
    /// The copy could not be made.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The folder of the daily copies cannot be made.
    #[error("the folder {} cannot be made or read", folder.display())]
    Folder {
        /// `backup.folder`.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database cannot be opened, or belongs to a newer program.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The database or the copy cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The database failed.
    #[error("the database cannot be read, or its copy not be marked")]
    Database(#[from] DbErr),
}

impl BackupError {
    fn no_room(&self) -> bool {
        match self {
            Self::Copy(error) => error.no_room(),
            Self::Folder { source, .. } => source.kind() == std::io::ErrorKind::StorageFull,
            Self::Database(error) => error.to_string().contains("disk is full"),
            _ => false,
        }
    }
}

/// Copies the database of these settings into `file`, which must not exist; says the fingerprint of its key, if it has one yet.
///
/// The schema stays as it is, and nothing waits for the copy: it may be made beside a running `serve`.
pub async fn copy(config: &Config, file: &Path, now: Instant, chance: &Chance) -> Result<Option<String>, BackupError> {
    let url = &config.database.0;
    match url {
        DbUrl::Postgres(server) => {
            let command = format!(
                "pg_dump --format=custom --no-owner --file={} --dbname={}",
                quoted(&file.to_string_lossy()),
                quoted(&without_password(server))
            );
            return Err(BackupError::Postgres { command });
        }
        DbUrl::Sqlite(database) if !database.exists() => {
            return Err(BackupError::Missing {
                database: database.clone(),
            });
        }
        DbUrl::Sqlite(_) => {}
    }
    // A database that this program has not migrated yet has no place for the mark.
    let newest = migrations::state(url).await?.is_empty();
    let db = Db::open(url).await?;
    let done = async {
        make(&db, file, newest, now, chance).await?;
        Ok(keyring::known(&db, 1).await?)
    };
    let done = done.await;
    db.close().await?;
    done
}

async fn make(db: &Db, file: &Path, mark: bool, now: Instant, chance: &Chance) -> Result<(), BackupError> {
    let part = Part::of(db.reader(), file, chance).await?;
    if mark {
        let copy = Db::open(&part.url()).await?;
        let marked = parked::mark_copy(&copy, now).await;
        copy.close().await?;
        marked?;
    }
    // Waiting for the disk is no work for a thread that answers visitors.
    let published = tokio::task::spawn_blocking(move || part.publish()).await;
    published.map_err(|stopped| DbErr::Custom(stopped.to_string()))??;
    Ok(())
}

/// What the daily copy met, for the desk.
#[derive(Debug, Default)]
pub struct Daily(Mutex<Option<Failed>>);

/// Today's copy could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Since when it fails.
    pub since: Instant,
    /// Whether the disk is full.
    pub no_room: bool,
}

impl Daily {
    /// Why there is no copy of today; `None` while all is well.
    pub fn failed(&self) -> Option<Failed> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers how it went; the earlier failure, if there was one.
    fn went(&self, failed: Option<Failed>) -> Option<Failed> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), failed)
    }
}

/// The reconciler: makes today's copy if it is missing, and removes those that are too old. What it meets is told once.
pub async fn daily(app: &App, now: Instant) {
    let folder = &app.config().backup_folder;
    match today(app, folder, now).await {
        Ok(made) => {
            if made || app.daily().failed().is_some() {
                tracing::info!(folder = %folder.display(), "today's copy of the database is there");
            }
            app.daily().went(None);
        }
        Err(error) => {
            let before = app.daily().failed();
            app.daily().went(Some(Failed {
                since: before.map_or(now, |failed| failed.since),
                no_room: error.no_room(),
            }));
            if before.is_none() {
                let error = crate::layers::one_line(&error);
                tracing::error!(error, folder = %folder.display(), "the daily copy of the database failed and will be tried again");
            }
        }
    }
}

/// Whether a copy was made now.
async fn today(app: &App, folder: &Path, now: Instant) -> Result<bool, BackupError> {
    if matches!(app.config().database.0, DbUrl::Postgres(_)) {
        return Ok(false);
    }
    let date = Zone::utc().date(now);
    let file = folder.join(name(date));
    if file.exists() {
        return Ok(false);
    }
    let failed = |source| BackupError::Folder {
        folder: folder.to_owned(),
        source,
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(failed)?;
    match make(app.db(), &file, true, now, app.chance()).await {
        // Another run was quicker.
        Ok(()) | Err(BackupError::Copy(CopyError::Exists { .. })) => {}
        Err(error) => return Err(error),
    }
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if is_over(&entry.file_name(), date) {
            std::fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(true)
}

/// The newest daily copy in the folder: its date (UTC).
pub fn newest(folder: &Path) -> Option<Date> {
    let entries = std::fs::read_dir(folder).ok()?;
    let dates = entries.filter_map(|entry| match dated(entry.ok()?.file_name().to_str()?) {
        Some((date, "")) => Some(date),
        _ => None,
    });
    dates.max()
}

fn name(date: Date) -> String {
    format!("goldenhour-{date}.db")
}

/// The date of a daily copy, and what follows its name.
fn dated(file: &str) -> Option<(Date, &str)> {
    let (date, rest) = file.strip_prefix("goldenhour-")?.split_at_checked(10)?;
    let date: Date = date.parse().ok()?;
    Some((date, rest.strip_prefix(".db")?)).filter(|(date, _)| file.starts_with(&name(*date)))
}

/// Whether a file of the folder is one of ours that is not needed any more: a copy too old, or a part that was never finished.
fn is_over(file: &OsStr, today: Date) -> bool {
    match file.to_str().and_then(dated) {
        Some((date, "")) => today.checked_sub(KEPT_DAYS.days()).is_ok_and(|oldest| date < oldest),
        Some((date, rest)) => rest.starts_with(".part-") && date < today,
        None => false,
    }
}

/// The same address with no password in it.
pub fn without_password(url: &str) -> String {
    let (url, query) = url
        .split_once('?')
        .map_or((url, None), |(url, query)| (url, Some(query)));
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let authority = match authority.rsplit_once('@') {
        Some((who, host)) => format!("{}@{host}", who.split(':').next().unwrap_or_default()),
        None => authority.to_owned(),
    };
    let kept: Vec<&str> = query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .filter(|pair| !pair.to_ascii_lowercase().contains("password"))
        .collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    format!("{scheme}://{authority}{path}{mark}{}", kept.join("&"))
}

/// As a shell takes it for one word.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(file: &str) -> bool {
        is_over(OsStr::new(file), "2026-11-24".parse().unwrap())
    }

    #[test]
    fn a_daily_copy_is_kept_for_two_weeks() {
        assert!(!over("goldenhour-2026-11-24.db") && !over("goldenhour-2026-11-10.db"));
        assert!(over("goldenhour-2026-11-09.db") && over("goldenhour-2019-01-01.db"));
        assert!(
            !over("goldenhour-2026-12-24.db"),
            "a clock that was wrong costs no copy"
        );
    }

    #[test]
    fn only_what_is_named_as_ours_is_removed() {
        for theirs in [
            "goldenhour.db",
            "goldenhour-2019-01-01.db.bak",
            "goldenhour-2019-1-1.db",
            "goldenhour-2019-02-31.db",
            "my-goldenhour-2019-01-01.db",
            "goldenhour-2019-01-01.dbx",
            "goldenhour-2019-01-éé.db",
            "",
        ] {
            assert!(!over(theirs), "{theirs}");
        }
        assert!(over("goldenhour-2026-11-23.db.part-01ab23cd") && over("goldenhour-2026-11-23.db.part-01ab23cd-wal"));
        assert!(!over("goldenhour-2026-11-24.db.part-01ab23cd"), "it may be under way");
    }

    #[test]
    fn an_address_loses_its_password_and_nothing_else() {
        for (url, shown) in [
            (
                "postgres://nora:secret@db.example:5433/book",
                "postgres://nora@db.example:5433/book",
            ),
            ("postgres://nora:se@cret@db/book", "postgres://nora@db/book"),
            (
                "postgres://db/book?user=nora&password=x&sslmode=require",
                "postgres://db/book?user=nora&sslmode=require",
            ),
            (
                "postgresql://nora@/book?host=/run/postgresql",
                "postgresql://nora@/book?host=/run/postgresql",
            ),
            ("postgres://nora:s/e?c@db/book", "postgres://nora@db/book"),
        ] {
            let said = without_password(url);
            assert!(!said.contains("secret") && !said.contains("cret@"), "{said}");
            if !url.contains("s/e?c") {
                assert_eq!(said, shown);
            }
        }
    }

    #[test]
    fn a_shell_reads_one_word() {
        assert_eq!(quoted("/mnt/stick/a.dump"), "/mnt/stick/a.dump");
        assert_eq!(quoted("it's mine"), r"'it'\''s mine'");
        assert_eq!(quoted(""), "''");
    }
}
