//! How the data of one moment is told from that of the next: so that what was read once can be used again, and never once too often.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{self, ConnectOptions as _, SqliteConnection};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, RuntimeErr, Statement};
use tokio::sync::Mutex;

/// What every committed change makes a new one of, whoever made it: two equal ones, and nothing was committed between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(Known);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    /// Which of our connections was asked, and what it saw (`PRAGMA data_version`: comparable only on one connection).
    File { connection: u64, commits: i64 },
    /// Which transactions the server counts as finished (`pg_current_snapshot()`).
    Server(String),
}

/// Where versions are asked for. Of many who ask at once one goes to the database, for all who came before it set out.
#[derive(Clone, Debug)]
pub(super) struct Versions(Arc<Desk>);

#[derive(Debug)]
struct Desk {
    /// How many have set out.
    set_out: AtomicU64,
    turn: Mutex<Turn>,
}

/// What the last one brought back, under its number, and whom it asked.
#[derive(Debug)]
struct Turn {
    last: Option<(u64, Known)>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    File(Watch),
    Server(DatabaseConnection),
}

/// A connection of an SQLite file that only watches, and how many there were before it.
#[derive(Debug)]
struct Watch {
    path: PathBuf,
    number: u64,
    open: Option<SqliteConnection>,
}

impl Versions {
    pub(super) fn of_file(path: &Path) -> Self {
        Self::of(Source::File(Watch {
            path: path.to_owned(),
            number: 0,
            open: None,
        }))
    }

    pub(super) fn of_server(server: DatabaseConnection) -> Self {
        Self::of(Source::Server(server))
    }

    fn of(source: Source) -> Self {
        Self(Arc::new(Desk {
            set_out: AtomicU64::new(0),
            turn: Mutex::new(Turn { last: None, source }),
        }))
    }

    /// Ask before reading: what is read afterwards is at least as new.
    pub(super) async fn now(&self) -> Result<Version, DbErr> {
        let came = self.0.set_out.load(Ordering::SeqCst);
        let mut turn = self.0.turn.lock().await;
        if let Some((number, known)) = &turn.last
            && *number > came
        {
            return Ok(Version(known.clone()));
        }
        let number = self.0.set_out.fetch_add(1, Ordering::SeqCst) + 1;
        let known = match &mut turn.source {
            Source::File(watch) => watch.now().await.map_err(query)?,
            Source::Server(server) => snapshot(server).await?,
        };
        turn.last = Some((number, known.clone()));
        Ok(Version(known))
    }

    /// Lets go of the file.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        use sqlx::Connection as _;
        if let Source::File(watch) = &mut self.0.turn.lock().await.source
            && let Some(open) = watch.open.take()
        {
            open.close().await.map_err(query)?;
        }
        Ok(())
    }
}

impl Watch {
    async fn now(&mut self) -> Result<Known, sqlx::Error> {
        let mut open = if let Some(open) = self.open.take() {
            open
        } else {
            self.number += 1;
            let options = SqliteConnectOptions::new().filename(&self.path).read_only(true);
            options.disable_statement_logging().connect().await?
        };
        // A connection that failed, or whose asker went away, is not put back: its successor has another number.
        let commits = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut open).await?;
        self.open = Some(open);
        Ok(Known::File {
            connection: self.number,
            commits,
        })
    }
}

async fn snapshot(server: &DatabaseConnection) -> Result<Known, DbErr> {
    let ask = Statement::from_string(DbBackend::Postgres, "SELECT pg_current_snapshot()::text AS seen");
    let row = server.query_one_raw(ask).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the server's snapshot".to_owned()))?;
    Ok(Known::Server(row.try_get("", "seen")?))
}

fn query(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}
