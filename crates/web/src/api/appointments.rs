//! Booking, reading and cancelling appointments.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use booking::appointment::{
    AppointmentView, Baby, BookError, BookSlot, CancelError, CancelReason, Given, HomeAddress, IdempotencyKey,
    IntakeProblem, MOST_BABIES, NotBookable, ParentName, PhoneNumber, Tick, Visit, intake,
};
use booking::money::{Begun, Owner};
use booking::practice::{Channel, Mode, PlaceKind};
use kernel::email::EmailAddress;
use kernel::instant::Instant;
use kernel::token::Token;
use kernel::zone::Zone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::offerings::not_bookable;
use super::{Amount, Answer, subscribers};
use crate::error::{FieldProblem, Problem};
use crate::extract::{Body, Now, Path};
use crate::joining::{self, Wish};
use crate::net::ClientNetwork;
use crate::state::App;

/// The longest key, in bytes.
const LONGEST_KEY: usize = 255;

/// A booking as it is asked for.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = Booking)]
pub struct Asked {
    offering: String,
    mode: String,
    start: String,
    name: String,
    email: String,
    phone: Option<String>,
    time_zone: String,
    channel: Option<String>,
    place: Option<Place>,
    /// At most six.
    babies: Option<Vec<NamedBaby>>,
    /// An address that gets invitation and reminders too, but no link.
    second_recipient: Option<String>,
    client: Option<String>,
    credit: Option<String>,
    /// By the key of the question.
    #[serde(default)]
    #[schema(value_type = Object)]
    answers: Map<String, Value>,
    /// The keys of those that are given.
    #[serde(default)]
    consents: Vec<String>,
    /// Letters she wants to get, by topic: a confirmation mail asks her. Nothing when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    topics: Option<Vec<String>>,
}

/// A baby, as far as she is named: one of the two is needed.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct NamedBaby {
    name: Option<String>,
    /// A date, "2026-11-25".
    born_or_due: Option<String>,
}

/// Where a visit in person is.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct Place {
    kind: String,
    address: Option<String>,
    postcode: Option<String>,
}

/// An appointment as its holder may read it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appointment {
    /// Whoever has it may read, move and cancel this appointment.
    token: String,
    /// `awaiting_payment`, `confirmed`, `completed`, `no_show`, `cancelled` or `expired`.
    state: &'static str,
    offering: String,
    /// `telehealth` or `in_person`.
    #[schema(value_type = String)]
    mode: Mode,
    #[schema(value_type = String, format = DateTime)]
    start: Instant,
    #[schema(value_type = String, format = DateTime)]
    end: Instant,
    manage_url: String,
    calendar_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    join_url: Option<String>,
    /// The page on which it is paid, while it waits to be paid there.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_url: Option<String>,
    /// Until when it is kept without payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    hold_until: Option<Instant>,
}

impl Appointment {
    pub(super) fn of(app: &App, view: &AppointmentView) -> Self {
        let facts = &view.facts;
        let manage_url = app
            .config()
            .server
            .public_url
            .at(&format!("/appointments/{}", view.token.reveal()));
        Self {
            token: view.token.reveal().to_owned(),
            state: facts.state.name(),
            offering: facts.offering.to_string(),
            mode: facts.held.mode(),
            start: facts.starts,
            end: facts.ends,
            calendar_url: format!("{manage_url}/calendar.ics"),
            manage_url,
            join_url: view.join_url.clone(),
            checkout_url: None,
            hold_until: match facts.state {
                booking::appointment::State::AwaitingPayment { hold_until } => Some(hold_until),
                _ => None,
            },
        }
    }
}

/// `POST /appointments`
pub async fn book(
    State(app): State<App>,
    Now(now): Now,
    network: ClientNetwork,
    headers: HeaderMap,
    Body(asked): Body<Asked>,
) -> Answer<(StatusCode, Json<Appointment>)> {
    let key = idempotency_key("api", &headers, &asked)?;
    let topics = asked.topics.as_deref().map(subscribers::topics).transpose();
    let topics = topics.map_err(|message| {
        Problem::invalid(&[FieldProblem {
            field: "topics".into(),
            message: message.to_owned(),
        }])
    })?;
    let (mut slot, once) = checked(&app, asked, key, now).await?;
    if once && !app.limits().once(&network, now) || !app.limits().booking(&network, now) {
        return Err(Problem::too_many());
    }
    slot.address_proved = app.mailing().is_confirmed(&slot.email).await?;
    let (address, name) = (slot.email.clone(), slot.name.clone());
    let booked = app.booking().book(slot, now).await.map_err(|error| {
        if matches!(error, BookError::NotBookable(NotBookable::OncePerFamily)) {
            app.limits().refused_once(&network, now);
        }
        refused(error)
    })?;
    if let Some(topics) = topics.filter(|topics| !topics.is_empty() && !booked.repeated) {
        let wish = Wish {
            address,
            name: Some(name.as_str().to_owned()),
            topics: Some(topics),
            page: "/api/v1/appointments",
            trap: "",
            shown: "",
        };
        // The appointment stands, whatever becomes of the letters.
        if let Err(error) = joining::join(&app, &network, wish, now).await {
            tracing::warn!(%error, "a booking's wish for letters was not kept");
        }
    }
    let mut answer = Appointment::of(&app, &booked.appointment);
    if answer.hold_until.is_some() {
        let of = Owner::Appointment(booked.appointment.facts.id);
        answer.checkout_url = checkout_url(app.booking().begin_payment(of, now).await?);
    }
    Ok((StatusCode::CREATED, Json(answer)))
}

