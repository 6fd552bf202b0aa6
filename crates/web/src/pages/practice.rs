//! `/contact` and `/privacy`.

use axum::extract::State;

use super::{Answer, show};
use crate::guest::Guest;
use crate::shown;
use crate::state::App;
use crate::view::frame::Nav;
use crate::view::pages::{ContactPage, PrivacyPage};

/// How to reach her.
pub async fn contact(State(app): State<App>, guest: Guest) -> Answer {
    let page = ContactPage {
        frame: guest.frame(Nav::Elsewhere),
        office: guest.practice.office.as_ref().map(shown::office),
        postal_address: guest.practice.postal_address.clone(),
    };
    show(&app, &page)
}

/// What is kept, and why.
pub async fn privacy(State(app): State<App>, guest: Guest) -> Answer {
    let page = PrivacyPage {
        frame: guest.frame(Nav::Elsewhere),
        postal_address: guest.practice.postal_address.clone(),
        mail_days: mailing::CONTEXT_DAYS,
    };
    show(&app, &page)
}
