//! An appointment that she adds by hand.

use serde::Serialize;

use super::{Choice, Choices, Desk, FieldProblem, Input, Tab};
use crate::view::Page;

/// `/admin/appointments/new`.
#[derive(Debug, Clone, Serialize)]
pub struct ByHand {
    /// The frame, at [`Tab::Appointments`].
    pub desk: Desk,
    /// What is wrong, on top.
    pub problems: Vec<FieldProblem>,
    /// The appointment that it follows; empty when it follows none.
    pub after: String,
    /// What pays it, where the family has a package.
    pub credits: Choices,
    /// Under which the answer is repeated.
    pub key: String,
    /// `offering`; the value is its slug.
    pub offering: Choices,
    /// `way`: `video`, `phone`, `office` or `home`.
    pub way: Choices,
    /// `address` of a home visit.
    pub address: Input,
    /// `postcode` of a home visit.
    pub postcode: Input,
    /// `date`, "2026-11-27".
    pub date: Input,
    /// "New York time".
    pub zone: String,
    /// The free times of that day as `slot`, once they were looked for.
    pub slots: Option<Vec<Choice>>,
    /// The day in words: "Friday, November 27".
    pub day: Option<String>,
    /// `time`, "09:00": another time.
    pub time: Input,
    /// `anyway`.
    pub anyway: bool,
    /// `name`.
    pub name: Input,
    /// `email`.
    pub email: Input,
    /// `phone`.
    pub phone: Input,
    /// `zone`: hers, for visits by video or phone.
    pub zones: Vec<Choice>,
    /// `confirm`: `now` or `payment`.
    pub confirm: Choices,
}

impl Page for ByHand {
    const TEMPLATE: &'static str = "desk/by-hand.html";

    fn samples() -> Vec<Self> {
        let blank = Self {
            desk: Desk::sample(Tab::Appointments),
            problems: Vec::new(),
            after: "019ab6a0-0000-7000-8000-000000000001".into(),
            credits: Choices::of(vec![
                Choice::new("1", "Her package “First weeks”", true).hinted("Follow-up: 1 left. Before March 1, 2027."),
                Choice::new("", "Not from a package", false),
            ]),
            key: "k3f7".into(),
            offering: Choices::of(vec![
                Choice::new("free-mini-consult", "Free mini-consult, 15 minutes", false),
                Choice::new("initial-consultation", "Initial consultation, 90 minutes", true),
            ]),
            way: Choices::of(vec![
                Choice::new("video", "By video", true),
                Choice::new("phone", "By phone", false),
                Choice::new("office", "At your office", false),
                Choice::new("home", "At the family’s home", false),
            ]),
            address: Input::of(""),
            postcode: Input::of(""),
            date: Input::of("2026-11-27"),
            zone: "New York time".into(),
            slots: None,
            day: None,
            time: Input::of(""),
            anyway: false,
            name: Input::of(""),
            email: Input::of(""),
            phone: Input::of(""),
            zones: vec![Choice::new("America/New_York", "New York (America)", true)],
            confirm: Choices::of(vec![
                Choice::new("now", "Confirm it now", true).hinted("Your word is enough."),
                Choice::new("payment", "Keep it until it is paid", false),
            ]),
        };
        let looked = |slots| Self {
            slots: Some(slots),
            day: Some("Friday, November 27".into()),
            ..blank.clone()
        };
        let free = looked(vec![
            Choice::new("2026-11-27T14:00:00Z", "9:00 am", true),
            Choice::new("2026-11-27T14:30:00Z", "9:30 am", false),
            Choice::new("2026-11-27T15:00:00Z", "10:00 am", false),
            Choice::new("2026-11-27T15:30:00Z", "10:30 am", false),
        ]);
        let bad = |value: &str, text: &str| Input {
            value: value.into(),
            problem: Some(text.into()),
        };
        let mut wrong = free.clone();
        wrong.problems = vec![FieldProblem {
            id: "time",
            text: "That is outside your hours. If you want it all the same, tick the box below.".into(),
        }];
        wrong.offering.problem = Some("Choose one of these.".into());
        wrong.way.problem = Some("This offering is not held that way.".into());
        wrong.confirm.problem = Some("Choose one of these.".into());
        wrong.address = bad("", "Write the address of the visit.");
        wrong.postcode = bad("99999", "This postcode is outside your area.");
        wrong.date = bad("soon", "Choose a day.");
        wrong.time = bad(
            "07:00",
            "That is outside your hours. If you want it all the same, tick the box below.",
        );
        wrong.name = bad("", "Write her name.");
        wrong.email = bad(
            "",
            "Her e-mail is needed: the invitation and the link to move or cancel go there.",
        );
        wrong.phone = bad("12", "A telephone number has 7 to 15 digits.");
        wrong.anyway = true;
        vec![blank.clone(), free, looked(Vec::new()), wrong]
    }
}
