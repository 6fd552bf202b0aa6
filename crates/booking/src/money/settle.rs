//! What the payment service says of a session, whoever asked: its own word (a webhook), a parent who came back, or the reconciler.
//!
//! All of them end in [`settle`], one transaction: a session that is paid confirms what it was for, once. What fits nothing (another
//! amount, another currency, another question) confirms nothing and is shown to the consultant. Money that can no longer be used goes
//! back by itself, with an apology.

use kernel::db::{Class, claim, class, write};
use kernel::id::{PaymentId, TroubleId};
use kernel::instant::Instant;
use kernel::money::Money;
use sea_orm::{DatabaseTransaction, DbErr};

use super::checkout::{close, later, note};
use super::notice::{BackWhy, PurchaseNoticeKind};
use super::paid::{Received, pay_appointment, pay_purchase, write_down};
use super::service::{ServiceError, Session, SessionStatus};
use super::{Owner, PaidBy, purchase, refund};
use crate::Booking;
use crate::appointment::{Late, Notice, NoticeKind, State};
use crate::store::checkout::Model;
use crate::store::{self, corrupt, payment_event, payment_trouble};

/// Something that the service told of its own accord, and that is its word: the signature was checked.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its id: what was told once is not heard again.
    pub id: String,
    /// Its kind, in the service's words.
    pub kind: String,
    /// What it is about.
    pub what: ToldOf,
}

/// What the service told of.
#[derive(Clone, Debug)]
pub enum ToldOf {
    /// How a session stands.
    Session {
        /// The session.
        session: Session,
        /// Whether a payment that was on its way did not arrive.
        failed: bool,
    },
    /// A refund that does not go back after all.
    RefundFailed {
        /// The service's name for it.
        id: String,
        /// Its word for the reason.
        why: String,
    },
    /// Nothing that matters here.
    Other,
}

/// What a session's word is heard with.
#[derive(Clone, Debug)]
struct Word {
    booking: Booking,
    checkout: PaymentId,
    session: Session,
    failed: bool,
    event: Option<(String, String)>,
    /// Whether an expired visit may take its time again; the database has said no to that once.
    revive: bool,
    now: Instant,
}

impl Booking {
    /// Hears what the service told; a second time changes nothing.
    pub async fn hear(&self, told: Told, now: Instant) -> Result<(), DbErr> {
        let event = (told.id, told.kind);
        match told.what {
            ToldOf::Session { session, failed } => {
                let Some(row) = self.checkout_of(&session, now).await? else {
                    return Ok(());
                };
                self.settle(row.id, session, failed, Some(event), now).await
            }
            ToldOf::RefundFailed { id, why } => {
                write(
                    &self.0.db,
                    (self.clone(), event, id, why, now),
                    refund::failed_after_all,
                )
                .await
            }
            ToldOf::Other => Ok(()),
        }
    }

    /// The question that a session answers: the one it names, else the one that has it.
    async fn checkout_of(&self, session: &Session, now: Instant) -> Result<Option<Model>, DbErr> {
        let db = self.0.db.reader();
        let has = store::checkout::by_session(db, &session.id).await?;
        let named = match session.payment {
            Some(id) => store::checkout::find(db, id).await?,
            None => None,
        };
        let Some(row) = has.clone().or(named.clone()) else {
            // Another shop may use the same account: what does not name us is not ours.
            if session.payment.is_some() {
                write(&self.0.db, (self.clone(), None, session.clone(), now), odd).await?;
            }
            return Ok(None);
        };
        if let (Some(has), Some(named)) = (&has, session.payment)
            && has.id != named
        {
            write(&self.0.db, (self.clone(), Some(has.clone()), session.clone(), now), odd).await?;
            return Ok(None);
        }
        // Asked for, and the answer was lost: the same question has the same answer, and only then can it be compared.
        if row.session_id.is_none() && row.state == "wanted" {
            if let Err(error) = self.ask_for_page(&row, now).await? {
                tracing::warn!(%error, "a session cannot be compared yet: it will be looked at again");
                return Ok(None);
            }
            return store::checkout::find(db, row.id).await;
        }
        Ok(Some(row))
    }

