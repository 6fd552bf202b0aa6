//! Her other calendars: where each is read, and how that went.

use kernel::id::{ConsultantId, SourceId};
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{QueryOrder, QuerySelect};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SourceId,
    pub consultant_id: ConsultantId,
    pub name: String,
    pub address: Vec<u8>,
    pub blocks: bool,
    pub added_at: Instant,
    pub due_at: Option<Instant>,
    pub read_at: Option<Instant>,
    pub known_until: Option<Instant>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub warnings: Json,
    pub trouble: Option<String>,
    pub trouble_since: Option<Instant>,
    pub tries: i32,
    pub told_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Those of one consultant, in the order in which she added them.
pub(crate) async fn of(db: &impl ConnectionTrait, consultant: ConsultantId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::ConsultantId.eq(consultant))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The one of this id.
pub(crate) async fn find(db: &impl ConnectionTrait, id: SourceId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The same, kept from others until the transaction ends.
pub(crate) async fn lock(db: &impl ConnectionTrait, id: SourceId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(db).await
}

/// Those that are to be read by now, the longest due first.
pub(crate) async fn due(db: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::DueAt.lte(now))
        .order_by_asc(Column::DueAt)
        .limit(limit)
        .all(db)
        .await
}

/// Takes one that is due: its next turn is `next`, unless somebody else took it.
pub(crate) async fn take(db: &impl ConnectionTrait, row: &Model, next: Instant) -> Result<bool, DbErr> {
    let taken = Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(next))
        .filter(Column::Id.eq(row.id))
        .filter(Column::DueAt.eq(row.due_at))
        .exec(db)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Adds one.
pub(crate) async fn add(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(ActiveModel::from(row))
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Writes a row that was read under a lock.
pub(crate) async fn save(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::update(ActiveModel::from(row).reset_all())
        .exec(db)
        .await
        .map(drop)
}

/// Forgets one; the time that it takes is forgotten before.
pub(crate) async fn delete(db: &impl ConnectionTrait, id: SourceId) -> Result<bool, DbErr> {
    Ok(Entity::delete_by_id(id).exec(db).await?.rows_affected == 1)
}

/// The ids of those that block a consultant's time, for a query.
pub(super) fn blocking(consultant: ConsultantId) -> SelectStatement {
    Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::ConsultantId.eq(consultant))
        .and_where(Column::Blocks.eq(true))
        .take()
}

/// Blocking ones that she was told cannot be read, and that still cannot, the longest first.
pub(crate) async fn failing(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::ToldAt.is_not_null())
        .filter(Column::DueAt.is_not_null())
        .filter(Column::Blocks.eq(true))
        .order_by_asc(Column::TroubleSince)
        .all(db)
        .await
}
