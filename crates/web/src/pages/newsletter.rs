//! `/newsletter`: the two steps, and the ways out.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Redirect};
use axum_extra::extract::CookieJar;
use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use kernel::token::Token;
use mailing::consent::{
    AddressAsked, AddressLink, Confirmed, Left, LinkState, Progress, State as Consent, Subscribed, Topic, Topics,
    TopicsSet, Undone,
};
use serde::{Deserialize, Serialize};

use super::article::teasers;
use super::{Answer, form, keep_private, show, show_privately};
use crate::consents;
use crate::cookie;
use crate::error::PageError;
use crate::extract::{Form, Path};
use crate::guest::Guest;
use crate::joining::{self, JoinError, Wish};
use crate::net::ClientNetwork;
use crate::state::App;
use crate::view::frame::Nav;
use crate::view::pages;
use crate::view::pages::{Field, PreferencesSaid, Problem};

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
    shown: String,
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
    let Ok(address) = EmailAddress::parse(&typed.email) else {
        return step_one_again(app, guest, typed.email);
    };
    let wish = Wish {
        address: address.clone(),
        name: None,
        topics: None,
        page,
        trap: &typed.website,
        shown: &typed.shown,
    };
    let subscribed = match joining::join(app, network, wish, guest.now).await {
        Ok(subscribed) => subscribed,
        Err(JoinError::TooMany) => return Err(PageError::TooMany(None)),
        Err(error) => return Err(error.into()),
    };
    let jar = remember(app, jar, &subscribed, &address);
    Ok((jar, Redirect::to(then)).into_response())
}

/// Lets this browser know what it asked for: by it the link's page knows that the same person holds both.
pub fn remember(app: &App, jar: CookieJar, subscribed: &Subscribed, address: &EmailAddress) -> CookieJar {
    jar.add(cookie::short(app, MARKER, subscribed.marker.reveal()))
        .add(cookie::short(app, TYPED, address.as_str()))
        .add(cookie::short(app, AGAIN, &subscribed.again_at.to_string()))
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
    preferences_page(&app, &guest, &Token::presented(&token), None).await
}

async fn preferences_page(app: &App, guest: &Guest, link: &Token, said: Option<PreferencesSaid>) -> Answer {
    match preferences_of(app, guest, link).await? {
        Some(page) => show_privately(app, &pages::PreferencesPage { said, ..page }),
        None => lost(app, guest, false),
    }
}

async fn preferences_of(app: &App, guest: &Guest, link: &Token) -> Result<Option<pages::PreferencesPage>, PageError> {
    let Some(kept) = app.mailing().preferences(link, guest.now).await? else {
        return Ok(None);
    };
    Ok(Some(pages::PreferencesPage {
        frame: guest.frame(Nav::Newsletter),
        email: kept.address.as_str().to_owned(),
        action: format!("/newsletter/preferences/{}", link.reveal()),
        topics: choices(kept.topics),
        said: None,
        left: kept.state != Consent::Confirmed,
        paused_until: kept.paused_until.map(|at| guest.locale.day(at, &guest.zone)),
        asked_for: kept.asked_for.map(|address| address.as_str().to_owned()),
    }))
}

/// What the preferences send: topics may be named several times, so the body is read by hand.
pub async fn save(
    State(app): State<App>,
    guest: Guest,
    network: ClientNetwork,
    Path(token): Path,
    body: String,
) -> Answer {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&body).map_err(|_| PageError::Unreadable)?;
    let link = Token::presented(&token);
    let first = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let page = "/newsletter/preferences";
    match first("action") {
        Some("leave") => return leave(&app, &guest, &link).await,
        Some("pause") => {
            app.mailing().pause(&link, page, guest.now).await?;
            return preferences_page(&app, &guest, &link, None).await;
        }
        Some("resume") => {
            app.mailing().end_pause(&link, page, guest.now).await?;
            return preferences_page(&app, &guest, &link, Some(PreferencesSaid::Saved)).await;
        }
        Some("address") => return new_address(&app, &guest, &network, &link, first("email").unwrap_or_default()).await,
        _ => {}
    }
    let named = pairs
        .iter()
        .filter(|(name, _)| name == "topics")
        .map(|(_, value)| value.as_str());
    let topics = Topics::parse(named).map_err(|_| PageError::Unreadable)?;
    let wording = consents::topics(&app)?;
    match app
        .mailing()
        .set_topics(&link, topics, page, wording, guest.now)
        .await?
    {
        TopicsSet::Kept(_) | TopicsSet::NotConfirmed => {
            preferences_page(&app, &guest, &link, Some(PreferencesSaid::Saved)).await
        }
        TopicsSet::Left { undo_until } => out(&app, &guest, &link, undo_until),
        TopicsSet::Unknown => lost(&app, &guest, false),
    }
}

