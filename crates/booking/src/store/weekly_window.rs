//! The weekly windows of the consultants, and from them and the other tables a consultant's hours.

use kernel::id::ConsultantId;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::{corrupt, date_override, from_json, time_off, to_json};
use crate::practice::hours::{DAYS, Hours, Window};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "weekly_window")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultant_id: ConsultantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub opens: String,
    pub closes: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub modes: Json,
}

impl ActiveModelBehavior for ActiveModel {}

/// All hours of one consultant.
pub(crate) async fn hours(db: &impl ConnectionTrait, of: ConsultantId) -> Result<Hours, DbErr> {
    let mut hours = Hours::default();
    for row in Entity::find().filter(Column::ConsultantId.eq(of)).all(db).await? {
        let time = |text: String| text.parse().map_err(corrupt);
        let window = Window::new(time(row.opens)?, time(row.closes)?, from_json(row.modes)?);
        hours.add_weekly(usize::try_from(row.day).map_err(corrupt)?, window.map_err(corrupt)?);
    }
    for (date, windows) in date_override::of(db, of).await? {
        hours.add_override(date, windows);
    }
    hours.set_time_off(time_off::of(db, of).await?);
    Ok(hours)
}

/// Replaces all hours of one consultant.
pub(crate) async fn replace(db: &impl ConnectionTrait, of: ConsultantId, hours: &Hours) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ConsultantId.eq(of))
        .exec(db)
        .await?;
    let mut rows = Vec::new();
    for (day, number) in (0..DAYS.len()).zip(0_i16..) {
        for window in hours.weekly(day) {
            rows.push(ActiveModel {
                consultant_id: Set(of),
                day: Set(number),
                opens: Set(window.opens().to_string()),
                closes: Set(window.closes().to_string()),
                modes: Set(to_json(&window.modes())?),
            });
        }
    }
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    date_override::replace(db, of, hours.overrides()).await?;
    time_off::replace(db, of, hours.time_off()).await
}
