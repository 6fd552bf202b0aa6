//! Families: one parent each, known by her address.

use kernel::chance::Chance;
use kernel::email::EmailAddress;
use kernel::id::FamilyId;
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QuerySelect, sea_query::OnConflict};

use super::corrupt;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "family")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FamilyId,
    pub email: EmailAddress,
    pub email_key: String,
    pub created_at: Instant,
    pub verified_at: Option<Instant>,
    pub silenced_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The family of this address, and whether its address has proved itself.
pub(crate) async fn of(db: &impl ConnectionTrait, email: &EmailAddress) -> Result<Option<(FamilyId, bool)>, DbErr> {
    let row = Entity::find().filter(Column::EmailKey.eq(email.key())).one(db).await?;
    Ok(row.map(|row| (row.id, row.verified_at.is_some())))
}

/// The family of this address, made when there is none.
pub(crate) async fn find_or_make(
    db: &impl ConnectionTrait,
    email: &EmailAddress,
    now: Instant,
    chance: &Chance,
) -> Result<FamilyId, DbErr> {
    let row = ActiveModel {
        id: Set(FamilyId::new(now, chance)),
        email: Set(email.clone()),
        email_key: Set(email.key().into()),
        created_at: Set(now),
        verified_at: Set(None),
        silenced_at: Set(None),
    };
    let there = OnConflict::column(Column::EmailKey).do_nothing().to_owned();
    Entity::insert(row)
        .on_conflict(there)
        .exec_without_returning(db)
        .await?;
    let found = of(db, email).await?;
    found
        .map(|(id, _)| id)
        .ok_or_else(|| corrupt("a family that was just made is missing"))
}

/// The address has proved itself: somebody there holds a link of ours.
pub(crate) async fn verify(db: &impl ConnectionTrait, id: FamilyId, now: Instant) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::VerifiedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::VerifiedAt.is_null())
        .exec(db)
        .await
        .map(drop)
}

/// Makes a family silent since then, or lifts that; `false` when it was so already.
pub(crate) async fn set_silence(
    db: &impl ConnectionTrait,
    id: FamilyId,
    since: Option<Instant>,
) -> Result<bool, DbErr> {
    let changes = if since.is_some() {
        Column::SilencedAt.is_null()
    } else {
        Column::SilencedAt.is_not_null()
    };
    let done = Entity::update_many()
        .col_expr(Column::SilencedAt, Expr::value(since))
        .filter(Column::Id.eq(id))
        .filter(changes)
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Since when a family is silent, if it is.
pub(crate) async fn silenced_at(db: &impl ConnectionTrait, id: FamilyId) -> Result<Option<Instant>, DbErr> {
    let found = Entity::find_by_id(id).select_only().column(Column::SilencedAt);
    let since: Option<Option<Instant>> = found.into_tuple().one(db).await?;
    Ok(since.flatten())
}

/// Which of these families are silent.
pub(crate) async fn silenced(db: &impl ConnectionTrait, ids: Vec<FamilyId>) -> Result<Vec<FamilyId>, DbErr> {
    let found = Entity::find().select_only().column(Column::Id);
    found
        .filter(Column::Id.is_in(ids))
        .filter(Column::SilencedAt.is_not_null())
        .into_tuple()
        .all(db)
        .await
}

/// The addresses of these families.
pub(crate) async fn emails(
    db: &impl ConnectionTrait,
    ids: Vec<FamilyId>,
) -> Result<Vec<(FamilyId, EmailAddress)>, DbErr> {
    let columns = [Column::Id, Column::Email];
    let rows = Entity::find()
        .filter(Column::Id.is_in(ids))
        .select_only()
        .columns(columns);
    rows.into_tuple().all(db).await
}
