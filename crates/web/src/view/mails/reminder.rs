//! The mail that reminds the parent of her appointment.

use serde::Serialize;

use super::appointment::MANAGE;
use super::{How, MailFacts, Signature, When};

/// It comes nearer. No calendar part: her calendar has it.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentReminder {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,", from [`super::greeting_name`].
    pub name: Option<String>,
    /// When.
    pub when: When,
    /// How.
    pub how: How,
    /// "$110", when it is to be paid at the visit.
    pub owed: Option<String>,
    /// Until when cancelling is free: "Monday, November 30, 2:00 pm". None for what is free anyway, and when that moment
    /// has passed.
    pub free_until: Option<String>,
    /// What stays after that: "$97.50". None when nothing ever stays.
    pub kept_when_late: Option<String>,
    /// Whether answers are missing, which stand behind the link too.
    pub asks: bool,
    /// Whether it can still be moved behind the link.
    pub can_move: bool,
    /// The manage page.
    pub manage_url: String,
}

impl MailFacts for AppointmentReminder {
    const KIND: &'static str = "appointment-reminder";

    fn samples() -> Vec<Self> {
        let office = Self {
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
            owed: Some("$110".into()),
            free_until: None,
            kept_when_late: Some("$55".into()),
            asks: true,
            can_move: false,
            manage_url: MANAGE.into(),
        };
        let video = Self {
            when: When::abroad(),
            how: How {
                join_url: Some("https://meet.example/slow-lantern-7f3k2mq9x4".into()),
                ..How::default()
            },
            owed: None,
            kept_when_late: None,
            asks: false,
            can_move: true,
            ..office.clone()
        };
        let phone = Self {
            name: None,
            how: How {
                phone: Some("+1 828-555-0199".into()),
                ..How::default()
            },
            ..video.clone()
        };
        let home = Self {
            how: How {
                home: true,
                ..How::default()
            },
            owed: None,
            free_until: Some("Monday, November 30, 2:00 pm".into()),
            can_move: true,
            ..office.clone()
        };
        vec![office, video, phone, home]
    }
}
