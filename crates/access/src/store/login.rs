//! Table `login`.

use kernel::email::EmailAddress;
use kernel::id::LoginId;
use kernel::instant::Instant;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "login")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LoginId,
    pub email: EmailAddress,
    pub email_key: String,
    pub password_hash: String,
    pub created_at: Instant,
    pub password_changed_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// Whether there is any.
pub async fn any(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(Entity::find().one(db).await?.is_some())
}

/// The login of an address.
pub async fn by_email(db: &impl ConnectionTrait, email: &EmailAddress) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::EmailKey.eq(email.key())).one(db).await
}

/// The login of an id.
pub async fn by_id(db: &impl ConnectionTrait, id: LoginId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// A new one; a duplicate address is the unique key's to refuse.
pub async fn insert(
    db: &impl ConnectionTrait,
    id: LoginId,
    email: &EmailAddress,
    password_hash: &str,
    now: Instant,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(id),
        email: Set(email.clone()),
        email_key: Set(email.key().to_owned()),
        password_hash: Set(password_hash.to_owned()),
        created_at: Set(now),
        password_changed_at: Set(now),
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// Another password.
pub async fn set_password(
    db: &impl ConnectionTrait,
    id: LoginId,
    password_hash: &str,
    now: Instant,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        password_hash: Set(password_hash.to_owned()),
        password_changed_at: Set(now),
        ..Default::default()
    };
    Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(drop)
}
