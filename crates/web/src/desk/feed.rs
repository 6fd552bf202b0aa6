//! `/admin/calendar`: her feed's address, what it shows, how each calendar program takes it.

use access::audit::Action;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use booking::appointment::FeedInfo;
use booking::calendar::feed::Detail;
use kernel::instant::Instant;
use serde::Deserialize;

use super::{Answer, Done, Room, show};
use crate::error::PageError;
use crate::extract::{Form, Now, SignedIn};
use crate::state::App;
use crate::view::desk::{Feed, FeedDetail, FeedNotice, Qr, Tab};

/// The first consultant's feed; a practice has one from its first start.
async fn first(app: &App) -> Result<FeedInfo, PageError> {
    app.booking()
        .feeds()
        .await?
        .into_iter()
        .next()
        .ok_or(PageError::NotFound)
}

/// The address of a feed.
pub fn url(app: &App, feed: &FeedInfo) -> String {
    app.config()
        .server
        .public_url
        .at(&format!("/calendar/{}.ics", feed.secret.reveal()))
}

/// The page.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(done): Query<Done>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let feed = first(&app).await?;
    let url = url(&app, &feed);
    let webcal_url = url
        .split_once("://")
        .map_or_else(|| url.clone(), |(_, rest)| format!("webcal://{rest}"));
    let only_here = app.config().server.public_url.is_loopback();
    let page = Feed {
        desk: room.at(Tab::Feed),
        notice: match done.done.as_str() {
            "rotated" => Some(FeedNotice::Rotated),
            "detail" => Some(FeedNotice::DetailSaved),
            _ => None,
        },
        // A phone cannot follow an address that means itself.
        qr: Qr::of(&webcal_url).filter(|_| !only_here),
        webcal_url,
        only_here,
        detail: match feed.detail {
            Detail::Busy => FeedDetail::Busy,
            Detail::Initials => FeedDetail::Initials,
            Detail::Full => FeedDetail::Full,
        },
        detail_url: Some("/admin/calendar/detail".into()),
        last_fetched: feed.last_fetched_at.map(|at| fetched(&room, at)),
        url,
    };
    show(&app, &page)
}

fn fetched(room: &Room, at: Instant) -> String {
    let zone = &room.practice.zone;
    let time = room.locale.time(at, zone);
    if zone.date(at) == zone.date(room.now) {
        format!("today, {time}")
    } else {
        room.moment(at)
    }
}

/// A new address; the old one ends at once.
pub async fn rotate(State(app): State<App>, Now(now): Now, signed_in: SignedIn) -> Answer {
    let feed = first(&app).await?;
    app.booking().rotate_feed(feed.id, now).await?;
    app.access()
        .audit(signed_in.0.login, Action::FeedRotated, Some(feed.id.0), now)
        .await?;
    Ok(Redirect::to("/admin/calendar?done=rotated").into_response())
}

/// How much the feed shall show.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    detail: String,
}

/// Another level of detail.
pub async fn detail(State(app): State<App>, Now(now): Now, _: SignedIn, Form(chosen): Form<Chosen>) -> Answer {
    let detail = match chosen.detail.as_str() {
        "busy" => Detail::Busy,
        "initials" => Detail::Initials,
        "full" => Detail::Full,
        _ => return Err(PageError::Unreadable),
    };
    let feed = first(&app).await?;
    app.booking().set_feed_detail(feed.id, detail, now).await?;
    Ok(Redirect::to("/admin/calendar?done=detail").into_response())
}
