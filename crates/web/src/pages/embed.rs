//! `/embed.js` and `/embed/…`: what another site may show of ours. Nobody else's page frames anything but these.
//!
//! A tap opens our own site: a browser gives a framed page no cookies, and nobody should have to type beside somebody else's scripts.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue};
use axum::response::Response;
use booking::practice::Audience;

use super::{Answer, assets, book, show};
use crate::error::PageError;
use crate::extract::Path;
use crate::guest::Guest;
use crate::layers;
use crate::shown::meeting::Meeting;
use crate::state::App;
use crate::view::format;
use crate::view::frame::Nav;
use crate::view::pages::link::Book;
use crate::view::pages::{EmbedBookPage, EmbedNewsletterPage};

/// The next times of an offering.
pub async fn times(State(app): State<App>, guest: Guest, Path(slug): Path) -> Answer {
    let offering = app.booking().offering(&slug).await?;
    let offering = offering.ok_or(PageError::NotFound)?;
    let meeting = Meeting::asked(&offering, None, None, None);
    let free = if offering.audience == Audience::Everyone && meeting.has_times(&guest.practice) {
        book::days(&app, &guest, &offering, &meeting, None).await?.first()
    } else {
        Vec::new()
    };
    let page = EmbedBookPage {
        frame: guest.frame(Nav::Elsewhere),
        name: offering.name.clone(),
        minutes: format::minutes(offering.minutes.into()),
        price: guest.locale.price(offering.price),
        zone_name: (!free.is_empty()).then(|| format::zone_name(guest.zone_for(meeting.mode()))),
        days: free,
        url: Book {
            offering: offering.slug.as_str(),
            ..Book::default()
        }
        .to_string(),
    };
    Ok(framed(show(&app, &page)?))
}

/// Joining the newsletter.
pub async fn newsletter(State(app): State<App>, guest: Guest) -> Answer {
    let page = EmbedNewsletterPage {
        frame: guest.frame(Nav::Elsewhere),
    };
    Ok(framed(show(&app, &page)?))
}

/// The script that another site includes. Its address stays: no hash stands in it, so no browser keeps it unasked.
pub async fn script(headers: HeaderMap) -> Answer {
    let mut answer = assets::answer("now/js/embed.js", &headers)?;
    let anybody = HeaderValue::from_static("cross-origin");
    answer
        .headers_mut()
        .insert(HeaderName::from_static("cross-origin-resource-policy"), anybody);
    Ok(answer)
}

/// May stand in a page of any site, and is no page of its own for a search engine.
fn framed(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(layers::FRAMED_POLICY));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    answer
}
