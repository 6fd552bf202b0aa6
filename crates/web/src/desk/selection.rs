//! `/admin/appointments/cancel`: several appointments at once, one message, and what became of each.
//!
//! The page shows how each of them stands now. So it is the question before, the answer afterwards, and still true when it is sent
//! or loaded a second time.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use booking::appointment::{AppointmentFacts, AppointmentView, Party, SELECTION, State as Lifecycle};
use kernel::id::AppointmentId;
use kernel::instant::Instant;

use super::appointment::{LONGEST_MESSAGE, too_long};
use super::{Answer, Room, show, url};
use crate::extract::{Form, Now, SignedIn};
use crate::state::App;
use crate::view::desk::{Picked, Selection, Stays, Tab};
use crate::view::pages::link;

/// Where it is.
const PATH: &str = "/admin/appointments/cancel";

/// What a form sent: names come more than once.
type Pairs = Vec<(String, String)>;

/// The ids that are ticked, each once; and whether some are left out: too many, or no ids.
fn picked(pairs: &Pairs) -> (Vec<AppointmentId>, bool) {
    let ticked = pairs.iter().filter(|(name, _)| name == "id");
    let mut left_out = false;
    let mut ids: Vec<AppointmentId> = Vec::new();
    for (_, value) in ticked {
        match value.parse() {
            Ok(id) if ids.contains(&id) => {}
            Ok(id) if ids.len() < SELECTION => ids.push(id),
            _ => left_out = true,
        }
    }
    (ids, left_out)
}

fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
}

/// The question, and the answer.
pub async fn ask(State(app): State<App>, Now(now): Now, _: SignedIn, Query(pairs): Query<Pairs>) -> Answer {
    let mut page = shown(&app, now, &pairs).await?;
    page.done = !value(&pairs, "done").is_empty();
    show(&app, &page)
}

/// Cancels each that can be, with her message in every mail.
pub async fn send(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Form(pairs): Form<Pairs>) -> Answer {
    let message = value(&pairs, "message").trim();
    if message.chars().count() > LONGEST_MESSAGE {
        let mut page = shown(&app, now, &pairs).await?;
        page.message_problem = Some(too_long());
        let mut answer = show(&app, &page)?;
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(answer);
    }
    let (ids, _) = picked(&pairs);
    let words = Some(message).filter(|m| !m.is_empty());
    app.booking().cancel_each(&ids, words, signed_in.0.login, now).await?;
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let asked: Vec<(&str, &str)> = [("done", "yes")]
        .into_iter()
        .chain(ids.iter().map(|id| ("id", id.as_str())))
        .collect();
    Ok(Redirect::to(&link::asking(PATH, &asked)).into_response())
}

async fn shown(app: &App, now: Instant, pairs: &Pairs) -> Result<Selection, crate::error::PageError> {
    let room = Room::enter(app, now).await?;
    let (ids, left_out) = picked(pairs);
    let found = app.booking().appointments(&ids).await?;
    let mut page = Selection {
        desk: room.at(Tab::Appointments),
        done: false,
        coming: Vec::new(),
        cancelled: Vec::new(),
        stay: Vec::new(),
        left_out: left_out || found.len() < ids.len(),
        message: value(pairs, "message").into(),
        message_problem: None,
    };
    for view in &found {
        match stays(&view.facts, now) {
            None => page.coming.push(one(&room, view, None)),
            Some(None) => page.cancelled.push(one(&room, view, None)),
            Some(why) => page.stay.push(one(&room, view, why)),
        }
    }
    Ok(page)
}

/// None: it can be cancelled. Otherwise why it cannot, and no reason for one that she has cancelled.
#[expect(
    clippy::option_option,
    reason = "whether it stays, and whether there is something to say of it"
)]
fn stays(facts: &AppointmentFacts, now: Instant) -> Option<Option<Stays>> {
    match facts.state {
        _ if facts.can_be_called_off(now) => None,
        Lifecycle::Cancelled {
            by: Party::Consultant, ..
        } => Some(None),
        Lifecycle::Cancelled { .. } => Some(Some(Stays::CancelledByParent)),
        Lifecycle::Expired => Some(Some(Stays::Expired)),
        _ => Some(Some(Stays::Begun)),
    }
}

fn one(room: &Room, view: &AppointmentView, stays: Option<Stays>) -> Picked {
    let facts = &view.facts;
    Picked {
        id: facts.id.to_string(),
        url: url(facts),
        when: room.moment(facts.starts),
        name: facts.parent_name.clone(),
        offering: facts.offering_name.clone(),
        paid: facts.paid_at.map(|_| room.locale.price(facts.total())),
        stays,
    }
}
