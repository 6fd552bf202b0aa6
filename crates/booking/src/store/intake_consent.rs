//! What families agreed to before a visit, and took back: append-only, in the practice's exact words.

use kernel::id::{AppointmentId, ConsentId};
use kernel::instant::Instant;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use crate::practice::Slug;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "intake_consent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsentId,
    pub appointment_id: AppointmentId,
    pub number: i32,
    pub consent_key: Slug,
    pub version: i32,
    pub wording: String,
    pub given: bool,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// Every line of these appointments, the oldest first.
pub(crate) async fn of(db: &impl ConnectionTrait, appointments: Vec<AppointmentId>) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::AppointmentId.is_in(appointments))
        .order_by_asc(Column::AppointmentId)
        .order_by_asc(Column::Number)
        .all(db)
        .await
}

/// Adds a line and numbers it. The caller keeps the appointment from other writers.
pub(crate) async fn add(db: &impl ConnectionTrait, mut row: Model) -> Result<(), DbErr> {
    let of = Entity::find().filter(Column::AppointmentId.eq(row.appointment_id));
    row.number = i32::try_from(of.count(db).await? + 1).map_err(super::corrupt)?;
    let row: ActiveModel = row.into();
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}
