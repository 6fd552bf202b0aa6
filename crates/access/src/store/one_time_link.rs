//! Table `one_time_link`.

use kernel::id::{LoginId, OneTimeLinkId};
use kernel::instant::Instant;
use kernel::token::TokenHash;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use crate::one_time_link::Purpose;

#[sea_orm::model]
#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OneTimeLinkId,
    pub purpose: String,
    pub login_id: Option<LoginId>,
    pub token_hash: Vec<u8>,
    pub created_at: Instant,
    pub ends_at: Instant,
    pub used_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A new one; what ended long ago is removed on the way.
pub async fn insert(
    db: &impl ConnectionTrait,
    id: OneTimeLinkId,
    purpose: Purpose,
    login: Option<LoginId>,
    token_hash: TokenHash,
    (now, ends_at): (Instant, Instant),
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::EndsAt.lt(now.plus_minutes(-24 * 60)))
        .exec(db)
        .await?;
    let row = ActiveModel {
        id: Set(id),
        purpose: Set(purpose.word().to_owned()),
        login_id: Set(login),
        token_hash: Set(token_hash),
        created_at: Set(now),
        ends_at: Set(ends_at),
        used_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// The link of a token, if it can still be used.
pub async fn find_open(
    db: &impl ConnectionTrait,
    purpose: Purpose,
    token: &TokenHash,
    now: Instant,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::TokenHash.eq(token.clone()))
        .filter(Column::Purpose.eq(purpose.word()))
        .filter(Column::UsedAt.is_null())
        .filter(Column::EndsAt.gt(now))
        .one(db)
        .await
}

/// Uses it; `false` when it was used or ended meanwhile.
pub async fn use_up(db: &impl ConnectionTrait, id: OneTimeLinkId, now: Instant) -> Result<bool, DbErr> {
    let row = ActiveModel {
        used_at: Set(Some(now)),
        ..Default::default()
    };
    let used = Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(id))
        .filter(Column::UsedAt.is_null())
        .filter(Column::EndsAt.gt(now))
        .exec(db)
        .await?;
    Ok(used.rows_affected == 1)
}

/// Ends the unused ones of a purpose and a login.
pub async fn close(db: &impl ConnectionTrait, purpose: Purpose, login: Option<LoginId>) -> Result<(), DbErr> {
    let of = login.map_or_else(|| Column::LoginId.is_null(), |login| Column::LoginId.eq(login));
    Entity::delete_many()
        .filter(Column::Purpose.eq(purpose.word()))
        .filter(of)
        .filter(Column::UsedAt.is_null())
        .exec(db)
        .await
        .map(drop)
}
