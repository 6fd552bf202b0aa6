//! Her letters: the list, one letter with what has become of it, and the form in which she writes.

use serde::Serialize;

use super::{Choices, Desk, Input, Tab};
use crate::view::Page;

/// How far a letter is with being mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterStage {
    /// Not mailed.
    Draft,
    /// Waits for its time.
    Scheduled,
    /// Goes out.
    Sending,
    /// Held.
    Paused,
    /// Everybody has it, or never will.
    Sent,
    /// Ended early.
    Cancelled,
}

/// A line of the list.
#[derive(Debug, Clone, Serialize)]
pub struct LetterRow {
    /// Its page at the desk.
    pub url: String,
    /// Its title.
    pub title: String,
    /// "Articles".
    pub topic: String,
    /// How far it is.
    pub stage: LetterStage,
    /// Whether the site shows it.
    pub published: bool,
}

/// `/admin/letters`.
#[derive(Debug, Clone, Serialize)]
pub struct Letters {
    /// The frame.
    pub desk: Desk,
    /// The newest first.
    pub letters: Vec<LetterRow>,
}

/// Why people are not among the recipients, or how many were reached: one count and its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many.
    pub count: u64,
    /// "have not confirmed yet".
    pub words: String,
}

/// Whom it goes to, or went to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Audience {
    /// People who want its topic.
    pub recipients: u64,
    /// The others, by the reason.
    pub excluded: Vec<Count>,
}

/// What has become of it, once it was started.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// "412 delivered".
    pub said: Vec<Count>,
    /// How many are still to go: the first try, or another one.
    pub left: u64,
    /// Every count of the ledger, for who wants to know exactly.
    pub exactly: Vec<Count>,
    /// When it was started: "Tuesday, November 24, 9:12 am".
    pub started: Option<String>,
    /// When it was done.
    pub finished: Option<String>,
}

/// What she has just done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterNotice {
    /// What she wrote is kept.
    Saved,
    /// A test is on its way to herself.
    Tested,
    /// It goes out.
    Started,
    /// It waits for its time.
    Scheduled,
    /// It is a draft again.
    Unscheduled,
    /// It is held.
    Paused,
    /// It goes on.
    Resumed,
    /// It is ended.
    Cancelled,
    /// It had changed meanwhile, and nothing was done.
    TooLate,
    /// The day or the time of the schedule cannot be read, or is over.
    WrongTime,
}

/// `/admin/letters/{slug}`.
#[derive(Debug, Clone, Serialize)]
pub struct LetterPage {
    /// The frame.
    pub desk: Desk,
    /// What she has just done.
    pub notice: Option<LetterNotice>,
    /// Below this address its actions are.
    pub url: String,
    /// Its title.
    pub title: String,
    /// "Articles".
    pub topic: String,
    /// How far it is.
    pub stage: LetterStage,
    /// Whom it goes to: now, or when it was started.
    pub audience: Audience,
    /// What has become of it.
    pub outcome: Option<Outcome>,
    /// When it will be started: "Tuesday, November 24, 9:12 am".
    pub scheduled: Option<String>,
    /// Its article, if the site shows it.
    pub public_url: Option<String>,
    /// Her own address, for a test.
    pub email: String,
    /// The name of the practice's zone: "New York time".
    pub zone: String,
}

/// Something in the form that needs another look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterProblem {
    /// Its field.
    pub id: String,
    /// As a sentence.
    pub text: String,
}

/// `/admin/write-letter` and `/admin/letters/{slug}/words`.
#[derive(Debug, Clone, Serialize)]
pub struct LetterForm {
    /// The frame.
    pub desk: Desk,
    /// Where it posts to.
    pub url: String,
    /// Where she goes when she leaves it as it was.
    pub back_url: String,
    /// Whether it was kept before.
    pub kept: bool,
    /// Whether it goes out already: what she changes reaches those who have not got it.
    pub sending: bool,
    /// What needs another look.
    pub problems: Vec<LetterProblem>,
    /// The title.
    pub title: Input,
    /// The topic, unless it is fixed.
    pub topics: Choices,
    /// The text.
    pub text: Input,
    /// Whether the site shows it.
    pub published: bool,
}

