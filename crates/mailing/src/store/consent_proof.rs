//! The table `consent_proof`: append-only, ids and facts, the address only as a keyed hash.

use kernel::id::{EventId, SubscriberId};
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, Value};
use serde::Serialize;

use super::{places, sql, tuples};
use crate::Mailing;
use crate::consent::{Topics, Wording};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A form was sent with her address, and a confirmation mail was promised.
    Requested,
    /// She confirmed through the link.
    Confirmed,
    /// She chose topics.
    Topics,
    /// She left.
    Unsubscribed,
    /// She took leaving back.
    Returned,
    /// She asked for a pause.
    Paused,
    /// She ended it early.
    Resumed,
    /// Letters go to this address of hers from now on.
    Address,
    /// What was kept of her was erased; the line itself holds no address.
    Erased,
}

impl Event {
    fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Confirmed => "confirmed",
            Self::Topics => "topics",
            Self::Unsubscribed => "unsubscribed",
            Self::Returned => "returned",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Address => "address",
            Self::Erased => "erased",
        }
    }
}

/// A line of the proof.
pub(crate) struct Proof<'a> {
    pub subscriber: SubscriberId,
    pub address_hash: Vec<u8>,
    pub event: Event,
    pub page: &'a str,
    pub wording: Option<&'a Wording>,
    pub topics: Topics,
}

pub(crate) async fn append(
    tx: &DatabaseTransaction,
    mailing: &Mailing,
    proof: Proof<'_>,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "INSERT INTO consent_proof (id, subscriber_id, address_hash, event, at, page, wording_version, wording, topics) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = [
        EventId::new(now, &mailing.chance).into(),
        proof.subscriber.into(),
        proof.address_hash.into(),
        proof.event.as_str().into(),
        now.into(),
        proof.page.into(),
        proof.wording.map(|w| w.version.as_str()).into(),
        proof.wording.map(|w| w.text.as_str()).into(),
        proof.topics.into(),
    ];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

/// The hash of a subscriber's address as she last proved it; it outlives her row.
pub(crate) async fn address_hash(tx: &DatabaseTransaction, of: SubscriberId) -> Result<Option<Vec<u8>>, DbErr> {
    let text = "SELECT address_hash FROM consent_proof WHERE subscriber_id = $1 ORDER BY at DESC LIMIT 1";
    let backend = ConnectionTrait::get_database_backend(tx);
    let row = tx.query_one_raw(sql(backend, text, [of.into()])).await?;
    row.map(|row| row.try_get("", "address_hash")).transpose()
}

/// A line of the proof, as it is shown.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
pub struct ProofLine {
    /// When.
    pub at: Instant,
    /// What: `requested`, `confirmed`, `topics`, `unsubscribed`, `returned`, `paused`, `resumed`, `address`.
    pub event: String,
    /// On which page; `import` for a file.
    pub page: String,
    /// The name of the words she saw.
    pub wording_version: Option<String>,
    /// These words.
    pub wording: Option<String>,
    /// What she chose then.
    pub topics: Topics,
}

/// Everything that is proved of a subscriber, the oldest first.
pub(crate) async fn of(db: &impl ConnectionTrait, subscriber: SubscriberId) -> Result<Vec<ProofLine>, DbErr> {
    let text = "SELECT at, event, page, wording_version, wording, topics FROM consent_proof WHERE subscriber_id = $1 ORDER BY at, id";
    ProofLine::find_by_statement(sql(db.get_database_backend(), text, [subscriber.into()]))
        .all(db)
        .await
}

/// Which of these addresses were erased: only their owners bring them back.
pub(crate) async fn erased(tx: &DatabaseTransaction, hashes: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, DbErr> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT DISTINCT address_hash FROM consent_proof WHERE address_hash IN ({}) AND event = 'erased'",
        places(1, hashes.len())
    );
    let backend = ConnectionTrait::get_database_backend(tx);
    let values = hashes.iter().map(|hash| hash.clone().into());
    let rows = tx.query_all_raw(sql(backend, text, values)).await?;
    rows.iter().map(|r| r.try_get("", "address_hash")).collect()
}

/// Whether the last thing that a subscriber said was yes.
pub(crate) async fn said_yes(tx: &DatabaseTransaction, of: SubscriberId) -> Result<bool, DbErr> {
    let text = "SELECT event FROM consent_proof WHERE subscriber_id = $1 AND event IN ('requested', 'confirmed', 'unsubscribed', 'returned', 'erased') ORDER BY at DESC, id DESC LIMIT 1";
    let backend = ConnectionTrait::get_database_backend(tx);
    let row = tx.query_one_raw(sql(backend, text, [of.into()])).await?;
    let event: Option<String> = row.map(|row| row.try_get("", "event")).transpose()?;
    Ok(matches!(event.as_deref(), Some("confirmed" | "returned")))
}

/// A line about an address that came by file.
pub(crate) struct Came {
    pub subscriber: SubscriberId,
    pub address_hash: Vec<u8>,
    pub event: Event,
    pub topics: Topics,
    /// What the file says of it.
    pub says: Option<String>,
}

/// Many lines at once.
pub(crate) async fn append_many(
    tx: &DatabaseTransaction,
    mailing: &Mailing,
    lines: Vec<Came>,
    page: &str,
    now: Instant,
) -> Result<(), DbErr> {
    if lines.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO consent_proof (id, subscriber_id, address_hash, event, at, page, wording_version, wording, topics) VALUES {}",
        tuples(lines.len(), 9)
    );
    let values = lines.into_iter().flat_map(|line| -> [Value; 9] {
        [
            EventId::new(now, &mailing.chance).into(),
            line.subscriber.into(),
            line.address_hash.into(),
            line.event.as_str().into(),
            now.into(),
            page.into(),
            line.says.as_ref().map(|_| "import").into(),
            line.says.into(),
            line.topics.into(),
        ]
    });
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}
