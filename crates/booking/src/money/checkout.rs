//! Asking the payment service for a page on which something is paid.
//!
//! First a row says what shall be asked, committed; then the service is asked, with the row's id as idempotency key; then the answer
//! is written down. After a crash between two of these the next one who wants to pay, or the reconciler, asks the same again.

use jiff::SignedDuration;
use kernel::db::{claim, write};
use kernel::id::{AppointmentId, PaymentId};
use kernel::instant::Instant;
use kernel::money::Money;
use kernel::token::Token;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::Owner;
use super::service::{Order, ServiceError, Session};
use crate::Booking;
use crate::appointment::{Party, State};
use crate::practice::Terms;
use crate::store::checkout::Model;
use crate::store::payment_history::Line;
use crate::store::{self, corrupt, payment_history};

/// How long a time is kept for somebody who pays online, in minutes.
pub const ONLINE_HOLD_MINUTES: i64 = 31;
/// A service takes no page that ends sooner than that, in minutes …
const SHORTEST_MINUTES: i64 = 30;
/// … nor one that ends later.
const LONGEST_MINUTES: i64 = 24 * 60;
/// What the service's clock may differ from ours, in minutes.
const CLOCKS_MINUTES: i64 = 1;
/// How often a page is made anew within one request: when the one there was is over, or was refused.
const ROUNDS: usize = 3;

/// Where a parent stands who wants to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// She pays there.
    Page(String),
    /// She has paid, and the money is on its way.
    Pending,
    /// Nothing waits to be paid online.
    Nothing,
    /// The service does not answer; it is asked again.
    Away,
    /// The service does not take it.
    Refused,
}

impl Booking {
    /// Whether parents pay online, on the page of a service.
    pub fn pays_online(&self) -> bool {
        self.0.payments.online()
    }

    /// How long an unpaid visit is kept, in minutes.
    pub(crate) fn hold_minutes(&self, terms: Terms) -> i64 {
        if self.pays_online() && terms != Terms::ThirdParty {
            ONLINE_HOLD_MINUTES
        } else {
            60 * i64::from(self.0.settings.hold_hours)
        }
    }

    /// The page on which this is paid: the one there is, or a new one. Asks the service, outside of any transaction.
    pub async fn begin_payment(&self, of: Owner, now: Instant) -> Result<Begun, DbErr> {
        if !self.pays_online() {
            return Ok(Begun::Nothing);
        }
        for _ in 0..ROUNDS {
            let Some(row) = write(&self.0.db, (self.clone(), of, now), want).await? else {
                return Ok(Begun::Nothing);
            };
            match (row.state.as_str(), &row.url) {
                ("pending", _) => return Ok(Begun::Pending),
                ("open", Some(url)) if row.expires_at > now => return Ok(Begun::Page(url.clone())),
                // Over: whether it was paid before is asked, and then it is closed.
                ("open", _) => match self.ask_how_it_stands(&row, now).await {
                    Ok(()) => {}
                    Err(error) => return Ok(self.not_begun(&error)),
                },
                _ => match self.ask_for_page(&row, now).await? {
                    Ok(Some(url)) => return Ok(Begun::Page(url)),
                    // Closed now: what it asked for can no longer be had, a new question can.
                    Ok(None) => {}
                    Err(error) => return Ok(self.not_begun(&error)),
                },
            }
        }
        Ok(Begun::Refused)
    }

    fn not_begun(&self, error: &ServiceError) -> Begun {
        tracing::warn!(service = self.0.payments.name(), %error, "no page to pay on");
        Begun::Away
    }

    /// Asks for the page of a row that is `wanted`. `None`: it was refused, and is closed.
    pub(super) async fn ask_for_page(
        &self,
        row: &Model,
        now: Instant,
    ) -> Result<Result<Option<String>, ServiceError>, DbErr> {
        let owner = row.owner()?;
        let order = Order {
            payment: row.id,
            of: owner,
            token: self.page_of(self.0.db.reader(), owner).await?,
            amount: row.amount()?,
            title: row.title.clone(),
            expires_at: row.expires_at,
        };
        match self.0.payments.begin(&order).await {
            Ok(session) => {
                let opened = write(&self.0.db, (self.clone(), row.id, session, now), opened).await?;
                Ok(Ok(opened))
            }
            Err(ServiceError::Refused(why)) => {
                tracing::warn!(payment = %row.id, why, "the payment service took no order");
                write(&self.0.db, (self.clone(), row.id, now), refused).await?;
                Ok(Ok(None))
            }
            Err(error) => Ok(Err(error)),
        }
    }

