//! The questions that stand open with the payment service, looked at again and again: what a webhook did not tell is learnt here, pages
//! that could not be made are made, and pages of what can no longer be paid are ended.

use kernel::db::write;
use kernel::id::TroubleId;
use kernel::instant::Instant;
use kernel::money::Money;
use sea_orm::{DatabaseTransaction, DbErr};

use super::Owner;
use super::checkout::{close, later};
use super::service::ServiceError;
use crate::Booking;
use crate::appointment::State;
use crate::store::checkout::Model;
use crate::store::{self, corrupt, payment_trouble};

/// How many are looked at in one round.
const AT_ONCE: u64 = 50;
/// How many troubles are shown at once.
const SHOWN: u64 = 50;

/// Money that came in and fits nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Which.
    pub id: TroubleId,
    /// For what it came, as far as that is known.
    pub of: Option<Owner>,
    /// What is wrong.
    pub what: TroubleKind,
    /// How much came in, when it is an amount of a currency we know.
    pub amount: Option<Money>,
    /// The service's name of the session, to find it there.
    pub session: String,
    /// Since when.
    pub at: Instant,
}

/// What is wrong with money that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TroubleKind {
    /// Another amount than was asked for.
    Amount,
    /// Another currency.
    Currency,
    /// Of another question.
    Session,
    /// Of none of ours.
    Unknown,
}

impl Booking {
    /// Looks at every open question that is due; says how many. Stops at the first one that the service does not answer. Safe to run
    /// twice, in two instances.
    pub async fn look_at_payments_due(&self, now: Instant) -> Result<u64, DbErr> {
        if !self.pays_online() {
            return Ok(0);
        }
        let mut looked = 0;
        for row in store::checkout::due(self.0.db.reader(), now, AT_ONCE).await? {
            if !write(&self.0.db, (row.clone(), later(now, row.looks)), taken).await? {
                continue;
            }
            if let Err(error) = self.look_at_one(&row, now).await? {
                tracing::warn!(payment = %row.id, %error, "a payment could not be looked at");
                break;
            }
            looked += 1;
        }
        Ok(looked)
    }

    async fn look_at_one(&self, row: &Model, now: Instant) -> Result<Result<(), ServiceError>, DbErr> {
        let waits = self.still_waits(row.owner()?).await?;
        match (row.state.as_str(), row.session_id.as_deref()) {
            ("wanted", _) if waits => Ok(self.ask_for_page(row, now).await?.map(drop)),
            // Nobody was shown its page; once its time is over there is none.
            ("wanted", _) if row.expires_at <= now => {
                write(&self.0.db, (self.clone(), row.clone(), now), over).await?;
                Ok(Ok(()))
            }
            ("wanted", _) => Ok(Ok(())),
            ("open", Some(session)) if !waits => match self.0.payments.close(session).await {
                Ok(session) => self.settle(row.id, session, false, None, now).await.map(Ok),
                Err(error) => Ok(Err(error)),
            },
            _ => Ok(self.ask_how_it_stands(row, now).await),
        }
    }

    async fn still_waits(&self, of: Owner) -> Result<bool, DbErr> {
        let db = self.0.db.reader();
        Ok(match of {
            Owner::Appointment(id) => match store::appointment::find(db, id).await? {
                Some(row) => matches!(row.state()?, State::AwaitingPayment { .. }),
                None => false,
            },
            Owner::Purchase(id) => store::purchase::find(db, id)
                .await?
                .is_some_and(|row| row.paid_at.is_none()),
        })
    }

    /// What came in and fits nothing, as long as she has not seen it, the oldest first.
    pub async fn payment_troubles(&self) -> Result<Vec<Trouble>, DbErr> {
        let rows = payment_trouble::open(self.0.db.reader(), SHOWN).await?;
        rows.into_iter().map(trouble).collect()
    }

    /// She has seen it.
    pub async fn payment_trouble_seen(&self, id: TroubleId, now: Instant) -> Result<(), DbErr> {
        write(
            &self.0.db,
            (id, now),
            async |tx: &DatabaseTransaction, (id, now): &(TroubleId, Instant)| {
                payment_trouble::seen(tx, *id, *now).await
            },
        )
        .await
    }
}

async fn taken(tx: &DatabaseTransaction, (row, next): &(Model, Instant)) -> Result<bool, DbErr> {
    store::checkout::take(tx, row, *next).await
}

async fn over(tx: &DatabaseTransaction, (booking, row, now): &(Booking, Model, Instant)) -> Result<(), DbErr> {
    close(tx, booking, row, "checkout_closed", *now).await
}

fn trouble(row: payment_trouble::Model) -> Result<Trouble, DbErr> {
    let amount = match (row.minor, row.currency) {
        (Some(minor), Some(currency)) => Some(Money::new(minor, currency.parse().map_err(corrupt)?)),
        _ => None,
    };
    Ok(Trouble {
        id: row.id,
        of: row
            .appointment_id
            .map(Owner::Appointment)
            .or(row.purchase_id.map(Owner::Purchase)),
        what: match row.what.as_str() {
            "amount" => TroubleKind::Amount,
            "currency" => TroubleKind::Currency,
            "session" => TroubleKind::Session,
            "unknown" => TroubleKind::Unknown,
            other => return Err(corrupt(format!("a trouble is {other:?}"))),
        },
        amount,
        session: row.session_id,
        at: row.at,
    })
}
