//! What is offered: the list, and the form of one offering.

use serde::Serialize;

use super::{AskedRow, Choice, Choices, Desk, Input, Tab};
use crate::view::Page;

/// `/admin/offerings`.
#[derive(Debug, Clone, Serialize)]
pub struct Offerings {
    /// The frame, at [`Tab::Offerings`].
    pub desk: Desk,
    /// What she has just done.
    pub notice: Option<OfferingsNotice>,
    /// Those on the public pages, in their order.
    pub live: Vec<OfferingRow>,
    /// Those that were archived.
    pub archived: Vec<OfferingRow>,
}

/// What the last action did.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OfferingsNotice {
    /// It is off the pages.
    Archived {
        /// How many of its appointments are coming.
        coming: u64,
    },
    /// It is on the pages again.
    BroughtBack,
}

/// One offering in the list.
#[derive(Debug, Clone, Serialize)]
pub struct OfferingRow {
    /// Its page, `/admin/offerings/{id}`; its actions are below it.
    pub url: String,
    /// Its name.
    pub name: String,
    /// "90 minutes, $195, by video or at your office".
    pub facts: String,
    /// Whether only clients can book it.
    pub clients_only: bool,
    /// How many of its appointments are coming; counted for archived ones.
    pub coming: u64,
}

/// `/admin/offerings/new` and `/admin/offerings/{id}`.
#[derive(Debug, Clone, Serialize)]
pub struct OfferingPage {
    /// The frame, at [`Tab::Offerings`].
    pub desk: Desk,
    /// What she has just done.
    pub notice: Option<OfferingNotice>,
    /// What is wrong, on top: the field's id, and the sentence that stands there too.
    pub problems: Vec<FieldProblem>,
    /// Its name as it is kept; none while it is new.
    pub title: Option<String>,
    /// Where the form posts to.
    pub url: String,
    /// The id that a new one shall have.
    pub new_id: Option<String>,
    /// What stands in the form.
    pub form: OfferingForm,
    /// What else there is, once it is kept.
    pub kept: Option<KeptOffering>,
}

/// A problem and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// The id of the field.
    pub id: &'static str,
    /// A sentence.
    pub text: String,
}

/// What stands in the form of an offering.
#[derive(Debug, Clone, Serialize)]
pub struct OfferingForm {
    /// `name`.
    pub name: Input,
    /// `summary`.
    pub summary: Input,
    /// `description`.
    pub description: Input,
    /// `price`.
    pub price: Input,
    /// The currency of the price, "USD".
    pub currency: String,
    /// `terms`.
    pub terms: Choices,
    /// `minutes`.
    pub minutes: Input,
    /// `step`.
    pub step: Input,
    /// `before`.
    pub before: Input,
    /// `after`.
    pub after: Input,
    /// `notice`.
    pub notice: Input,
    /// `notice_unit`.
    pub notice_unit: Vec<Choice>,
    /// `horizon`.
    pub horizon: Input,
    /// `cap`.
    pub cap: Input,
    /// `channel`, any of them.
    pub channels: Vec<Choice>,
    /// `place`, any of them.
    pub places: Vec<Choice>,
    /// When none of either is chosen.
    pub ways_problem: Option<String>,
    /// `audience`.
    pub audience: Choices,
    /// `once`.
    pub once: bool,
    /// `remind`, any of them.
    pub reminders: Choices,
}

/// What an offering has besides its form.
#[derive(Debug, Clone, Serialize)]
pub struct KeptOffering {
    /// The page on which parents book it; none while it is archived.
    pub public_url: Option<String>,
    /// Below which its actions are, `/admin/offerings/{id}`.
    pub url: String,
    /// How many of its appointments are coming.
    pub coming: u64,
    /// Whether it is archived.
    pub archived: bool,
    /// What it asks.
    pub questions: Vec<AskedRow>,
    /// What it asks to agree to.
    pub consents: Vec<AskedRow>,
}

/// What the last action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferingNotice {
    /// A new one stands on the public pages.
    Made,
    /// Its changes hold.
    Saved,
    /// Nothing was different.
    Same,
}

impl Page for Offerings {
    const TEMPLATE: &'static str = "desk/offerings.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, facts: &str, clients_only, coming| OfferingRow {
            url: "/admin/offerings/019ab6a0-0000-7000-8000-000000000001".into(),
            name: name.into(),
            facts: facts.into(),
            clients_only,
            coming,
        };
        let full = Self {
            desk: Desk::sample(Tab::Offerings),
            notice: None,
            live: vec![
                row("Free mini-consult", "15 minutes, free, by video or by phone", false, 0),
                row(
                    "Initial consultation",
                    "90 minutes, $195, by video, at your office or at the family’s home",
                    false,
                    0,
                ),
                row("Follow-up visit", "60 minutes, $110, by video", true, 0),
            ],
            archived: vec![
                row("Evening group", "60 minutes, $25, at your office", false, 2),
                row("Pump fitting", "30 minutes, $60, at your office", false, 0),
            ],
        };
        let archived = |coming| Self {
            notice: Some(OfferingsNotice::Archived { coming }),
            ..full.clone()
        };
        vec![
            Self {
                live: Vec::new(),
                archived: Vec::new(),
                ..full.clone()
            },
            archived(0),
            archived(1),
            archived(2),
            Self {
                notice: Some(OfferingsNotice::BroughtBack),
                archived: Vec::new(),
                ..full.clone()
            },
            full,
        ]
    }
}

