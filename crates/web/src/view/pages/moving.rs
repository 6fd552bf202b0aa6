//! `/appointments/{token}/reschedule`: the times to which a visit can be moved, and the one tap that moves it.

use serde::Serialize;

use super::super::Page;
use super::super::frame::Frame;
use super::book::{Empty, EmptySpan, Horizon, TimeChoice};
use super::calendar::Calendar;
use super::form::{Retry, TakenAgain};
use super::parts::{How, NextFree, Part, Visit};

/// The times to choose from. How the two meet stays as it is.
#[derive(Debug, Clone, Serialize)]
pub struct MovePage {
    /// The frame.
    pub frame: Frame,
    /// Where it stands now.
    pub visit: Visit,
    /// `telehealth` or `in_person`.
    pub mode: String,
    /// What the words call it: `telehealth`, `in_person` (at the office) or `home`.
    pub way: String,
    /// Back to the appointment.
    pub back_url: String,
    /// The last moment to move it: "Monday, November 30, 2:00 pm".
    pub until: String,
    /// "Tomorrow, Wednesday, November 25"; none while nothing is free (then `empty` is set).
    pub day_title: Option<String>,
    /// The free times of that day under their horizons, without empty ones.
    pub horizons: Vec<Horizon>,
    /// The days to choose from.
    pub calendar: Calendar,
    /// "New York time": the zone of all times here.
    pub zone_name: String,
    /// Set when no time is free.
    pub empty: Option<Empty>,
}

/// Old and new time, and one button.
#[derive(Debug, Clone, Serialize)]
pub struct MoveToPage {
    /// The frame.
    pub frame: Frame,
    /// Where it stands now.
    pub visit: Visit,
    /// Where it goes.
    pub to: Visit,
    /// Where the button posts to: `/appointments/{token}/reschedule`.
    pub action: String,
    /// Sent with it: the new start, RFC 3339 with `Z`.
    pub start: String,
    /// "Wednesday 10:15 am", on the button.
    pub button_time: String,
    /// The page of times, at that day.
    pub back_url: String,
    /// The appointment, for who would rather leave it.
    pub keep_url: String,
    /// Whether it is so near that it could not be moved here again.
    pub near: bool,
    /// "$97.50": what her policy keeps when a visit so near is cancelled.
    pub late_fee: Option<String>,
    /// Until when it is kept there, while it waits for payment: "tomorrow, 3:31 pm".
    pub kept_until: Option<String>,
    /// The time was taken meanwhile; three times are buttons.
    pub taken: Option<TakenAgain>,
    /// It cannot be moved there for another reason.
    pub refused: Option<MoveRefusal>,
}

/// Why it cannot be moved there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoveRefusal {
    /// The start is past, or sooner than she can be ready.
    TooSoon,
    /// The start is beyond the horizon.
    TooFar,
    /// The start is none that is offered: off the grid, outside her hours.
    NotOffered,
    /// The package that pays it is over by then.
    CreditOver,
}

/// It is too late to move it here.
#[derive(Debug, Clone, Serialize)]
pub struct MoveLatePage {
    /// The frame.
    pub frame: Frame,
    /// Where it stands.
    pub visit: Visit,
    /// "Monday, November 30, 2:00 pm": until then it could be moved; none when it was booked later than that.
    pub until: Option<String>,
    /// Back to the appointment.
    pub back_url: String,
}

const PATH: &str = "/appointments/abc/reschedule";

impl Page for MovePage {
    const TEMPLATE: &'static str = "pages/move.html";

