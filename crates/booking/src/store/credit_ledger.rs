//! The append-only ledger of credits. A balance is the sum of its lines and stands nowhere else.

use kernel::chance::Chance;
use kernel::id::{AppointmentId, EventId, LoginId, OfferingId, PurchaseId};
use kernel::instant::Instant;
use sea_orm::ActiveValue::Set;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_ledger")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub purchase_id: PurchaseId,
    pub number: i32,
    pub at: Instant,
    pub event: String,
    pub offering_id: OfferingId,
    pub amount: i32,
    pub appointment_id: Option<AppointmentId>,
    pub login_id: Option<LoginId>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A line to be added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) purchase: PurchaseId,
    /// `granted`, `spent`, `returned`, `expired`.
    pub(crate) event: &'static str,
    pub(crate) offering: OfferingId,
    /// By how much the balance of this offering changes.
    pub(crate) amount: i32,
    pub(crate) appointment: Option<AppointmentId>,
    pub(crate) login: Option<LoginId>,
}

/// Adds a line. The caller has claimed the purchase, so that nobody else adds one at the same time.
pub(crate) async fn add(
    db: &impl ConnectionTrait,
    line: Line,
    now: Instant,
    chance: &Chance,
) -> Result<EventId, DbErr> {
    let id = EventId::new(now, chance);
    let before = Entity::find()
        .filter(Column::PurchaseId.eq(line.purchase))
        .count(db)
        .await?;
    let row = ActiveModel {
        id: Set(id),
        purchase_id: Set(line.purchase),
        number: Set(i32::try_from(before + 1).map_err(super::corrupt)?),
        at: Set(now),
        event: Set(line.event.into()),
        offering_id: Set(line.offering),
        amount: Set(line.amount),
        appointment_id: Set(line.appointment),
        login_id: Set(line.login),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(id)
}

/// The lines of a purchase, the oldest first.
pub(crate) async fn of(db: &impl ConnectionTrait, purchase: PurchaseId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PurchaseId.eq(purchase))
        .order_by_asc(Column::Number)
        .all(db)
        .await
}

/// What a visit has spent: -1, or 0 when it has given its credit back.
pub(crate) async fn of_visit(db: &impl ConnectionTrait, visit: AppointmentId) -> Result<i64, DbErr> {
    let lines = Entity::find().filter(Column::AppointmentId.eq(visit)).all(db).await?;
    Ok(lines.iter().map(|line| i64::from(line.amount)).sum())
}

/// How many credits of an offering are left.
pub(crate) async fn left(db: &impl ConnectionTrait, purchase: PurchaseId, offering: OfferingId) -> Result<i64, DbErr> {
    let lines = of(db, purchase).await?;
    let own = lines.iter().filter(|line| line.offering_id == offering);
    Ok(own.map(|line| i64::from(line.amount)).sum())
}
