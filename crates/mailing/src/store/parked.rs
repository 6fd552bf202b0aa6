//! The table `outbox_parked`: one row while nothing may be sent, else none.

use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::sql;

/// The row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Row {
    pub copied_at: Option<Instant>,
    pub restored_at: Option<Instant>,
}

pub(crate) async fn find(db: &impl ConnectionTrait) -> Result<Option<Row>, DbErr> {
    let text = "SELECT copied_at, restored_at FROM outbox_parked";
    Row::find_by_statement(sql(db.get_database_backend(), text, []))
        .one(db)
        .await
}

/// What is already known of the copy stays when `copied_at` says nothing.
pub(crate) async fn set(db: &impl ConnectionTrait, row: Row) -> Result<(), DbErr> {
    let text = "INSERT INTO outbox_parked (id, copied_at, restored_at) VALUES (1, $1, $2) ON CONFLICT (id) DO UPDATE \
        SET copied_at = COALESCE(excluded.copied_at, outbox_parked.copied_at), restored_at = excluded.restored_at";
    let values = [row.copied_at.into(), row.restored_at.into()];
    db.execute_raw(sql(db.get_database_backend(), text, values))
        .await
        .map(drop)
}

/// Whether there was a row to remove.
pub(crate) async fn remove(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let done = db
        .execute_raw(sql(db.get_database_backend(), "DELETE FROM outbox_parked", []))
        .await?;
    Ok(done.rows_affected() > 0)
}
