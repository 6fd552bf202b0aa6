//! The list of appointments, day by day.

use serde::Serialize;

use super::{Choice, Desk, IntakeMark, Payment, State, Tab, Way};
use crate::view::Page;

/// `/admin/appointments`.
#[derive(Debug, Clone, Serialize)]
pub struct Appointments {
    /// The frame, at [`Tab::Appointments`].
    pub desk: Desk,
    /// How many are coming altogether (awaiting payment and confirmed, from now on).
    pub coming: u64,
    /// The practice's zone in words: "New York time".
    pub zone: String,
    /// What is looked for.
    pub find: Find,
    /// Whether rows are ticked instead of opened.
    pub picking: bool,
    /// This list with rows to tick, or without; none when nothing on it can be cancelled.
    pub pick_url: Option<String>,
    /// The days that have any, in order.
    pub days: Vec<Day>,
    /// The same search in every state, or on every day, when nothing was found and there is more to look through.
    pub wider: Option<Wider>,
    /// The beginning of this list, on its later pages.
    pub first_url: Option<String>,
    /// What follows on this page, if anything does.
    pub more: Option<More>,
    /// Where parents book: the address of `/services`.
    pub services_url: String,
}

/// The form that finds, with everything that was typed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Find {
    /// Part of a name, an address or a number (`q`).
    pub text: String,
    /// "2026-11-27" (`day`).
    pub day: String,
    /// The states to choose from (`state`).
    pub states: Vec<Choice>,
    /// Whether anything is looked for: otherwise the list is what is coming.
    pub on: bool,
    /// Whether day and state are shown at once, because one of them is set or wrong.
    pub open: bool,
    /// What is wrong with the text, as a sentence.
    pub text_problem: Option<String>,
    /// What is wrong with the day, as a sentence.
    pub day_problem: Option<String>,
}

/// A search that finds more.
#[derive(Debug, Clone, Serialize)]
pub struct Wider {
    /// Its address.
    pub url: String,
    /// Whether it looks on every day; otherwise it looks in every state.
    pub every_day: bool,
}

/// The next page of the list.
#[derive(Debug, Clone, Serialize)]
pub struct More {
    /// Its address.
    pub url: String,
    /// Whether it leads back in time.
    pub earlier: bool,
}

/// One day of the list.
#[derive(Debug, Clone, Serialize)]
pub struct Day {
    /// "Tuesday, November 24".
    pub date: String,
    /// "today", "tomorrow".
    pub note: Option<String>,
    /// Its appointments, in order.
    pub rows: Vec<Row>,
}

/// One appointment in the list.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Its page, `/admin/appointments/{id}`.
    pub url: String,
    /// "10:15 am".
    pub time: String,
    /// How long it takes.
    pub minutes: u32,
    /// The parent's name.
    pub name: String,
    /// "Free mini-consult".
    pub offering: String,
    /// How the two meet.
    pub way: Way,
    /// Where it stands.
    pub state: State,
    /// What became of the price.
    pub payment: Payment,
    /// Whether what it asks is there.
    pub intake: IntakeMark,
    /// Its id, when it can be ticked for cancelling.
    pub pick: Option<String>,
}

impl Page for Appointments {
    const TEMPLATE: &'static str = "desk/appointments.html";