    fn samples() -> Vec<Self> {
        let time = |label: &str| TimeChoice {
            label: label.into(),
            url: Some(format!("{PATH}?start=2026-11-25T15:15:00Z")),
        };
        let video = Self {
            frame: Frame::sample(),
            visit: Visit::sample(How::Video),
            mode: "telehealth".into(),
            way: "telehealth".into(),
            back_url: "/appointments/abc".into(),
            until: "Monday, November 30, 2:00 pm".into(),
            day_title: Some("Tomorrow, Wednesday, November 25".into()),
            horizons: vec![
                Horizon {
                    part: Part::Morning,
                    times: vec![time("10:15 am"), time("10:30 am")],
                },
                Horizon {
                    part: Part::Evening,
                    times: vec![time("5:00 pm")],
                },
            ],
            calendar: Calendar::sample(true),
            zone_name: "New York time".into(),
            empty: None,
        };
        let office = Self {
            visit: Visit::sample(How::Office),
            mode: "in_person".into(),
            way: "in_person".into(),
            ..video.clone()
        };
        let empty = |next: bool| Self {
            day_title: None,
            horizons: vec![],
            calendar: Calendar::sample(next),
            empty: Some(Empty {
                span: if next { EmptySpan::Day } else { EmptySpan::All },
                next: next.then(NextFree::sample),
                next_in_full: next.then(|| "Thursday, December 3, 9:00 am".into()),
                next_day_url: next.then(|| format!("{PATH}?day=2026-12-03")),
                other_mode: None,
            }),
            ..video.clone()
        };
        let home = |next| Self {
            visit: Visit::sample(How::Home),
            mode: "in_person".into(),
            way: "home".into(),
            ..empty(next)
        };
        vec![empty(true), empty(false), home(true), home(false), video, office]
    }
}

impl Page for MoveToPage {
    const TEMPLATE: &'static str = "pages/move-to.html";

    fn samples() -> Vec<Self> {
        let to = Visit {
            day: "Thursday, December 3".into(),
            time: "9:00 to 10:30 am".into(),
            ..Visit::sample(How::Office)
        };
        let office = Self {
            frame: Frame::sample(),
            visit: Visit::sample(How::Office),
            to,
            action: PATH.into(),
            start: "2026-12-03T14:00:00Z".into(),
            button_time: "December 3, 9:00 am".into(),
            back_url: format!("{PATH}?day=2026-12-03"),
            keep_url: "/appointments/abc".into(),
            near: false,
            late_fee: None,
            kept_until: None,
            taken: None,
            refused: None,
        };
        let waiting = Self {
            kept_until: Some("tomorrow, 3:31 pm".into()),
            ..office.clone()
        };
        let taken = |nearest| Self {
            taken: Some(TakenAgain {
                time: "9:00 am".into(),
                nearest,
            }),
            ..office.clone()
        };
        let retry = Retry {
            start: "2026-12-03T14:30:00Z".into(),
            label: "9:30 am".into(),
        };
        let refused = |why| Self {
            refused: Some(why),
            ..office.clone()
        };
        let near = |fee: Option<&str>| Self {
            near: true,
            late_fee: fee.map(Into::into),
            ..office.clone()
        };
        vec![
            near(None),
            near(Some("$97.50")),
            waiting,
            taken(vec![
                retry.clone(),
                Retry {
                    start: "2026-12-04T14:00:00Z".into(),
                    label: "Friday 9:00 am".into(),
                },
            ]),
            taken(vec![]),
            refused(MoveRefusal::TooSoon),
            refused(MoveRefusal::TooFar),
            refused(MoveRefusal::NotOffered),
            office,
        ]
    }
}

impl Page for MoveLatePage {
    const TEMPLATE: &'static str = "pages/move-late.html";

    fn samples() -> Vec<Self> {
        let visit = Visit::sample(How::Video);
        let late = Self {
            frame: Frame::sample(),
            visit,
            until: Some("Tuesday, November 24, 10:15 am".into()),
            back_url: "/appointments/abc".into(),
        };
        let without_phone = Self {
            frame: Frame {
                phone: None,
                phone_link: None,
                ..Frame::sample()
            },
            until: None,
            ..late.clone()
        };
        vec![late, without_phone]
    }
}
