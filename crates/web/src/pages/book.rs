//! `/book/{offering}`: the page of times. With a start it is the form, which stands in [`super::form`].

use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use booking::practice::{Audience, Mode, Offering, PlaceKind};
use booking::schedule::{Slot, SlotsAsked};
use jiff::civil::Date;
use kernel::instant::Instant;
use kernel::token::Token;
use serde::Deserialize;

use super::carry::Carried;
use super::credit::Credit;
use super::{Answer, form, show};
use crate::error::PageError;
use crate::extract::Path;
use crate::guest::{Guest, ZONE_COOKIE};
use crate::shown;
use crate::shown::days::Days;
use crate::shown::meeting::Meeting;
use crate::shown::offers::free_time;
use crate::state::App;
use crate::view::format;
use crate::view::frame::Nav;
use crate::view::pages::link::Book;
use crate::view::pages::{AtHome, BookPage, HomeAnswer, ModeChoice, NextFree, paragraphs, zone_choices};

/// The furthest that times are looked for, in days: two months.
const FURTHEST_DAYS: i64 = 62;

/// What stands behind the question mark; what makes no sense counts as not asked.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    mode: Option<String>,
    place: Option<String>,
    postcode: Option<String>,
    day: Option<String>,
    month: Option<String>,
    start: Option<String>,
    taken: Option<String>,
    client: Option<String>,
}

impl Asked {
    /// The way asked for, or the first that the offering has.
    fn meeting(&self, offering: &Offering) -> Meeting {
        Meeting::asked(
            offering,
            self.mode.as_deref(),
            self.place.as_deref(),
            self.postcode.as_deref(),
        )
    }
}

/// An old link to something that is archived leads to what is offered now.
async fn gone(app: &App, slug: &str) -> Answer {
    let all = app.booking().every_offering().await?;
    let archived = all.iter().any(|o| o.slug.as_str() == slug);
    if archived {
        Ok(Redirect::to("/services").into_response())
    } else {
        Err(PageError::NotFound)
    }
}

/// The page of times, or the form of one time.
pub async fn page(
    State(app): State<App>,
    guest: Guest,
    jar: CookieJar,
    Path(slug): Path,
    Query(asked): Query<Asked>,
) -> Answer {
    let Some(offering) = app.booking().offering(&slug).await? else {
        return gone(&app, &slug).await;
    };
    let meeting = asked.meeting(&offering);
    match asked.start.as_deref().filter(|_| meeting.has_times(&guest.practice)) {
        Some(start) => {
            let carried = Carried::read(&app, &jar);
            let client = asked.client.as_deref();
            form::blank(&app, &guest, (&offering, &meeting, client), start, carried).await
        }
        None => times(
            &app,
            &guest,
            &offering,
            &meeting,
            &asked,
            Carried::read(&app, &jar).is_some(),
        )
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

async fn times(
    app: &App,
    guest: &Guest,
    offering: &Offering,
    meeting: &Meeting,
    asked: &Asked,
    carried: bool,
) -> Answer {
    let mode = meeting.mode();
    let client = client(app, guest, offering, asked).await?;
    let clients_only = offering.audience == Audience::Clients && client.is_none();
    let costs = !offering.is_free() && !clients_only;
    let days = days(app, guest, offering, meeting, client).await?;
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
    let has_times = meeting.has_times(&guest.practice);
    let empty = (horizons.is_empty() && !clients_only && has_times).then_some(());
    let other = if empty.is_some() {
        other_way(app, guest, offering, meeting, client).await?
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
        client: client.map(str::to_owned),
        carried,
        modes: modes(guest, offering, mode),
        mode: mode.as_str().to_owned(),
        way: meeting.word().to_owned(),
        has_times,
        places: places(guest, offering, meeting),
        at_home: at_home(guest, offering, meeting, client),
        office: (*meeting == Meeting::Office)
            .then(|| guest.practice.office.as_ref().map(shown::office))
            .flatten(),
        day_title: day
            .filter(|_| empty.is_none() && has_times)
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

/// The free times of an offering held like this, as far as they can be booked; none for a home outside the area.
pub async fn days<'a>(
    app: &App,
    guest: &'a Guest,
    offering: &'a Offering,
    meeting: &'a Meeting,
    client: Option<&'a str>,
) -> Result<Days<'a>, PageError> {
    let mut slots = free(app, guest, offering, meeting).await?;
    if let Some(credit) = Credit::of(app, guest, client).await? {
        slots.retain(|slot| credit.lasts(slot.start));
    }
    let open = app
        .booking()
        .open_dates(meeting.mode(), guest.practice.zone.date(guest.now), FURTHEST_DAYS)
        .await?;
    let times = Book {
        client,
        ..meeting.book(offering)
    };
    let zone = guest.zone_for(meeting.mode());
    Ok(Days::new(guest, offering, (zone, times), slots, open))
}

async fn free(app: &App, guest: &Guest, offering: &Offering, meeting: &Meeting) -> Result<Vec<Slot>, PageError> {
    if !meeting.has_times(&guest.practice) {
        return Ok(Vec::new());
    }
    // From midnight on, so that everybody who looks today asks the same question.
    let zone = &guest.practice.zone;
    let from = zone.start_of_day(zone.date(guest.now));
    let until = from.plus_minutes(60 * 24 * FURTHEST_DAYS.min(i64::from(offering.horizon_days) + 2));
    let asked = SlotsAsked {
        offering: offering.slug.to_string(),
        mode: meeting.mode(),
        place: meeting.place(),
        postcode: meeting.postcode().map(str::to_owned),
        from,
        until,
    };
    Ok(app.booking().slots(&asked, guest.now).await?.slots.clone())
}

/// What pays the visit, or proves a client where one is needed, if the link is good.
async fn client<'a>(
    app: &App,
    guest: &Guest,
    offering: &Offering,
    asked: &'a Asked,
) -> Result<Option<&'a str>, PageError> {
    let Some(client) = asked.client.as_deref() else {
        return Ok(None);
    };
    let token = Token::presented(client);
    let known = app.booking().purchase(&token, guest.now).await?.is_some()
        || (offering.audience == Audience::Clients && app.booking().is_client(&token, guest.now).await?);
    Ok(known.then_some(client))
}

