//! Subscribers from a file, ours or Mailchimp's, and into one.
//!
//! An import never raises consent: a new address comes as the file says it is, one that is known keeps what it has or loses it. The
//! same file again changes nothing, so an import that was interrupted is simply started again. Every address that comes has a line of
//! proof that says so.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufRead, Write};

use kernel::db::{claim, write};
use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;

use super::csv::{Broken, CsvError, Reader, Record, written};
use super::opt_in::{claim_key, presentable};
use super::{State, Topics};
use crate::Mailing;
use crate::store::subscriber::{self, New};
use crate::store::{consent_proof, suppression};

/// Rows a transaction.
const BATCH: usize = 500;
/// The page that the proof of an imported address names.
const PAGE: &str = "import";

/// What an import did, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Rows below the first line.
    pub rows: u64,
    /// New addresses, by their state.
    pub added: BTreeMap<&'static str, u64>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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

/// Which column holds what.
struct Columns {
    email: usize,
    name: Option<usize>,
    first_name: Option<usize>,
    last_name: Option<usize>,
    topics: Option<usize>,
    status: Option<usize>,
    confirmed_at: Option<usize>,
    /// What an address is when no column says it.
    otherwise: State,
}

impl Columns {
    fn of(names: &[String]) -> Result<Self, ImportError> {
        let find = |wanted: &[&str]| {
            let same = |name: &String| wanted.iter().any(|w| name.trim().eq_ignore_ascii_case(w));
            names.iter().position(same)
        };
        let Some(email) = find(&["email", "email address", "e-mail", "e-mail address"]) else {
            let listed: String = names.join(", ").chars().filter(|c| !c.is_control()).take(120).collect();
            return Err(ImportError::NoEmail(listed));
        };
        // Mailchimp writes a file for each state, and tells it by the columns it adds.
        let mailchimp = find(&["optin_time"]).is_some();
        let otherwise = match () {
            () if find(&["unsub_time"]).is_some() => State::Unsubscribed,
            () if find(&["clean_time"]).is_some() => State::Bounced,
            () if mailchimp => State::Confirmed,
            () => State::Pending,
        };
        Ok(Self {
            email,
            name: find(&["name", "full name"]),
            first_name: find(&["first name"]),
            last_name: find(&["last name"]),
            topics: find(&["topics"]),
            status: find(&["status"]),
            confirmed_at: find(&["confirmed_at", "confirm_time"]),
            otherwise,
        })
    }
}

/// One address as the file has it.
#[derive(Clone, Debug)]
struct Row {
    address: EmailAddress,
    name: Option<String>,
    topics: Topics,
    state: State,
    confirmed_at: Option<Instant>,
}

impl Row {
    fn of(values: &[String], columns: &Columns) -> Result<Self, Skipped> {
        let value = |column: Option<usize>| column.and_then(|c| values.get(c)).map_or("", |v| v.trim());
        let address = value(Some(columns.email)).parse().map_err(|_| Skipped::BadAddress)?;
        let name = match value(columns.name) {
            "" => format!("{} {}", value(columns.first_name), value(columns.last_name)),
            name => name.to_owned(),
        };
        let topics = match value(columns.topics) {
            "" => Topics::ALL,
            listed => Topics::parse(listed.split([';', ',']).map(str::trim).filter(|t| !t.is_empty()))
                .map_err(|_| Skipped::UnknownTopic)?,
        };
        let state = match value(columns.status) {
            "" => columns.otherwise,
            status => state(status).ok_or(Skipped::UnknownStatus)?,
        };
        let confirmed_at = match value(columns.confirmed_at) {
            "" => None,
            time => Some(moment(time).ok_or(Skipped::BadTime)?),
        };
        Ok(Self {
            address,
            name: presentable(&name),
            topics,
            state,
            confirmed_at,
        })
    }
}

/// Our words for a state, and those of Mailchimp.
fn state(text: &str) -> Option<State> {
    Some(match text.to_ascii_lowercase().as_str() {
        "pending" => State::Pending,
        "confirmed" | "subscribed" => State::Confirmed,
        "unsubscribed" => State::Unsubscribed,
        "bounced" | "cleaned" => State::Bounced,
        "complained" => State::Complained,
        _ => return None,
    })
}

/// RFC 3339, or `2024-05-01 12:30:00` in UTC.
fn moment(text: &str) -> Option<Instant> {
    let utc = || format!("{}Z", text.replacen(' ', "T", 1)).parse().ok();
    text.parse().ok().or_else(utc)
}

/// A batch, as one write.
struct Batch {
    mailing: Mailing,
    rows: Vec<Row>,
    now: Instant,
}

impl Mailing {
    /// Imports subscribers, 500 rows a transaction; `tell` hears of rows that are passed over and of the progress.
    pub async fn import_subscribers(
        &self,
        file: impl BufRead,
        now: Instant,
        mut tell: impl FnMut(Told),
    ) -> Result<Imported, ImportError> {
        let (mut reader, names) = Reader::new(file)?;
        let columns = Columns::of(&names)?;
        let mut imported = Imported::default();
        let (mut rows, mut keys): (Vec<Row>, HashSet<String>) = (Vec::new(), HashSet::new());
        loop {
            let record = reader.next()?;
            let row = match &record {
                Some(record) => parsed(record, &columns, &mut imported, &mut tell),
                None => None,
            };
            let twice = row.as_ref().is_some_and(|row| keys.contains(row.address.key()));
            if record.is_none() || twice || rows.len() == BATCH {
                keys.clear();
                self.take_in(std::mem::take(&mut rows), now, &mut imported).await?;
                tell(Told::Progress {
                    rows: imported.rows,
                    bytes: reader.read,
                });
            }
            if let Some(row) = row {
                keys.insert(row.address.key().to_owned());
                rows.push(row);
            }
            if record.is_none() {
                return Ok(imported);
            }
        }
    }

