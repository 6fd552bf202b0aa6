//! When the reminders of appointments shall be looked at.

use kernel::id::{FamilyId, OfferingId};
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{QueryOrder, QuerySelect};

use super::appointment::{Column, Entity, Model};

/// Visits whose reminders shall be looked at, the longest due first, kept from other writers; those that another has, left out.
pub(crate) async fn to_remind(db: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::RemindAt.is_not_null())
        .filter(Column::RemindAt.lte(now))
        .order_by_asc(Column::RemindAt)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(db)
        .await
}

/// When a visit's reminders shall be looked at next, if nobody has decided that meanwhile.
pub(crate) async fn look_again(db: &impl ConnectionTrait, row: &Model, next: Option<Instant>) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::RemindAt, Expr::value(next))
        .filter(Column::Id.eq(row.id))
        .filter(Column::RemindAt.eq(row.remind_at))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Whose visits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    Family(FamilyId),
    Offering(OfferingId),
}

/// The reminders of coming confirmed visits are looked at anew, and count only from now on.
pub(crate) async fn remind_anew(db: &impl ConnectionTrait, whose: Whose, now: Instant) -> Result<(), DbErr> {
    let theirs = match whose {
        Whose::Family(id) => Column::FamilyId.eq(id),
        Whose::Offering(id) => Column::OfferingId.eq(id),
    };
    Entity::update_many()
        .col_expr(Column::RemindAt, Expr::value(now))
        .col_expr(Column::RemindSince, Expr::value(now))
        .filter(theirs)
        .filter(Expr::cust("state = 'confirmed'"))
        .filter(Column::StartsAt.gt(now))
        .exec(db)
        .await
        .map(drop)
}
