//! The mails to the parent about her appointment.

use serde::Serialize;

use super::{MailFacts, Signature};

/// When it is, in the zone that the mail speaks in: of telehealth the parent's, of a visit in person the place's.
#[derive(Debug, Clone, Serialize)]
pub struct When {
    /// "Tuesday, December 1".
    pub date: String,
    /// "2:00 pm", for the subject.
    pub start: String,
    /// "2:00 to 3:30 pm".
    pub hours: String,
    /// "New York time".
    pub zone: String,
    /// The same in the practice's zone when it differs: "Tuesday, December 1, 9:00 to 10:30 am, New York time".
    pub practice: Option<String>,
}

impl When {
    /// A time in the practice's own zone, for samples.
    pub(super) fn sample() -> Self {
        Self {
            date: "Tuesday, December 1".into(),
            start: "2:00 pm".into(),
            hours: "2:00 to 3:30 pm".into(),
            zone: "New York time".into(),
            practice: None,
        }
    }

    pub(super) fn abroad() -> Self {
        Self {
            date: "Tuesday 1 December".into(),
            start: "19:00".into(),
            hours: "19:00 to 19:15".into(),
            zone: "Dublin time".into(),
            practice: Some("Tuesday, December 1, 2:00 to 2:15 pm, New York time".into()),
        }
    }
}

/// How the two meet: exactly one of `join_url`, `phone`, `address` and `home` is given.
#[derive(Debug, Clone, Default, Serialize)]
pub struct How {
    /// By video: the room.
    pub join_url: Option<String>,
    /// By phone, "I call you on …": the parent's own number, parsed, never as she typed it.
    pub phone: Option<String>,
    /// In person at the consultant's office: the place in one line.
    pub address: Option<String>,
    /// In person at the parent's home. The address is hers, typed by her, and stays out of mails.
    pub home: bool,
    /// At the office: how to get there, the practice's words; may have several lines.
    pub directions: Option<String>,
}

/// It is certain. The calendar invitation goes with it.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentConfirmed {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,", from [`super::greeting_name`].
    pub name: Option<String>,
    /// When.
    pub when: When,
    /// How.
    pub how: How,
    /// "Initial consultation".
    pub offering: String,
    /// How long it takes.
    pub minutes: u32,
    /// "$195", when it is paid.
    pub paid: Option<String>,
    /// Whether the receipt goes with it.
    pub receipt: bool,
    /// "$110", when it is to be paid at the visit.
    pub owed: Option<String>,
    /// Until when cancelling is free: "Monday, November 30, 2:00 pm". None for what is free anyway, and when that moment
    /// has passed.
    pub free_until: Option<String>,
    /// What stays after that: "$97.50". None when nothing ever stays.
    pub kept_when_late: Option<String>,
    /// Whether it can still be moved behind the link.
    pub can_move: bool,
    /// The manage page.
    pub manage_url: String,
    /// The calendar file, for a calendar that has not taken the invitation.
    pub calendar_url: String,
}

impl MailFacts for AppointmentConfirmed {
    const KIND: &'static str = "appointment-confirmed";

    fn samples() -> Vec<Self> {
        let paid = Self {
            signature: Signature::sample(),
            name: Some("Aoife".into()),
            when: When::sample(),
            how: How {
                address: Some("41 Haywood Road, Asheville".into()),
                directions: Some(
                    "First floor. There is a lift, and room for a pram.\nPark in the yard behind the house.".into(),
                ),
                ..How::default()
            },
            offering: "Initial consultation".into(),
            minutes: 90,
            paid: Some("$195".into()),
            receipt: true,
            owed: None,
            free_until: Some("Monday, November 30, 2:00 pm".into()),
            kept_when_late: Some("$97.50".into()),
            can_move: true,
            manage_url: MANAGE.into(),
            calendar_url: format!("{MANAGE}/calendar.ics"),
        };
        let free = Self {
            when: When::abroad(),
            how: How {
                join_url: Some("https://meet.example/slow-lantern-7f3k2mq9x4".into()),
                ..How::default()
            },
            offering: "Free mini-consult".into(),
            minutes: 15,
            paid: None,
            receipt: false,
            free_until: None,
            kept_when_late: None,
            can_move: false,
            ..paid.clone()
        };
        let phone = Self {
            name: None,
            how: How {
                phone: Some("+1 828-555-0199".into()),
                ..How::default()
            },
            ..free.clone()
        };
        let home = Self {
            how: How {
                home: true,
                ..How::default()
            },
            ..paid.clone()
        };
        let owed = Self {
            paid: None,
            receipt: false,
            owed: Some("$110".into()),
            free_until: None,
            kept_when_late: Some("$55".into()),
            ..paid.clone()
        };
        vec![paid, free, phone, home, owed]
    }
}

