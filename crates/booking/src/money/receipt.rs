//! Receipts: one for each payment, numbered without a gap in the transaction that writes the payment down.
//!
//! A receipt keeps the practice as it was that day, and what was paid for; who paid stands with the appointment or the purchase alone.

use kernel::db::write;
use kernel::email::EmailAddress;
use kernel::id::{AppointmentId, PurchaseId};
use kernel::instant::Instant;
use kernel::money::Money;
use kernel::token::Token;
use kernel::zone::Zone;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use super::{Owner, PaidBy};
use crate::Booking;
use crate::appointment::{AppointmentFacts, State};
use crate::practice::Practice;
use crate::store::{self, corrupt, from_json, payment, to_json};

/// The practice on its receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    /// Its name.
    pub name: String,
    /// Its postal address, in lines.
    pub address: Vec<String>,
    /// Where it reads mail.
    pub email: EmailAddress,
    /// Its number; may be empty.
    pub phone: String,
    /// Its zone, in which dates are written.
    pub zone: Zone,
}

impl Issuer {
    fn of(practice: &Practice) -> Self {
        Self {
            name: practice.name.clone(),
            address: practice.postal_address.clone(),
            email: practice.email.clone(),
            phone: practice.phone.clone(),
            zone: practice.zone.clone(),
        }
    }
}

/// What was paid for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReceiptItem {
    /// A visit.
    Visit {
        /// The offering's name.
        name: String,
        /// When it starts.
        at: Instant,
    },
    /// The trip to a visit at home.
    Trip,
    /// What is kept of a visit that was cancelled late or missed.
    Fee {
        /// The offering's name.
        name: String,
        /// When it would have started.
        at: Instant,
    },
    /// A package.
    Package {
        /// Its name.
        name: String,
    },
}

/// A line of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLine {
    /// For what.
    pub item: ReceiptItem,
    /// How much.
    pub amount: Money,
}

/// A receipt. `Debug` shows its number alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its number: 1, 2, 3 …
    pub number: i64,
    /// What was paid.
    pub of: Owner,
    /// When it was issued.
    pub issued_at: Instant,
    /// By whom.
    pub issuer: Issuer,
    /// For what; the sum of its lines is `amount`.
    pub lines: Vec<ReceiptLine>,
    /// How much.
    pub amount: Money,
    /// When it came in.
    pub paid_at: Instant,
    /// In which way.
    pub by: PaidBy,
    /// Who paid, as she booked or bought.
    pub payer: String,
    /// Her address.
    pub email: EmailAddress,
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Receipt({})", self.number)
    }
}

/// Why a receipt was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendReceiptError {
    /// There is none of this number.
    #[error("no such receipt")]
    NotFound,
    /// The database failed.
    #[error("the receipt could not be sent")]
    Database(#[from] DbErr),
}

impl Booking {
    /// The receipt of this number.
    pub async fn receipt(&self, number: i64) -> Result<Option<Receipt>, DbErr> {
        let db = self.0.db.reader();
        match store::receipt::find(db, number).await? {
            Some(row) => Ok(Some(read(db, row).await?)),
            None => Ok(None),
        }
    }

    /// The receipts of an appointment or a purchase, the latest first.
    pub async fn receipts(&self, of: Owner) -> Result<Vec<Receipt>, DbErr> {
        receipts(self.0.db.reader(), of).await
    }

    /// The receipts behind the link of an appointment or a purchase, the latest first; `None` when it is no link of either.
    pub async fn receipts_behind(&self, token: &Token) -> Result<Option<Vec<Receipt>>, DbErr> {
        let db = self.0.db.reader();
        let of = match store::appointment::by_link(db, token.hash()).await? {
            Some(row) => Owner::Appointment(row.id),
            None => match store::purchase::by_link(db, token.hash()).await? {
                Some(row) => Owner::Purchase(row.id),
                None => return Ok(None),
            },
        };
        receipts(db, of).await.map(Some)
    }

    /// Sends a receipt to who paid, once more.
    pub async fn send_receipt(&self, number: i64, now: Instant) -> Result<(), SendReceiptError> {
        write(&self.0.db, (self.clone(), number, now), send).await
    }
}

async fn send(
    tx: &DatabaseTransaction,
    (booking, number, now): &(Booking, i64, Instant),
) -> Result<(), SendReceiptError> {
    let row = store::receipt::find(tx, *number).await?;
    let receipt = read(tx, row.ok_or(SendReceiptError::NotFound)?).await?;
    Ok(booking.0.notices.receipt(tx, &receipt, *now).await?)
}

