//! What the desk shows of an appointment's family, and the link with which it books what is for clients.

use axum::extract::State;
use booking::appointment::{AppointmentFacts, Baby};
use booking::practice::{Audience, Offering};
use serde::Deserialize;

use super::appointment::{back, find};
use super::{Answer, Room, url};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::{Alike, ClientLink, Family};
use crate::view::pages::link::Book;

/// Babies, second recipient, others with a baby of the same date, and the link.
pub async fn family(app: &App, room: &Room, facts: &AppointmentFacts) -> Result<Family, PageError> {
    let babies = app.booking().babies(facts.id).await?;
    let alike = app.booking().born_alike(facts.id).await?;
    Ok(Family {
        babies: babies.iter().map(|baby| words(room, baby)).collect(),
        second: facts.second_recipient.as_ref().map(|a| a.as_str().to_owned()),
        alike: alike
            .iter()
            .map(|view| Alike {
                name: view.facts.parent_name.clone(),
                when: room.moment(view.facts.starts),
                url: url(&view.facts),
            })
            .collect(),
        link: link(app, room, facts).await?,
    })
}

/// "Mia, February 1, 2026".
fn words(room: &Room, baby: &Baby) -> String {
    let date = baby.born().map(|date| room.locale.date_with_year(date));
    let parts: Vec<String> = baby.name().map(str::to_owned).into_iter().chain(date).collect();
    parts.join(", ")
}

/// The first offering that is for clients.
async fn for_clients(app: &App) -> Result<Option<Offering>, PageError> {
    let offerings = app.booking().offerings().await?;
    Ok(offerings.into_iter().find(|o| o.audience == Audience::Clients))
}

async fn link(app: &App, room: &Room, facts: &AppointmentFacts) -> Result<Option<ClientLink>, PageError> {
    let Some(offering) = for_clients(app).await? else {
        return Ok(None);
    };
    let given = app.booking().client_link(facts.id, room.now).await?;
    let address = given.as_ref().map(|given| {
        let book = Book {
            offering: offering.slug.as_str(),
            client: Some(given.token.reveal()),
            ..Book::default()
        };
        app.config().server.public_url.at(&book.to_string())
    });
    Ok(Some(ClientLink {
        action: format!("{}/client-link", url(facts)),
        offering: offering.name.clone(),
        address,
        until: given.map(|given| room.moment(given.ends_at)),
    }))
}

/// Whether it shall be mailed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    mail: String,
}

/// Gives the family its link; the same each time, and for half a year from now on.
pub async fn give(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(id): Path,
    Form(asked): Form<Asked>,
) -> Answer {
    let found = find(&app, &id).await?;
    let offering = for_clients(&app).await?.ok_or(PageError::NotFound)?;
    let mailed = (asked.mail == "yes").then_some(offering.slug);
    let done = if mailed.is_some() { "link-mailed" } else { "link" };
    let (of, login) = (found.facts.id, signed_in.0.login);
    let given = app.booking().give_client_link(of, mailed, login, now).await?;
    given.ok_or(PageError::NotFound)?;
    Ok(back(&found, done))
}