    async fn take_in(&self, rows: Vec<Row>, now: Instant, imported: &mut Imported) -> Result<(), DbErr> {
        if rows.is_empty() {
            return Ok(());
        }
        let batch = Batch {
            mailing: self.clone(),
            rows,
            now,
        };
        let done: Imported = write::<_, _, DbErr, _>(&self.db, batch, take_in).await?;
        for (state, n) in done.added {
            *imported.added.entry(state).or_default() += n;
        }
        imported.lowered += done.lowered;
        imported.unchanged += done.unchanged;
        imported.not_raised += done.not_raised;
        Ok(())
    }

    /// Writes every subscriber as a line, the oldest first, in a form that can be imported.
    pub async fn export_subscribers(&self, mut to: impl Write) -> Result<u64, ExportError> {
        writeln!(to, "email,name,topics,status,confirmed_at,status_since")?;
        let (mut after, mut count) = (None, 0);
        loop {
            let page = subscriber::page(self.db.reader(), after, 1_000).await?;
            let Some(last) = page.last() else {
                to.flush()?;
                return Ok(count);
            };
            after = Some(last.id);
            for row in page {
                let topics: Vec<_> = row.topics.iter().map(super::Topic::slug).collect();
                let values = [
                    written(row.address.as_str()),
                    written(&row.name.unwrap_or_default()),
                    written(&topics.join(";")),
                    row.state.as_str().to_owned(),
                    row.confirmed_at.map(|at| at.to_string()).unwrap_or_default(),
                    row.state_since.to_string(),
                ];
                writeln!(to, "{}", values.join(","))?;
                count += 1;
            }
        }
    }
}

/// Why subscribers could not be written out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Where they go.
    #[error("the subscribers could not be written")]
    Io(#[from] std::io::Error),
    /// The database.
    #[error("the subscribers could not be read")]
    Database(#[from] DbErr),
}

fn parsed(record: &Record, columns: &Columns, imported: &mut Imported, tell: &mut impl FnMut(Told)) -> Option<Row> {
    imported.rows += 1;
    let values = record.values.as_ref().map_err(|broken| match broken {
        Broken::TooLong => Skipped::TooLong,
        Broken::Quote => Skipped::OpenQuote,
        Broken::NotUtf8 => Skipped::NotUtf8,
    });
    match values.and_then(|values| Row::of(values, columns)) {
        Ok(row) => Some(row),
        Err(why) => {
            *imported.skipped.entry(why).or_default() += 1;
            tell(Told::Skipped { line: record.line, why });
            None
        }
    }
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
    let mut done = Imported::default();
    let (mut new, mut proofs) = (Vec::new(), Vec::new());
    for (row, hash) in batch.rows.iter().zip(hashes) {
        // An address that is suppressed stays so, also when its person was erased since.
        let state = match (row.state, suppressed.get(&hash)) {
            (State::Unsubscribed, _) | (_, None) => row.state,
            (_, Some(&reason)) => reason,
        };
        if matches!(state, State::Bounced | State::Complained) && !suppressed.contains_key(&hash) {
            suppression::insert(tx, &hash, state, now).await?;
        }
        let Some(seen) = known.get(row.address.key()) else {
            let id = SubscriberId::new(now, &mailing.chance);
            *done.added.entry(state.as_str()).or_default() += 1;
            proofs.extend(proof(id, hash, row, state));
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
    consent_proof::append_many(tx, mailing, proofs, PAGE, now).await?;
    Ok(done)
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

    #[test]
    fn columns_are_found_by_name_in_any_order_and_mailchimps_files_say_what_they_are() {
        let columns = |line: &str| {
            let names: Vec<String> = line.split(',').map(str::to_owned).collect();
            Columns::of(&names)
        };
        let ours = columns("status,Email,confirmed_at,topics").unwrap();
        assert_eq!((ours.email, ours.status, ours.otherwise), (1, Some(0), State::Pending));
        let theirs = "Email Address,First Name,Last Name,OPTIN_TIME,CONFIRM_TIME";
        assert_eq!(columns(theirs).unwrap().otherwise, State::Confirmed);
        let gone = |column: &str| columns(&format!("{theirs},{column}")).unwrap().otherwise;
        assert_eq!(
            (gone("UNSUB_TIME"), gone("CLEAN_TIME")),
            (State::Unsubscribed, State::Bounced)
        );
        let missing = columns("mail,name").err().unwrap().to_string();
        assert_eq!(missing, "no column is called email: the first line has mail, name");
    }

    #[test]
    fn a_time_is_rfc_3339_or_mailchimps() {
        assert_eq!(moment("2024-05-01 12:30:00"), moment("2024-05-01T12:30:00Z"));
        assert!(moment("2024-05-01T12:30:00+02:00").is_some() && moment("May 1").is_none());
    }
}