/// Issues the receipt of a payment that was just written down.
pub(super) async fn issue(
    tx: &DatabaseTransaction,
    booking: &Booking,
    payment: &payment::Model,
    of: Owner,
    now: Instant,
) -> Result<Receipt, DbErr> {
    let practice = store::practice::load(tx).await?;
    let practice = practice.ok_or_else(|| corrupt("a payment without a practice"))?;
    let amount = payment.amount()?;
    let lines = match of {
        Owner::Appointment(id) => visit(&facts(tx, booking, id).await?, amount),
        Owner::Purchase(id) => {
            let item = ReceiptItem::Package {
                name: purchase(tx, id).await?.package_name,
            };
            vec![ReceiptLine { item, amount }]
        }
    };
    // Last, because whoever comes next waits for the number.
    let row = store::receipt::Model {
        number: store::receipt::next_number(tx).await?,
        payment_id: payment.id,
        issued_at: now,
        currency: payment.currency.clone(),
        minor: payment.minor,
        issuer: to_json(&Issuer::of(&practice))?,
        lines: to_json(&lines)?,
    };
    store::receipt::add(tx, row.clone()).await?;
    read_with(tx, row, payment).await
}

/// What an amount pays of a visit: the visit and the trip, as far as they add up to it.
fn visit(facts: &AppointmentFacts, amount: Money) -> Vec<ReceiptLine> {
    let (name, at) = (facts.offering_name.clone(), facts.starts);
    let line = |item, amount| ReceiptLine { item, amount };
    if matches!(facts.state, State::Cancelled { .. } | State::NoShow) {
        return vec![line(ReceiptItem::Fee { name, at }, amount)];
    }
    let (price, trip) = (facts.price, facts.trip_fee);
    if facts.total() == amount && !trip.is_zero() && !price.is_zero() {
        return vec![
            line(ReceiptItem::Visit { name, at }, price),
            line(ReceiptItem::Trip, trip),
        ];
    }
    if price.is_zero() && trip == amount {
        return vec![line(ReceiptItem::Trip, amount)];
    }
    vec![line(ReceiptItem::Visit { name, at }, amount)]
}

async fn receipts(db: &impl ConnectionTrait, of: Owner) -> Result<Vec<Receipt>, DbErr> {
    let payments = payment::of(db, of).await?;
    let rows = store::receipt::of(db, payments.iter().map(|p| p.id).collect()).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let payment = payments.iter().find(|p| p.id == row.payment_id);
        let payment = payment.ok_or_else(|| corrupt("a receipt without its payment"))?;
        all.push(read_with(db, row, payment).await?);
    }
    all.sort_by_key(|receipt| std::cmp::Reverse(receipt.number));
    Ok(all)
}

async fn read(db: &impl ConnectionTrait, row: store::receipt::Model) -> Result<Receipt, DbErr> {
    let payment = payment::find(db, row.payment_id).await?;
    let payment = payment.ok_or_else(|| corrupt("a receipt without its payment"))?;
    read_with(db, row, &payment).await
}

async fn read_with(
    db: &impl ConnectionTrait,
    row: store::receipt::Model,
    payment: &payment::Model,
) -> Result<Receipt, DbErr> {
    let of = payment.owner()?;
    let (payer, family) = match of {
        Owner::Appointment(id) => {
            let visit = store::appointment::find(db, id).await?;
            let visit = visit.ok_or_else(|| corrupt("a payment without its appointment"))?;
            (visit.parent_name, visit.family_id)
        }
        Owner::Purchase(id) => {
            let bought = purchase(db, id).await?;
            (bought.buyer_name, bought.family_id)
        }
    };
    let emails = store::family::emails(db, vec![family]).await?;
    let email = emails.into_iter().next().map(|(_, email)| email);
    Ok(Receipt {
        number: row.number,
        of,
        issued_at: row.issued_at,
        issuer: from_json(row.issuer)?,
        lines: from_json(row.lines)?,
        amount: payment.amount()?,
        paid_at: payment.paid_at,
        by: payment.method.parse().map_err(corrupt)?,
        payer,
        email: email.ok_or_else(|| corrupt("a payment without its family"))?,
    })
}

async fn facts(tx: &DatabaseTransaction, booking: &Booking, id: AppointmentId) -> Result<AppointmentFacts, DbErr> {
    let row = store::appointment::find(tx, id).await?;
    booking
        .facts(tx, &row.ok_or_else(|| corrupt("a payment without its appointment"))?)
        .await
}

async fn purchase(db: &impl ConnectionTrait, id: PurchaseId) -> Result<store::purchase::Model, DbErr> {
    let row = store::purchase::find(db, id).await?;
    row.ok_or_else(|| corrupt("a payment without its purchase"))
}
