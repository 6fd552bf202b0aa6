//! Families: one parent each, known by her address.

use kernel::chance::Chance;
use kernel::email::EmailAddress;
use kernel::fold::fold;
use kernel::id::FamilyId;
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{BinOper, ExprTrait, Func, OnConflict, SimpleExpr};
use sea_orm::{ActiveValue::Set, DbBackend, QueryOrder, QuerySelect};

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
    /// What she is found by, folded, a piece a line: her address, and every name and number she booked with.
    pub find_text: String,
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
        find_text: Set(fold(email.as_str())),
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

/// What one family may be found by, in characters; what would exceed it is left out.
const LONGEST_FIND_TEXT: i32 = 2_000;

/// From now on the family is found by this name and this number too.
pub(crate) async fn findable(
    db: &impl ConnectionTrait,
    id: FamilyId,
    name: &str,
    phone: Option<&str>,
) -> Result<(), DbErr> {
    let digits: String = phone.unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    for piece in [fold(name), digits].into_iter().filter(|piece| !piece.is_empty()) {
        let line = format!("\n{piece}");
        Entity::update_many()
            .col_expr(
                Column::FindText,
                Expr::col(Column::FindText).binary(BinOper::Custom("||"), line.clone()),
            )
            .filter(Column::Id.eq(id))
            .filter(holds(db.get_database_backend(), &line).not())
            .filter(Expr::expr(Func::char_length(Expr::col(Column::FindText))).lt(LONGEST_FIND_TEXT))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// That a family's text holds this one: as it stands, no pattern.
fn holds(backend: DbBackend, text: &str) -> SimpleExpr {
    let position = if backend == DbBackend::Postgres {
        "strpos"
    } else {
        "instr"
    };
    Func::cust(position)
        .arg(Expr::col((Entity, Column::FindText)))
        .arg(text)
        .gt(0)
}

/// The families that are found by every one of these folded words, at most `limit` of them. No index holds parts of words: this
/// reads one short text a family.
pub(crate) async fn found(db: &impl ConnectionTrait, words: &[String], limit: u64) -> Result<Vec<FamilyId>, DbErr> {
    with_all(db.get_database_backend(), words)
        .order_by_desc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// The query for the families that are found by every one of these folded words: their ids.
pub(crate) fn with_all(backend: DbBackend, words: &[String]) -> Select<Entity> {
    let ids = Entity::find().select_only().column(Column::Id);
    words.iter().fold(ids, |find, word| find.filter(holds(backend, word)))
}
