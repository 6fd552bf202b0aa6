//! `/admin/appointments/{id}/move`: to another time, also where no slot is, when she says so.

use axum::extract::State;
use axum::http::StatusCode;
use booking::appointment::{AppointmentFacts, AppointmentView, DeskMove, NotBookable, RescheduleError};
use jiff::civil::{Date, Time};
use kernel::instant::Instant;
use kernel::zone::Zone;
use serde::Deserialize;

use super::appointment::{LONGEST_MESSAGE, back, find, shown, too_long};
use super::{Answer, Room, show, url};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::Moving;

/// The form as it is opened, while the appointment is coming.
pub fn form(room: &Room, facts: &AppointmentFacts) -> Option<Moving> {
    let start = room.practice.zone.civil(facts.starts);
    facts.state.is_coming().then(|| Moving {
        url: format!("{}/move", url(facts)),
        date: start.date().to_string(),
        time: format!("{:02}:{:02}", start.hour(), start.minute()),
        message: String::new(),
        anyway: false,
        time_problem: None,
        message_problem: None,
    })
}

/// What she has typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    date: String,
    time: String,
    message: String,
    anyway: String,
}

impl Typed {
    /// The new start on the practice's clock. Gap: the first instant after it; fold: the first occurrence.
    fn start(&self, zone: &Zone) -> Option<Instant> {
        let date: Date = self.date.trim().parse().ok()?;
        let time: Time = self.time.trim().parse().ok()?;
        Some(zone.instant(date.to_datetime(time)))
    }
}

/// Moves it, with her message in the mail.
pub async fn send(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(id): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let found = find(&app, &id).await?;
    let room = Room::enter(&app, now).await?;
    if typed.message.chars().count() > LONGEST_MESSAGE {
        return again(&app, &room, &found, typed, |form| {
            form.message_problem = Some(too_long());
        })
        .await;
    }
    let Some(start) = typed.start(&room.practice.zone) else {
        let problem = "Choose a day and a time.".to_owned();
        return again(&app, &room, &found, typed, |form| form.time_problem = Some(problem)).await;
    };
    let wish = DeskMove {
        start,
        message: Some(typed.message.clone()),
        anyway: !typed.anyway.is_empty(),
    };
    match app
        .booking()
        .reschedule_for_family(found.facts.id, wish, signed_in.0.login, now)
        .await
    {
        Ok(_) => Ok(back(&found, "moved")),
        Err(RescheduleError::NotActive(_) | RescheduleError::TooLate) => Ok(back(&found, "over")),
        Err(RescheduleError::NotFound) => Err(PageError::NotFound),
        Err(RescheduleError::Database(error)) => Err(error.into()),
        Err(error) => {
            let problem = match error {
                RescheduleError::CreditOver(ends) => credit_over(&room, ends),
                error => said(&error),
            };
            again(&app, &room, &found, typed, |form| form.time_problem = Some(problem)).await
        }
    }
}

/// A credit pays it, and would be over then: no tick helps.
pub(super) fn credit_over(room: &Room, ends: Instant) -> String {
    let day = room.locale.date_with_year(room.practice.zone.date(ends));
    format!("Her package pays this visit, and its visits start before {day}. Choose an earlier time.")
}

/// Why it cannot be moved there, and what she can do.
pub(super) fn said(error: &RescheduleError) -> String {
    let why = match error {
        RescheduleError::NotBookable(NotBookable::Past) => return "That time has passed.".into(),
        RescheduleError::NotBookable(NotBookable::TooSoon) => "That is sooner than your minimum notice.",
        RescheduleError::NotBookable(NotBookable::BeyondHorizon) => "That is further ahead than you offer.",
        RescheduleError::NotBookable(NotBookable::OffGrid) => "None of your visits starts at that minute.",
        RescheduleError::NotBookable(_) => "That is outside your hours.",
        _ => "Something else is there, or the day is full.",
    };
    format!("{why} If you want it all the same, tick the box below.")
}

/// The page again, with everything she typed.
async fn again(
    app: &App,
    room: &Room,
    found: &AppointmentView,
    typed: Typed,
    wrong: impl FnOnce(&mut Moving),
) -> Answer {
    let mut page = shown(app, room, found).await?;
    if let Some(form) = &mut page.moving {
        (form.date, form.time, form.message) = (typed.date, typed.time, typed.message);
        form.anyway = !typed.anyway.is_empty();
        wrong(form);
    }
    let mut answer = show(app, &page)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}
