//! Who reads her letters: the list, how many there are of each state, one person, and what shows that she said yes.

use serde::Serialize;

use super::{Choice, Desk, Tab};
use crate::view::Page;

/// Subscribers by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Address typed, tap in the mail missing.
    pub pending: u64,
    /// Gets letters.
    pub confirmed: u64,
    /// Has left.
    pub unsubscribed: u64,
    /// The address no longer takes mail.
    pub bounced: u64,
    /// A letter was marked as spam.
    pub complained: u64,
}

impl Counts {
    /// The counts of an invented practice, for samples.
    pub const fn sample() -> Self {
        Self {
            pending: 3,
            confirmed: 412,
            unsubscribed: 28,
            bounced: 2,
            complained: 0,
        }
    }
}

/// Where a subscriber stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The tap is missing.
    Pending,
    /// Gets letters.
    Confirmed,
    /// Has left.
    Unsubscribed,
    /// The address takes no mail.
    Bounced,
    /// Marked a letter as spam.
    Complained,
}

/// A line of the list.
#[derive(Debug, Clone, Serialize)]
pub struct SubscriberRow {
    /// Her page.
    pub url: String,
    /// Where letters go.
    pub email: String,
    /// As she, or a file, gave it.
    pub name: Option<String>,
    /// Where she stands.
    pub standing: Standing,
    /// Since when: "Tuesday, November 24".
    pub since: String,
    /// What she chose: "Articles, Other news"; nothing when it is everything.
    pub topics: Option<String>,
}

/// `/admin/subscribers`.
#[derive(Debug, Clone, Serialize)]
pub struct Subscribers {
    /// The frame, at [`Tab::Subscribers`].
    pub desk: Desk,
    /// The counts.
    pub counts: Counts,
    /// Where people sign up: the address of `/newsletter`.
    pub newsletter_url: String,
    /// What is looked for.
    pub text: String,
    /// The states to choose from.
    pub states: Vec<Choice>,
    /// The topics to choose from.
    pub topics: Vec<Choice>,
    /// Whether anything is looked for.
    pub on: bool,
    /// Whether state and topic are shown at once.
    pub open: bool,
    /// At most fifty, the newest first.
    pub rows: Vec<SubscriberRow>,
    /// How many were looked through when the list ended for that reason: "200,000".
    pub looked_through: Option<String>,
    /// The next page.
    pub next_url: Option<String>,
    /// The first page, on later ones.
    pub first_url: Option<String>,
    /// Whether somebody was erased a moment ago.
    pub erased: Option<Erased>,
}

/// What stays after somebody was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Erased {
    /// Nothing of hers.
    Whole,
    /// Her appointments, and what was written for them.
    VisitsStay,
}

/// A letter that was for her.
#[derive(Debug, Clone, Serialize)]
pub struct HerLetter {
    /// Its page at the desk.
    pub url: String,
    /// Its title.
    pub title: String,
    /// "delivered".
    pub said: String,
    /// "Tuesday, November 24, 9:12 am".
    pub when: String,
}

/// What she has just done on one person's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonNotice {
    /// The person is off the list.
    Off,
    /// She is left in peace.
    Silent,
    /// She may get letters again.
    NotSilent,
}

/// `/admin/subscribers/{id}`.
#[derive(Debug, Clone, Serialize)]
pub struct PersonPage {
    /// The frame.
    pub desk: Desk,
    /// What was just done.
    pub notice: Option<PersonNotice>,
    /// Her page; below it are its actions.
    pub url: String,
    /// Where letters go.
    pub email: String,
    /// As she, or a file, gave it.
    pub name: Option<String>,
    /// Where she stands.
    pub standing: Standing,
    /// Since when.
    pub since: String,
    /// When she last confirmed.
    pub confirmed: Option<String>,
    /// "Articles, Other news".
    pub topics: String,
    /// Until when she has paused.
    pub paused_until: Option<String>,
    /// The address she asked for.
    pub asked_for: Option<String>,
    /// Whether she is left in peace.
    pub silent: bool,
    /// Her appointments at the desk, if she has any.
    pub appointments_url: Option<String>,
    /// The letters that were for her, the newest first.
    pub letters: Vec<HerLetter>,
}

/// A line of the proof.
#[derive(Debug, Clone, Serialize)]
pub struct ProofRow {
    /// "Tuesday, November 24, 9:12 am".
    pub when: String,
    /// "She pressed the button in the mail."
    pub what: String,
    /// "on /newsletter", or that a file says so.
    pub page: String,
    /// "Articles, Other news".
    pub topics: String,
    /// The words she saw.
    pub wording: Option<String>,
    /// Their version.
    pub version: Option<String>,
}

/// What a file of another program says.
#[derive(Debug, Clone, Serialize)]
pub struct FileSays {
    /// When it was imported.
    pub imported: String,
    /// When she asked there, and from where.
    pub asked: Option<String>,
    /// When she confirmed there, and from where.
    pub confirmed: Option<String>,
}

/// `/admin/subscribers/{id}/certificate`: to read and to print.
#[derive(Debug, Clone, Serialize)]
pub struct CertificatePage {
    /// The frame.
    pub desk: Desk,
    /// Her page.
    pub url: String,
    /// Where letters go.
    pub email: String,
    /// As she, or a file, gave it.
    pub name: Option<String>,
    /// Where she stands.
    pub standing: Standing,
    /// Since when.
    pub since: String,
    /// When this page was made, and in which zone its times are: "Tuesday, November 24, 9:12 am, New York time".
    pub made: String,
    /// The oldest first.
    pub proof: Vec<ProofRow>,
    /// What a file says of her.
    pub file: Option<FileSays>,
}

