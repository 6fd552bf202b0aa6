//! Giving money back: an intent first (`due`), then asked for (`asked`), then `done`, or `failed` and shown to the consultant.
//!
//! The intent stands in the transaction that makes it so: the cancellation, the consultant's tap, the payment that came too late. A
//! reconciler carries it out, with the intent's id as idempotency key, so that a crash at any moment gives back once. What was paid by
//! hand is given back by hand: the intent waits for her mark. Never more goes back than came in.

use jiff::SignedDuration;
use kernel::db::{claim, write};
use kernel::id::{AppointmentId, LoginId, RefundId};
use kernel::instant::Instant;
use kernel::money::Money;
use sea_orm::{DatabaseTransaction, DbErr};

use super::checkout::later;
use super::notice::{BackWhy, PurchaseNoticeKind};
use super::service::{GiveBack, GivenBack, ServiceError};
use super::{Owner, purchase};
use crate::Booking;
use crate::appointment::{Notice, NoticeKind, Party};
use crate::store::payment::Model as Payment;
use crate::store::payment_history::Line;
use crate::store::refund::Model;
use crate::store::{self, corrupt, payment_event, payment_history};

/// How many are asked for in one round of the reconciler.
const AT_ONCE: u64 = 50;
/// So long after it was asked for, in seconds, without an answer, the same is asked again: longer than an answer may take.
const LEASE_SECONDS: i64 = 12;
/// The service knows a key for a day: a question that stood open for longer is not repeated blindly.
const KEY_HOURS: i64 = 23;
/// What is said of one whose answer never came.
const NO_ANSWER: &str = "no_answer";

/// Why nothing goes back.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    /// There is none of this id.
    #[error("no such payment")]
    NotFound,
    /// That is nothing, or more than what is left of what came in.
    #[error("at most {} minor units can go back", left.minor)]
    NotThatMuch {
        /// What is left.
        left: Money,
    },
    /// It is in no state from which that is possible.
    #[error("the refund is {0}")]
    NotNow(String),
    /// The database failed.
    #[error("the refund could not be written")]
    Database(#[from] DbErr),
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefundState {
    /// The service will be asked within seconds.
    Due,
    /// It was asked.
    Asked,
    /// The consultant has to give it back.
    ByHand,
    /// It goes back, or was given back.
    Done,
    /// It did not go back.
    Failed,
}

/// A refund as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundView {
    /// Which.
    pub id: RefundId,
    /// Of what.
    pub of: Owner,
    /// Who paid.
    pub name: String,
    /// How much.
    pub amount: Money,
    /// Where it stands.
    pub state: RefundState,
    /// Why.
    pub why: BackWhy,
    /// Since when.
    pub since: Instant,
    /// The service's word for the reason, when it failed.
    pub failure: Option<String>,
}

impl Model {
    fn standing(&self) -> Result<RefundState, DbErr> {
        Ok(match (self.state.as_str(), self.provider.as_str()) {
            ("due", "manual") => RefundState::ByHand,
            ("due", _) => RefundState::Due,
            ("asked", _) => RefundState::Asked,
            ("done", _) => RefundState::Done,
            ("failed", _) => RefundState::Failed,
            (other, _) => return Err(corrupt(format!("a refund is {other:?}"))),
        })
    }
}

/// Why, and the consultant who says so.
pub(crate) type Because = (BackWhy, Option<LoginId>);

/// Writes down that this much of a payment goes back. The caller holds its owner and has seen that it is not more than is left.
pub(crate) async fn due(
    tx: &DatabaseTransaction,
    booking: &Booking,
    payment: &Payment,
    amount: Money,
    (why, login): Because,
    now: Instant,
) -> Result<(), DbErr> {
    let by_service = payment.provider != "manual" && payment.provider_id.is_some();
    let row = Model {
        id: RefundId::new(now, &booking.0.chance),
        payment_id: payment.id,
        minor: amount.minor,
        currency: amount.currency.code().into(),
        state: "due".into(),
        why: why.to_string(),
        provider: if by_service {
            payment.provider.clone()
        } else {
            "manual".into()
        },
        provider_id: None,
        login_id: login,
        created_at: now,
        asked_at: None,
        done_at: None,
        look_at: by_service.then_some(now),
        round: 1,
        looks: 0,
        failure: None,
    };
    store::refund::add(tx, row.clone()).await?;
    note(tx, booking, payment.owner()?, &row, ("refund_due", login), now).await
}

