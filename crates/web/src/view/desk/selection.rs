//! Cancelling several appointments at once: what would be cancelled, and afterwards what became of each.

use serde::Serialize;

use super::{Desk, Tab};
use crate::view::Page;

/// `/admin/appointments/cancel`.
#[derive(Debug, Clone, Serialize)]
pub struct Selection {
    /// The frame, at [`Tab::Appointments`].
    pub desk: Desk,
    /// Whether this is shown after cancelling.
    pub done: bool,
    /// Those that can be cancelled: before, all that will be; afterwards, what could not be written.
    pub coming: Vec<Picked>,
    /// Those that she has cancelled, in this tap or before.
    pub cancelled: Vec<Picked>,
    /// Those that stay as they are.
    pub stay: Vec<Picked>,
    /// Whether more were ticked than are cancelled at once, or one that does not exist.
    pub left_out: bool,
    /// The message she has typed.
    pub message: String,
    /// What is wrong with it, as a sentence.
    pub message_problem: Option<String>,
}

/// One of them.
#[derive(Debug, Clone, Serialize)]
pub struct Picked {
    /// Its id.
    pub id: String,
    /// Its page.
    pub url: String,
    /// "Friday, November 27, 9:00 am", in the practice's zone.
    pub when: String,
    /// The parent's name.
    pub name: String,
    /// "Initial consultation".
    pub offering: String,
    /// "$195", when it is paid and would go back.
    pub paid: Option<String>,
    /// Why it stays as it is.
    pub stays: Option<Stays>,
}

/// Why an appointment is not cancelled with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stays {
    /// It has begun, or is over.
    Begun,
    /// The parent cancelled it before.
    CancelledByParent,
    /// It was not paid in time.
    Expired,
}

impl Page for Selection {
    const TEMPLATE: &'static str = "desk/selection.html";

    fn samples() -> Vec<Self> {
        let one = |name: &str, paid: Option<&str>, stays| Picked {
            id: "019ab6a0-0000-7000-8000-000000000001".into(),
            url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000001".into(),
            when: "Friday, November 27, 9:00 am".into(),
            name: name.into(),
            offering: "Initial consultation".into(),
            paid: paid.map(Into::into),
            stays,
        };
        let ask = Self {
            desk: Desk::sample(Tab::Appointments),
            done: false,
            coming: vec![one("Grace Lynch", Some("$195"), None), one("Aoife Daly", None, None)],
            cancelled: Vec::new(),
            stay: vec![one("Marta Nowak", None, Some(Stays::Begun))],
            left_out: false,
            message: String::new(),
            message_problem: None,
        };
        let long = Self {
            message: "I am unwell.".into(),
            message_problem: Some("This message is too long.".into()),
            stay: Vec::new(),
            ..ask.clone()
        };
        let done = Self {
            done: true,
            coming: Vec::new(),
            cancelled: ask.coming.clone(),
            stay: vec![
                one("Marta Nowak", None, Some(Stays::Begun)),
                one("Emer Casey", None, Some(Stays::CancelledByParent)),
                one("Ciara Byrne", None, Some(Stays::Expired)),
            ],
            ..ask.clone()
        };
        let all = Self {
            cancelled: done.cancelled[..1].to_vec(),
            stay: Vec::new(),
            ..done.clone()
        };
        let part = Self {
            coming: ask.coming.clone(),
            left_out: true,
            ..done.clone()
        };
        let none = Self {
            coming: Vec::new(),
            stay: Vec::new(),
            ..ask.clone()
        };
        let single = Self {
            coming: ask.coming[..1].to_vec(),
            ..ask.clone()
        };
        vec![ask, single, long, done, all, part, none]
    }
}
