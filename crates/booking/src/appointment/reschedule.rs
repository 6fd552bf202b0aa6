//! Moving an appointment: by the parent inside the policy, by the consultant with her explicit override.
//!
//! It stays the same appointment: link, UID, payment, mode, place, length and buffers are kept, its SEQUENCE rises. The new start
//! is checked again with the pure engine, the appointment itself left out of what is in the way; the database has the last word.

use kernel::db::{Class, claim, class, write};
use kernel::id::{AppointmentId, LoginId};
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::book::day_key;
use super::expire::expire;
use super::facts::{AppointmentFacts, AppointmentView, Moving};
use super::lifecycle::{Party, State};
use super::notice::{Notice, NoticeKind};
use super::refusal::{BookError, NotBookable};
use crate::Booking;
use crate::money::{self, Account};
use crate::practice::{Consultant, Mode, Offering};
use crate::schedule::offered::{GRACE_MINUTES, MAX_DAYS, Side};
use crate::schedule::{Asked, Offered, Rules, SlotsError, WhyNot};
use crate::store::{self, appointment::Model, corrupt, history};

/// Where the consultant moves a visit to, and what she says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskMove {
    /// The new start.
    pub start: Instant,
    /// What she says to the family.
    pub message: Option<String>,
    /// Also where no slot is: sooner than the minimum notice, outside the hours, or over another appointment.
    pub anyway: bool,
}

