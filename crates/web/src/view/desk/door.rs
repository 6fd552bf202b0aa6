//! The pages in front of the desk: signing in, the first login, a forgotten password.

use serde::Serialize;

use super::{Desk, Tab};
use crate::view::Page;

/// `/admin/sign-in`; posts `email`, `password` (and `next`) to itself.
#[derive(Debug, Clone, Serialize)]
pub struct SignIn {
    /// The frame, at [`Tab::Door`].
    pub desk: Desk,
    /// What was typed; the password is never shown again.
    pub email: String,
    /// Why the last try was refused.
    pub problem: Option<SignInProblem>,
    /// "9:20 am", when the tries were too many and it is known when the next is possible.
    pub wait_until: Option<String>,
    /// Why she stands here, if not by herself.
    pub greeting: Option<SignInGreeting>,
    /// Path of the desk page to open afterwards, `/admin/…`; the handler takes no other.
    pub next: Option<String>,
}

/// Why a try to sign in was refused. It never says which of the two was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInProblem {
    /// Unknown address or wrong password.
    NoMatch,
    /// Too many tries.
    TooOften,
}

/// What happened just before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInGreeting {
    /// She signed out.
    SignedOut,
    /// She opened a page of the desk, and the session was over.
    SessionOver,
}

impl Page for SignIn {
    const TEMPLATE: &'static str = "desk/sign-in.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            desk: Desk::sample(Tab::Door),
            email: String::new(),
            problem: None,
            wait_until: None,
            greeting: None,
            next: None,
        };
        let typed = Self {
            email: "nora@slowlantern.example".into(),
            ..plain.clone()
        };
        let greeted = |greeting| Self {
            greeting: Some(greeting),
            ..plain.clone()
        };
        vec![
            plain.clone(),
            Self {
                problem: Some(SignInProblem::NoMatch),
                next: Some("/admin/calendar".into()),
                ..typed.clone()
            },
            Self {
                problem: Some(SignInProblem::TooOften),
                wait_until: Some("9:20 am".into()),
                ..typed.clone()
            },
            Self {
                problem: Some(SignInProblem::TooOften),
                ..typed
            },
            greeted(SignInGreeting::SignedOut),
            greeted(SignInGreeting::SessionOver),
        ]
    }
}

/// `/admin/first-login/{token}`; posts `email`, `password` to `action`.
#[derive(Debug, Clone, Serialize)]
pub struct FirstLogin {
    /// The frame, at [`Tab::Door`].
    pub desk: Desk,
    /// The path with its token.
    pub action: String,
    /// What was typed, at first the practice's address.
    pub email: String,
    /// What is wrong with the address, as a sentence.
    pub email_problem: Option<String>,
    /// Why the password was not taken.
    pub password_problem: Option<PasswordProblem>,
}

impl Page for FirstLogin {
    const TEMPLATE: &'static str = "desk/first-login.html";

    fn samples() -> Vec<Self> {
        let fresh = Self {
            desk: Desk::sample(Tab::Door),
            action: "/admin/first-login/3q2w5e7r3q2w5e7r3q2w5e7r3q2w5e7r".into(),
            email: "nora@slowlantern.example".into(),
            email_problem: None,
            password_problem: None,
        };
        vec![
            fresh.clone(),
            Self {
                password_problem: Some(PasswordProblem::Short { least: 10 }),
                ..fresh.clone()
            },
            Self {
                password_problem: Some(PasswordProblem::Long),
                ..fresh.clone()
            },
            Self {
                email: "nora@".into(),
                email_problem: Some("The part after the @ is missing.".into()),
                password_problem: Some(PasswordProblem::Guessable),
                ..fresh
            },
        ]
    }
}

/// Why a password was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PasswordProblem {
    /// It is too short.
    Short {
        /// The least number of characters.
        least: usize,
    },
    /// It is longer than anybody types.
    Long,
    /// A guessing program would find it soon.
    Guessable,
}

/// `/admin/forgot`; posts `email`. The answer is the same for every address.
#[derive(Debug, Clone, Serialize)]
pub struct Forgot {
    /// The frame, at [`Tab::Door`].
    pub desk: Desk,
    /// What was typed.
    pub email: String,
    /// What is wrong with it (no address at all), as a sentence.
    pub email_problem: Option<String>,
    /// Whether the form was sent.
    pub sent: bool,
}

impl Page for Forgot {
    const TEMPLATE: &'static str = "desk/forgot.html";

    fn samples() -> Vec<Self> {
        let empty = Self {
            desk: Desk::sample(Tab::Door),
            email: String::new(),
            email_problem: None,
            sent: false,
        };
        vec![
            empty.clone(),
            Self {
                email: "nora".into(),
                email_problem: Some("An @ is missing, as in nora@example.com.".into()),
                ..empty.clone()
            },
            Self {
                email: "nora@slowlantern.example".into(),
                sent: true,
                ..empty
            },
        ]
    }
}

/// `/admin/reset/{token}`; posts `password` to `action`.
#[derive(Debug, Clone, Serialize)]
pub struct Reset {
    /// The frame, at [`Tab::Door`].
    pub desk: Desk,
    /// The path with its token.
    pub action: String,
    /// Why the password was not taken.
    pub password_problem: Option<PasswordProblem>,
}

impl Page for Reset {
    const TEMPLATE: &'static str = "desk/reset.html";

    fn samples() -> Vec<Self> {
        let fresh = Self {
            desk: Desk::sample(Tab::Door),
            action: "/admin/reset/3q2w5e7r3q2w5e7r3q2w5e7r3q2w5e7r".into(),
            password_problem: None,
        };
        vec![
            fresh.clone(),
            Self {
                password_problem: Some(PasswordProblem::Guessable),
                ..fresh
            },
        ]
    }
}

/// A one-time link that was used, is too old or never existed.
#[derive(Debug, Clone, Serialize)]
pub struct LinkOver {
    /// The frame, at [`Tab::Door`].
    pub desk: Desk,
    /// What the link was for.
    pub purpose: LinkPurpose,
}

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// The first login.
    FirstLogin,
    /// A new password.
    Reset,
}

impl Page for LinkOver {
    const TEMPLATE: &'static str = "desk/link-over.html";

    fn samples() -> Vec<Self> {
        [LinkPurpose::FirstLogin, LinkPurpose::Reset]
            .map(|purpose| Self {
                desk: Desk::sample(Tab::Door),
                purpose,
            })
            .into()
    }
}
