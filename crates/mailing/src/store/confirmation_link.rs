//! The table `confirmation_link`: every link of a confirmation mail that was ever written, by its hash.

use kernel::id::SubscriberId;
use kernel::instant::Instant;
use kernel::token::TokenHash;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use super::sql;

const COLUMNS: &str = "token_hash, subscriber_id, generation, ends_at, closed_at";

/// A link; at most one a subscriber is neither closed nor over.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Link {
    pub token_hash: TokenHash,
    pub subscriber_id: SubscriberId,
    pub generation: i32,
    pub ends_at: Instant,
    pub closed_at: Option<Instant>,
}

pub(crate) async fn by_hash(db: &impl ConnectionTrait, hash: &TokenHash) -> Result<Option<Link>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM confirmation_link WHERE token_hash = $1");
    Link::find_by_statement(sql(db.get_database_backend(), text, [hash.clone().into()]))
        .one(db)
        .await
}

/// The link that would still confirm.
pub(crate) async fn open_one(
    db: &impl ConnectionTrait,
    subscriber: SubscriberId,
    now: Instant,
) -> Result<Option<Link>, DbErr> {
    let text = format!(
        "SELECT {COLUMNS} FROM confirmation_link WHERE subscriber_id = $1 AND closed_at IS NULL AND ends_at > $2 ORDER BY generation DESC LIMIT 1"
    );
    let values = [subscriber.into(), now.into()];
    Link::find_by_statement(sql(db.get_database_backend(), text, values))
        .one(db)
        .await
}

pub(crate) async fn insert(tx: &DatabaseTransaction, link: &Link, key_version: i16, now: Instant) -> Result<(), DbErr> {
    let text = "INSERT INTO confirmation_link (token_hash, subscriber_id, generation, key_version, made_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        link.token_hash.clone().into(),
        link.subscriber_id.into(),
        link.generation.into(),
        key_version.into(),
        now.into(),
        link.ends_at.into(),
    ];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

pub(crate) async fn extend(tx: &DatabaseTransaction, link: &Link, ends_at: Instant) -> Result<(), DbErr> {
    let text = "UPDATE confirmation_link SET ends_at = $1 WHERE token_hash = $2 AND closed_at IS NULL";
    let values = [ends_at.into(), link.token_hash.clone().into()];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// Closes the open links of a subscriber: used by her (`confirmed`), or because she left.
pub(crate) async fn close(
    tx: &DatabaseTransaction,
    subscriber: SubscriberId,
    confirmed: bool,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "UPDATE confirmation_link SET closed_at = $1, confirmed = $2 WHERE subscriber_id = $3 AND closed_at IS NULL AND ends_at > $1";
    let values = [now.into(), confirmed.into(), subscriber.into()];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}
