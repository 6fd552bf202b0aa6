//! The purchases: packages that somebody bought, under the terms of that day.

use kernel::id::{FamilyId, OfferingId, PackageId, PurchaseId};
use kernel::instant::Instant;
use kernel::token::TokenHash;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::from_json;
use crate::practice::Ways;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "purchase")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PurchaseId,
    pub package_id: PackageId,
    pub family_id: FamilyId,
    pub package_name: String,
    pub buyer_name: String,
    pub phone: Option<String>,
    pub currency: String,
    pub price_minor: i64,
    pub valid_months: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub visits: Json,
    pub created_at: Instant,
    pub paid_at: Option<Instant>,
    pub paid_by: Option<String>,
    pub ended_at: Option<Instant>,
    pub end_told_at: Option<Instant>,
    pub generation: i32,
    pub key_version: i16,
    pub link_hash: TokenHash,
    pub refunded_minor: i64,
    pub refunded_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Some visits of one offering, as they were bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bought {
    pub(crate) offering: OfferingId,
    pub(crate) count: i32,
    /// How they may be held; absent in older rows, which allow every way.
    #[serde(default)]
    pub(crate) ways: Ways,
    #[serde(default)]
    pub(crate) trip_fee_included: bool,
}

impl Model {
    /// What it holds.
    pub(crate) fn bought(&self) -> Result<Vec<Bought>, DbErr> {
        from_json(self.visits.clone())
    }
}

/// Adds one.
pub(crate) async fn add(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(ActiveModel::from(row))
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// The one of this id.
pub(crate) async fn find(db: &impl ConnectionTrait, id: PurchaseId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The one of this link.
pub(crate) async fn by_link(db: &impl ConnectionTrait, hash: TokenHash) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::LinkHash.eq(hash)).one(db).await
}

/// Marks one as paid, unless it is already.
pub(crate) async fn pay(db: &impl ConnectionTrait, id: PurchaseId, by: &str, now: Instant) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::PaidAt, Expr::value(now))
        .col_expr(Column::PaidBy, Expr::value(by))
        .filter(Column::Id.eq(id))
        .filter(Column::PaidAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Notes that what was left of it has ended, unless that was noted already.
pub(crate) async fn end(db: &impl ConnectionTrait, id: PurchaseId, now: Instant) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Writes what went back of its money, and whether that ends it.
pub(crate) async fn refund(db: &impl ConnectionTrait, row: &Model) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RefundedMinor, Expr::value(row.refunded_minor))
        .col_expr(Column::RefundedAt, Expr::value(row.refunded_at))
        .col_expr(Column::EndedAt, Expr::value(row.ended_at))
        .filter(Column::Id.eq(row.id))
        .exec(db)
        .await
        .map(drop)
}

/// Those that are paid and have not ended, ascending by id, after one of them.
pub(crate) async fn running(
    db: &impl ConnectionTrait,
    after: Option<PurchaseId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut find = Entity::find()
        .filter(Column::EndedAt.is_null())
        .filter(Column::PaidAt.is_not_null());
    if let Some(after) = after {
        find = find.filter(Column::Id.gt(after));
    }
    find.order_by_asc(Column::Id).limit(limit).all(db).await
}

/// All of them, the latest first, before one of them.
pub(crate) async fn latest(
    db: &impl ConnectionTrait,
    before: Option<(Instant, PurchaseId)>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut find = Entity::find();
    if let Some((at, id)) = before {
        let elder = Condition::any()
            .add(Column::CreatedAt.lt(at))
            .add(Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.lt(id)));
        find = find.filter(elder);
    }
    find.order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Those of these ids.
pub(crate) async fn find_all(db: &impl ConnectionTrait, ids: Vec<PurchaseId>) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// Those of a family, the latest first.
pub(crate) async fn of_family(db: &impl ConnectionTrait, family: FamilyId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::FamilyId.eq(family))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .all(db)
        .await
}

/// Those that are not paid, the first bought first.
pub(crate) async fn unpaid(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PaidAt.is_null())
        .order_by_asc(Column::CreatedAt)
        .limit(limit)
        .all(db)
        .await
}

/// Those that are paid, have not ended, and whose buyer was not told that they do, ascending by id, after one of them.
pub(crate) async fn untold(
    db: &impl ConnectionTrait,
    after: Option<PurchaseId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut find = Entity::find()
        .filter(Column::EndedAt.is_null())
        .filter(Column::EndToldAt.is_null())
        .filter(Column::PaidAt.is_not_null());
    if let Some(after) = after {
        find = find.filter(Column::Id.gt(after));
    }
    find.order_by_asc(Column::Id).limit(limit).all(db).await
}

/// Notes that its buyer was told that it ends, unless that was noted already.
pub(crate) async fn end_told(db: &impl ConnectionTrait, id: PurchaseId, now: Instant) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::EndToldAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::EndToldAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
