//! `/appointments/{token}/reschedule`: her link moves the visit, until the policy's last free moment.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use booking::appointment::{AppointmentView, Moving, RescheduleError};
use jiff::civil::Date;
use kernel::instant::Instant;
use serde::Deserialize;

use super::appointment::find;
use super::{Answer, show_privately};
use crate::error::PageError;
use crate::extract::{Form, Path};
use crate::guest::Guest;
use crate::shown;
use crate::shown::days::Days;
use crate::state::App;
use crate::view::Page;
use crate::view::pages::MoveRefusal;

/// The furthest that times are looked for, in days: two months.
const FURTHEST_DAYS: i64 = 62;

/// What stands behind the question mark; a day that is none counts as not asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    day: Option<String>,
    start: Option<String>,
}

/// The times to choose from; with a start, old and new time and one button.
pub async fn page(State(app): State<App>, guest: Guest, Path(token): Path, Query(asked): Query<Asked>) -> Answer {
    let view = find(&app, &token).await?;
    match view.facts.moving(guest.now) {
        Moving::Over(_) => return Ok(back(&view, "")),
        Moving::TooLate => return show_privately(&app, &shown::moving::late(&guest, &view)),
        Moving::Until(_) => {}
    }
    let days = days(&app, &guest, &view).await?;
    let Some(start) = asked.start else {
        let wanted = asked.day.as_deref().and_then(|day| day.parse::<Date>().ok());
        return show_privately(&app, &shown::moving::times(&guest, &view, &days, wanted));
    };
    let start: Instant = start.parse().map_err(|_| PageError::Unreadable)?;
    let mut page = shown::moving::to(&guest, &view, start);
    if !days.has(start) {
        page.taken = Some(days.taken_again(start));
    }
    show_privately(&app, &page)
}

/// The times to which it could be moved, as far as they can be booked.
async fn days<'a>(app: &App, guest: &'a Guest, view: &'a AppointmentView) -> Result<Days<'a>, PageError> {
    let now = guest.now;
    let until = now.plus_minutes(FURTHEST_DAYS * 24 * 60);
    let slots = app
        .booking()
        .slots_to_move(&view.token, now, until, now)
        .await?
        .ok_or(PageError::NotFound)?
        .slots;
    let open = app
        .booking()
        .open_dates(view.facts.held.mode(), guest.practice.zone.date(now), FURTHEST_DAYS)
        .await?;
    Ok(Days::to_move(
        guest,
        view.facts.shown_zone(),
        slots,
        open,
        shown::moving::path(view),
    ))
}

/// The new start.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    start: String,
}

/// Moves it, and goes back to the appointment, which shows the new time.
pub async fn send(State(app): State<App>, guest: Guest, Path(token): Path, Form(chosen): Form<Chosen>) -> Answer {
    let view = find(&app, &token).await?;
    let start: Instant = chosen.start.parse().map_err(|_| PageError::Unreadable)?;
    let mut page = shown::moving::to(&guest, &view, start);
    match app.booking().reschedule(&view.token, start, guest.now).await {
        Ok(_) => Ok(back(&view, "?moved=1")),
        Err(RescheduleError::NotActive(_)) => Ok(back(&view, "")),
        Err(RescheduleError::NotFound) => Err(PageError::NotFound),
        Err(RescheduleError::TooLate) => answer(
            &app,
            StatusCode::UNPROCESSABLE_ENTITY,
            &shown::moving::late(&guest, &view),
        ),
        Err(RescheduleError::SlotTaken) => {
            page.taken = Some(days(&app, &guest, &view).await?.taken_again(start));
            answer(&app, StatusCode::CONFLICT, &page)
        }
        Err(RescheduleError::NotBookable(why)) => {
            page.refused = Some(shown::moving::refusal(why));
            answer(&app, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(RescheduleError::CreditOver(_)) => {
            page.refused = Some(MoveRefusal::CreditOver);
            answer(&app, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

fn answer<P: Page>(app: &App, status: StatusCode, page: &P) -> Answer {
    let mut answer = show_privately(app, page)?;
    *answer.status_mut() = status;
    Ok(answer)
}

fn back(view: &AppointmentView, query: &str) -> axum::response::Response {
    Redirect::to(&format!("/appointments/{}{query}", view.token.reveal())).into_response()
}
