//! Subscribers from a file, ours or Mailchimp's.
//!
//! An import never raises consent: a new address comes as the file says it is, one that is known keeps what it has or loses it. The
//! same file again changes nothing, so an import that was interrupted is simply started again. Every address that comes has a line of
//! proof that says so.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::BufRead;

use jiff::SignedDuration;
use kernel::clock::Clock;
use kernel::db::{claim, write};
use kernel::id::{ImportId, SubscriberId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use self::row::{Columns, Row};
use super::State;
use super::csv::{Broken, CsvError, Reader, Record, written};
use super::opt_in::claim_key;
use crate::Mailing;
use crate::store::consent_evidence::{self, Evidence};
use crate::store::import::{self as imports, Reached};
use crate::store::subscriber::{self, New};
use crate::store::{consent_proof, suppression};

mod desk;
mod row;

pub use desk::{ImportLine, ImportState, import_file};

/// Rows a transaction.
const BATCH: usize = 500;
/// The page that the proof of an imported address names.
const PAGE: &str = "import";
/// How long an instance holds an import without a word.
const HELD: SignedDuration = SignedDuration::from_mins(2);
/// The longest value of a row that was passed over which is kept, in characters.
const LONGEST_VALUE: usize = 500;

/// What an import did, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Rows below the first line.
    pub rows: u64,
    /// New addresses, by their state.
    pub added: BTreeMap<State, u64>,
    /// Addresses that were known, and whose consent the file ends.
    pub lowered: u64,
    /// Addresses that were known and stay as they are.
    pub unchanged: u64,
    /// Among those, the ones that the file calls confirmed and that are not: an import raises no consent.
    pub not_raised: u64,
    /// Rows that were passed over, by the reason.
    pub skipped: BTreeMap<Skipped, u64>,
}

/// Why a row was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    /// No address, or none that mail could go to.
    BadAddress,
    /// Neither `pending`, `confirmed`, `unsubscribed`, `bounced` nor `complained`.
    UnknownStatus,
    /// None of the four.
    UnknownTopic,
    /// `confirmed_at` is no time.
    BadTime,
    /// Longer than any real one.
    TooLong,
    /// A quotation mark that is never closed.
    OpenQuote,
    /// Bytes that are no UTF-8.
    NotUtf8,
}

impl Skipped {
    /// For a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::BadAddress => "no e-mail address that mail could go to",
            Self::UnknownStatus => "the status is none of pending, confirmed, unsubscribed, bounced, complained",
            Self::UnknownTopic => "a topic is none of blog-posts, free-offerings, paid-offerings, other-news",
            Self::BadTime => "confirmed_at is no time such as 2026-11-24T09:00:00Z",
            Self::TooLong => "the line is far too long",
            Self::OpenQuote => "a quotation mark is never closed",
            Self::NotUtf8 => "the line is not written in UTF-8",
        }
    }
}

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no table.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// Its table has no addresses.
    #[error("no column is called email: the first line has {0}")]
    NoEmail(String),
    /// The database; what came before is kept, and the same file may be imported again.
    #[error("the database failed; import the same file again, it goes on where it was")]
    Database(#[from] DbErr),
}

impl From<std::io::Error> for ImportError {
    fn from(e: std::io::Error) -> Self {
        Self::Csv(e.into())
    }
}

/// What is told while an import runs.
#[derive(Clone, Copy, Debug)]
pub enum Told {
    /// A row was passed over.
    Skipped {
        /// Its first line, from 1.
        line: u64,
        /// Why.
        why: Skipped,
    },
    /// So far.
    Progress {
        /// Rows.
        rows: u64,
        /// Bytes of the file.
        bytes: u64,
    },
}

/// A batch, as one write.
struct Batch {
    mailing: Mailing,
    rows: Vec<Row>,
    now: Instant,
    /// Of a file from the desk: how far it is then.
    reached: Option<Reached>,
}

/// A file from the desk, whose progress is written down.
struct Noted<'a> {
    id: ImportId,
    clock: &'a Clock,
    columns: usize,
}

impl Imported {
    fn add(&mut self, done: &Self) {
        for (&state, n) in &done.added {
            *self.added.entry(state).or_default() += n;
        }
        self.lowered += done.lowered;
        self.unchanged += done.unchanged;
        self.not_raised += done.not_raised;
    }
}

impl Mailing {
    /// Imports subscribers, 500 rows a transaction; `tell` hears of rows that are passed over and of the progress.
    pub async fn import_subscribers(
        &self,
        file: impl BufRead,
        now: Instant,
        tell: impl FnMut(Told),
    ) -> Result<Imported, ImportError> {
        let (mut reader, names) = Reader::new(file)?;
        let columns = Columns::of(&names)?;
        self.import_from(&mut reader, &columns, Imported::default(), (now, None), tell)
            .await
    }

