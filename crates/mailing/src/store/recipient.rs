//! One address in the table `outbox`: what was promised to it, and forgetting that.

use kernel::email::EmailAddress;
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;

use super::sql;
use crate::outbox::protocol::State;

/// An address that is none, in the place of one that was erased (RFC 2606).
const NOBODY: &str = "erased@erased.invalid";

/// A mail that was promised to an address.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
pub(crate) struct Promised {
    /// The name of its template.
    pub kind: String,
    /// Where it stands.
    pub state: State,
    /// When it was promised.
    pub queued_at: Instant,
    /// When that last changed.
    pub moved_at: Instant,
}

/// Every mail to an address, the oldest first. No index leads there: it is asked once in a while.
pub(crate) async fn promised(db: &impl ConnectionTrait, address: &EmailAddress) -> Result<Vec<Promised>, DbErr> {
    let text = "SELECT kind, state, queued_at, moved_at FROM outbox WHERE lower(recipient) = $1 ORDER BY queued_at, id";
    Promised::find_by_statement(sql(db.get_database_backend(), text, [address.key().into()]))
        .all(db)
        .await
}

/// Takes an address out of the newsletter's mails that are settled; mails about appointments and purchases belong to those.
pub(crate) async fn forget(tx: &DatabaseTransaction, address: &EmailAddress) -> Result<(), DbErr> {
    let text = "UPDATE outbox SET recipient = $1, context = NULL, error = NULL \
        WHERE lower(recipient) = $2 AND kind LIKE 'newsletter-%' AND due IS NULL AND state NOT IN (1, 2)";
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = [NOBODY.into(), address.key().into()];
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}
