//! What parents see on one day, every start of the grid that they do not see beside it, and the question about one of them.

use booking::practice::{Mode, Offering, PlaceKind};
use booking::schedule::{NotOffered, SlotsAsked, SlotsError};
use jiff::civil::Date;
use kernel::instant::Instant;
use serde::Deserialize;

use super::page::Ground;
use super::{Room, page, typed, why};
use crate::error::PageError;
use crate::state::App;
use crate::view::desk::{Choice, GridTime, Preview, WhyAnswer};

/// What stands behind the question mark.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The consultant's slug.
    pub who: String,
    /// What she has just done.
    pub done: String,
    /// Which form shall stand open.
    pub open: String,
    /// The day to look at.
    pub day: String,
    way: String,
    postcode: String,
    time: String,
    why: String,
    start: String,
}

impl Asked {
    /// Nothing but whose hours.
    pub fn of(who: &str) -> Self {
        Self {
            who: who.into(),
            ..Self::default()
        }
    }
}

/// An offering, held in one way.
struct Way<'a> {
    offering: &'a Offering,
    mode: Mode,
    place: Option<PlaceKind>,
}

impl Way<'_> {
    fn all(offerings: &[Offering], visits_homes: bool) -> Vec<Way<'_>> {
        let mut all = Vec::new();
        for offering in offerings {
            let way = |mode, place| Way { offering, mode, place };
            if offering.modes.has(Mode::Telehealth) {
                all.push(way(Mode::Telehealth, None));
            }
            if offering.modes.has(Mode::InPerson) {
                let places = offering
                    .places
                    .iter()
                    .filter(|p| visits_homes || **p == PlaceKind::Office);
                all.extend(places.map(|place| way(Mode::InPerson, Some(*place))));
            }
        }
        all
    }

    fn value(&self) -> String {
        format!("{}.{}", self.offering.slug, self.word())
    }

    fn word(&self) -> &'static str {
        self.place.map_or_else(|| self.mode.as_str(), PlaceKind::as_str)
    }

    fn name(&self) -> String {
        let how = match self.place {
            None => "telehealth",
            Some(PlaceKind::Office) => "at the office",
            Some(PlaceKind::Home) => "at home",
        };
        format!("{}, {how}", self.offering.name)
    }

    fn question(&self, postcode: &str, from: Instant, until: Instant) -> SlotsAsked {
        SlotsAsked {
            offering: self.offering.slug.to_string(),
            mode: self.mode,
            place: self.place,
            postcode: (self.place == Some(PlaceKind::Home)).then(|| postcode.to_owned()),
            from,
            until,
        }
    }
}

