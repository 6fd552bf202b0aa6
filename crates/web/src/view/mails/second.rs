//! The mails to the second recipient of an appointment, and the one that carries a client's link.

use serde::Serialize;

use super::{How, MailFacts, Signature, When};

/// To the second recipient: everything she needs to come along, and no link to the appointment's page.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentSecond {
    /// Who signs.
    pub signature: Signature,
    /// The parent who named her, from [`super::listed_name`]; she is who to ask.
    pub parent: Option<String>,
    /// What has happened.
    pub news: SecondNews,
    /// When.
    pub when: When,
    /// When it was before, in the same zone: "Thursday, November 26, 2:00 to 3:30 pm".
    pub was: Option<String>,
    /// How. By phone without the number, which is the parent's.
    pub how: How,
}

/// What the second recipient is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecondNews {
    /// It takes place, and she is asked to it.
    Invited,
    /// It was moved.
    Moved,
    /// It was cancelled.
    Cancelled,
    /// The parent no longer names her.
    Removed,
    /// It comes nearer.
    Reminder,
}

impl MailFacts for AppointmentSecond {
    const KIND: &'static str = "appointment-second";

    fn samples() -> Vec<Self> {
        let invited = Self {
            signature: Signature::sample(),
            parent: Some("Aoife Daly".into()),
            news: SecondNews::Invited,
            when: When::sample(),
            was: None,
            how: How {
                address: Some("41 Haywood Road, Asheville".into()),
                directions: Some("First floor. There is a lift, and room for a pram.".into()),
                ..How::default()
            },
        };
        let moved = Self {
            news: SecondNews::Moved,
            was: Some("Thursday, November 26, 2:00 to 3:30 pm".into()),
            how: How {
                join_url: Some("https://meet.example/slow-lantern-7f3k2mq9x4".into()),
                ..How::default()
            },
            ..invited.clone()
        };
        let home = Self {
            parent: None,
            news: SecondNews::Reminder,
            when: When::abroad(),
            how: How {
                home: true,
                ..How::default()
            },
            ..invited.clone()
        };
        let phone = Self {
            how: How::default(),
            ..invited.clone()
        };
        let over = |news| Self { news, ..phone.clone() };
        vec![
            moved,
            home,
            over(SecondNews::Cancelled),
            over(SecondNews::Removed),
            phone,
            invited,
        ]
    }
}

/// The link with which a family books what is for clients.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentClientLink {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,".
    pub name: Option<String>,
    /// The page of times, with the link's token.
    pub book_url: String,
    /// "Monday, May 24": until when it can be used.
    pub valid_until: String,
}

impl MailFacts for AppointmentClientLink {
    const KIND: &'static str = "appointment-client-link";

    fn samples() -> Vec<Self> {
        let link = Self {
            signature: Signature::sample(),
            name: Some("Aoife".into()),
            book_url: "https://slowlantern.example/book/follow-up?client=c7k2mq9x4".into(),
            valid_until: "Monday, May 24".into(),
        };
        vec![link.clone(), Self { name: None, ..link }]
    }
}
