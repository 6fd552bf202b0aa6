//! `/purchases`: "I have a package", for who has lost its link. The answer is the same for every address.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use kernel::email::EmailAddress;
use serde::Deserialize;

use super::form::problem;
use super::{Answer, show, show_privately};
use crate::error::PageError;
use crate::extract::Form;
use crate::guest::Guest;
use crate::net::ClientNetwork;
use crate::state::App;
use crate::view::frame::Nav;
use crate::view::pages::{Field, MyPackagePage};

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    email: String,
    website: String,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    asked: Option<String>,
}

fn blank(guest: &Guest, email: &str) -> MyPackagePage {
    MyPackagePage {
        frame: guest.frame(Nav::Services),
        asked: false,
        email: Field {
            value: email.to_owned(),
            problem: None,
        },
        too_many: false,
    }
}

/// The form; reading it changes nothing.
pub async fn page(State(app): State<App>, guest: Guest, Query(done): Query<Done>) -> Answer {
    let mut page = blank(&guest, "");
    page.asked = done.asked.is_some();
    show(&app, &page)
}

/// Mails the links, if there are any, and says the same in any case.
pub async fn send(State(app): State<App>, guest: Guest, network: ClientNetwork, Form(typed): Form<Typed>) -> Answer {
    if !typed.website.is_empty() {
        return Err(PageError::Unreadable);
    }
    let mut page = blank(&guest, &typed.email);
    let Ok(email) = EmailAddress::parse(&typed.email) else {
        page.email.problem = Some(problem(&typed.email, 254));
        return refused(&app, StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    if !app.limits().booking(&network, guest.now) {
        page.too_many = true;
        return refused(&app, StatusCode::TOO_MANY_REQUESTS, &page);
    }
    app.booking().ask_for_purchases(email, guest.now).await?;
    Ok(Redirect::to("/purchases?asked=1").into_response())
}

fn refused(app: &App, status: StatusCode, page: &MyPackagePage) -> Answer {
    let mut answer = show_privately(app, page)?;
    *answer.status_mut() = status;
    Ok(answer)
}
