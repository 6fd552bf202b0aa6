//! The appointments.

use std::collections::HashSet;

use kernel::db::{Class, class};
use kernel::email::EmailAddress;
use kernel::id::{AppointmentId, ConsultantId, FamilyId, OfferingId, PurchaseId};
use kernel::instant::Instant;
use kernel::token::TokenHash;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{Condition, DbBackend, QueryOrder, QuerySelect, QueryTrait};

use super::{corrupt, family};
use crate::appointment::lifecycle::State;
use crate::schedule::ComingVisit;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AppointmentId,
    pub consultant_id: ConsultantId,
    pub offering_id: OfferingId,
    pub family_id: FamilyId,
    pub state: String,
    pub state_since: Instant,
    pub hold_until: Option<Instant>,
    pub cancelled_by: Option<String>,
    pub cancel_reason: Option<String>,
    pub cancel_words: Option<Vec<u8>>,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub blocks: bool,
    pub blocked_from: Instant,
    pub blocked_until: Instant,
    pub overlap_allowed: bool,
    pub agreed_start: String,
    pub agreed_zone: String,
    pub parent_zone: String,
    pub mode: String,
    pub channel: Option<String>,
    pub place: Option<String>,
    pub home: Option<Vec<u8>>,
    pub parent_name: String,
    pub phone: Option<String>,
    pub phone_key: Option<String>,
    pub currency: String,
    pub price_minor: i64,
    pub trip_fee_minor: i64,
    pub terms: String,
    pub paid_at: Option<Instant>,
    pub sequence: i32,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub generation: i32,
    pub key_version: i16,
    pub link_hash: TokenHash,
    pub moved_by_consultant: bool,
    pub remind_at: Option<Instant>,
    pub remind_since: Instant,
    pub second_email: Option<EmailAddress>,
    pub purchase_id: Option<PurchaseId>,
    pub fee_minor: Option<i64>,
    pub fee_decision: Option<String>,
    pub paid_minor: i64,
    pub refunded_minor: i64,
    pub waived_at: Option<Instant>,
    pub policy_version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// No span is longer (a CHECK); so a search for what overlaps is bounded below.
pub(crate) const LONGEST: i64 = 24 * 60;

impl Model {
    /// The state with its data.
    pub(crate) fn state(&self) -> Result<State, DbErr> {
        let missing = || corrupt(format!("appointment {} is {} without its data", self.id, self.state));
        Ok(match self.state.as_str() {
            "awaiting_payment" => State::AwaitingPayment {
                hold_until: self.hold_until.ok_or_else(missing)?,
            },
            "confirmed" => State::Confirmed,
            "completed" => State::Completed,
            "no_show" => State::NoShow,
            "cancelled" => State::Cancelled {
                by: self
                    .cancelled_by
                    .as_deref()
                    .ok_or_else(missing)?
                    .parse()
                    .map_err(corrupt)?,
                reason: self
                    .cancel_reason
                    .as_deref()
                    .map(str::parse)
                    .transpose()
                    .map_err(corrupt)?,
            },
            "expired" => State::Expired,
            other => return Err(corrupt(format!("appointment {} is {other:?}", self.id))),
        })
    }
}

/// The columns that a state fills: name, hold, by whom, why.
fn columns(state: State) -> (String, Option<Instant>, Option<String>, Option<String>) {
    let name = state.name().to_owned();
    match state {
        State::AwaitingPayment { hold_until } => (name, Some(hold_until), None, None),
        State::Cancelled { by, reason } => (name, None, Some(by.to_string()), reason.map(|r| r.to_string())),
        _ => (name, None, None, None),
    }
}

/// Writes a new appointment; `false` when something overlaps it.
pub(crate) async fn insert(db: &impl ConnectionTrait, row: &Model) -> Result<bool, DbErr> {
    let mut new: ActiveModel = row.clone().into();
    new.blocks = sea_orm::ActiveValue::NotSet;
    let mut insert = Entity::insert(new);
    if db.get_database_backend() == DbBackend::Postgres {
        // A bare violation would end the transaction, and deadlocks under contention.
        let word = OnConflict::constraint("appointment_no_overlap").do_nothing().to_owned();
        insert = insert.on_conflict(word);
    }
    match insert.exec_without_returning(db).await {
        Ok(rows) => Ok(rows == 1),
        Err(e) if class(&e) == Class::Taken => Ok(false),
        Err(e) => Err(e),
    }
}

/// The row as it shall be in another state.
pub(crate) fn moved(row: &Model, to: State, now: Instant) -> Model {
    let mut new = row.clone();
    (new.state, new.hold_until, new.cancelled_by, new.cancel_reason) = columns(to);
    new.blocks = to.blocks();
    new.changed_at = now;
    if new.state != row.state {
        new.state_since = now;
        new.remind_at = (to == State::Confirmed).then_some(now);
        new.remind_since = now;
    }
    new
}

