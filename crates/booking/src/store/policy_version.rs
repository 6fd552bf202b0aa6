//! Every policy that was ever in force, numbered from 1; an appointment names the one it was booked under.

use std::collections::HashMap;

use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder};

use super::{from_json, to_json};
use crate::practice::Policy;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "policy_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub policy: Json,
    pub since: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// The number of the newest; 0 before the first practice.
pub(crate) async fn newest(db: &impl ConnectionTrait) -> Result<i32, DbErr> {
    let newest = Entity::find().order_by_desc(Column::Number).one(db).await?;
    Ok(newest.map_or(0, |row| row.number))
}

/// Adds the next version, unless the newest says the same. The caller holds the practice's claim.
pub(crate) async fn add(db: &impl ConnectionTrait, policy: &Policy, now: Instant) -> Result<(), DbErr> {
    let newest = Entity::find().order_by_desc(Column::Number).one(db).await?;
    let mut number = 1;
    if let Some(newest) = newest {
        if from_json::<Policy>(newest.policy)? == *policy {
            return Ok(());
        }
        number = newest.number + 1;
    }
    let row = ActiveModel {
        number: Set(number),
        policy: Set(to_json(policy)?),
        since: Set(now),
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// Those of these numbers.
pub(crate) async fn of(db: &impl ConnectionTrait, numbers: Vec<i32>) -> Result<HashMap<i32, Policy>, DbErr> {
    let rows = Entity::find().filter(Column::Number.is_in(numbers)).all(db).await?;
    rows.into_iter()
        .map(|row| Ok((row.number, from_json(row.policy)?)))
        .collect()
}