/// The page on which it is paid. Without one it stays as it is: kept, and to be paid from its own page.
pub(super) fn checkout_url(begun: Begun) -> Option<String> {
    match begun {
        Begun::Page(url) => Some(url),
        Begun::Pending | Begun::Nothing | Begun::Away | Begun::Refused => None,
    }
}

/// The request's `Idempotency-Key` for this route.
pub(super) fn idempotency_key(
    route: &'static str,
    headers: &HeaderMap,
    asked: &impl Serialize,
) -> Answer<Option<IdempotencyKey>> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = key.to_str().ok().filter(|k| !k.is_empty() && k.len() <= LONGEST_KEY);
    let message = "1 to 255 visible characters".to_owned();
    let text = text.ok_or_else(|| {
        Problem::invalid(&[FieldProblem {
            field: "Idempotency-Key".into(),
            message,
        }])
    })?;
    Ok(Some(IdempotencyKey::new(route, text, asked)))
}

/// Parses every field and names all that are wrong at once; also says whether the offering is once per family.
async fn checked(app: &App, asked: Asked, key: Option<IdempotencyKey>, now: Instant) -> Answer<(BookSlot, bool)> {
    let offering = app.booking().offering(&asked.offering).await?;
    let offering = offering.ok_or_else(|| not_bookable(&booking::appointment::NotBookable::UnknownOffering))?;
    let mut wrong = Vec::new();
    let name = keep(&mut wrong, "name", ParentName::parse(&asked.name));
    let email = keep(&mut wrong, "email", EmailAddress::parse(&asked.email));
    let start = keep(&mut wrong, "start", asked.start.parse::<Instant>());
    let zone = keep(&mut wrong, "time_zone", asked.time_zone.parse::<Zone>());
    let phone = asked.phone.as_deref().filter(|p| !p.trim().is_empty());
    let phone = phone.map(|p| keep(&mut wrong, "phone", PhoneNumber::parse(p)));
    let visit = visit(&mut wrong, &asked, &offering.channels);
    let babies = babies(&mut wrong, &asked, zone.as_ref(), now);
    let second = asked.second_recipient.as_deref().filter(|s| !s.trim().is_empty());
    let second_recipient = second.and_then(|s| keep(&mut wrong, "second_recipient", EmailAddress::parse(s)));
    let intake = Given {
        answers: asked.answers.into_iter().collect(),
        consents: asked.consents.into_iter().map(|key| (key, Tick::Present)).collect(),
    };
    if let Some(visit) = &visit {
        let problems = intake::problems_at_booking(&offering, visit.mode(), visit.place(), &intake);
        wrong.extend(problems.iter().map(of_intake));
    }
    let phone = match phone {
        Some(None) => None,
        Some(Some(phone)) => Some(Some(phone)),
        None => Some(None),
    };
    let (Some(name), Some(email), Some(start), Some(zone), Some(phone), Some(visit), true) =
        (name, email, start, zone, phone, visit, wrong.is_empty())
    else {
        return Err(Problem::invalid(&wrong));
    };
    if !wrong.is_empty() {
        return Err(Problem::invalid(&wrong));
    }
    let client = asked.client.as_deref().map(Token::presented);
    let credit = asked.credit.as_deref().filter(|credit| !credit.is_empty());
    let slot = BookSlot {
        offering: asked.offering,
        visit,
        start,
        name,
        email,
        phone,
        zone,
        babies,
        second_recipient,
        address_proved: false,
        client,
        credit: credit.map(Token::presented),
        intake,
        key,
    };
    Ok((slot, offering.once_per_family))
}

/// The babies that are named; one without a name and a date is none.
fn babies(wrong: &mut Vec<FieldProblem>, asked: &Asked, zone: Option<&Zone>, now: Instant) -> Vec<Baby> {
    let named = asked.babies.as_deref().unwrap_or_default();
    if named.len() > MOST_BABIES {
        keep::<(), _>(wrong, "babies", Err(format!("at most {MOST_BABIES} babies")));
        return Vec::new();
    }
    let Some(zone) = zone else { return Vec::new() };
    let today = zone.date(now);
    let parse = |baby: &NamedBaby| {
        let name = baby.name.as_deref().unwrap_or_default();
        let parsed = Baby::parse(name, baby.born_or_due.as_deref().unwrap_or_default(), today);
        let parsed = parsed.map_err(|why| why.to_string());
        parsed.and_then(|baby| baby.ok_or_else(|| "a baby has a name, or born_or_due".to_owned()))
    };
    let parsed: Vec<_> = named.iter().map(parse).collect();
    parsed
        .into_iter()
        .filter_map(|baby| keep(wrong, "babies", baby))
        .collect()
}

