//! The tables `import` and `import_refused`: files that are being taken in from the desk, and the rows that were passed over.

use kernel::email::EmailAddress;
use kernel::id::ImportId;
use kernel::instant::Instant;
use sea_orm::prelude::Json;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, Value};

use super::{sql, tuples};

const COLUMNS: &str = "id, name, state, bytes, read, line, counts, problem, made_at, finished_at";

/// An import.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Row {
    pub id: ImportId,
    pub name: String,
    pub state: String,
    pub bytes: i64,
    pub read: i64,
    pub line: i64,
    pub counts: Json,
    pub problem: Option<String>,
    pub made_at: Instant,
    pub finished_at: Option<Instant>,
}

/// A row that was passed over.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Refused {
    pub line: i64,
    pub why: String,
    pub content: String,
}

/// How far an import is, written with the rows that brought it there.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub id: ImportId,
    pub read: u64,
    pub line: u64,
    pub refused: Vec<(u64, &'static str, String)>,
    /// The counts before this batch.
    pub before: crate::consent::Imported,
    pub held_until: Instant,
}

pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    (id, name, bytes): (ImportId, &str, u64),
    counts: Json,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "INSERT INTO import (id, name, state, bytes, counts, made_at, held_until) VALUES ($1, $2, 'running', $3, $4, $5, $5)";
    let values = [id.into(), name.into(), number(bytes).into(), counts.into(), now.into()];
    run(tx, text, values).await.map(drop)
}

fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

async fn run<const N: usize>(tx: &DatabaseTransaction, text: &str, values: [Value; N]) -> Result<u64, DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    Ok(tx.execute_raw(sql(backend, text, values)).await?.rows_affected())
}

pub(crate) async fn by_id(db: &impl ConnectionTrait, id: ImportId) -> Result<Option<Row>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM import WHERE id = $1");
    Row::find_by_statement(sql(db.get_database_backend(), text, [id.into()]))
        .one(db)
        .await
}

/// The newest first.
pub(crate) async fn newest(db: &impl ConnectionTrait, limit: i64) -> Result<Vec<Row>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM import ORDER BY made_at DESC LIMIT $1");
    Row::find_by_statement(sql(db.get_database_backend(), text, [limit.into()]))
        .all(db)
        .await
}

/// Those that run and that no instance holds.
pub(crate) async fn waiting(db: &impl ConnectionTrait, now: Instant) -> Result<Vec<ImportId>, DbErr> {
    let text = "SELECT id FROM import WHERE state = 'running' AND held_until <= $1 ORDER BY made_at";
    let rows = db
        .query_all_raw(sql(db.get_database_backend(), text, [now.into()]))
        .await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// Holds an import; `false`: another instance was quicker.
pub(crate) async fn hold(tx: &DatabaseTransaction, id: ImportId, until: Instant, now: Instant) -> Result<bool, DbErr> {
    let text = "UPDATE import SET held_until = $1 WHERE id = $2 AND state = 'running' AND held_until <= $3";
    Ok(run(tx, text, [until.into(), id.into(), now.into()]).await? == 1)
}

/// Keeps the first line of the file, above the rows that are passed over.
pub(crate) async fn name_columns(
    tx: &DatabaseTransaction,
    id: ImportId,
    first: &str,
    reason: &str,
) -> Result<(), DbErr> {
    let text = "INSERT INTO import_refused (import_id, line, why, content) VALUES ($1, 1, $2, $3) ON CONFLICT (import_id, line) DO NOTHING";
    run(tx, text, [id.into(), reason.into(), first.into()]).await.map(drop)
}

/// Writes how far an import is.
pub(crate) async fn reach(tx: &DatabaseTransaction, reached: &Reached, counts: Json) -> Result<(), DbErr> {
    let text =
        "UPDATE import SET read = $1, line = $2, counts = $3, held_until = $4 WHERE id = $5 AND state = 'running'";
    let values = [
        number(reached.read).into(),
        number(reached.line).into(),
        counts.into(),
        reached.held_until.into(),
        reached.id.into(),
    ];
    if run(tx, text, values).await? == 0 {
        return Err(DbErr::RecordNotUpdated);
    }
    if reached.refused.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO import_refused (import_id, line, why, content) VALUES {} ON CONFLICT (import_id, line) DO NOTHING",
        tuples(reached.refused.len(), 4)
    );
    let values = reached.refused.iter().flat_map(|(line, why, row)| -> [Value; 4] {
        [
            reached.id.into(),
            number(*line).into(),
            (*why).into(),
            row.as_str().into(),
        ]
    });
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// Ends an import, with a problem when the file is none.
pub(crate) async fn end(
    tx: &DatabaseTransaction,
    id: ImportId,
    problem: Option<&str>,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "UPDATE import SET state = $1, problem = $2, finished_at = $3 WHERE id = $4 AND state = 'running'";
    let state = if problem.is_some() { "failed" } else { "done" };
    run(tx, text, [state.into(), problem.into(), now.into(), id.into()])
        .await
        .map(drop)
}

/// The next `limit` rows that were passed over, by line.
pub(crate) async fn refused(
    db: &impl ConnectionTrait,
    id: ImportId,
    after: i64,
    limit: i64,
) -> Result<Vec<Refused>, DbErr> {
    let text =
        "SELECT line, why, content FROM import_refused WHERE import_id = $1 AND line > $2 ORDER BY line LIMIT $3";
    Refused::find_by_statement(sql(
        db.get_database_backend(),
        text,
        [id.into(), after.into(), limit.into()],
    ))
    .all(db)
    .await
}

/// Forgets the refused rows of imports from before this moment.
pub(crate) async fn forget(tx: &DatabaseTransaction, before: Instant) -> Result<(), DbErr> {
    let text = "DELETE FROM import_refused WHERE import_id IN (SELECT id FROM import WHERE made_at <= $1)";
    run(tx, text, [before.into()]).await.map(drop)
}

/// Forgets the refused rows that name an address.
pub(crate) async fn forget_rows(tx: &DatabaseTransaction, address: &EmailAddress) -> Result<(), DbErr> {
    let find = super::find_in(ConnectionTrait::get_database_backend(tx), "lower(content)", 1);
    let text = format!("DELETE FROM import_refused WHERE {find}");
    run(tx, &text, [address.key().into()]).await.map(drop)
}
