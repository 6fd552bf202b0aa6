//! The table `lease`: one row a running instance on PostgreSQL, none on SQLite, where the file lock says who runs.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr};

use super::sql;

/// The database's clock, microseconds UTC: two instances never compare theirs.
const CLOCK: &str = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// Makes or renews a lease for `micros` from now.
pub(crate) async fn renew(tx: &DatabaseTransaction, id: i64, micros: i64) -> Result<(), DbErr> {
    if ConnectionTrait::get_database_backend(tx) != DbBackend::Postgres {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO lease (id, until) VALUES ($1, {CLOCK} + $2) ON CONFLICT (id) DO UPDATE SET until = excluded.until"
    );
    tx.execute_raw(sql(DbBackend::Postgres, text, [id.into(), micros.into()]))
        .await
        .map(drop)
}

/// The condition on a row's `lease` under which its instance is dead.
pub(crate) fn dead() -> String {
    format!("lease NOT IN (SELECT id FROM lease WHERE until >= {CLOCK})")
}

/// Removes leases that ended, after their mails were taken over, and `own` when it is given up.
pub(crate) async fn sweep(tx: &DatabaseTransaction, own: Option<i64>) -> Result<(), DbErr> {
    if ConnectionTrait::get_database_backend(tx) != DbBackend::Postgres {
        return Ok(());
    }
    let text = format!("DELETE FROM lease WHERE until < {CLOCK} OR id = $1");
    tx.execute_raw(sql(DbBackend::Postgres, text, [own.into()]))
        .await
        .map(drop)
}