fn of_intake(problem: &IntakeProblem) -> FieldProblem {
    FieldProblem {
        field: problem.field().into(),
        message: problem.wrong.to_string(),
    }
}

pub(super) fn keep<T, E: std::fmt::Display>(
    wrong: &mut Vec<FieldProblem>,
    field: &'static str,
    parsed: Result<T, E>,
) -> Option<T> {
    parsed
        .map_err(|e| {
            wrong.push(FieldProblem {
                field: field.into(),
                message: e.to_string(),
            });
        })
        .ok()
}

/// How and where: without a channel the offering's first, without a place the office.
fn visit(wrong: &mut Vec<FieldProblem>, asked: &Asked, channels: &[Channel]) -> Option<Visit> {
    let mode = keep(wrong, "mode", asked.mode.parse::<Mode>())?;
    if mode == Mode::Telehealth {
        let channel = match asked.channel.as_deref() {
            Some(text) => keep(wrong, "channel", text.parse())?,
            None => channels.first().copied().unwrap_or(Channel::Video),
        };
        return Some(Visit::Telehealth(channel));
    }
    let Some(place) = &asked.place else {
        return Some(Visit::Office);
    };
    match keep(wrong, "place", place.kind.parse::<PlaceKind>())? {
        PlaceKind::Office => Some(Visit::Office),
        PlaceKind::Home => {
            let address = keep(
                wrong,
                "place",
                HomeAddress::parse(place.address.as_deref().unwrap_or_default()),
            );
            let postcode = place.postcode.clone().filter(|p| !p.trim().is_empty());
            let postcode = keep(wrong, "place", postcode.ok_or("a home visit needs its postcode"));
            Some(Visit::Home {
                address: address?,
                postcode: postcode?,
            })
        }
    }
}

fn refused(error: BookError) -> Problem {
    let conflict = |code, detail: &str| Problem::new(StatusCode::CONFLICT, code, detail);
    match error {
        BookError::SlotTaken => conflict("slot_taken", "Somebody else has this time."),
        BookError::IdempotencyMismatch => idempotency_mismatch(),
        BookError::NoCredit(why) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no_credit", why.to_string()).with("reason", why.code())
        }
        BookError::NotBookable(why) => not_bookable(&why),
        BookError::Intake(problems) => {
            let fields: Vec<FieldProblem> = problems.iter().map(of_intake).collect();
            Problem::invalid(&fields)
        }
        BookError::PhoneNeeded => {
            let message = "a number is needed for a visit by phone".into();
            Problem::invalid(&[FieldProblem {
                field: "phone".into(),
                message,
            }])
        }
        other => other.into(),
    }
}

/// 409 `idempotency_mismatch`.
pub(super) fn idempotency_mismatch() -> Problem {
    let detail = "This Idempotency-Key was used with another body.";
    Problem::new(StatusCode::CONFLICT, "idempotency_mismatch", detail)
}

/// `GET /appointments/{token}`
pub async fn one(State(app): State<App>, Now(now): Now, Path(token): Path) -> Answer<Json<Appointment>> {
    let view = app
        .booking()
        .by_token(&Token::presented(&token))
        .await?
        .ok_or_else(Problem::not_found)?;
    let mut answer = Appointment::of(&app, &view);
    if answer.hold_until.is_some() {
        answer.checkout_url = app
            .booking()
            .payment_way(Owner::Appointment(view.facts.id), now)
            .await?
            .page;
    }
    Ok(Json(answer))
}

/// Why it is cancelled.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = Cancellation)]
#[serde(default)]
pub struct Why {
    /// `birth`, `illness`, `hospital`, `loss`, or free text.
    reason: Option<String>,
}

/// A cancelled appointment, with what goes back.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cancelled {
    #[serde(flatten)]
    appointment: Appointment,
    refund: Amount,
    credit_returned: bool,
}

/// `POST /appointments/{token}/cancel`
pub async fn cancel(
    State(app): State<App>,
    Now(now): Now,
    Path(token): Path,
    Body(why): Body<Why>,
) -> Answer<Json<Cancelled>> {
    let reason = why.reason.as_deref().and_then(CancelReason::parse);
    let done = app
        .booking()
        .cancel(&Token::presented(&token), reason, now)
        .await
        .map_err(not_cancelled)?;
    let appointment = Appointment::of(&app, &done.appointment);
    Ok(Json(Cancelled {
        appointment,
        refund: done.refund.into(),
        credit_returned: done.credit_returned,
    }))
}

fn not_cancelled(error: CancelError) -> Problem {
    match error {
        CancelError::NotFound => Problem::not_found(),
        CancelError::TooLate => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too_late", "The visit has begun."),
        CancelError::NotActive(_) => not_active(),
        error @ CancelError::Database(_) => error.into(),
    }
}

/// 422 `not_active`.
pub(super) fn not_active() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "not_active",
        "It is cancelled or over already.",
    )
}
