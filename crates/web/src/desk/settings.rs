//! `/admin/settings`: who is signed in, and a new password.

use access::session::LIFETIME;
use axum::extract::{Query, State};

use super::{Answer, Done, Room, show};
use crate::extract::{Now, SignedIn};
use crate::state::App;
use crate::view::desk::{Settings, SettingsNotice, Tab};

/// The page.
pub async fn page(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Query(done): Query<Done>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let page = Settings {
        desk: room.at(Tab::Settings),
        notice: (done.done == "link").then_some(SettingsNotice::LinkSent),
        email: signed_in.0.email.as_str().to_owned(),
        signed_in_since: room
            .locale
            .moment_soon(signed_in.0.ends_at - LIFETIME, now, &room.practice.zone),
    };
    show(&app, &page)
}
