//! One appointment with all that is known, what happened to it, and the two things she can do.

use serde::Serialize;

use super::{
    Came, Desk, Event, EventKind, FeePanel, IntakeMark, Mail, MailState, PayTyped, Payment, Phone, Reader, ReceiptLine,
    RefundForm, RefundRow, State, Tab, Way,
};
use crate::view::Page;
use crate::view::pages::Arc;

/// `/admin/appointments/{id}`.
#[derive(Debug, Clone, Serialize)]
pub struct Appointment {
    /// The frame, at [`Tab::Appointments`].
    pub desk: Desk,
    /// What she has just done, or could not do.
    pub notice: Option<AppointmentNotice>,
    /// Where it stands.
    pub state: State,
    /// The parent's name.
    pub name: String,
    /// Her address.
    pub email: String,
    /// Her number, if she gave one.
    pub phone: Option<Phone>,
    /// "Tuesday, November 24", in the practice's zone (in person: the place's).
    pub date: String,
    /// "10:15 to 10:30 am", in the same zone.
    pub hours: String,
    /// "New York time".
    pub zone: String,
    /// The same in her zone when it differs: "Tuesday, November 24, 3:15 to 3:30 pm, Dublin time".
    pub hers: Option<String>,
    /// The day arc's disc at its start, in the practice's zone.
    pub arc: Arc,
    /// "Free mini-consult".
    pub offering: String,
    /// How long it takes.
    pub minutes: u32,
    /// How the two meet.
    pub way: Way,
    /// Its place on a map, in person.
    pub map_url: Option<String>,
    /// Whether the room is the next step: from 15 minutes before until the end.
    pub can_join: bool,
    /// What became of the price.
    pub payment: Payment,
    /// How and when it was paid: "In cash, Tuesday, November 24, 9:12 am."
    pub paid_how: Option<String>,
    /// What was answered and agreed to before the visit; none when it asks nothing and nothing was given.
    pub intake: Option<Intake>,
    /// Her family.
    pub family: Family,
    /// Where marking it as paid posts to (`method`: `transfer`, `cash`, `card` or `other`), while that is possible.
    pub pay_url: Option<String>,
    /// What was typed when it could not be marked.
    pub pay_typed: Option<PayTyped>,
    /// Its receipts, the latest first.
    pub receipts: Vec<ReceiptLine>,
    /// "$97.50": what of the money she has is the family's again, and hers to send.
    pub goes_back: Option<String>,
    /// Giving back what was paid, while anything of it is left.
    pub refund: Option<RefundForm>,
    /// What went back, or shall, the oldest first.
    pub refunds: Vec<RefundRow>,
    /// Where waiving what is owed posts to, while something is.
    pub waive_url: Option<String>,
    /// Saying whether she came, from the start on.
    pub came: Option<Came>,
    /// Adding the family's next visit, after one that took place.
    pub next_url: Option<String>,
    /// What her policy keeps of a visit that was cancelled late or missed.
    pub fee: Option<FeePanel>,
    /// Moving it, while that is possible.
    pub moving: Option<Moving>,
    /// Where cancelling posts to (`message`), while that is possible.
    pub cancel_url: Option<String>,
    /// The message she has typed, when it could not be taken.
    pub message: String,
    /// What is wrong with it, as a sentence.
    pub message_problem: Option<String>,
    /// The family's silence switch.
    pub silence: Silence,
    /// What happened, the oldest first.
    pub history: Vec<Event>,
    /// The mails about it, to the family and to her, the oldest first.
    pub mails: Vec<Mail>,
}

/// Whether the family gets reminders and letters, and where that is changed.
#[derive(Debug, Clone, Serialize)]
pub struct Silence {
    /// Where the switch posts to: `silent`, "yes" or "no".
    pub url: String,
    /// Whether it gets none.
    pub silent: bool,
}

