//! The page of her hours, put together from what is kept, and from what was typed where that could not be taken.

use booking::practice::hours::{DAYS, Hours as Kept, TimeOff, Window};
use booking::practice::{Consultant, Mode};
use jiff::civil::{Date, DateTime, Time, Weekday};

use super::Room;
use super::preview::{self, Asked};
use super::typed::{AwayDraft, DateDraft, Stretches};
use crate::error::PageError;
use crate::state::App;
use crate::view::desk::{Away, Choice, DateHours, DayHours, Hours, HoursNotice, OutsideVisit, Stretch, Tab};
use crate::view::format::{self, Locale};

/// So many visits outside the hours are listed.
const LISTED: usize = 10;

/// Whose hours, and all who have some.
pub struct Ground {
    pub consultant: Consultant,
    pub hours: Kept,
    pub all: Vec<Consultant>,
}

impl Ground {
    /// The consultant of this slug, or the first.
    pub async fn load(app: &App, who: &str) -> Result<Self, PageError> {
        let all = app.booking().consultants().await?;
        let found = if who.is_empty() {
            all.first()
        } else {
            all.iter().find(|consultant| consultant.slug.as_str() == who)
        };
        let consultant = found.cloned().ok_or(PageError::NotFound)?;
        let hours = app.booking().hours(consultant.id).await?;
        Ok(Self { consultant, hours, all })
    }
}

/// What was typed into one form of the page.
pub enum Draft {
    /// That of a weekday, 0 for Monday.
    Weekday(usize, Stretches),
    /// That of a date.
    Date(DateDraft),
    /// That of a time off.
    Away(AwayDraft),
}

/// The page.
pub async fn page(
    app: &App,
    room: &Room,
    ground: &Ground,
    asked: &Asked,
    notice: Option<HoursNotice>,
    draft: Option<Draft>,
) -> Result<Hours, PageError> {
    let who = &ground.consultant;
    let outside = app.booking().outside_hours(who.id, room.now).await?;
    let visit = |visit: &booking::schedule::ComingVisit| OutsideVisit {
        url: format!("/admin/appointments/{}", visit.id),
        when: room.locale.moment(visit.starts, &who.zone),
        name: visit.parent_name.clone(),
    };
    let choice = |one: &Consultant| Choice::new(one.slug.to_string(), one.name.clone(), one.id == who.id);
    let several = ground.all.len() > 1;
    let mut page = Hours {
        desk: room.at(Tab::Hours),
        notice,
        wrong: None,
        zone: format::zone_name(&who.zone),
        who: who.slug.to_string(),
        consultants: ground.all.iter().filter(|_| several).map(choice).collect(),
        week: week(room.locale, &ground.hours),
        dates: dates(room, ground),
        away: away(room, ground),
        outside: outside.len(),
        outside_visits: outside.iter().take(LISTED).map(visit).collect(),
        preview: preview::preview(app, room, ground, asked).await?,
    };
    if let Some(draft) = draft {
        typed(&mut page, draft);
        page.wrong = wrong(&page);
    }
    open(&mut page, &asked.open, &asked.day);
    Ok(page)
}

/// The form that a link asked for stands open; a new date begins with the day that was looked at.
fn open(page: &mut Hours, key: &str, day: &str) {
    for one in &mut page.week {
        one.open |= one.key == key;
    }
    for one in &mut page.dates {
        if key == format!("date-{}", one.key) {
            one.open = true;
            if one.was.is_none() && one.date.is_empty() {
                one.date = day.into();
            }
        }
    }
    for one in &mut page.away {
        one.open |= key == format!("away-{}", one.key);
    }
}

/// The form in which something is wrong, by its id.
fn wrong(page: &Hours) -> Option<String> {
    let rows = |rows: &[Stretch]| rows.iter().any(|row| row.problem.is_some());
    let week = page
        .week
        .iter()
        .filter(|one| rows(&one.stretches))
        .map(|one| one.key.clone());
    let date = |one: &&DateHours| one.date_problem.is_some() || one.problem.is_some() || rows(&one.stretches);
    let dates = page.dates.iter().filter(date).map(|one| format!("date-{}", one.key));
    let away = |one: &&Away| one.from_problem.is_some() || one.until_problem.is_some();
    let away = page.away.iter().filter(away).map(|one| format!("away-{}", one.key));
    week.chain(dates).chain(away).next()
}

