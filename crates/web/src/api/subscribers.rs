//! `POST /subscribers`: the same answer for every well-formed address.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::email::EmailAddress;
use mailing::consent::Topics;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Answer;
use crate::error::{FieldProblem, Problem};
use crate::extract::{Body, Now};
use crate::joining::{self, JoinError, Wish};
use crate::net::ClientNetwork;
use crate::state::App;

/// The longest name, in characters.
const LONGEST_NAME: usize = 120;

/// Who wants the letters.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Subscription)]
pub struct Asked {
    email: String,
    name: Option<String>,
    /// `blog-posts`, `free-offerings`, `paid-offerings`, `other-news`; all four when left out.
    topics: Option<Vec<String>>,
}

/// Topics by their slugs; the error is for the one who sent them.
pub(super) fn topics(slugs: &[String]) -> Result<Topics, &'static str> {
    Topics::parse(slugs.iter().map(String::as_str))
        .map_err(|_| "blog-posts, free-offerings, paid-offerings or other-news")
}

/// Sends a confirmation mail where one is due.
pub async fn subscribe(
    State(app): State<App>,
    Now(now): Now,
    network: ClientNetwork,
    Body(asked): Body<Asked>,
) -> Answer<(StatusCode, Json<Value>)> {
    let wrong = |field: &'static str, message: &str| {
        Problem::invalid(&[FieldProblem {
            field: field.into(),
            message: message.to_owned(),
        }])
    };
    let address = EmailAddress::parse(&asked.email).map_err(|e| wrong("email", &e.to_string()))?;
    let name = asked.name.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty());
    if name
        .as_ref()
        .is_some_and(|n| n.chars().count() > LONGEST_NAME || n.chars().any(char::is_control))
    {
        return Err(wrong("name", "one line of at most 120 characters"));
    }
    let topics = asked.topics.as_deref().map(topics).transpose();
    let topics = topics.map_err(|message| wrong("topics", message))?;
    let wish = Wish {
        address,
        name,
        topics,
        page: "/api/v1/subscribers",
        trap: "",
        shown: "",
    };
    match joining::join(&app, &network, wish, now).await {
        Err(JoinError::TooMany) => return Err(Problem::too_many()),
        done => done?,
    };
    Ok((StatusCode::ACCEPTED, Json(json!({}))))
}
