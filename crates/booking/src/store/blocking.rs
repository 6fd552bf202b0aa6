//! What blocks a consultant's time: the visits that take it, and the holds that took it.

use kernel::id::{AppointmentId, ConsultantId, OfferingId};
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect, QueryTrait};

use super::appointment::{Column, Entity, LONGEST, Model};

/// What blocks a consultant's time beyond `from`, ascending by its first blocked instant.
fn blocks(consultant: ConsultantId, from: Instant) -> Select<Entity> {
    Entity::find()
        .select_only()
        .columns([
            Column::StartsAt,
            Column::OfferingId,
            Column::BlockedFrom,
            Column::BlockedUntil,
        ])
        .filter(Column::ConsultantId.eq(consultant))
        .filter(Column::Blocks.eq(true))
        .filter(Column::BlockedFrom.gt(from.plus_minutes(-LONGEST)))
        .filter(Column::BlockedUntil.gt(from))
        .order_by_asc(Column::BlockedFrom)
}

/// The same until `until`; holds that ended before `stale` left out.
fn blocks_between(consultant: ConsultantId, from: Instant, until: Instant, stale: Instant) -> Select<Entity> {
    let held = Condition::any()
        .add(Column::HoldUntil.is_null())
        .add(Column::HoldUntil.gt(stale));
    blocks(consultant, from)
        .filter(Column::BlockedFrom.lt(until))
        .filter(held)
}

/// What blocks a consultant's time: start, offering, blocked from and until.
pub(crate) type Blocking = (Instant, OfferingId, Instant, Instant);

/// What blocks any of `[from, until)`, ascending; holds that ended before `stale` left out, and the one that is being moved.
pub(crate) async fn blocking(
    db: &impl ConnectionTrait,
    consultant: ConsultantId,
    from: Instant,
    until: Instant,
    stale: Instant,
    moving: Option<AppointmentId>,
) -> Result<Vec<Blocking>, DbErr> {
    blocks_between(consultant, from, until, stale)
        .apply_if(moving, |find, id| find.filter(Column::Id.ne(id)))
        .into_tuple()
        .all(db)
        .await
}

/// A visit that blocks a consultant's time, and what it blocks.
#[derive(Clone, Copy, Debug, sea_orm::FromQueryResult)]
pub(crate) struct Standing {
    pub(crate) starts_at: Instant,
    pub(crate) ends_at: Instant,
    pub(crate) offering_id: OfferingId,
    pub(crate) blocked_from: Instant,
    pub(crate) blocked_until: Instant,
}

/// The same visits as [`blocking`], for explanations: also when each of them is itself.
pub(crate) async fn standing(
    db: &impl ConnectionTrait,
    consultant: ConsultantId,
    from: Instant,
    until: Instant,
    stale: Instant,
) -> Result<Vec<Standing>, DbErr> {
    blocks_between(consultant, from, until, stale)
        .column(Column::EndsAt)
        .into_model()
        .all(db)
        .await
}

/// What blocks a consultant's time beyond `from`: start, offering, blocked from and until, and until when a hold keeps it.
pub(crate) type Held = (Instant, OfferingId, Instant, Instant, Option<Instant>);

/// Everything that blocks beyond `from`, ascending by its first blocked instant; holds that have ended among them.
pub(crate) async fn held(
    db: &impl ConnectionTrait,
    consultant: ConsultantId,
    from: Instant,
) -> Result<Vec<Held>, DbErr> {
    blocks(consultant, from)
        .column(Column::HoldUntil)
        .into_tuple()
        .all(db)
        .await
}

/// Holds of these consultants that ended at or before `stale` and block any of `[from, until)`.
pub(crate) async fn stale_holds(
    db: &impl ConnectionTrait,
    consultants: Vec<ConsultantId>,
    from: Instant,
    until: Instant,
    stale: Instant,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::ConsultantId.is_in(consultants))
        .filter(Expr::cust("state = 'awaiting_payment'"))
        .filter(Column::HoldUntil.lte(stale))
        .filter(Column::BlockedFrom.gt(from.plus_minutes(-LONGEST)))
        .filter(Column::BlockedFrom.lt(until))
        .filter(Column::BlockedUntil.gt(from))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}