/// The form that moves it, with what she has typed.
#[derive(Debug, Clone, Serialize)]
pub struct Moving {
    /// Where it posts to: `date`, `time`, `message`, `anyway`.
    pub url: String,
    /// "2026-11-27", in the practice's zone.
    pub date: String,
    /// "09:00", in the same zone.
    pub time: String,
    /// Her message to the family.
    pub message: String,
    /// Whether it shall be moved also where no slot is.
    pub anyway: bool,
    /// What is wrong with the time, as a sentence.
    pub time_problem: Option<String>,
    /// What is wrong with the message, as a sentence.
    pub message_problem: Option<String>,
}

/// What was answered and agreed to.
#[derive(Debug, Clone, Serialize)]
pub struct Intake {
    /// How much of it is there.
    pub mark: IntakeMark,
    /// How many needed answers and consents are missing.
    pub missing: usize,
    /// The answers, in the offering's order; after them those to questions that are no longer asked.
    pub answers: Vec<Answer>,
    /// The consents, in the same order.
    pub consents: Vec<Agreed>,
}

/// What is known of the family beside the parent.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Family {
    /// The babies named at this booking: "Mia, February 1, 2026".
    pub babies: Vec<String>,
    /// Who else gets the invitation.
    pub second: Option<String>,
    /// Of what is once per family: visits of other families for a baby of the same date.
    pub alike: Vec<Alike>,
    /// The link to book what is for clients, where there is such an offering.
    pub link: Option<ClientLink>,
}

/// A visit of another family whose baby has the same date.
#[derive(Debug, Clone, Serialize)]
pub struct Alike {
    /// The parent's name.
    pub name: String,
    /// When the visit is or was: "Tuesday, November 24, 9:12 am".
    pub when: String,
    /// Its page.
    pub url: String,
}

/// The link with which a family books what is for clients.
#[derive(Debug, Clone, Serialize)]
pub struct ClientLink {
    /// Where giving it posts to (`mail`: `yes` sends it to her too).
    pub action: String,
    /// What it books: "Follow-up visit".
    pub offering: String,
    /// The link, once it was given.
    pub address: Option<String>,
    /// Until when it holds.
    pub until: Option<String>,
}

/// A question and its answer.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// The question.
    pub question: String,
    /// What was answered: "Yes", "A mix", lines of text.
    pub text: String,
}

/// A consent.
#[derive(Debug, Clone, Serialize)]
pub struct Agreed {
    /// The exact words.
    pub wording: String,
    /// Which version of them.
    pub version: u32,
    /// "Tuesday, November 24, 9:12 am", in the practice's zone; none: not given.
    pub when: Option<String>,
    /// Whether it is needed.
    pub needed: bool,
    /// Whether the offering still asks for these words.
    pub asked: bool,
}

/// What the last action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentNotice {
    /// Marked as paid, and thereby confirmed: the invitation goes out.
    Paid,
    /// One that was confirmed already is marked as paid.
    OwedPaid,
    /// The family has its link, to be copied.
    Link,
    /// The family has its link, and gets it by mail.
    LinkMailed,
    /// Added by hand: the mails are on their way.
    Added,
    /// Moved.
    Moved,
    /// Cancelled.
    Cancelled,
    /// It had been marked as paid before.
    PaidAlready,
    /// Marked as done.
    Done,
    /// Marked as missed.
    Missed,
    /// What is kept is decided.
    FeeDecided,
    /// Money goes back.
    Refunded,
    /// What was owed is waived.
    Waived,
    /// Whether she came cannot be said yet, or not any more.
    NotNow,
    /// It was cancelled, expired or over in the meantime.
    OverAlready,
    /// The hold had ended, and the time belongs to somebody else.
    TimeTaken,
    /// The receipt is on its way once more.
    ReceiptSent,
    /// The family gets no reminders and letters any more.
    Silent,
    /// It gets them again.
    NotSilent,
}

impl Page for Appointment {
    const TEMPLATE: &'static str = "desk/appointment.html";

