//! The mails to the consultant.

use booking::source::Trouble;
use serde::Serialize;

use super::{MailFacts, Signature, When};

/// How the two meet, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskMode {
    /// In the video room.
    Video,
    /// She calls.
    Phone,
    /// In person at the office.
    Place,
    /// In person at the family's home. The address stands at the desk alone.
    Home,
}

/// A parent has booked.
#[derive(Debug, Clone, Serialize)]
pub struct DeskBooked {
    /// Whose desk it is.
    pub signature: Signature,
    /// The parent's name, from [`super::listed_name`], or a word in its place.
    pub name: String,
    /// When, in the practice's zone; `practice` stays empty.
    pub when: When,
    /// How.
    pub mode: DeskMode,
    /// At the office: the place in one line.
    pub address: Option<String>,
    /// "Initial consultation".
    pub offering: String,
    /// How long it takes.
    pub minutes: u32,
    /// "$195"; none when it is free.
    pub price: Option<String>,
    /// Whether it is paid.
    pub paid: bool,
    /// Until when it is kept, when it awaits payment (then there is a price): "Thursday, November 26, 2:00 pm".
    pub kept_until: Option<String>,
    /// The appointment's page at the desk.
    pub desk_url: String,
}

const DESK: &str = "https://slowlantern.example/admin/appointments/019ab6a0-0000-7000-8000-000000000001";

impl MailFacts for DeskBooked {
    const KIND: &'static str = "desk-booked";

    fn samples() -> Vec<Self> {
        let waiting = Self {
            signature: Signature::sample(),
            name: "Grace Lynch".into(),
            when: When::sample(),
            mode: DeskMode::Place,
            address: Some("41 Haywood Road, Asheville".into()),
            offering: "Initial consultation".into(),
            minutes: 90,
            price: Some("$195".into()),
            paid: false,
            kept_until: Some("Thursday, November 26, 2:00 pm".into()),
            desk_url: DESK.into(),
        };
        let paid = Self {
            mode: DeskMode::Video,
            address: None,
            paid: true,
            kept_until: None,
            ..waiting.clone()
        };
        let home = Self {
            mode: DeskMode::Home,
            ..paid.clone()
        };
        let owed = Self {
            paid: false,
            ..paid.clone()
        };
        let free = Self {
            mode: DeskMode::Phone,
            price: None,
            offering: "Free mini-consult".into(),
            minutes: 15,
            ..owed.clone()
        };
        vec![waiting, paid, home, owed, free]
    }
}

/// An appointment was called off.
#[derive(Debug, Clone, Serialize)]
pub struct DeskCancelled {
    /// Whose desk it is.
    pub signature: Signature,
    /// The parent's name, from [`super::listed_name`], or a word in its place.
    pub name: String,
    /// When it would have been, in the practice's zone; `practice` stays empty.
    pub when: When,
    /// Whether she called it off herself.
    pub by_consultant: bool,
    /// Whether the parent gave a reason. The reason itself stays at the desk.
    pub reason_given: bool,
    /// What stays charged: "$97.50".
    pub kept: Option<String>,
    /// What was paid and goes back: "$195".
    pub back: Option<String>,
    /// The appointment's page at the desk.
    pub desk_url: String,
}

impl MailFacts for DeskCancelled {
    const KIND: &'static str = "desk-cancelled";

    fn samples() -> Vec<Self> {
        let plain = Self {
            signature: Signature::sample(),
            name: "Grace Lynch".into(),
            when: When::sample(),
            by_consultant: false,
            reason_given: false,
            kept: None,
            back: None,
            desk_url: DESK.into(),
        };
        let late = Self {
            reason_given: true,
            kept: Some("$97.50".into()),
            back: Some("$97.50".into()),
            ..plain.clone()
        };
        let by_her = Self {
            by_consultant: true,
            ..plain.clone()
        };
        vec![plain, late, by_her]
    }
}

/// A parent has moved her appointment.
#[derive(Debug, Clone, Serialize)]
pub struct DeskMoved {
    /// Whose desk it is.
    pub signature: Signature,
    /// The parent's name, from [`super::listed_name`], or a word in its place.
    pub name: String,
    /// When it is now, in the practice's zone; `practice` stays empty.
    pub when: When,
    /// When it was before, in the same zone: "Thursday, November 26, 2:00 to 3:30 pm".
    pub was: String,
    /// Whether it was she who moved it.
    pub by_consultant: bool,
    /// The appointment's page at the desk.
    pub desk_url: String,
}

impl MailFacts for DeskMoved {
    const KIND: &'static str = "desk-moved";

    fn samples() -> Vec<Self> {
        let by_parent = Self {
            signature: Signature::sample(),
            name: "Grace Lynch".into(),
            when: When::sample(),
            was: "Thursday, November 26, 2:00 to 3:30 pm".into(),
            by_consultant: false,
            desk_url: DESK.into(),
        };
        let by_her = Self {
            by_consultant: true,
            ..by_parent.clone()
        };
        vec![by_parent, by_her]
    }
}

/// The link for a new password.
#[derive(Debug, Clone, Serialize)]
pub struct DeskReset {
    /// Whose desk it is.
    pub signature: Signature,
    /// The link.
    pub reset_url: String,
    /// "Tuesday, November 24, 10:50 am, New York time".
    pub valid_until: String,
}

impl MailFacts for DeskReset {
    const KIND: &'static str = "desk-reset";

    fn samples() -> Vec<Self> {
        vec![Self {
            signature: Signature::sample(),
            reset_url: "https://slowlantern.example/admin/reset/mzxw6ytboi2dgnbvgy3tqojqmzxw6ytb".into(),
            valid_until: "Tuesday, November 24, 10:50 am, New York time".into(),
        }]
    }
}

/// One of her other calendars cannot be read any more.
#[derive(Debug, Clone, Serialize)]
pub struct DeskSource {
    /// Whose desk it is.
    pub signature: Signature,
    /// What she calls the calendar.
    pub name: String,
    /// Why: the word by which `source-…` and `source-remedy-…` are found.
    pub trouble: String,
    /// Since when: "Tuesday, November 24, 3:10 am".
    pub since: String,
    /// When it was read last.
    pub read: Option<String>,
    /// The page of her other calendars.
    pub desk_url: String,
}

impl MailFacts for DeskSource {
    const KIND: &'static str = "desk-source";

    fn samples() -> Vec<Self> {
        let of = |trouble: Trouble| Self {
            signature: Signature::sample(),
            name: "Private".into(),
            trouble: trouble.code().into(),
            since: "Tuesday, November 24, 3:10 am".into(),
            read: Some("Tuesday, November 24, 2:55 am".into()),
            desk_url: "https://slowlantern.example/admin/other-calendars".into(),
        };
        Trouble::ALL.into_iter().map(of).collect()
    }
}
