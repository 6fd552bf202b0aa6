//! Credits: what a purchase grants, a visit spends, a cancellation in time gives back, and what ends unused.

use kernel::db::{claim, write};
use kernel::id::{AppointmentId, OfferingId, PurchaseId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::account::{Account, key};
use crate::Booking;
use crate::store::appointment::Model as Appointment;
use crate::store::{self, corrupt, credit_ledger};

/// How many purchases the reconciler looks at in one transaction.
const AT_ONCE: u64 = 100;

/// Spends one credit for a visit that was just written. The caller holds the purchase's claim.
pub(crate) async fn spend(
    tx: &DatabaseTransaction,
    booking: &Booking,
    purchase: PurchaseId,
    visit: AppointmentId,
    offering: OfferingId,
    now: Instant,
) -> Result<(), DbErr> {
    let line = credit_ledger::Line {
        purchase,
        event: "spent",
        offering,
        amount: -1,
        appointment: Some(visit),
        login: None,
    };
    credit_ledger::add(tx, line, now, &booking.0.chance).await.map(drop)
}

/// Gives the credit of a visit back, if it was booked with one and has not given it back already; says whether it did.
pub(crate) async fn give_back(
    tx: &DatabaseTransaction,
    booking: &Booking,
    visit: &Appointment,
    now: Instant,
) -> Result<bool, DbErr> {
    let Some(purchase) = visit.purchase_id else {
        return Ok(false);
    };
    claim(tx, &[key(purchase)]).await?;
    if credit_ledger::of_visit(tx, visit.id).await? == 0 {
        return Ok(false);
    }
    let line = credit_ledger::Line {
        event: "returned",
        amount: 1,
        ..of(visit, purchase)
    };
    credit_ledger::add(tx, line, now, &booking.0.chance).await?;
    Ok(true)
}

/// Takes the credit of a visit again that it had given back: she came after all. What was used for another visit meanwhile stays there.
pub(crate) async fn take_again(
    tx: &DatabaseTransaction,
    booking: &Booking,
    visit: &Appointment,
    now: Instant,
) -> Result<(), DbErr> {
    let Some(purchase) = visit.purchase_id else {
        return Ok(());
    };
    claim(tx, &[key(purchase)]).await?;
    let left = credit_ledger::left(tx, purchase, visit.offering_id).await?;
    if credit_ledger::of_visit(tx, visit.id).await? < 0 || left <= 0 {
        return Ok(());
    }
    let line = credit_ledger::Line {
        event: "spent",
        amount: -1,
        ..of(visit, purchase)
    };
    credit_ledger::add(tx, line, now, &booking.0.chance).await.map(drop)
}

fn of(visit: &Appointment, purchase: PurchaseId) -> credit_ledger::Line {
    credit_ledger::Line {
        purchase,
        event: "spent",
        offering: visit.offering_id,
        amount: 0,
        appointment: Some(visit.id),
        login: None,
    }
}

impl Booking {
    /// Ends what is left of purchases whose time is over; says how many ended. Safe to run twice, in two instances.
    pub async fn expire_credits(&self, now: Instant) -> Result<u64, DbErr> {
        let (mut ended, mut after) = (0, None);
        loop {
            let step = write(&self.0.db, (self.clone(), after, now), expire_some).await?;
            ended += step.0;
            after = step.1;
            if after.is_none() {
                return Ok(ended);
            }
        }
    }
}

/// How many ended, and after which to go on.
async fn expire_some(
    tx: &DatabaseTransaction,
    (booking, after, now): &(Booking, Option<PurchaseId>, Instant),
) -> Result<(u64, Option<PurchaseId>), DbErr> {
    let rows = store::purchase::running(tx, *after, AT_ONCE).await?;
    let Some(last) = rows.last().map(|row| row.id) else {
        return Ok((0, None));
    };
    let practice = store::practice::load(tx).await?;
    let zone = practice.ok_or_else(|| corrupt("purchases without a practice"))?.zone;
    let mut over = Vec::new();
    for row in &rows {
        let account = Account::load(tx, row, zone.clone()).await?;
        if account.expires_at().is_some_and(|ends| ends <= *now) {
            over.push(row);
        }
    }
    let keys: Vec<String> = over.iter().map(|row| key(row.id)).collect();
    claim(tx, &keys).await?;
    let mut ended = 0;
    for row in over {
        let account = Account::load(tx, row, zone.clone()).await?;
        let still = account.expires_at().is_some_and(|ends| ends <= *now);
        if !still || !store::purchase::end(tx, row.id, *now).await? {
            continue;
        }
        for (offering, left) in account.rest() {
            let line = credit_ledger::Line {
                purchase: row.id,
                event: "expired",
                offering,
                amount: -i32::try_from(left).map_err(corrupt)?,
                appointment: None,
                login: None,
            };
            credit_ledger::add(tx, line, *now, &booking.0.chance).await?;
        }
        ended += 1;
    }
    let full = u64::try_from(rows.len()).is_ok_and(|read| read == AT_ONCE);
    Ok((ended, full.then_some(last)))
}
