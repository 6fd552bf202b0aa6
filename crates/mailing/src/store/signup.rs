//! The tables `signup_attempt` and `signup_browser`: when an address was typed, and in which browser. Hashes only.

use kernel::id::EventId;
use kernel::instant::Instant;
use kernel::token::{Token, TokenHash};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::sql;
use crate::Mailing;

/// The attempts that were let through after `since`, oldest first.
pub(crate) async fn attempts_since(
    tx: &DatabaseTransaction,
    address_hash: &[u8],
    since: Instant,
) -> Result<Vec<Instant>, DbErr> {
    let text = "SELECT at FROM signup_attempt WHERE address_hash = $1 AND at > $2 ORDER BY at";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [address_hash.to_vec().into(), since.into()];
    let rows = tx.query_all_raw(sql(backend, text, values)).await?;
    rows.iter().map(|r| r.try_get("", "at")).collect()
}

/// How many attempts after `since` led to a mail to this domain.
pub(crate) async fn mails_to_domain(
    tx: &DatabaseTransaction,
    domain_hash: &[u8],
    since: Instant,
) -> Result<u64, DbErr> {
    let text = "SELECT COUNT(*) AS n FROM signup_attempt WHERE domain_hash = $1 AND at > $2";
    let backend = ConnectionTrait::get_database_backend(tx);
    let row = tx
        .query_one_raw(sql(backend, text, [domain_hash.to_vec().into(), since.into()]))
        .await?;
    let n: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// `domain_hash`: the domain that it counts for, when a mail may go.
pub(crate) async fn insert_attempt(
    tx: &DatabaseTransaction,
    mailing: &Mailing,
    address_hash: &[u8],
    domain_hash: Option<Vec<u8>>,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "INSERT INTO signup_attempt (id, address_hash, domain_hash, at) VALUES ($1, $2, $3, $4)";
    let id = EventId::new(now, &mailing.chance);
    let values = [id.into(), address_hash.to_vec().into(), domain_hash.into(), now.into()];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

pub(crate) async fn insert_browser(
    tx: &DatabaseTransaction,
    marker: &Token,
    link: &TokenHash,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "INSERT INTO signup_browser (marker_hash, link_hash, made_at) VALUES ($1, $2, $3)";
    let values = [marker.hash().into(), link.clone().into(), now.into()];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

pub(crate) async fn is_browser_of(db: &impl ConnectionTrait, marker: &Token, link: &TokenHash) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM signup_browser WHERE marker_hash = $1 AND link_hash = $2";
    let values = [marker.hash().into(), link.clone().into()];
    let row = db.query_one_raw(sql(db.get_database_backend(), text, values)).await?;
    Ok(row.is_some())
}

/// Whether the link that this browser asked for has confirmed.
pub(crate) async fn has_confirmed(db: &impl ConnectionTrait, marker: &Token) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM signup_browser b JOIN confirmation_link l ON l.token_hash = b.link_hash WHERE b.marker_hash = $1 AND l.confirmed";
    let row = db
        .query_one_raw(sql(db.get_database_backend(), text, [marker.hash().into()]))
        .await?;
    Ok(row.is_some())
}

/// Drops attempts and browsers from before the given moments.
pub(crate) async fn forget(
    tx: &DatabaseTransaction,
    attempts_before: Instant,
    browsers_before: Instant,
) -> Result<(), DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let text = "DELETE FROM signup_attempt WHERE at <= $1";
    tx.execute_raw(sql(backend, text, [attempts_before.into()])).await?;
    let text = "DELETE FROM signup_browser WHERE made_at <= $1";
    tx.execute_raw(sql(backend, text, [browsers_before.into()])).await?;
    Ok(())
}