pub(super) const MANAGE: &str = "https://slowlantern.example/appointments/mzxw6ytboi2dgnbvgy3tqojqmzxw6ytb";

/// The time is kept until it is paid. No calendar part.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentRequested {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,".
    pub name: Option<String>,
    /// When.
    pub when: When,
    /// "Initial consultation".
    pub offering: String,
    /// How long it takes.
    pub minutes: u32,
    /// "$195".
    pub price: String,
    /// "Thursday, November 26, 2:00 pm, New York time".
    pub kept_until: String,
    /// How to pay, the practice's words; may have several lines.
    pub how_to_pay: Option<String>,
    /// Whether it is paid behind the link.
    pub online: bool,
    /// Whether it can still be moved behind the link.
    pub can_move: bool,
    /// The manage page.
    pub manage_url: String,
}

impl MailFacts for AppointmentRequested {
    const KIND: &'static str = "appointment-requested";

    fn samples() -> Vec<Self> {
        let told = Self {
            signature: Signature::sample(),
            name: Some("Grace".into()),
            when: When::sample(),
            offering: "Initial consultation".into(),
            minutes: 90,
            price: "$195".into(),
            kept_until: "Thursday, November 26, 2:00 pm, New York time".into(),
            how_to_pay: Some("By bank transfer to Nora Tillery, account 0000 1234 5678, with your name and the day.\nOr call me on 828-555-0142 and pay by card.".into()),
            online: false,
            can_move: true,
            manage_url: MANAGE.into(),
        };
        let wordless = Self {
            name: None,
            when: When::abroad(),
            how_to_pay: None,
            ..told.clone()
        };
        let online = Self {
            online: true,
            ..wordless.clone()
        };
        vec![told, wordless, online]
    }
}

/// It is called off. Goes with the calendar's cancellation when an invitation had gone out.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentCancelled {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,".
    pub name: Option<String>,
    /// When it would have been.
    pub when: When,
    /// Whether the consultant called it off.
    pub by_consultant: bool,
    /// Her message, when she wrote one; may have several lines.
    pub message: Option<String>,
    /// What stays charged: "$97.50". None says "Nothing is charged".
    pub kept: Option<String>,
    /// What goes back: "$195".
    pub back: Option<String>,
    /// Whether an invitation had gone out before.
    pub in_calendar: bool,
    /// Where to choose another time: only when the consultant cancelled, or for a neutral reason. After a birth, an illness,
    /// the hospital or a loss nothing is advertised.
    pub again_url: Option<String>,
}

impl MailFacts for AppointmentCancelled {
    const KIND: &'static str = "appointment-cancelled";

