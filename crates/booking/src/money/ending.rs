//! The word that credits end soon, once for each purchase; and the links of her purchases for who has lost them.

use jiff::civil::Time;
use kernel::db::{claim, write};
use kernel::email::EmailAddress;
use kernel::id::PurchaseId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::account::{Account, key};
use super::notice::{Left, PurchaseNotice, PurchaseNoticeKind};
use super::{PurchaseState, PurchaseView};
use crate::Booking;
use crate::store::{self, corrupt};

/// So many days before their end.
const DAYS_BEFORE: i64 = 14;
/// Not at night, on the practice's clock: from 7 in the morning …
const MORNING: Time = Time::constant(7, 0, 0, 0);
/// … until 9 in the evening.
const NIGHT: Time = Time::constant(21, 0, 0, 0);
/// How many purchases are looked at in one transaction.
const AT_ONCE: u64 = 100;
/// So many links are sent at once at most.
const LINKS: usize = 5;

impl Booking {
    /// Tells buyers, once each, that what is left ends within two weeks: by day, and no family that wants silence. Says how many.
    /// Safe to run twice, in two instances.
    pub async fn tell_of_ending(&self, now: Instant) -> Result<u64, DbErr> {
        let (mut told, mut after) = (0, None);
        loop {
            let step = write(&self.0.db, (self.clone(), after, now), tell_some).await?;
            told += step.0;
            after = step.1;
            if after.is_none() {
                return Ok(told);
            }
        }
    }

    /// Mails the links of the running purchases of an address to that address. Nobody learns whether there are any.
    pub async fn ask_for_purchases(&self, email: EmailAddress, now: Instant) -> Result<(), DbErr> {
        write(&self.0.db, (self.clone(), email, now), ask).await
    }
}

/// How many were told, and after which to go on.
async fn tell_some(
    tx: &DatabaseTransaction,
    (booking, after, now): &(Booking, Option<PurchaseId>, Instant),
) -> Result<(u64, Option<PurchaseId>), DbErr> {
    let rows = store::purchase::untold(tx, *after, AT_ONCE).await?;
    let Some(last) = rows.last().map(|row| row.id) else {
        return Ok((0, None));
    };
    let practice = store::practice::load(tx).await?;
    let zone = practice.ok_or_else(|| corrupt("purchases without a practice"))?.zone;
    let time = zone.civil(*now).time();
    if time < MORNING || time >= NIGHT {
        return Ok((0, None));
    }
    let soon = now.plus_minutes(DAYS_BEFORE * 1440);
    let mut told = 0;
    for row in &rows {
        let account = Account::load(tx, row, zone.clone()).await?;
        let near = account.expires_at().is_some_and(|ends| *now < ends && ends <= soon);
        if !near || account.rest().next().is_none() {
            continue;
        }
        claim(tx, &[key(row.id)]).await?;
        let account = Account::load(tx, row, zone.clone()).await?;
        if account.rest().next().is_none() || !store::purchase::end_told(tx, row.id, *now).await? {
            continue;
        }
        if store::family::silenced_at(tx, row.family_id).await?.is_some() {
            continue;
        }
        let view = booking.purchase_view(tx, row, *now).await?;
        let kind = PurchaseNoticeKind::Ending {
            until: view.expires_at.unwrap_or(*now),
            left: left(&view),
        };
        tell(tx, booking, kind, view, *now).await?;
        told += 1;
    }
    let full = u64::try_from(rows.len()).is_ok_and(|read| read == AT_ONCE);
    Ok((told, full.then_some(last)))
}

fn left(view: &PurchaseView) -> Vec<Left> {
    let some = view.credits.iter().filter(|credits| credits.left > 0);
    some.map(|credits| Left {
        name: credits.offering_name.clone(),
        count: credits.left,
    })
    .collect()
}

async fn ask(tx: &DatabaseTransaction, (booking, email, now): &(Booking, EmailAddress, Instant)) -> Result<(), DbErr> {
    let Some((family, _)) = store::family::of(tx, email).await? else {
        return Ok(());
    };
    let mut sent = 0;
    for row in store::purchase::of_family(tx, family).await? {
        let view = booking.purchase_view(tx, &row, *now).await?;
        if view.state == PurchaseState::Active && sent < LINKS {
            tell(tx, booking, PurchaseNoticeKind::Asked, view, *now).await?;
            sent += 1;
        }
    }
    Ok(())
}

async fn tell(
    tx: &DatabaseTransaction,
    booking: &Booking,
    kind: PurchaseNoticeKind,
    view: PurchaseView,
    now: Instant,
) -> Result<(), DbErr> {
    let facts = view.facts;
    let notice = PurchaseNotice { kind, facts };
    booking.0.notices.purchase(tx, &notice, now).await
}
