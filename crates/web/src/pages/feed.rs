//! `/calendar/{secret}.ics`: the consultant's feed (CALENDARS.md, "The consultant's feed").

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use booking::appointment::FeedData;
use booking::calendar::feed::Facts;
use kernel::instant::Instant;
use kernel::token::Token;

use super::Answer;
use crate::error::PageError;
use crate::events::{FeedError, FeedPieces};
use crate::extract::{Now, Path};
use crate::state::App;

/// The feed. A wrong secret is a page that does not exist; what has not changed is not sent again.
pub async fn feed(State(app): State<App>, Now(now): Now, Path(file): Path, headers: HeaderMap) -> Answer {
    let secret = file.strip_suffix(".ics").ok_or(PageError::NotFound)?;
    let feed = app
        .booking()
        .feed(&Token::presented(secret), now)
        .await?
        .ok_or(PageError::NotFound)?;
    let (facts, bytes) = look(&app, &feed).await?;
    app.booking().feed_was_fetched(feed.id, now).await?;
    let mut answer = if unchanged(&headers, &facts.etag, facts.last_modified) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = match bytes {
            Some(bytes) => Body::from(bytes),
            None => stream(app, feed)?,
        };
        ([(CONTENT_TYPE, "text/calendar; charset=utf-8")], body).into_response()
    };
    stamp(&mut answer, &facts.etag, facts.last_modified);
    Ok(answer)
}

/// What HTTP says about the feed, and its bytes if they are one piece; of many only one is held at a time.
async fn look(app: &App, feed: &FeedData) -> Result<(Facts, Option<Vec<u8>>), PageError> {
    let mut pieces = FeedPieces::new(app.clone(), feed.clone())?;
    let mut whole = pieces.next().await?;
    while pieces.next().await?.is_some() {
        whole = None;
    }
    let facts = pieces.facts().ok_or(PageError::Unavailable)?;
    Ok((facts.clone(), whole))
}

/// The feed written once more, as fast as it is taken. What changes in between is told by the tag of the next answer; what fails ends the
/// connection in the middle, so that nobody takes half a calendar for a whole one.
fn stream(app: App, feed: FeedData) -> Result<Body, FeedError> {
    let pieces = FeedPieces::new(app, feed)?;
    let next = async |mut pieces: FeedPieces| Ok::<_, FeedError>(pieces.next().await?.map(|piece| (piece, pieces)));
    Ok(Body::from_stream(futures_util::stream::try_unfold(pieces, next)))
}

/// `If-None-Match` decides when it is there (RFC 9110 13.1.3), else `If-Modified-Since`.
fn unchanged(headers: &HeaderMap, etag: &str, changed: Instant) -> bool {
    let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    if let Some(known) = text(IF_NONE_MATCH) {
        let bare = |tag: &str| {
            tag.trim()
                .trim_start_matches("W/")
                .trim_matches('"')
                .trim_end_matches("-gzip")
                .to_owned()
        };
        return known.split(',').any(|tag| tag.trim() == "*" || bare(tag) == bare(etag));
    }
    let since = text(IF_MODIFIED_SINCE).and_then(|t| jiff::fmt::rfc2822::parse(t).ok());
    since.is_some_and(|since| changed.whole_second() <= Instant::from(since.timestamp()))
}

fn stamp(answer: &mut Response, etag: &str, changed: Instant) {
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    if let Ok(value) = HeaderValue::from_str(etag) {
        headers.insert(ETAG, value);
    }
    if let Ok(value) = HeaderValue::from_str(&http_date(changed)) {
        headers.insert(LAST_MODIFIED, value);
    }
}

/// RFC 9110 5.6.7: "Tue, 24 Nov 2026 09:00:00 GMT".
fn http_date(at: Instant) -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&at.timestamp())
        .unwrap_or_default()
}
