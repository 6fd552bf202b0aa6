//! `/admin/appointments`: what is coming, day by day.

use axum::extract::{Query, State};
use booking::appointment::{AppointmentView, PageKey};
use jiff::civil::Date;
use serde::Deserialize;

use super::intake::Marks;
use super::{Answer, Room, minutes, payment, show, state, url, way};
use crate::extract::{Now, SignedIn};
use crate::state::App;
use crate::view::desk::{Appointments, Day, Row, Tab};
use crate::view::format;

/// Appointments a page.
const PAGE: u64 = 50;

/// Where the list goes on: after this start and id.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct After {
    start: String,
    id: String,
}

impl After {
    fn key(&self) -> Option<PageKey> {
        Some(PageKey {
            start: self.start.parse().ok()?,
            id: self.id.parse().ok()?,
        })
    }
}

/// The list.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(after): Query<After>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let found = app.booking().coming(after.key(), PAGE, now).await?;
    let marks = Marks::of(&app, found.items.iter()).await?;
    let zone = &room.practice.zone;
    let first = found.items.first().map_or(now, |v| v.facts.starts).max(now);
    let next = found
        .next
        .map(|key| format!("/admin/appointments?start={}&id={}", key.start, key.id));
    let page = Appointments {
        desk: room.at(Tab::Appointments),
        coming: app.booking().count_coming(now).await?,
        zone: format::zone_name(zone),
        from: note(zone.date(first), zone.date(now)).unwrap_or_else(|| room.locale.day(first, zone)),
        days: days(&room, &marks, &found.items),
        earlier_url: after.key().map(|_| "/admin/appointments".into()),
        later_url: next,
        services_url: app.config().server.public_url.at("/services"),
    };
    show(&app, &page)
}

fn days(room: &Room, marks: &Marks, views: &[AppointmentView]) -> Vec<Day> {
    let zone = &room.practice.zone;
    let mut days: Vec<(Date, Day)> = Vec::new();
    for view in views {
        let date = zone.date(view.facts.starts);
        if days.last().is_none_or(|(last, _)| *last != date) {
            let day = Day {
                date: room.locale.date(date),
                note: note(date, zone.date(room.now)),
                rows: Vec::new(),
            };
            days.push((date, day));
        }
        if let Some((_, day)) = days.last_mut() {
            day.rows.push(row(room, marks, view));
        }
    }
    days.into_iter().map(|(_, day)| day).collect()
}

fn note(date: Date, today: Date) -> Option<String> {
    if date == today {
        Some("today".into())
    } else {
        (today.tomorrow().ok() == Some(date)).then(|| "tomorrow".into())
    }
}

fn row(room: &Room, marks: &Marks, view: &AppointmentView) -> Row {
    let facts = &view.facts;
    Row {
        url: url(facts),
        time: room.locale.time(facts.starts, &room.practice.zone),
        minutes: minutes(facts),
        name: facts.parent_name.clone(),
        offering: facts.offering_name.clone(),
        way: way(room, view),
        state: state(facts),
        payment: payment(room, facts),
        intake: marks.mark(facts),
    }
}