    /// Asks the service how the session of a question stands, and hears it.
    pub(super) async fn ask_how_it_stands(&self, row: &Model, now: Instant) -> Result<(), ServiceError> {
        let Some(id) = &row.session_id else { return Ok(()) };
        let session = self.0.payments.look(id).await?;
        self.settle(row.id, session, false, None, now)
            .await
            .map_err(|error| ServiceError::Away(format!("the database: {error}")))
    }

    /// A parent has come back from paying: asks the service at once. Whether it could be asked.
    pub async fn look_at_payment(&self, of: Owner, now: Instant) -> Result<bool, DbErr> {
        let Some(row) = store::checkout::live(self.0.db.reader(), of).await? else {
            return Ok(true);
        };
        match self.ask_how_it_stands(&row, now).await {
            Ok(()) => Ok(true),
            Err(error) => {
                tracing::warn!(%error, "a payment could not be looked at");
                Ok(false)
            }
        }
    }

    pub(super) async fn settle(
        &self,
        checkout: PaymentId,
        session: Session,
        failed: bool,
        event: Option<(String, String)>,
        now: Instant,
    ) -> Result<(), DbErr> {
        let word = Word {
            booking: self.clone(),
            checkout,
            session,
            failed,
            event,
            revive: true,
            now,
        };
        match write(&self.0.db, word.clone(), settle).await {
            // The database has the last word on the time: then the money goes back.
            Err(error) if class(&error) == Class::Taken => {
                let word = Word { revive: false, ..word };
                write(&self.0.db, word, settle).await
            }
            done => done,
        }
    }
}

async fn settle(tx: &DatabaseTransaction, word: &Word) -> Result<(), DbErr> {
    if let Some((id, kind)) = &word.event {
        let row = payment_event::Model {
            id: id.clone(),
            kind: kind.clone(),
            at: word.now,
        };
        if !payment_event::add(tx, row).await? {
            return Ok(());
        }
    }
    let found = store::checkout::find(tx, word.checkout).await?;
    let owner = found.ok_or_else(|| corrupt("a checkout is missing"))?.owner()?;
    // First what it is for, then the question: everywhere in this order.
    let late = match owner {
        Owner::Appointment(id) if word.session.paid => Late::claim(tx, &word.booking, id).await?,
        Owner::Appointment(_) => None,
        Owner::Purchase(id) => {
            claim(tx, &[super::key(id)]).await?;
            None
        }
    };
    let row = store::checkout::lock(tx, word.checkout).await?;
    let row = row.ok_or_else(|| corrupt("a checkout is missing"))?;
    if row.session_id.as_deref() != Some(word.session.id.as_str()) {
        return trouble(tx, &word.booking, Some(&row), &word.session, "session", word.now).await;
    }
    if !word.session.paid {
        return unpaid(tx, word, &row).await;
    }
    if row.state == "paid" {
        return Ok(());
    }
    let asked = row.amount()?;
    match word.session.amount {
        Some(amount) if amount == asked => {}
        Some(amount) if amount.currency == asked.currency => return unfit(tx, word, &row, "amount").await,
        _ => return unfit(tx, word, &row, "currency").await,
    }
    let received = Received {
        id: row.id,
        provider: word.booking.0.payments.name(),
        provider_id: word.session.intent.clone(),
        by: PaidBy::Online,
        amount: asked,
        at: word.now,
        login: None,
    };
    let paid = Model {
        state: "paid".into(),
        look_at: None,
        ..row.clone()
    };
    store::checkout::change(tx, &row, &paid).await?;
    match (owner, late) {
        (Owner::Purchase(id), _) => purchase_paid(tx, word, id, &received).await,
        (Owner::Appointment(_), Some(late)) => visit_paid(tx, word, late, &received).await,
        (Owner::Appointment(_), None) => Err(corrupt("a checkout without its appointment")),
    }
}

/// The money is not there: not yet, or not any more.
async fn unpaid(tx: &DatabaseTransaction, word: &Word, row: &Model) -> Result<(), DbErr> {
    if !matches!(row.state.as_str(), "open" | "pending") {
        return Ok(());
    }
    match word.session.status {
        _ if word.failed => close(tx, &word.booking, row, "checkout_closed", word.now).await,
        SessionStatus::Expired => close(tx, &word.booking, row, "checkout_closed", word.now).await,
        SessionStatus::Complete if row.state == "open" => {
            let new = Model {
                state: "pending".into(),
                looks: 0,
                look_at: Some(later(word.now, 2)),
                ..row.clone()
            };
            store::checkout::change(tx, row, &new).await?;
            note(tx, &word.booking, row, "checkout_pending", word.now).await
        }
        SessionStatus::Complete | SessionStatus::Open => Ok(()),
    }
}

