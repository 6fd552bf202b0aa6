//! The consultant adds an appointment by hand: what a parent agreed with her on the telephone.
//!
//! It goes the way of every booking (claim, engine, the database's last word, history, mails), with three differences: whom she books
//! for is hers to decide, so that clients-only, once-per-family and unpaid visits do not stand in the way and nothing has to be answered;
//! a time that is no slot can be taken when she says so, never one that has passed; and her own mark confirms what is not paid.

use kernel::db::write;
use kernel::id::{AppointmentId, LoginId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::book::{Booked, Ground, Wish};
use super::lifecycle::State;
use super::refusal::{BookError, NotBookable};
use super::wish::BookSlot;
use crate::practice::Terms;
use crate::schedule::WhyNot;
use crate::schedule::offered::{GRACE_MINUTES, Side};
use crate::store::{self, appointment::Model};
use crate::{Booking, money};

/// An appointment that the consultant adds.
#[derive(Clone, Debug)]
pub struct ByHand {
    /// What is booked, for whom, how and when; what it says of answers and clients is not asked for.
    pub slot: BookSlot,
    /// Her mark: it is confirmed at once, and shown as owed. Otherwise what costs something waits for its payment.
    pub confirmed: bool,
    /// Also where no slot is: sooner than the minimum notice, outside the hours, or over another appointment.
    pub anyway: bool,
}

impl Booking {
    /// Adds an appointment by hand, or says why not; appointment, history and mails are committed together.
    pub async fn book_by_hand(&self, by_hand: ByHand, login: LoginId, now: Instant) -> Result<Booked, BookError> {
        let ByHand {
            slot,
            confirmed,
            anyway,
        } = by_hand;
        let wish = Wish {
            booking: self.clone(),
            slot,
            login: Some(login),
            now,
        };
        write(&self.0.db, (wish, confirmed, anyway), add).await
    }
}

async fn add(tx: &DatabaseTransaction, (wish, confirmed, anyway): &(Wish, bool, bool)) -> Result<Booked, BookError> {
    let id = AppointmentId::new(wish.now, &wish.booking.0.chance);
    if let Some(repeated) = wish.answered(tx, id).await? {
        return Ok(Booked {
            appointment: repeated,
            repeated: true,
        });
    }
    let ground = wish.ground(tx).await?;
    let purchase = wish.purchase(tx).await?;
    let sides = wish.sides(tx, &ground, purchase.as_ref()).await?;
    let paid_by = match purchase {
        Some(purchase) => Some(wish.check_credit(tx, &ground, purchase).await?),
        None => None,
    };
    let sides = if *anyway {
        whoever(wish, &ground, sides)?
    } else {
        wish.free(&ground.rules, sides)?
    };
    let family = wish.family(tx, None).await?;
    for side in sides {
        let confirmed = *confirmed || paid_by.is_some();
        let mut row = wish.row(id, family, &side, &ground, state(wish, &ground, confirmed))?;
        if let Some(credit) = &paid_by {
            credit.pay(&mut row);
        }
        row.overlap_allowed = *anyway && overlaps(tx, &row, wish.now).await?;
        if store::appointment::insert(tx, &row).await? {
            if let Some(credit) = &paid_by {
                money::spend(tx, &wish.booking, credit.purchase, row.id, row.offering_id, wish.now).await?;
            }
            let appointment = wish.tell(tx, &row).await?;
            return Ok(Booked {
                appointment,
                repeated: false,
            });
        }
    }
    Err(BookError::SlotTaken)
}

/// Who takes a time that need be no slot: whoever is free then, else the one with the fewest visits, then the lowest id.
fn whoever(wish: &Wish, ground: &Ground, mut sides: Vec<Side>) -> Result<Vec<Side>, BookError> {
    let (start, now) = (wish.slot.start, wish.now);
    if start < now {
        return Err(BookError::NotBookable(NotBookable::Past));
    }
    let in_the_way = |side: &Side| match side.why_not(&ground.rules, start, now) {
        None => 0,
        Some(WhyNot::Taken | WhyNot::DayFull) => 2,
        Some(_) => 1,
    };
    sides.sort_by_cached_key(|side| (in_the_way(side), side.visits, side.consultant.id));
    Ok(sides)
}

/// Confirmed by her mark, or because there is nothing to pay; otherwise kept until it is paid, whatever the offering's terms.
fn state(wish: &Wish, ground: &Ground, confirmed: bool) -> State {
    let free = ground.offering.is_free() && ground.fee().is_zero();
    // Whoever she books for learns of it by mail, so that half an hour would be short, wherever it is paid.
    let minutes = 60 * i64::from(wish.booking.0.settings.hold_hours);
    State::at_booking(free || confirmed, Terms::Before, wish.slot.start, wish.now, minutes)
}

/// Whether another appointment is in the way of the new row.
async fn overlaps(tx: &DatabaseTransaction, row: &Model, now: Instant) -> Result<bool, DbErr> {
    let (from, until) = (row.blocked_from, row.blocked_until);
    let stale = now.plus_minutes(-GRACE_MINUTES);
    let there = store::blocking::blocking(tx, row.consultant_id, from, until, stale, None).await?;
    Ok(!there.is_empty())
}
