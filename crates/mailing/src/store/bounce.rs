//! The tables `bounce_report` and `soft_bounce`: reports that were read, and mails that an address could not take for now.

use kernel::id::MailId;
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::sql;

/// What a report was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub(crate) enum Kind {
    /// The address does not exist.
    #[sea_orm(string_value = "hard")]
    Hard,
    /// The address could not take it.
    #[sea_orm(string_value = "soft")]
    Soft,
    /// The reader called it unwanted.
    #[sea_orm(string_value = "complaint")]
    Complaint,
    /// Nothing that counts.
    #[sea_orm(string_value = "nothing")]
    Nothing,
    /// A report about no mail of ours: forged, or older than the return paths.
    #[sea_orm(string_value = "stranger")]
    Stranger,
    /// No report.
    #[sea_orm(string_value = "unread")]
    Unread,
}

/// Notes a report; what it was, if it was noted before.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    digest: &[u8],
    kind: Kind,
    now: Instant,
) -> Result<Option<Kind>, DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let text = "INSERT INTO bounce_report (digest, kind, at) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING";
    let values = [digest.to_vec().into(), kind.into(), now.into()];
    if tx.execute_raw(sql(backend, text, values)).await?.rows_affected() == 1 {
        return Ok(None);
    }
    let text = "SELECT kind FROM bounce_report WHERE digest = $1";
    let row = tx.query_one_raw(sql(backend, text, [digest.to_vec().into()])).await?;
    row.map(|row| row.try_get("", "kind")).transpose()
}

/// How many reports of a kind were read since.
pub(crate) async fn count(db: &impl ConnectionTrait, kind: Kind, since: Instant) -> Result<u64, DbErr> {
    let text = "SELECT COUNT(*) AS n FROM bounce_report WHERE kind = $1 AND at >= $2";
    let row = db
        .query_one_raw(sql(db.get_database_backend(), text, [kind.into(), since.into()]))
        .await?;
    let count = row.map_or(Ok(0), |row| row.try_get::<i64>("", "n"))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// One mail that an address could not take; the same one again is no second.
pub(crate) async fn soft(
    tx: &DatabaseTransaction,
    address_hash: &[u8],
    mail: MailId,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "INSERT INTO soft_bounce (address_hash, mail, at) VALUES ($1, $2, $3) ON CONFLICT (address_hash, mail) DO NOTHING";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [address_hash.to_vec().into(), mail.into(), now.into()];
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// When an address could not take a mail since, in that order.
pub(crate) async fn soft_since(
    tx: &DatabaseTransaction,
    address_hash: &[u8],
    since: Instant,
) -> Result<Vec<Instant>, DbErr> {
    let text = "SELECT at FROM soft_bounce WHERE address_hash = $1 AND at >= $2 ORDER BY at";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [address_hash.to_vec().into(), since.into()];
    let rows = tx.query_all_raw(sql(backend, text, values)).await?;
    rows.iter().map(|row| row.try_get("", "at")).collect()
}

/// An address begins afresh.
pub(crate) async fn forgive(tx: &DatabaseTransaction, address_hash: &[u8]) -> Result<(), DbErr> {
    let text = "DELETE FROM soft_bounce WHERE address_hash = $1";
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, [address_hash.to_vec().into()]))
        .await
        .map(drop)
}

/// Drops what no longer counts: failures before `soft`, reports before `reports`.
pub(crate) async fn sweep(tx: &DatabaseTransaction, soft: Instant, reports: Instant) -> Result<(), DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    for (text, before) in [
        ("DELETE FROM soft_bounce WHERE at < $1", soft),
        ("DELETE FROM bounce_report WHERE at < $1", reports),
    ] {
        tx.execute_raw(sql(backend, text, [before.into()])).await?;
    }
    Ok(())
}