    #[expect(clippy::too_many_lines, reason = "one value for every state worth looking at")]
    fn samples() -> Vec<Self> {
        let event = |kind, detail: Option<&str>, when: &str| Event {
            kind,
            detail: detail.map(Into::into),
            when: when.into(),
        };
        let agreed = |wording: &str, version, given: bool, asked| Agreed {
            wording: wording.into(),
            version,
            when: given.then(|| "Tuesday, November 24, 9:12 am".into()),
            needed: version == 2,
            asked,
        };
        let base = "/admin/appointments/019ab6a0-0000-7000-8000-000000000001";
        let waiting = Self {
            desk: Desk::sample(Tab::Appointments),
            notice: None,
            state: State::AwaitingPayment,
            name: "Grace Lynch".into(),
            email: "grace.lynch@example.com".into(),
            phone: Some(Phone::new(
                "828-555-0199",
                "+18285550199",
                "About our appointment on Friday: ",
            )),
            date: "Friday, November 27".into(),
            hours: "9:00 to 10:30 am".into(),
            zone: "New York time".into(),
            hers: None,
            arc: Arc::at(jiff::civil::Time::constant(9, 0, 0, 0)),
            offering: "Initial consultation".into(),
            minutes: 90,
            way: Way::Place {
                address: "41 Haywood Road, Asheville, NC 28806".into(),
            },
            map_url: Some("https://map.example/search?query=41%20Haywood%20Road%2C%20Asheville".into()),
            can_join: false,
            payment: Payment::Awaiting {
                amount: "$195".into(),
                kept_until: "tomorrow, 12:00 pm".into(),
            },
            paid_how: None,
            intake: Some(Intake {
                mark: IntakeMark::Missing,
                missing: 2,
                answers: vec![],
                consents: vec![],
            }),
            family: Family {
                link: Some(ClientLink {
                    action: format!("{base}/client-link"),
                    offering: "Follow-up visit".into(),
                    address: None,
                    until: None,
                }),
                ..Family::default()
            },
            pay_url: Some(format!("{base}/paid")),
            pay_typed: Some(PayTyped::sample()),
            receipts: Vec::new(),
            goes_back: None,
            refund: None,
            refunds: Vec::new(),
            waive_url: Some(format!("{base}/waive")),
            came: None,
            next_url: None,
            fee: None,
            moving: Some(Moving {
                url: format!("{base}/move"),
                date: "2026-11-27".into(),
                time: "09:00".into(),
                message: String::new(),
                anyway: false,
                time_problem: None,
                message_problem: None,
            }),
            cancel_url: Some(format!("{base}/cancel")),
            message: String::new(),
            message_problem: None,
            silence: Silence {
                url: format!("{base}/silence"),
                silent: false,
            },
            history: vec![event(EventKind::Booked, None, "Tuesday, November 24, 12:00 pm")],
            mails: Vec::new(),
        };
        let video = Self {
            state: State::Confirmed,
            name: "Aoife Daly".into(),
            hers: Some("Friday, November 27, 2:00 to 3:30 pm, Dublin time".into()),
            way: Way::Video {
                join_url: "https://meet.example/slow-lantern-7f3k2mq9x4".into(),
            },
            map_url: None,
            can_join: true,
            payment: Payment::Paid { amount: "$195".into() },
            paid_how: Some("By transfer, Wednesday, November 25, 9:12 am.".into()),
            intake: Some(Intake {
                mark: IntakeMark::There,
                missing: 0,
                answers: vec![Answer {
                    question: "What worries you most?".into(),
                    text: "It hurts on the left,\nand she falls asleep after five minutes.".into(),
                }],
                consents: vec![
                    agreed("I have read the privacy notice.", 2, true, true),
                    agreed("Nora may take photos for my chart.", 1, false, true),
                    agreed("I have read the old notice.", 1, true, false),
                ],
            }),
            pay_url: None,
            pay_typed: None,
            receipts: vec![ReceiptLine::sample()],
            history: vec![
                event(EventKind::Booked, None, "Tuesday, November 24, 12:00 pm"),
                event(
                    EventKind::Paid,
                    Some("$195, transfer"),
                    "Wednesday, November 25, 9:12 am",
                ),
                event(EventKind::Confirmed, None, "Wednesday, November 25, 9:12 am"),
            ],
            ..waiting.clone()
        };
        let at_home = |travel_minutes| Self {
            way: Way::Home {
                address: "41 Haywood Road, Asheville, 28806".into(),
                travel_minutes,
            },
            ..waiting.clone()
        };
        let with_family = |notice| Self {
            notice: Some(notice),
            family: Family {
                babies: vec!["Mia, February 1, 2026".into(), "Leo".into()],
                second: Some("sam@example.com".into()),
                alike: vec![Alike {
                    name: "Noor Haddad".into(),
                    when: "Tuesday, November 24, 9:12 am".into(),
                    url: base.into(),
                }],
                link: Some(ClientLink {
                    action: format!("{base}/client-link"),
                    offering: "Follow-up visit".into(),
                    address: Some("https://slowlantern.example/book/follow-up?client=c7k2mq9x4".into()),
                    until: Some("Monday, May 24, 9:12 am".into()),
                }),
            },
            history: [
                EventKind::SecondNamed,
                EventKind::SecondRemoved,
                EventKind::LinkGiven,
                EventKind::IntakeAsked,
            ]
            .map(|kind| event(kind, None, "Tuesday, November 24, 12:00 pm"))
            .into(),
            ..waiting.clone()
        };
        let by_phone = Self {
            family: Family::default(),
            notice: Some(AppointmentNotice::Paid),
            way: Way::Phone,
            can_join: false,
            message: "I am unwell today.".into(),
            message_problem: Some("That is longer than a mail should be: at most 2,000 characters.".into()),
            intake: video.intake.clone().map(|intake| Intake {
                mark: IntakeMark::Missing,
                missing: 1,
                ..intake
            }),
            ..video.clone()
        };
        let not_there = Self {
            notice: Some(AppointmentNotice::Moved),
            moving: waiting.moving.clone().map(|form| Moving {
                message: "I have to be elsewhere that morning.".into(),
                anyway: true,
                time_problem: Some("That time has passed.".into()),
                message_problem: Some("This message is too long.".into()),
                ..form
            }),
            history: vec![
                event(EventKind::Booked, None, "Tuesday, November 24, 12:00 pm"),
                event(
                    EventKind::MovedByParent,
                    Some("From Thursday, November 26, 9:00 am to Friday, November 27, 9:00 am"),
                    "Tuesday, November 24, 1:00 pm",
                ),
                event(
                    EventKind::MovedByYou,
                    Some("From Friday, November 27, 9:00 am to Friday, November 27, 1:00 pm"),
                    "Tuesday, November 24, 2:00 pm",
                ),
            ],
            ..waiting.clone()
        };
        let unconfirmed = Self {
            way: Way::Video {
                join_url: String::new(),
            },
            history: Vec::new(),
            ..waiting.clone()
        };
        let cancelled = Self {
            notice: Some(AppointmentNotice::Cancelled),
            state: State::Cancelled,
            intake: None,
            payment: Payment::Dropped { amount: "$195".into() },
            phone: None,
            pay_url: None,
            moving: None,
            cancel_url: None,
            history: vec![
                event(EventKind::Booked, None, "Tuesday, November 24, 12:00 pm"),
                event(
                    EventKind::CancelledByParent,
                    Some("Because of illness"),
                    "Tuesday, November 24, 6:40 pm",
                ),
            ],
            ..waiting.clone()
        };
        let over = |notice, state, kind| Self {
            notice: Some(notice),
            state,
            history: vec![
                event(EventKind::Booked, None, "Tuesday, November 24, 12:00 pm"),
                event(kind, None, "Thursday, November 26, 12:00 pm"),
            ],
            ..cancelled.clone()
        };
        let mail = |about, to, state| Mail {
            about,
            to,
            state,
            when: "Tuesday, November 24, 12:00 pm".into(),
        };
        let came = |done: bool, missed: bool, fee: Option<&str>, paid| Came {
            done_url: done.then(|| format!("{base}/done")),
            missed_url: missed.then(|| format!("{base}/missed")),
            fee: fee.map(Into::into),
            paid,
        };
        let begun = Self {
            notice: None,
            state: State::Confirmed,
            payment: Payment::Owed { amount: "$110".into() },
            came: Some(came(true, true, Some("$110"), false)),
            moving: None,
            cancel_url: None,
            mails: vec![
                mail("Confirmation", Reader::Her, MailState::Sent),
                mail("New appointment", Reader::You, MailState::Sent),
                mail("The invitation", Reader::Second, MailState::Refused),
                mail("Reminder", Reader::Her, MailState::Again),
                mail("Reminder", Reader::Her, MailState::Waiting),
                mail("Reminder", Reader::Her, MailState::Dropped),
                mail("Reminder", Reader::Her, MailState::Uncertain),
            ],
            ..waiting.clone()
        };
        let done = Self {
            notice: Some(AppointmentNotice::Done),
            state: State::Completed,
            came: Some(came(false, true, None, true)),
            next_url: Some("/admin/appointments/new?after=019ab6a0-0000-7000-8000-000000000001".into()),
            history: vec![event(EventKind::CompletedByYou, None, "Tuesday, November 24, 12:00 pm")],
            ..begun.clone()
        };
        let fee = |decision, paid| FeePanel {
            amount: "$97.50".into(),
            decision,
            reason: (decision == "open").then(|| "Someone is ill".into()),
            paid,
            url: format!("{base}/fee"),
        };
        let missed = Self {
            notice: Some(AppointmentNotice::Missed),
            state: State::NoShow,
            payment: Payment::Fee {
                amount: "$97.50".into(),
            },
            came: Some(came(true, false, None, false)),
            fee: Some(fee("kept", false)),
            history: vec![
                event(EventKind::NoShow, None, "Tuesday, November 24, 12:00 pm"),
                event(EventKind::FeeWaived, Some("$97.50"), "Tuesday, November 24, 12:00 pm"),
                event(EventKind::FeeKept, Some("$97.50"), "Tuesday, November 24, 12:00 pm"),
            ],
            ..begun.clone()
        };
        let undecided = Self {
            state: State::Cancelled,
            notice: None,
            payment: Payment::Paid { amount: "$195".into() },
            pay_url: None,
            goes_back: Some("$195".into()),
            refund: Some(RefundForm::sample("/admin/appointments/1/refund")),
            refunds: RefundRow::samples(),
            came: None,
            fee: Some(fee("open", true)),
            ..missed.clone()
        };
        let waived = Self {
            notice: Some(AppointmentNotice::FeeDecided),
            fee: Some(fee("waived", true)),
            ..undecided.clone()
        };
        let not_now = Self {
            notice: Some(AppointmentNotice::NotNow),
            came: Some(came(true, true, Some("$110"), true)),
            ..begun.clone()
        };
        let owed = Self {
            notice: Some(AppointmentNotice::PaidAlready),
            state: State::Confirmed,
            payment: Payment::Owed { amount: "$110".into() },
            ..waiting.clone()
        };
        let silent = |silent, notice, kind| Self {
            notice: Some(notice),
            silence: Silence {
                silent,
                ..waiting.silence.clone()
            },
            ..over(notice, State::Cancelled, kind)
        };
        vec![
            with_family(AppointmentNotice::Link),
            with_family(AppointmentNotice::LinkMailed),
            at_home(Some(20)),
            at_home(None),
            silent(true, AppointmentNotice::Silent, EventKind::SilencedByYou),
            silent(true, AppointmentNotice::Cancelled, EventKind::SilencedByReason),
            silent(false, AppointmentNotice::NotSilent, EventKind::SilenceLifted),
            waiting,
            unconfirmed,
            not_there,
            video,
            by_phone,
            over(AppointmentNotice::TimeTaken, State::Expired, EventKind::Expired),
            over(
                AppointmentNotice::OverAlready,
                State::Cancelled,
                EventKind::CancelledByYou,
            ),
            over(AppointmentNotice::OwedPaid, State::Completed, EventKind::Completed),
            over(AppointmentNotice::PaidAlready, State::NoShow, EventKind::NoShow),
            begun,
            done,
            missed,
            undecided,
            waived,
            not_now,
            owed,
            cancelled,
        ]
    }
}
