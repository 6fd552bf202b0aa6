//! Money that came in and fits nothing, until the consultant has seen it.

use kernel::id::{AppointmentId, PurchaseId, TroubleId};
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryOrder, QuerySelect};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_trouble")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TroubleId,
    pub appointment_id: Option<AppointmentId>,
    pub purchase_id: Option<PurchaseId>,
    /// `amount`, `currency`, `session`, `unknown`.
    pub what: String,
    pub session_id: String,
    pub minor: Option<i64>,
    pub currency: Option<String>,
    pub at: Instant,
    pub seen_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Notes it once a session and kind; says whether it is new.
pub(crate) async fn add(db: &impl ConnectionTrait, row: Model) -> Result<bool, DbErr> {
    let done = Entity::insert(ActiveModel::from(row))
        .on_conflict(
            OnConflict::columns([Column::SessionId, Column::What])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(done == 1)
}

/// Those that she has not seen, the oldest first.
pub(crate) async fn open(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::SeenAt.is_null())
        .order_by_asc(Column::At)
        .limit(limit)
        .all(db)
        .await
}

/// She has seen it.
pub(crate) async fn seen(db: &impl ConnectionTrait, id: TroubleId, now: Instant) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::SeenAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::SeenAt.is_null())
        .exec(db)
        .await
        .map(drop)
}
