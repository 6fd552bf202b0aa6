//! `/admin/appointments`: what is coming, day by day, and whatever else is looked for.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use booking::appointment::{AppointmentView, NothingToFind, PageKey, Search, Which};
use jiff::civil::Date;
use serde::Deserialize;

use super::intake::Marks;
use super::{Answer, Room, minutes, payment, show, state, url, way};
use crate::extract::{Now, SignedIn};
use crate::state::App;
use crate::view::desk::{Appointments, Choice, Day, Find, More, Row, Tab, Wider};
use crate::view::format;
use crate::view::pages::link;

/// Appointments a page.
const PAGE: u64 = 50;
/// Where the list is.
const PATH: &str = "/admin/appointments";

/// What is looked for, and where the list goes on: after this start and id.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    day: String,
    state: String,
    start: String,
    id: String,
    pick: String,
}

impl Asked {
    fn key(&self) -> Option<PageKey> {
        Some(PageKey {
            start: self.start.parse().ok()?,
            id: self.id.parse().ok()?,
        })
    }

    /// Without a question the list is what is coming; a question looks through all of them unless it names a state.
    fn which(&self) -> Which {
        let asks = !self.q.trim().is_empty() || !self.day.trim().is_empty();
        let default = if asks { Which::Any } else { Which::Coming };
        self.state.parse().unwrap_or(default)
    }

    fn on(&self) -> bool {
        [&self.q, &self.day, &self.state]
            .iter()
            .any(|typed| !typed.trim().is_empty())
    }

    fn day(&self) -> Result<Option<Date>, String> {
        match self.day.trim() {
            "" => Ok(None),
            typed => typed
                .parse()
                .map(Some)
                .map_err(|_| "That is no day of any calendar.".into()),
        }
    }

    /// The search, and what is wrong with it: the text, the day.
    fn search(&self) -> Result<Search, (Option<String>, Option<String>)> {
        let day = self.day();
        match (Search::parse(&self.q, day.clone().unwrap_or(None), self.which()), day) {
            (Ok(search), Ok(_)) => Ok(search),
            (search, day) => Err((search.err().map(said), day.err())),
        }
    }

    fn find(&self) -> Find {
        let chosen = if self.state.is_empty() {
            Which::Any
        } else {
            self.which()
        };
        Find {
            text: self.q.clone(),
            day: self.day.clone(),
            states: STATES
                .iter()
                .map(|(which, label)| choice(*which, label, chosen))
                .collect(),
            on: self.on(),
            open: !self.day.is_empty() || chosen != Which::Any,
            text_problem: None,
            day_problem: None,
        }
    }

    /// The same question with another state, or on no day.
    fn url(&self, day: &str, which: Which) -> String {
        let all = [("q", self.q.as_str()), ("day", day), ("state", which.as_str())];
        let asked: Vec<_> = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        link::asking(PATH, &asked)
    }

    /// This page with rows to tick, or without.
    fn picking(&self, here: &str, on: bool) -> String {
        let key = self.key().map(|key| (key.start.to_string(), key.id.to_string()));
        let (start, id) = key.unwrap_or_default();
        let all = [
            ("start", start.as_str()),
            ("id", id.as_str()),
            ("pick", if on { "yes" } else { "" }),
        ];
        let asked: Vec<_> = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        match (here.contains('?'), asked.is_empty()) {
            (_, true) => here.into(),
            (true, _) => format!("{here}&{}", link::asking("", &asked).trim_start_matches('?')),
            (false, _) => link::asking(here, &asked),
        }
    }

    /// The same question in every state, else on every day; none when it is as wide as it can be.
    fn wider(&self) -> Option<Wider> {
        let which = self.which();
        match (self.on(), which == Which::Any, self.day.is_empty()) {
            (true, false, _) => Some(Wider {
                url: self.url(&self.day, Which::Any),
                every_day: false,
            }),
            (true, true, false) if !self.q.is_empty() => Some(Wider {
                url: self.url("", which),
                every_day: true,
            }),
            _ => None,
        }
    }
}

/// The states in the order of the list to choose from.
const STATES: [(Which, &str); 8] = [
    (Which::Any, "Any state"),
    (Which::Coming, "Coming"),
    (Which::AwaitingPayment, "Waiting for payment"),
    (Which::Past, "Past"),
    (Which::Completed, "Completed"),
    (Which::NoShow, "Did not come"),
    (Which::Cancelled, "Cancelled"),
    (Which::Expired, "Expired: not paid in time"),
];

fn choice(which: Which, label: &str, chosen: Which) -> Choice {
    Choice {
        value: which.as_str().into(),
        label: label.into(),
        hint: None,
        chosen: which == chosen,
    }
}

fn said(problem: NothingToFind) -> String {
    match problem {
        NothingToFind::Empty => "Type a part of a name, an e-mail address or a number.",
        NothingToFind::Long => "That is longer than a name or an address. A part of it is enough.",
    }
    .into()
}

/// The list.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(asked): Query<Asked>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let mut page = Appointments {
        desk: room.at(Tab::Appointments),
        coming: app.booking().count_coming(now).await?,
        zone: format::zone_name(&room.practice.zone),
        find: asked.find(),
        picking: false,
        pick_url: None,
        days: Vec::new(),
        wider: None,
        first_url: None,
        more: None,
        services_url: app.config().server.public_url.at("/services"),
    };
    let search = match asked.search() {
        Ok(search) => search,
        Err((text, day)) => {
            page.find.open |= day.is_some();
            (page.find.text_problem, page.find.day_problem) = (text, day);
            let mut answer = show(&app, &page)?;
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(answer);
        }
    };
    page.picking = !asked.pick.is_empty();
    let found = app.booking().find(&search, asked.key(), PAGE, now).await?;
    let marks = Marks::of(&app, found.items.iter()).await?;
    page.days = days(&room, &marks, &found.items);
    let here = if asked.on() {
        asked.url(&asked.day, asked.which())
    } else {
        PATH.into()
    };
    page.more = found.next.map(|key| {
        let mark = if here.contains('?') { '&' } else { '?' };
        More {
            url: format!("{here}{mark}start={}&id={}", key.start, key.id),
            earlier: search.latest_first(),
        }
    });
    let anything = page.days.iter().flat_map(|day| &day.rows).any(|row| row.pick.is_some());
    page.pick_url = (anything || page.picking).then(|| asked.picking(&here, !page.picking));
    page.first_url = asked.key().map(|_| here);
    page.wider = asked.wider().filter(|_| page.days.is_empty());
    show(&app, &page)
}

fn days(room: &Room, marks: &Marks, views: &[AppointmentView]) -> Vec<Day> {
    let zone = &room.practice.zone;
    let today = zone.date(room.now);
    let mut days: Vec<(Date, Day)> = Vec::new();
    for view in views {
        let date = zone.date(view.facts.starts);
        if days.last().is_none_or(|(last, _)| *last != date) {
            let written = room.locale.date(date);
            let day = Day {
                date: if date.year() == today.year() {
                    written
                } else {
                    format!("{written}, {}", date.year())
                },
                note: note(date, today),
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
        pick: facts.can_be_called_off(room.now).then(|| facts.id.to_string()),
    }
}
