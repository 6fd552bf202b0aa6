//! What stands before the desk: signing in and out, the first login, a forgotten password.

use std::sync::Arc;

use access::SignedIn as Entered;
use access::login::{SignIn, SignInError};
use access::one_time_link::{LinkError, RequestResetError};
use access::password::{LEAST, WeakPassword};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use kernel::email::EmailAddress;
use kernel::instant::Instant;
use kernel::token::Token;
use secrecy::SecretString;
use serde::Deserialize;

use super::{Answer, Room, show};
use crate::bridge::Bridge;
use crate::cookie;
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SESSION_COOKIE, SignedIn, session_token};
use crate::net::ClientNetwork;
use crate::state::App;
use crate::view::desk::{self as view, LinkPurpose, PasswordProblem, SignInGreeting, SignInProblem, Tab};

/// How long the browser keeps the session's cookie, in seconds: thirty days, as the session itself lasts at most.
const KEPT_SECONDS: u32 = 30 * 86_400;

/// What brought her to the sign-in page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Arrived {
    next: Option<String>,
    from: String,
}

/// A path of the desk that may be opened after signing in; nothing else is.
fn desk_path(next: Option<&str>) -> Option<String> {
    let plain = |p: &&str| p.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-".contains(&b));
    next.filter(|p| *p == "/admin" || p.starts_with("/admin/"))
        .filter(plain)
        .map(str::to_owned)
}

/// `/admin/sign-in`
pub async fn sign_in_page(State(app): State<App>, Now(now): Now, Query(arrived): Query<Arrived>) -> Answer {
    let next = desk_path(arrived.next.as_deref());
    let greeting = match arrived.from.as_str() {
        "sign-out" => Some(SignInGreeting::SignedOut),
        _ => None,
    };
    let room = Room::enter(&app, now).await?;
    show(&app, &sign_in_form(&room, String::new(), next, greeting))
}

fn sign_in_form(room: &Room, email: String, next: Option<String>, greeting: Option<SignInGreeting>) -> view::SignIn {
    view::SignIn {
        desk: room.at(Tab::Door),
        email,
        problem: None,
        wait_until: None,
        greeting,
        next,
    }
}

/// What she types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    email: String,
    password: String,
    next: Option<String>,
}

/// Lets her in, or says that the two do not belong together.
pub async fn sign_in(
    State(app): State<App>,
    Now(now): Now,
    network: ClientNetwork,
    jar: CookieJar,
    Form(typed): Form<Typed>,
) -> Answer {
    let next = desk_path(typed.next.as_deref());
    let attempt = SignIn {
        email: typed.email.clone(),
        password: SecretString::from(typed.password),
        network: network.to_string(),
        old: session_token(&app, &jar),
    };
    let (status, problem, wait_until) = match app.access().sign_in(attempt, now).await {
        Ok(entered) => return Ok(enter(&app, jar, &entered, next.as_deref().unwrap_or("/admin"))),
        Err(SignInError::Refused) => (StatusCode::UNPROCESSABLE_ENTITY, SignInProblem::NoMatch, None),
        Err(SignInError::TooOften(often)) => (
            StatusCode::TOO_MANY_REQUESTS,
            SignInProblem::TooOften,
            Some(now + often.again_in),
        ),
        Err(error) => return Err(error.into()),
    };
    let room = Room::enter(&app, now).await?;
    let wait_until = wait_until.map(|at: Instant| room.locale.time(at, &room.practice.zone));
    let page = view::SignIn {
        problem: Some(problem),
        wait_until,
        ..sign_in_form(&room, typed.email, next, None)
    };
    with(status, show(&app, &page))
}

fn with(status: StatusCode, answer: Answer) -> Answer {
    let mut answer = answer?;
    *answer.status_mut() = status;
    Ok(answer)
}

fn enter(app: &App, jar: CookieJar, entered: &Entered, path: &str) -> Response {
    let session = cookie::set(app, SESSION_COOKIE, entered.token.reveal(), KEPT_SECONDS);
    (jar.add(session), Redirect::to(path)).into_response()
}

/// Ends the session, here and in the database.
pub async fn sign_out(State(app): State<App>, Now(now): Now, signed_in: SignedIn, jar: CookieJar) -> Answer {
    app.access().sign_out(&signed_in.0, now).await?;
    let gone = cookie::set(&app, SESSION_COOKIE, "", 0);
    Ok((jar.add(gone), Redirect::to("/admin/sign-in?from=sign-out")).into_response())
}

/// The link that `serve` prints while nobody can sign in.
pub async fn first_login_page(State(app): State<App>, Now(now): Now, Path(token): Path) -> Answer {
    let room = Room::enter(&app, now).await?;
    if !app.access().first_login_open(&Token::presented(&token), now).await? {
        return link_over(&app, &room, LinkPurpose::FirstLogin);
    }
    let email = room.practice.email.as_str().to_owned();
    show(&app, &first_login_form(&room, &token, email))
}

fn first_login_form(room: &Room, token: &str, email: String) -> view::FirstLogin {
    let action = format!("/admin/first-login/{token}");
    view::FirstLogin {
        desk: room.at(Tab::Door),
        action,
        email,
        email_problem: None,
        password_problem: None,
    }
}

