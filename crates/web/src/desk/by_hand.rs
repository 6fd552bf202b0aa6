//! `/admin/appointments/new`: an appointment that she adds by hand, at a free time or at one of her own.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use booking::appointment::{
    AppointmentFacts, BookError, BookSlot, ByHand as Wish, Given, HomeAddress, IdempotencyKey, NotBookable, ParentName,
    PhoneNumber, RescheduleError, Visit,
};
use booking::money::{NoCredit, PurchaseState, PurchaseView};
use booking::practice::{Audience, Channel, Mode, Offering, PlaceKind};
use booking::schedule::{Slot, SlotsAsked, SlotsError};
use jiff::civil::{Date, Time};
use kernel::email::EmailAddress;
use kernel::instant::Instant;
use kernel::token::Token;
use kernel::zone::Zone;
use serde::{Deserialize, Serialize};

use super::offering::again;
use super::{Answer, Room, appointment, moving, show, url};
use crate::error::PageError;
use crate::extract::{Form, Now, SignedIn};
use crate::state::App;
use crate::view::desk::{ByHand, Choice, Choices, FieldProblem, Input, Tab};
use crate::view::format;
use crate::view::pages::zone_choices;

/// So far ahead is looked for the first free day.
const LOOK_AHEAD_DAYS: i64 = 30;

/// How the two meet, as the form says it: its words, its names and what they mean.
const WAYS: [(&str, &str); 4] = [
    ("video", "By video"),
    ("phone", "By phone: you call her"),
    ("office", "At your office"),
    ("home", "At the family’s home"),
];

/// What she has typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Typed {
    key: String,
    offering: String,
    way: String,
    address: String,
    postcode: String,
    date: String,
    slot: String,
    time: String,
    anyway: String,
    name: String,
    email: String,
    phone: String,
    zone: String,
    confirm: String,
    /// The appointment that it follows, and which of that family's packages pays.
    after: String,
    credit: String,
    #[serde(rename = "do", skip_serializing)]
    what: String,
}

/// With what the form begins: an offering's slug, a day, and the appointment that it follows: then it is for the same family.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    offering: String,
    date: String,
    after: String,
}

/// The form for the next visit of the same family.
pub fn after(facts: &AppointmentFacts) -> String {
    format!("/admin/appointments/new?after={}", facts.id)
}

/// The form.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(begin): Query<Begin>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let offerings = app.booking().offerings().await?;
    let before = match begin.after.as_str() {
        "" => None,
        id => Some(appointment::find(&app, id).await?.facts),
    };
    let follows = |o: &&Offering| before.is_some() && o.audience == Audience::Clients;
    let chosen = offerings
        .iter()
        .find(|o| o.slug.as_str() == begin.offering)
        .or_else(|| offerings.iter().find(follows))
        .or(offerings.first());
    let today = room.practice.zone.date(now);
    let mut typed = Typed {
        offering: chosen.map(|o| o.slug.to_string()).unwrap_or_default(),
        way: chosen.map(first_way).unwrap_or_default().to_owned(),
        date: begin.date.parse::<Date>().unwrap_or(today).to_string(),
        zone: room.practice.zone.name().to_owned(),
        confirm: "now".into(),
        ..Typed::default()
    };
    let mut page_credits = Vec::new();
    if let Some(facts) = before {
        typed.after = facts.id.to_string();
        page_credits = credits(&app, now, &typed).await?;
        let covers = |view: &&PurchaseView| pays(view, &typed.offering);
        typed.credit = page_credits
            .iter()
            .find(covers)
            .map(|v| v.facts.id.to_string())
            .unwrap_or_default();
        if let Some(day) = first_free(&app, &room, &typed).await? {
            typed.date = day.to_string();
        }
        typed.name = facts.parent_name;
        facts.parent_email.as_str().clone_into(&mut typed.email);
        typed.phone = facts.phone.unwrap_or_default();
        facts.parent_zone.name().clone_into(&mut typed.zone);
    }
    let mut page = form(&app, &room, &offerings, &typed);
    page.credits = credit_choices(&room, &page_credits, &typed);
    if !typed.after.is_empty() {
        look(&app, &room, &mut page, &typed).await?;
        page.problems.clear();
    }
    show(&app, &page)
}

/// The packages of the family that the appointment before was for, of which something can be booked.
async fn credits(app: &App, now: Instant, typed: &Typed) -> Result<Vec<PurchaseView>, PageError> {
    let Ok(after) = typed.after.parse() else {
        return Ok(Vec::new());
    };
    let mut all = app.booking().purchases_of_family(after, now).await?;
    all.retain(|view| view.state == PurchaseState::Active && view.credits.iter().any(|credits| credits.left > 0));
    Ok(all)
}

