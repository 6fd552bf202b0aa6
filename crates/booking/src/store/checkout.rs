//! What a payment service was asked to take: one live question for each thing that waits to be paid.

use kernel::id::{AppointmentId, PaymentId, PurchaseId};
use kernel::instant::Instant;
use kernel::money::Money;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryOrder, QuerySelect};

use super::corrupt;
use crate::money::Owner;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "checkout")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentId,
    pub appointment_id: Option<AppointmentId>,
    pub purchase_id: Option<PurchaseId>,
    pub minor: i64,
    pub currency: String,
    /// `wanted`: asked for, or about to be. `open`: the page is there. `pending`: the money is on its way. `paid`. `closed`.
    pub state: String,
    pub title: String,
    pub session_id: Option<String>,
    pub url: Option<String>,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub look_at: Option<Instant>,
    pub looks: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What it is for.
    pub(crate) fn owner(&self) -> Result<Owner, DbErr> {
        Owner::of(self.appointment_id, self.purchase_id)
    }

    /// How much.
    pub(crate) fn amount(&self) -> Result<Money, DbErr> {
        Ok(Money::new(self.minor, self.currency.parse().map_err(corrupt)?))
    }
}

fn of(owner: Owner) -> Select<Entity> {
    match owner {
        Owner::Appointment(id) => Entity::find().filter(Column::AppointmentId.eq(id)),
        Owner::Purchase(id) => Entity::find().filter(Column::PurchaseId.eq(id)),
    }
}

const LIVE: [&str; 3] = ["wanted", "open", "pending"];

/// Adds one, unless there is a live one of the same owner.
pub(crate) async fn add(db: &impl ConnectionTrait, row: Model) -> Result<bool, DbErr> {
    let done = Entity::insert(ActiveModel::from(row))
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(done == 1)
}

/// The one of this id.
pub(crate) async fn find(db: &impl ConnectionTrait, id: PaymentId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The one of this id, kept from other writers until the transaction ends.
pub(crate) async fn lock(db: &impl ConnectionTrait, id: PaymentId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(db).await
}

/// The one of this session.
pub(crate) async fn by_session(db: &impl ConnectionTrait, session: &str) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::SessionId.eq(session)).one(db).await
}

/// The one of this owner that can still be paid.
pub(crate) async fn live(db: &impl ConnectionTrait, owner: Owner) -> Result<Option<Model>, DbErr> {
    of(owner).filter(Column::State.is_in(LIVE)).one(db).await
}

/// Those that shall be looked at, the longest due first.
pub(crate) async fn due(db: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::LookAt.is_not_null())
        .filter(Column::LookAt.lte(now))
        .order_by_asc(Column::LookAt)
        .limit(limit)
        .all(db)
        .await
}

/// Writes what became of one, if it is still in the state in which `old` has it.
pub(crate) async fn change(db: &impl ConnectionTrait, old: &Model, new: &Model) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(new.state.clone()))
        .col_expr(Column::SessionId, Expr::value(new.session_id.clone()))
        .col_expr(Column::Url, Expr::value(new.url.clone()))
        .col_expr(Column::LookAt, Expr::value(new.look_at))
        .col_expr(Column::Looks, Expr::value(new.looks))
        .filter(Column::Id.eq(old.id))
        .filter(Column::State.eq(old.state.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Takes one to look at it: it is looked at again only after `next`. `false`: somebody else has it.
pub(crate) async fn take(db: &impl ConnectionTrait, row: &Model, next: Instant) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::LookAt, Expr::value(next))
        .col_expr(Column::Looks, Expr::value(row.looks.saturating_add(1)))
        .filter(Column::Id.eq(row.id))
        .filter(Column::LookAt.eq(row.look_at))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// What can still be paid of an owner is looked at now.
pub(crate) async fn look_now(db: &impl ConnectionTrait, owner: Owner, now: Instant) -> Result<(), DbErr> {
    let whose = match owner {
        Owner::Appointment(id) => Column::AppointmentId.eq(id),
        Owner::Purchase(id) => Column::PurchaseId.eq(id),
    };
    Entity::update_many()
        .col_expr(Column::LookAt, Expr::value(now))
        .filter(whose)
        .filter(Column::State.is_in(LIVE))
        .exec(db)
        .await
        .map(drop)
}
