//! The table `mute`: addresses that get nothing from us of our own accord, as keyed hashes.
//!
//! Whoever takes letters out of many subscribers at once joins it with `consent_proof` on `address_hash`.

use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::{places, sql};

/// Keeps the address silent; one that is so already stays so since then.
pub(crate) async fn put(tx: &DatabaseTransaction, address_hash: &[u8], now: Instant) -> Result<(), DbErr> {
    let text = "INSERT INTO mute (address_hash, since) VALUES ($1, $2) ON CONFLICT (address_hash) DO NOTHING";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [address_hash.to_vec().into(), now.into()];
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// The address may be written to again.
pub(crate) async fn lift(tx: &DatabaseTransaction, address_hash: &[u8]) -> Result<(), DbErr> {
    let text = "DELETE FROM mute WHERE address_hash = $1";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [address_hash.to_vec().into()];
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// Whether the address is silent.
pub(crate) async fn is_muted(db: &impl ConnectionTrait, address_hash: &[u8]) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM mute WHERE address_hash = $1";
    let values = [address_hash.to_vec().into()];
    let row = db.query_one_raw(sql(db.get_database_backend(), text, values)).await?;
    Ok(row.is_some())
}

/// Which of these addresses are silent.
pub(crate) async fn among(tx: &DatabaseTransaction, hashes: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, DbErr> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT address_hash FROM mute WHERE address_hash IN ({})",
        places(1, hashes.len())
    );
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = hashes.iter().map(|hash| hash.clone().into());
    let rows = tx.query_all_raw(sql(backend, text, values)).await?;
    rows.iter().map(|r| r.try_get("", "address_hash")).collect()
}