/// The first time of the other mode.
async fn other_way(
    app: &App,
    guest: &Guest,
    offering: &Offering,
    meeting: &Meeting,
    client: Option<&str>,
) -> Result<Option<NextFree>, PageError> {
    let Some(other) = offering.modes.iter().find(|m| *m != meeting.mode()) else {
        return Ok(None);
    };
    let other = Meeting::first(offering, other);
    let first = free(app, guest, offering, &other).await?.first().map(|s| s.start);
    Ok(first.map(|start| free_time(guest, offering, &other, client, start)))
}

/// The office or her home, where a visit in person can be at both.
fn places(guest: &Guest, offering: &Offering, meeting: &Meeting) -> Vec<ModeChoice> {
    if meeting.mode() != Mode::InPerson || offering.places.len() < 2 {
        return Vec::new();
    }
    let choice = |place: PlaceKind| ModeChoice {
        value: place.as_str().to_owned(),
        chosen: meeting.place() == Some(place),
        hint: street(guest).filter(|_| place == PlaceKind::Office),
    };
    [PlaceKind::Office, PlaceKind::Home].map(choice).into()
}

/// What the page says of a visit at home: the question for the postcode, or what its answer means.
fn at_home(guest: &Guest, offering: &Offering, meeting: &Meeting, client: Option<&str>) -> Option<AtHome> {
    let Meeting::Home { postcode } = meeting else {
        return None;
    };
    let trip = meeting.trip(&guest.practice);
    let answer = match trip {
        Some(_) => HomeAnswer::Inside,
        None if postcode.is_empty() => HomeAnswer::NotYet,
        None => HomeAnswer::Outside,
    };
    let outside = answer == HomeAnswer::Outside;
    let way = |other: Meeting| {
        Book {
            client,
            ..other.book(offering)
        }
        .to_string()
    };
    let office = outside && offering.places.contains(&PlaceKind::Office);
    let telehealth = outside && offering.modes.has(Mode::Telehealth);
    Some(AtHome {
        postcode: postcode.clone(),
        answer,
        trip_fee: trip.filter(|t| !t.fee.is_zero()).map(|t| guest.locale.price(t.fee)),
        office_url: office.then(|| way(Meeting::Office)),
        telehealth_url: telehealth.then(|| way(Meeting::Telehealth)),
    })
}

fn street(guest: &Guest) -> Option<String> {
    guest.practice.office.as_ref().and_then(|o| o.address.first().cloned())
}

fn modes(guest: &Guest, offering: &Offering, chosen: Mode) -> Vec<ModeChoice> {
    if offering.modes.iter().count() < 2 {
        return Vec::new();
    }
    let office_alone = offering.places == [PlaceKind::Office];
    let choice = |mode: Mode| ModeChoice {
        value: mode.as_str().to_owned(),
        chosen: mode == chosen,
        hint: street(guest).filter(|_| mode == Mode::InPerson && office_alone),
    };
    offering.modes.iter().map(choice).collect()
}
