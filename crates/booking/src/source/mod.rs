//! Her other calendars: addresses that are read again and again, and the time that they take from her hours.
//!
//! A source *blocks*, or is *ignored*: then it is read and shown, and takes nothing. What was read last stays in force until
//! something better is read, however long that takes; its age and what went wrong are told, because a calendar that cannot be read is
//! neither free nor full. Here is decided what is due, what an answer changes, and when she is told. Who fetches is not decided here:
//! that side gets a [`Reading`] and brings an [`Answer`].
//!
//! Start reading at [`Booking::source_answered`](crate::Booking).

mod answer;
mod change;
mod due;
mod week;

use std::fmt;

use kernel::email::EmailAddress;
use kernel::id::{ConsultantId, SourceId};
use kernel::instant::Instant;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use crate::calendar::busy::NotACalendar;
use crate::store::source::Model;
use crate::store::{corrupt, from_json};
use crate::{Booking, store};

pub use answer::Answer;
pub use change::{AddSourceError, NewSource, SourceChange};
pub use due::{Manner, Reading, Stamps};
pub use week::{BusyDay, BusyTime};

/// So many calendars one consultant may add.
pub const MOST: u64 = 20;

/// Where a calendar is read: a secret, because whoever has it reads the calendar.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// An address that was checked.
    pub fn new(address: String) -> Self {
        Self(address)
    }

    /// The address itself, for fetching it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

/// Why a calendar cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No host has this name.
    NoSuchHost,
    /// The address is not `https://`.
    NotHttps,
    /// It leads into a private network.
    PrivateAddress,
    /// The host proves not who it is.
    NotSecure,
    /// Nobody answers there, or in the middle of the answer no more.
    Unreachable,
    /// Longer than ten seconds.
    TooSlow,
    /// More than 20 MB.
    TooLarge,
    /// It leads on and on.
    TooManyRedirects,
    /// A name and a password are wanted, or the address is not let in.
    LoginWanted,
    /// There is nothing at this address, or no longer.
    Gone,
    /// The server is out of order.
    ServerFault,
    /// A web page is there.
    WebPage,
    /// Nothing, or no calendar.
    NoCalendar,
    /// A calendar that is not whole.
    Broken,
    /// More recurring events than can be worked out.
    TooMuch,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::NoSuchHost,
        Self::NotHttps,
        Self::PrivateAddress,
        Self::NotSecure,
        Self::Unreachable,
        Self::TooSlow,
        Self::TooLarge,
        Self::TooManyRedirects,
        Self::LoginWanted,
        Self::Gone,
        Self::ServerFault,
        Self::WebPage,
        Self::NoCalendar,
        Self::Broken,
        Self::TooMuch,
    ];

    /// Its stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoSuchHost => "no_such_host",
            Self::NotHttps => "not_https",
            Self::PrivateAddress => "private_address",
            Self::NotSecure => "not_secure",
            Self::Unreachable => "unreachable",
            Self::TooSlow => "too_slow",
            Self::TooLarge => "too_large",
            Self::TooManyRedirects => "too_many_redirects",
            Self::LoginWanted => "login_wanted",
            Self::Gone => "gone",
            Self::ServerFault => "server_fault",
            Self::WebPage => "web_page",
            Self::NoCalendar => "no_calendar",
            Self::Broken => "broken",
            Self::TooMuch => "too_much",
        }
    }
}

impl From<NotACalendar> for Trouble {
    fn from(why: NotACalendar) -> Self {
        match why {
            NotACalendar::TooLarge => Self::TooLarge,
            NotACalendar::WebPage => Self::WebPage,
            NotACalendar::Empty | NotACalendar::Compressed | NotACalendar::NotText | NotACalendar::NoCalendar => {
                Self::NoCalendar
            }
            NotACalendar::CutOff | NotACalendar::Unbalanced => Self::Broken,
            NotACalendar::TooMuch => Self::TooMuch,
        }
    }
}

/// One of her other calendars, as the desk shows it.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its row.
    pub id: SourceId,
    /// Whose it is.
    pub consultant: ConsultantId,
    /// What she calls it.
    pub name: String,
    /// Where it is read.
    pub address: Address,
    /// Whether it takes time from her hours.
    pub blocks: bool,
    /// Whether it is read no more, until she wants it again; what was read last stays.
    pub paused: bool,
    /// The last good answer.
    pub read_at: Option<Instant>,
    /// What could not be understood of it, in plain words.
    pub warnings: Vec<String>,
    /// Why it cannot be read right now, and since when.
    pub trouble: Option<(Trouble, Instant)>,
}

/// That a calendar could not be read for long, inside the transaction in which that became so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceNotice {
    /// Which.
    pub id: SourceId,
    /// What she calls it.
    pub name: String,
    /// Why.
    pub trouble: Trouble,
    /// Since when.
    pub since: Instant,
    /// When it was read last.
    pub read_at: Option<Instant>,
    /// Who is told.
    pub practice_email: EmailAddress,
}

impl Booking {
    /// A consultant's other calendars, in the order in which she added them.
    pub async fn sources(&self, of: ConsultantId) -> Result<Vec<Source>, DbErr> {
        let rows = store::source::of(self.0.db.reader(), of).await?;
        rows.into_iter().map(|row| self.source_of(row)).collect()
    }

    /// Those that block and could not be read for so long that she was told, the longest first.
    pub async fn sources_failing(&self) -> Result<Vec<Source>, DbErr> {
        let rows = store::source::failing(self.0.db.reader()).await?;
        rows.into_iter().map(|row| self.source_of(row)).collect()
    }

    fn source_of(&self, row: Model) -> Result<Source, DbErr> {
        let trouble = trouble_of(&row)?;
        Ok(Source {
            id: row.id,
            consultant: row.consultant_id,
            address: self.source_address(&row)?,
            name: row.name,
            blocks: row.blocks,
            paused: row.due_at.is_none(),
            read_at: row.read_at,
            warnings: from_json(row.warnings)?,
            trouble,
        })
    }

    fn source_address(&self, row: &Model) -> Result<Address, DbErr> {
        let sealed = kernel::seal::Sealed::from_bytes(row.address.clone());
        let opened = self.0.keys.seal.open(&sealed, row.id.0);
        opened.map(Address).map_err(corrupt)
    }
}

fn trouble_of(row: &Model) -> Result<Option<(Trouble, Instant)>, DbErr> {
    let (Some(word), Some(since)) = (&row.trouble, row.trouble_since) else {
        return Ok(None);
    };
    let trouble = from_json(serde_json::Value::String(word.clone()))?;
    Ok(Some((trouble, since)))
}