/// Puts what was typed in the place of what is kept.
fn typed(page: &mut Hours, draft: Draft) {
    match draft {
        Draft::Weekday(day, stretches) => {
            if let Some(place) = page.week.get_mut(day) {
                place.open = true;
                place.stretches = or_empty(stretches.0);
            }
        }
        Draft::Date(draft) => {
            let kept = page
                .dates
                .iter()
                .position(|one| one.was.as_deref() == Some(draft.was.as_str()));
            let place = kept.unwrap_or(page.dates.len().saturating_sub(1));
            if let Some(place) = page.dates.get_mut(place) {
                place.open = true;
                place.date = draft.date;
                place.closed = draft.closed;
                place.stretches = or_empty(draft.stretches.0);
                place.date_problem = draft.date_problem;
                place.problem = draft.problem;
            }
        }
        Draft::Away(draft) => {
            let kept = page
                .away
                .iter()
                .position(|one| one.was.as_deref() == Some(draft.was.as_str()));
            let place = kept.unwrap_or(page.away.len().saturating_sub(1));
            if let Some(place) = page.away.get_mut(place) {
                place.open = true;
                place.fits = draft.fits();
                (place.from_date, place.from_time) = draft.from;
                (place.until_date, place.until_time) = draft.until;
                place.from_problem = draft.from_problem;
                place.until_problem = draft.until_problem;
            }
        }
    }
}

/// A row to be filled in.
pub fn empty_stretch() -> Stretch {
    Stretch {
        modes: "both".into(),
        fits: true,
        ..Stretch::default()
    }
}

fn or_empty(rows: Vec<Stretch>) -> Vec<Stretch> {
    if rows.is_empty() { vec![empty_stretch()] } else { rows }
}

fn week(locale: Locale, hours: &Kept) -> Vec<DayHours> {
    let day = |(number, key): (usize, &&str)| {
        let windows = hours.weekly(number);
        DayHours {
            key: (*key).to_owned(),
            name: weekday(number).to_owned(),
            said: said(locale, windows),
            open: false,
            stretches: rows(windows),
        }
    };
    DAYS.iter().enumerate().map(day).collect()
}

/// "Monday", from 0 on.
pub fn weekday(number: usize) -> &'static str {
    let day = i8::try_from(number).map(Weekday::from_monday_zero_offset);
    day.ok().and_then(Result::ok).map_or("", format::weekday_name)
}

fn rows(windows: &[Window]) -> Vec<Stretch> {
    let row = |window: &Window| {
        let closes = window.closes().to_string();
        let modes: Vec<Mode> = window.modes().iter().collect();
        Stretch {
            opens: window.opens().to_string(),
            closes: if closes == "24:00" { "00:00".into() } else { closes },
            modes: match modes.as_slice() {
                [one] => one.to_string(),
                _ => "both".into(),
            },
            ..empty_stretch()
        }
    };
    or_empty(windows.iter().map(row).collect())
}

/// "9:00 am to 1:00 pm and 7:00 pm to 9:00 pm, telehealth only"; "closed".
pub fn said(locale: Locale, windows: &[Window]) -> String {
    let Some(first) = windows.first() else {
        return "closed".into();
    };
    let only = |window: &Window| match window.modes().iter().collect::<Vec<_>>().as_slice() {
        [Mode::Telehealth] => ", telehealth only",
        [Mode::InPerson] => ", in person only",
        _ => "",
    };
    if windows.iter().all(|window| window.modes() == first.modes()) {
        let spans: Vec<String> = windows.iter().map(|window| span(locale, *window)).collect();
        return format!("{}{}", spans.join(" and "), only(first));
    }
    let spans: Vec<String> = windows.iter().map(|w| span(locale, *w) + only(w)).collect();
    spans.join("; ")
}

/// "9:00 am to 1:00 pm", "10:00 pm to midnight".
pub fn span(locale: Locale, window: Window) -> String {
    let clock = |minutes: u16| {
        let [hour, minute] = [minutes / 60, minutes % 60].map(i8::try_from);
        let time = hour.ok().zip(minute.ok()).filter(|_| minutes < 1440);
        let time = time.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
        time.map_or_else(|| "midnight".to_owned(), |time| locale.clock(time))
    };
    format!(
        "{} to {}",
        clock(window.opens().minutes()),
        clock(window.closes().minutes())
    )
}

