//! What happened to an appointment, read back from its append-only history for the desk.

use kernel::id::AppointmentId;
use kernel::instant::Instant;
use kernel::money::Money;
use sea_orm::DbErr;
use serde::de::DeserializeOwned;

use super::fee::FeeDecision;
use super::lifecycle::{Party, Reason};
use crate::Booking;
use crate::money::Owner;
use crate::money::payment::PaidBy;
use crate::store::{self, corrupt};

/// One step of an appointment's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, UTC.
    pub at: Instant,
    /// What it was.
    pub kind: EventKind,
}

/// The steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The parent booked.
    Booked,
    /// The consultant added it by hand.
    AddedByConsultant,
    /// It was marked as paid.
    Paid {
        /// In which way.
        by: PaidBy,
        /// How much.
        amount: Money,
    },
    /// The parent cancelled.
    CancelledByParent {
        /// Why, when she said so.
        reason: Option<Reason>,
    },
    /// The consultant cancelled.
    CancelledByConsultant,
    /// It was moved.
    Moved {
        /// Whether the consultant moved it.
        by_consultant: bool,
        /// Where it stood before, UTC.
        from: Instant,
        /// Where it was moved to, UTC.
        to: Instant,
    },
    /// The parent named another second recipient, or none any more.
    SecondRecipient {
        /// Whether there is one now.
        named: bool,
    },
    /// The consultant gave the family a link to book what is for clients.
    ClientLink {
        /// Whether it was mailed.
        mailed: bool,
    },
    /// The hold ended unpaid.
    Expired,
    /// The parent was asked for the answers that were not there.
    IntakeAsked,
    /// Its family gets nothing of our own accord any more.
    Silenced {
        /// Whether the consultant chose so; else it followed from the reason of the cancellation.
        by_consultant: bool,
    },
    /// The consultant lifted that.
    SilenceLifted,
    /// It took place.
    Completed {
        /// Whether she said so; otherwise a day had passed since its end.
        by_consultant: bool,
    },
    /// Nobody came.
    NoShow,
    /// She has waived what was owed.
    Waived {
        /// How much.
        amount: Money,
    },
    /// She has decided what is kept of a late cancellation or a missed visit.
    Fee {
        /// Whether it is kept; otherwise nothing is taken.
        kept: bool,
        /// How much.
        amount: Money,
    },
}

/// How a visit was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidHow {
    /// In which way.
    pub by: PaidBy,
    /// When it was marked, UTC.
    pub at: Instant,
    /// How much.
    pub amount: Money,
}

impl Booking {
    /// Everything that happened to an appointment, the oldest first.
    pub async fn history(&self, of: AppointmentId) -> Result<Vec<Event>, DbErr> {
        let rows = store::history::of(self.0.db.reader(), of).await?;
        rows.iter()
            .map(|row| {
                Ok(Event {
                    at: row.at,
                    kind: kind(row)?,
                })
            })
            .collect()
    }

    /// How it was paid the last time, if it was.
    pub async fn paid_how(&self, of: AppointmentId) -> Result<Option<PaidHow>, DbErr> {
        let payments = store::payment::of(self.0.db.reader(), Owner::Appointment(of)).await?;
        let Some(row) = payments.into_iter().next() else {
            return Ok(None);
        };
        Ok(Some(PaidHow {
            by: row.method.parse().map_err(corrupt)?,
            at: row.paid_at,
            amount: row.amount()?,
        }))
    }
}

fn kind(row: &store::history::Model) -> Result<EventKind, DbErr> {
    let by: Party = row.who.parse().map_err(corrupt)?;
    Ok(match row.event.as_str() {
        "booked" if by == Party::Consultant => EventKind::AddedByConsultant,
        "booked" => EventKind::Booked,
        "paid" => EventKind::Paid {
            by: fact(row, "method")?,
            amount: amount(row)?,
        },
        "cancelled" if by == Party::Consultant => EventKind::CancelledByConsultant,
        "cancelled" => {
            let reason = row
                .facts
                .get("reason")
                .and_then(|r| r.as_str())
                .map(str::parse)
                .transpose();
            EventKind::CancelledByParent {
                reason: reason.map_err(corrupt)?,
            }
        }
        "moved" => EventKind::Moved {
            by_consultant: by == Party::Consultant,
            from: fact(row, "from")?,
            to: fact(row, "to")?,
        },
        "second_recipient" => EventKind::SecondRecipient {
            named: row
                .facts
                .get("named")
                .and_then(serde_json::Value::as_bool)
                .unwrap_or(false),
        },
        "client_link" => EventKind::ClientLink {
            mailed: row
                .facts
                .get("mailed")
                .and_then(serde_json::Value::as_bool)
                .unwrap_or(false),
        },
        "expired" => EventKind::Expired,
        "intake_asked" => EventKind::IntakeAsked,
        "silenced" => EventKind::Silenced {
            by_consultant: by == Party::Consultant,
        },
        "silence_lifted" => EventKind::SilenceLifted,
        "completed" => EventKind::Completed {
            by_consultant: by == Party::Consultant,
        },
        "no_show" => EventKind::NoShow,
        "fee" => EventKind::Fee {
            kept: fact::<FeeDecision>(row, "decision")? == FeeDecision::Kept,
            amount: amount(row)?,
        },
        "waived" => EventKind::Waived { amount: amount(row)? },
        other => return Err(corrupt(format!("the history has an event {other}"))),
    })
}

fn fact<T: DeserializeOwned>(row: &store::history::Model, name: &str) -> Result<T, DbErr> {
    let value = row.facts.get(name).cloned().unwrap_or_default();
    store::from_json(value)
}

fn amount(row: &store::history::Model) -> Result<Money, DbErr> {
    Ok(Money::new(fact(row, "minor")?, fact(row, "currency")?))
}
