//! `/admin/hours`: weekly hours, single days, time off; what parents see, and why a time is not offered.
//!
//! Everything is said and typed on the consultant's own wall clock. A change is taken whole or not at all; what cannot be
//! taken is shown again with the reason beside its field.

mod page;
mod preview;
mod typed;
mod why;

use access::audit::Action;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use booking::practice::hours::{DAYS, TimeOff};
use booking::practice::{ChangeHoursError, Consultant, HoursChange};
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Weekday};

use super::{Answer, Room, show};
use crate::error::PageError;
use crate::extract::{Form, Now, SignedIn};
use crate::state::App;
use crate::view::desk::HoursNotice;
use page::{Draft, Ground};
use typed::{Fields, Wrong};

pub use preview::Asked;

/// The page.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(asked): Query<Asked>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let ground = Ground::load(&app, &asked.who).await?;
    let notice = match asked.done.as_str() {
        "saved" => Some(HoursNotice::Saved),
        "same" => Some(HoursNotice::Unchanged),
        _ => None,
    };
    show(&app, &page::page(&app, &room, &ground, &asked, notice, None).await?)
}

/// One request that changes something.
struct Desk {
    app: App,
    room: Room,
    ground: Ground,
    signed_in: SignedIn,
}

impl Desk {
    async fn enter(app: App, now: Now, signed_in: SignedIn, fields: &Fields) -> Result<Self, PageError> {
        let room = Room::enter(&app, now.0).await?;
        let ground = Ground::load(&app, fields.one("who")).await?;
        Ok(Self {
            app,
            room,
            ground,
            signed_in,
        })
    }

    fn consultant(&self) -> &Consultant {
        &self.ground.consultant
    }

    fn today(&self) -> Date {
        self.consultant().zone.date(self.room.now)
    }

    /// Makes the change and shows the page with the day it is about.
    async fn change(&self, change: HoursChange, day: Date) -> Result<Response, ChangeHoursError> {
        let who = self.consultant();
        let changed = self.app.booking().change_hours(who.id, change).await?;
        if changed {
            let login = self.signed_in.0.login;
            let subject = Some(who.id.0);
            let written = self
                .app
                .access()
                .audit(login, Action::HoursChanged, subject, self.room.now);
            written.await?;
        }
        let done = if changed { "saved" } else { "same" };
        let day = day.max(self.today());
        let to = format!("/admin/hours?who={}&day={day}&done={done}#main", who.slug);
        Ok(Redirect::to(&to).into_response())
    }

    /// The page again, with what was typed.
    async fn again(&self, draft: Draft, status: StatusCode) -> Answer {
        let asked = Asked::of(self.consultant().slug.as_str());
        let page = page::page(&self.app, &self.room, &self.ground, &asked, None, Some(draft)).await?;
        let mut answer = show(&self.app, &page)?;
        *answer.status_mut() = status;
        Ok(answer)
    }

    async fn wrong(&self, draft: Draft) -> Answer {
        self.again(draft, StatusCode::UNPROCESSABLE_ENTITY).await
    }
}

/// The hours of one weekday.
pub async fn week(State(app): State<App>, now: Now, signed_in: SignedIn, Form(fields): Form<Fields>) -> Answer {
    let desk = Desk::enter(app, now, signed_in, &fields).await?;
    let day = DAYS.iter().position(|day| *day == fields.one("day"));
    let day = day.ok_or(PageError::Unreadable)?;
    let mut stretches = fields.stretches()?;
    if fields.has("more") {
        stretches.more();
        return desk.again(Draft::Weekday(day, stretches), StatusCode::OK).await;
    }
    let Ok(windows) = stretches.windows() else {
        return desk.wrong(Draft::Weekday(day, stretches)).await;
    };
    match desk
        .change(HoursChange::Weekday(day, windows), next(desk.today(), day))
        .await
    {
        Err(ChangeHoursError::Overlap(one, other)) => {
            stretches.overlap(desk.room.locale, one, other);
            desk.wrong(Draft::Weekday(day, stretches)).await
        }
        done => Ok(done?),
    }
}

/// The next date of this weekday, today included.
fn next(today: Date, day: usize) -> Date {
    let offset = i8::try_from(day).unwrap_or(0);
    let Ok(weekday) = Weekday::from_monday_zero_offset(offset) else {
        return today;
    };
    let days = i64::from(today.weekday().until(weekday));
    today.saturating_add(days.days())
}

/// The hours of one date.
pub async fn date(State(app): State<App>, now: Now, signed_in: SignedIn, Form(fields): Form<Fields>) -> Answer {
    let desk = Desk::enter(app, now, signed_in, &fields).await?;
    let mut draft = typed::DateDraft::read(&fields)?;
    if fields.has("more") {
        draft.more();
        return desk.again(Draft::Date(draft), StatusCode::OK).await;
    }
    let Ok((date, windows)) = draft.check(desk.today()) else {
        return desk.wrong(Draft::Date(draft)).await;
    };
    let was = draft.was();
    match desk.change(HoursChange::Date { was, date, windows }, date).await {
        Err(ChangeHoursError::Overlap(one, other)) => draft.stretches.overlap(desk.room.locale, one, other),
        Err(ChangeHoursError::DateTaken(_)) => {
            draft.date_problem = Some("This day has hours of its own already: change them in its own line.".into());
        }
        done => return Ok(done?),
    }
    desk.wrong(Draft::Date(draft)).await
}

/// A date has the hours of its weekday again.
pub async fn forget_date(State(app): State<App>, now: Now, signed_in: SignedIn, Form(fields): Form<Fields>) -> Answer {
    let desk = Desk::enter(app, now, signed_in, &fields).await?;
    let date: Date = fields.one("date").parse().map_err(|_| PageError::Unreadable)?;
    Ok(desk.change(HoursChange::ForgetDate(date), date).await?)
}

/// Time off.
pub async fn time_off(State(app): State<App>, now: Now, signed_in: SignedIn, Form(fields): Form<Fields>) -> Answer {
    let desk = Desk::enter(app, now, signed_in, &fields).await?;
    let mut draft = typed::AwayDraft::read(&fields);
    let here = desk.consultant().zone.civil(desk.room.now);
    let off: TimeOff = match draft.check(here) {
        Ok(off) => off,
        Err(Wrong) => return desk.wrong(Draft::Away(draft)).await,
    };
    let was = draft.was();
    match desk.change(HoursChange::TimeOff { was, off }, off.from.date()).await {
        Err(ChangeHoursError::Backwards) => draft.until_problem = Some(typed::BACKWARDS.into()),
        Err(ChangeHoursError::SameStart(other)) => {
            let until = page::moment(&desk.room, other.until);
            draft.from_problem = Some(format!(
                "A time off until {until} begins then: change it in its own line."
            ));
        }
        done => return Ok(done?),
    }
    desk.wrong(Draft::Away(draft)).await
}

/// Time off that is given up.
pub async fn forget_time_off(
    State(app): State<App>,
    now: Now,
    signed_in: SignedIn,
    Form(fields): Form<Fields>,
) -> Answer {
    let desk = Desk::enter(app, now, signed_in, &fields).await?;
    let from: DateTime = fields.one("from").parse().map_err(|_| PageError::Unreadable)?;
    Ok(desk.change(HoursChange::ForgetTimeOff(from), from.date()).await?)
}
