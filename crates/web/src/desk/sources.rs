//! `/admin/other-calendars`: which of her other calendars are read, how that went, what they take; adding one reads it first.

use access::audit::Action;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use booking::practice::Consultant;
use booking::source::{AddSourceError, Address, NewSource, Source, SourceChange, Stamps};
use kernel::id::SourceId;
use kernel::instant::Instant;
use reqwest::Url;
use serde::Deserialize;

use super::{Answer, Room, show};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::{BusyDay, BusyLine, Choice, OtherCalendar, OtherCalendars, SourcesNotice, Tab};
use crate::view::format;
use crate::{fetch, sources};

/// How many days of what is taken are shown.
const DAYS: u8 = 7;

/// What stands behind the question mark.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    who: String,
    done: String,
}

/// What was typed for a new one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    who: String,
    name: String,
    address: String,
    blocks: String,
}

/// What of it cannot be taken.
#[derive(Debug, Default)]
struct Problems {
    name: Option<String>,
    address: Option<String>,
}

/// The page.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(asked): Query<Asked>) -> Answer {
    let notice = match asked.done.as_str() {
        "added" => Some(SourcesNotice::Added),
        "read" => Some(SourcesNotice::ReadWell),
        "not-read" => Some(SourcesNotice::ReadBadly),
        "paused" => Some(SourcesNotice::Paused),
        "resumed" => Some(SourcesNotice::Resumed),
        "saved" => Some(SourcesNotice::Saved),
        "removed" => Some(SourcesNotice::Removed),
        _ => None,
    };
    let typed = Typed {
        who: asked.who,
        ..Typed::default()
    };
    show(&app, &shown(&app, now, notice, typed, Problems::default()).await?)
}

async fn shown(
    app: &App,
    now: Instant,
    notice: Option<SourcesNotice>,
    typed: Typed,
    problems: Problems,
) -> Result<OtherCalendars, PageError> {
    let room = Room::enter(app, now).await?;
    let all = app.booking().consultants().await?;
    let who = whose(&all, &typed.who)?;
    let sources = app.booking().sources(who.id).await?;
    let days = app.booking().busy_days(who.id, who.zone.date(now), DAYS).await?;
    let choice = |one: &Consultant| Choice::new(one.slug.to_string(), one.name.clone(), one.id == who.id);
    Ok(OtherCalendars {
        desk: room.at(Tab::Feed),
        notice,
        who: who.slug.to_string(),
        consultants: all.iter().map(choice).collect(),
        week: days
            .into_iter()
            .map(|day| busy_day(&room, who, &sources, day))
            .collect(),
        calendars: sources.iter().map(|source| calendar(&room, source)).collect(),
        name: typed.name,
        name_problem: problems.name,
        address: typed.address,
        address_problem: problems.address,
        blocks: typed.blocks != "no",
    })
}

fn whose<'a>(all: &'a [Consultant], slug: &str) -> Result<&'a Consultant, PageError> {
    let found = if slug.is_empty() {
        all.first()
    } else {
        all.iter().find(|one| one.slug.as_str() == slug)
    };
    found.ok_or(PageError::NotFound)
}

fn calendar(room: &Room, source: &Source) -> OtherCalendar {
    let zone = &room.practice.zone;
    let host = Url::parse(source.address.reveal()).ok();
    let host = host.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned();
    OtherCalendar {
        url: format!("/admin/other-calendars/{}", source.id),
        name: source.name.clone(),
        blocks: source.blocks,
        paused: source.paused,
        read: source.read_at.map(|at| age(room, at)),
        trouble: source.trouble.map(|(trouble, _)| trouble.code().into()),
        since: source
            .trouble
            .map(|(_, since)| room.locale.moment_soon(since, room.now, zone)),
        warnings: source.warnings.clone(),
        late: late(&host).map(str::to_owned),
        host,
    }
}

/// "4 minutes ago", and from tomorrow on the day.
fn age(room: &Room, at: Instant) -> String {
    match (room.now - at).as_mins() {
        ..1 => "just now".into(),
        minutes @ 1..1440 => format!("{} ago", format::wait(minutes)),
        _ => format!("on {}", room.moment(at)),
    }
}

/// How late the large providers publish what she changes.
fn late(host: &str) -> Option<&'static str> {
    let of = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    if of("google.com") {
        Some("Google can be some hours late with what you change.")
    } else if of("outlook.com") || of("office365.com") || of("live.com") {
        Some("Outlook publishes what you change every few hours.")
    } else if of("icloud.com") {
        Some("iCloud can be an hour late with what you change.")
    } else {
        None
    }
}

fn busy_day(room: &Room, who: &Consultant, sources: &[Source], day: booking::source::BusyDay) -> BusyDay {
    let zone = &who.zone;
    let next = day.date.tomorrow().unwrap_or(day.date);
    let whole = (zone.start_of_day(day.date), zone.start_of_day(next));
    let line = |time: booking::source::BusyTime| {
        let source = sources.iter().find(|one| one.id == time.source);
        BusyLine {
            time: if (time.from, time.until) == whole {
                "All day".into()
            } else if time.until == whole.1 {
                format!("From {}", room.locale.time(time.from, zone))
            } else if time.from == whole.0 {
                format!("Until {}", room.locale.time(time.until, zone))
            } else {
                room.locale.time_range(time.from, time.until, zone)
            },
            name: source.map(|one| one.name.clone()).unwrap_or_default(),
            takes: time.in_hours,
            blocks: source.is_some_and(|one| one.blocks),
        }
    };
    BusyDay {
        title: room.locale.date(day.date),
        open: day.open,
        lines: day.times.into_iter().map(line).collect(),
    }
}