/// "Thursday, December 24", with its year when that is another one.
fn day(room: &Room, date: Date, today: Date) -> String {
    if date.year() == today.year() {
        room.locale.date(date)
    } else {
        format!(
            "{}, {}",
            format::weekday_name(date.weekday()),
            room.locale.date_with_year(date)
        )
    }
}

/// "Thursday, December 24, 1:00 pm".
pub fn moment(room: &Room, at: DateTime) -> String {
    format!("{}, {}", room.locale.date(at.date()), room.locale.clock(at.time()))
}

fn dates(room: &Room, ground: &Ground) -> Vec<DateHours> {
    let today = ground.consultant.zone.date(room.now);
    let coming = ground.hours.overrides().filter(|(date, _)| *date >= today);
    let one = |(date, windows): (Date, &[Window])| DateHours {
        key: date.to_string(),
        was: Some(date.to_string()),
        title: Some(day(room, date, today)),
        said: said(room.locale, windows),
        date: date.to_string(),
        closed: windows.is_empty(),
        stretches: rows(windows),
        ..new_date()
    };
    coming.map(one).chain([new_date()]).collect()
}

fn new_date() -> DateHours {
    DateHours {
        key: "new".into(),
        was: None,
        title: None,
        said: String::new(),
        open: false,
        date: String::new(),
        closed: true,
        stretches: vec![empty_stretch()],
        date_problem: None,
        problem: None,
    }
}

fn away(room: &Room, ground: &Ground) -> Vec<Away> {
    let here = ground.consultant.zone.civil(room.now);
    let coming = ground.hours.time_off().iter().filter(|off| off.until > here);
    let new = Away {
        key: "new".into(),
        fits: true,
        ..Away::default()
    };
    coming.map(|off| one_away(room, here, off)).chain([new]).collect()
}

fn one_away(room: &Room, here: DateTime, off: &TimeOff) -> Away {
    let clock = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
    let midnight = |at: DateTime| at.time() == Time::midnight();
    // Until midnight is to the end of the day before.
    let last = if midnight(off.until) {
        off.until.date().yesterday().unwrap_or(off.until.date())
    } else {
        off.until.date()
    };
    Away {
        key: off.from.to_string(),
        was: Some(off.from.to_string()),
        title: Some(away_said(room, here, off, last)),
        from_date: off.from.date().to_string(),
        from_time: if midnight(off.from) {
            String::new()
        } else {
            clock(off.from.time())
        },
        until_date: if last == off.from.date() {
            String::new()
        } else {
            last.to_string()
        },
        until_time: if midnight(off.until) {
            String::new()
        } else {
            clock(off.until.time())
        },
        fits: true,
        ..Away::default()
    }
}

/// "Monday, August 3, to Friday, August 14"; "Monday, August 3, 9:00 am to 1:00 pm".
fn away_said(room: &Room, here: DateTime, off: &TimeOff, last: Date) -> String {
    let day = |date| day(room, date, here.date());
    let clock = |at: DateTime| room.locale.clock(at.time());
    let first = off.from.date();
    let starts = off.from.time() == Time::midnight();
    let ends = off.until.time() == Time::midnight();
    match (starts, ends) {
        (true, true) if first == last => format!("{}, all day", day(first)),
        (true, true) => format!("{}, to {}", day(first), day(last)),
        (false, true) if first == last => format!("{}, from {} on", day(first), clock(off.from)),
        (false, true) => format!("{}, {}, to {}", day(first), clock(off.from), day(last)),
        (true, false) if first == last => format!("{}, until {}", day(first), clock(off.until)),
        (true, false) => format!("{}, to {}, {}", day(first), day(last), clock(off.until)),
        (false, false) if first == last => format!("{}, {} to {}", day(first), clock(off.from), clock(off.until)),
        (false, false) => format!(
            "{}, {}, to {}, {}",
            day(first),
            clock(off.from),
            day(last),
            clock(off.until)
        ),
    }
}
