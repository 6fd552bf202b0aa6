//! The table `suppression`: addresses that get no mail again, as keyed hashes.

use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use super::{places, sql};
use crate::consent::State;

/// Why an address is written to no more.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Suppression {
    /// `Bounced` or `Complained`.
    pub reason: State,
    /// When its owner, or somebody, asked again and one mail was tried.
    pub tried_again_at: Option<Instant>,
}

pub(crate) async fn by_address(tx: &DatabaseTransaction, address_hash: &[u8]) -> Result<Option<Suppression>, DbErr> {
    let text = "SELECT reason, tried_again_at FROM suppression WHERE address_hash = $1";
    let backend = ConnectionTrait::get_database_backend(tx);
    Suppression::find_by_statement(sql(backend, text, [address_hash.to_vec().into()]))
        .one(tx)
        .await
}

pub(crate) async fn tried_again(tx: &DatabaseTransaction, address_hash: &[u8], now: Instant) -> Result<(), DbErr> {
    let text = "UPDATE suppression SET tried_again_at = $1 WHERE address_hash = $2";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [now.into(), address_hash.to_vec().into()];
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// A mail has reached her after all, and she confirmed.
pub(crate) async fn lift(tx: &DatabaseTransaction, address_hash: &[u8]) -> Result<(), DbErr> {
    let text = "DELETE FROM suppression WHERE address_hash = $1 AND reason = 'bounced'";
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, [address_hash.to_vec().into()]))
        .await
        .map(drop)
}

/// Which of these addresses are suppressed.
pub(crate) async fn among(tx: &DatabaseTransaction, hashes: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, DbErr> {
    let found = reasons(tx, hashes).await?;
    Ok(found.into_iter().map(|(hash, _)| hash).collect())
}

/// Which of these addresses are suppressed, and why.
pub(crate) async fn reasons(db: &impl ConnectionTrait, hashes: &[Vec<u8>]) -> Result<Vec<(Vec<u8>, State)>, DbErr> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT address_hash, reason FROM suppression WHERE address_hash IN ({})",
        places(1, hashes.len())
    );
    let backend = db.get_database_backend();
    let values = hashes.iter().map(|hash| hash.clone().into());
    let rows = db.query_all_raw(sql(backend, text, values)).await?;
    rows.iter()
        .map(|r| Ok((r.try_get("", "address_hash")?, r.try_get("", "reason")?)))
        .collect()
}

/// Suppresses an address; a complaint outweighs a bounce.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    address_hash: &[u8],
    reason: State,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "INSERT INTO suppression (address_hash, reason, since) VALUES ($1, $2, $3) ON CONFLICT (address_hash) \
        DO UPDATE SET reason = excluded.reason, since = excluded.since WHERE suppression.reason = 'bounced' AND excluded.reason = 'complained'";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [address_hash.to_vec().into(), reason.into(), now.into()];
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}
