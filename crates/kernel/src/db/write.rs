//! The write transaction, the claims it makes before it reads, and the classes of its errors.

use std::error::Error;
use std::time::Duration;

use sea_orm::sea_query::{ArrayType, Value};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryResult,
    RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::Db;

/// A step of a write transaction: a function or closure that captures nothing, `async |tx, input| …`.
///
/// It may run up to three times, so whatever it needs is its input. Both bounds of [`write`] are needed:
/// `AsyncFn` gives an async closure its argument types, `Work` says that its future is `Send`.
pub trait Work<'a, A: 'a, T, E> {
    /// What the step returns before it is awaited.
    type Run: Future<Output = Result<T, E>> + Send + 'a;
    /// Runs the step once.
    fn call(&self, tx: &'a DatabaseTransaction, input: &'a A) -> Self::Run;
}

impl<'a, A: 'a, T, E, F, R> Work<'a, A, T, E> for F
where
    F: Fn(&'a DatabaseTransaction, &'a A) -> R,
    R: Future<Output = Result<T, E>> + Send + 'a,
{
    type Run = R;
    fn call(&self, tx: &'a DatabaseTransaction, input: &'a A) -> R {
        self(tx, input)
    }
}

/// Runs `work` in one write transaction and commits it.
///
/// An error rolls everything back. What the database asks to be tried again (a deadlock, a serialisation
/// failure, SQLite's BUSY) is tried up to three times. A caller that is dropped does not end the transaction.
pub async fn write<A, T, E, F>(db: &Db, input: A, work: F) -> Result<T, E>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
    E: Error + From<DbErr> + Send + 'static,
    F: AsyncFn(&DatabaseTransaction, &A) -> Result<T, E> + for<'a> Work<'a, A, T, E> + Send + Sync + 'static,
{
    let Ok(place) = db.queue.clone().try_acquire_owned() else {
        return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout).into());
    };
    let (writer, turns) = (db.writer.clone(), db.turns.clone());
    let task = tokio::spawn(async move {
        let _place = place;
        // Nobody closes it, so that there is always a turn to wait for.
        let _turn = turns.acquire_owned().await;
        let mut attempt = 1;
        loop {
            match once(&writer, &input, &work).await {
                Err(e) if attempt < 3 && class(&e) == Class::Again => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                done => return done,
            }
        }
    });
    match task.await {
        Ok(done) => done,
        Err(e) => std::panic::resume_unwind(e.into_panic()),
    }
}

/// Runs one statement that is a write by itself, and gives its rows: one round trip where [`write`] needs three.
///
/// It takes its turn in the queue, is tried again as there, and a caller that is dropped does not end it.
pub async fn write_one(db: &Db, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
    let Ok(place) = db.queue.clone().try_acquire_owned() else {
        return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
    };
    let (writer, turns) = (db.writer.clone(), db.turns.clone());
    let task = tokio::spawn(async move {
        let _place = place;
        let _turn = turns.acquire_owned().await;
        let mut attempt = 1;
        loop {
            match writer.query_all_raw(statement.clone()).await {
                Err(e) if attempt < 3 && class(&e) == Class::Again => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                done => return done,
            }
        }
    });
    match task.await {
        Ok(done) => done,
        Err(e) => std::panic::resume_unwind(e.into_panic()),
    }
}

async fn once<A, T, E, F>(db: &DatabaseConnection, input: &A, work: &F) -> Result<T, E>
where
    E: From<DbErr>,
    F: for<'a> Work<'a, A, T, E>,
{
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let tx = db.begin_with_options(options).await?;
    match work.call(&tx, input).await {
        Ok(done) => {
            tx.commit().await?;
            Ok(done)
        }
        Err(e) => {
            let _ = tx.rollback().await;
            Err(e)
        }
    }
}

/// 1 to `10 · attempt²` milliseconds; its chance decides nothing but who of two waits longer.
fn pause(attempt: u64) -> Duration {
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    Duration::from_millis(1 + u64::from(byte[0]) % (10 * attempt * attempt))
}

/// Waits until this transaction alone holds every one of `keys`, until it ends.
///
/// One round trip, sorted by hash, so that two claims never wait for each other in a circle. On SQLite
/// there is one writer, and nothing to wait for. Every check that a claim protects comes after it.
pub async fn claim(tx: &DatabaseTransaction, keys: &[String]) -> Result<(), DbErr> {
    if ConnectionTrait::get_database_backend(tx) != DbBackend::Postgres || keys.is_empty() {
        return Ok(());
    }
    // DISTINCT and ORDER BY keep the subquery from being pulled up: the locks are taken above the sort.
    let sql = "SELECT pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(k, 0) AS h FROM unnest($1::text[]) AS k ORDER BY h) AS sorted";
    let keys = Value::Array(
        ArrayType::String,
        Some(Box::new(keys.iter().map(|k| k.as_str().into()).collect())),
    );
    tx.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [keys]))
        .await
        .map(drop)
}

/// What a failed statement means for its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The same step may succeed now: deadlock, serialisation failure, BUSY.
    Again,
    /// A constraint against overlap spoke: PostgreSQL's exclusion, or a trigger of ours whose message says which.
    Taken,
    /// A unique key is there already.
    Duplicate,
    /// No connection or no place in the queue in time: try later (503).
    Full,
    /// Everything else.
    Other,
}

/// Finds the database's own code anywhere in an error's chain of sources.
pub fn class(error: &(dyn Error + 'static)) -> Class {
    let mut next = Some(error);
    while let Some(e) = next {
        let run = match e.downcast_ref::<DbErr>() {
            Some(DbErr::ConnectionAcquire(_)) => return Class::Full,
            Some(DbErr::Exec(r) | DbErr::Query(r) | DbErr::Conn(r)) => Some(r),
            _ => e.downcast_ref::<RuntimeErr>(),
        };
        if let Some(RuntimeErr::SqlxError(sqlx)) = run {
            let Some(from_database) = sqlx.as_database_error() else {
                return Class::Other;
            };
            return match from_database.code().as_deref() {
                Some("5" | "261" | "517" | "40001" | "40P01") => Class::Again,
                Some("23P01") => Class::Taken,
                Some("1811") if from_database.message().contains("overlap") => Class::Taken,
                Some("23505" | "1555" | "2067") => Class::Duplicate,
                _ => Class::Other,
            };
        }
        next = e.source();
    }
    Class::Other
}
