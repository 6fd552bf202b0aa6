//! What went back, by the day on which it did: for the takings.

use kernel::id::PaymentId;
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

/// Money that went back.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Back {
    pub(crate) payment_id: PaymentId,
    pub(crate) minor: i64,
    pub(crate) done_at: Instant,
}

/// What went back in `[from, until)`.
pub(crate) async fn back(db: &impl ConnectionTrait, from: Instant, until: Instant) -> Result<Vec<Back>, DbErr> {
    let sql = "SELECT payment_id, minor, done_at FROM refund \
               WHERE state = 'done' AND done_at >= $1 AND done_at < $2 ORDER BY done_at, id";
    let values = [from.micros().into(), until.micros().into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Back::find_by_statement(statement).all(db).await
}
