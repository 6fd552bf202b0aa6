//! How the data of one moment is told from that of the next: so that what was read once can be used again, and never once too often.

use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// Where versions are asked for.
#[derive(Clone, Debug)]
pub(super) enum Versions {
    File(Arc<Watch>),
    Server(DatabaseConnection),
}

/// A connection of an SQLite file that only watches, and how many there were before it.
#[derive(Debug)]
pub(super) struct Watch {
    path: PathBuf,
    open: Mutex<(u64, Option<SqliteConnection>)>,
}

impl Versions {
    pub(super) fn of_file(path: &Path) -> Self {
        Self::File(Arc::new(Watch {
            path: path.to_owned(),
            open: Mutex::new((0, None)),
        }))
    }

    /// Ask before reading: what is read afterwards is at least as new.
    pub(super) async fn now(&self) -> Result<Version, DbErr> {
        match self {
            Self::File(watch) => watch.now().await.map(Version).map_err(query),
            Self::Server(server) => {
                let ask = Statement::from_string(DbBackend::Postgres, "SELECT pg_current_snapshot()::text AS seen");
                let row = server.query_one_raw(ask).await?;
                let row = row.ok_or_else(|| DbErr::RecordNotFound("the server's snapshot".to_owned()))?;
                Ok(Version(Known::Server(row.try_get("", "seen")?)))
            }
        }
    }

    /// Lets go of the file.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        use sqlx::Connection as _;
        if let Self::File(watch) = self
            && let Some(open) = watch.open.lock().await.1.take()
        {
            open.close().await.map_err(query)?;
        }
        Ok(())
    }
}

impl Watch {
    async fn now(&self) -> Result<Known, sqlx::Error> {
        let mut place = self.open.lock().await;
        let mut open = if let Some(open) = place.1.take() {
            open
        } else {
            place.0 += 1;
            let options = SqliteConnectOptions::new().filename(&self.path).read_only(true);
            options.disable_statement_logging().connect().await?
        };
        // A connection that failed, or whose asker went away, is not put back: its successor has another number.
        let commits = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut open).await?;
        place.1 = Some(open);
        Ok(Known::File {
            connection: place.0,
            commits,
        })
    }
}

fn query(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}