fn link_over(app: &App, room: &Room, purpose: LinkPurpose) -> Answer {
    with(
        StatusCode::NOT_FOUND,
        show(
            app,
            &view::LinkOver {
                desk: room.at(Tab::Door),
                purpose,
            },
        ),
    )
}

/// Makes the first login, and she is in.
pub async fn first_login(
    State(app): State<App>,
    Now(now): Now,
    jar: CookieJar,
    Path(token): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let room = Room::enter(&app, now).await?;
    let mut page = first_login_form(&room, &token, typed.email.clone());
    let email = match EmailAddress::parse(&typed.email) {
        Ok(email) => email,
        Err(problem) => {
            page.email_problem = Some(sentence(&problem));
            return with(StatusCode::UNPROCESSABLE_ENTITY, show(&app, &page));
        }
    };
    let link = Token::presented(&token);
    match app
        .access()
        .use_first_login_link(&link, email, SecretString::from(typed.password), now)
        .await
    {
        Ok(entered) => Ok(enter(&app, jar, &entered, "/admin")),
        Err(LinkError::Password(weak)) => {
            page.password_problem = Some(problem(weak));
            with(StatusCode::UNPROCESSABLE_ENTITY, show(&app, &page))
        }
        Err(LinkError::Gone) => link_over(&app, &room, LinkPurpose::FirstLogin),
        Err(error) => Err(error.into()),
    }
}

fn problem(weak: WeakPassword) -> PasswordProblem {
    match weak {
        WeakPassword::Short => PasswordProblem::Short { least: LEAST },
        WeakPassword::Long => PasswordProblem::Long,
        WeakPassword::Guessable => PasswordProblem::Guessable,
    }
}

/// An error as a sentence beside its field.
fn sentence(error: &dyn std::error::Error) -> String {
    format!("{}.", crate::view::format::capitalised(&error.to_string()))
}

/// `/admin/forgot`
pub async fn forgot_page(State(app): State<App>, Now(now): Now) -> Answer {
    let room = Room::enter(&app, now).await?;
    show(
        &app,
        &view::Forgot {
            desk: room.at(Tab::Door),
            email: String::new(),
            email_problem: None,
            sent: false,
        },
    )
}

/// Sends the link to an address that has a login; says the same for every address. From her settings she comes back there.
pub async fn forgot(
    State(app): State<App>,
    Now(now): Now,
    network: ClientNetwork,
    jar: CookieJar,
    Form(typed): Form<Typed>,
) -> Answer {
    let room = Room::enter(&app, now).await?;
    let mut page = view::Forgot {
        desk: room.at(Tab::Door),
        email: typed.email,
        email_problem: None,
        sent: false,
    };
    if let Err(problem) = EmailAddress::parse(&page.email) {
        page.email_problem = Some(sentence(&problem));
        return with(StatusCode::UNPROCESSABLE_ENTITY, show(&app, &page));
    }
    ask_for_reset(&app, &page.email, &network, now).await?;
    if let Some(token) = session_token(&app, &jar)
        && app.access().session(&token, now).await?.is_some()
    {
        return Ok(Redirect::to("/admin/settings?done=link").into_response());
    }
    page.sent = true;
    show(&app, &page)
}

async fn ask_for_reset(app: &App, email: &str, network: &ClientNetwork, now: Instant) -> Result<(), PageError> {
    let mailer = Arc::new(Bridge::new(app.mailing().clone()));
    match app
        .access()
        .request_reset(email, &network.to_string(), mailer, now)
        .await
    {
        Ok(()) => Ok(()),
        Err(RequestResetError::TooOften(often)) => Err(PageError::TooMany(Some(now + often.again_in))),
        Err(error) => Err(error.into()),
    }
}

/// The link of the mail.
pub async fn reset_page(State(app): State<App>, Now(now): Now, Path(token): Path) -> Answer {
    let room = Room::enter(&app, now).await?;
    if !app.access().reset_open(&Token::presented(&token), now).await? {
        return link_over(&app, &room, LinkPurpose::Reset);
    }
    show(&app, &reset_form(&room, &token))
}

fn reset_form(room: &Room, token: &str) -> view::Reset {
    view::Reset {
        desk: room.at(Tab::Door),
        action: format!("/admin/reset/{token}"),
        password_problem: None,
    }
}

/// A new password; every other session ends, and she is in.
pub async fn reset(
    State(app): State<App>,
    Now(now): Now,
    jar: CookieJar,
    Path(token): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let room = Room::enter(&app, now).await?;
    match app
        .access()
        .reset(&Token::presented(&token), SecretString::from(typed.password), now)
        .await
    {
        Ok(entered) => Ok(enter(&app, jar, &entered, "/admin")),
        Err(LinkError::Password(weak)) => {
            let page = view::Reset {
                password_problem: Some(problem(weak)),
                ..reset_form(&room, &token)
            };
            with(StatusCode::UNPROCESSABLE_ENTITY, show(&app, &page))
        }
        Err(LinkError::Gone) => link_over(&app, &room, LinkPurpose::Reset),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_only_a_desk_page_is_opened() {
        assert_eq!(
            desk_path(Some("/admin/appointments")).as_deref(),
            Some("/admin/appointments")
        );
        for elsewhere in [
            "//evil.example",
            "https://evil.example",
            "/administer",
            "/admin/../x",
            "/admin/x?y",
            "",
        ] {
            assert_eq!(desk_path(Some(elsewhere)), None, "{elsewhere}");
        }
    }
}