/// What the policy gives back of a visit that is cancelled; the caller has locked it and added it to what went back.
pub(crate) async fn refund_by_policy(
    tx: &DatabaseTransaction,
    booking: &Booking,
    id: AppointmentId,
    (amount, login): (Money, Option<LoginId>),
    now: Instant,
) -> Result<(), DbErr> {
    spread(
        tx,
        booking,
        Owner::Appointment(id),
        amount,
        (BackWhy::Policy, login),
        now,
    )
    .await
}

/// The same for what was paid in several payments: from the latest one on. What is left of them limits it.
pub(crate) async fn spread(
    tx: &DatabaseTransaction,
    booking: &Booking,
    of: Owner,
    amount: Money,
    because: Because,
    now: Instant,
) -> Result<(), DbErr> {
    let payments = store::payment::of(tx, of).await?;
    let before = store::refund::of(tx, payments.iter().map(|p| p.id).collect()).await?;
    let mut rest = amount.minor;
    for payment in payments {
        let gone: i64 = before
            .iter()
            .filter(|r| r.payment_id == payment.id)
            .map(|r| r.minor)
            .sum();
        let part = rest.min(payment.minor - gone);
        if part > 0 {
            let part = Money::new(part, amount.currency);
            due(tx, booking, &payment, part, because, now).await?;
            rest -= part.minor;
        }
    }
    if rest > 0 {
        return Err(corrupt("more would go back than came in"));
    }
    Ok(())
}

async fn note(
    tx: &DatabaseTransaction,
    booking: &Booking,
    of: Owner,
    row: &Model,
    (event, login): (&'static str, Option<LoginId>),
    now: Instant,
) -> Result<(), DbErr> {
    let line = Line {
        of,
        event,
        who: login.map_or(Party::Program, |_| Party::Consultant),
        login,
        payment: Some(row.payment_id),
        refund: Some(row.id),
        amount: Some(row.amount()?),
        facts: serde_json::json!({ "why": row.why, "provider": row.provider, "round": row.round }),
    };
    payment_history::add(tx, line, now, &booking.0.chance).await
}

impl Booking {
    /// Gives back what was paid of an appointment or a purchase: so much, or all that is left. Of a purchase `end` ends the visits that are
    /// left of it; all of its money ends them in any case.
    pub async fn refund(
        &self,
        of: Owner,
        amount: Option<i64>,
        end: bool,
        login: LoginId,
        now: Instant,
    ) -> Result<Money, RefundError> {
        write(&self.0.db, (self.clone(), of, amount, end, login, now), by_desk).await
    }

    /// Asks again for one that failed: a new question to the service.
    pub async fn refund_again(&self, id: RefundId, login: LoginId, now: Instant) -> Result<(), RefundError> {
        write(&self.0.db, (self.clone(), id, login, now), again).await
    }

    /// The consultant has given it back herself.
    pub async fn refund_given(&self, id: RefundId, login: LoginId, now: Instant) -> Result<(), RefundError> {
        write(&self.0.db, (self.clone(), id, login, now), given).await
    }

    /// Everything that is not done, the oldest first.
    pub async fn open_refunds(&self) -> Result<Vec<RefundView>, DbErr> {
        self.refund_views(store::refund::open(self.0.db.reader(), 200).await?)
            .await
    }

    /// What went back of one thing, or shall, the oldest first.
    pub async fn refunds_of(&self, of: Owner) -> Result<Vec<RefundView>, DbErr> {
        let db = self.0.db.reader();
        let payments = store::payment::every(db, of).await?;
        self.refund_views(store::refund::of(db, payments).await?).await
    }

    async fn refund_views(&self, rows: Vec<Model>) -> Result<Vec<RefundView>, DbErr> {
        let db = self.0.db.reader();
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let payment = store::payment::find(db, row.payment_id).await?;
            let of = payment
                .ok_or_else(|| corrupt("a refund without its payment"))?
                .owner()?;
            let name = match of {
                Owner::Appointment(id) => store::appointment::find(db, id).await?.map(|a| a.parent_name),
                Owner::Purchase(id) => store::purchase::find(db, id).await?.map(|p| p.buyer_name),
            };
            all.push(RefundView {
                id: row.id,
                of,
                name: name.unwrap_or_default(),
                amount: row.amount()?,
                state: row.standing()?,
                why: row.why.parse().map_err(corrupt)?,
                since: row.created_at,
                failure: row.failure,
            });
        }
        Ok(all)
    }

    /// Asks the service for every refund that is due; says how many went back. Safe to run twice, in two instances.
    pub async fn refund_due(&self, now: Instant) -> Result<u64, DbErr> {
        let mut done = 0;
        for row in store::refund::due(self.0.db.reader(), now, AT_ONCE).await? {
            let Some((row, ask)) = write(&self.0.db, (self.clone(), row, now), take).await? else {
                continue;
            };
            let said = self.0.payments.give_back(&ask).await;
            let away = matches!(
                said,
                Err(ServiceError::Away(_) | ServiceError::Nonsense(_) | ServiceError::Key)
            );
            if let Err(error) = &said {
                tracing::warn!(refund = %row.id, %error, "money does not go back yet");
            }
            done += u64::from(write(&self.0.db, (self.clone(), row, said, now), answered).await?);
            if away {
                break;
            }
        }
        Ok(done)
    }
}

