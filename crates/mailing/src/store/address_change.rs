//! The table `address_change`: addresses that subscribers asked for, by the hash of the link that was mailed there.

use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use kernel::token::TokenHash;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use super::sql;

const COLUMNS: &str = "token_hash, subscriber_id, address, ends_at, closed_at";

/// A link; at most one a subscriber is neither closed nor over.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Link {
    pub token_hash: TokenHash,
    pub subscriber_id: SubscriberId,
    pub address: EmailAddress,
    pub ends_at: Instant,
    pub closed_at: Option<Instant>,
}

pub(crate) async fn by_hash(db: &impl ConnectionTrait, hash: &TokenHash) -> Result<Option<Link>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM address_change WHERE token_hash = $1");
    Link::find_by_statement(sql(db.get_database_backend(), text, [hash.clone().into()]))
        .one(db)
        .await
}

/// The address that was asked for and has not become hers, or been given up, or waited too long.
pub(crate) async fn open_one(
    db: &impl ConnectionTrait,
    subscriber: SubscriberId,
    now: Instant,
) -> Result<Option<Link>, DbErr> {
    let text = format!(
        "SELECT {COLUMNS} FROM address_change WHERE subscriber_id = $1 AND closed_at IS NULL AND ends_at > $2 ORDER BY made_at DESC LIMIT 1"
    );
    let values = [subscriber.into(), now.into()];
    Link::find_by_statement(sql(db.get_database_backend(), text, values))
        .one(db)
        .await
}

/// All that she ever asked for, the oldest first.
pub(crate) async fn all(db: &impl ConnectionTrait, subscriber: SubscriberId) -> Result<Vec<Link>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM address_change WHERE subscriber_id = $1 ORDER BY made_at");
    Link::find_by_statement(sql(db.get_database_backend(), text, [subscriber.into()]))
        .all(db)
        .await
}

pub(crate) async fn insert(tx: &DatabaseTransaction, link: &Link, generation: i32, now: Instant) -> Result<(), DbErr> {
    let text = "INSERT INTO address_change (token_hash, subscriber_id, address, generation, made_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        link.token_hash.clone().into(),
        link.subscriber_id.into(),
        link.address.clone().into(),
        generation.into(),
        now.into(),
        link.ends_at.into(),
    ];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// Closes what she asked for: it has become hers, or she asks for another one.
pub(crate) async fn close(tx: &DatabaseTransaction, subscriber: SubscriberId, now: Instant) -> Result<(), DbErr> {
    let text = "UPDATE address_change SET closed_at = $1 WHERE subscriber_id = $2 AND closed_at IS NULL";
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, [now.into(), subscriber.into()]))
        .await
        .map(drop)
}
