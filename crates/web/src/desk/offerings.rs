//! `/admin/offerings`: what can be booked, in its order; archived and brought back.

use access::audit::Action;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use booking::practice::{Audience, Channel, EditError, Edited, Mode, Offering, OfferingChange, PlaceKind};
use kernel::id::OfferingId;
use kernel::instant::Instant;
use serde::Deserialize;

use super::typed::Typed;
use super::{Answer, Room, show};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::{OfferingRow, Offerings, OfferingsNotice, Tab};
use crate::view::format;

/// An offering's page at the desk.
pub fn url(id: OfferingId) -> String {
    format!("/admin/offerings/{id}")
}

/// The id of a path; what is none names nothing.
pub fn id(text: &str) -> Result<OfferingId, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// What was just done, and to which.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Just {
    archived: String,
    back: String,
}

/// The list.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(just): Query<Just>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let (mut live, mut archived) = (Vec::new(), Vec::new());
    for offering in app.booking().every_offering().await? {
        if offering.archived {
            let coming = app.booking().coming_of(offering.id, now).await?;
            archived.push(row(&room, &offering, coming));
        } else {
            live.push(row(&room, &offering, 0));
        }
    }
    let notice = if let Ok(id) = just.archived.parse::<OfferingId>() {
        let coming = app.booking().coming_of(id, now).await?;
        Some(OfferingsNotice::Archived { coming })
    } else {
        (!just.back.is_empty()).then_some(OfferingsNotice::BroughtBack)
    };
    let page = Offerings {
        desk: room.at(Tab::Offerings),
        notice,
        live,
        archived,
    };
    show(&app, &page)
}

fn row(room: &Room, o: &Offering, coming: u64) -> OfferingRow {
    OfferingRow {
        url: url(o.id),
        name: o.name.clone(),
        facts: facts(room, o),
        clients_only: o.audience == Audience::Clients,
        coming,
    }
}

/// "90 minutes, $195, by video or at your office".
fn facts(room: &Room, o: &Offering) -> String {
    let price = if o.is_free() {
        "free".to_owned()
    } else {
        room.locale.price(o.price)
    };
    let channels = o
        .channels
        .iter()
        .filter(|_| o.modes.has(Mode::Telehealth))
        .map(|c| match c {
            Channel::Video => "by video",
            Channel::Phone => "by phone",
        });
    let places = o
        .places
        .iter()
        .filter(|_| o.modes.has(Mode::InPerson))
        .map(|p| match p {
            PlaceKind::Office => "at your office",
            PlaceKind::Home => "at the family’s home",
        });
    let ways: Vec<&str> = channels.chain(places).collect();
    let ways = match ways.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    };
    format!("{}, {price}, {ways}", format::minutes(i64::from(o.minutes)))
}

/// One place up or down.
pub async fn shift(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(path): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let id = id(&path)?;
    let towards = typed.text("to").parse().map_err(|_| PageError::Unreadable)?;
    if app.booking().move_offering(id, towards).await.map_err(refused)? {
        note(&app, &signed_in, Action::OfferingMoved, id, now).await?;
    }
    Ok(Redirect::to("/admin/offerings").into_response())
}

/// Off the pages.
pub async fn archive(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(path): Path) -> Answer {
    let id = id(&path)?;
    let edited = app.booking().change_offering(id, OfferingChange::Archive, now).await;
    let edited = edited.map_err(refused)?;
    note_change(&app, &signed_in, Action::OfferingArchived, &edited, now).await?;
    Ok(Redirect::to(&format!("/admin/offerings?archived={id}")).into_response())
}

/// On the pages again.
pub async fn bring_back(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(path): Path) -> Answer {
    let id = id(&path)?;
    let edited = app.booking().change_offering(id, OfferingChange::BringBack, now).await;
    let edited = edited.map_err(refused)?;
    note_change(&app, &signed_in, Action::OfferingBroughtBack, &edited, now).await?;
    Ok(Redirect::to("/admin/offerings?back=yes").into_response())
}

/// What cannot be changed because it is not there is not found.
pub fn refused(error: EditError) -> PageError {
    match error {
        EditError::NotFound => PageError::NotFound,
        other => other.into(),
    }
}

/// Writes a change down, unless nothing changed.
pub async fn note_change(
    app: &App,
    signed_in: &SignedIn,
    action: Action,
    edited: &Edited,
    now: Instant,
) -> Result<(), PageError> {
    if edited.changed {
        note(app, signed_in, action, edited.offering.id, now).await?;
    }
    Ok(())
}

async fn note(app: &App, signed_in: &SignedIn, action: Action, id: OfferingId, now: Instant) -> Result<(), PageError> {
    Ok(app.access().audit(signed_in.0.login, action, Some(id.0), now).await?)
}
