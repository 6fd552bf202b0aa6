//! `/admin/subscribers/{id}`: one person, what shows that she said yes, and what she may ask for: to leave, peace, her data, to be erased.

use access::audit::Action;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use mailing::consent::{Certificate, Evidence, HerLetter, Person, ProofLine};
use serde::Deserialize;

use super::subscribers::{named, standing};
use super::{Answer, Done, Room, held, show};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::pages::keep_private;
use crate::state::App;
use crate::view::desk::{self as view, CertificatePage, FileSays, PersonNotice, PersonPage, ProofRow, Tab};
use crate::view::format;

fn url(id: SubscriberId) -> String {
    format!("/admin/subscribers/{id}")
}

fn id(path: &str) -> Result<SubscriberId, PageError> {
    path.parse().map_err(|_| PageError::NotFound)
}

fn back(id: SubscriberId, word: &str) -> Response {
    Redirect::to(&format!("{}?done={word}", url(id))).into_response()
}

/// Her page.
pub async fn page(
    State(app): State<App>,
    Now(now): Now,
    _: SignedIn,
    Path(path): Path,
    Query(done): Query<Done>,
) -> Answer {
    let found = app
        .mailing()
        .person(id(&path)?, now)
        .await?
        .ok_or(PageError::NotFound)?;
    let room = Room::enter(&app, now).await?;
    let visits = held::has_appointments(&app, &found.line.address, now).await?;
    let Person { line, letters, .. } = found;
    let page = PersonPage {
        desk: room.at(Tab::Subscribers),
        notice: match done.done.as_str() {
            "off" => Some(PersonNotice::Off),
            "silent" => Some(PersonNotice::Silent),
            "not-silent" => Some(PersonNotice::NotSilent),
            _ => None,
        },
        url: url(line.id),
        standing: standing(line.state),
        since: room.moment(line.state_since),
        confirmed: line.confirmed_at.map(|at| room.moment(at)),
        topics: named(&app, line.topics)?,
        paused_until: found.paused_until.map(|at| room.locale.day(at, &room.practice.zone)),
        asked_for: found.asked_for.map(|address| address.as_str().to_owned()),
        silent: found.muted,
        appointments_url: visits.then(|| held::appointments_url(&line.address)),
        letters: letters.into_iter().map(|letter| her_letter(&room, letter)).collect(),
        email: line.address.as_str().to_owned(),
        name: line.name,
    };
    show(&app, &page)
}

fn her_letter(room: &Room, letter: HerLetter) -> view::HerLetter {
    view::HerLetter {
        url: super::letters::url(&letter.slug),
        said: super::letters::said(letter.state).to_owned(),
        when: room.moment(letter.at),
        title: letter.title,
    }
}

/// What shows that she said yes, to read and to print.
pub async fn certificate(State(app): State<App>, Now(now): Now, _: SignedIn, Path(path): Path) -> Answer {
    let found = certificate_of(&app, &path).await?;
    let room = Room::enter(&app, now).await?;
    let mut proof = Vec::with_capacity(found.proof.len());
    for line in found.proof {
        proof.push(ProofRow {
            when: room.moment(line.at),
            what: what(&line).to_owned(),
            page: page_named(&line.page),
            topics: named(&app, line.topics)?,
            wording: line.wording,
            version: line.wording_version,
        });
    }
    let page = CertificatePage {
        desk: room.at(Tab::Subscribers),
        url: url(found.subscriber),
        email: found.address.as_str().to_owned(),
        name: found.name,
        standing: standing(found.state),
        since: room.moment(found.state_since),
        made: format!("{}, {}", room.moment(now), format::zone_name(&room.practice.zone)),
        proof,
        file: found.file.map(|said| file(&room, said)),
    };
    show(&app, &page)
}

async fn certificate_of(app: &App, path: &str) -> Result<Certificate, PageError> {
    let found = app.mailing().certificate(id(path)?).await?;
    found.ok_or(PageError::NotFound)
}

