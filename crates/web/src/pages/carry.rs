//! What was typed, carried from a form that could not be taken to the next one: in a cookie that no script can read, for
//! half an hour. Nothing of it ever stands in an address.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use axum_extra::extract::CookieJar;
use serde::{Deserialize, Serialize};

use super::Answer;
use crate::cookie;
use crate::error::PageError;
use crate::extract::{Form, Path};
use crate::state::App;
use crate::view::pages::link::Book;

const COOKIE: &str = "booking";
/// How long it is kept, in seconds.
const SECONDS: u32 = 30 * 60;
/// More than a name, an address and a number can be, in characters.
const LONGEST: usize = 254;

/// Her name, address and number, as she typed them.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Carried {
    /// Her name.
    pub name: String,
    /// Her address.
    pub email: String,
    /// Her number.
    pub phone: String,
}

impl Carried {
    /// What this browser carries, if anything.
    pub fn read(app: &App, jar: &CookieJar) -> Option<Self> {
        serde_urlencoded::from_str(cookie::read(app, jar, COOKIE)?).ok()
    }
}

/// The browser without it: the visit is booked.
pub fn put_down(app: &App, jar: CookieJar) -> CookieJar {
    if cookie::read(app, &jar, COOKIE).is_none() {
        return jar;
    }
    jar.add(cookie::set(app, COOKIE, "", 0))
}

/// `POST /book/{offering}/carry`: the times of this offering, with what was typed.
pub async fn send(
    State(app): State<App>,
    jar: CookieJar,
    Path(slug): Path,
    Form(mut carried): Form<Carried>,
) -> Answer {
    let offering = app.booking().offering(&slug).await?.ok_or(PageError::NotFound)?;
    for typed in [&mut carried.name, &mut carried.email, &mut carried.phone] {
        *typed = typed.chars().take(LONGEST).collect();
    }
    let value = serde_urlencoded::to_string(&carried).map_err(|_| PageError::Unreadable)?;
    let to = Book {
        offering: offering.slug.as_str(),
        ..Book::default()
    };
    let jar = jar.add(cookie::set(&app, COOKIE, &value, SECONDS));
    Ok((jar, Redirect::to(&to.to_string())).into_response())
}
