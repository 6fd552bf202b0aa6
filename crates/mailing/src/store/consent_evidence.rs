//! The table `consent_evidence`: what another program's file says of somebody's consent. It goes with the person.

use kernel::id::SubscriberId;
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, Value};
use serde::Serialize;

use super::{sql, tuples};

/// What a file says of somebody's consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Evidence {
    /// When the file was imported.
    #[serde(rename = "imported_at")]
    pub at: Instant,
    /// When she asked for letters there.
    pub asked_at: Option<Instant>,
    /// From which network address.
    pub asked_from: Option<String>,
    /// When she confirmed there.
    pub confirmed_at: Option<Instant>,
    /// From which network address.
    pub confirmed_from: Option<String>,
}

impl Evidence {
    /// Whether it says anything.
    pub fn says_something(&self) -> bool {
        self.asked_at.is_some()
            || self.asked_from.is_some()
            || self.confirmed_at.is_some()
            || self.confirmed_from.is_some()
    }
}

pub(crate) async fn of(db: &impl ConnectionTrait, subscriber: SubscriberId) -> Result<Option<Evidence>, DbErr> {
    let text =
        "SELECT at, asked_at, asked_from, confirmed_at, confirmed_from FROM consent_evidence WHERE subscriber_id = $1";
    Evidence::find_by_statement(sql(db.get_database_backend(), text, [subscriber.into()]))
        .one(db)
        .await
}

/// Many at once, for subscribers who have none; the first file's word stays.
pub(crate) async fn insert_many(tx: &DatabaseTransaction, many: Vec<(SubscriberId, Evidence)>) -> Result<(), DbErr> {
    if many.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO consent_evidence (subscriber_id, at, asked_at, asked_from, confirmed_at, confirmed_from) VALUES {} \
         ON CONFLICT (subscriber_id) DO NOTHING",
        tuples(many.len(), 6)
    );
    let values = many.into_iter().flat_map(|(id, evidence)| -> [Value; 6] {
        [
            id.into(),
            evidence.at.into(),
            evidence.asked_at.into(),
            evidence.asked_from.into(),
            evidence.confirmed_at.into(),
            evidence.confirmed_from.into(),
        ]
    });
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}
