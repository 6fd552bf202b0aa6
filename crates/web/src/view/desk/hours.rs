//! Her hours: each week, single days, time off; what parents see, and why a time is not offered.

use serde::Serialize;

use super::{Choice, Desk, Tab};
use crate::view::Page;

/// `/admin/hours`. All dates and times are those of the consultant's zone.
#[derive(Debug, Clone, Serialize)]
pub struct Hours {
    /// The frame, at [`Tab::Hours`].
    pub desk: Desk,
    /// What she has just done.
    pub notice: Option<HoursNotice>,
    /// The form that could not be taken, by its id.
    pub wrong: Option<String>,
    /// "New York time".
    pub zone: String,
    /// Whose hours these are, as the forms say it.
    pub who: String,
    /// Whose hours can be seen, when there is more than one consultant.
    pub consultants: Vec<Choice>,
    /// Monday to Sunday.
    pub week: Vec<DayHours>,
    /// Coming days with hours of their own, ascending; the last is a new one.
    pub dates: Vec<DateHours>,
    /// Coming time off, ascending; the last is a new one.
    pub away: Vec<Away>,
    /// How many coming visits lie outside the hours.
    pub outside: usize,
    /// The first of them.
    pub outside_visits: Vec<OutsideVisit>,
    /// What parents see.
    pub preview: Preview,
}

/// What the last action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HoursNotice {
    /// The hours are changed.
    Saved,
    /// They were like that already.
    Unchanged,
}

/// A stretch of a day as its fields hold it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Stretch {
    /// "09:00", or whatever was typed.
    pub opens: String,
    /// "16:00", or whatever was typed.
    pub closes: String,
    /// `both`, `telehealth` or `in_person`.
    pub modes: String,
    /// Whether it is to be taken away.
    pub removed: bool,
    /// Whether what was typed fits a field for times: one that does not would be shown empty.
    pub fits: bool,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// The hours of one weekday.
#[derive(Debug, Clone, Serialize)]
pub struct DayHours {
    /// "mon".
    pub key: String,
    /// "Monday".
    pub name: String,
    /// "9:00 am to 4:00 pm", "closed".
    pub said: String,
    /// Whether its form stands open.
    pub open: bool,
    /// Its stretches.
    pub stretches: Vec<Stretch>,
}

/// The hours of one date, or the form for a new one.
#[derive(Debug, Clone, Serialize)]
pub struct DateHours {
    /// "2026-12-24", or "new".
    pub key: String,
    /// Its date as it is kept; none when it is new.
    pub was: Option<String>,
    /// "Thursday, December 24"; none when it is new.
    pub title: Option<String>,
    /// "closed".
    pub said: String,
    /// Whether its form stands open.
    pub open: bool,
    /// The field of its date.
    pub date: String,
    /// Whether it is closed all day.
    pub closed: bool,
    /// Its stretches.
    pub stretches: Vec<Stretch>,
    /// What is wrong with the date.
    pub date_problem: Option<String>,
    /// What is wrong with the whole.
    pub problem: Option<String>,
}

/// One stretch of time off, or the form for a new one.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Away {
    /// "2026-08-03T00:00:00", or "new".
    pub key: String,
    /// Its beginning as it is kept; none when it is new.
    pub was: Option<String>,
    /// "Monday, August 3, to Friday, August 14"; none when it is new.
    pub title: Option<String>,
    /// Whether its form stands open.
    pub open: bool,
    /// Its first day.
    pub from_date: String,
    /// From when on that day; empty: from its beginning.
    pub from_time: String,
    /// Its last day; empty: the first one.
    pub until_date: String,
    /// Until when on that day; empty: to its end.
    pub until_time: String,
    /// Whether what was typed as times fits fields for times.
    pub fits: bool,
    /// What is wrong with its beginning.
    pub from_problem: Option<String>,
    /// What is wrong with its end.
    pub until_problem: Option<String>,
}

/// A coming visit outside the hours.
#[derive(Debug, Clone, Serialize)]
pub struct OutsideVisit {
    /// Its page at the desk.
    pub url: String,
    /// "Wednesday, November 25, 10:15 am".
    pub when: String,
    /// Whom it is with.
    pub name: String,
}