impl Page for Subscribers {
    const TEMPLATE: &'static str = "desk/subscribers.html";

    fn samples() -> Vec<Self> {
        let row = |email: &str, standing| SubscriberRow {
            url: "/admin/subscribers/0199a3c2-0000-7000-8000-000000000000".into(),
            email: email.into(),
            name: None,
            standing,
            since: "Tuesday, November 24".into(),
            topics: None,
        };
        let full = Self {
            desk: Desk::sample(Tab::Subscribers),
            counts: Counts::sample(),
            newsletter_url: "https://slowlantern.example/newsletter".into(),
            text: String::new(),
            states: vec![
                Choice::new("", "Every state", true),
                Choice::new("confirmed", "Confirmed", false),
            ],
            topics: vec![
                Choice::new("", "Every topic", true),
                Choice::new("blog-posts", "Articles", false),
            ],
            on: false,
            open: false,
            rows: vec![
                SubscriberRow {
                    name: Some("Aoife Daly".into()),
                    topics: Some("Articles, Other news".into()),
                    ..row("aoife.daly@example.com", Standing::Confirmed)
                },
                row("ben@example.org", Standing::Pending),
                row("cyd@example.org", Standing::Unsubscribed),
                row("dan@example.org", Standing::Bounced),
                row("eva@example.org", Standing::Complained),
            ],
            looked_through: None,
            next_url: Some("/admin/subscribers?before=x".into()),
            first_url: None,
            erased: None,
        };
        let found = Self {
            text: "lee".into(),
            on: true,
            open: true,
            rows: Vec::new(),
            looked_through: Some("200,000".into()),
            first_url: Some("/admin/subscribers".into()),
            erased: Some(Erased::VisitsStay),
            ..full.clone()
        };
        let nobody = Self {
            counts: Counts::default(),
            rows: Vec::new(),
            next_url: None,
            erased: Some(Erased::Whole),
            ..full.clone()
        };
        let none_found = Self {
            looked_through: None,
            next_url: None,
            ..found.clone()
        };
        let one = Self {
            counts: Counts {
                confirmed: 1,
                ..Counts::default()
            },
            ..full.clone()
        };
        vec![full, found, none_found, nobody, one]
    }
}

impl Page for PersonPage {
    const TEMPLATE: &'static str = "desk/person.html";

    fn samples() -> Vec<Self> {
        let full = Self {
            desk: Desk::sample(Tab::Subscribers),
            notice: None,
            url: "/admin/subscribers/0199a3c2-0000-7000-8000-000000000000".into(),
            email: "aoife.daly@example.com".into(),
            name: Some("Aoife Daly".into()),
            standing: Standing::Confirmed,
            since: "Tuesday, November 24, 9:12 am".into(),
            confirmed: Some("Tuesday, November 24, 9:12 am".into()),
            topics: "Articles, Other news".into(),
            paused_until: Some("Wednesday, February 24".into()),
            asked_for: Some("aoife@example.org".into()),
            silent: false,
            appointments_url: Some("/admin/appointments?q=aoife.daly%40example.com&state=any".into()),
            letters: vec![HerLetter {
                url: "/admin/letters/four-free-hours".into(),
                title: "Four free hours".into(),
                said: "delivered".into(),
                when: "Tuesday, November 24, 9:12 am".into(),
            }],
        };
        let bare = Self {
            name: None,
            standing: Standing::Complained,
            confirmed: None,
            paused_until: None,
            asked_for: None,
            silent: true,
            appointments_url: None,
            letters: Vec::new(),
            ..full.clone()
        };
        let said = |notice| Self {
            notice: Some(notice),
            ..full.clone()
        };
        vec![
            said(PersonNotice::Off),
            said(PersonNotice::Silent),
            said(PersonNotice::NotSilent),
            full,
            bare,
        ]
    }
}

impl Page for CertificatePage {
    const TEMPLATE: &'static str = "desk/certificate.html";

    fn samples() -> Vec<Self> {
        let row = |what: &str, wording: Option<&str>| ProofRow {
            when: "Tuesday, November 24, 9:12 am".into(),
            what: what.into(),
            page: "/newsletter".into(),
            topics: "Articles, Other news".into(),
            wording: wording.map(str::to_owned),
            version: wording.map(|_| "4f0c1e6a92bd".into()),
        };
        let full = Self {
            desk: Desk::sample(Tab::Subscribers),
            url: "/admin/subscribers/0199a3c2-0000-7000-8000-000000000000".into(),
            email: "aoife.daly@example.com".into(),
            name: Some("Aoife Daly".into()),
            standing: Standing::Confirmed,
            since: "Tuesday, November 24, 9:12 am".into(),
            made: "Tuesday, November 24, 10:00 am, New York time".into(),
            proof: vec![
                row("Somebody typed this address.", Some("Letters from me\nNow and then.")),
                row("The button in the mail was pressed.", None),
            ],
            file: Some(FileSays {
                imported: "Tuesday, November 24, 9:12 am".into(),
                asked: Some("Wednesday, May 1, 2024, 8:00 am, from 192.0.2.7".into()),
                confirmed: Some("Wednesday, May 1, 2024, 8:30 am".into()),
            }),
        };
        let bare = Self {
            name: None,
            proof: Vec::new(),
            file: Some(FileSays {
                imported: "Tuesday, November 24, 9:12 am".into(),
                asked: None,
                confirmed: None,
            }),
            ..full.clone()
        };
        vec![
            Self {
                file: None,
                ..full.clone()
            },
            full,
            bare,
        ]
    }
}
