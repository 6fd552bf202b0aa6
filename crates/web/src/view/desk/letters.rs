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
    /// How many were refused for good, or given up.
    pub refused: u64,
    /// How many may have it or not.
    pub uncertain: u64,
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
    /// It goes once more to those who have not got it.
    Resent,
    /// It had changed meanwhile, and nothing was done.
    TooLate,
    /// The day or the time of the schedule cannot be read, or is over.
    WrongTime,
}

/// Something worth a look before it goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Look {
    /// Whether readers would find something broken.
    pub mend: bool,
    /// As a sentence.
    pub text: String,
}

/// A bar of the chart, in its own units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// From the left.
    pub x: u64,
    /// From the top.
    pub y: u64,
    /// Its width.
    pub width: u64,
    /// Its height.
    pub height: u64,
}

/// How delivery went over time.
#[derive(Debug, Clone, Serialize)]
pub struct Chart {
    /// One a stretch of time in which any was delivered; 480 wide and 100 high together.
    pub bars: Vec<Bar>,
    /// "9:12 am".
    pub from: String,
    /// "9:20 am".
    pub until: String,
    /// Most delivered in one stretch.
    pub most: u64,
    /// When: "9:14 am".
    pub most_at: String,
}

/// Somebody who has not got it.
#[derive(Debug, Clone, Serialize)]
pub struct Missed {
    /// Her page.
    pub url: String,
    /// Her address.
    pub email: String,
    /// "not taken".
    pub said: String,
    /// The server's words.
    pub error: Option<String>,
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
    /// What is worth a look before it goes out, the things to mend first.
    pub looks: Vec<Look>,
    /// How delivery went over time.
    pub chart: Option<Chart>,
    /// Who has not got it, the first fifty.
    pub missed: Vec<Missed>,
    /// How many were refused for good, or given up.
    pub refused: u64,
    /// How many may have it or not.
    pub uncertain: u64,
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a sentence of the page that is said or not"
)]
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
    /// What a picture shows, in words, and what is wrong with it.
    pub alt: Input,
    /// Whether a picture was put into the text a moment ago.
    pub picture_added: bool,
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

impl Chart {
    /// Two minutes, the second the fuller one.
    fn sample() -> Self {
        let bar = |x, y| Bar {
            x,
            y,
            width: 9,
            height: 100 - y,
        };
        Self {
            bars: vec![bar(0, 40), bar(10, 0)],
            from: "9:12 am".into(),
            until: "9:20 am".into(),
            most: 180,
            most_at: "9:14 am".into(),
        }
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
            looks: vec![
                Look {
                    mend: true,
                    text: "The link “/gone” leads nowhere: your site has no such page.".into(),
                },
                Look {
                    mend: false,
                    text: "The title is in capitals, as spam is.".into(),
                },
            ],
            chart: None,
            missed: Vec::new(),
            refused: 0,
            uncertain: 0,
        };
        let outcome = Outcome {
            said: vec![count(300, "delivered"), count(3, "will be tried again")],
            left: 112,
            refused: 2,
            uncertain: 1,
            exactly: vec![count(109, "queued"), count(3, "retrying"), count(300, "delivered")],
            started: Some("Tuesday, November 24, 9:12 am".into()),
            finished: None,
        };
        let at = |stage, notice| Self {
            stage,
            notice: Some(notice),
            outcome: Some(outcome.clone()),
            looks: Vec::new(),
            chart: Some(Chart::sample()),
            missed: vec![Missed {
                url: "/admin/subscribers/0199a3c2-0000-7000-8000-000000000000".into(),
                email: "dan@example.org".into(),
                said: "not taken".into(),
                error: Some("550 5.7.1 blocked".into()),
            }],
            refused: 2,
            uncertain: 1,
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
            LetterNotice::Resent,
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
            alt: Input::default(),
            picture_added: true,
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
            alt: Input {
                value: String::new(),
                problem: Some("Say in a few words what the picture shows.".into()),
            },
            picture_added: false,
            published: true,
            ..new.clone()
        };
        vec![new, wrong]
    }
}