/// A new one: it is read at once, and only what can be read is added.
pub async fn add(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Form(typed): Form<Typed>) -> Answer {
    let all = app.booking().consultants().await?;
    let who = whose(&all, &typed.who)?;
    let problems = match new(&app, now, who, &typed).await? {
        Err(problems) => problems,
        Ok(new) => match app.booking().add_source(new, now).await {
            Ok(id) => {
                let login = signed_in.0.login;
                app.access().audit(login, Action::SourceAdded, Some(id.0), now).await?;
                return Ok(to(&format!("who={}&done=added", who.slug)));
            }
            Err(AddSourceError::Name) => name_problem(),
            Err(AddSourceError::Twice) => address_problem("This calendar is read already."),
            Err(AddSourceError::Full) => address_problem("These are as many as can be read. Remove one first."),
            Err(AddSourceError::Database(error)) => return Err(error.into()),
        },
    };
    let page = shown(&app, now, None, typed, problems).await?;
    let mut answer = show(&app, &page)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// What was typed, with what is at that address.
async fn new(
    app: &App,
    now: Instant,
    who: &Consultant,
    typed: &Typed,
) -> Result<Result<NewSource, Problems>, PageError> {
    let reach = sources::reach(app);
    if typed.address.trim().is_empty() {
        return Ok(Err(address_problem("Paste the address of the calendar.")));
    }
    let url = match fetch::address(&typed.address, reach) {
        Ok(url) => url,
        Err(trouble) => return Ok(Err(address_problem(&said(app, trouble)))),
    };
    // Her own feed would only bring her own appointments.
    let own = app.config().server.public_url.at("/calendar/");
    if url.as_str().starts_with(&own) {
        let words = "This is the address of your own feed from here: your appointments count already.";
        return Ok(Err(address_problem(words)));
    }
    let manner = app.booking().manner(who.id, now).await?;
    match sources::look(app, &url, &Stamps::default(), &manner).await {
        Ok(Some((import, stamps))) => Ok(Ok(NewSource {
            consultant: who.id,
            name: match typed.name.trim() {
                "" => url.host_str().unwrap_or_default().chars().take(60).collect(),
                name => name.to_owned(),
            },
            address: Address::new(url.to_string()),
            blocks: typed.blocks != "no",
            import,
            stamps,
            manner,
        })),
        Ok(None) => Err(PageError::Unreadable),
        Err(trouble) => Ok(Err(address_problem(&said(app, trouble)))),
    }
}

/// Why it cannot be read, and what to do.
fn said(app: &App, trouble: booking::source::Trouble) -> String {
    let word = |key: String| app.view().words(&key).unwrap_or_default();
    let (why, remedy) = (
        word(format!("source-{}", trouble.code())),
        word(format!("source-remedy-{}", trouble.code())),
    );
    format!("{why} {remedy}")
}

fn name_problem() -> Problems {
    Problems {
        name: Some("Give it a name of at most 60 characters.".into()),
        address: None,
    }
}

fn address_problem(words: &str) -> Problems {
    Problems {
        name: None,
        address: Some(words.into()),
    }
}

fn to(query: &str) -> axum::response::Response {
    Redirect::to(&format!("/admin/other-calendars?{query}#main")).into_response()
}

fn source(id: &str) -> Result<SourceId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

/// Whose page a calendar stands on, for the way back.
async fn back(app: &App, id: SourceId, done: &str) -> Answer {
    for one in app.booking().consultants().await? {
        let sources = app.booking().sources(one.id).await?;
        if sources.iter().any(|source| source.id == id) {
            return Ok(to(&format!("who={}&done={done}", one.slug)));
        }
    }
    Ok(to(&format!("done={done}")))
}

/// Reads one now.
pub async fn test(State(app): State<App>, Now(now): Now, _: SignedIn, Path(id): Path) -> Answer {
    let id = source(&id)?;
    let reading = app
        .booking()
        .source_to_read(id, now)
        .await?
        .ok_or(PageError::NotFound)?;
    let done = match sources::read(&app, reading).await? {
        None => "read",
        Some(_) => "not-read",
    };
    back(&app, id, done).await
}

async fn change(app: &App, now: Instant, id: &str, change: SourceChange, done: &str) -> Answer {
    let id = source(id)?;
    if !app.booking().change_source(id, change, now).await? {
        return Err(PageError::NotFound);
    }
    back(app, id, done).await
}

/// Reads one no more.
pub async fn pause(State(app): State<App>, Now(now): Now, _: SignedIn, Path(id): Path) -> Answer {
    change(&app, now, &id, SourceChange::Pause, "paused").await
}

/// Reads one again.
pub async fn resume(State(app): State<App>, Now(now): Now, _: SignedIn, Path(id): Path) -> Answer {
    change(&app, now, &id, SourceChange::Resume, "resumed").await
}

/// Whether one shall take time.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    blocks: String,
}

/// Lets one take time, or none.
pub async fn blocks(
    State(app): State<App>,
    Now(now): Now,
    _: SignedIn,
    Path(id): Path,
    Form(chosen): Form<Chosen>,
) -> Answer {
    let blocks = match chosen.blocks.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(PageError::Unreadable),
    };
    change(&app, now, &id, SourceChange::Blocks(blocks), "saved").await
}

/// Forgets one, and opens what it took.
pub async fn delete(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(id): Path) -> Answer {
    let id = source(&id)?;
    if !app.booking().remove_source(id).await? {
        return Err(PageError::NotFound);
    }
    app.access()
        .audit(signed_in.0.login, Action::SourceRemoved, Some(id.0), now)
        .await?;
    Ok(to("done=removed"))
}
