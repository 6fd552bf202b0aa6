//! What came in: the one place where an appointment or a purchase becomes paid, whoever says so.
//!
//! The consultant's mark and a payment service both end here, inside their transaction. What is paid is confirmed, or granted; the
//! row in `payment`, the line in the history of money and the mails belong to the same transaction.

use kernel::id::{AppointmentId, LoginId, PaymentId, PurchaseId};
use kernel::instant::Instant;
use kernel::money::Money;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use super::{PaidBy, Receipt, purchase, receipt};
use crate::Booking;
use crate::appointment::{AppointmentView, Notice, NoticeKind, Party, State};
use crate::money::PurchaseView;
use crate::store::payment_history::Line;
use crate::store::{self, appointment::Model, corrupt, history, payment_history};

/// What money is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// A visit.
    Appointment(AppointmentId),
    /// A package that was bought.
    Purchase(PurchaseId),
}

impl Owner {
    /// What a row is of: it names an appointment or a purchase, and one of them alone.
    pub(crate) fn of(appointment: Option<AppointmentId>, purchase: Option<PurchaseId>) -> Result<Self, DbErr> {
        match (appointment, purchase) {
            (Some(id), None) => Ok(Self::Appointment(id)),
            (None, Some(id)) => Ok(Self::Purchase(id)),
            _ => Err(corrupt("money for nothing")),
        }
    }

    /// The appointment, when it is one.
    pub const fn appointment(self) -> Option<AppointmentId> {
        match self {
            Self::Appointment(id) => Some(id),
            Self::Purchase(_) => None,
        }
    }

    /// The purchase, when it is one.
    pub const fn purchase(self) -> Option<PurchaseId> {
        match self {
            Self::Appointment(_) => None,
            Self::Purchase(id) => Some(id),
        }
    }
}

/// Money that came in.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) id: PaymentId,
    /// `manual`, or the payment service.
    pub(crate) provider: &'static str,
    /// The service's own name for it.
    pub(crate) provider_id: Option<String>,
    pub(crate) by: PaidBy,
    pub(crate) amount: Money,
    /// When it came in.
    pub(crate) at: Instant,
    /// The consultant who says so.
    pub(crate) login: Option<LoginId>,
}

impl Received {
    /// What the consultant marks.
    pub(crate) fn by_hand(booking: &Booking, by: PaidBy, amount: Money, login: Option<LoginId>, now: Instant) -> Self {
        Self {
            id: PaymentId::new(now, &booking.0.chance),
            provider: "manual",
            provider_id: None,
            by,
            amount,
            at: now,
            login,
        }
    }

    pub(crate) fn who(&self) -> Party {
        self.login.map_or(Party::Parent, |_| Party::Consultant)
    }
}

/// Writes down that it came in: the payment and its line in the history of money. `accepted`: whether it pays what it came for.
pub(crate) async fn write_down(
    tx: &DatabaseTransaction,
    booking: &Booking,
    of: Owner,
    received: &Received,
    accepted: bool,
    now: Instant,
) -> Result<store::payment::Model, DbErr> {
    let payment = store::payment::Model {
        id: received.id,
        appointment_id: of.appointment(),
        purchase_id: of.purchase(),
        minor: received.amount.minor,
        currency: received.amount.currency.code().into(),
        provider: received.provider.into(),
        provider_id: received.provider_id.clone(),
        method: received.by.to_string(),
        paid_at: received.at,
        login_id: received.login,
        accepted,
    };
    store::payment::add(tx, payment.clone()).await?;
    let line = Line {
        of,
        event: "paid",
        who: received.who(),
        login: received.login,
        payment: Some(received.id),
        refund: None,
        amount: Some(received.amount),
        facts: serde_json::json!({ "provider": received.provider, "method": received.by, "accepted": accepted }),
    };
    payment_history::add(tx, line, now, &booking.0.chance).await?;
    Ok(payment)
}

/// Writes down what pays what it came for, and issues its receipt.
async fn receive(
    tx: &DatabaseTransaction,
    booking: &Booking,
    of: Owner,
    received: &Received,
    now: Instant,
) -> Result<Receipt, DbErr> {
    let payment = write_down(tx, booking, of, received, true, now).await?;
    receipt::issue(tx, booking, &payment, of, now).await
}

/// A visit is paid, or what is kept of one: `row` is locked, `state` is where it stands afterwards. What waited for it is confirmed,
/// and the invitation is sent. `None`: another transaction has changed it.
pub(crate) async fn pay_appointment(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &Model,
    state: State,
    received: &Received,
    now: Instant,
) -> Result<Option<AppointmentView>, DbErr> {
    let mut new = store::appointment::moved(row, state, now);
    new.paid_at = Some(received.at);
    new.paid_minor = row.paid_minor + received.amount.minor;
    if !store::appointment::change(tx, row, &new).await? {
        return Ok(None);
    }
    let receipt = receive(tx, booking, Owner::Appointment(row.id), received, now).await?;
    store::checkout::look_now(tx, Owner::Appointment(row.id), now).await?;
    let line = history::Line {
        appointment: row.id,
        event: "paid",
        who: received.who(),
        login: received.login,
        facts: serde_json::json!({
            "payment": received.id, "method": received.by, "minor": received.amount.minor, "currency": row.currency,
            "state": new.state,
        }),
    };
    history::add(tx, line, now, &booking.0.chance).await?;
    let facts = booking.facts(tx, &new).await?;
    if new.state == row.state {
        booking.0.notices.receipt(tx, &receipt, now).await?;
    } else {
        // The receipt goes with the invitation.
        let kind = NoticeKind::Confirmed { was_requested: true };
        let mut told = facts.clone();
        told.receipt = Some(receipt);
        let notice = Notice { kind, facts: told };
        booking.0.notices.notify(tx, &notice, now).await?;
    }
    Ok(Some(booking.view(facts, &new)))
}

/// A purchase is paid: its credits are granted, and the buyer gets her link. The caller holds its claim and has seen that it was not
/// paid before.
pub(crate) async fn pay_purchase(
    tx: &DatabaseTransaction,
    booking: &Booking,
    id: PurchaseId,
    received: &Received,
    now: Instant,
) -> Result<PurchaseView, DbErr> {
    if !store::purchase::pay(tx, id, received.by.as_str(), received.at).await? {
        return Err(corrupt("a purchase that is being paid is missing"));
    }
    // What costs nothing is granted without money.
    let receipt = if received.amount.is_zero() {
        None
    } else {
        let receipt = receive(tx, booking, Owner::Purchase(id), received, now).await?;
        store::checkout::look_now(tx, Owner::Purchase(id), now).await?;
        Some(receipt)
    };
    purchase::grant(tx, booking, id, received.login, receipt, now).await
}
