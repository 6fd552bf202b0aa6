//! Keys under which requests were answered, for 48 hours.

use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, sea_query::OnConflict};

use super::corrupt;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub route: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_hash: Vec<u8>,
    pub request_hash: Vec<u8>,
    pub resource_id: Uuid,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

const KEPT_MINUTES: i64 = 48 * 60;

/// What is known of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It was never used; now it stands for the new resource.
    Fresh,
    /// The same request was answered with this resource.
    Answered(Uuid),
    /// Another request was answered under it.
    Mismatch,
}

/// Claims a key for a new resource. On PostgreSQL a twin waits here until the other has committed.
pub(crate) async fn begin(db: &impl ConnectionTrait, key: &Model) -> Result<Known, DbErr> {
    let this = || {
        Entity::delete_many()
            .filter(Column::Route.eq(key.route.as_str()))
            .filter(Column::KeyHash.eq(key.key_hash.clone()))
    };
    let old = key.created_at.plus_minutes(-KEPT_MINUTES);
    this().filter(Column::CreatedAt.lte(old)).exec(db).await?;
    let row = ActiveModel {
        route: Set(key.route.clone()),
        key_hash: Set(key.key_hash.clone()),
        request_hash: Set(key.request_hash.clone()),
        resource_id: Set(key.resource_id),
        created_at: Set(key.created_at),
    };
    let there = OnConflict::columns([Column::Route, Column::KeyHash])
        .do_nothing()
        .to_owned();
    if Entity::insert(row)
        .on_conflict(there)
        .exec_without_returning(db)
        .await?
        == 1
    {
        return Ok(Known::Fresh);
    }
    let found = Entity::find_by_id((key.route.clone(), key.key_hash.clone()))
        .one(db)
        .await?;
    let found = found.ok_or_else(|| corrupt("an idempotency key that is there is missing"))?;
    Ok(if found.request_hash == key.request_hash {
        Known::Answered(found.resource_id)
    } else {
        Known::Mismatch
    })
}

/// Forgets keys older than 48 hours.
pub(crate) async fn forget(db: &impl ConnectionTrait, now: Instant) -> Result<u64, DbErr> {
    let old = now.plus_minutes(-KEPT_MINUTES);
    let done = Entity::delete_many()
        .filter(Column::CreatedAt.lte(old))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}
