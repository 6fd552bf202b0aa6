//! The money that came in, for an appointment or a purchase.

use kernel::id::{AppointmentId, LoginId, PaymentId, PurchaseId};
use kernel::instant::Instant;
use kernel::money::Money;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use super::corrupt;
use crate::money::Owner;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentId,
    pub appointment_id: Option<AppointmentId>,
    pub purchase_id: Option<PurchaseId>,
    pub minor: i64,
    pub currency: String,
    pub provider: String,
    pub provider_id: Option<String>,
    pub method: String,
    pub paid_at: Instant,
    pub login_id: Option<LoginId>,
    pub accepted: bool,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What it came for.
    pub(crate) fn owner(&self) -> Result<Owner, DbErr> {
        Owner::of(self.appointment_id, self.purchase_id)
    }

    /// How much.
    pub(crate) fn amount(&self) -> Result<Money, DbErr> {
        Ok(Money::new(self.minor, self.currency.parse().map_err(corrupt)?))
    }
}

/// Adds one.
pub(crate) async fn add(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(ActiveModel::from(row))
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Whether anything was ever paid.
pub(crate) async fn any(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(Entity::find().one(db).await?.is_some())
}

/// The one of this id.
pub(crate) async fn find(db: &impl ConnectionTrait, id: PaymentId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Those that came in for an appointment or a purchase, also what did not pay it.
pub(crate) async fn every(db: &impl ConnectionTrait, owner: Owner) -> Result<Vec<PaymentId>, DbErr> {
    let find = match owner {
        Owner::Appointment(id) => Entity::find().filter(Column::AppointmentId.eq(id)),
        Owner::Purchase(id) => Entity::find().filter(Column::PurchaseId.eq(id)),
    };
    let rows = find.all(db).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Those that paid an appointment or a purchase, the latest first.
pub(crate) async fn of(db: &impl ConnectionTrait, owner: Owner) -> Result<Vec<Model>, DbErr> {
    let find = match owner {
        Owner::Appointment(id) => Entity::find().filter(Column::AppointmentId.eq(id)),
        Owner::Purchase(id) => Entity::find().filter(Column::PurchaseId.eq(id)),
    };
    find.filter(Column::Accepted.eq(true))
        .order_by_desc(Column::PaidAt)
        .order_by_desc(Column::Id)
        .all(db)
        .await
}

/// Those of these ids.
pub(crate) async fn find_all(db: &impl ConnectionTrait, ids: Vec<PaymentId>) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// What came in in `[from, until)`, ascending by time.
pub(crate) async fn between(db: &impl ConnectionTrait, from: Instant, until: Instant) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PaidAt.gte(from))
        .filter(Column::PaidAt.lt(until))
        .order_by_asc(Column::PaidAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}