    /// The link of the owner's own page.
    async fn page_of(&self, db: &impl ConnectionTrait, owner: Owner) -> Result<Token, DbErr> {
        Ok(match owner {
            Owner::Appointment(id) => {
                let row = store::appointment::find(db, id).await?;
                let row = row.ok_or_else(|| corrupt("a checkout without its appointment"))?;
                self.token_of(&self.facts(db, &row).await?)
            }
            Owner::Purchase(id) => {
                let row = store::purchase::find(db, id).await?;
                let row = row.ok_or_else(|| corrupt("a checkout without its purchase"))?;
                self.purchase_link(id, row.generation)
            }
        })
    }
}

/// How far the way to pay online is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Where it is paid, when that page is there.
    pub page: Option<String>,
    /// Whether it was paid, and the money is on its way.
    pub pending: bool,
}

impl Booking {
    /// The page on which this can be paid, as far as it was made; asks nobody.
    pub async fn payment_way(&self, of: Owner, now: Instant) -> Result<Way, DbErr> {
        let live = store::checkout::live(self.0.db.reader(), of).await?;
        Ok(live.map_or_else(Way::default, |row| Way {
            pending: row.state == "pending",
            page: row.url.filter(|_| row.state == "open" && row.expires_at > now),
        }))
    }
}

/// What is asked of a service: how much, for how long, and under which discreet name.
struct Wanted {
    amount: Money,
    until: Instant,
    title: String,
}

/// What of this waits to be paid online, read under its lock.
async fn waiting(
    tx: &DatabaseTransaction,
    booking: &Booking,
    of: Owner,
    now: Instant,
) -> Result<Option<Wanted>, DbErr> {
    let practice = store::practice::load(tx).await?;
    let practice = practice.ok_or_else(|| corrupt("something to pay without a practice"))?;
    Ok(match of {
        Owner::Appointment(id) => {
            let Some(row) = store::appointment::lock(tx, id).await? else {
                return Ok(None);
            };
            let facts = booking.facts(tx, &row).await?;
            match facts.state {
                State::AwaitingPayment { hold_until } if hold_until > now && facts.terms != Terms::ThirdParty => {
                    Some(Wanted {
                        amount: facts.owed(),
                        until: hold_until,
                        title: format!("Appointment with {}", practice.discreet_name),
                    })
                }
                _ => None,
            }
        }
        Owner::Purchase(id) => {
            claim(tx, &[super::key(id)]).await?;
            let row = store::purchase::find(tx, id).await?;
            match row.filter(|row| row.paid_at.is_none()) {
                Some(row) => Some(Wanted {
                    amount: Money::new(row.price_minor, row.currency.parse().map_err(corrupt)?),
                    until: now.plus_minutes(LONGEST_MINUTES),
                    title: "Package".into(),
                }),
                None => None,
            }
        }
    })
}

/// The question that stands, or a new one; `None` when nothing waits to be paid.
async fn want(
    tx: &DatabaseTransaction,
    (booking, of, now): &(Booking, Owner, Instant),
) -> Result<Option<Model>, DbErr> {
    let Some(wanted) = waiting(tx, booking, *of, *now).await? else {
        return Ok(None);
    };
    if let Some(row) = store::checkout::live(tx, *of).await? {
        return Ok(Some(row));
    }
    let row = Model {
        id: PaymentId::new(*now, &booking.0.chance),
        appointment_id: of.appointment(),
        purchase_id: of.purchase(),
        minor: wanted.amount.minor,
        currency: wanted.amount.currency.code().into(),
        state: "wanted".into(),
        title: wanted.title,
        session_id: None,
        url: None,
        created_at: *now,
        expires_at: ends(wanted.until, *now),
        look_at: Some(later(*now, 0)),
        looks: 0,
    };
    Ok(store::checkout::add(tx, row.clone()).await?.then_some(row))
}

