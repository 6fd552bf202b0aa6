//! The links with which the consultant lets families book what is for clients: at most one a family.

use kernel::id::{ClientLinkId, FamilyId, LoginId};
use kernel::instant::Instant;
use kernel::token::TokenHash;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ClientLinkId,
    #[sea_orm(unique)]
    pub family_id: FamilyId,
    pub made_at: Instant,
    pub login_id: LoginId,
    pub ends_at: Instant,
    pub generation: i32,
    pub key_version: i16,
    pub link_hash: TokenHash,
}

impl ActiveModelBehavior for ActiveModel {}

/// The one of a family.
pub(crate) async fn of(db: &impl ConnectionTrait, family: FamilyId) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::FamilyId.eq(family)).one(db).await
}

/// The one of this link.
pub(crate) async fn by_link(db: &impl ConnectionTrait, hash: TokenHash) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::LinkHash.eq(hash)).one(db).await
}

/// Adds one, unless the family has one.
pub(crate) async fn add(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    let there = OnConflict::column(Column::FamilyId).do_nothing().to_owned();
    Entity::insert(ActiveModel::from(row))
        .on_conflict(there)
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// It holds longer, by this login.
pub(crate) async fn renew(
    db: &impl ConnectionTrait,
    family: FamilyId,
    ends_at: Instant,
    login: LoginId,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::EndsAt, Expr::value(ends_at))
        .col_expr(Column::LoginId, Expr::value(login))
        .filter(Column::FamilyId.eq(family))
        .exec(db)
        .await
        .map(drop)
}