/// The session is another's, or unknown.
async fn odd(
    tx: &DatabaseTransaction,
    (booking, row, session, now): &(Booking, Option<Model>, Session, Instant),
) -> Result<(), DbErr> {
    let what = if row.is_some() { "session" } else { "unknown" };
    trouble(tx, booking, row.as_ref(), session, what, *now).await
}

/// Paid, but not what was asked for: nothing is confirmed, and it is not asked again.
async fn unfit(tx: &DatabaseTransaction, word: &Word, row: &Model, what: &'static str) -> Result<(), DbErr> {
    trouble(tx, &word.booking, Some(row), &word.session, what, word.now).await?;
    close(tx, &word.booking, row, "checkout_closed", word.now).await
}

/// Shown to the consultant, once.
async fn trouble(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: Option<&Model>,
    session: &Session,
    what: &'static str,
    now: Instant,
) -> Result<(), DbErr> {
    let new = payment_trouble::Model {
        id: TroubleId::new(now, &booking.0.chance),
        appointment_id: row.and_then(|row| row.appointment_id),
        purchase_id: row.and_then(|row| row.purchase_id),
        what: what.into(),
        session_id: session.id.clone(),
        minor: session.amount.map(|amount| amount.minor),
        currency: session.amount.map(|amount| amount.currency.code().into()),
        at: now,
        seen_at: None,
    };
    if payment_trouble::add(tx, new).await? {
        tracing::warn!(what, payment = ?row.map(|row| row.id), "a payment fits nothing and confirms nothing");
    }
    Ok(())
}

async fn purchase_paid(
    tx: &DatabaseTransaction,
    word: &Word,
    id: kernel::id::PurchaseId,
    received: &Received,
) -> Result<(), DbErr> {
    let (booking, now) = (&word.booking, word.now);
    let row = store::purchase::find(tx, id).await?;
    let row = row.ok_or_else(|| corrupt("a checkout without its purchase"))?;
    if row.paid_at.is_none() {
        return pay_purchase(tx, booking, id, received, now).await.map(drop);
    }
    let back = go_back(tx, booking, Owner::Purchase(id), received, BackWhy::Twice, now).await?;
    let kind = PurchaseNoticeKind::GivenBack {
        amount: back,
        why: BackWhy::Twice,
    };
    purchase::tell_of(tx, booking, &row, kind, now).await
}

async fn visit_paid(tx: &DatabaseTransaction, word: &Word, late: Late, received: &Received) -> Result<(), DbErr> {
    let (booking, now) = (&word.booking, word.now);
    let row = late.row().clone();
    let before = row.state()?;
    let owed = late.owed();
    let state = match before {
        State::Expired if word.revive => late.revived(tx, booking, now).await?,
        State::Expired | State::Cancelled { .. } | State::NoShow => None,
        // Marked as paid by hand meanwhile, or waived: then this comes twice.
        _ if owed == received.amount => before.pay().ok(),
        _ => None,
    };
    if let Some(state) = state {
        let paid = pay_appointment(tx, booking, &row, state, received, now).await?;
        return paid
            .map(drop)
            .ok_or_else(|| corrupt("an appointment changed under its lock"));
    }
    let why = match before {
        State::Expired => BackWhy::TooLate,
        State::Cancelled { .. } | State::NoShow => BackWhy::Cancelled,
        _ => BackWhy::Twice,
    };
    let amount = go_back(tx, booking, Owner::Appointment(row.id), received, why, now).await?;
    let notice = Notice {
        kind: NoticeKind::GivenBack { amount, why },
        facts: booking.facts(tx, &row).await?,
    };
    booking.0.notices.notify(tx, &notice, now).await
}

/// It came in and cannot be used: written down, and all of it goes back.
async fn go_back(
    tx: &DatabaseTransaction,
    booking: &Booking,
    of: Owner,
    received: &Received,
    why: BackWhy,
    now: Instant,
) -> Result<Money, DbErr> {
    let payment = write_down(tx, booking, of, received, false, now).await?;
    refund::due(tx, booking, &payment, received.amount, (why, None), now).await?;
    Ok(received.amount)
}
