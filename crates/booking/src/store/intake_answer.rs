//! The answers that a family gives before a visit: one sealed row for each question.

use kernel::id::{AnswerId, AppointmentId};
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect};

use crate::practice::Slug;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "intake_answer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AnswerId,
    pub appointment_id: AppointmentId,
    pub question_key: Slug,
    pub sealed: Vec<u8>,
    pub changed_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// The answers of an appointment, the oldest first.
pub(crate) async fn of(db: &impl ConnectionTrait, appointment: AppointmentId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::AppointmentId.eq(appointment))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// Which questions of these appointments have an answer.
pub(crate) async fn keys(
    db: &impl ConnectionTrait,
    appointments: Vec<AppointmentId>,
) -> Result<Vec<(AppointmentId, Slug)>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::AppointmentId, Column::QuestionKey])
        .filter(Column::AppointmentId.is_in(appointments))
        .into_tuple()
        .all(db)
        .await
}

/// Writes an answer, anew or over the one of the same id.
pub(crate) async fn put(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(row.id),
        appointment_id: Set(row.appointment_id),
        question_key: Set(row.question_key),
        sealed: Set(row.sealed),
        changed_at: Set(row.changed_at),
    };
    let over = OnConflict::column(Column::Id)
        .update_columns([Column::Sealed, Column::ChangedAt])
        .to_owned();
    Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Takes an answer away.
pub(crate) async fn remove(db: &impl ConnectionTrait, id: AnswerId) -> Result<(), DbErr> {
    Entity::delete_by_id(id).exec(db).await.map(drop)
}