/// When the page ends: with the hold, as far as the service's bounds allow.
fn ends(until: Instant, now: Instant) -> Instant {
    let soonest = now.plus_minutes(SHORTEST_MINUTES + CLOCKS_MINUTES);
    let latest = now.plus_minutes(LONGEST_MINUTES - CLOCKS_MINUTES);
    until.max(soonest).min(latest)
}

/// When the service is asked the next time after so many times: sooner at first, at most ten minutes apart.
pub(super) fn later(now: Instant, looks: i32) -> Instant {
    let seconds = 5_i64 << looks.clamp(0, 7);
    now + SignedDuration::from_secs(seconds.min(600))
}

/// The page is there. `None`: the question was closed meanwhile.
async fn opened(
    tx: &DatabaseTransaction,
    (booking, id, session, now): &(Booking, PaymentId, Session, Instant),
) -> Result<Option<String>, DbErr> {
    let row = store::checkout::lock(tx, *id).await?;
    let row = row.ok_or_else(|| corrupt("a checkout that was asked for is missing"))?;
    if row.state != "wanted" {
        return Ok(row.url.filter(|_| row.state == "open"));
    }
    let new = Model {
        state: "open".into(),
        session_id: Some(session.id.clone()),
        url: session.url.clone(),
        look_at: Some(later(*now, 1)),
        looks: 0,
        ..row.clone()
    };
    store::checkout::change(tx, &row, &new).await?;
    note(tx, booking, &row, "checkout_opened", *now).await?;
    Ok(new.url)
}

/// The service does not take the question.
async fn refused(tx: &DatabaseTransaction, (booking, id, now): &(Booking, PaymentId, Instant)) -> Result<(), DbErr> {
    match store::checkout::lock(tx, *id).await? {
        Some(row) if row.state == "wanted" => close(tx, booking, &row, "checkout_refused", *now).await,
        _ => Ok(()),
    }
}

/// What waited to be paid waits no longer: its page is ended by the reconciler, at once.
pub(crate) async fn stop(tx: &DatabaseTransaction, id: AppointmentId, now: Instant) -> Result<(), DbErr> {
    store::checkout::look_now(tx, Owner::Appointment(id), now).await
}

/// It can no longer be paid.
pub(super) async fn close(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &Model,
    event: &'static str,
    now: Instant,
) -> Result<(), DbErr> {
    let new = Model {
        state: "closed".into(),
        look_at: None,
        ..row.clone()
    };
    if store::checkout::change(tx, row, &new).await? {
        note(tx, booking, row, event, now).await?;
    }
    Ok(())
}

/// A line of the history of money about a question.
pub(super) async fn note(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &Model,
    event: &'static str,
    now: Instant,
) -> Result<(), DbErr> {
    let line = Line {
        of: row.owner()?,
        event,
        who: Party::Program,
        login: None,
        payment: Some(row.id),
        refund: None,
        amount: Some(row.amount()?),
        facts: serde_json::json!({ "service": booking.0.payments.name() }),
    };
    payment_history::add(tx, line, now, &booking.0.chance).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_with_the_hold_within_the_bounds_of_the_service() {
        let now: Instant = "2026-03-02T10:00:00Z".parse().unwrap();
        let hold = now.plus_minutes(ONLINE_HOLD_MINUTES);
        assert_eq!(ends(hold, now), hold);
        assert_eq!(ends(now.plus_minutes(3), now), now.plus_minutes(31));
        assert_eq!(ends(now.plus_minutes(99_999), now), now.plus_minutes(1439));
    }

    #[test]
    fn the_service_is_asked_sooner_at_first() {
        let now: Instant = "2026-03-02T10:00:00Z".parse().unwrap();
        let waits: Vec<i64> = (0..10).map(|looks| (later(now, looks) - now).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
    }
}
