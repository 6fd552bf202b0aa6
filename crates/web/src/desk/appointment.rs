//! `/admin/appointments/{id}`: one appointment, what happened to it, and what she can do.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use booking::appointment::{AppointmentView, CancelError, State as Lifecycle};
use booking::money::{LONGEST_NOTE, Mark, NoMark, Owner, PaidBy, PayError};
use jiff::civil::{Date, Time};
use kernel::id::AppointmentId;
use kernel::instant::Instant;
use kernel::zone::Zone;
use serde::Deserialize;

use super::{
    Answer, Done, Room, by_hand, came, minutes, pay_url, payment, phone, refunds, show, state, story, url, way,
};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk as view;
use crate::view::desk::{AppointmentNotice, PayTyped, Tab};
use crate::view::format;
use crate::view::pages::Arc;

/// From this long before the start the room is the next step.
const JOIN_MINUTES: i64 = 15;
/// The longest message to a family, in characters.
pub(super) const LONGEST_MESSAGE: usize = 2_000;

/// What she has just done, or could not do.
fn notice(done: &Done) -> Option<AppointmentNotice> {
    Some(match done.done.as_str() {
        "paid" => AppointmentNotice::Paid,
        "owed-paid" => AppointmentNotice::OwedPaid,
        "added" => AppointmentNotice::Added,
        "moved" => AppointmentNotice::Moved,
        "cancelled" => AppointmentNotice::Cancelled,
        "link" => AppointmentNotice::Link,
        "link-mailed" => AppointmentNotice::LinkMailed,
        "done" => AppointmentNotice::Done,
        "missed" => AppointmentNotice::Missed,
        "fee" => AppointmentNotice::FeeDecided,
        "not-now" => AppointmentNotice::NotNow,
        "refund" => AppointmentNotice::Refunded,
        "waived" => AppointmentNotice::Waived,
        "paid-already" => AppointmentNotice::PaidAlready,
        "over" => AppointmentNotice::OverAlready,
        "receipt" => AppointmentNotice::ReceiptSent,
        "silent" => AppointmentNotice::Silent,
        "not-silent" => AppointmentNotice::NotSilent,
        _ => return None,
    })
}

pub(super) async fn find(app: &App, id: &str) -> Result<AppointmentView, PageError> {
    let id: AppointmentId = id.parse().map_err(|_| PageError::NotFound)?;
    app.booking().appointment(id).await?.ok_or(PageError::NotFound)
}

/// The page.
pub async fn page(
    State(app): State<App>,
    Now(now): Now,
    _: SignedIn,
    Path(id): Path,
    Query(done): Query<Done>,
) -> Answer {
    let found = find(&app, &id).await?;
    let room = Room::enter(&app, now).await?;
    let mut page = shown(&app, &room, &found).await?;
    page.notice = notice(&done);
    show(&app, &page)
}

pub(super) async fn shown(app: &App, room: &Room, found: &AppointmentView) -> Result<view::Appointment, PageError> {
    let facts = &found.facts;
    let (zone, hers) = (&room.practice.zone, facts.shown_zone());
    let differs = zone.civil(facts.starts) != hers.civil(facts.starts);
    let there = || {
        let hours = room.locale.time_range(facts.starts, facts.ends, hers);
        format!(
            "{}, {hours}, {}",
            room.locale.day(facts.starts, hers),
            format::zone_name(hers)
        )
    };
    let history = app.booking().history(facts.id).await?;
    let paid = app.booking().paid_how(facts.id).await?;
    let near = room.now >= facts.starts.plus_minutes(-JOIN_MINUTES) && room.now < facts.ends;
    let time: Time = zone.civil(facts.starts).time();
    Ok(view::Appointment {
        desk: room.at(Tab::Appointments),
        notice: None,
        state: state(facts),
        name: facts.parent_name.clone(),
        email: facts.parent_email.as_str().to_owned(),
        phone: phone(room, facts),
        date: room.locale.day(facts.starts, zone),
        hours: room.locale.time_range(facts.starts, facts.ends, zone),
        zone: format::zone_name(zone),
        hers: differs.then(there),
        arc: Arc::at(time),
        offering: facts.offering_name.clone(),
        minutes: minutes(facts),
        way: way(room, found),
        map_url: super::map_url(room, found),
        can_join: near && found.join_url.is_some(),
        payment: payment(room, facts),
        paid_how: paid.map(|p| story::paid_how(room, p.by, p.at)),
        goes_back: came::goes_back(room, facts),
        refund: refunds::form(room, Owner::Appointment(facts.id), facts.received()),
        refunds: refunds::rows(app, room, Owner::Appointment(facts.id)).await?,
        waive_url: (!facts.owed().is_zero()).then(|| format!("{}/waive", url(facts))),
        came: came::form(room, facts),
        next_url: (facts.state == Lifecycle::Completed).then(|| by_hand::after(facts)),
        fee: came::panel(room, facts),
        intake: super::intake::whole(app, room, facts).await?,
        family: super::family::family(app, room, facts).await?,
        pay_url: pay_url(room, facts),
        pay_typed: None,
        receipts: super::receipts::lines(app, room, Owner::Appointment(facts.id)).await?,
        moving: super::moving::form(room, facts),
        cancel_url: facts
            .can_be_called_off(room.now)
            .then(|| format!("{}/cancel", url(facts))),
        message: String::new(),
        message_problem: None,
        silence: super::silence::switch(app, facts).await?,
        history: history.iter().map(|e| story::event(room, found, e)).collect(),
        mails: story::mails(app, room, facts).await?,
    })
}