    fn samples() -> Vec<Self> {
        let gentle = Self {
            signature: Signature::sample(),
            name: Some("Aoife".into()),
            when: When::sample(),
            by_consultant: false,
            message: None,
            kept: None,
            back: None,
            in_calendar: true,
            again_url: None,
        };
        let again = || Some("https://slowlantern.example/book/initial-consultation".to_owned());
        let by_her = Self {
            by_consultant: true,
            message: Some(
                "I have caught a cold and do not want to bring it to you.\nAny day next week is fine for me.".into(),
            ),
            back: Some("$195".into()),
            again_url: again(),
            ..gentle.clone()
        };
        let late = Self {
            kept: Some("$97.50".into()),
            back: Some("$97.50".into()),
            again_url: again(),
            ..gentle.clone()
        };
        let unpaid = Self {
            name: None,
            when: When::abroad(),
            in_calendar: false,
            again_url: again(),
            ..gentle.clone()
        };
        let unpaid_by_her = Self {
            by_consultant: true,
            again_url: again(),
            ..unpaid.clone()
        };
        vec![gentle, by_her, late, unpaid, unpaid_by_her]
    }
}

/// It was moved. The invitation of its new time goes with it, unless it still waits for payment.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentMoved {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,".
    pub name: Option<String>,
    /// When it is now.
    pub when: When,
    /// When it was before, in the same zone: "Thursday, November 26, 2:00 to 3:30 pm".
    pub was: String,
    /// Whether the consultant moved it; then the family may decline.
    pub by_consultant: bool,
    /// Her message, when she wrote one; may have several lines.
    pub message: Option<String>,
    /// How.
    pub how: How,
    /// Until when it is kept, when it still waits for payment: "Thursday, November 26, 2:00 pm, New York time".
    pub kept_until: Option<String>,
    /// Whether it can still be moved behind the link.
    pub can_move: bool,
    /// The manage page.
    pub manage_url: String,
    /// The calendar file, when an invitation goes with it.
    pub calendar_url: Option<String>,
}

impl MailFacts for AppointmentMoved {
    const KIND: &'static str = "appointment-moved";

    fn samples() -> Vec<Self> {
        let by_parent = Self {
            signature: Signature::sample(),
            name: Some("Aoife".into()),
            when: When::sample(),
            was: "Thursday, November 26, 2:00 to 3:30 pm".into(),
            by_consultant: false,
            message: None,
            how: How {
                address: Some("41 Haywood Road, Asheville".into()),
                directions: Some("First floor. There is a lift, and room for a pram.".into()),
                ..How::default()
            },
            kept_until: None,
            can_move: true,
            manage_url: MANAGE.into(),
            calendar_url: Some(format!("{MANAGE}/calendar.ics")),
        };
        let by_her = Self {
            by_consultant: true,
            message: Some("I have to be at a school play.\nThe later hour is calmer, too.".into()),
            how: How {
                join_url: Some("https://meet.example/slow-lantern-7f3k2mq9x4".into()),
                ..How::default()
            },
            ..by_parent.clone()
        };
        let abroad = Self {
            name: None,
            when: When::abroad(),
            was: "Thursday 26 November, 19:00 to 19:15".into(),
            how: How {
                phone: Some("+1 828-555-0199".into()),
                ..How::default()
            },
            can_move: false,
            ..by_parent.clone()
        };
        let waiting = Self {
            how: How {
                home: true,
                ..How::default()
            },
            kept_until: Some("Thursday, November 26, 2:00 pm, New York time".into()),
            calendar_url: None,
            ..by_parent.clone()
        };
        vec![by_parent, by_her, abroad, waiting]
    }
}

/// The hold ended unpaid.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentExpired {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,".
    pub name: Option<String>,
    /// When it would have been.
    pub when: When,
    /// "Thursday, November 26, 2:00 pm, New York time".
    pub kept_until: String,
    /// Where to try to take it again; none when it has begun.
    pub again_url: Option<String>,
}

impl MailFacts for AppointmentExpired {
    const KIND: &'static str = "appointment-expired";

    fn samples() -> Vec<Self> {
        let again = Self {
            signature: Signature::sample(),
            name: Some("Grace".into()),
            when: When::sample(),
            kept_until: "Thursday, November 26, 2:00 pm, New York time".into(),
            again_url: Some("https://slowlantern.example/book/initial-consultation".into()),
        };
        vec![
            again.clone(),
            Self {
                name: None,
                again_url: None,
                ..again
            },
        ]
    }
}
