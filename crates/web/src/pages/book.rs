//! `/book/{offering}`: the page of times. With a start it is the form, which stands in [`super::form`].

use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use booking::practice::{Audience, Mode, Offering, PlaceKind};
use booking::schedule::{Slot, SlotsAsked};
use jiff::civil::Date;
use kernel::instant::Instant;
use serde::Deserialize;

use super::{Answer, form, show};
use crate::error::PageError;
use crate::extract::Path;
use crate::guest::{Guest, ZONE_COOKIE};
use crate::shown;
use crate::shown::days::Days;
use crate::state::App;
use crate::view::format;
use crate::view::frame::Nav;
use crate::view::pages::{BookPage, ModeChoice, paragraphs, zone_choices};

/// The furthest that times are looked for, in days: two months.
const FURTHEST_DAYS: i64 = 62;

/// What stands behind the question mark; what makes no sense counts as not asked.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    mode: Option<String>,
    day: Option<String>,
    month: Option<String>,
    start: Option<String>,
    taken: Option<String>,
}

impl Asked {
    /// The mode asked for, or the first that the offering has.
    fn mode(&self, offering: &Offering) -> Mode {
        let asked = self
            .mode
            .as_deref()
            .and_then(|m| m.parse().ok())
            .filter(|m| offering.modes.has(*m));
        asked
            .or_else(|| offering.modes.iter().next())
            .unwrap_or(Mode::Telehealth)
    }
}

/// The page of times, or the form of one time.
pub async fn page(State(app): State<App>, guest: Guest, Path(slug): Path, Query(asked): Query<Asked>) -> Answer {
    let offering = app.booking().offering(&slug).await?.ok_or(PageError::NotFound)?;
    let mode = asked.mode(&offering);
    match &asked.start {
        Some(start) => form::blank(&app, &guest, &offering, mode, start).await,
        None => times(&app, &guest, &offering, mode, &asked)
            .await
            .map(|answer| remember_zone(&guest, answer)),
    }
}

/// A zone chosen from the list counts from now on, without script too.
fn remember_zone(guest: &Guest, mut answer: Response) -> Response {
    let cookie = format!(
        "{ZONE_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax",
        guest.zone.name()
    );
    if guest.zone_asked
        && let Ok(cookie) = HeaderValue::from_str(&cookie)
    {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

async fn times(app: &App, guest: &Guest, offering: &Offering, mode: Mode, asked: &Asked) -> Answer {
    let clients_only = offering.audience == Audience::Clients;
    let costs = !offering.is_free() && !clients_only;
    let days = days(app, guest, offering, mode).await?;
    let zone = guest.zone_for(mode);
    let taken: Option<Instant> = asked.taken.as_deref().and_then(|t| t.parse().ok());
    let wanted = asked
        .day
        .as_deref()
        .and_then(|d| d.parse::<Date>().ok())
        .or_else(|| taken.map(|t| zone.date(t)));
    let from = asked
        .month
        .as_deref()
        .and_then(|m| format!("{m}-01").parse::<Date>().ok())
        .or(wanted);
    let day = wanted.or_else(|| days.first_day());
    let horizons = day.map_or_else(Vec::new, |d| days.horizons(d, taken));
    let empty = (horizons.is_empty() && !clients_only).then_some(());
    let other = if empty.is_some() {
        other_mode(app, guest, offering, mode).await?
    } else {
        None
    };
    let page = BookPage {
        frame: guest.frame(Nav::Services),
        slug: offering.slug.to_string(),
        name: offering.name.clone(),
        summary: offering.summary.clone(),
        description: paragraphs(&offering.description),
        policy: if costs {
            paragraphs(&guest.practice.policy.words)
        } else {
            Vec::new()
        },
        minutes: format::minutes(offering.minutes.into()),
        price: guest.locale.price(offering.price),
        is_free: offering.is_free(),
        once_per_family: offering.once_per_family,
        free_until_hours: guest.practice.policy.free_until_hours,
        clients_only,
        modes: modes(guest, offering, mode),
        mode: mode.as_str().to_owned(),
        office: (mode == Mode::InPerson)
            .then(|| guest.practice.office.as_ref().map(shown::office))
            .flatten(),
        day_title: day
            .filter(|_| empty.is_none())
            .map(|d| guest.locale.date_soon(d, zone.date(guest.now))),
        day: day.map(|d| d.to_string()),
        empty: empty.map(|()| days.empty(wanted, other)),
        taken: taken.map(|t| days.taken(t)),
        calendar: days.calendar(from, day),
        horizons,
        zone: zone.name().to_owned(),
        zone_name: format::zone_name(zone),
        zone_is_hers: guest.zone_is_hers && mode == Mode::Telehealth,
        zones: if mode == Mode::Telehealth {
            zone_choices(&guest.zone, &guest.practice.zone)
        } else {
            Vec::new()
        },
    };
    show(app, &page)
}

/// The free times of an offering in one mode, as far as they can be booked. In person is at the office.
pub async fn days<'a>(app: &App, guest: &'a Guest, offering: &'a Offering, mode: Mode) -> Result<Days<'a>, PageError> {
    let slots = free(app, guest, offering, mode).await?;
    let open = app
        .booking()
        .open_dates(mode, guest.practice.zone.date(guest.now), FURTHEST_DAYS)
        .await?;
    Ok(Days::new(guest, offering, mode, slots, open))
}

async fn free(app: &App, guest: &Guest, offering: &Offering, mode: Mode) -> Result<Vec<Slot>, PageError> {
    let until = guest
        .now
        .plus_minutes(60 * 24 * FURTHEST_DAYS.min(i64::from(offering.horizon_days) + 2));
    let place = (mode == Mode::InPerson).then_some(PlaceKind::Office);
    let asked = SlotsAsked {
        offering: offering.slug.to_string(),
        mode,
        place,
        postcode: None,
        from: guest.now,
        until,
    };
    Ok(app.booking().slots(&asked, guest.now).await?.slots)
}

async fn other_mode(
    app: &App,
    guest: &Guest,
    offering: &Offering,
    mode: Mode,
) -> Result<Option<(Mode, Instant)>, PageError> {
    let Some(other) = offering.modes.iter().find(|m| *m != mode) else {
        return Ok(None);
    };
    Ok(free(app, guest, offering, other)
        .await?
        .first()
        .map(|s| (other, s.start)))
}

fn modes(guest: &Guest, offering: &Offering, chosen: Mode) -> Vec<ModeChoice> {
    if offering.modes.iter().count() < 2 {
        return Vec::new();
    }
    let street = || guest.practice.office.as_ref().and_then(|o| o.address.first().cloned());
    let choice = |mode: Mode| ModeChoice {
        value: mode.as_str().to_owned(),
        chosen: mode == chosen,
        hint: if mode == Mode::InPerson { street() } else { None },
    };
    offering.modes.iter().map(choice).collect()
}
