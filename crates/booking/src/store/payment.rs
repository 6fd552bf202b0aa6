//! How paid visits became paid.

use kernel::id::{AppointmentId, LoginId, PaymentId};
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentId,
    #[sea_orm(unique)]
    pub appointment_id: AppointmentId,
    pub provider: String,
    pub provider_id: Option<String>,
    pub method: String,
    pub minor: i64,
    pub currency: String,
    pub paid_at: Instant,
    pub login_id: Option<LoginId>,
}

impl ActiveModelBehavior for ActiveModel {}

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

/// The one of an appointment.
pub(crate) async fn of(db: &impl ConnectionTrait, appointment: AppointmentId) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::AppointmentId.eq(appointment))
        .one(db)
        .await
}
