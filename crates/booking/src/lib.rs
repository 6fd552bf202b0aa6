//! The appointment book: what can be booked, when, by whom, and what becomes of it.
//!
//! Its words are those of `PRODUCT.md`: a *practice* has *consultants* with *hours*; an *offering* is
//! booked for a *slot* and becomes an *appointment*, kept by a *hold* until it is paid. It decides what
//! a slot is ([`schedule`], pure), who may book it and what happens then ([`appointment`]), what is
//! owed and kept ([`money`], [`practice::policy`]), and what calendars are told ([`calendar`], pure).
//! It refuses to send anything: what must be told leaves through the port
//! [`appointment::notice::Notices`], inside the transaction that made it true.
//!
//! Start reading at [`Booking::book`](Booking), in `appointment/book.rs`: claim, expire what is stale,
//! decide with the pure engine, insert, note, notify. The database has the last word on overlap.

pub mod appointment;
pub mod calendar;
pub mod money;
pub mod practice;
pub mod schedule;
pub mod source;
mod store;

use std::fmt;
use std::sync::Arc;

use kernel::chance::Chance;
use kernel::db::{Db, Kept};
use kernel::keys::Keys;
use sea_orm::DbErr;

use appointment::notice::Notices;
use money::service::Payments;
use practice::file::Setup;
use schedule::held::Held;

/// The appointment book over one database; cheap to clone.
#[derive(Clone)]
pub struct Booking(Arc<Inner>);

struct Inner {
    db: Db,
    keys: Keys,
    chance: Chance,
    settings: Settings,
    notices: Arc<dyn Notices>,
    payments: Arc<dyn Payments>,
    setup: Kept<Setup>,
    held: Kept<Held>,
}

/// What the configuration says about booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The host of the public address. Kept with a new practice for its UIDs; an old one keeps its own.
    pub uid_domain: String,
    /// How long an unpaid visit is kept, at most until its start, when it is not paid online.
    pub hold_hours: u32,
    /// Where video visits meet.
    pub telehealth: Telehealth,
    /// Whether the limits per address hold.
    pub limits: bool,
}

/// Where video visits meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Telehealth {
    /// A room of its own for each appointment, below this address.
    Jitsi {
        /// Without a slash at its end.
        base_url: String,
    },
    /// The same room for all.
    Fixed {
        /// Its address.
        link: String,
    },
}

/// Why something of the practice cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No practice file was applied yet.
    #[error("there is no practice yet")]
    NoPractice,
    /// The database failed.
    #[error("the practice could not be read")]
    Database(#[from] DbErr),
}

impl Booking {
    /// The appointment book over this database.
    pub fn new(
        db: Db,
        keys: Keys,
        chance: Chance,
        settings: Settings,
        notices: Arc<dyn Notices>,
        payments: Arc<dyn Payments>,
    ) -> Self {
        Self(Arc::new(Inner {
            db,
            keys,
            chance,
            settings,
            notices,
            payments,
            setup: Kept::default(),
            held: Kept::default(),
        }))
    }
}

impl fmt::Debug for Booking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Booking")
    }
}