/// Writes what a transition changes, if the row is still as `old` has it: state, sequence, payment and what is kept.
pub(crate) async fn change(db: &impl ConnectionTrait, old: &Model, new: &Model) -> Result<bool, DbErr> {
    let paid = match old.paid_at {
        Some(at) => Column::PaidAt.eq(at),
        None => Column::PaidAt.is_null(),
    };
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(new.state.clone()))
        .col_expr(Column::StateSince, Expr::value(new.state_since))
        .col_expr(Column::HoldUntil, Expr::value(new.hold_until))
        .col_expr(Column::CancelledBy, Expr::value(new.cancelled_by.clone()))
        .col_expr(Column::CancelReason, Expr::value(new.cancel_reason.clone()))
        .col_expr(Column::CancelWords, Expr::value(new.cancel_words.clone()))
        .col_expr(Column::PaidAt, Expr::value(new.paid_at))
        .col_expr(Column::PaidMinor, Expr::value(new.paid_minor))
        .col_expr(Column::RefundedMinor, Expr::value(new.refunded_minor))
        .col_expr(Column::WaivedAt, Expr::value(new.waived_at))
        .col_expr(Column::FeeMinor, Expr::value(new.fee_minor))
        .col_expr(Column::FeeDecision, Expr::value(new.fee_decision.clone()))
        .col_expr(Column::OverlapAllowed, Expr::value(new.overlap_allowed))
        .col_expr(Column::Sequence, Expr::value(new.sequence))
        .col_expr(Column::ChangedAt, Expr::value(new.changed_at))
        .col_expr(Column::RemindAt, Expr::value(new.remind_at))
        .col_expr(Column::RemindSince, Expr::value(new.remind_since))
        .filter(Column::Id.eq(old.id))
        .filter(Column::State.eq(old.state.as_str()))
        .filter(Column::Sequence.eq(old.sequence))
        .filter(paid)
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Writes what a move changes, if the row still stands in its old place and state. The database's word against an overlap is
/// an error of class [`Class::Taken`].
pub(crate) async fn reschedule(db: &impl ConnectionTrait, old: &Model, new: &Model) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::ConsultantId, Expr::value(new.consultant_id))
        .col_expr(Column::StartsAt, Expr::value(new.starts_at))
        .col_expr(Column::EndsAt, Expr::value(new.ends_at))
        .col_expr(Column::BlockedFrom, Expr::value(new.blocked_from))
        .col_expr(Column::BlockedUntil, Expr::value(new.blocked_until))
        .col_expr(Column::OverlapAllowed, Expr::value(new.overlap_allowed))
        .col_expr(Column::AgreedStart, Expr::value(new.agreed_start.clone()))
        .col_expr(Column::AgreedZone, Expr::value(new.agreed_zone.clone()))
        .col_expr(Column::MovedByConsultant, Expr::value(new.moved_by_consultant))
        .col_expr(Column::HoldUntil, Expr::value(new.hold_until))
        .col_expr(Column::Sequence, Expr::value(new.sequence))
        .col_expr(Column::ChangedAt, Expr::value(new.changed_at))
        .col_expr(Column::RemindAt, Expr::value(new.remind_at))
        .col_expr(Column::RemindSince, Expr::value(new.remind_since))
        .filter(Column::Id.eq(old.id))
        .filter(Column::State.eq(old.state.as_str()))
        .filter(Column::Sequence.eq(old.sequence))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The row of this id.
pub(crate) async fn find(db: &impl ConnectionTrait, id: AppointmentId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Which of these ids are visits of this consultant.
pub(crate) async fn known(
    db: &impl ConnectionTrait,
    consultant: ConsultantId,
    ids: &[AppointmentId],
) -> Result<HashSet<AppointmentId>, DbErr> {
    let mut known = HashSet::new();
    // Databases bound what a statement may bind.
    for some in ids.chunks(1_000) {
        let there: Vec<AppointmentId> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Id.is_in(some.iter().copied()))
            .filter(Column::ConsultantId.eq(consultant))
            .into_tuple()
            .all(db)
            .await?;
        known.extend(there);
    }
    Ok(known)
}

/// The row of this link.
pub(crate) async fn by_link(db: &impl ConnectionTrait, hash: TokenHash) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::LinkHash.eq(hash)).one(db).await
}

/// The row of this id, kept from other writers until the transaction ends.
pub(crate) async fn lock(db: &impl ConnectionTrait, id: AppointmentId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(db).await
}

/// The row of this link, kept from other writers until the transaction ends.
pub(crate) async fn lock_by_link(db: &impl ConnectionTrait, hash: TokenHash) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::LinkHash.eq(hash))
        .lock_exclusive()
        .one(db)
        .await
}

