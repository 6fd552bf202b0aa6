//! Table `key_fingerprint`: one row for each version of the secret key.

use kernel::instant::Instant;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

#[sea_orm::model]
#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "key_fingerprint")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i16,
    pub fingerprint: String,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// The fingerprint of this version.
pub async fn find(db: &impl ConnectionTrait, version: u8) -> Result<Option<String>, DbErr> {
    Ok(Entity::find_by_id(i16::from(version))
        .one(db)
        .await?
        .map(|row| row.fingerprint))
}

/// Keeps the fingerprint of a version that has none yet.
pub async fn insert_unless_there(
    db: &impl ConnectionTrait,
    version: u8,
    fingerprint: &str,
    now: Instant,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        version: Set(version.into()),
        fingerprint: Set(fingerprint.to_owned()),
        created_at: Set(now),
    };
    let first_wins = OnConflict::column(Column::Version).do_nothing().to_owned();
    Entity::insert(row)
        .on_conflict(first_wins)
        .exec_without_returning(db)
        .await
        .map(drop)
}
