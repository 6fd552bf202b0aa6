//! `/admin/settings`: who is signed in, a new password, and what other sites can show of hers.

use access::session::LIFETIME;
use axum::extract::{Query, State};
use booking::practice::Audience;

use super::{Answer, Done, Room, show};
use crate::extract::{Now, SignedIn};
use crate::state::App;
use crate::view::desk::{Embed, Settings, SettingsNotice, Tab};

/// The page.
pub async fn page(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Query(done): Query<Done>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let offerings = app.booking().offerings().await?;
    let open = offerings.iter().filter(|o| o.audience == Audience::Everyone);
    let embeds = open.map(|o| embed(&app, &o.name, &format!("book/{}", o.slug), &format!("/book/{}", o.slug)));
    let page = Settings {
        desk: room.at(Tab::Settings),
        notice: (done.done == "link").then_some(SettingsNotice::LinkSent),
        email: signed_in.0.email.as_str().to_owned(),
        signed_in_since: room
            .locale
            .moment_soon(signed_in.0.ends_at - LIFETIME, now, &room.practice.zone),
        embeds: embeds
            .chain([embed(&app, "Newsletter", "newsletter", "/newsletter")])
            .collect(),
    };
    show(&app, &page)
}

/// The link inside is what is read where no script runs.
fn embed(app: &App, name: &str, what: &str, path: &str) -> Embed {
    let home = &app.config().server.public_url;
    let (page, script) = (home.at(path), home.at("/embed.js"));
    let words = name.replace('&', "&amp;").replace('<', "&lt;");
    Embed {
        name: name.to_owned(),
        code: format!(
            "<div data-goldenhour=\"{what}\"><a href=\"{page}\">{words}</a></div>\n<script src=\"{script}\" defer></script>"
        ),
    }
}
