//! The booking form: shown blank, checked, and shown again with everything that was typed.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use booking::appointment::intake::{Questions, problems_at_booking};
use booking::appointment::{
    BookError, BookSlot, HomeAddress, IdempotencyKey, NotAnAddress, NotBookable, ParentName, PhoneNumber, Visit,
};
use booking::practice::{Channel, Mode, Offering, Terms};
use kernel::email::{EmailAddress, NotAnEmail};
use kernel::instant::Instant;
use kernel::money::Money;
use kernel::token::Token;
use kernel::zone::Zone;
use serde::{Deserialize, Serialize};

use super::carry::{self, Carried};
use super::credit::{self, Credit};
use super::{Answer, book, family, keep_private, newsletter, pay};
use crate::error::PageError;
use crate::extract::{Form, Path};
use crate::guest::Guest;
use crate::joining::{self, Wish};
use crate::net::ClientNetwork;
use crate::shown;
use crate::shown::appointment::planned;
use crate::shown::intake::{self, Fields};
use crate::shown::meeting::Meeting;
use crate::state::App;
use crate::view::frame::Nav;
use crate::view::pages::link::Book;
use crate::view::pages::{ChannelChoice, Field, FormPage, Problem, Refusal, Refused, TripFee};

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Typed {
    mode: String,
    place: String,
    postcode: String,
    address: String,
    start: String,
    zone: String,
    channel: String,
    name: String,
    email: String,
    phone: String,
    key: String,
    website: String,
    newsletter: String,
    client: String,
    #[serde(flatten)]
    family: family::Typed,
    /// Answers and consents: `answers.worry`, `consents.privacy`.
    #[serde(flatten)]
    asked: Fields,
}

/// The form of a time, before anything was typed in it. `client` is what stands in the address, for offerings that ask it.
pub async fn blank(
    app: &App,
    guest: &Guest,
    (offering, meeting, client): (&Offering, &Meeting, Option<&str>),
    start: &str,
    carried: Option<Carried>,
) -> Answer {
    let start: Instant = start.parse().map_err(|_| PageError::Unreadable)?;
    let Carried { name, email, phone } = carried.unwrap_or_default();
    let typed = Typed {
        zone: guest.zone.name().to_owned(),
        client: client.unwrap_or_default().to_owned(),
        name,
        email,
        phone,
        ..Typed::default()
    };
    let mut page = form(app, guest, offering, meeting, start, &typed);
    let credit = Credit::of(app, guest, client).await?;
    if let Some(credit) = &credit {
        page.pay_by_credit(credit.trip_alone(guest, offering, meeting));
        page.refused = credit.refusal(offering, meeting, start).map(|why| credit.refused(why));
    }
    let free = book::days(app, guest, offering, meeting, client).await?;
    if page.refused.is_none() && !free.has(start) {
        page.taken = Some(free.taken_again(start));
    }
    answer(app, StatusCode::OK, &page)
}