/// Where she asks for letters at another address.
pub async fn other_address(State(app): State<App>, guest: Guest, Path(token): Path) -> Answer {
    match other_address_page(&app, &guest, &Token::presented(&token)).await? {
        Some(page) => show_privately(&app, &page),
        None => lost(&app, &guest, false),
    }
}

async fn other_address_page(
    app: &App,
    guest: &Guest,
    link: &Token,
) -> Result<Option<pages::OtherAddressPage>, PageError> {
    let kept = app.mailing().preferences(link, guest.now).await?;
    let confirmed = kept.filter(|kept| kept.state == Consent::Confirmed);
    Ok(confirmed.map(|kept| pages::OtherAddressPage {
        frame: guest.frame(Nav::Newsletter),
        action: format!("/newsletter/preferences/{}", link.reveal()),
        email: kept.address.as_str().to_owned(),
        asked_for: kept.asked_for.map(|address| address.as_str().to_owned()),
        new_email: Field::default(),
        same: false,
    }))
}

/// She would like letters at another address: its owner is asked.
async fn new_address(app: &App, guest: &Guest, network: &ClientNetwork, link: &Token, typed: &str) -> Answer {
    let Some(mut page) = other_address_page(app, guest, link).await? else {
        return preferences_page(app, guest, link, None).await;
    };
    let address = EmailAddress::parse(typed);
    let asked = match address {
        Ok(_) if !app.limits().subscribing(network, false, guest.now) => return Err(PageError::TooMany(None)),
        Ok(address) => {
            let limited = app.config().limits;
            app.mailing().ask_new_address(link, address, limited, guest.now).await?
        }
        Err(_) => {
            page.new_email.problem = Some(form::problem(typed, 254));
            AddressAsked::Same
        }
    };
    if asked != AddressAsked::Same {
        let said = (asked == AddressAsked::Asked).then_some(PreferencesSaid::Asked);
        return preferences_page(app, guest, link, said).await;
    }
    typed.clone_into(&mut page.new_email.value);
    page.same = page.new_email.problem.is_none();
    let mut answer = show_privately(app, &page)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// The link in the mail to another address: it asks, and changes nothing.
pub async fn ask_address(State(app): State<App>, guest: Guest, Path(token): Path) -> Answer {
    let link = app.mailing().address_link(&Token::presented(&token), guest.now).await?;
    address_page(&app, &guest, &token, link).await
}

/// The tap: letters go there.
pub async fn take_address(State(app): State<App>, guest: Guest, Path(token): Path) -> Answer {
    let token_of_it = Token::presented(&token);
    let done = app
        .mailing()
        .take_new_address(&token_of_it, "/newsletter/address", guest.now)
        .await?;
    address_page(&app, &guest, &token, done).await
}

async fn address_page(app: &App, guest: &Guest, token: &str, link: AddressLink) -> Answer {
    let email = match link {
        AddressLink::Done { subscriber } => {
            let own = app.mailing().preferences_token(subscriber);
            return preferences_page(app, guest, &own, Some(PreferencesSaid::Saved)).await;
        }
        AddressLink::Unknown => return lost(app, guest, false),
        AddressLink::Open { address } => Some(address.as_str().to_owned()),
        AddressLink::Over => None,
    };
    let over = email.is_none();
    let page = pages::NewAddressPage {
        frame: guest.frame(Nav::Newsletter),
        action: format!("/newsletter/address/{token}"),
        email,
    };
    let mut answer = show_privately(app, &page)?;
    if over {
        *answer.status_mut() = StatusCode::GONE;
    }
    Ok(answer)
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
