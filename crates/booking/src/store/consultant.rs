//! The consultants.

use kernel::id::ConsultantId;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder, sea_query::OnConflict};

use super::{corrupt, to_int};
use crate::practice::{Consultant, Slug};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consultant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsultantId,
    pub slug: Slug,
    pub name: String,
    pub credentials: String,
    pub zone: String,
    pub position: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// All of them, in their order.
pub(crate) async fn all(db: &impl ConnectionTrait) -> Result<Vec<Consultant>, DbErr> {
    let rows = Entity::find()
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(consultant).collect()
}

fn consultant(row: Model) -> Result<Consultant, DbErr> {
    Ok(Consultant {
        id: row.id,
        slug: row.slug,
        name: row.name,
        credentials: row.credentials,
        zone: row.zone.parse().map_err(corrupt)?,
    })
}

/// Writes one, anew or over the old one.
pub(crate) async fn save(db: &impl ConnectionTrait, c: &Consultant, position: u32) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(c.id),
        slug: Set(c.slug.clone()),
        name: Set(c.name.clone()),
        credentials: Set(c.credentials.clone()),
        zone: Set(c.zone.name().into()),
        position: Set(to_int(position)?),
    };
    let changed = [Column::Name, Column::Credentials, Column::Zone, Column::Position];
    let over = OnConflict::column(Column::Id).update_columns(changed).to_owned();
    Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(db)
        .await
        .map(drop)
}