/// How it was paid.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Paid {
    method: String,
    day: String,
    note: String,
}

impl Paid {
    /// The mark that it makes; a day that cannot be meant, or a note that is too long, is said in a sentence.
    pub(super) fn mark(&self, zone: &Zone, now: Instant) -> Result<Mark, Result<String, PageError>> {
        let by = self.by().map_err(Err)?;
        let day = match self.day.trim() {
            "" => None,
            text => Some(
                text.parse::<Date>()
                    .map_err(|_| Ok("Write a day such as 2026-11-24.".to_owned()))?,
            ),
        };
        Mark::on(by, day, &self.note, zone, now).map_err(|why| {
            Ok(match why {
                NoMark::Future => "That day is still to come: it cannot have been paid then.".to_owned(),
                NoMark::LongAgo => "That is more than two years ago.".to_owned(),
                NoMark::Note => format!("The note is too long: {LONGEST_NOTE} characters at most."),
            })
        })
    }

    /// What was typed, as the form shows it again.
    pub(super) fn shown(&self) -> PayTyped {
        PayTyped {
            method: self.method.clone(),
            day: self.day.clone(),
            note: self.note.clone(),
            problem: String::new(),
        }
    }

    /// The way that was chosen; who says nothing means another one.
    fn by(&self) -> Result<PaidBy, PageError> {
        if self.method.is_empty() {
            return Ok(PaidBy::Other);
        }
        let by = self.method.parse().map_err(|_| PageError::Unreadable)?;
        // Only the service itself can say so.
        if by == PaidBy::Online {
            return Err(PageError::Unreadable);
        }
        Ok(by)
    }
}

/// Marks it as paid, which confirms what waited and sends the invitation.
pub async fn paid(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(id): Path,
    Form(paid): Form<Paid>,
) -> Answer {
    let found = find(&app, &id).await?;
    let practice = app.booking().practice().await?;
    let mark = match paid.mark(&practice.zone, now) {
        Ok(mark) => mark,
        Err(problem) => {
            let room = Room::enter(&app, now).await?;
            let mut page = shown(&app, &room, &found).await?;
            page.pay_typed = Some(PayTyped {
                problem: problem?,
                ..paid.shown()
            });
            let mut answer = show(&app, &page)?;
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(answer);
        }
    };
    let waited = matches!(found.facts.state, Lifecycle::AwaitingPayment { .. });
    let done = match app
        .booking()
        .mark_paid(found.facts.id, mark, signed_in.0.login, now)
        .await
    {
        Ok(_) if waited => "paid",
        Ok(_) => "owed-paid",
        Err(PayError::AlreadyPaid) => "paid-already",
        Err(PayError::NothingToPay | PayError::NotPayable(_)) => "over",
        Err(PayError::NotFound) => return Err(PageError::NotFound),
        Err(error) => return Err(error.into()),
    };
    Ok(back(&found, done))
}

/// What she says to the family.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Message {
    message: String,
}

/// Cancels it, with her message in the mail.
pub async fn cancel(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(id): Path,
    Form(typed): Form<Message>,
) -> Answer {
    let found = find(&app, &id).await?;
    if typed.message.chars().count() > LONGEST_MESSAGE {
        return message_again(&app, now, &found, typed.message).await;
    }
    let message = Some(typed.message.trim().to_owned()).filter(|m| !m.is_empty());
    let done = match app
        .booking()
        .cancel_for_family(found.facts.id, message, signed_in.0.login, now)
        .await
    {
        Ok(_) => "cancelled",
        Err(CancelError::TooLate | CancelError::NotActive(_)) => "over",
        Err(CancelError::NotFound) => return Err(PageError::NotFound),
        Err(error) => return Err(error.into()),
    };
    Ok(back(&found, done))
}

async fn message_again(app: &App, now: Instant, found: &AppointmentView, typed: String) -> Answer {
    let room = Room::enter(app, now).await?;
    let mut page = shown(app, &room, found).await?;
    page.message = typed;
    page.message_problem = Some(too_long());
    let mut answer = show(app, &page)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// What is said of a message that is longer than [`LONGEST_MESSAGE`].
pub(super) fn too_long() -> String {
    format!("This message is too long: {LONGEST_MESSAGE} characters are as much as a mail should carry.")
}

pub(super) fn back(found: &AppointmentView, done: &str) -> axum::response::Response {
    Redirect::to(&format!("{}?done={done}", url(&found.facts))).into_response()
}
