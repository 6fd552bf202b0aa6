//! Opening the two pools.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::{self, sqlite::SqliteJournalMode, sqlite::SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, DbErr};
use tokio::sync::Semaphore;

use super::version::{Version, Versions};

/// How many writes may wait or run at once; one more is answered "busy" (503) at the edge.
const WRITE_QUEUE: usize = 1_024;
const READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 20;
/// How many of them may write at once; the others are left to readers, whatever the writers wait for.
const POSTGRES_WRITERS: usize = 16;

/// Both pools of one database, cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pub(super) writer: DatabaseConnection,
    reader: DatabaseConnection,
    pub(super) queue: Arc<Semaphore>,
    /// Whose turn it is: the queue is waited in here, in its order, and not before the pool, which loses patience.
    pub(super) turns: Arc<Semaphore>,
    versions: Versions,
}

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbUrl {
    /// A file; it and its folder are made when missing.
    Sqlite(PathBuf),
    /// A server; the text may hold a password and is never shown.
    Postgres(String),
}

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("database.url begins with sqlite:// or postgres://")]
    Url,
    #[error("the data folder {0} cannot be made or written")]
    Folder(PathBuf, #[source] std::io::Error),
    #[error("the database {0} cannot be opened")]
    File(PathBuf, #[source] DbErr),
    #[error("the database server does not let us in, or does not answer")]
    Server(#[source] DbErr),
}

impl FromStr for DbUrl {
    type Err = ConnectError;
    fn from_str(url: &str) -> Result<Self, ConnectError> {
        match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() && !path.contains(['?', ':']) => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", rest)) if !rest.is_empty() => Ok(Self::Postgres(url.into())),
            _ => Err(ConnectError::Url),
        }
    }
}

impl DbUrl {
    /// The folder that holds an SQLite database and what belongs to it.
    pub fn data_folder(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => path
                .parent()
                .map(|p| if p.as_os_str().is_empty() { Path::new(".") } else { p }),
            Self::Postgres(_) => None,
        }
    }

    /// Opens `connections` connections that may write (PostgreSQL: any; SQLite: one is enough for everyone).
    pub async fn open_writer(&self, connections: u32) -> Result<DatabaseConnection, ConnectError> {
        match self {
            Self::Sqlite(path) => {
                if let Some(folder) = self.data_folder() {
                    std::fs::create_dir_all(folder).map_err(|e| ConnectError::Folder(folder.into(), e))?;
                }
                sqlite(path, 1, false).await
            }
            Self::Postgres(url) => postgres(url, connections).await,
        }
    }
}

impl Db {
    /// Opens both pools.
    pub async fn open(url: &DbUrl) -> Result<Self, ConnectError> {
        let writer = url.open_writer(POSTGRES_CONNECTIONS).await?;
        let (reader, versions) = match url {
            DbUrl::Sqlite(path) => (sqlite(path, READERS, true).await?, Versions::of_file(path)),
            DbUrl::Postgres(_) => (writer.clone(), Versions::of_server(writer.clone())),
        };
        Ok(Self {
            writer,
            reader,
            queue: Arc::new(Semaphore::new(WRITE_QUEUE)),
            turns: Arc::new(Semaphore::new(match url {
                DbUrl::Sqlite(_) => 1,
                DbUrl::Postgres(_) => POSTGRES_WRITERS,
            })),
            versions,
        })
    }

    /// For queries outside a write; on SQLite it cannot write.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Which of the two databases this is.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.ping().await
    }

    /// Which data it holds at this moment: ask before reading what is to be kept, and again before using it.
    pub async fn version(&self) -> Result<Version, DbErr> {
        self.versions.now().await
    }

    /// Closes both pools, so that the file can be moved or removed.
    pub async fn close(self) -> Result<(), DbErr> {
        self.versions.close().await?;
        self.reader.close().await?;
        self.writer.close().await
    }
}

async fn sqlite(path: &Path, connections: u32, read_only: bool) -> Result<DatabaseConnection, ConnectError> {
    let mut options = ConnectOptions::new("sqlite://unused");
    let file = path.to_owned();
    common(&mut options, connections);
    options.map_sqlx_sqlite_opts(move |_| {
        sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(!read_only)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .statement_cache_capacity(256)
            .pragma("cache_size", "-16384")
            .read_only(read_only)
    });
    Database::connect(options)
        .await
        .map_err(|e| ConnectError::File(path.to_owned(), e))
}

async fn postgres(url: &str, connections: u32) -> Result<DatabaseConnection, ConnectError> {
    let mut options = ConnectOptions::new(url);
    common(&mut options, connections);
    options.map_sqlx_postgres_pool_opts(|pool| {
        pool.after_connect(|c, _| {
            Box::pin(async move {
                use sqlx::Executor as _;
                // Almost every ROLLBACK below finds nothing to roll back, and the server would warn of it each time.
                c.execute("SET client_min_messages TO error").await.map(drop)
            })
        })
        .after_release(|c, _| {
            Box::pin(async move {
                use sqlx::Executor as _;
                c.execute("ROLLBACK").await.map(|_| true)
            })
        })
    });
    Database::connect(options).await.map_err(ConnectError::Server)
}

fn common(options: &mut ConnectOptions, connections: u32) {
    options
        .max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None);
}
