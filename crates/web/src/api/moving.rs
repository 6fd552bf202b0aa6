//! The slots an appointment could be moved to, and moving it.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use booking::appointment::RescheduleError;
use kernel::instant::Instant;
use kernel::token::Token;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Answer;
use super::appointments::{Appointment, not_active};
use super::offerings::{Slots, not_bookable, range};
use crate::error::{FieldProblem, Problem};
use crate::extract::{Body, Now, Path};
use crate::state::App;

/// The range that is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    from: Option<String>,
    to: Option<String>,
}

/// `GET /appointments/{token}/slots`
pub async fn slots(
    State(app): State<App>,
    Now(now): Now,
    Path(token): Path,
    Query(asked): Query<Asked>,
) -> Answer<Json<Slots>> {
    let mut wrong = Vec::new();
    let range = range(&mut wrong, asked.from.as_deref(), asked.to.as_deref());
    let (from, until) = range.ok_or_else(|| Problem::invalid(&wrong))?;
    let offered = app
        .booking()
        .slots_to_move(&Token::presented(&token), from, until, now)
        .await?;
    Ok(Json(Slots::from(&offered.ok_or_else(Problem::not_found)?)))
}

/// The new start.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Move)]
pub struct Wish {
    /// RFC 3339, one of the slots it could move to.
    start: String,
}

/// `POST /appointments/{token}/reschedule`
pub async fn reschedule(
    State(app): State<App>,
    Now(now): Now,
    Path(token): Path,
    Body(wish): Body<Wish>,
) -> Answer<Json<Appointment>> {
    let start: Result<Instant, _> = wish.start.parse();
    let start = start.map_err(|e| {
        Problem::invalid(&[FieldProblem {
            field: "start".into(),
            message: e.to_string(),
        }])
    })?;
    let view = app
        .booking()
        .reschedule(&Token::presented(&token), start, now)
        .await
        .map_err(not_moved)?;
    Ok(Json(Appointment::of(&app, &view)))
}

fn not_moved(error: RescheduleError) -> Problem {
    match error {
        RescheduleError::NotFound => Problem::not_found(),
        RescheduleError::TooLate => {
            let detail = "It is too near to be moved here; the consultant can still move it.";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too_late", detail)
        }
        RescheduleError::NotActive(_) => not_active(),
        RescheduleError::SlotTaken => Problem::new(StatusCode::CONFLICT, "slot_taken", "Somebody else has this time."),
        RescheduleError::NotBookable(why) => not_bookable(&why),
        RescheduleError::CreditOver(_) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no_credit", error.to_string()).with("reason", "over")
        }
        RescheduleError::Database(error) => error.into(),
    }
}