/// Books the time, or shows the form again.
pub async fn send(
    State(app): State<App>,
    guest: Guest,
    network: ClientNetwork,
    jar: CookieJar,
    Path(slug): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let offering = app.booking().offering(&slug).await?.ok_or(PageError::NotFound)?;
    let meeting = Meeting::sent(&offering, &typed.mode, &typed.place, &typed.postcode).ok_or(PageError::Unreadable)?;
    let start: Instant = typed.start.parse().map_err(|_| PageError::Unreadable)?;
    if !typed.website.is_empty() {
        return Err(PageError::Unreadable);
    }
    let mut page = form(&app, &guest, &offering, &meeting, start, &typed);
    let credit = Credit::of(&app, &guest, Some(&typed.client)).await?;
    if let Some(credit) = &credit {
        page.pay_by_credit(credit.trip_alone(&guest, &offering, &meeting));
    }
    let Some(mut slot) = checked(&mut page, &guest, &offering, &meeting, start, &typed)? else {
        return answer(&app, StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    if !may_try(&app, &network, &offering, guest.now) {
        page.refused = Some(Refused {
            why: Refusal::TooMany,
            url: page.back_url.clone(),
            carry_url: None,
        });
        return answer(&app, StatusCode::TOO_MANY_REQUESTS, &page);
    }
    if let Some(credit) = credit {
        (slot.credit, slot.client) = (Some(credit.token), None);
    }
    slot.address_proved = app.mailing().is_confirmed(&slot.email).await?;
    let address = slot.email.clone();
    match app.booking().book(slot, guest.now).await {
        Ok(booked) => {
            let to = pay::lead_to(&app, &booked.appointment, guest.now).await?;
            let mut jar = carry::put_down(&app, jar);
            if !typed.newsletter.is_empty() && !booked.repeated {
                jar = letters_too(&app, &network, jar, address, guest.now).await;
            }
            let mut answer = (jar, to).into_response();
            keep_private(&mut answer);
            Ok(answer)
        }
        Err(error) => {
            if matches!(error, BookError::NotBookable(NotBookable::OncePerFamily)) {
                app.limits().refused_once(&network, guest.now);
            }
            refused(&app, &guest, (&offering, &meeting, &typed), start, page, error).await
        }
    }
}

/// She ticked the newsletter too. The appointment stands, whatever becomes of it.
async fn letters_too(
    app: &App,
    network: &ClientNetwork,
    jar: CookieJar,
    address: EmailAddress,
    now: Instant,
) -> CookieJar {
    let wish = Wish {
        address: address.clone(),
        name: None,
        topics: None,
        page: "/book",
        trap: "",
        shown: "",
    };
    match joining::join(app, network, wish, now).await {
        Ok(subscribed) => newsletter::remember(app, jar, &subscribed, &address),
        Err(error) => {
            tracing::warn!(%error, "a booking's wish for letters was not kept");
            jar
        }
    }
}

/// Whether this network may try once more: often, but not to find out who has had what is once per family.
fn may_try(app: &App, network: &ClientNetwork, offering: &Offering, now: Instant) -> bool {
    let asking = offering.once_per_family && !app.limits().once(network, now);
    !asking && app.limits().booking(network, now)
}

/// The form with what was typed, nothing said about it yet, and a fresh key.
fn form(app: &App, guest: &Guest, offering: &Offering, meeting: &Meeting, start: Instant, typed: &Typed) -> FormPage {
    let mode = meeting.mode();
    let trip = meeting
        .trip(&guest.practice)
        .map(|t| t.fee)
        .filter(|fee| !fee.is_zero());
    let price = trip
        .and_then(|fee| offering.price.checked_add(fee))
        .unwrap_or(offering.price);
    let at_home = matches!(meeting, Meeting::Home { .. });
    let channels: &[Channel] = if mode == Mode::Telehealth {
        &offering.channels
    } else {
        &[]
    };
    let chosen = |c: Channel| channel(offering, &typed.channel) == Some(c);
    let zone = guest.zone_for(mode);
    let free_until = guest.practice.policy.free_until(start);
    let field = |value: &str| Field {
        value: value.to_owned(),
        problem: None,
    };
    FormPage {
        frame: guest.frame(Nav::Services),
        slug: offering.slug.to_string(),
        visit: planned(guest, offering, meeting, start),
        office: (*meeting == Meeting::Office)
            .then(|| guest.practice.office.as_ref().map(shown::office))
            .flatten(),
        button_time: guest.locale.short(start, guest.now, zone),
        by_credit: false,
        price: (!price.is_zero()).then(|| guest.locale.price(price)),
        trip: trip.map(|fee| trip_fee(guest, offering, fee)),
        pay_before: !price.is_zero() && offering.terms == Terms::Before,
        pay_online: app.booking().pays_online(),
        cancel_until: (!price.is_zero() && free_until > guest.now).then(|| guest.locale.moment(free_until, zone)),
        back_url: back_url(offering, meeting, typed, zone, start),
        client: Some(typed.client.clone()).filter(|client| !client.is_empty()),
        family: typed.family.fields(),
        family_problem: false,
        mode: mode.as_str().to_owned(),
        place: if at_home { "home" } else { "" }.to_owned(),
        postcode: meeting.postcode().unwrap_or_default().to_owned(),
        address: at_home.then(|| field(&typed.address)),
        address_problem: None,
        start: start.to_string(),
        zone: Zone::named(&typed.zone).map_or_else(|_| guest.zone.name().to_owned(), |z| z.name().to_owned()),
        key: Token::random(app.chance()).reveal().to_owned(),
        channels: channels
            .iter()
            .map(|c| ChannelChoice {
                value: c.as_str().to_owned(),
                chosen: chosen(*c),
            })
            .collect(),
        channel_problem: None,
        name: field(&typed.name),
        email: field(&typed.email),
        phone: field(&typed.phone),
        letters: !typed.newsletter.is_empty(),
        phone_needed: channels == [Channel::Phone],
        asked: intake::at_booking(&questions(offering, meeting), &typed.asked, &[]),
        taken: None,
        refused: None,
    }
}

fn trip_fee(guest: &Guest, offering: &Offering, fee: Money) -> TripFee {
    TripFee {
        visit: guest.locale.price(offering.price),
        trip: guest.locale.price(fee),
    }
}

/// What the offering asks at booking of a visit that is held this way.
fn questions<'a>(offering: &'a Offering, meeting: &Meeting) -> Questions<'a> {
    Questions::of(offering, meeting.mode(), meeting.place()).at_booking()
}

