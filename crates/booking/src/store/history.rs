//! The append-only history of the appointments: ids and facts, never a name, an address or free text.

use kernel::chance::Chance;
use kernel::id::{AppointmentId, EventId, LoginId};
use kernel::instant::Instant;
use sea_orm::ActiveValue::Set;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use crate::appointment::lifecycle::Party;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "appointment_history")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub appointment_id: AppointmentId,
    pub number: i32,
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
    /// `booked`, `paid`, `moved`, `cancelled`, `second_recipient`, `client_link`, `expired`, `completed`, `no_show`, `fee`, `waived`,
    /// `silenced`, `silence_lifted`, `intake_asked`.
    pub(crate) event: &'static str,
    pub(crate) who: Party,
    pub(crate) login: Option<LoginId>,
    pub(crate) facts: serde_json::Value,
}

/// Adds a line. The caller has just changed the appointment's row, so that nobody else adds one at the same time.
pub(crate) async fn add(db: &impl ConnectionTrait, line: Line, now: Instant, chance: &Chance) -> Result<(), DbErr> {
    let before = Entity::find()
        .filter(Column::AppointmentId.eq(line.appointment))
        .count(db)
        .await?;
    let row = ActiveModel {
        number: Set(i32::try_from(before + 1).map_err(super::corrupt)?),
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

/// Whether this has happened to it.
pub(crate) async fn has(db: &impl ConnectionTrait, appointment: AppointmentId, event: &str) -> Result<bool, DbErr> {
    let lines = Entity::find().filter(Column::AppointmentId.eq(appointment));
    Ok(lines.filter(Column::Event.eq(event)).count(db).await? > 0)
}

/// The lines of an appointment, the oldest first.
pub(crate) async fn of(db: &impl ConnectionTrait, appointment: AppointmentId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::AppointmentId.eq(appointment))
        .order_by_asc(Column::Number)
        .all(db)
        .await
}
