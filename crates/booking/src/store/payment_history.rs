//! The append-only history of money: ids, facts and amounts, never a name, an address or free text.

use kernel::chance::Chance;
use kernel::id::{AppointmentId, EventId, LoginId, PaymentId, PurchaseId, RefundId};
use kernel::instant::Instant;
use kernel::money::Money;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use crate::appointment::lifecycle::Party;
use crate::money::Owner;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_history")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub appointment_id: Option<AppointmentId>,
    pub purchase_id: Option<PurchaseId>,
    pub at: Instant,
    pub event: String,
    pub who: String,
    pub login_id: Option<LoginId>,
    pub payment_id: Option<PaymentId>,
    pub refund_id: Option<RefundId>,
    pub minor: Option<i64>,
    pub currency: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub facts: Json,
}

impl ActiveModelBehavior for ActiveModel {}

/// A line of the history.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) of: Owner,
    /// `checkout_opened`, `checkout_refused`, `checkout_closed`, `checkout_pending`, `paid`, `waived`, `refund_due`, `refund_asked`,
    /// `refund_done`, `refund_failed`, `refund_again`.
    pub(crate) event: &'static str,
    pub(crate) who: Party,
    pub(crate) login: Option<LoginId>,
    pub(crate) payment: Option<PaymentId>,
    pub(crate) refund: Option<RefundId>,
    pub(crate) amount: Option<Money>,
    pub(crate) facts: serde_json::Value,
}

/// Adds a line.
pub(crate) async fn add(db: &impl ConnectionTrait, line: Line, now: Instant, chance: &Chance) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(EventId::new(now, chance)),
        appointment_id: Set(line.of.appointment()),
        purchase_id: Set(line.of.purchase()),
        at: Set(now),
        event: Set(line.event.into()),
        who: Set(line.who.to_string()),
        login_id: Set(line.login),
        payment_id: Set(line.payment),
        refund_id: Set(line.refund),
        minor: Set(line.amount.map(|amount| amount.minor)),
        currency: Set(line.amount.map(|amount| amount.currency.code().into())),
        facts: Set(line.facts),
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}