    /// Goes on with a file from where its reader stands; `imported` is what came before.
    async fn import_from<R: BufRead>(
        &self,
        reader: &mut Reader<R>,
        columns: &Columns,
        mut imported: Imported,
        (now, noted): (Instant, Option<Noted<'_>>),
        mut tell: impl FnMut(Told),
    ) -> Result<Imported, ImportError> {
        let (mut rows, mut keys): (Vec<Row>, HashSet<String>) = (Vec::new(), HashSet::new());
        let mut refused: Vec<(u64, &'static str, String)> = Vec::new();
        loop {
            let place = reader.place();
            let record = reader.next()?;
            let row = record.as_ref().map(|record| parsed(record, columns));
            let twice = matches!(&row, Some(Ok(row)) if keys.contains(row.address.key()));
            if row.is_none() || twice || rows.len() == BATCH || refused.len() == BATCH {
                keys.clear();
                let reached = noted.as_ref().map(|noted| Reached {
                    id: noted.id,
                    read: place.at,
                    line: place.line,
                    refused: std::mem::take(&mut refused),
                    before: imported.clone(),
                    held_until: noted.clock.now() + HELD,
                });
                self.take_in(std::mem::take(&mut rows), reached, now, &mut imported)
                    .await?;
                tell(Told::Progress {
                    rows: imported.rows,
                    bytes: place.at,
                });
            }
            let (Some(record), Some(row)) = (record, row) else {
                return Ok(imported);
            };
            imported.rows += 1;
            match row {
                Ok(row) => {
                    keys.insert(row.address.key().to_owned());
                    rows.push(row);
                }
                Err(why) => {
                    *imported.skipped.entry(why).or_default() += 1;
                    tell(Told::Skipped { line: record.line, why });
                    if let Some(noted) = &noted {
                        refused.push((record.line, why.words(), as_it_came(&record, noted.columns)));
                    }
                }
            }
        }
    }

    async fn take_in(
        &self,
        rows: Vec<Row>,
        reached: Option<Reached>,
        now: Instant,
        imported: &mut Imported,
    ) -> Result<(), DbErr> {
        if rows.is_empty() && reached.is_none() {
            return Ok(());
        }
        let batch = Batch {
            mailing: self.clone(),
            rows,
            now,
            reached,
        };
        imported.add(&write::<_, _, DbErr, _>(&self.db, batch, take_in).await?);
        Ok(())
    }
}

fn parsed(record: &Record, columns: &Columns) -> Result<Row, Skipped> {
    let values = record.values.as_ref().map_err(|broken| match broken {
        Broken::TooLong => Skipped::TooLong,
        Broken::Quote => Skipped::OpenQuote,
        Broken::NotUtf8 => Skipped::NotUtf8,
    });
    values.and_then(|values| Row::of(values, columns))
}

/// A row for the file of those that were passed over: with as many values as the first line, so that it can be mended and come again.
fn as_it_came(record: &Record, columns: usize) -> String {
    let mut values: Vec<String> = match &record.values {
        Ok(values) => values.clone(),
        Err(_) => vec![String::from_utf8_lossy(&record.raw).into_owned()],
    };
    values.resize(columns.max(1), String::new());
    let short = |value: &String| written(&value.chars().take(LONGEST_VALUE).collect::<String>());
    values.iter().map(short).collect::<Vec<_>>().join(",")
}

async fn take_in(tx: &DatabaseTransaction, batch: &Batch) -> Result<Imported, DbErr> {
    let (mailing, now) = (&batch.mailing, batch.now);
    let claims: Vec<String> = batch.rows.iter().map(|row| claim_key(&row.address)).collect();
    claim(tx, &claims).await?;
    let keys: Vec<&str> = batch.rows.iter().map(|row| row.address.key()).collect();
    let known: HashMap<String, _> = subscriber::by_addresses(tx, &keys)
        .await?
        .into_iter()
        .map(|s| (s.address.key().to_owned(), s))
        .collect();
    let hashes: Vec<_> = keys.iter().map(|key| mailing.keys.hash_of(key)).collect();
    let suppressed: HashMap<_, _> = suppression::reasons(tx, &hashes).await?.into_iter().collect();
    let erased: HashSet<_> = consent_proof::erased(tx, &hashes).await?.into_iter().collect();
    let mut done = Imported::default();
    let (mut new, mut proofs, mut evidence) = (Vec::new(), Vec::new(), Vec::new());
    for (row, hash) in batch.rows.iter().zip(hashes) {
        // An address that is suppressed stays so, also when its person was erased since.
        let state = match (row.state, suppressed.get(&hash)) {
            (State::Unsubscribed, _) => row.state,
            (_, Some(&reason)) => reason,
            // Who was erased comes back by herself.
            (State::Confirmed | State::Pending, None) if erased.contains(&hash) => State::Unsubscribed,
            (_, None) => row.state,
        };
        if matches!(state, State::Bounced | State::Complained) && !suppressed.contains_key(&hash) {
            suppression::insert(tx, &hash, state, now).await?;
        }
        let Some(seen) = known.get(row.address.key()) else {
            let id = SubscriberId::new(now, &mailing.chance);
            *done.added.entry(state).or_default() += 1;
            proofs.extend(proof(id, hash, row, state));
            evidence.extend(said_of(id, row, now));
            new.push(arriving(mailing, id, row, state));
            continue;
        };
        if lowers(seen.state, state) {
            subscriber::lower(tx, seen, state, now).await?;
            proofs.extend(proof(seen.id, hash, row, state));
            done.lowered += 1;
        } else {
            done.unchanged += 1;
            done.not_raised += u64::from(row.state == State::Confirmed && seen.state != State::Confirmed);
        }
    }
    subscriber::insert_many(tx, new, now).await?;
    consent_evidence::insert_many(tx, evidence).await?;
    consent_proof::append_many(tx, mailing, proofs, PAGE, now).await?;
    if let Some(reached) = &batch.reached {
        let mut counts = reached.before.clone();
        counts.add(&done);
        let counts = serde_json::to_value(counts).map_err(|e| DbErr::Json(e.to_string()))?;
        imports::reach(tx, reached, counts).await?;
    }
    Ok(done)
}

/// What the file knows of her sign-up, if it knows anything.
fn said_of(id: SubscriberId, row: &Row, now: Instant) -> Option<(SubscriberId, Evidence)> {
    let evidence = Evidence {
        at: now,
        asked_at: row.asked_at,
        asked_from: row.asked_from.clone(),
        confirmed_at: row.confirmed_at,
        confirmed_from: row.confirmed_from.clone(),
    };
    evidence.says_something().then_some((id, evidence))
}

fn arriving<'a>(mailing: &Mailing, id: SubscriberId, row: &'a Row, state: State) -> (New<'a>, Option<Instant>) {
    let new = New {
        id,
        address: &row.address,
        name: row.name.clone(),
        state,
        topics: row.topics,
        key_version: i16::from(mailing.keys.version),
        preferences_hash: mailing.preferences_token(id).hash(),
        unsubscribe_hash: mailing.unsubscribe_token(id).hash(),
    };
    (new, row.confirmed_at)
}

/// Whether consent is lost between the two states. Nothing is gained by an import.
fn lowers(from: State, to: State) -> bool {
    let rank = |state| match state {
        State::Confirmed => 3,
        State::Pending => 2,
        State::Unsubscribed => 1,
        State::Bounced | State::Complained => 0,
    };
    // Pending is no loss to somebody who confirmed here: the file is older.
    to != State::Pending && rank(to) < rank(from)
}

/// What the proof log says of an address that came by file; suppressions speak for themselves.
fn proof(id: SubscriberId, hash: Vec<u8>, row: &Row, state: State) -> Option<consent_proof::Came> {
    let event = match state {
        State::Confirmed => consent_proof::Event::Confirmed,
        State::Pending => consent_proof::Event::Requested,
        State::Unsubscribed => consent_proof::Event::Unsubscribed,
        State::Bounced | State::Complained => return None,
    };
    Some(consent_proof::Came {
        subscriber: id,
        address_hash: hash,
        event,
        topics: row.topics,
        says: row
            .confirmed_at
            .map(|at| format!("The imported file says: confirmed at {at}.")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_lowers_consent_and_never_raises_it() {
        use State::{Bounced, Complained, Confirmed, Pending, Unsubscribed};
        for from in [Pending, Confirmed, Unsubscribed, Bounced, Complained] {
            assert!(!lowers(from, Confirmed) && !lowers(from, Pending) && !lowers(from, from));
        }
        assert!(lowers(Confirmed, Unsubscribed) && lowers(Pending, Unsubscribed) && lowers(Confirmed, Bounced));
        assert!(lowers(Unsubscribed, Complained) && !lowers(Bounced, Unsubscribed) && !lowers(Bounced, Complained));
    }
}
