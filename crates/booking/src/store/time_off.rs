//! Time off, on the consultant's wall clock.

use jiff::civil::DateTime;
use kernel::id::ConsultantId;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::corrupt;
use crate::practice::hours::TimeOff;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "time_off")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultant_id: ConsultantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub starts: String,
    pub ends: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// That of one consultant.
pub(crate) async fn of(db: &impl ConnectionTrait, of: ConsultantId) -> Result<Vec<TimeOff>, DbErr> {
    let rows = Entity::find().filter(Column::ConsultantId.eq(of)).all(db).await?;
    let time = |text: &str| text.parse::<DateTime>().map_err(corrupt);
    rows.iter()
        .map(|r| {
            Ok(TimeOff {
                from: time(&r.starts)?,
                until: time(&r.ends)?,
            })
        })
        .collect()
}

/// Replaces that of one consultant.
pub(crate) async fn replace(db: &impl ConnectionTrait, of: ConsultantId, time_off: &[TimeOff]) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ConsultantId.eq(of))
        .exec(db)
        .await?;
    for one in time_off {
        let row = ActiveModel {
            consultant_id: Set(of),
            starts: Set(one.from.to_string()),
            ends: Set(one.until.to_string()),
        };
        Entity::insert(row).exec_without_returning(db).await?;
    }
    Ok(())
}
