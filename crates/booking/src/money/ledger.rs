//! A purchase's ledger as the consultant reads it, and the credits that she gives or takes herself, with a note.

use kernel::db::{claim, write};
use kernel::id::{AppointmentId, EventId, LoginId, OfferingId, PurchaseId};
use kernel::instant::Instant;
use kernel::seal::Sealed;
use sea_orm::{DatabaseTransaction, DbErr};

use super::account::{Account, key};
use super::{PurchaseState, PurchaseView};
use crate::store::{self, corrupt, credit_ledger};
use crate::{Booking, ReadError};

/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 500;
/// So many credits are given or taken at once at most.
pub const MOST_AT_ONCE: u32 = 20;

/// What happened to credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerEvent {
    /// Paid, and granted.
    Granted,
    /// A visit was booked with one.
    Spent,
    /// A visit gave it back.
    Returned,
    /// Its time was over.
    Expired,
    /// The consultant gave or took.
    Adjusted,
}

crate::practice::mode::words!(
    LedgerEvent,
    "granted, spent, returned, expired, adjusted",
    Granted = "granted",
    Spent = "spent",
    Returned = "returned",
    Expired = "expired",
    Adjusted = "adjusted"
);

/// A line of the ledger.
#[derive(Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// When.
    pub at: Instant,
    /// What.
    pub event: LedgerEvent,
    /// Of which offering: its name.
    pub offering: String,
    /// By how much its balance changed.
    pub amount: i32,
    /// The visit that spent it or gave it back.
    pub appointment: Option<AppointmentId>,
    /// What the consultant noted.
    pub note: Option<String>,
}

/// Credits that the consultant gives or takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// Of which purchase.
    pub purchase: PurchaseId,
    /// Of which offering of it: its slug.
    pub offering: String,
    /// How many: more than 0 are given, less are taken; at most [`MOST_AT_ONCE`] either way.
    pub amount: i32,
    /// Why; may be empty.
    pub note: String,
}

/// Why no credit was given or taken.
#[derive(Debug, thiserror::Error)]
pub enum AdjustError {
    /// There is no such purchase.
    #[error("no such purchase")]
    NotFound,
    /// The package holds no visit of this offering.
    #[error("the package holds no such visit")]
    OtherOffering,
    /// None, or more than can be meant.
    #[error("from one to twenty credits are given or taken at once")]
    Amount,
    /// The note is too long.
    #[error("the note is too long")]
    Note,
    /// Nothing was granted yet.
    #[error("the package is not paid yet")]
    Unpaid,
    /// Its time is over.
    #[error("the credits of the package are over")]
    Over,
    /// Fewer are left than shall be taken.
    #[error("only {left} are left")]
    NotSoMany {
        /// How many.
        left: u32,
    },
    /// The database failed.
    #[error("the credits could not be written")]
    Database(#[from] DbErr),
}

impl Booking {
    /// The purchase of this id: for the desk.
    pub async fn purchase_by_id(&self, id: PurchaseId, now: Instant) -> Result<Option<PurchaseView>, ReadError> {
        let db = self.0.db.reader();
        match store::purchase::find(db, id).await? {
            Some(row) => Ok(Some(self.purchase_view(db, &row, now).await?)),
            None => Ok(None),
        }
    }

    /// The purchases of an appointment's family, the latest first: for the desk.
    pub async fn purchases_of_family(&self, of: AppointmentId, now: Instant) -> Result<Vec<PurchaseView>, ReadError> {
        let db = self.0.db.reader();
        let Some(visit) = store::appointment::find(db, of).await? else {
            return Ok(Vec::new());
        };
        let mut all = Vec::new();
        for row in store::purchase::of_family(db, visit.family_id).await? {
            all.push(self.purchase_view(db, &row, now).await?);
        }
        Ok(all)
    }

    /// Every line of a purchase's ledger, the oldest first.
    pub async fn ledger(&self, of: PurchaseId) -> Result<Vec<LedgerLine>, ReadError> {
        let db = self.0.db.reader();
        let practice = store::practice::load(db).await?.ok_or(ReadError::NoPractice)?;
        let offerings = store::offering::all(db, practice.currency).await?;
        let rows = credit_ledger::of(db, of).await?;
        let mut notes = store::note::of_credits(db, rows.iter().map(|row| row.id).collect()).await?;
        let line = |row: credit_ledger::Model| {
            let offering = offerings.iter().find(|o| o.id == row.offering_id);
            let note = notes.remove(&row.id).map(Sealed::from_bytes);
            Ok(LedgerLine {
                at: row.at,
                event: row.event.parse().map_err(corrupt)?,
                offering: offering.map(|o| o.name.clone()).unwrap_or_default(),
                amount: row.amount,
                appointment: row.appointment_id,
                note: note.and_then(|note| self.0.keys.seal.open(&note, row.id.0).ok()),
            })
        };
        rows.into_iter().map(line).collect()
    }

    /// Gives or takes credits. The balance is never below nothing.
    pub async fn adjust_credits(&self, what: Adjustment, login: LoginId, now: Instant) -> Result<(), AdjustError> {
        write(&self.0.db, (self.clone(), what, login, now), adjust).await
    }
}

async fn adjust(
    tx: &DatabaseTransaction,
    (booking, what, login, now): &(Booking, Adjustment, LoginId, Instant),
) -> Result<(), AdjustError> {
    let note = what.note.trim();
    if note.chars().count() > LONGEST_NOTE {
        return Err(AdjustError::Note);
    }
    if what.amount == 0 || what.amount.unsigned_abs() > MOST_AT_ONCE {
        return Err(AdjustError::Amount);
    }
    claim(tx, &[key(what.purchase)]).await?;
    let row = store::purchase::find(tx, what.purchase)
        .await?
        .ok_or(AdjustError::NotFound)?;
    let practice = store::practice::load(tx).await?.ok_or(AdjustError::NotFound)?;
    let account = Account::load(tx, &row, practice.zone.clone()).await?;
    match account.state(*now) {
        PurchaseState::AwaitingPayment => return Err(AdjustError::Unpaid),
        PurchaseState::Active => {}
        _ => return Err(AdjustError::Over),
    }
    let offerings = store::offering::all(tx, practice.currency).await?;
    let offering = offerings.iter().find(|o| o.slug.as_str() == what.offering);
    let offering: OfferingId = offering.ok_or(AdjustError::OtherOffering)?.id;
    if !row.bought()?.iter().any(|line| line.offering == offering) {
        return Err(AdjustError::OtherOffering);
    }
    let left = account.left(offering);
    if left + i64::from(what.amount) < 0 {
        let left = u32::try_from(left).unwrap_or_default();
        return Err(AdjustError::NotSoMany { left });
    }
    let line = credit_ledger::Line {
        purchase: row.id,
        event: LedgerEvent::Adjusted.as_str(),
        offering,
        amount: what.amount,
        appointment: None,
        login: Some(*login),
    };
    let id: EventId = credit_ledger::add(tx, line, *now, &booking.0.chance).await?;
    if !note.is_empty() {
        let sealed = booking.0.keys.seal.seal(note, id.0, &booking.0.chance);
        store::note::add_to_credit(tx, id, sealed.into_bytes()).await?;
    }
    Ok(())
}
