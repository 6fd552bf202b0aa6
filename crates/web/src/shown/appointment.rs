//! One visit, as the parent's pages show it.

use booking::appointment::{AppointmentFacts, AppointmentView, Held, Home, Moving, State};
use booking::practice::{Channel, Offering, Office};
use kernel::instant::Instant;
use kernel::zone::Zone;

use super::meeting::Meeting;
use crate::guest::Guest;
use crate::view::format;
use crate::view::frame::Nav;
use crate::view::pages::{
    self, AppointmentPage, AppointmentState, Arc, CalendarLinks, CancelLatePage, CancelPage, CancelRow, Charge, Field,
    How, Join, MoveRow, Payment, SecondRecipient, link,
};

/// From this long before the start the way in stands first.
const JOIN_MINUTES: i64 = 15;
/// So long after its end the room's address still stands there: visits run over.
const LINGER_MINUTES: i64 = 60;
/// So long after booking the page says "It is booked" and offers the newsletter.
const FRESH_MINUTES: i64 = 10;

/// A visit that is not booked yet.
pub fn planned(guest: &Guest, offering: &Offering, meeting: &Meeting, start: Instant) -> pages::Visit {
    let how = match (meeting, offering.channels.as_slice()) {
        (Meeting::Office, _) => How::Office,
        (Meeting::Home { .. }, _) => How::Home,
        (Meeting::Telehealth, [Channel::Video]) => How::Video,
        (Meeting::Telehealth, [Channel::Phone]) => How::Phone,
        (Meeting::Telehealth, _) => How::Telehealth,
    };
    let end = start.plus_minutes(offering.minutes.into());
    visit(guest, &offering.name, how, (start, end), guest.zone_for(meeting.mode()))
}

/// A booked visit, in the zone it was booked in (of a visit in person: the place's).
pub(super) fn booked(guest: &Guest, facts: &AppointmentFacts) -> pages::Visit {
    booked_at(guest, facts, (facts.starts, facts.ends))
}

/// The same visit at another time.
pub(super) fn booked_at(guest: &Guest, facts: &AppointmentFacts, span: (Instant, Instant)) -> pages::Visit {
    let how = match facts.held {
        Held::Video => How::Video,
        Held::Phone => How::Phone,
        Held::Office { .. } => How::Office,
        Held::Home { .. } => How::Home,
    };
    visit(guest, &facts.offering_name, how, span, facts.shown_zone())
}

fn visit(guest: &Guest, offering: &str, how: How, (start, end): (Instant, Instant), zone: &Zone) -> pages::Visit {
    let practice = &guest.practice.zone;
    let differs = practice.civil(start) != zone.civil(start);
    let there = || {
        format!(
            "{} in {}",
            guest.locale.time(start, practice),
            format::zone_name(practice)
        )
    };
    pages::Visit {
        offering: offering.to_owned(),
        minutes: format::minutes((end - start).as_mins()),
        how,
        day: guest.locale.day_soon(start, guest.now, zone),
        time: guest.locale.time_range(start, end, zone),
        zone_name: format::zone_name(zone),
        other_time: differs.then(there),
    }
}

/// The page behind her link.
pub fn page(guest: &Guest, view: &AppointmentView) -> AppointmentPage {
    let facts = &view.facts;
    let zone = facts.shown_zone();
    let state = state(guest, facts);
    let live = matches!(state, AppointmentState::Booked | AppointmentState::Confirmed);
    let awaiting = state == AppointmentState::AwaitingPayment;
    let path = format!("/appointments/{}", view.token.reveal());
    let lingers = guest.now < facts.ends.plus_minutes(LINGER_MINUTES);
    let video_url = view.join_url.clone().filter(|_| live && lingers);
    let at_door = live && guest.now >= facts.starts.plus_minutes(-JOIN_MINUTES) && guest.now < facts.ends;
    let remote = facts.held.channel().is_some();
    AppointmentPage {
        frame: guest.frame(Nav::Elsewhere),
        state,
        first_name: first_name(&facts.parent_name),
        visit: booked(guest, facts),
        arc: Arc::at(zone.civil(facts.starts).time()),
        office: office(facts).map(super::office),
        home: view.home.as_ref().map(home_lines),
        call_number: facts.phone.clone().filter(|_| matches!(facts.held, Held::Phone)),
        join: (at_door && remote).then(|| Join {
            url: video_url.clone(),
            time: guest.locale.time(facts.starts, zone),
        }),
        video_url,
        payment: payment(guest, facts, live || awaiting),
        calendar_title: title(guest),
        calendar: (live && guest.now < facts.ends).then(|| calendar_links(guest, view, &path)),
        intake: None,
        moved: false,
        moving: (live || awaiting).then(|| move_row(guest, facts, &path)).flatten(),
        cancel: (live || awaiting).then(|| cancel_row(guest, view, &path)).flatten(),
        second: (live || awaiting).then(|| second(facts, &path)),
        saved: false,
        receipts: Vec::new(),
        follow_up_url: None,
        fee: (!facts.kept().is_zero()).then(|| guest.locale.price(facts.kept())),
        again_url: again_url(facts, state),
        newsletter_email: (state == AppointmentState::Booked).then(|| facts.parent_email.as_str().to_owned()),
    }
}

/// The address of a home visit, line by line.
fn home_lines(home: &Home) -> Vec<String> {
    let lines = home.address.lines().map(str::to_owned);
    lines.chain([home.postcode.clone()]).collect()
}

fn office(facts: &AppointmentFacts) -> Option<&Office> {
    match &facts.held {
        Held::Office { office } => Some(office),
        _ => None,
    }
}

