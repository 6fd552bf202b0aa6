//! Table `session`: a row for each browser that is signed in; signing out removes it.

use kernel::email::EmailAddress;
use kernel::id::{LoginId, SessionId};
use kernel::instant::Instant;
use kernel::token::TokenHash;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub login_id: LoginId,
    pub token_hash: Vec<u8>,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub ends_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// A new one.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(row.id),
        login_id: Set(row.login_id),
        token_hash: Set(row.token_hash),
        created_at: Set(row.created_at),
        seen_at: Set(row.seen_at),
        ends_at: Set(row.ends_at),
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// The session of a token, and the address of its login.
pub async fn find(db: &impl ConnectionTrait, token: &TokenHash) -> Result<Option<(Model, EmailAddress)>, DbErr> {
    let Some(row) = Entity::find()
        .filter(Column::TokenHash.eq(token.clone()))
        .one(db)
        .await?
    else {
        return Ok(None);
    };
    let login = super::login::by_id(db, row.login_id).await?;
    Ok(login.map(|login| (row, login.email)))
}

/// Puts off the end of an unused session.
pub async fn see(db: &impl ConnectionTrait, id: SessionId, now: Instant) -> Result<(), DbErr> {
    let row = ActiveModel {
        seen_at: Set(now),
        ..Default::default()
    };
    Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(drop)
}

/// Ends one.
pub async fn delete(db: &impl ConnectionTrait, id: SessionId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Ends the one of a token, if there is one.
pub async fn delete_by_token(db: &impl ConnectionTrait, token: &TokenHash) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::TokenHash.eq(token.clone()))
        .exec(db)
        .await
        .map(drop)
}

/// Ends all of a login.
pub async fn delete_of(db: &impl ConnectionTrait, login: LoginId) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::LoginId.eq(login))
        .exec(db)
        .await
        .map(drop)
}

/// Removes those whose end has come.
pub async fn delete_ended(db: &impl ConnectionTrait, now: Instant) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::EndsAt.lte(now))
        .exec(db)
        .await
        .map(drop)
}