/// What parents see on one day, and the question about one time.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// Offerings, each in each way; empty when nothing can be booked.
    pub ways: Vec<Choice>,
    /// Whether a visit at home is chosen, for which a postcode counts.
    pub at_home: bool,
    /// The postcode.
    pub postcode: String,
    /// What is wrong with it.
    pub postcode_problem: Option<String>,
    /// "2026-11-25", or whatever was typed.
    pub day: String,
    /// What is wrong with it.
    pub day_problem: Option<String>,
    /// "Wednesday, November 25".
    pub title: String,
    /// Her hours that day: "9:00 am to 4:00 pm", "closed".
    pub hours: String,
    /// The day before.
    pub earlier_url: Option<String>,
    /// The day after.
    pub later_url: Option<String>,
    /// Every start of the grid, offered or not.
    pub times: Vec<GridTime>,
    /// How many of them are offered.
    pub free: usize,
    /// The field of the time that is asked about.
    pub time: String,
    /// What is wrong with it.
    pub time_problem: Option<String>,
    /// The answer.
    pub answer: Option<WhyAnswer>,
}

/// A start of the grid.
#[derive(Debug, Clone, Serialize)]
pub struct GridTime {
    /// "10:15 am".
    pub label: String,
    /// Asks why it is not offered; none when it is.
    pub why_url: Option<String>,
}

/// Why a time is not offered.
#[derive(Debug, Clone, Serialize)]
pub struct WhyAnswer {
    /// "Wednesday, November 25, 10:15 am".
    pub when: String,
    /// Whether it is offered after all.
    pub offered: bool,
    /// Everything that forbids it.
    pub reasons: Vec<WhyReason>,
}

/// One thing that forbids a time.
#[derive(Debug, Clone, Serialize)]
pub struct WhyReason {
    /// Whose reason it is, when there is more than one consultant.
    pub who: Option<String>,
    /// "You have no hours then: Tuesdays are 12:00 pm to 6:00 pm."
    pub why: String,
    /// What she can do about it.
    pub remedy: Option<String>,
    /// Where she can do it.
    pub url: Option<String>,
}

impl Page for Hours {
    const TEMPLATE: &'static str = "desk/hours.html";

    fn samples() -> Vec<Self> {
        let quiet = quiet();
        vec![
            quiet.clone(),
            wrong(quiet.clone()),
            Self {
                notice: Some(HoursNotice::Saved),
                consultants: vec![
                    Choice::new("nora-tillery", "Nora Tillery", true),
                    Choice::new("ada-moss", "Ada Moss", false),
                ],
                outside: 1,
                outside_visits: vec![visit("Aoife Daly")],
                preview: explained(quiet.preview.clone()),
                ..quiet.clone()
            },
            Self {
                notice: Some(HoursNotice::Unchanged),
                outside: 12,
                outside_visits: vec![visit("Aoife Daly"), visit("Bronagh O'Neill")],
                preview: Preview {
                    ways: vec![],
                    times: vec![],
                    free: 0,
                    ..quiet.preview.clone()
                },
                ..quiet.clone()
            },
            Self {
                notice: Some(HoursNotice::Saved),
                preview: Preview {
                    times: vec![],
                    free: 0,
                    earlier_url: None,
                    at_home: true,
                    postcode: "9021".into(),
                    postcode_problem: Some("Write a postcode of your area: the way there counts.".into()),
                    day_problem: Some("There is no such day.".into()),
                    time: "quarter past".into(),
                    time_problem: Some("Write the time as hours and minutes, such as 9:15.".into()),
                    answer: Some(WhyAnswer {
                        when: "Wednesday, November 25, 10:15 am".into(),
                        offered: true,
                        reasons: vec![],
                    }),
                    ..quiet.preview.clone()
                },
                ..quiet
            },
        ]
    }
}

fn visit(name: &str) -> OutsideVisit {
    OutsideVisit {
        url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000001".into(),
        when: "Wednesday, November 25, 10:15 am".into(),
        name: name.into(),
    }
}

fn stretch(opens: &str, closes: &str) -> Stretch {
    Stretch {
        opens: opens.into(),
        closes: closes.into(),
        modes: "both".into(),
        fits: true,
        ..Stretch::default()
    }
}

