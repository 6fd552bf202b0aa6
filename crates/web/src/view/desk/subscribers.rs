//! How many read her letters, by state, in plain words.

use serde::Serialize;

use super::{Desk, Tab};
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

/// `/admin/subscribers`.
#[derive(Debug, Clone, Serialize)]
pub struct Subscribers {
    /// The frame, at [`Tab::Subscribers`].
    pub desk: Desk,
    /// The counts.
    pub counts: Counts,
    /// Where people sign up: the address of `/newsletter`.
    pub newsletter_url: String,
}

impl Page for Subscribers {
    const TEMPLATE: &'static str = "desk/subscribers.html";

    fn samples() -> Vec<Self> {
        [
            Counts::sample(),
            Counts {
                confirmed: 1,
                ..Counts::default()
            },
            Counts::default(),
        ]
        .map(|counts| Self {
            desk: Desk::sample(Tab::Subscribers),
            counts,
            newsletter_url: "https://slowlantern.example/newsletter".into(),
        })
        .into()
    }
}
