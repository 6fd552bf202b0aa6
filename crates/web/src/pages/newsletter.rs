//! `/newsletter`: the two steps, and the ways out.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Redirect};
use axum_extra::extract::CookieJar;
use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use kernel::token::Token;
use mailing::consent::{Confirmed, Left, LinkState, Progress, State as Consent, Topic, Topics, TopicsSet, Undone};
use serde::{Deserialize, Serialize};

use super::article::teasers;
use super::{Answer, keep_private, show, show_privately};
use crate::consents;
use crate::cookie;
use crate::error::PageError;
use crate::extract::{Form, Path};
use crate::guest::Guest;
use crate::net::ClientNetwork;
use crate::state::App;
use crate::view::frame::Nav;
use crate::view::pages;
use crate::view::pages::{Field, Problem};

/// Who signed up in this browser: the marker that only it knows.
const MARKER: &str = "newsletter";
/// What was typed, to be shown back, and when it can be sent again.
const TYPED: &str = "newsletter-address";
const AGAIN: &str = "newsletter-again";

/// Step 1.
pub async fn first(State(app): State<App>, guest: Guest) -> Answer {
    show(
        &app,
        &pages::NewsletterPage {
            frame: guest.frame(Nav::Newsletter),
            email: Field::default(),
        },
    )
}

/// What step 1 sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    email: String,
    website: String,
}