/// Why an appointment was not moved.
#[derive(Debug, thiserror::Error)]
pub enum RescheduleError {
    /// No appointment has this link or id.
    #[error("no such appointment")]
    NotFound,
    /// It starts too soon, or has started: only the consultant can move it now.
    #[error("it is too late to move the visit")]
    TooLate,
    /// It is cancelled, expired or over already.
    #[error("the appointment is {0} already")]
    NotActive(&'static str),
    /// Somebody else has that time, or the day is full.
    #[error("this time was taken a moment ago")]
    SlotTaken,
    /// It cannot be moved there.
    #[error(transparent)]
    NotBookable(NotBookable),
    /// A credit pays it, and then the credit is over: exclusive.
    #[error("the package that pays this visit ends at {0}")]
    CreditOver(Instant),
    /// The database failed.
    #[error("the move could not be written")]
    Database(#[from] DbErr),
}

impl From<WhyNot> for RescheduleError {
    fn from(why: WhyNot) -> Self {
        match BookError::from(why) {
            BookError::NotBookable(why) => Self::NotBookable(why),
            _ => Self::SlotTaken,
        }
    }
}

impl Booking {
    /// Moves the appointment of this link, until the policy's last free moment. The start it has already changes nothing.
    pub async fn reschedule(
        &self,
        token: &Token,
        start: Instant,
        now: Instant,
    ) -> Result<AppointmentView, RescheduleError> {
        write(&self.0.db, (self.clone(), token.clone(), start, now), by_parent).await
    }

    /// Moves it at the consultant's wish; the family may decline with everything back.
    pub async fn reschedule_for_family(
        &self,
        id: AppointmentId,
        wish: DeskMove,
        login: LoginId,
        now: Instant,
    ) -> Result<AppointmentView, RescheduleError> {
        write(&self.0.db, (self.clone(), id, wish, login, now), by_consultant).await
    }

    /// The slots to which the appointment of this link could be moved right now; none when it is too late. `None`: no such link.
    pub async fn slots_to_move(
        &self,
        token: &Token,
        from: Instant,
        until: Instant,
        now: Instant,
    ) -> Result<Option<Offered>, SlotsError> {
        let length = until - from;
        if length.is_negative() || length > jiff::SignedDuration::from_hours(24 * MAX_DAYS) {
            return Err(SlotsError::Range);
        }
        let db = self.0.db.reader();
        let Some(row) = store::appointment::by_link(db, token.hash()).await? else {
            return Ok(None);
        };
        let practice = store::practice::load(db).await?.ok_or(SlotsError::NoPractice)?;
        let visit = Visit::load(db, self, row).await?;
        let mut slots = Vec::new();
        if matches!(visit.facts.moving(now), Moving::Until(_)) {
            let asked = Asked { from, until, now };
            for consultant in store::consultant::all(db).await? {
                slots.extend(visit.side(db, consultant, asked).await?.slots(&visit.rules, asked));
            }
            let credit = visit.credit(db).await?;
            let paid = |start| credit.as_ref().is_none_or(|credit| credit.over(start).is_none());
            slots.retain(|slot| slot.start != visit.row.starts_at && paid(slot.start));
            slots.sort_unstable();
            slots.dedup();
        }
        Ok(Some(Offered::of(practice.zone, slots)))
    }
}

async fn by_parent(
    tx: &DatabaseTransaction,
    (booking, token, start, now): &(Booking, Token, Instant, Instant),
) -> Result<AppointmentView, RescheduleError> {
    let row = store::appointment::by_link(tx, token.hash()).await?;
    let (visit, consultants) = Visit::claim(tx, booking, row, *start).await?;
    match visit.facts.moving(*now) {
        Moving::Over(state) => return Err(RescheduleError::NotActive(state)),
        _ if visit.row.starts_at == *start => return Ok(booking.view(visit.facts, &visit.row)),
        Moving::TooLate => return Err(RescheduleError::TooLate),
        Moving::Until(_) => {}
    }
    visit.check_credit(tx, *start).await?;
    visit.expire_stale(tx, booking, &consultants, *start, *now).await?;
    let consultant = visit.free(tx, consultants, *start, *now).await?;
    let new = visit.moved(&consultant, *start, *now)?;
    let by = By {
        login: None,
        message: None,
        now: *now,
    };
    write_down(tx, booking, &visit.row, new, by).await
}

async fn by_consultant(
    tx: &DatabaseTransaction,
    (booking, id, wish, login, now): &(Booking, AppointmentId, DeskMove, LoginId, Instant),
) -> Result<AppointmentView, RescheduleError> {
    let (start, now) = (wish.start, *now);
    let row = store::appointment::find(tx, *id).await?;
    let (visit, consultants) = Visit::claim(tx, booking, row, start).await?;
    if let Moving::Over(state) = visit.facts.moving(now) {
        return Err(RescheduleError::NotActive(state));
    }
    if visit.row.starts_at == start {
        return Ok(booking.view(visit.facts, &visit.row));
    }
    visit.check_credit(tx, start).await?;
    visit.expire_stale(tx, booking, &consultants, start, now).await?;
    // She moves it within its own consultant's day: whose it is stays as it is.
    let own = consultants.into_iter().find(|c| c.id == visit.row.consultant_id);
    let own = own.ok_or_else(|| corrupt("an appointment without its consultant"))?;
    let asked = only(start, now);
    let why = visit
        .side(tx, own.clone(), asked)
        .await?
        .why_not(&visit.rules, start, now);
    match why {
        Some(why) if why == WhyNot::Past || !wish.anyway => return Err(why.into()),
        _ => {}
    }
    let mut new = visit.moved(&own, start, now)?;
    new.moved_by_consultant = true;
    new.overlap_allowed = why.is_some() && visit.overlaps(tx, &new, now).await?;
    let by = By {
        login: Some(*login),
        message: wish.message.as_deref().map(str::trim).filter(|m| !m.is_empty()),
        now,
    };
    write_down(tx, booking, &visit.row, new, by).await
}

/// The question for one start.
pub(super) fn only(start: Instant, now: Instant) -> Asked {
    Asked {
        from: start,
        until: start + jiff::SignedDuration::from_micros(1),
        now,
    }
}

/// An appointment that shall be moved, and what its new time is asked for.
pub(super) struct Visit {
    pub(super) row: Model,
    pub(super) facts: AppointmentFacts,
    offering: Offering,
    pub(super) rules: Rules,
}

impl Visit {
    async fn load(db: &impl ConnectionTrait, booking: &Booking, row: Model) -> Result<Self, DbErr> {
        let facts = booking.facts(db, &row).await?;
        let offering = store::offering::by_slug(db, facts.offering.as_str(), facts.price.currency).await?;
        let offering = offering.ok_or_else(|| corrupt("an appointment without its offering"))?;
        let rules = rules(&offering, &row, facts.held.mode())?;
        Ok(Self {
            row,
            facts,
            offering,
            rules,
        })
    }

    /// Claims the old and the new day of every consultant in one claim, and only then reads what counts.
    pub(super) async fn claim(
        tx: &DatabaseTransaction,
        booking: &Booking,
        found: Option<Model>,
        start: Instant,
    ) -> Result<(Self, Vec<Consultant>), RescheduleError> {
        let found = found.ok_or(RescheduleError::NotFound)?;
        let consultants = store::consultant::all(tx).await?;
        let days = |c: &Consultant| [found.starts_at, start].map(|at| day_key(c.id, &c.zone, at));
        let mut keys: Vec<String> = consultants.iter().flat_map(days).collect();
        // Two visits of one package are not moved past its end at the same time.
        keys.extend(found.purchase_id.map(money::key));
        claim(tx, &keys).await?;
        let row = store::appointment::lock(tx, found.id).await?;
        let row = row.ok_or(RescheduleError::NotFound)?;
        Ok((Self::load(tx, booking, row).await?, consultants))
    }

    /// The credits that pay it, as they are without it.
    async fn credit(&self, db: &impl ConnectionTrait) -> Result<Option<Account>, DbErr> {
        let Some(purchase) = self.row.purchase_id else {
            return Ok(None);
        };
        let missing = || corrupt("a visit without its purchase");
        let purchase = store::purchase::find(db, purchase).await?.ok_or_else(missing)?;
        let practice = store::practice::load(db).await?.ok_or_else(missing)?;
        Account::without(db, &purchase, practice.zone, self.row.id)
            .await
            .map(Some)
    }

    /// Refuses a start at which the credit that pays it is over, for the consultant too.
    async fn check_credit(&self, db: &impl ConnectionTrait, start: Instant) -> Result<(), RescheduleError> {
        match self.credit(db).await?.and_then(|credit| credit.over(start)) {
            Some(ends) => Err(RescheduleError::CreditOver(ends)),
            None => Ok(()),
        }
    }

    /// Frees what unpaid holds that are over keep of the new time.
    pub(super) async fn expire_stale(
        &self,
        tx: &DatabaseTransaction,
        booking: &Booking,
        consultants: &[Consultant],
        start: Instant,
        now: Instant,
    ) -> Result<(), DbErr> {
        let from = start.plus_minutes(-i64::from(self.rules.buffer_before));
        let until = start.plus_minutes(i64::from(self.rules.duration + self.rules.buffer_after));
        let ids = consultants.iter().map(|c| c.id).collect();
        let stale = now.plus_minutes(-GRACE_MINUTES);
        for row in store::blocking::stale_holds(tx, ids, from, until, stale).await? {
            if row.id != self.row.id {
                expire(tx, booking, &row, now).await?;
            }
        }
        Ok(())
    }

    /// A consultant's day without this appointment.
    pub(super) async fn side(
        &self,
        db: &impl ConnectionTrait,
        consultant: Consultant,
        asked: Asked,
    ) -> Result<Side, DbErr> {
        let moving = Some(self.row.id);
        Side::load_moving(db, consultant, self.offering.id, &self.rules, asked, moving).await
    }

    /// Who is free then: its own consultant first, then the one with the fewest visits, then the lowest id.
    async fn free(
        &self,
        tx: &DatabaseTransaction,
        consultants: Vec<Consultant>,
        start: Instant,
        now: Instant,
    ) -> Result<Consultant, RescheduleError> {
        let asked = only(start, now);
        let own = self.row.consultant_id;
        let (mut free, mut refused) = (Vec::new(), None);
        for consultant in consultants {
            let side = self.side(tx, consultant, asked).await?;
            match side.why_not(&self.rules, start, now) {
                None => free.push(side),
                Some(why @ (WhyNot::Taken | WhyNot::DayFull)) => refused = Some(why),
                Some(why) if side.consultant.id == own => refused = refused.or(Some(why)),
                Some(_) => {}
            }
        }
        let best = free
            .into_iter()
            .min_by_key(|s| (s.consultant.id != own, s.visits, s.consultant.id));
        best.map(|side| side.consultant)
            .ok_or_else(|| refused.unwrap_or(WhyNot::OutsideHours).into())
    }

    /// Whether another appointment is in the way of the new row.
    async fn overlaps(&self, tx: &DatabaseTransaction, new: &Model, now: Instant) -> Result<bool, DbErr> {
        let (from, until) = (new.blocked_from, new.blocked_until);
        let stale = now.plus_minutes(-GRACE_MINUTES);
        let there = store::blocking::blocking(tx, new.consultant_id, from, until, stale, Some(self.row.id)).await?;
        Ok(!there.is_empty())
    }

    /// The row at its new time.
    fn moved(&self, consultant: &Consultant, start: Instant, now: Instant) -> Result<Model, RescheduleError> {
        let old = &self.row;
        let state = old.state()?.reschedule(start, now);
        let state = state.map_err(|e| RescheduleError::NotActive(e.from))?;
        let zone = match self.facts.held.mode() {
            Mode::Telehealth => &self.facts.parent_zone,
            Mode::InPerson => &consultant.zone,
        };
        let by = start - old.starts_at;
        Ok(Model {
            consultant_id: consultant.id,
            starts_at: start,
            ends_at: old.ends_at + by,
            blocked_from: old.blocked_from + by,
            blocked_until: old.blocked_until + by,
            overlap_allowed: false,
            agreed_start: zone.civil(start).to_string(),
            agreed_zone: zone.name().into(),
            moved_by_consultant: false,
            remind_at: (state == State::Confirmed).then_some(now),
            remind_since: now,
            sequence: old.sequence + 1,
            ..store::appointment::moved(old, state, now)
        })
    }
}

/// The offering's rules with the length and the buffers, travel included, that were agreed for this visit.
fn rules(offering: &Offering, row: &Model, mode: Mode) -> Result<Rules, DbErr> {
    let minutes = |from: Instant, until: Instant| u32::try_from((until - from).as_mins()).map_err(corrupt);
    Ok(Rules {
        duration: minutes(row.starts_at, row.ends_at)?,
        buffer_before: minutes(row.blocked_from, row.starts_at)?,
        buffer_after: minutes(row.ends_at, row.blocked_until)?,
        ..offering.rules(mode, 0)
    })
}

/// Who moved it, and when: the consultant when there is a login.
struct By<'a> {
    login: Option<LoginId>,
    message: Option<&'a str>,
    now: Instant,
}

/// Row, history and notice of a move.
async fn write_down(
    tx: &DatabaseTransaction,
    booking: &Booking,
    old: &Model,
    new: Model,
    by: By<'_>,
) -> Result<AppointmentView, RescheduleError> {
    match store::appointment::reschedule(tx, old, &new).await {
        Ok(true) => {}
        Ok(false) => return Err(RescheduleError::NotActive(old.state()?.name())),
        Err(e) if class(&e) == Class::Taken => return Err(RescheduleError::SlotTaken),
        Err(e) => return Err(e.into()),
    }
    let by_consultant = by.login.is_some();
    let line = history::Line {
        appointment: old.id,
        event: "moved",
        who: if by_consultant {
            Party::Consultant
        } else {
            Party::Parent
        },
        login: by.login,
        facts: serde_json::json!({
            "from": old.starts_at, "to": new.starts_at, "sequence": new.sequence, "consultant": new.consultant_id,
            "overlap_allowed": new.overlap_allowed,
        }),
    };
    history::add(tx, line, by.now, &booking.0.chance).await?;
    let kind = NoticeKind::Moved {
        from: old.starts_at,
        from_until: old.ends_at,
        by_consultant,
        message: by.message.map(str::to_owned),
    };
    let facts = booking.facts(tx, &new).await?;
    let notice = Notice { kind, facts };
    booking.0.notices.notify(tx, &notice, by.now).await?;
    Ok(booking.view(notice.facts, &new))
}