fn state(guest: &Guest, facts: &AppointmentFacts) -> AppointmentState {
    match facts.state {
        State::AwaitingPayment { .. } => AppointmentState::AwaitingPayment,
        State::Confirmed if guest.now < facts.created_at.plus_minutes(FRESH_MINUTES) => AppointmentState::Booked,
        State::Confirmed => AppointmentState::Confirmed,
        State::Completed => AppointmentState::Completed,
        State::NoShow => AppointmentState::NoShow,
        State::Cancelled { .. } => AppointmentState::Cancelled,
        State::Expired => AppointmentState::Expired,
    }
}

fn first_name(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_owned()
}

/// "Appointment with" the discreet name, and nothing more.
fn title(guest: &Guest) -> String {
    booking::calendar::event::discreet_title(&guest.practice.discreet_name)
}

fn payment(guest: &Guest, facts: &AppointmentFacts, shown: bool) -> Option<Payment> {
    let total = facts.total();
    if total.is_zero() || !shown {
        return None;
    }
    let hold_until = match facts.state {
        State::AwaitingPayment { hold_until } => Some(hold_until),
        _ => None,
    };
    Some(Payment {
        price: guest.locale.price(total),
        trip: (!facts.trip_fee.is_zero()).then(|| guest.locale.price(facts.trip_fee)),
        paid: facts.paid_at.is_some(),
        kept_until: hold_until.map(|until| guest.locale.until(until, guest.now, facts.shown_zone())),
        how: hold_until.map_or_else(Vec::new, |_| pages::paragraphs(&guest.practice.how_to_pay)),
        online: None,
    })
}

fn calendar_links(guest: &Guest, view: &AppointmentView, path: &str) -> CalendarLinks {
    let facts = &view.facts;
    let place = view
        .join_url
        .clone()
        .or_else(|| office(facts).map(Office::in_one_line))
        .unwrap_or_default();
    let title = title(guest);
    CalendarLinks {
        ics: format!("{path}/calendar.ics"),
        google: link::google_calendar(&title, facts.starts, facts.ends, "", &place),
        outlook: link::outlook_calendar(&title, facts.starts, facts.ends, "", &place),
    }
}

fn move_row(guest: &Guest, facts: &AppointmentFacts, path: &str) -> Option<MoveRow> {
    let url = match facts.moving(guest.now) {
        Moving::Until(_) => Some(format!("{path}/reschedule")),
        Moving::TooLate if guest.now < facts.starts => None,
        Moving::TooLate | Moving::Over(_) => return None,
    };
    Some(MoveRow {
        url,
        until: guest.locale.moment(facts.free_until, facts.shown_zone()),
    })
}

fn second(facts: &AppointmentFacts, path: &str) -> SecondRecipient {
    let address = facts.second_recipient.as_ref().map(|a| a.as_str().to_owned());
    SecondRecipient {
        action: format!("{path}/second-recipient"),
        named: address.is_some(),
        field: Field {
            value: address.unwrap_or_default(),
            problem: None,
        },
    }
}

fn cancel_row(guest: &Guest, view: &AppointmentView, path: &str) -> Option<CancelRow> {
    let terms = view.facts.cancel_terms(guest.now);
    let costs = !view.facts.price.is_zero() || view.facts.by_credit;
    terms.possible.then(|| CancelRow {
        url: format!("{path}/cancel"),
        by_credit: view.facts.by_credit,
        free_until: (costs && !terms.late).then(|| guest.locale.moment(terms.free_until, view.facts.shown_zone())),
        late_fee: (!terms.kept.is_zero()).then(|| guest.locale.price(terms.kept)),
    })
}

fn again_url(facts: &AppointmentFacts, state: AppointmentState) -> Option<String> {
    let over = matches!(
        state,
        AppointmentState::Expired | AppointmentState::Completed | AppointmentState::Cancelled
    );
    let neutral = matches!(facts.state, State::Cancelled { reason: Some(reason), .. } if reason.is_neutral());
    (over && !neutral).then(|| format!("/book/{}", facts.offering))
}

/// It has begun: there is no cancelling any more, and the page says why and whom to call.
pub fn cancel_late(guest: &Guest, view: &AppointmentView) -> CancelLatePage {
    CancelLatePage {
        frame: guest.frame(Nav::Elsewhere),
        visit: booked(guest, &view.facts),
        began: guest.locale.moment(view.facts.starts, view.facts.shown_zone()),
        back_url: format!("/appointments/{}", view.token.reveal()),
    }
}

/// The question before it is cancelled.
pub fn cancel_page(guest: &Guest, view: &AppointmentView) -> CancelPage {
    let terms = view.facts.cancel_terms(guest.now);
    let path = format!("/appointments/{}", view.token.reveal());
    let price = view.facts.price;
    let charge = if view.facts.by_credit {
        if terms.credit_kept {
            Charge::CreditUsed
        } else {
            Charge::CreditBack
        }
    } else if price.is_zero() || matches!(view.facts.state, State::AwaitingPayment { .. }) {
        Charge::NothingPaid
    } else if terms.kept.is_zero() {
        Charge::InTime
    } else if terms.kept == price {
        Charge::Whole
    } else {
        Charge::Part
    };
    CancelPage {
        frame: guest.frame(Nav::Elsewhere),
        visit: booked(guest, &view.facts),
        action: format!("{path}/cancel"),
        back_url: path,
        charge,
        fee: matches!(charge, Charge::Part | Charge::Whole).then(|| guest.locale.price(terms.kept)),
        note: String::new(),
    }
}
