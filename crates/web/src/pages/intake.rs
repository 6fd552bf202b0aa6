//! `/appointments/{token}/intake`: the questions before a visit, kept as they are typed. Whoever holds the link of the
//! appointment sees them, nobody else; after the visit they are only read, after a cancellation they are gone.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use booking::appointment::{AppointmentView, IntakeProblem, SaveIntakeError};
use serde::{Deserialize, Serialize};

use super::appointment::find;
use super::{Answer, keep_private, show_privately};
use crate::error::PageError;
use crate::extract::{Form, Path};
use crate::guest::Guest;
use crate::shown::intake::{self, Fields};
use crate::state::App;

/// What she has just done, carried over the redirect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    saved: Option<String>,
}

/// The page.
pub async fn page(State(app): State<App>, guest: Guest, Path(token): Path, Query(done): Query<Done>) -> Answer {
    let view = find(&app, &token).await?;
    if !view.facts.intake_is_shown() {
        return Ok(back(&view));
    }
    let kept = app.booking().intake(&view.facts).await?;
    let mut page = intake::page(&guest, &view, &kept, &Fields::new(), &[]);
    page.saved = done.saved.is_some();
    show_privately(&app, &page)
}

/// What a script is told when it has sent fields.
#[derive(Debug, Serialize)]
struct Saved {
    /// "2:05 pm", where she is.
    saved_at: String,
    /// The names of the fields that could not be kept.
    problems: Vec<String>,
}

/// Keeps what was typed: a whole form, or the fields that a script sends of it.
pub async fn save(
    State(app): State<App>,
    guest: Guest,
    headers: HeaderMap,
    Path(token): Path,
    Form(sent): Form<Vec<(String, String)>>,
) -> Answer {
    let view = find(&app, &token).await?;
    let script = headers
        .get(ACCEPT)
        .is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    let shown: BTreeSet<String> = sent
        .iter()
        .filter(|(n, _)| n == "shown")
        .map(|(_, key)| key.clone())
        .collect();
    let fields: Fields = sent.into_iter().collect();
    let kept = app.booking().intake(&view.facts).await?;
    let given = intake::typed_later(&kept, &fields, &shown);
    match app.booking().save_intake(&view.token, given, guest.now).await {
        Ok(problems) if script => Ok(saved(&guest, &view, &problems)),
        Ok(problems) if problems.is_empty() => {
            let path = format!("/appointments/{}/intake?saved=yes", view.token.reveal());
            Ok(Redirect::to(&path).into_response())
        }
        Ok(problems) => {
            let kept = app.booking().intake(&view.facts).await?;
            let mut answer = show_privately(&app, &intake::page(&guest, &view, &kept, &fields, &problems))?;
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
        Err(SaveIntakeError::Closed) if script => Ok((StatusCode::CONFLICT, Json(())).into_response()),
        Err(SaveIntakeError::Closed) => Ok(back(&view)),
        Err(SaveIntakeError::NotFound) => Err(PageError::NotFound),
        Err(error) => Err(error.into()),
    }
}

fn saved(guest: &Guest, view: &AppointmentView, problems: &[IntakeProblem]) -> Response {
    let said = Saved {
        saved_at: guest.locale.time(guest.now, view.facts.shown_zone()),
        problems: problems.iter().map(IntakeProblem::field).collect(),
    };
    let mut answer = Json(said).into_response();
    keep_private(&mut answer);
    answer
}

fn back(view: &AppointmentView) -> Response {
    Redirect::to(&format!("/appointments/{}", view.token.reveal())).into_response()
}
