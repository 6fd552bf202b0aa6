//! What can be booked, and when.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use booking::appointment::NotBookable;
use booking::practice::intake::{Consent, Question};
use booking::practice::{Mode, PlaceKind};
use booking::schedule::{Offered, SlotsAsked, SlotsError};
use kernel::instant::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Amount, Answer, openapi};
use crate::error::{FieldProblem, Problem};
use crate::extract::{Now, Path};
use crate::state::App;

/// The longest range of one call, in days.
const MOST_DAYS: i64 = 62;

/// One offering.
#[derive(Debug, Serialize, ToSchema)]
pub struct Offering {
    slug: String,
    name: String,
    summary: String,
    duration_minutes: u32,
    price: Amount,
    /// `telehealth`, `in_person`.
    #[schema(value_type = Vec<String>)]
    modes: Vec<Mode>,
    /// What `answers` of a booking may hold.
    #[schema(schema_with = openapi::questions)]
    questions: Vec<Question>,
    /// What `consents` of a booking may name.
    #[schema(schema_with = openapi::consents)]
    consents: Vec<Consent>,
}

/// `GET /offerings`
pub async fn list(State(app): State<App>) -> Answer<Json<Vec<Offering>>> {
    let all = app.booking().offerings().await?.into_iter().map(|o| Offering {
        slug: o.slug.to_string(),
        name: o.name,
        summary: o.summary,
        duration_minutes: o.minutes,
        price: o.price.into(),
        modes: o.modes.into(),
        questions: o.questions,
        consents: o.consents,
    });
    Ok(Json(all.collect()))
}

/// What is asked of the slots.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    mode: Option<String>,
    from: Option<String>,
    to: Option<String>,
    place: Option<String>,
    postcode: Option<String>,
}

/// Free times.
#[derive(Debug, Serialize, ToSchema)]
pub struct Slots {
    /// The consultant's, an IANA name.
    time_zone: String,
    slots: Vec<Slot>,
}

/// A start at which it can be booked right now, and the end that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
struct Slot {
    #[schema(value_type = String, format = DateTime)]
    start: Instant,
    #[schema(value_type = String, format = DateTime)]
    end: Instant,
}

/// `GET /offerings/{slug}/slots`
pub async fn slots(
    State(app): State<App>,
    Now(now): Now,
    Path(slug): Path,
    Query(asked): Query<Asked>,
) -> Answer<Response> {
    let asked = match checked(slug.clone(), asked) {
        Ok(asked) => asked,
        // Whoever asks in vain is told so first.
        Err(_) if app.booking().offering(&slug).await?.is_none() => return Err(Problem::not_found()),
        Err(wrong) => return Err(wrong),
    };
    let offered = app.booking().slots(&asked, now).await.map_err(refused)?;
    let json = offered.written(|offered| serde_json::to_vec(&Slots::from(offered)))?;
    Ok(([(CONTENT_TYPE, "application/json")], Bytes::from_owner(json)).into_response())
}

impl From<&Offered> for Slots {
    fn from(offered: &Offered) -> Self {
        let slots = offered
            .slots
            .iter()
            .map(|s| Slot {
                start: s.start,
                end: s.end,
            })
            .collect();
        Self {
            time_zone: offered.zone.name().to_owned(),
            slots,
        }
    }
}

fn checked(offering: String, asked: Asked) -> Answer<SlotsAsked> {
    let mut wrong = Vec::new();
    let mode: Option<Mode> = field(
        &mut wrong,
        "mode",
        asked.mode.as_deref(),
        "telehealth or in_person is needed",
    );
    let range = range(&mut wrong, asked.from.as_deref(), asked.to.as_deref());
    let place: Option<PlaceKind> = asked
        .place
        .as_deref()
        .and_then(|p| field(&mut wrong, "place", Some(p), "office or home"));
    let postcode = asked.postcode.filter(|p| !p.trim().is_empty());
    if place == Some(PlaceKind::Home) && postcode.is_none() {
        wrong.push(FieldProblem {
            field: "postcode".into(),
            message: "a home visit needs its postcode".into(),
        });
    }
    let (Some(mode), Some((from, until)), true) = (mode, range, wrong.is_empty()) else {
        return Err(Problem::invalid(&wrong));
    };
    let place = (mode == Mode::InPerson).then(|| place.unwrap_or(PlaceKind::Office));
    Ok(SlotsAsked {
        offering,
        mode,
        place,
        postcode,
        from,
        until,
    })
}

/// From when until when slots are asked for: at most [`MOST_DAYS`].
pub fn range(wrong: &mut Vec<FieldProblem>, from: Option<&str>, to: Option<&str>) -> Option<(Instant, Instant)> {
    let from: Option<Instant> = field(wrong, "from", from, "a time such as 2026-03-09T14:00:00Z is needed");
    let until: Option<Instant> = field(wrong, "to", to, "a time such as 2026-03-10T14:00:00Z is needed");
    let (from, until) = (from?, until?);
    if until < from || until > from.plus_minutes(24 * 60 * MOST_DAYS) {
        wrong.push(FieldProblem {
            field: "to".into(),
            message: format!("lies after `from`, by at most {MOST_DAYS} days"),
        });
        return None;
    }
    Some((from, until))
}

fn field<T: std::str::FromStr>(
    wrong: &mut Vec<FieldProblem>,
    field: &'static str,
    text: Option<&str>,
    message: &str,
) -> Option<T> {
    let parsed = text.and_then(|t| t.parse().ok());
    if parsed.is_none() {
        wrong.push(FieldProblem {
            field: field.into(),
            message: message.to_owned(),
        });
    }
    parsed
}

fn refused(error: SlotsError) -> Problem {
    match error {
        SlotsError::NotBookable(NotBookable::UnknownOffering) => Problem::not_found(),
        SlotsError::NotBookable(why) => not_bookable(&why),
        other => other.into(),
    }
}

/// 422 `not_bookable` with the reason as a word of its own.
pub fn not_bookable(why: &NotBookable) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_bookable", why.to_string()).with("reason", why.code())
}

/// One package.
#[derive(Debug, Serialize, ToSchema)]
pub struct Package {
    slug: String,
    name: String,
    price: Amount,
    valid_months: u32,
    visits: Vec<Visits>,
}

/// So many visits of one offering.
#[derive(Debug, Serialize, ToSchema)]
struct Visits {
    offering: String,
    count: u32,
}

/// `GET /packages`
pub async fn packages(State(app): State<App>) -> Answer<Json<Vec<Package>>> {
    let all = app.booking().packages().await?.into_iter().map(|p| Package {
        slug: p.slug.to_string(),
        name: p.name,
        price: p.price.into(),
        valid_months: p.valid_months,
        visits: p
            .visits
            .into_iter()
            .map(|v| Visits {
                offering: v.offering.to_string(),
                count: v.count,
            })
            .collect(),
    });
    Ok(Json(all.collect()))
}
