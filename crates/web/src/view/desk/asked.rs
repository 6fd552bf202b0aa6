//! What an offering asks of a family: the form of a question, the form of a consent.

use serde::Serialize;

use super::{Choice, Choices, Desk, FieldProblem, Input, Tab};
use crate::view::Page;

/// A question or a consent in the list of its offering.
#[derive(Debug, Clone, Serialize)]
pub struct AskedRow {
    /// Its page; `move` and `delete` are below it.
    pub url: String,
    /// The question, or the words that are agreed to.
    pub text: String,
    /// "A choice, needed, asked when booking, for home visits".
    pub facts: String,
}

/// `/admin/offerings/{id}/questions` (a new one) and `/admin/offerings/{id}/questions/{key}`.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionPage {
    /// The frame, at [`Tab::Offerings`].
    pub desk: Desk,
    /// What is wrong, on top.
    pub problems: Vec<FieldProblem>,
    /// The offering's name.
    pub offering: String,
    /// Back to it.
    pub back_url: String,
    /// Where the form posts to.
    pub url: String,
    /// Where taking it away posts to; none while it is new.
    pub delete_url: Option<String>,
    /// `label`.
    pub label: Input,
    /// `help`.
    pub help: Input,
    /// `kind`.
    pub kind: Choices,
    /// `choices`, one a line.
    pub choices: Input,
    /// `required`.
    pub required: bool,
    /// `ask`.
    pub ask: Choices,
    /// `when`.
    pub when: Choices,
}

/// `/admin/offerings/{id}/consents` (a new one) and `/admin/offerings/{id}/consents/{key}`.
#[derive(Debug, Clone, Serialize)]
pub struct ConsentPage {
    /// The frame, at [`Tab::Offerings`].
    pub desk: Desk,
    /// What is wrong, on top.
    pub problems: Vec<FieldProblem>,
    /// The offering's name.
    pub offering: String,
    /// Back to it.
    pub back_url: String,
    /// Where the form posts to.
    pub url: String,
    /// Where taking it away posts to; none while it is new.
    pub delete_url: Option<String>,
    /// Which version of its words holds; none while it is new.
    pub version: Option<u32>,
    /// `wording`.
    pub wording: Input,
    /// `required`.
    pub required: bool,
    /// `ask`.
    pub ask: Choices,
    /// `when`.
    pub when: Choices,
}

fn asks() -> Choices {
    Choices::of(vec![
        Choice::new("later", "Before the visit", true).hinted("On her own page, once the visit is booked."),
        Choice::new("at_booking", "When booking", false).hinted("Keep these few: she may hold a baby."),
    ])
}

fn whens() -> Choices {
    Choices::of(vec![
        Choice::new("", "Every visit", true),
        Choice::new("home", "Visits at the family’s home", false),
    ])
}

impl Page for QuestionPage {
    const TEMPLATE: &'static str = "desk/question.html";

    fn samples() -> Vec<Self> {
        let url = "/admin/offerings/019ab6a0-0000-7000-8000-000000000001";
        let kept = Self {
            desk: Desk::sample(Tab::Offerings),
            problems: Vec::new(),
            offering: "Initial consultation".into(),
            back_url: url.into(),
            url: format!("{url}/questions/feeding-now"),
            delete_url: Some(format!("{url}/questions/feeding-now/delete")),
            label: Input::of("How do you feed your baby now?"),
            help: Input::of("Roughly is enough."),
            kind: Choices::of(vec![
                Choice::new("text", "Words", false),
                Choice::new("choice", "One of several choices", true),
            ]),
            choices: Input::of("At the breast\nFormula"),
            required: true,
            ask: asks(),
            when: whens(),
        };
        let new = Self {
            url: format!("{url}/questions"),
            delete_url: None,
            label: Input::of(""),
            ..kept.clone()
        };
        let mut wrong = new.clone();
        wrong.label.problem = Some("Write the question.".into());
        wrong.help.problem = Some("Keep it to one line.".into());
        wrong.choices.problem = Some("Write at least two choices, each on its own line.".into());
        (wrong.kind.problem, wrong.ask.problem) =
            (Some("Choose one of these.".into()), Some("Choose one of these.".into()));
        wrong.when.problem = Some("Choose one of these.".into());
        wrong.problems = vec![FieldProblem {
            id: "label",
            text: "Write the question.".into(),
        }];
        vec![kept, new, wrong]
    }
}

impl Page for ConsentPage {
    const TEMPLATE: &'static str = "desk/consent.html";

    fn samples() -> Vec<Self> {
        let url = "/admin/offerings/019ab6a0-0000-7000-8000-000000000001";
        let kept = Self {
            desk: Desk::sample(Tab::Offerings),
            problems: Vec::new(),
            offering: "Initial consultation".into(),
            back_url: url.into(),
            url: format!("{url}/consents/care"),
            delete_url: Some(format!("{url}/consents/care/delete")),
            version: Some(2),
            wording: Input::of("I agree to be examined.\n\nI can change my mind at any time."),
            required: true,
            ask: asks(),
            when: whens(),
        };
        let new = Self {
            url: format!("{url}/consents"),
            delete_url: None,
            version: None,
            wording: Input::of(""),
            ..kept.clone()
        };
        let mut wrong = new.clone();
        wrong.wording.problem = Some("Write the words that are agreed to.".into());
        (wrong.ask.problem, wrong.when.problem) =
            (Some("Choose one of these.".into()), Some("Choose one of these.".into()));
        wrong.problems = vec![FieldProblem {
            id: "wording",
            text: "Write the words that are agreed to.".into(),
        }];
        vec![kept, new, wrong]
    }
}