fn back_url(offering: &Offering, meeting: &Meeting, typed: &Typed, zone: &Zone, start: Instant) -> String {
    let day = Some(zone.date(start));
    Book {
        day,
        client: Some(typed.client.as_str()).filter(|client| !client.is_empty()),
        ..meeting.book(offering)
    }
    .to_string()
}

/// What was typed as a booking; otherwise what is wrong stands at its field. A zone that does not exist is no slip of hers.
fn checked(
    page: &mut FormPage,
    guest: &Guest,
    offering: &Offering,
    meeting: &Meeting,
    start: Instant,
    typed: &Typed,
) -> Result<Option<BookSlot>, PageError> {
    let zone: Zone = typed.zone.parse().map_err(|_| PageError::Unreadable)?;
    let name = ParentName::parse(&typed.name);
    page.name.problem = name.as_ref().err().map(|_| problem(&typed.name, 200));
    let email = EmailAddress::parse(&typed.email);
    page.email.problem = email.as_ref().err().map(|e| match e {
        NotAnEmail::Length => Problem::TooLong,
        _ => problem(&typed.email, 254),
    });
    let blank = typed.phone.trim().is_empty();
    let phone = if blank {
        Ok(None)
    } else {
        PhoneNumber::parse(&typed.phone).map(Some)
    };
    page.phone.problem = phone.as_ref().err().map(|_| problem(&typed.phone, 40));
    let visit = match meeting {
        Meeting::Office => Some(Visit::Office),
        Meeting::Telehealth => channel(offering, &typed.channel).map(Visit::Telehealth),
        Meeting::Home { postcode } => at_home(page, &typed.address, postcode),
    };
    page.channel_problem = (visit.is_none() && *meeting == Meeting::Telehealth).then_some(Problem::Unusable);
    if blank && matches!(visit, Some(Visit::Telehealth(Channel::Phone))) {
        page.phone.problem = Some(Problem::Missing);
    }
    let asked = questions(offering, meeting);
    let given = intake::typed_at_booking(&asked, &typed.asked);
    let problems = problems_at_booking(offering, meeting.mode(), meeting.place(), &given);
    page.asked = intake::at_booking(&asked, &typed.asked, &problems);
    let family = typed.family.checked(&mut page.family, zone.date(guest.now));
    page.family_problem = family.is_none();
    let (Ok(name), Ok(email), Ok(phone), Some(visit), None, Some(family)) =
        (name, email, phone, visit, page.phone.problem, family)
    else {
        return Ok(None);
    };
    if !problems.is_empty() {
        return Ok(None);
    }
    let body = Typed {
        key: String::new(),
        ..typed.clone()
    };
    let key = (!typed.key.is_empty()).then(|| IdempotencyKey::new("form", &typed.key, &body));
    let offering = offering.slug.to_string();
    Ok(Some(BookSlot {
        offering,
        visit,
        start,
        name,
        email,
        phone,
        zone,
        babies: family.babies,
        second_recipient: family.second,
        address_proved: false,
        client: (!typed.client.is_empty()).then(|| Token::presented(&typed.client)),
        credit: None,
        intake: given,
        key,
    }))
}

