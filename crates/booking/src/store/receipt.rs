//! The receipts, and the counter that numbers them without a gap.

use kernel::id::PaymentId;
use kernel::instant::Instant;
use sea_orm::ExprTrait as _;
use sea_orm::entity::prelude::*;

use super::corrupt;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    #[sea_orm(unique)]
    pub payment_id: PaymentId,
    pub issued_at: Instant,
    pub currency: String,
    pub minor: i64,
    #[sea_orm(column_type = "JsonBinary")]
    pub issuer: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub lines: Json,
}

impl ActiveModelBehavior for ActiveModel {}

mod counter {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "receipt_counter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub last: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// The next number. Whoever takes one keeps the counter's row until its transaction ends, so that nobody else's number can come between.
pub(crate) async fn next_number(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let one_more = Expr::col(counter::Column::Last).add(1);
    counter::Entity::update_many()
        .col_expr(counter::Column::Last, one_more)
        .filter(counter::Column::Id.eq(1))
        .exec(db)
        .await?;
    let row = counter::Entity::find_by_id(1).one(db).await?;
    row.map(|row| row.last)
        .ok_or_else(|| corrupt("the counter of receipts is missing"))
}

/// Adds one.
pub(crate) async fn add(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(ActiveModel::from(row))
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// The one of this number.
pub(crate) async fn find(db: &impl ConnectionTrait, number: i64) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(number).one(db).await
}

/// Those of these payments.
pub(crate) async fn of(db: &impl ConnectionTrait, payments: Vec<PaymentId>) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::PaymentId.is_in(payments)).all(db).await
}
