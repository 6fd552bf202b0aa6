//! The appointments that the desk looks for: by family, span of time and state, page by page along an index.

use kernel::id::{AppointmentId, FamilyId};
use kernel::instant::Instant;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, prelude::Expr,
};

use super::appointment::{Column, Entity, Model};
use super::family;

/// Whose appointments.
#[derive(Clone, Debug)]
pub(crate) enum Whose {
    /// Everybody's.
    All,
    /// Those of these few families: their index leads to them.
    Of(Vec<FamilyId>),
    /// Those of the many families that are found by these words: met soon on the way along the time.
    Found(Vec<String>),
}

/// What is looked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Whose.
    pub(crate) whose: Whose,
    /// Starting at or after.
    pub(crate) from: Option<Instant>,
    /// Starting before.
    pub(crate) until: Option<Instant>,
    /// Ending after.
    pub(crate) ends_after: Option<Instant>,
    /// Ending at or before.
    pub(crate) ended_by: Option<Instant>,
    /// In one of these states; all of them when empty.
    pub(crate) states: &'static [&'static str],
    /// The latest first.
    pub(crate) latest_first: bool,
    /// Beyond this start and id, in the order of the list.
    pub(crate) after: Option<(Instant, AppointmentId)>,
}

/// At most `limit` of them, by start and id.
pub(crate) async fn find(db: &impl ConnectionTrait, wanted: &Wanted, limit: u64) -> Result<Vec<Model>, DbErr> {
    let order = if wanted.latest_first { Order::Desc } else { Order::Asc };
    let backend = db.get_database_backend();
    Entity::find()
        .filter(span(wanted))
        .filter(whose(backend, &wanted.whose))
        .apply_if((!wanted.states.is_empty()).then_some(wanted.states), |find, states| {
            find.filter(Column::State.is_in(states.iter().copied()))
        })
        .order_by(Column::StartsAt, order.clone())
        .order_by(Column::Id, order)
        .limit(limit)
        .all(db)
        .await
}

/// Those of these ids, by start.
pub(crate) async fn of(db: &impl ConnectionTrait, ids: &[AppointmentId]) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::StartsAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// Those with a fee of which nothing is decided, the latest first. As literals, so that the planner knows the partial index.
pub(crate) async fn open_fees(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::FeeMinor.is_not_null())
        .filter(Column::FeeDecision.is_null())
        .order_by_desc(Column::StateSince)
        .limit(limit)
        .all(db)
        .await
}

fn span(wanted: &Wanted) -> Condition {
    let beyond = wanted.after.map(|(start, id)| {
        let same = Condition::all().add(Column::StartsAt.eq(start));
        // The first of the two bounds is one of the index.
        if wanted.latest_first {
            let rest = Condition::any()
                .add(Column::StartsAt.lt(start))
                .add(same.add(Column::Id.lt(id)));
            Condition::all().add(Column::StartsAt.lte(start)).add(rest)
        } else {
            let rest = Condition::any()
                .add(Column::StartsAt.gt(start))
                .add(same.add(Column::Id.gt(id)));
            Condition::all().add(Column::StartsAt.gte(start)).add(rest)
        }
    });
    Condition::all()
        .add_option(wanted.from.map(|at| Column::StartsAt.gte(at)))
        .add_option(wanted.until.map(|at| Column::StartsAt.lt(at)))
        .add_option(wanted.ends_after.map(|at| Column::EndsAt.gt(at)))
        .add_option(wanted.ended_by.map(|at| Column::EndsAt.lte(at)))
        .add_option(beyond)
}

fn whose(backend: DbBackend, whose: &Whose) -> Condition {
    match whose {
        Whose::All => Condition::all(),
        Whose::Of(families) => Condition::all().add(Column::FamilyId.is_in(families.iter().copied())),
        Whose::Found(words) => {
            // With the plus SQLite goes along the time instead of fetching and sorting the visits of every one of them.
            let family = match backend {
                DbBackend::Sqlite => Expr::cust("+\"appointment\".\"family_id\""),
                _ => Expr::col((Entity, Column::FamilyId)),
            };
            Condition::all().add(family.in_subquery(family::with_all(backend, words).into_query()))
        }
    }
}
