//! `/appointments/{token}`: one link behind which everything about a visit stands.

use jiff::civil::Time;
use serde::Serialize;

use super::super::Page;
use super::super::frame::Frame;
use super::arc::Arc;
use super::family::SecondRecipient;
use super::form::{Field, Problem};
use super::intake::{IntakeRow, IntakeRowState};
use super::parts::{How, Office, PayOnline, ReceiptLink, Visit};

/// One appointment, as the parent sees it.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentPage {
    /// The frame.
    pub frame: Frame,
    /// Where it stands.
    pub state: AppointmentState,
    /// What she is called, for "It is booked, Aoife": the name as it was typed, up to its first space.
    pub first_name: String,
    /// The visit.
    pub visit: Visit,
    /// The disc at its hour, [`Arc::at`] the start in the visit's zone.
    pub arc: Arc,
    /// The office, for a visit there.
    pub office: Option<Office>,
    /// The lines of her own address, for a visit at her home.
    pub home: Option<Vec<String>>,
    /// The number she will be called at, as typed, for a visit by phone.
    pub call_number: Option<String>,
    /// From 15 minutes before the start until the end: the way in, first thing on the page.
    pub join: Option<Join>,
    /// The meeting link, known before; shown as a quiet row until `join` is set. Video only.
    pub video_url: Option<String>,
    /// How it is or will be paid; none when it is free.
    pub payment: Option<Payment>,
    /// The title that calendars show: "Appointment with Nora Tillery".
    pub calendar_title: String,
    /// The ways into a calendar; only while it is confirmed and not over.
    pub calendar: Option<CalendarLinks>,
    /// The row that leads to the questions before the visit, or to what was answered.
    pub intake: Option<IntakeRow>,
    /// Whether it was moved in this browser a moment ago.
    pub moved: bool,
    /// The row that moves; none once it has started or is over.
    pub moving: Option<MoveRow>,
    /// The row that cancels; none once it has started or is over.
    pub cancel: Option<CancelRow>,
    /// Who else gets the invitation, while it is coming.
    pub second: Option<SecondRecipient>,
    /// Whether that was saved in this browser a moment ago.
    pub saved: bool,
    /// Her receipts, the latest first.
    pub receipts: Vec<ReceiptLink>,
    /// After a visit that took place: the page of times of what is for clients, which it lets her book.
    pub follow_up_url: Option<String>,
    /// "$97.50": what she keeps of a visit that was cancelled late or missed.
    pub fee: Option<String>,
    /// The offering's page of times, for expired, cancelled and completed ones; none where nothing may be advertised
    /// (cancelled for birth, illness, hospital or loss).
    pub again_url: Option<String>,
    /// The address for the newsletter panel of a visit that was just booked; none shows no panel.
    pub newsletter_email: Option<String>,
}

/// Where an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppointmentState {
    /// Confirmed, and booked in this browser a moment ago.
    Booked,
    /// Confirmed.
    Confirmed,
    /// Kept until it is paid.
    AwaitingPayment,
    /// It was not paid in time.
    Expired,
    /// Cancelled, by whomever.
    Cancelled,
    /// Over.
    Completed,
    /// She waited, and nobody came.
    NoShow,
}

/// The way in.
#[derive(Debug, Clone, Serialize)]
pub struct Join {
    /// The meeting; none for a call: then the page says that she will ring.
    pub url: Option<String>,
    /// "10:15 am": when she is there or rings.
    pub time: String,
}

/// How it is paid.
#[derive(Debug, Clone, Serialize)]
pub struct Payment {
    /// "$195".
    pub price: String,
    /// "$25": what of it is for the trip to her home.
    pub trip: Option<String>,
    /// Whether it is paid.
    pub paid: bool,
    /// "3:31 pm" or "Thursday, November 26, 3:31 pm"; while payment is awaited.
    pub kept_until: Option<String>,
    /// Her words on how to pay, in paragraphs; while payment is awaited and is not made online.
    pub how: Vec<String>,
    /// The way to the page on which it is paid; while payment is awaited.
    pub online: Option<PayOnline>,
}

