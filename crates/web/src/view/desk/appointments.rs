//! The list of appointments, day by day.

use serde::Serialize;

use super::{Desk, IntakeMark, Payment, State, Tab, Way};
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
    /// The first day of this list: "today", "Monday, November 2".
    pub from: String,
    /// The days that have any, in order.
    pub days: Vec<Day>,
    /// The days before, if there are any.
    pub earlier_url: Option<String>,
    /// The days after, if there are any.
    pub later_url: Option<String>,
    /// Where parents book: the address of `/services`.
    pub services_url: String,
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
            from: "today".into(),
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
            earlier_url: Some("/admin/appointments?before=2026-11-24".into()),
            later_url: Some("/admin/appointments?after=2026-12-24".into()),
            services_url: "https://slowlantern.example/services".into(),
        };
        let empty = Self {
            coming: 0,
            days: Vec::new(),
            earlier_url: None,
            later_url: None,
            ..full.clone()
        };
        vec![full, empty]
    }
}
