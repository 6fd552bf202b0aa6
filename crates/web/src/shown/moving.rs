//! Moving a visit, as the parent's pages show it.

use booking::appointment::{AppointmentFacts, AppointmentView, Held, NotBookable, State};
use jiff::civil::Date;
use kernel::instant::Instant;

use super::appointment::{booked, booked_at};
use super::days::Days;
use crate::guest::Guest;
use crate::view::format;
use crate::view::frame::Nav;
use crate::view::pages::{MoveLatePage, MovePage, MoveRefusal, MoveToPage};

/// The page that moves a visit.
pub fn path(view: &AppointmentView) -> String {
    format!("{}/reschedule", manage(view))
}

fn manage(view: &AppointmentView) -> String {
    format!("/appointments/{}", view.token.reveal())
}

fn until(guest: &Guest, facts: &AppointmentFacts) -> String {
    guest.locale.moment(facts.free_until, facts.shown_zone())
}

/// The times to choose from: those of the day that is asked for, else of the visit's own day, else of the first that has any.
pub fn times(guest: &Guest, view: &AppointmentView, days: &Days<'_>, wanted: Option<Date>) -> MovePage {
    let facts = &view.facts;
    let zone = facts.shown_zone();
    let own = Some(zone.date(facts.starts)).filter(|day| days.has_day(*day));
    let day = wanted.or(own).or_else(|| days.first_day());
    let horizons = day.map_or_else(Vec::new, |day| days.horizons(day, None));
    let empty = horizons.is_empty().then(|| days.empty(wanted, None));
    MovePage {
        frame: guest.frame(Nav::Elsewhere),
        visit: booked(guest, facts),
        mode: facts.held.mode().as_str().to_owned(),
        way: if matches!(facts.held, Held::Home { .. }) {
            "home"
        } else {
            facts.held.mode().as_str()
        }
        .to_owned(),
        back_url: manage(view),
        until: until(guest, facts),
        day_title: day
            .filter(|_| empty.is_none())
            .map(|d| guest.locale.date_soon(d, zone.date(guest.now))),
        horizons,
        calendar: days.calendar(day, day),
        zone_name: format::zone_name(zone),
        empty,
    }
}

/// Old and new time, nothing said against it yet.
pub fn to(guest: &Guest, view: &AppointmentView, start: Instant) -> MoveToPage {
    let facts = &view.facts;
    let zone = facts.shown_zone();
    let path = path(view);
    let kept_until = match facts.state {
        State::AwaitingPayment { hold_until } => Some(guest.locale.until(hold_until.min(start), guest.now, zone)),
        _ => None,
    };
    let policy = facts.policy.as_ref().unwrap_or(&guest.practice.policy);
    let near = policy.free_until(start) <= guest.now;
    let late = policy.kept(facts.price, start, guest.now, false);
    let fee = (near && facts.state == State::Confirmed && !late.is_zero()).then(|| guest.locale.price(late));
    MoveToPage {
        frame: guest.frame(Nav::Elsewhere),
        visit: booked(guest, facts),
        to: booked_at(guest, facts, (start, start + (facts.ends - facts.starts))),
        start: start.to_string(),
        button_time: guest.locale.short(start, guest.now, zone),
        back_url: format!("{path}?day={}", zone.date(start)),
        action: path,
        keep_url: manage(view),
        near,
        late_fee: fee,
        kept_until,
        taken: None,
        refused: None,
    }
}

/// It is too late to move it here.
pub fn late(guest: &Guest, view: &AppointmentView) -> MoveLatePage {
    MoveLatePage {
        frame: guest.frame(Nav::Elsewhere),
        visit: booked(guest, &view.facts),
        until: (view.facts.free_until > view.facts.changed_at).then(|| until(guest, &view.facts)),
        back_url: manage(view),
    }
}

/// Why a start is none.
pub fn refusal(why: NotBookable) -> MoveRefusal {
    match why {
        NotBookable::Past | NotBookable::TooSoon => MoveRefusal::TooSoon,
        NotBookable::BeyondHorizon => MoveRefusal::TooFar,
        _ => MoveRefusal::NotOffered,
    }
}