fn quiet() -> Hours {
    let days = [
        ("mon", "Monday", "9:00 am to 4:00 pm"),
        ("tue", "Tuesday", "12:00 pm to 6:00 pm"),
        (
            "wed",
            "Wednesday",
            "9:00 am to 1:00 pm and 7:00 pm to 9:00 pm, telehealth only",
        ),
        ("sun", "Sunday", "closed"),
    ];
    let week = days.map(|(key, name, said)| DayHours {
        key: key.into(),
        name: name.into(),
        said: said.into(),
        open: false,
        stretches: vec![stretch("09:00", "16:00")],
    });
    let new_date = DateHours {
        key: "new".into(),
        was: None,
        title: None,
        said: String::new(),
        open: false,
        date: String::new(),
        closed: true,
        stretches: vec![stretch("", "")],
        date_problem: None,
        problem: None,
    };
    let new_away = Away {
        key: "new".into(),
        fits: true,
        ..Away::default()
    };
    Hours {
        desk: Desk::sample(Tab::Hours),
        notice: None,
        wrong: None,
        zone: "New York time".into(),
        who: "nora-tillery".into(),
        consultants: vec![],
        week: week.into(),
        dates: vec![
            DateHours {
                key: "2026-12-24".into(),
                was: Some("2026-12-24".into()),
                title: Some("Thursday, December 24".into()),
                said: "closed".into(),
                date: "2026-12-24".into(),
                ..new_date.clone()
            },
            new_date,
        ],
        away: vec![
            Away {
                key: "2027-08-02T00:00:00".into(),
                was: Some("2027-08-02T00:00:00".into()),
                title: Some("Monday, August 2, 2027, to Friday, August 13, 2027".into()),
                from_date: "2027-08-02".into(),
                until_date: "2027-08-13".into(),
                fits: true,
                ..Away::default()
            },
            new_away,
        ],
        outside: 0,
        outside_visits: vec![],
        preview: Preview {
            ways: vec![
                Choice::new("free-mini-consult.telehealth", "Free mini-consult, telehealth", true),
                Choice::new("initial-consultation.home", "Initial consultation, at home", false),
            ],
            at_home: false,
            postcode: String::new(),
            postcode_problem: None,
            day: "2026-11-25".into(),
            day_problem: None,
            title: "Wednesday, November 25".into(),
            hours: "9:00 am to 1:00 pm".into(),
            earlier_url: Some("/admin/hours?day=2026-11-24".into()),
            later_url: Some("/admin/hours?day=2026-11-26".into()),
            times: vec![
                GridTime {
                    label: "9:00 am".into(),
                    why_url: Some("/admin/hours?day=2026-11-25&start=2026-11-25T14:00:00Z".into()),
                },
                GridTime {
                    label: "9:15 am".into(),
                    why_url: None,
                },
            ],
            free: 1,
            time: String::new(),
            time_problem: None,
            answer: None,
        },
    }
}

fn wrong(mut page: Hours) -> Hours {
    page.wrong = Some("mon".into());
    page.week[0].open = true;
    page.week[0].stretches = vec![
        Stretch {
            removed: true,
            ..stretch("09:00", "12:00")
        },
        Stretch {
            fits: false,
            modes: "telehealth".into(),
            problem: Some("Write both times as hours and minutes, such as 9:00.".into()),
            ..stretch("nine", "12:00")
        },
    ];
    for date in &mut page.dates {
        date.open = true;
        date.closed = false;
        date.date = "2026-02-30".into();
        date.date_problem = Some("There is no such day.".into());
        date.problem = Some("Write from when until when, or choose closed.".into());
    }
    for away in &mut page.away {
        away.open = true;
        away.fits = false;
        away.from_time = "noonish".into();
        away.from_problem = Some("There is no such day.".into());
        away.until_problem = Some("It has to end after it starts.".into());
    }
    page
}

fn explained(preview: Preview) -> Preview {
    let reason = |who: Option<&str>, remedy: Option<&str>| WhyReason {
        who: who.map(Into::into),
        why: "It is 20 hours away; this offering asks for 24 hours' notice.".into(),
        remedy: remedy.map(Into::into),
        url: None,
    };
    Preview {
        time: "10:15".into(),
        answer: Some(WhyAnswer {
            when: "Wednesday, November 25, 10:15 am".into(),
            offered: false,
            reasons: vec![
                reason(Some("Nora Tillery"), Some("A shorter notice would offer it.")),
                WhyReason {
                    url: Some("/admin/hours?open=wed#wed".into()),
                    ..reason(None, Some("Change Wednesday's hours"))
                },
                reason(None, None),
            ],
        }),
        ..preview
    }
}
