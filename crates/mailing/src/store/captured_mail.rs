//! The table `captured_mail`: what the `capture` transport delivered.

use kernel::email::EmailAddress;
use kernel::id::MailId;
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use super::sql;
use crate::outbox::CapturedHead;

/// A delivery, and the facts that were decoded from its bytes.
pub(crate) struct Captured {
    pub head: CapturedHead,
    pub raw: Vec<u8>,
}

/// Keeps a delivery. The same mail again changes nothing: here, unlike over the wire, a copy can be told.
pub(crate) async fn insert(tx: &DatabaseTransaction, mail: &Captured) -> Result<(), DbErr> {
    let text = "INSERT INTO captured_mail (mail_id, captured_at, recipient, subject, text, raw) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (mail_id) DO NOTHING";
    let head = &mail.head;
    let values = [
        head.id.into(),
        head.at.into(),
        head.to.as_str().into(),
        head.subject.as_str().into(),
        head.text.as_str().into(),
        mail.raw.clone().into(),
    ];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// The newest first.
pub(crate) async fn list(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<CapturedHead>, DbErr> {
    let text = "SELECT mail_id AS id, captured_at AS at, recipient AS \"to\", subject, text FROM captured_mail ORDER BY number DESC LIMIT $1";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    CapturedHead::find_by_statement(sql(db.get_database_backend(), text, [limit.into()]))
        .all(db)
        .await
}

/// The moment of capture and the bytes.
pub(crate) async fn read(db: &impl ConnectionTrait, id: MailId) -> Result<Option<(Instant, Vec<u8>)>, DbErr> {
    let text = "SELECT captured_at, raw FROM captured_mail WHERE mail_id = $1";
    let row = db
        .query_one_raw(sql(db.get_database_backend(), text, [id.into()]))
        .await?;
    row.map(|r| Ok((r.try_get("", "captured_at")?, r.try_get("", "raw")?)))
        .transpose()
}

/// Forgets what was delivered to an address, apart from mails about appointments and purchases.
pub(crate) async fn forget(tx: &DatabaseTransaction, address: &EmailAddress) -> Result<(), DbErr> {
    let text = "DELETE FROM captured_mail WHERE lower(recipient) = $1 \
        AND mail_id NOT IN (SELECT id FROM outbox WHERE kind NOT LIKE 'newsletter-%')";
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, [address.key().into()]))
        .await
        .map(drop)
}
