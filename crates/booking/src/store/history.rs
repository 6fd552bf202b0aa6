//! The append-only history of the appointments: ids and facts, never a name, an address or free text.

use kernel::chance::Chance;
use kernel::id::{AppointmentId, EventId, LoginId};
use kernel::instant::Instant;
use sea_orm::ActiveValue::Set;
use sea_orm::Order;
use sea_orm::entity::prelude::*;

use crate::appointment::lifecycle::Party;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "appointment_history")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub appointment_id: AppointmentId,
    pub at: Instant,
    pub event: String,
    pub who: String,
    pub login_id: Option<LoginId>,
    #[sea_orm(column_type = "JsonBinary")]
    pub facts: Json,
}

impl ActiveModelBehavior for ActiveModel {}

/// A line of the history.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) appointment: AppointmentId,
    /// `booked`, `paid`, `cancelled`, `expired`, `completed`.
    pub(crate) event: &'static str,
    pub(crate) who: Party,
    pub(crate) login: Option<LoginId>,
    pub(crate) facts: serde_json::Value,
}

/// Adds a line.
pub(crate) async fn add(db: &impl ConnectionTrait, line: Line, now: Instant, chance: &Chance) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(EventId::new(now, chance)),
        appointment_id: Set(line.appointment),
        at: Set(now),
        event: Set(line.event.into()),
        who: Set(line.who.to_string()),
        login_id: Set(line.login),
        facts: Set(line.facts),
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// The lines of an appointment, the oldest first.
pub(crate) async fn of(db: &impl ConnectionTrait, appointment: AppointmentId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::AppointmentId.eq(appointment))
        .order_by_id(Order::Asc)
        .all(db)
        .await
}