impl OfferingForm {
    fn sample() -> Self {
        Self {
            name: Input::of("Initial consultation"),
            summary: Input::of("An hour and a half for everything that is hard right now."),
            description: Input::of("We look at the whole picture.\n\nYou leave with a plan."),
            price: Input::of("195.00"),
            currency: "USD".into(),
            terms: Choices::of(vec![
                Choice::new("before", "Before the visit", true).hinted("The time is kept until it is paid."),
                Choice::new("at_visit", "At the visit", false),
                Choice::new("third_party", "By somebody else, such as an insurance", false),
            ]),
            minutes: Input::of("90"),
            step: Input::of("30"),
            before: Input::of("0"),
            after: Input::of("20"),
            notice: Input::of("12"),
            notice_unit: vec![
                Choice::new("minutes", "minutes", false),
                Choice::new("hours", "hours", true),
                Choice::new("days", "days", false),
            ],
            horizon: Input::of("30"),
            cap: Input::of(""),
            channels: vec![
                Choice::new("video", "By video", true),
                Choice::new("phone", "By phone", false).hinted("You call."),
            ],
            places: vec![
                Choice::new("office", "At your office", true).hinted("12 Ember Row, Asheville"),
                Choice::new("home", "At the family’s home", false),
            ],
            ways_problem: None,
            audience: Choices::of(vec![
                Choice::new("everyone", "Everyone", true),
                Choice::new("clients", "Clients only", false),
            ]),
            once: true,
            reminders: Choices::of(vec![
                Choice::new("1440", "1 day before", true),
                Choice::new("120", "2 hours before", true),
            ]),
        }
    }
}

impl Page for OfferingPage {
    const TEMPLATE: &'static str = "desk/offering.html";

    fn samples() -> Vec<Self> {
        let asked = |path: &str, text: &str, facts: &str| AskedRow {
            url: format!("/admin/offerings/019ab6a0-0000-7000-8000-000000000001/{path}"),
            text: text.into(),
            facts: facts.into(),
        };
        let kept = KeptOffering {
            public_url: Some("/book/initial-consultation".into()),
            url: "/admin/offerings/019ab6a0-0000-7000-8000-000000000001".into(),
            coming: 2,
            archived: false,
            questions: vec![
                asked(
                    "questions/feeding-now",
                    "How do you feed your baby now?",
                    "A choice, needed, asked when booking",
                ),
                asked(
                    "questions/goal",
                    "What would you like to be different?",
                    "Words, free to leave, asked before the visit",
                ),
            ],
            consents: vec![asked(
                "consents/care",
                "I agree that Nora examines me and my baby, and that she keeps notes about it.",
                "Version 2, needed, asked before the visit",
            )],
        };
        let full = Self {
            desk: Desk::sample(Tab::Offerings),
            notice: None,
            problems: Vec::new(),
            title: Some("Initial consultation".into()),
            url: kept.url.clone(),
            new_id: None,
            form: OfferingForm::sample(),
            kept: Some(kept.clone()),
        };
        let new = Self {
            title: None,
            url: "/admin/offerings/new".into(),
            new_id: Some("019ab6a0-0000-7000-8000-000000000009".into()),
            kept: None,
            ..full.clone()
        };
        let said = |notice| Self {
            notice: Some(notice),
            ..full.clone()
        };
        let archived = Self {
            kept: Some(KeptOffering {
                public_url: None,
                archived: true,
                coming: 1,
                questions: Vec::new(),
                consents: Vec::new(),
                ..kept
            }),
            ..full.clone()
        };
        vec![
            said(OfferingNotice::Made),
            said(OfferingNotice::Saved),
            said(OfferingNotice::Same),
            archived,
            wrong(&new),
            new,
            full,
        ]
    }
}

/// With something wrong everywhere.
fn wrong(page: &OfferingPage) -> OfferingPage {
    let bad = |text: &str| Input {
        value: "?".into(),
        problem: Some(text.into()),
    };
    let whole = || bad("Write a whole number, such as 30.");
    let mut form = page.form.clone();
    form.name = bad("Give it a name.");
    form.summary = bad("Keep it to one line.");
    form.description = bad("That is too long: 20000 characters at most.");
    form.price = bad("Write a price such as 120 or 120.00.");
    (form.minutes, form.step, form.before, form.after) = (whole(), whole(), whole(), whole());
    (form.notice, form.horizon, form.cap) = (whole(), whole(), whole());
    form.terms.problem = Some("Choose one of these.".into());
    form.audience.problem = Some("Choose one of these.".into());
    form.reminders.problem = Some("Choose one of these.".into());
    form.ways_problem = Some("Choose at least one way to meet.".into());
    let problem = |id, text: &str| FieldProblem { id, text: text.into() };
    OfferingPage {
        problems: vec![
            problem("name", "Give it a name."),
            problem("price", "Write a price such as 120 or 120.00."),
            problem("ways", "Choose at least one way to meet."),
        ],
        form,
        ..page.clone()
    }
}
