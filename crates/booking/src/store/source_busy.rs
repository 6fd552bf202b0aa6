//! The time that her other calendars take, as it was read last; of each source merged.

use kernel::id::{ConsultantId, SourceId};
use kernel::instant::Instant;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, QueryTrait};

use super::source;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_busy")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: SourceId,
    pub starts_at: Instant,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ends_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// An interval, half-open.
pub(crate) type Taken = (Instant, Instant);

/// Rows of one INSERT; databases bound what a statement may bind.
const AT_ONCE: usize = 1_000;

/// What blocks a consultant's time after `from` and, if that is given, before `until`; those of several sources may overlap.
pub(crate) async fn blocking(
    db: &impl ConnectionTrait,
    consultant: ConsultantId,
    from: Instant,
    until: Option<Instant>,
) -> Result<Vec<Taken>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::StartsAt, Column::EndsAt])
        .filter(Column::SourceId.in_subquery(source::blocking(consultant)))
        .filter(Column::EndsAt.gt(from))
        .apply_if(until, |find, until| find.filter(Column::StartsAt.lt(until)))
        .order_by_asc(Column::StartsAt)
        .into_tuple()
        .all(db)
        .await
}

/// What one of them takes of `[from, until)`, ascending.
pub(crate) async fn of(
    db: &impl ConnectionTrait,
    source: SourceId,
    from: Instant,
    until: Instant,
) -> Result<Vec<Taken>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::StartsAt, Column::EndsAt])
        .filter(Column::SourceId.eq(source))
        .filter(Column::EndsAt.gt(from))
        .filter(Column::StartsAt.lt(until))
        .order_by_asc(Column::EndsAt)
        .into_tuple()
        .all(db)
        .await
}

/// Replaces what one of them takes.
pub(crate) async fn replace(db: &impl ConnectionTrait, source: SourceId, taken: &[Taken]) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::SourceId.eq(source))
        .exec(db)
        .await?;
    for some in taken.chunks(AT_ONCE) {
        let rows = some.iter().map(|(starts_at, ends_at)| ActiveModel {
            source_id: Set(source),
            starts_at: Set(*starts_at),
            ends_at: Set(*ends_at),
        });
        Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}