async fn by_desk(
    tx: &DatabaseTransaction,
    (booking, of, amount, end, login, now): &(Booking, Owner, Option<i64>, bool, LoginId, Instant),
) -> Result<Money, RefundError> {
    let because = (BackWhy::Consultant, Some(*login));
    match *of {
        Owner::Appointment(id) => {
            let row = store::appointment::lock(tx, id).await?.ok_or(RefundError::NotFound)?;
            let left = booking.facts(tx, &row).await?.received();
            let amount = part(left, *amount)?;
            give_back_visit(tx, booking, &row, amount, because, *now).await?;
            Ok(amount)
        }
        Owner::Purchase(id) => {
            claim(tx, &[super::key(id)]).await?;
            let row = store::purchase::find(tx, id).await?.ok_or(RefundError::NotFound)?;
            let currency = row.currency.parse().map_err(corrupt)?;
            let paid = if row.paid_at.is_some() { row.price_minor } else { 0 };
            let left = Money::new(paid - row.refunded_minor, currency);
            let amount = part(left, *amount)?;
            let ends = *end || amount == left;
            let row = purchase::refunded(tx, booking, &row, amount.minor, ends, *login, *now).await?;
            spread(tx, booking, *of, amount, because, *now).await?;
            let kind = PurchaseNoticeKind::GivenBack { amount, why: because.0 };
            purchase::tell_of(tx, booking, &row, kind, *now).await?;
            Ok(amount)
        }
    }
}

/// This much of a visit's money goes back, and the family is told; its row is locked.
pub(crate) async fn give_back_visit(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &store::appointment::Model,
    amount: Money,
    because: Because,
    now: Instant,
) -> Result<store::appointment::Model, DbErr> {
    let mut new = row.clone();
    new.refunded_minor += amount.minor;
    new.changed_at = now;
    if !store::appointment::change(tx, row, &new).await? {
        return Err(corrupt("an appointment changed under its lock"));
    }
    spread(tx, booking, Owner::Appointment(row.id), amount, because, now).await?;
    let notice = Notice {
        kind: NoticeKind::GivenBack { amount, why: because.0 },
        facts: booking.facts(tx, &new).await?,
    };
    booking.0.notices.notify(tx, &notice, now).await?;
    Ok(new)
}

fn part(left: Money, wished: Option<i64>) -> Result<Money, RefundError> {
    let minor = wished.unwrap_or(left.minor);
    if minor < 1 || minor > left.minor {
        return Err(RefundError::NotThatMuch { left });
    }
    Ok(Money::new(minor, left.currency))
}

async fn owner_of(tx: &DatabaseTransaction, row: &Model) -> Result<Payment, DbErr> {
    let payment = store::payment::find(tx, row.payment_id).await?;
    payment.ok_or_else(|| corrupt("a refund without its payment"))
}

/// Marks one as asked and says what to ask. `None`: somebody else has it.
async fn take(
    tx: &DatabaseTransaction,
    (booking, row, now): &(Booking, Model, Instant),
) -> Result<Option<(Model, GiveBack)>, DbErr> {
    let payment = owner_of(tx, row).await?;
    let first = row.state == "due";
    let mut new = Model {
        state: "asked".into(),
        asked_at: row.asked_at.or(Some(*now)),
        look_at: Some(*now + SignedDuration::from_secs(LEASE_SECONDS)),
        looks: row.looks.saturating_add(1),
        ..row.clone()
    };
    let too_old = row
        .asked_at
        .is_some_and(|at| *now - at > SignedDuration::from_hours(KEY_HOURS));
    if too_old {
        (new.state, new.look_at, new.failure) = ("failed".into(), None, Some(NO_ANSWER.into()));
    }
    if !store::refund::change(tx, row, &new).await? {
        return Ok(None);
    }
    if too_old {
        note(tx, booking, payment.owner()?, &new, ("refund_failed", None), *now).await?;
        return Ok(None);
    }
    if first {
        note(tx, booking, payment.owner()?, &new, ("refund_asked", None), *now).await?;
    }
    let key = if row.round == 1 {
        row.id.to_string()
    } else {
        format!("{}-{}", row.id, row.round)
    };
    let ask = GiveBack {
        key,
        refund: row.id,
        intent: payment.provider_id.unwrap_or_default(),
        amount: row.amount()?,
    };
    Ok(Some((new, ask)))
}