fn pays(view: &PurchaseView, offering: &str) -> bool {
    view.credits
        .iter()
        .any(|credits| credits.left > 0 && credits.offering.as_str() == offering)
}

/// What can pay it: nothing yet, or one of her packages; nothing to choose when she has none.
fn credit_choices(room: &Room, all: &[PurchaseView], typed: &Typed) -> Choices {
    if all.is_empty() {
        return Choices::default();
    }
    let choice = |view: &PurchaseView| {
        let left = view.credits.iter().filter(|credits| credits.left > 0);
        let left: Vec<String> = left.map(|c| format!("{}: {} left", c.offering_name, c.left)).collect();
        let until = view
            .expires_at
            .map(|at| room.locale.date_with_year(room.practice.zone.date(at)));
        let hint = format!("{}. Before {}.", left.join(", "), until.unwrap_or_default());
        let id = view.facts.id.to_string();
        let chosen = id == typed.credit;
        Choice::new(id, format!("Her package “{}”", view.facts.package_name), chosen).hinted(hint)
    };
    let none = Choice::new("", "Not from a package", typed.credit.is_empty());
    Choices::of(all.iter().map(choice).chain([none]).collect())
}

/// The first day from now on with a free time for the visit that is chosen.
async fn first_free(app: &App, room: &Room, typed: &Typed) -> Result<Option<Date>, PageError> {
    let asked = SlotsAsked {
        until: room.now.plus_minutes(LOOK_AHEAD_DAYS * 1440),
        from: room.now,
        ..asked(typed, room.now, room.now)
    };
    match app.booking().slots(&asked, room.now).await {
        Ok(offered) => Ok(offered.slots.first().map(|slot| room.practice.zone.date(slot.start))),
        Err(SlotsError::NotBookable(_) | SlotsError::Range) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Books it, or shows the free times of the day, or what is wrong.
pub async fn send(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Form(typed): Form<Typed>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let offerings = app.booking().offerings().await?;
    let mut page = form(&app, &room, &offerings, &typed);
    let purchases = credits(&app, now, &typed).await?;
    page.credits = credit_choices(&room, &purchases, &typed);
    if typed.what == "look" {
        look(&app, &room, &mut page, &typed).await?;
        return if page.problems.is_empty() {
            show(&app, &page)
        } else {
            again(&app, &page)
        };
    }
    let Some(mut wish) = checked(&room, &mut page, &typed) else {
        return refuse(&app, &room, page, &typed).await;
    };
    if !typed.credit.is_empty() {
        let chosen = purchases.iter().find(|view| view.facts.id.to_string() == typed.credit);
        let Some(chosen) = chosen else {
            say(&mut page, "credit", "This package cannot pay any more: choose again.");
            return refuse(&app, &room, page, &typed).await;
        };
        wish.slot.credit = Some(chosen.token.clone());
    }
    match app.booking().book_by_hand(wish, signed_in.0.login, now).await {
        Ok(booked) => Ok(Redirect::to(&format!("{}?done=added", url(&booked.appointment.facts))).into_response()),
        Err(error) => {
            wrong(&mut page, error)?;
            refuse(&app, &room, page, &typed).await
        }
    }
}

/// The form again, with the free times of its day while they can be told.
async fn refuse(app: &App, room: &Room, mut page: ByHand, typed: &Typed) -> Answer {
    let said = page.clone();
    look(app, room, &mut page, typed).await?;
    // What was said first counts: looking is only a help.
    let (slots, day) = (page.slots, page.day);
    again(app, &ByHand { slots, day, ..said })
}

/// The form with what was typed, nothing said about it yet, and its key.
fn form(app: &App, room: &Room, offerings: &[Offering], typed: &Typed) -> ByHand {
    let practice = &room.practice.zone;
    let hers = Zone::named(&typed.zone).unwrap_or_else(|_| practice.clone());
    let offering = |o: &Offering| {
        let label = format!("{}, {}", o.name, format::minutes(i64::from(o.minutes)));
        Choice::new(o.slug.as_str(), label, o.slug.as_str() == typed.offering)
    };
    let zone = |z: crate::view::pages::ZoneChoice| Choice::new(z.value, z.label, z.chosen);
    let key = if typed.key.is_empty() {
        Token::random(app.chance()).reveal().to_owned()
    } else {
        typed.key.clone()
    };
    ByHand {
        desk: room.at(Tab::Appointments),
        problems: Vec::new(),
        after: typed.after.clone(),
        credits: Choices::default(),
        key,
        offering: Choices::of(offerings.iter().map(offering).collect()),
        way: Choices::of(
            WAYS.map(|(value, label)| Choice::new(value, label, value == typed.way))
                .into(),
        ),
        address: Input::of(&typed.address),
        postcode: Input::of(&typed.postcode),
        date: Input::of(&typed.date),
        zone: format::zone_name(practice),
        slots: None,
        day: None,
        time: Input::of(&typed.time),
        anyway: !typed.anyway.is_empty(),
        name: Input::of(&typed.name),
        email: Input::of(&typed.email),
        phone: Input::of(&typed.phone),
        zones: zone_choices(&hers, practice).into_iter().map(zone).collect(),
        confirm: Choices::of(vec![
            Choice::new("now", "Confirm it now", typed.confirm != "payment")
                .hinted("Your word is enough: the invitation goes out at once. What is not paid is shown as owed."),
            Choice::new("payment", "Keep it until it is paid", typed.confirm == "payment")
                .hinted("She is told how to pay. You confirm it with “Mark as paid”; unpaid, the time is free again."),
        ]),
    }
}

fn first_way(offering: &Offering) -> &'static str {
    let channel = offering
        .channels
        .first()
        .filter(|_| offering.modes.has(Mode::Telehealth));
    match (channel, offering.places.first()) {
        (Some(Channel::Video), _) => "video",
        (Some(Channel::Phone), _) => "phone",
        (None, Some(PlaceKind::Home)) => "home",
        (None, _) => "office",
    }
}

/// The free times of the day that was typed, for the visit that was chosen.
async fn look(app: &App, room: &Room, page: &mut ByHand, typed: &Typed) -> Result<(), PageError> {
    let Ok(date) = typed.date.trim().parse::<Date>() else {
        say(page, "date", "Choose a day.");
        return Ok(());
    };
    let zone = &room.practice.zone;
    let next = date.tomorrow().unwrap_or(date);
    let asked = asked(typed, zone.start_of_day(date), zone.start_of_day(next));
    match app.booking().slots(&asked, room.now).await {
        Ok(offered) => {
            let choice = |slot: &Slot| {
                let value = slot.start.to_string();
                let chosen = value == typed.slot;
                Choice::new(value, room.locale.time(slot.start, zone), chosen)
            };
            page.slots = Some(offered.slots.iter().map(choice).collect());
            page.day = Some(room.locale.date(date));
        }
        Err(SlotsError::NotBookable(why)) => not_bookable(page, why),
        Err(SlotsError::Range) => say(page, "date", "Choose a day."),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// The question for the free times of the visit that is chosen.
fn asked(typed: &Typed, from: Instant, until: Instant) -> SlotsAsked {
    let (mode, place) = match typed.way.as_str() {
        "office" => (Mode::InPerson, Some(PlaceKind::Office)),
        "home" => (Mode::InPerson, Some(PlaceKind::Home)),
        _ => (Mode::Telehealth, None),
    };
    SlotsAsked {
        offering: typed.offering.clone(),
        mode,
        place,
        postcode: Some(typed.postcode.clone()),
        from,
        until,
    }
}

/// What was typed as a wish; otherwise what is wrong stands at its field.
fn checked(room: &Room, page: &mut ByHand, typed: &Typed) -> Option<Wish> {
    let start = start(&room.practice.zone, page, typed);
    let visit = visit(page, typed);
    let name = ParentName::parse(&typed.name).ok();
    if name.is_none() {
        let empty = typed.name.trim().is_empty();
        say(
            page,
            "name",
            if empty {
                "Write her name."
            } else {
                "Write her name in at most 60 letters, and no link."
            },
        );
    }
    let email = EmailAddress::parse(&typed.email).ok();
    if email.is_none() {
        let empty = typed.email.trim().is_empty();
        let needed = "Her e-mail is needed: the invitation and the link to move or cancel go there.";
        say(page, "email", if empty { needed } else { "This is no e-mail address." });
    }
    let phone = match typed.phone.trim() {
        "" => Some(None),
        text => PhoneNumber::parse(text).ok().map(Some),
    };
    if phone.is_none() {
        say(page, "phone", "A telephone number has 7 to 15 digits.");
    }
    if !matches!(typed.confirm.as_str(), "now" | "payment") {
        say(page, "confirm", "Choose one of these.");
    }
    if !page.problems.is_empty() {
        return None;
    }
    let slot = BookSlot {
        offering: typed.offering.clone(),
        visit: visit?,
        start: start?,
        name: name?,
        email: email?,
        phone: phone?,
        zone: Zone::named(&typed.zone).unwrap_or_else(|_| room.practice.zone.clone()),
        babies: Vec::new(),
        second_recipient: None,
        address_proved: false,
        client: None,
        credit: None,
        intake: Given::default(),
        key: (!typed.key.is_empty()).then(|| {
            let body = Typed {
                key: String::new(),
                ..typed.clone()
            };
            IdempotencyKey::new("by-hand", &typed.key, &body)
        }),
    };
    Some(Wish {
        slot,
        confirmed: typed.confirm == "now",
        anyway: !typed.anyway.is_empty(),
    })
}

/// Her own time on the practice's clock (gap: the first instant after it; fold: the first occurrence), else the free one that she chose.
fn start(zone: &Zone, page: &mut ByHand, typed: &Typed) -> Option<Instant> {
    if typed.time.trim().is_empty() {
        let slot = typed.slot.parse().ok();
        if slot.is_none() {
            say(page, "time", "Choose a free time, or write one of your own.");
        }
        return slot;
    }
    let date = typed.date.trim().parse::<Date>().ok();
    if date.is_none() {
        say(page, "date", "Choose a day.");
    }
    let time = typed.time.trim().parse::<Time>().ok();
    if time.is_none() {
        say(page, "time", "Write a time such as 09:30.");
    }
    Some(zone.instant(date?.to_datetime(time?)))
}

fn visit(page: &mut ByHand, typed: &Typed) -> Option<Visit> {
    match typed.way.as_str() {
        "video" => Some(Visit::Telehealth(Channel::Video)),
        "phone" => Some(Visit::Telehealth(Channel::Phone)),
        "office" => Some(Visit::Office),
        "home" => {
            let address = HomeAddress::parse(&typed.address).ok();
            if address.is_none() {
                say(
                    page,
                    "address",
                    "Write the address of the visit, in at most 300 letters.",
                );
            }
            Some(Visit::Home {
                address: address?,
                postcode: typed.postcode.clone(),
            })
        }
        _ => {
            say(page, "way", "Choose one of these.");
            None
        }
    }
}

/// Says what is wrong at its field and on top; of two things at one field the first.
fn say(page: &mut ByHand, id: &'static str, text: &str) {
    let place = match id {
        "offering" => &mut page.offering.problem,
        "way" => &mut page.way.problem,
        "address" => &mut page.address.problem,
        "postcode" => &mut page.postcode.problem,
        "date" => &mut page.date.problem,
        "name" => &mut page.name.problem,
        "email" => &mut page.email.problem,
        "phone" => &mut page.phone.problem,
        "confirm" => &mut page.confirm.problem,
        "credit" => &mut page.credits.problem,
        _ => &mut page.time.problem,
    };
    if place.is_none() {
        *place = Some(text.to_owned());
        page.problems.push(FieldProblem {
            id,
            text: text.to_owned(),
        });
    }
}

fn not_bookable(page: &mut ByHand, why: NotBookable) {
    match why {
        NotBookable::UnknownOffering => say(page, "offering", "This is not offered any more."),
        NotBookable::Mode | NotBookable::Channel | NotBookable::Place => {
            say(page, "way", "This offering is not held that way.");
        }
        NotBookable::OutsideArea => say(page, "postcode", "This postcode is not in your area of home visits."),
        why => say(page, "time", &moving::said(&RescheduleError::NotBookable(why))),
    }
}

/// Why it was not booked, at the field that is meant.
fn wrong(page: &mut ByHand, error: BookError) -> Result<(), PageError> {
    match error {
        BookError::NotBookable(why) => not_bookable(page, why),
        BookError::SlotTaken => say(page, "time", &moving::said(&RescheduleError::SlotTaken)),
        BookError::NoCredit(why) => {
            let said = match why {
                NoCredit::OtherOffering => "Her package holds no visit of this kind.",
                NoCredit::OtherWay => "Her package does not pay this visit when it is held this way.",
                NoCredit::NoneLeft => "None of these visits is left in her package.",
                NoCredit::Over(_) => "Her package is over by then.",
                NoCredit::Unknown | NoCredit::Unpaid => "This package cannot pay any more: choose again.",
            };
            say(page, "credit", said);
        }
        BookError::PhoneNeeded => say(page, "phone", "Her number is needed, because you call her."),
        BookError::IdempotencyMismatch => {
            // The next one is another wish.
            page.key = String::new();
            say(
                page,
                "time",
                "This form was sent before, with other words: look whether the appointment is there.",
            );
        }
        other => return Err(other.into()),
    }
    Ok(())
}
