//! `/appointments/{token}`: the page behind her link, the calendar file, and cancelling; moving stands in [`super::moving`].

use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect};
use booking::appointment::{AppointmentView, CancelError, CancelReason, State as Lifecycle};
use booking::calendar::download::download;
use booking::money::Owner;
use booking::practice::{Audience, Offering, Terms};
use kernel::token::Token;
use serde::Deserialize;

use super::{Answer, keep_private, pay, receipt, show_privately};
use crate::error::PageError;
use crate::events;
use crate::extract::{Form, Path};
use crate::guest::Guest;
use crate::shown;
use crate::state::App;
use crate::view::pages::link::Book;

/// The appointment of a link; a forged or old one leads nowhere.
pub(super) async fn find(app: &App, token: &str) -> Result<AppointmentView, PageError> {
    app.booking()
        .by_token(&Token::presented(token))
        .await?
        .ok_or(PageError::NotFound)
}

/// What she has just done, carried over the redirect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    moved: Option<String>,
    saved: Option<String>,
    #[serde(flatten)]
    back: pay::Back,
}

/// The page.
pub async fn page(State(app): State<App>, guest: Guest, Path(token): Path, Query(done): Query<Done>) -> Answer {
    let mut view = find(&app, &token).await?;
    let of = Owner::Appointment(view.facts.id);
    if done.back.says_paid() && matches!(view.facts.state, Lifecycle::AwaitingPayment { .. } | Lifecycle::Expired) {
        pay::look(&app, of, guest.now).await;
        view = find(&app, &token).await?;
    }
    let mut page = shown::appointment::page(&guest, &view);
    let pays_here = view.facts.terms != Terms::ThirdParty;
    if let (Lifecycle::AwaitingPayment { .. }, Some(payment), true) = (view.facts.state, &mut page.payment, pays_here) {
        payment.online = pay::panel(&app, of, format!("/appointments/{token}/pay"), (&done.back, guest.now)).await?;
        if payment.online.is_some() {
            payment.how = Vec::new();
        }
    }
    page.intake = shown::intake::row(&guest, &view, &app.booking().intake(&view.facts).await?);
    page.moved = done.moved.is_some() && view.facts.sequence > 0 && page.cancel.is_some();
    page.saved = done.saved.is_some() && page.second.is_some();
    if view.facts.state == booking::appointment::State::Completed {
        page.follow_up_url = follow_up(&app, &view).await?;
    }
    page.receipts = receipt::links(&app, &view.token, &format!("/appointments/{}", view.token.reveal())).await?;
    show_privately(&app, &page)
}

/// After a visit that took place: the first offering for clients, with what proves that she is one.
async fn follow_up(app: &App, view: &AppointmentView) -> Result<Option<String>, PageError> {
    let offerings = app.booking().offerings().await?;
    let next = offerings.iter().find(|o| o.audience == Audience::Clients);
    let book = |offering: &Offering| {
        Book {
            offering: offering.slug.as_str(),
            client: Some(view.token.reveal()),
            ..Book::default()
        }
        .to_string()
    };
    Ok(next.map(book))
}

/// The file for a calendar: the same UID and SEQUENCE as invitation and feed.
pub async fn calendar(State(app): State<App>, guest: Guest, Path(token): Path) -> Answer {
    let view = find(&app, &token).await?;
    let event = events::for_parent(&app, &guest.practice, &view.facts);
    let head = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"appointment.ics\""),
    ];
    let mut answer = (head, download(&event)).into_response();
    keep_private(&mut answer);
    Ok(answer)
}

/// The question before it is cancelled. Once it has begun the page says why not; what is off already goes back to its own.
pub async fn ask(State(app): State<App>, guest: Guest, Path(token): Path) -> Answer {
    let view = find(&app, &token).await?;
    if begun(&view, &guest) {
        return show_privately(&app, &shown::appointment::cancel_late(&guest, &view));
    }
    if !view.facts.cancel_terms(guest.now).possible {
        return Ok(back(&view).into_response());
    }
    show_privately(&app, &shown::appointment::cancel_page(&guest, &view))
}

/// Why she cancels.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Why {
    reason: String,
    note: String,
}

/// Cancels, and goes back to the appointment, which says so.
pub async fn cancel(State(app): State<App>, guest: Guest, Path(token): Path, Form(why): Form<Why>) -> Answer {
    let view = find(&app, &token).await?;
    let words = if matches!(why.reason.as_str(), "" | "other") {
        &why.note
    } else {
        &why.reason
    };
    let reason = CancelReason::parse(words);
    match app.booking().cancel(&view.token, reason, guest.now).await {
        // Begun: the question's own page says why not. Off already: the appointment's page says what it is now.
        Err(CancelError::TooLate | CancelError::NotActive(_)) if begun(&view, &guest) => {
            Ok(Redirect::to(&format!("/appointments/{}/cancel", view.token.reveal())).into_response())
        }
        Ok(_) | Err(CancelError::TooLate | CancelError::NotActive(_)) => Ok(back(&view).into_response()),
        Err(CancelError::NotFound) => Err(PageError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// Whether it has begun, and is neither cancelled nor expired.
fn begun(view: &AppointmentView, guest: &Guest) -> bool {
    let off = matches!(view.facts.state, Lifecycle::Cancelled { .. } | Lifecycle::Expired);
    !off && guest.now >= view.facts.starts
}

fn back(view: &AppointmentView) -> Redirect {
    Redirect::to(&format!("/appointments/{}", view.token.reveal()))
}
