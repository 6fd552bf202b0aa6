//! What the payment service told of its own accord: each is noted once, and never again.

use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// Notes one; `false` when it was noted before. A twin waits for the transaction that notes it.
pub(crate) async fn add(db: &impl ConnectionTrait, row: Model) -> Result<bool, DbErr> {
    let done = Entity::insert(ActiveModel::from(row))
        .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(done == 1)
}
