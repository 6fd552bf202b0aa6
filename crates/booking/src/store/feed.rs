//! The secret calendar feeds of the consultants.

use kernel::id::{ConsultantId, FeedId};
use kernel::instant::Instant;
use kernel::token::TokenHash;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "feed")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FeedId,
    #[sea_orm(unique)]
    pub consultant_id: ConsultantId,
    pub detail: String,
    pub generation: i32,
    pub key_version: i16,
    pub secret_hash: TokenHash,
    pub changed_at: Instant,
    pub last_fetched_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}

/// All of them.
pub(crate) async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().all(db).await
}

/// The one of this secret.
pub(crate) async fn by_secret(db: &impl ConnectionTrait, hash: TokenHash) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::SecretHash.eq(hash)).one(db).await
}

/// The one of this id.
pub(crate) async fn find(db: &impl ConnectionTrait, id: FeedId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Adds one.
pub(crate) async fn add(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(ActiveModel::from(row))
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Gives it a new secret, if its old generation still holds.
pub(crate) async fn rotate(db: &impl ConnectionTrait, old: &Model, new: &Model) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::Generation, Expr::value(new.generation))
        .col_expr(Column::KeyVersion, Expr::value(new.key_version))
        .col_expr(Column::SecretHash, Expr::value(new.secret_hash.clone()))
        .col_expr(Column::ChangedAt, Expr::value(new.changed_at))
        .filter(Column::Id.eq(old.id))
        .filter(Column::Generation.eq(old.generation))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// It was fetched.
pub(crate) async fn touch(db: &impl ConnectionTrait, id: FeedId, now: Instant) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LastFetchedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(drop)
}

/// It tells more or less from now on.
pub(crate) async fn set_detail(db: &impl ConnectionTrait, id: FeedId, detail: &str, now: Instant) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Detail, Expr::value(detail))
        .col_expr(Column::ChangedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(drop)
}
