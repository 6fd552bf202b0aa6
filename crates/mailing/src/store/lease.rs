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

/// The leases whose time is over, to be swept once their mails were taken over.
pub(crate) async fn ended(tx: &DatabaseTransaction) -> Result<Vec<i64>, DbErr> {
    if ConnectionTrait::get_database_backend(tx) != DbBackend::Postgres {
        return Ok(Vec::new());
    }
    let text = format!("SELECT id FROM lease WHERE until < {CLOCK}");
    let rows = tx.query_all_raw(sql(DbBackend::Postgres, text, [])).await?;
    rows.iter().map(|r| r.try_get("", "id")).collect()
}

/// How many instances live.
pub(crate) async fn living(db: &impl ConnectionTrait) -> Result<u32, DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(1);
    }
    let text = format!("SELECT COUNT(*) AS n FROM lease WHERE until >= {CLOCK}");
    let row = db.query_one_raw(sql(DbBackend::Postgres, text, [])).await?;
    let count = row.map_or(Ok(1), |row| row.try_get::<i64>("", "n"))?;
    Ok(u32::try_from(count).unwrap_or(1))
}

/// Removes a lease that ended, after its mails were taken over, or that is given up.
pub(crate) async fn sweep(tx: &DatabaseTransaction, id: i64) -> Result<(), DbErr> {
    if ConnectionTrait::get_database_backend(tx) != DbBackend::Postgres {
        return Ok(());
    }
    let text = "DELETE FROM lease WHERE id = $1";
    tx.execute_raw(sql(DbBackend::Postgres, text, [id.into()]))
        .await
        .map(drop)
}

/// Ends a lease whose mails are still under way, so that the next instance takes them over at once.
pub(crate) async fn end(tx: &DatabaseTransaction, id: i64) -> Result<(), DbErr> {
    if ConnectionTrait::get_database_backend(tx) != DbBackend::Postgres {
        return Ok(());
    }
    let text = "UPDATE lease SET until = 0 WHERE id = $1";
    tx.execute_raw(sql(DbBackend::Postgres, text, [id.into()]))
        .await
        .map(drop)
}