impl Page for Letters {
    const TEMPLATE: &'static str = "desk/letters.html";

    fn samples() -> Vec<Self> {
        use LetterStage::{Cancelled, Draft, Paused, Scheduled, Sending, Sent};
        let row = |stage, published| LetterRow {
            url: "/admin/letters/four-free-hours".into(),
            title: "Four free hours in December".into(),
            topic: "Free offerings".into(),
            stage,
            published,
        };
        let letters = [Draft, Scheduled, Sending, Paused, Sent, Cancelled].map(|stage| row(stage, stage == Sent));
        let page = |letters| Self {
            desk: Desk::sample(Tab::Letters),
            letters,
        };
        vec![page(letters.into()), page(Vec::new())]
    }
}

impl Page for LetterPage {
    const TEMPLATE: &'static str = "desk/letter.html";

    fn samples() -> Vec<Self> {
        let count = |count, words: &str| Count {
            count,
            words: words.into(),
        };
        let draft = Self {
            desk: Desk::sample(Tab::Letters),
            notice: Some(LetterNotice::Saved),
            url: "/admin/letters/four-free-hours".into(),
            title: "Four free hours in December".into(),
            topic: "Free offerings".into(),
            stage: LetterStage::Draft,
            audience: Audience {
                recipients: 412,
                excluded: vec![count(3, "have not confirmed yet"), count(28, "have left")],
            },
            outcome: None,
            scheduled: None,
            public_url: None,
            email: "nora@slowlantern.example".into(),
            zone: "New York time".into(),
        };
        let outcome = Outcome {
            said: vec![count(300, "delivered"), count(3, "will be tried again")],
            left: 112,
            exactly: vec![count(109, "queued"), count(3, "retrying"), count(300, "delivered")],
            started: Some("Tuesday, November 24, 9:12 am".into()),
            finished: None,
        };
        let at = |stage, notice| Self {
            stage,
            notice: Some(notice),
            outcome: Some(outcome.clone()),
            public_url: Some("/posts/four-free-hours".into()),
            ..draft.clone()
        };
        let mut all = vec![
            Self {
                audience: Audience::default(),
                notice: None,
                ..draft.clone()
            },
            Self {
                stage: LetterStage::Scheduled,
                scheduled: Some("Friday, November 27, 9:00 am".into()),
                notice: Some(LetterNotice::Scheduled),
                ..draft.clone()
            },
            at(LetterStage::Sending, LetterNotice::Started),
            at(LetterStage::Paused, LetterNotice::Paused),
            at(LetterStage::Sent, LetterNotice::Resumed),
            at(LetterStage::Cancelled, LetterNotice::Cancelled),
            draft,
        ];
        for notice in [
            LetterNotice::Tested,
            LetterNotice::Unscheduled,
            LetterNotice::TooLate,
            LetterNotice::WrongTime,
        ] {
            all.push(Self {
                notice: Some(notice),
                ..all[0].clone()
            });
        }
        all
    }
}

impl Page for LetterForm {
    const TEMPLATE: &'static str = "desk/letter-words.html";

    fn samples() -> Vec<Self> {
        use super::Choice;
        let new = Self {
            desk: Desk::sample(Tab::Letters),
            url: "/admin/write-letter".into(),
            back_url: "/admin/letters".into(),
            kept: false,
            sending: false,
            problems: Vec::new(),
            title: Input::default(),
            topics: Choices::of(vec![
                Choice::new("blog-posts", "Articles", true).hinted("new ones, as they appear"),
                Choice::new("other-news", "Other news", false),
            ]),
            text: Input::default(),
            published: false,
        };
        let problem = "A letter needs a title.";
        let wrong = Self {
            kept: true,
            sending: true,
            topics: Choices::default(),
            problems: vec![LetterProblem {
                id: "title".into(),
                text: problem.into(),
            }],
            title: Input {
                value: String::new(),
                problem: Some(problem.into()),
            },
            text: Input::of("Hello"),
            published: true,
            ..new.clone()
        };
        vec![new, wrong]
    }
}
