//! What handlers ask for besides their path: the moment, a form, a body of JSON, and who is signed in.
//!
//! Permission is an extractor, so that a handler of the desk cannot be written without it.

use std::convert::Infallible;

use access::Session;
use axum::extract::rejection::{FormRejection, JsonRejection};
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use kernel::instant::Instant;
use kernel::token::Token;
use serde::de::DeserializeOwned;

use crate::cookie;
use crate::error::{PageError, Problem};
use crate::state::App;

/// The cookie of a session.
pub const SESSION_COOKIE: &str = "session";

/// The moment that counts for the whole request. A handler takes it once.
#[derive(Clone, Copy, Debug)]
pub struct Now(pub Instant);

impl FromRequestParts<App> for Now {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self(app.clock().now()))
    }
}

/// The one variable part of a path. What is no text names nothing of ours.
#[derive(Clone, Debug)]
pub struct Path(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Path {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let found = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        found
            .map(|axum::extract::Path(part)| Self(part))
            .map_err(|_| PageError::NotFound)
    }
}

/// A form as a browser sends it.
#[derive(Clone, Copy, Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        match axum::Form::<T>::from_request(request, state).await {
            Ok(axum::Form(typed)) => Ok(Self(typed)),
            Err(FormRejection::BytesRejection(refused)) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(PageError::TooLarge)
            }
            Err(_) => Err(PageError::Unreadable),
        }
    }
}

/// A body of JSON, for the API.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(refused)) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large."),
            ),
            Err(JsonRejection::MissingJsonContentType(_)) => {
                let detail = "The body must be application/json.";
                Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail))
            }
            Err(JsonRejection::JsonDataError(error)) => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                error.body_text(),
            )),
            Err(error) => Err(Problem::new(StatusCode::BAD_REQUEST, "not_json", error.body_text())),
        }
    }
}

/// Somebody who may see the desk.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Session);

impl FromRequestParts<App> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        if let Some(found) = parts.extensions.get::<Self>() {
            return Ok(found.clone());
        }
        let jar = CookieJar::from_headers(&parts.headers);
        let session = match session_token(app, &jar) {
            Some(token) => app.access().session(&token, app.clock().now()).await?,
            None => None,
        };
        let asked = (parts.method == Method::GET).then(|| parts.uri.path().to_owned());
        let found = session.map(Self).ok_or(PageError::SignIn(asked))?;
        parts.extensions.insert(found.clone());
        Ok(found)
    }
}

/// The token that this browser keeps, whatever it is worth.
pub fn session_token(app: &App, jar: &CookieJar) -> Option<Token> {
    cookie::read(app, jar, SESSION_COOKIE).map(Token::presented)
}

/// The door of the desk, in front of all its routes: without a session every method on every path gets the same answer, so that nobody
/// outside learns which pages there are.
pub async fn only_signed_in(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match SignedIn::from_request_parts(&mut parts, &app).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(refused) => refused.into_response(),
    }
}