    #[expect(clippy::too_many_lines, reason = "one value for every state worth looking at")]
    fn samples() -> Vec<Self> {
        let row = |time: &str, name: &str, offering: &str, way, state, payment| Row {
            url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000001".into(),
            time: time.into(),
            minutes: 60,
            name: name.into(),
            offering: offering.into(),
            way,
            state,
            payment,
            intake: if state == State::Confirmed {
                IntakeMark::Missing
            } else {
                IntakeMark::There
            },
            pick: matches!(state, State::Confirmed | State::AwaitingPayment)
                .then(|| "019ab6a0-0000-7000-8000-000000000001".into()),
        };
        let choice = |value: &str, label: &str, chosen| Choice {
            value: value.into(),
            label: label.into(),
            hint: None,
            chosen,
        };
        let video = || Way::Video {
            join_url: "https://meet.example/slow-lantern-7f3k".into(),
        };
        let office = || Way::Place {
            address: "41 Haywood Road, Asheville".into(),
        };
        let waiting = || Payment::Awaiting {
            amount: "$195".into(),
            kept_until: "tomorrow, 12:00 pm".into(),
        };
        let owed = || Payment::Owed { amount: "$110".into() };
        let full = Self {
            desk: Desk::sample(Tab::Appointments),
            coming: 7,
            zone: "New York time".into(),
            find: Find {
                states: vec![choice("any", "Any state", true), choice("coming", "Coming", false)],
                ..Find::default()
            },
            picking: false,
            pick_url: Some("/admin/appointments?pick=yes".into()),
            wider: None,
            days: vec![
                Day {
                    date: "Tuesday, November 24".into(),
                    note: Some("today".into()),
                    rows: vec![
                        row(
                            "9:00 am",
                            "Sinéad Walsh",
                            "Follow-up",
                            video(),
                            State::Completed,
                            Payment::Paid { amount: "$110".into() },
                        ),
                        row(
                            "10:15 am",
                            "Aoife Daly",
                            "Free mini-consult",
                            video(),
                            State::Confirmed,
                            Payment::Free,
                        ),
                        row(
                            "11:00 am",
                            "Marta Nowak",
                            "Free mini-consult",
                            Way::Phone,
                            State::Cancelled,
                            Payment::Free,
                        ),
                        row(
                            "1:30 pm",
                            "Ciara Byrne",
                            "Follow-up",
                            office(),
                            State::Confirmed,
                            owed(),
                        ),
                    ],
                },
                Day {
                    date: "Friday, November 27".into(),
                    note: None,
                    rows: vec![
                        row(
                            "9:00 am",
                            "Grace Lynch",
                            "Initial consultation",
                            office(),
                            State::AwaitingPayment,
                            waiting(),
                        ),
                        row(
                            "11:00 am",
                            "Wilhelmina Featherstonehaugh-Abernathy",
                            "Initial consultation",
                            office(),
                            State::Expired,
                            Payment::Dropped { amount: "$195".into() },
                        ),
                        row("1:00 pm", "Roisin Kelly", "Follow-up", office(), State::NoShow, owed()),
                    ],
                },
            ],
            first_url: Some("/admin/appointments".into()),
            more: Some(More {
                url: "/admin/appointments?start=2026-12-24T14:00:00Z&id=019ab6a0-0000-7000-8000-000000000001".into(),
                earlier: false,
            }),
            services_url: "https://slowlantern.example/services".into(),
        };
        let picking = Self {
            picking: true,
            pick_url: Some("/admin/appointments".into()),
            ..full.clone()
        };
        let empty = Self {
            pick_url: None,
            coming: 0,
            days: Vec::new(),
            first_url: None,
            more: None,
            ..full.clone()
        };
        let nobody = Self {
            coming: 1,
            find: Find {
                text: "sinead <w>".into(),
                day: "2026-11-27".into(),
                states: vec![
                    choice("any", "Any state", false),
                    choice("no_show", "Did not come", true),
                ],
                on: true,
                open: true,
                text_problem: None,
                day_problem: None,
            },
            wider: Some(Wider {
                url: "/admin/appointments?q=sinead&state=any".into(),
                every_day: false,
            }),
            ..empty.clone()
        };
        let nowhere = Self {
            find: Find {
                day: String::new(),
                ..nobody.find.clone()
            },
            wider: None,
            ..nobody.clone()
        };
        let that_day = Self {
            wider: nobody.wider.clone().map(|wider| Wider {
                every_day: true,
                ..wider
            }),
            ..nobody.clone()
        };
        let garbage = Self {
            find: Find {
                day: "soon".into(),
                text_problem: Some("Type a part of a name, an e-mail address or a number.".into()),
                day_problem: Some("That is no day.".into()),
                ..nobody.find.clone()
            },
            ..nowhere.clone()
        };
        let found = Self {
            find: Find {
                on: true,
                ..full.find.clone()
            },
            more: full.more.clone().map(|more| More { earlier: true, ..more }),
            ..full.clone()
        };
        vec![full, picking, found, empty, nobody, that_day, nowhere, garbage]
    }
}