/// A visit at her home; an address that cannot be one stands at its field.
fn at_home(page: &mut FormPage, typed: &str, postcode: &str) -> Option<Visit> {
    let address = HomeAddress::parse(typed);
    let problem = address.as_ref().err().map(|e| match e {
        NotAnAddress::Empty => Problem::Missing,
        NotAnAddress::Length => Problem::TooLong,
        NotAnAddress::Control => Problem::Unusable,
    });
    page.address_problem = problem;
    if let Some(field) = &mut page.address {
        field.problem = problem;
    }
    Some(Visit::Home {
        address: address.ok()?,
        postcode: postcode.to_owned(),
    })
}

/// The channel asked for; who says nothing gets the offering's first, which the form has chosen for her.
fn channel(offering: &Offering, asked: &str) -> Option<Channel> {
    match asked {
        "" => offering.channels.first().copied(),
        text => text.parse().ok().filter(|c| offering.channels.contains(c)),
    }
}

pub(super) fn problem(typed: &str, longest: usize) -> Problem {
    match typed.trim() {
        "" => Problem::Missing,
        text if text.chars().count() > longest => Problem::TooLong,
        _ => Problem::Unusable,
    }
}

/// The form again, with what stands in the way.
async fn refused(
    app: &App,
    guest: &Guest,
    (offering, meeting, typed): (&Offering, &Meeting, &Typed),
    start: Instant,
    mut page: FormPage,
    error: BookError,
) -> Answer {
    let why = match error {
        BookError::SlotTaken => {
            let client = Some(typed.client.as_str()).filter(|client| !client.is_empty());
            let days = book::days(app, guest, offering, meeting, client).await?;
            page.taken = Some(days.taken_again(start));
            return answer(app, StatusCode::CONFLICT, &page);
        }
        BookError::PhoneNeeded => {
            page.phone.problem = Some(Problem::Missing);
            return answer(app, StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        // Somebody changed the questions while the form was on its way: they are shown as they are now.
        BookError::Intake(problems) => {
            let fresh = app.booking().offering(offering.slug.as_str()).await?;
            let fresh = fresh.ok_or(PageError::NotFound)?;
            page.asked = intake::at_booking(&questions(&fresh, meeting), &typed.asked, &problems);
            return answer(app, StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        BookError::NotBookable(why) => refusal(why)?,
        BookError::NoCredit(why) => credit::refusal(why),
        BookError::IdempotencyMismatch => Refusal::NotOffered,
        other => return Err(other.into()),
    };
    let carry_url = match why {
        Refusal::OncePerFamily => paid_step(app).await?,
        _ => None,
    };
    let url = match why {
        Refusal::OncePerFamily => "/services".to_owned(),
        why if credit::is_about(why) => format!("/purchases/{}", typed.client),
        _ => page.back_url.clone(),
    };
    page.refused = Some(Refused { why, url, carry_url });
    answer(app, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn refusal(why: NotBookable) -> Result<Refusal, PageError> {
    Ok(match why {
        NotBookable::Past | NotBookable::TooSoon => Refusal::TooSoon,
        NotBookable::BeyondHorizon => Refusal::TooFar,
        NotBookable::OncePerFamily => Refusal::OncePerFamily,
        NotBookable::ClientsOnly => Refusal::ClientsOnly,
        NotBookable::TooManyComing => Refusal::TwoWaiting,
        NotBookable::OutsideArea => Refusal::OutsideArea,
        NotBookable::UnknownOffering => return Err(PageError::NotFound),
        _ => Refusal::NotOffered,
    })
}

/// The first paid offering that is open to everyone: where what was typed is carried on to.
async fn paid_step(app: &App) -> Result<Option<String>, PageError> {
    let offerings = app.booking().offerings().await?;
    let paid = offerings
        .iter()
        .find(|o| !o.is_free() && o.audience == booking::practice::Audience::Everyone);
    Ok(paid.map(|o| format!("/book/{}/carry", o.slug)))
}

fn answer(app: &App, status: StatusCode, page: &FormPage) -> Answer {
    let mut answer: Response = super::show_privately(app, page)?;
    *answer.status_mut() = status;
    Ok(answer)
}
