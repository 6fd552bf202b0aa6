//! A month's takings: every payment by the day on which it came in, every refund by the day on which it went back.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::instant::Instant;
use kernel::money::Money;
use sea_orm::DbErr;

use super::{Owner, PaidBy};
use crate::store::{self, corrupt, payment};
use crate::{Booking, ReadError};

/// A line of the takings. `Debug` shows no name.
#[derive(Clone, PartialEq, Eq)]
pub struct Taking {
    /// When the money came in or went back.
    pub at: Instant,
    /// How much: below nothing when it went back.
    pub amount: Money,
    /// The number of its receipt.
    pub receipt: Option<i64>,
    /// What it was for: the offering's or the package's name.
    pub what: String,
    /// Whether that is a package.
    pub package: bool,
    /// Who paid.
    pub payer: String,
    /// In which way it was paid.
    pub by: PaidBy,
    /// The consultant's note.
    pub note: Option<String>,
}

impl std::fmt::Debug for Taking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Taking({}, {:?})", self.at, self.amount)
    }
}

impl Booking {
    /// What came in and went back in the month of `day`, in the practice's zone, ascending by time.
    pub async fn takings(&self, day: Date) -> Result<Vec<Taking>, ReadError> {
        let db = self.0.db.reader();
        let practice = store::practice::load(db).await?.ok_or(ReadError::NoPractice)?;
        let first = day.first_of_month();
        let next = first.checked_add(1.month()).unwrap_or(first);
        let (from, until) = (practice.zone.start_of_day(first), practice.zone.start_of_day(next));
        let came = payment::between(db, from, until).await?;
        let back = store::takings::back(db, from, until).await?;
        let mut of_back = payment::find_all(db, back.iter().map(|refund| refund.payment_id).collect()).await?;
        of_back.retain(|p| came.iter().all(|c| c.id != p.id));
        let payments: Vec<&payment::Model> = came.iter().chain(&of_back).collect();
        let about = About::load(self, &payments).await?;
        let mut all = Vec::with_capacity(came.len() + back.len());
        for payment in &came {
            all.push(about.taking(payment, payment.paid_at, payment.amount()?)?);
        }
        for refund in &back {
            let payment = payments.iter().find(|p| p.id == refund.payment_id);
            let payment = payment.ok_or_else(|| corrupt("a refund without its payment"))?;
            let amount = payment.amount()?;
            all.push(about.taking(payment, refund.done_at, Money::new(-refund.minor, amount.currency))?);
        }
        all.sort_by_key(|taking| taking.at);
        Ok(all)
    }
}

/// What the lines say beside the amounts, read once for all of them.
struct About {
    receipts: Vec<store::receipt::Model>,
    notes: std::collections::HashMap<kernel::id::PaymentId, String>,
    visits: Vec<(kernel::id::AppointmentId, String, String)>,
    purchases: Vec<store::purchase::Model>,
}

impl About {
    async fn load(booking: &Booking, payments: &[&payment::Model]) -> Result<Self, DbErr> {
        let db = booking.0.db.reader();
        let ids: Vec<_> = payments.iter().map(|p| p.id).collect();
        let sealed = store::note::of_payments(db, ids.clone()).await?;
        let open = |(id, note): (kernel::id::PaymentId, Vec<u8>)| {
            let note = kernel::seal::Sealed::from_bytes(note);
            Some((id, booking.0.keys.seal.open(&note, id.0).ok()?))
        };
        let visits = payments.iter().filter_map(|p| p.appointment_id).collect();
        let purchases = payments.iter().filter_map(|p| p.purchase_id).collect();
        Ok(Self {
            receipts: store::receipt::of(db, ids).await?,
            notes: sealed.into_iter().filter_map(open).collect(),
            visits: store::appointment::named(db, visits).await?,
            purchases: store::purchase::find_all(db, purchases).await?,
        })
    }

    fn taking(&self, payment: &payment::Model, at: Instant, amount: Money) -> Result<Taking, DbErr> {
        let owner = payment.owner()?;
        let (what, payer) = match owner {
            Owner::Appointment(id) => {
                let visit = self.visits.iter().find(|(visit, _, _)| *visit == id);
                visit.map(|(_, what, payer)| (what.clone(), payer.clone()))
            }
            Owner::Purchase(id) => {
                let bought = self.purchases.iter().find(|p| p.id == id);
                bought.map(|p| (p.package_name.clone(), p.buyer_name.clone()))
            }
        }
        .unwrap_or_default();
        Ok(Taking {
            at,
            amount,
            receipt: self
                .receipts
                .iter()
                .find(|r| r.payment_id == payment.id)
                .map(|r| r.number),
            what,
            package: owner.purchase().is_some(),
            payer,
            by: payment.method.parse().map_err(corrupt)?,
            note: self.notes.get(&payment.id).cloned(),
        })
    }
}