/// Signs up, with the same answer for every address.
pub async fn sign_up(
    State(app): State<App>,
    guest: Guest,
    network: ClientNetwork,
    jar: CookieJar,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Answer {
    sign_up_as(
        &app,
        &guest,
        &network,
        jar,
        consents::page_of(&headers),
        typed,
        "/newsletter/check-inbox",
    )
    .await
}

async fn sign_up_as(
    app: &App,
    guest: &Guest,
    network: &ClientNetwork,
    jar: CookieJar,
    page: &str,
    typed: Typed,
    then: &str,
) -> Answer {
    let address = match EmailAddress::parse(&typed.email) {
        Ok(address) if typed.website.is_empty() => address,
        _ => return step_one_again(app, guest, typed.email),
    };
    if !app.limits().subscribing(network, guest.now) {
        return Err(PageError::TooMany(None));
    }
    let subscribed = app
        .mailing()
        .subscribe(consents::joining(app, address.clone(), page)?, guest.now)
        .await?;
    let jar = jar
        .add(cookie::short(app, MARKER, subscribed.marker.reveal()))
        .add(cookie::short(app, TYPED, address.as_str()))
        .add(cookie::short(app, AGAIN, &subscribed.again_at.to_string()));
    Ok((jar, Redirect::to(then)).into_response())
}

fn step_one_again(app: &App, guest: &Guest, typed: String) -> Answer {
    let problem = Some(if typed.trim().is_empty() {
        Problem::Missing
    } else {
        Problem::Unusable
    });
    let page = pages::NewsletterPage {
        frame: guest.frame(Nav::Newsletter),
        email: Field { value: typed, problem },
    };
    let mut answer = show_privately(app, &page)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// Whether she comes from "send again".
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Came {
    again: String,
}

/// 50 %; the page of 100 % once this browser's address is confirmed.
pub async fn check_inbox(State(app): State<App>, guest: Guest, jar: CookieJar, Query(came): Query<Came>) -> Answer {
    if let Some(marker) = marker(&app, &jar)
        && app.mailing().progress(&marker).await? == Progress::Confirmed
    {
        return hundred(&app, &guest, None, Topics::ALL).await;
    }
    let again: Option<Instant> = cookie::read(&app, &jar, AGAIN)
        .and_then(|c| c.parse().ok())
        .filter(|at| *at > guest.now);
    let page = pages::CheckInboxPage {
        frame: guest.frame(Nav::Newsletter),
        email: cookie::read(&app, &jar, TYPED)
            .and_then(|c| EmailAddress::parse(c).ok())
            .map(|a| a.as_str().to_owned()),
        from_name: guest.practice.discreet_name.clone(),
        again_at: again.map(|at| guest.locale.time(at, &guest.zone)),
        sent_again: came.again == "yes" && again.is_some(),
        poll_url: marker(&app, &jar).map(|_| "/newsletter/progress".to_owned()),
    };
    show_privately(&app, &page)
}

fn marker(app: &App, jar: &CookieJar) -> Option<Token> {
    cookie::read(app, jar, MARKER).map(Token::presented)
}

/// For the script of the 50 % page.
#[derive(Serialize)]
pub struct Followed {
    confirmed: bool,
}

/// Whether the address that this browser signed up is confirmed by now.
pub async fn progress(State(app): State<App>, jar: CookieJar) -> Answer {
    let confirmed = match marker(&app, &jar) {
        Some(marker) => app.mailing().progress(&marker).await? == Progress::Confirmed,
        None => false,
    };
    let mut answer = Json(Followed { confirmed }).into_response();
    keep_private(&mut answer);
    Ok(answer)
}

/// Sends the confirmation again, when it is time.
pub async fn again(
    State(app): State<App>,
    guest: Guest,
    network: ClientNetwork,
    jar: CookieJar,
    Form(typed): Form<Typed>,
) -> Answer {
    sign_up_as(
        &app,
        &guest,
        &network,
        jar,
        "/newsletter",
        typed,
        "/newsletter/check-inbox?again=yes",
    )
    .await
}

/// The link of the mail: it asks, and changes nothing.
pub async fn ask(State(app): State<App>, guest: Guest, jar: CookieJar, Path(token): Path) -> Answer {
    let link = Token::presented(&token);
    match app
        .mailing()
        .confirmation(&link, marker(&app, &jar).as_ref(), guest.now)
        .await?
    {
        LinkState::Open { same_browser } => {
            let action = format!("/newsletter/confirm/{token}");
            show_privately(
                &app,
                &pages::ConfirmPage {
                    frame: guest.frame(Nav::Newsletter),
                    action,
                    same_browser,
                },
            )
        }
        LinkState::Used { subscriber, state } => used(&app, &guest, subscriber, state).await,
        LinkState::Expired => lost(&app, &guest, true),
        LinkState::Unknown => lost(&app, &guest, false),
    }
}

/// The tap: 100 %.
pub async fn confirm(State(app): State<App>, guest: Guest, Path(token): Path) -> Answer {
    let link = Token::presented(&token);
    match app.mailing().confirm(&link, "/newsletter/confirm", guest.now).await? {
        Confirmed::Now { subscriber } => confirmed(&app, &guest, subscriber).await,
        Confirmed::Already { subscriber, state } => used(&app, &guest, subscriber, state).await,
        Confirmed::Expired => lost(&app, &guest, true),
        Confirmed::Unknown => lost(&app, &guest, false),
    }
}

/// A link that was tapped before: 100 % again, or what has become of it since.
async fn used(app: &App, guest: &Guest, subscriber: SubscriberId, state: Consent) -> Answer {
    if state == Consent::Confirmed {
        confirmed(app, guest, subscriber).await
    } else {
        left_page(app, guest)
    }
}

/// 100 %, with the topics that she has.
async fn confirmed(app: &App, guest: &Guest, subscriber: SubscriberId) -> Answer {
    let link = app.mailing().preferences_token(subscriber);
    let kept = app.mailing().preferences(&link, guest.now).await?;
    hundred(app, guest, Some(&link), kept.map_or(Topics::ALL, |p| p.topics)).await
}

async fn hundred(app: &App, guest: &Guest, preferences: Option<&Token>, topics: Topics) -> Answer {
    let page = pages::ConfirmedPage {
        frame: guest.frame(Nav::Newsletter),
        action: preferences.map(|p| format!("/newsletter/preferences/{}", p.reveal())),
        topics: choices(topics),
        newest: teasers(app, guest, 1).await?.into_iter().next(),
    };
    show_privately(app, &page)
}

fn choices(topics: Topics) -> Vec<pages::TopicChoice> {
    let slugs: Vec<&str> = topics.iter().map(Topic::slug).collect();
    pages::TopicChoice::all(&slugs)
}

/// A link that leads nowhere: 404 when it never existed, 410 when it is too old.
fn lost(app: &App, guest: &Guest, expired: bool) -> Answer {
    let mut answer = show_privately(
        app,
        &pages::LostLinkPage {
            frame: guest.frame(Nav::Newsletter),
            expired,
        },
    )?;
    *answer.status_mut() = if expired {
        StatusCode::GONE
    } else {
        StatusCode::NOT_FOUND
    };
    Ok(answer)
}

/// What she gets, and the way out.
pub async fn preferences(State(app): State<App>, guest: Guest, Path(token): Path) -> Answer {
    preferences_page(&app, &guest, &Token::presented(&token), false).await
}

async fn preferences_page(app: &App, guest: &Guest, link: &Token, saved: bool) -> Answer {
    let Some(kept) = app.mailing().preferences(link, guest.now).await? else {
        return lost(app, guest, false);
    };
    let page = pages::PreferencesPage {
        frame: guest.frame(Nav::Newsletter),
        email: kept.address.as_str().to_owned(),
        action: format!("/newsletter/preferences/{}", link.reveal()),
        topics: choices(kept.topics),
        saved,
        left: kept.state != Consent::Confirmed,
    };
    show_privately(app, &page)
}

/// What the preferences send: topics may be named several times, so the body is read by hand.
pub async fn save(State(app): State<App>, guest: Guest, Path(token): Path, body: String) -> Answer {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&body).map_err(|_| PageError::Unreadable)?;
    let link = Token::presented(&token);
    if pairs.iter().any(|(name, value)| name == "action" && value == "leave") {
        return leave(&app, &guest, &link).await;
    }
    let named = pairs
        .iter()
        .filter(|(name, _)| name == "topics")
        .map(|(_, value)| value.as_str());
    let topics = Topics::parse(named).map_err(|_| PageError::Unreadable)?;
    let wording = consents::topics(&app)?;
    match app
        .mailing()
        .set_topics(&link, topics, "/newsletter/preferences", wording, guest.now)
        .await?
    {
        TopicsSet::Kept(_) | TopicsSet::NotConfirmed => preferences_page(&app, &guest, &link, true).await,
        TopicsSet::Left { undo_until } => out(&app, &guest, &link, undo_until),
        TopicsSet::Unknown => lost(&app, &guest, false),
    }
}

/// The link at the end of every letter: it asks, and changes nothing.
pub async fn ask_to_leave(State(app): State<App>, guest: Guest, Path(token): Path) -> Answer {
    let link = Token::presented(&token);
    if app.mailing().preferences(&link, guest.now).await?.is_none() {
        return lost(&app, &guest, false);
    }
    let page = pages::UnsubscribePage {
        frame: guest.frame(Nav::Newsletter),
        action: format!("/newsletter/unsubscribe/{token}"),
        preferences_url: format!("/newsletter/preferences/{token}"),
    };
    show_privately(&app, &page)
}

/// One tap, or a mail program's own button (RFC 8058): no cookie, no session, no redirect.
pub async fn unsubscribe(State(app): State<App>, guest: Guest, Path(token): Path) -> Answer {
    leave(&app, &guest, &Token::presented(&token)).await
}

async fn leave(app: &App, guest: &Guest, link: &Token) -> Answer {
    let until = match app
        .mailing()
        .unsubscribe(link, "/newsletter/unsubscribe", guest.now)
        .await?
    {
        Left::Now { undo_until } | Left::Already { undo_until } => undo_until,
        Left::Unknown => return lost(app, guest, false),
    };
    out(app, guest, link, until)
}

/// She is out; until then one tap brings her back.
fn out(app: &App, guest: &Guest, link: &Token, until: Option<Instant>) -> Answer {
    let page = pages::LeftPage {
        frame: guest.frame(Nav::Newsletter),
        undo_action: until.map(|_| format!("/newsletter/undo/{}", link.reveal())),
        undo_until: until.map(|at| guest.locale.time(at, &guest.zone)),
        undone: false,
    };
    show_privately(app, &page)
}

/// She is out, and that stays so.
fn left_page(app: &App, guest: &Guest) -> Answer {
    let page = pages::LeftPage {
        frame: guest.frame(Nav::Newsletter),
        undo_action: None,
        undo_until: None,
        undone: false,
    };
    show_privately(app, &page)
}

/// Takes leaving back, for ten minutes.
pub async fn undo(State(app): State<App>, guest: Guest, Path(token): Path) -> Answer {
    match app
        .mailing()
        .undo_unsubscribe(&Token::presented(&token), "/newsletter/undo", guest.now)
        .await?
    {
        Undone::Back => {
            let frame = guest.frame(Nav::Newsletter);
            show_privately(
                &app,
                &pages::LeftPage {
                    frame,
                    undo_action: None,
                    undo_until: None,
                    undone: true,
                },
            )
        }
        Undone::TooLate => left_page(&app, &guest),
        Undone::Unknown => lost(&app, &guest, false),
    }
}
