//! The table `mail_trouble`: what keeps mails from leaving, one row or none.

use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use super::sql;
use crate::outbox::Trouble;

/// What keeps mails from leaving.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MailTrouble {
    /// In one word.
    pub kind: Trouble,
    /// In the server's words or ours; no address stands in it but the server's.
    pub said: String,
    /// Since when.
    pub since: Instant,
    /// When it is tried again.
    pub again_at: Instant,
}

pub(crate) async fn find(db: &impl ConnectionTrait) -> Result<Option<MailTrouble>, DbErr> {
    let text = "SELECT kind, said, since, again_at FROM mail_trouble";
    MailTrouble::find_by_statement(sql(db.get_database_backend(), text, []))
        .one(db)
        .await
}

pub(crate) async fn put(tx: &DatabaseTransaction, trouble: &MailTrouble) -> Result<(), DbErr> {
    let text = "INSERT INTO mail_trouble (id, kind, said, since, again_at) VALUES (1, $1, $2, $3, $4) ON CONFLICT (id) \
        DO UPDATE SET kind = excluded.kind, said = excluded.said, since = excluded.since, again_at = excluded.again_at";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [
        trouble.kind.into(),
        trouble.said.as_str().into(),
        trouble.since.into(),
        trouble.again_at.into(),
    ];
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

pub(crate) async fn remove(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, "DELETE FROM mail_trouble", []))
        .await
        .map(drop)
}