// The states below are literals, not parameters: only so a planner knows that the partial index fits.

/// Holds that have ended, the longest ended first.
pub(crate) async fn ended_holds(db: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Expr::cust("state = 'awaiting_payment'"))
        .filter(Column::HoldUntil.lte(now))
        .order_by_asc(Column::HoldUntil)
        .limit(limit)
        .all(db)
        .await
}

/// Confirmed visits that ended at or before `until`, the longest ended first.
pub(crate) async fn over(db: &impl ConnectionTrait, until: Instant, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Expr::cust("state = 'confirmed'"))
        .filter(Column::EndsAt.lte(until))
        .order_by_asc(Column::EndsAt)
        .limit(limit)
        .all(db)
        .await
}

/// The second persons whom a family has named, each once.
pub(crate) async fn seconds_of(db: &impl ConnectionTrait, family: FamilyId) -> Result<Vec<EmailAddress>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::SecondEmail)
        .distinct()
        .filter(Column::FamilyId.eq(family))
        .filter(Column::SecondEmail.is_not_null())
        .order_by_asc(Column::SecondEmail)
        .into_tuple()
        .all(db)
        .await
}

/// The confirmed visits of a family that are to come, kept from other writers.
pub(crate) async fn coming_of(
    db: &impl ConnectionTrait,
    family: FamilyId,
    now: Instant,
) -> Result<Vec<AppointmentId>, DbErr> {
    let rows = Entity::find()
        .filter(Column::FamilyId.eq(family))
        .filter(Expr::cust("state = 'confirmed'"))
        .filter(Column::StartsAt.gt(now))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The kept and coming visits of this offering of this address or number: which, and when they start.
pub(crate) async fn had(
    db: &impl ConnectionTrait,
    offering: OfferingId,
    email: &EmailAddress,
    phone_key: Option<&str>,
) -> Result<Vec<(AppointmentId, Instant)>, DbErr> {
    // One after the other: with OR between them no index of either is used.
    let family = family::of(db, email).await?.map(|(id, _)| Column::FamilyId.eq(id));
    let phone = phone_key.map(|key| Column::PhoneKey.eq(key));
    let mut all = Vec::new();
    for same in [family, phone].into_iter().flatten() {
        let found = Entity::find()
            .select_only()
            .columns([Column::Id, Column::StartsAt])
            .filter(same)
            .filter(Column::OfferingId.eq(offering))
            .filter(Column::Blocks.eq(true))
            .into_tuple::<(AppointmentId, Instant)>()
            .all(db)
            .await?;
        all.extend(found);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Writes another second recipient, or none.
pub(crate) async fn set_second(
    db: &impl ConnectionTrait,
    id: AppointmentId,
    second: Option<&EmailAddress>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::SecondEmail, Expr::value(second.cloned()))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(drop)
}

/// How many coming visits of a family nobody has paid.
pub(crate) async fn coming_unpaid(db: &impl ConnectionTrait, family: FamilyId, now: Instant) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::FamilyId.eq(family))
        .filter(Column::State.is_in(["awaiting_payment", "confirmed"]))
        .filter(Column::PaidAt.is_null())
        .filter(Column::StartsAt.gt(now))
        .count(db)
        .await
}

