//! Single dates with windows of their own.

use jiff::civil::Date;
use kernel::id::ConsultantId;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::{corrupt, from_json, to_json};
use crate::practice::hours::Window;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "date_override")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultant_id: ConsultantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub windows: Json,
}

impl ActiveModelBehavior for ActiveModel {}

/// Those of one consultant.
pub(crate) async fn of(db: &impl ConnectionTrait, of: ConsultantId) -> Result<Vec<(Date, Vec<Window>)>, DbErr> {
    let rows = Entity::find().filter(Column::ConsultantId.eq(of)).all(db).await?;
    rows.into_iter()
        .map(|r| Ok((r.date.parse().map_err(corrupt)?, from_json(r.windows)?)))
        .collect()
}

/// Replaces those of one consultant.
pub(crate) async fn replace(
    db: &impl ConnectionTrait,
    of: ConsultantId,
    overrides: impl Iterator<Item = (Date, &[Window])>,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ConsultantId.eq(of))
        .exec(db)
        .await?;
    for (date, windows) in overrides {
        let row = ActiveModel {
            consultant_id: Set(of),
            date: Set(date.to_string()),
            windows: Set(to_json(&windows)?),
        };
        Entity::insert(row).exec_without_returning(db).await?;
    }
    Ok(())
}