/// The part of the page.
pub async fn preview(app: &App, room: &Room, ground: &Ground, asked: &Asked) -> Result<Preview, PageError> {
    let zone = &ground.consultant.zone;
    let offerings = app.booking().offerings().await?;
    let ways = Way::all(&offerings, !room.practice.home_zones.is_empty());
    let today = zone.date(room.now);
    let chosen = ways.iter().position(|way| way.value() == asked.way).unwrap_or(0);
    let read = asked
        .day
        .trim()
        .parse::<Date>()
        .ok()
        .filter(|date| (2000..2200).contains(&date.year()));
    let mut preview = Preview {
        ways: ways
            .iter()
            .enumerate()
            .map(|(at, way)| Choice::new(way.value(), way.name(), at == chosen))
            .collect(),
        at_home: ways.get(chosen).is_some_and(|way| way.place == Some(PlaceKind::Home)),
        postcode: asked.postcode.clone(),
        postcode_problem: None,
        day: asked.day.clone(),
        day_problem: (read.is_none() && !asked.day.is_empty())
            .then(|| "There is no such day. Choose one from the calendar.".into()),
        title: String::new(),
        hours: String::new(),
        earlier_url: None,
        later_url: None,
        times: Vec::new(),
        free: 0,
        time: asked.time.clone(),
        time_problem: None,
        answer: None,
    };
    let Some(way) = ways.get(chosen) else {
        return Ok(preview);
    };
    let date = match read {
        Some(date) => date,
        None => first_day(app, room, ground, way).await?.unwrap_or(today),
    };
    if preview.day_problem.is_none() {
        preview.day = date.to_string();
    }
    preview.title = room.locale.date(date);
    preview.hours = page::said(room.locale, ground.hours.on(date, date.weekday()));
    let url = |date: Date| {
        format!(
            "/admin/hours?day={date}&who={}&way={}&postcode={}",
            ground.consultant.slug,
            way.value(),
            plain(&asked.postcode)
        )
    };
    preview.earlier_url = date.yesterday().ok().filter(|before| *before >= today).map(url);
    preview.later_url = date.tomorrow().ok().map(url);
    let until = date
        .tomorrow()
        .map_or(zone.start_of_day(date), |next| zone.start_of_day(next));
    let day = way.question(&asked.postcode, zone.start_of_day(date), until);
    let all = match app.booking().explain_slots(&day, room.now).await {
        Ok(all) => all,
        Err(SlotsError::NotBookable(_)) => {
            preview.postcode_problem = Some("Write a postcode of your area: the way there counts.".into());
            return Ok(preview);
        }
        Err(other) => return Err(other.into()),
    };
    let mut grid: Vec<(Instant, bool)> = all.slots.iter().map(|slot| (slot.start, true)).collect();
    grid.extend(all.not_offered.iter().map(|one| (one.start, false)));
    grid.sort_unstable();
    preview.free = all.slots.len();
    preview.times = grid
        .iter()
        .map(|(start, free)| GridTime {
            label: room.locale.time(*start, zone),
            why_url: (!free).then(|| format!("{}&start={start}", url(date))),
        })
        .collect();
    let start = question(ground, asked, date, &mut preview);
    if let Some(start) = start {
        let one = way.question(&asked.postcode, start, start);
        let found = app.booking().why_not_offered(&one, room.now).await?;
        let grid = grid.iter().map(|(start, _)| *start).collect();
        preview.answer = Some(answer(app, room, ground, way.offering, (start, found), grid).await?);
    }
    Ok(preview)
}

/// A postcode that may stand in an address as it is.
fn plain(postcode: &str) -> String {
    postcode.chars().filter(char::is_ascii_alphanumeric).take(20).collect()
}

/// The day of the next free slot of this way, looked for a month ahead.
async fn first_day(app: &App, room: &Room, ground: &Ground, way: &Way<'_>) -> Result<Option<Date>, PageError> {
    if way.place == Some(PlaceKind::Home) {
        return Ok(None);
    }
    let month = way.question("", room.now, room.now.plus_minutes(31 * 1440));
    let found = app.booking().slots(&month, room.now).await?;
    Ok(found.slots.first().map(|slot| ground.consultant.zone.date(slot.start)))
}

/// The start that is asked about: a tapped one, or the time that was typed on the day looked at.
fn question(ground: &Ground, asked: &Asked, date: Date, preview: &mut Preview) -> Option<Instant> {
    if let Ok(start) = asked.start.parse() {
        let time = ground.consultant.zone.civil(start).time();
        preview.time = format!("{}:{:02}", time.hour(), time.minute());
        return Some(start);
    }
    if asked.why.is_empty() {
        return None;
    }
    let Some(time) = typed::wall_time(asked.time.trim()) else {
        preview.time_problem = Some("Write the time as hours and minutes, such as 9:15 or 14:30.".into());
        return None;
    };
    Some(ground.consultant.zone.instant(typed::moment(date, time)))
}

async fn answer(
    app: &App,
    room: &Room,
    ground: &Ground,
    offering: &Offering,
    (start, found): (Instant, Option<NotOffered>),
    grid: Vec<Instant>,
) -> Result<WhyAnswer, PageError> {
    let mut reasons = Vec::new();
    for of in found.iter().flat_map(|one| &one.of) {
        let hours = app.booking().hours(of.consultant.id).await?;
        let about = why::About {
            room,
            offering,
            consultant: &of.consultant,
            hours: &hours,
            start,
            grid: &grid,
            named: ground.all.len() > 1,
        };
        reasons.extend(about.reasons(&of.why));
    }
    Ok(WhyAnswer {
        when: room.locale.moment(start, &ground.consultant.zone),
        offered: found.is_none(),
        reasons,
    })
}