/// Where a tap puts it into a calendar.
#[derive(Debug, Clone, Serialize)]
pub struct CalendarLinks {
    /// `/appointments/{token}/calendar.ics`.
    pub ics: String,
    /// From [`super::link::google_calendar`].
    pub google: String,
    /// From [`super::link::outlook_calendar`].
    pub outlook: String,
}

/// The row that moves; when it is too late it says why, and whom to call.
#[derive(Debug, Clone, Serialize)]
pub struct MoveRow {
    /// `/appointments/{token}/reschedule`; none when it is too late.
    pub url: Option<String>,
    /// "Monday, November 30, 2:00 pm": until when.
    pub until: String,
}

/// The row that cancels.
#[derive(Debug, Clone, Serialize)]
pub struct CancelRow {
    /// `/appointments/{token}/cancel`.
    pub url: String,
    /// "Monday, November 30, 2:00 pm", while cancelling costs nothing; none when it never costs anything.
    pub free_until: Option<String>,
    /// "$97.50": what her policy keeps by now.
    pub late_fee: Option<String>,
    /// Whether a credit of a package paid it.
    pub by_credit: bool,
}

impl Page for AppointmentPage {
    const TEMPLATE: &'static str = "pages/appointment.html";

    #[expect(clippy::too_many_lines, reason = "one value for every state")]
    fn samples() -> Vec<Self> {
        use AppointmentState::{AwaitingPayment, Booked, Cancelled, Completed, Confirmed, Expired, NoShow};
        let second = |problem: Option<Problem>| SecondRecipient {
            action: "/appointments/abc/second-recipient".into(),
            named: problem.is_some(),
            field: Field {
                value: String::new(),
                problem,
            },
        };
        let links = || CalendarLinks {
            ics: "/appointments/abc/calendar.ics".into(),
            google: "https://calendar.google.com/calendar/render?action=TEMPLATE".into(),
            outlook: "https://outlook.live.com/calendar/0/deeplink/compose".into(),
        };
        let row = |free_until: Option<&str>, late_fee: Option<&str>| CancelRow {
            url: "/appointments/abc/cancel".into(),
            free_until: free_until.map(Into::into),
            late_fee: late_fee.map(Into::into),
            by_credit: false,
        };
        let by_credit = |free_until: Option<&str>| CancelRow {
            by_credit: true,
            ..row(free_until, None)
        };
        let intake = |state, missing| IntakeRow {
            url: "/appointments/abc/intake".into(),
            state,
            missing,
        };
        let booked = Self {
            frame: Frame::sample(),
            state: Booked,
            first_name: "Aoife".into(),
            visit: Visit::sample(How::Video),
            arc: Arc::at(Time::constant(10, 15, 0, 0)),
            office: None,
            home: None,
            call_number: None,
            join: None,
            video_url: Some("https://meet.example/slow-lantern-7f3a".into()),
            payment: None,
            calendar_title: "Appointment with Nora Tillery".into(),
            calendar: Some(links()),
            intake: Some(intake(IntakeRowState::Missing, 2)),
            moved: false,
            moving: Some(MoveRow {
                url: None,
                until: "Tuesday, November 24, 10:15 am".into(),
            }),
            cancel: Some(row(None, None)),
            second: Some(second(None)),
            saved: false,
            receipts: vec![ReceiptLink::sample()],
            follow_up_url: None,
            fee: None,
            again_url: None,
            newsletter_email: Some("aoife.daly@example.com".into()),
        };
        let phone = Self {
            visit: Visit {
                other_time: Some("3:15 pm in Dublin time".into()),
                ..Visit::sample(How::Phone)
            },
            call_number: Some("828-555-0199".into()),
            intake: Some(intake(IntakeRowState::Untouched, 0)),
            video_url: None,
            ..booked.clone()
        };
        let confirmed = Self {
            state: Confirmed,
            intake: Some(intake(IntakeRowState::Complete, 0)),
            visit: Visit::sample(How::Office),
            arc: Arc::at(Time::constant(14, 0, 0, 0)),
            office: Some(Office::sample()),
            video_url: None,
            payment: Some(Payment {
                price: "$195".into(),
                trip: None,
                paid: true,
                kept_until: None,
                how: vec![],
                online: None,
            }),
            moving: Some(MoveRow {
                url: Some("/appointments/abc/reschedule".into()),
                until: "Monday, November 30, 2:00 pm".into(),
            }),
            cancel: Some(row(Some("Monday, November 30, 2:00 pm"), None)),
            newsletter_email: None,
            ..booked.clone()
        };
        let at_visit = Self {
            moved: true,
            second: Some(second(Some(Problem::Unusable))),
            payment: Some(Payment {
                price: "$110".into(),
                trip: None,
                paid: false,
                kept_until: None,
                how: vec![],
                online: None,
            }),
            cancel: Some(row(None, Some("$55"))),
            ..confirmed.clone()
        };
        let at_home = |page: &Self| Self {
            visit: Visit::sample(How::Home),
            office: None,
            home: Some(vec!["41 Haywood Road".into(), "Arden".into(), "28704".into()]),
            payment: page.payment.clone().map(|payment| Payment {
                price: "$220".into(),
                trip: Some("$25".into()),
                ..payment
            }),
            ..page.clone()
        };
        let joining = Self {
            frame: Frame {
                phone: None,
                phone_link: None,
                ..Frame::sample()
            },
            state: Confirmed,
            join: Some(Join {
                url: booked.video_url.clone(),
                time: "10:15 am".into(),
            }),
            newsletter_email: None,
            ..booked.clone()
        };
        let ringing = Self {
            state: Confirmed,
            join: Some(Join {
                url: None,
                time: "10:15 am".into(),
            }),
            newsletter_email: None,
            ..phone.clone()
        };
        let awaiting = Self {
            state: AwaitingPayment,
            payment: Some(Payment {
                price: "$195".into(),
                trip: None,
                paid: false,
                kept_until: Some("Thursday, November 26, 3:31 pm".into()),
                how: vec![
                    "By bank transfer: to Nora Tillery, Example Bank of the Blue Ridge, account number 0000123456."
                        .into(),
                    "In person, in cash or by card, at my office.".into(),
                ],
                online: None,
            }),
            calendar: None,
            cancel: Some(row(None, None)),
            ..confirmed.clone()
        };
        let online = PayOnline::samples().map(|online| Self {
            payment: awaiting.payment.clone().map(|payment| Payment {
                how: Vec::new(),
                online: Some(online),
                ..payment
            }),
            ..awaiting.clone()
        });
        let over = |state, again: bool| Self {
            state,
            intake: None,
            calendar: None,
            moving: None,
            cancel: None,
            second: None,
            payment: None,
            video_url: None,
            newsletter_email: None,
            again_url: again.then(|| "/book/initial-consultation".into()),
            ..confirmed.clone()
        };
        let with_fee = |state| Self {
            fee: Some("$97.50".into()),
            ..over(state, false)
        };
        let mut all = vec![
            booked,
            phone,
            confirmed.clone(),
            at_home(&at_visit),
            at_home(&awaiting),
            at_visit,
            joining,
            ringing,
            awaiting,
            over(Expired, true),
            over(Cancelled, true),
            over(Cancelled, false),
            Self {
                intake: Some(intake(IntakeRowState::Told, 0)),
                ..over(Completed, true)
            },
            with_fee(Cancelled),
            with_fee(NoShow),
            over(NoShow, false),
            Self {
                second: Some(second(Some(Problem::TooLong))),
                saved: true,
                ..confirmed.clone()
            },
            Self {
                cancel: Some(by_credit(Some("Monday, November 30, 2:00 pm"))),
                ..confirmed.clone()
            },
            Self {
                cancel: Some(by_credit(None)),
                ..confirmed.clone()
            },
            Self {
                follow_up_url: Some("/book/follow-up?client=abc".into()),
                second: None,
                ..over(Completed, true)
            },
        ];
        all.extend(online);
        all
    }
}
