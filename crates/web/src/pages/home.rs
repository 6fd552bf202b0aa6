//! `/` and `/services`: what she offers, and when it is free next.

use axum::extract::State;
use kernel::instant::Instant;

use super::{Answer, show};
use crate::error::PageError;
use crate::guest::Guest;
use crate::pages::article;
use crate::shown::offers::{Offer, package_row};
use crate::state::App;
use crate::view::format;
use crate::view::frame::Nav;
use crate::view::pages::{HomePage, ServicesPage, paragraphs};
use booking::practice::Audience;

/// How many articles the first page names.
const POSTS: u64 = 3;

/// Every offering with its next free time, in her order.
pub async fn offers(app: &App, now: Instant) -> Result<Vec<Offer>, PageError> {
    let mut offers = Vec::new();
    for offering in app.booking().offerings().await? {
        let open = offering.audience == Audience::Everyone;
        let next = if open {
            app.booking().next_free(offering.slug.as_str(), now).await?
        } else {
            None
        };
        offers.push(Offer { offering, next });
    }
    Ok(offers)
}

/// `/`
pub async fn first(State(app): State<App>, guest: Guest) -> Answer {
    let offers = offers(&app, guest.now).await?;
    let first = offers.iter().position(Offer::is_first);
    let posts = article::teasers(&app, &guest, POSTS).await?;
    let page = HomePage {
        frame: guest.frame(Nav::Elsewhere),
        zone: guest.zone.name().to_owned(),
        zone_name: format::zone_name(&guest.zone),
        tagline: guest.practice.tagline.clone(),
        welcome: paragraphs(&guest.practice.welcome),
        about: paragraphs(&guest.practice.about),
        first: first.map(|at| offers[at].teaser(&guest)),
        offerings: others(&offers, first).map(|o| o.teaser(&guest)).collect(),
        posts,
    };
    show(&app, &page)
}

/// `/services`
pub async fn services(State(app): State<App>, guest: Guest) -> Answer {
    let offers = offers(&app, guest.now).await?;
    let first = offers.iter().position(Offer::is_first);
    let packages = app.booking().packages().await?;
    let offerings: Vec<_> = offers.iter().map(|o| o.offering.clone()).collect();
    let page = ServicesPage {
        frame: guest.frame(Nav::Services),
        zone: guest.zone.name().to_owned(),
        zone_name: format::zone_name(&guest.zone),
        tagline: guest.practice.tagline.clone(),
        welcome: paragraphs(&guest.practice.welcome),
        first: first.map(|at| offers[at].row(&guest)),
        offerings: others(&offers, first).map(|o| o.row(&guest)).collect(),
        packages: packages.iter().map(|p| package_row(&guest, p, &offerings)).collect(),
        free_until_hours: guest.practice.policy.free_until_hours,
    };
    show(&app, &page)
}

fn others(offers: &[Offer], first: Option<usize>) -> impl Iterator<Item = &Offer> {
    offers
        .iter()
        .enumerate()
        .filter(move |(at, _)| Some(*at) != first)
        .map(|(_, offer)| offer)
}