/// Writes down what became of the question; whether the money goes back.
async fn answered(
    tx: &DatabaseTransaction,
    (booking, row, said, now): &(Booking, Model, Result<GivenBack, ServiceError>, Instant),
) -> Result<bool, DbErr> {
    let mut new = row.clone();
    let event = match said {
        Ok(GivenBack::Done { id }) => {
            (new.state, new.provider_id, new.done_at) = ("done".into(), Some(id.clone()), Some(*now));
            "refund_done"
        }
        Ok(GivenBack::Failed { id, why }) => {
            (new.state, new.provider_id, new.failure) = ("failed".into(), Some(id.clone()), Some(why.clone()));
            "refund_failed"
        }
        Ok(GivenBack::ByHand) => {
            (new.state, new.provider) = ("due".into(), "manual".into());
            "refund_due"
        }
        Err(ServiceError::Refused(why)) => {
            (new.state, new.failure) = ("failed".into(), Some(why.clone()));
            "refund_failed"
        }
        Err(_) => {
            new.look_at = Some(later(*now, row.looks));
            return store::refund::change(tx, row, &new).await.map(|_| false);
        }
    };
    new.look_at = None;
    if !store::refund::change(tx, row, &new).await? {
        return Ok(false);
    }
    let of = owner_of(tx, row).await?.owner()?;
    note(tx, booking, of, &new, (event, None), *now).await?;
    Ok(new.state == "done")
}

async fn again(
    tx: &DatabaseTransaction,
    (booking, id, login, now): &(Booking, RefundId, LoginId, Instant),
) -> Result<(), RefundError> {
    let row = store::refund::lock(tx, *id).await?.ok_or(RefundError::NotFound)?;
    if row.state != "failed" || row.provider == "manual" {
        return Err(RefundError::NotNow(row.state));
    }
    let new = Model {
        state: "due".into(),
        asked_at: None,
        look_at: Some(*now),
        round: row.round + 1,
        looks: 0,
        failure: None,
        ..row.clone()
    };
    changed(tx, booking, &row, &new, ("refund_again", *login), *now).await
}

async fn given(
    tx: &DatabaseTransaction,
    (booking, id, login, now): &(Booking, RefundId, LoginId, Instant),
) -> Result<(), RefundError> {
    let row = store::refund::lock(tx, *id).await?.ok_or(RefundError::NotFound)?;
    if !matches!(row.standing()?, RefundState::ByHand | RefundState::Failed) {
        return Err(RefundError::NotNow(row.state));
    }
    let new = Model {
        state: "done".into(),
        provider: "manual".into(),
        done_at: Some(*now),
        look_at: None,
        ..row.clone()
    };
    changed(tx, booking, &row, &new, ("refund_done", *login), *now).await
}

async fn changed(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &Model,
    new: &Model,
    (event, login): (&'static str, LoginId),
    now: Instant,
) -> Result<(), RefundError> {
    if !store::refund::change(tx, row, new).await? {
        return Err(RefundError::NotNow(row.state.clone()));
    }
    let of = owner_of(tx, row).await?.owner()?;
    Ok(note(tx, booking, of, new, (event, Some(login)), now).await?)
}

/// The service says later that it did not go back.
pub(super) async fn failed_after_all(
    tx: &DatabaseTransaction,
    (booking, (event, kind), id, why, now): &(Booking, (String, String), String, String, Instant),
) -> Result<(), DbErr> {
    let heard = payment_event::Model {
        id: event.clone(),
        kind: kind.clone(),
        at: *now,
    };
    if !payment_event::add(tx, heard).await? {
        return Ok(());
    }
    let Some(row) = store::refund::by_provider_id(tx, id).await? else {
        return Ok(());
    };
    if row.state != "done" || row.provider == "manual" {
        return Ok(());
    }
    let new = Model {
        state: "failed".into(),
        done_at: None,
        failure: Some(why.clone()),
        ..row.clone()
    };
    if store::refund::change(tx, &row, &new).await? {
        let of = owner_of(tx, &row).await?.owner()?;
        note(tx, booking, of, &new, ("refund_failed", None), *now).await?;
    }
    Ok(())
}
