//! What goes back of the money that came in: intents, and what became of them.

use kernel::id::{LoginId, PaymentId, RefundId};
use kernel::instant::Instant;
use kernel::money::Money;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

use super::corrupt;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refund")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RefundId,
    pub payment_id: PaymentId,
    pub minor: i64,
    pub currency: String,
    pub state: String,
    pub why: String,
    pub provider: String,
    pub provider_id: Option<String>,
    pub login_id: Option<LoginId>,
    pub created_at: Instant,
    pub asked_at: Option<Instant>,
    pub done_at: Option<Instant>,
    pub look_at: Option<Instant>,
    pub round: i32,
    pub looks: i32,
    pub failure: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// How much.
    pub(crate) fn amount(&self) -> Result<Money, DbErr> {
        Ok(Money::new(self.minor, self.currency.parse().map_err(corrupt)?))
    }
}

/// Adds one.
pub(crate) async fn add(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(ActiveModel::from(row))
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// The one of this id, kept from other writers until the transaction ends.
pub(crate) async fn lock(db: &impl ConnectionTrait, id: RefundId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(db).await
}

/// The one that the service calls so.
pub(crate) async fn by_provider_id(db: &impl ConnectionTrait, id: &str) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::ProviderId.eq(id)).one(db).await
}

/// Those of some payments, the oldest first.
pub(crate) async fn of(db: &impl ConnectionTrait, payments: Vec<PaymentId>) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PaymentId.is_in(payments))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// Those that shall be asked for, the longest due first.
pub(crate) async fn due(db: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::LookAt.is_not_null())
        .filter(Column::LookAt.lte(now))
        .order_by_asc(Column::LookAt)
        .limit(limit)
        .all(db)
        .await
}

/// Those that are not done, the oldest first.
pub(crate) async fn open(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        // Literals: only so a planner knows that the partial index fits.
        .filter(Expr::cust("state IN ('due', 'asked', 'failed')"))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Writes what became of one, if it is still as `old` has it.
pub(crate) async fn change(db: &impl ConnectionTrait, old: &Model, new: &Model) -> Result<bool, DbErr> {
    let looked = match old.look_at {
        Some(at) => Column::LookAt.eq(at),
        None => Column::LookAt.is_null(),
    };
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(new.state.clone()))
        .col_expr(Column::Provider, Expr::value(new.provider.clone()))
        .col_expr(Column::ProviderId, Expr::value(new.provider_id.clone()))
        .col_expr(Column::AskedAt, Expr::value(new.asked_at))
        .col_expr(Column::DoneAt, Expr::value(new.done_at))
        .col_expr(Column::LookAt, Expr::value(new.look_at))
        .col_expr(Column::Round, Expr::value(new.round))
        .col_expr(Column::Looks, Expr::value(new.looks))
        .col_expr(Column::Failure, Expr::value(new.failure.clone()))
        .filter(Column::Id.eq(old.id))
        .filter(Column::State.eq(old.state.as_str()))
        .filter(looked)
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