/// Visits of which something may be owed, those that start first at first. The caller asks each what it is.
pub(crate) async fn unpaid(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        // Literals, so that the partial index fits; of what did not take place only what she keeps is owed.
        .filter(Expr::cust(
            "waived_at IS NULL AND state <> 'expired' AND paid_minor < price_minor + trip_fee_minor \
             AND (state NOT IN ('cancelled', 'no_show') OR fee_decision = 'kept')",
        ))
        .order_by_asc(Column::StartsAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// What these visits are of, and the names of their parents.
pub(crate) async fn named(
    db: &impl ConnectionTrait,
    ids: Vec<AppointmentId>,
) -> Result<Vec<(AppointmentId, String, String)>, DbErr> {
    let rows: Vec<(AppointmentId, OfferingId, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::OfferingId, Column::ParentName])
        .filter(Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    let offerings = super::offering::names(db).await?;
    let name = |id| offerings.iter().find(|(o, _)| *o == id).map(|(_, name)| name.clone());
    Ok(rows
        .into_iter()
        .map(|(id, offering, parent)| (id, name(offering).unwrap_or_default(), parent))
        .collect())
}

/// When the first visit that was booked from a purchase starts, of those that were not cancelled, one left out.
pub(crate) async fn first_of(
    db: &impl ConnectionTrait,
    purchase: PurchaseId,
    but: Option<AppointmentId>,
) -> Result<Option<Instant>, DbErr> {
    let other = but.map_or_else(Condition::all, |id| Condition::all().add(Column::Id.ne(id)));
    Entity::find()
        .filter(other)
        .select_only()
        .column(Column::StartsAt)
        .filter(Column::PurchaseId.eq(purchase))
        .filter(Column::State.ne("cancelled"))
        .order_by_asc(Column::StartsAt)
        .limit(1)
        .into_tuple()
        .one(db)
        .await
}

/// Coming and past visits of `[from, until)` that take or took place, ascending by start and id.
pub(crate) async fn between(db: &impl ConnectionTrait, from: Instant, until: Instant) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::StartsAt.gte(from))
        .filter(Column::StartsAt.lt(until))
        .filter(Column::State.is_in(["awaiting_payment", "confirmed", "completed", "no_show"]))
        .order_by_asc(Column::StartsAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// Visits that wait or are confirmed and end after `now`, from after a key, ascending by start and id.
pub(crate) async fn coming(
    db: &impl ConnectionTrait,
    after: Option<(Instant, AppointmentId)>,
    now: Instant,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut find = Entity::find()
        // No visit is longer than 24 hours: a bound below on the index.
        .filter(Column::StartsAt.gt(now.plus_minutes(-LONGEST)))
        .filter(Column::EndsAt.gt(now))
        .filter(Column::State.is_in(["awaiting_payment", "confirmed"]));
    if let Some((start, id)) = after {
        let later = Condition::any()
            .add(Column::StartsAt.gt(start))
            .add(Condition::all().add(Column::StartsAt.eq(start)).add(Column::Id.gt(id)));
        find = find.filter(Column::StartsAt.gte(start)).filter(later);
    }
    find.order_by_asc(Column::StartsAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// A consultant's visits that wait or are confirmed and end after `now`, ascending by start.
pub(crate) async fn coming_with(
    db: &impl ConnectionTrait,
    consultant: ConsultantId,
    now: Instant,
) -> Result<Vec<ComingVisit>, DbErr> {
    let rows: Vec<(AppointmentId, Instant, Instant, String, String)> = Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::StartsAt,
            Column::EndsAt,
            Column::Mode,
            Column::ParentName,
        ])
        .filter(Column::ConsultantId.eq(consultant))
        .filter(Column::Blocks.eq(true))
        .filter(Column::BlockedFrom.gt(now.plus_minutes(-LONGEST)))
        .filter(Column::EndsAt.gt(now))
        .filter(Column::State.is_in(["awaiting_payment", "confirmed"]))
        .order_by_asc(Column::StartsAt)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let visit = |(id, starts, ends, mode, parent_name): (_, _, _, String, _)| {
        Ok(ComingVisit {
            id,
            starts,
            ends,
            mode: mode.parse().map_err(corrupt)?,
            parent_name,
        })
    };
    rows.into_iter().map(visit).collect()
}

/// A consultant's next visits for her feed: not cancelled, not expired, starting at or after `from`, behind `after` (blocked from, id).
pub(crate) async fn for_feed(
    db: &impl ConnectionTrait,
    consultant: ConsultantId,
    from: Instant,
    after: Option<(Instant, AppointmentId)>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let first = after.map_or(from.plus_minutes(-LONGEST), |(blocked_from, _)| blocked_from);
    Entity::find()
        .filter(Column::ConsultantId.eq(consultant))
        .filter(Column::Blocks.eq(true))
        .filter(Column::BlockedFrom.gte(first))
        .filter(Column::StartsAt.gte(from))
        .apply_if(after, |find, (blocked_from, id)| {
            let behind = Condition::any()
                .add(Column::BlockedFrom.gt(blocked_from))
                .add(Column::Id.gt(id));
            find.filter(behind)
        })
        .order_by_asc(Column::BlockedFrom)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The last change of any of a consultant's appointments.
pub(crate) async fn last_change(db: &impl ConnectionTrait, consultant: ConsultantId) -> Result<Option<Instant>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::ChangedAt)
        .filter(Column::ConsultantId.eq(consultant))
        .order_by_desc(Column::ChangedAt)
        .limit(1)
        .into_tuple()
        .one(db)
        .await
}

/// How many visits wait or are confirmed and end after `now`.
pub(crate) async fn count_coming(db: &impl ConnectionTrait, now: Instant) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::StartsAt.gt(now.plus_minutes(-LONGEST)))
        .filter(Column::EndsAt.gt(now))
        .filter(Column::State.is_in(["awaiting_payment", "confirmed"]))
        .count(db)
        .await
}

/// How many visits of an offering wait or are confirmed and end after `now`.
pub(crate) async fn count_coming_of(
    db: &impl ConnectionTrait,
    offering: OfferingId,
    now: Instant,
) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::OfferingId.eq(offering))
        .filter(Column::StartsAt.gt(now.plus_minutes(-LONGEST)))
        .filter(Column::EndsAt.gt(now))
        .filter(Column::State.is_in(["awaiting_payment", "confirmed"]))
        .count(db)
        .await
}