fn what(line: &ProofLine) -> &'static str {
    match (line.event.as_str(), line.page.as_str()) {
        ("requested", "import") => "A file brought this address, not confirmed.",
        ("confirmed", "import") => "A file brought this address as confirmed.",
        ("unsubscribed", "import") => "A file said that she had left.",
        ("unsubscribed", "/admin/subscribers") => "You took her off the list.",
        ("requested", _) => "Somebody typed this address, and a mail asked its owner.",
        ("confirmed", _) => "The button behind the link in that mail was pressed.",
        ("topics", _) => "She chose topics.",
        ("unsubscribed", _) => "She left.",
        ("returned", _) => "She took leaving back.",
        ("paused", _) => "She asked for a pause of three months.",
        ("resumed", _) => "She ended the pause.",
        ("address", _) => "Letters go to this address: the button behind the link mailed to it was pressed.",
        _ => "Something else was written down.",
    }
}

fn page_named(page: &str) -> String {
    match page {
        "import" => "by file".to_owned(),
        page => format!("on {page}"),
    }
}

fn file(room: &Room, said: Evidence) -> FileSays {
    let told = |at: Option<Instant>, from: Option<String>| {
        let when = at.map(|at| {
            let date = room.locale.date_with_year(room.practice.zone.date(at));
            format!("{date}, {}", room.locale.time(at, &room.practice.zone))
        });
        match (when, from) {
            (Some(when), Some(from)) => Some(format!("{when}, from {from}")),
            (Some(when), None) => Some(when),
            (None, from) => from.map(|from| format!("from {from}")),
        }
    };
    FileSays {
        imported: room.moment(said.at),
        asked: told(said.asked_at, said.asked_from),
        confirmed: told(said.confirmed_at, said.confirmed_from),
    }
}

/// The same for a program.
pub async fn certificate_json(State(app): State<App>, _: SignedIn, Path(path): Path) -> Answer {
    let found = certificate_of(&app, &path).await?;
    Ok(as_file("consent.json", Json(found)))
}

fn as_file(name: &str, body: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let mut answer = ([(CONTENT_DISPOSITION, disposition)], body).into_response();
    keep_private(&mut answer);
    answer
}

/// She asked to be taken off.
pub async fn leave(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(path): Path) -> Answer {
    let id = id(&path)?;
    match app.mailing().take_off(id, now).await? {
        mailing::consent::Left::Unknown => return Err(PageError::NotFound),
        mailing::consent::Left::Already { .. } => {}
        mailing::consent::Left::Now { .. } => {
            let action = Action::SubscriberTakenOff;
            app.access().audit(signed_in.0.login, action, Some(id.0), now).await?;
        }
    }
    Ok(back(id, "off"))
}

/// What she has tapped.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tapped {
    silent: String,
}

/// Leaves her in peace, or lifts that.
pub async fn silence(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(path): Path,
    Form(tapped): Form<Tapped>,
) -> Answer {
    let id = id(&path)?;
    let (silent, action, word) = match tapped.silent.as_str() {
        "yes" => (true, Action::SubscriberSilenced, "silent"),
        "no" => (false, Action::SubscriberSilenceLifted, "not-silent"),
        _ => return Err(PageError::Unreadable),
    };
    if !app.mailing().set_peace(id, silent, now).await? {
        return Err(PageError::NotFound);
    }
    app.access().audit(signed_in.0.login, action, Some(id.0), now).await?;
    Ok(back(id, word))
}

/// Erases her; she is told what stays.
pub async fn erase(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(path): Path) -> Answer {
    let id = id(&path)?;
    let Some(address) = app.mailing().erase(id, now).await? else {
        return Err(PageError::NotFound);
    };
    let action = Action::SubscriberErased;
    app.access().audit(signed_in.0.login, action, Some(id.0), now).await?;
    let stays = if held::has_appointments(&app, &address, now).await? {
        "visits"
    } else {
        "whole"
    };
    Ok(Redirect::to(&format!("/admin/subscribers?erased={stays}")).into_response())
}

/// Whose data is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    address: String,
}

/// Everything that is kept about an address, as one file.
pub async fn everything(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Form(asked): Form<Asked>,
) -> Answer {
    let address = EmailAddress::parse(&asked.address).map_err(|_| PageError::Unreadable)?;
    let whole = held::everything(&app, &address, now).await?;
    let subject = app.mailing().subscriber_of(&address).await?.map(|id| id.0);
    let action = Action::PersonDataTaken;
    app.access().audit(signed_in.0.login, action, subject, now).await?;
    Ok(as_file("what-is-kept.json", Json(whole)))
}
