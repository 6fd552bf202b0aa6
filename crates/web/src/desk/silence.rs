//! `/admin/appointments/{id}/silence`: the switch that leaves a family in peace, and back again.

use access::audit::Action;
use axum::extract::State;
use booking::appointment::{AppointmentFacts, SilenceError};
use serde::Deserialize;

use super::appointment::{back, find};
use super::{Answer, url};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::Silence;

/// How the family's switch stands.
pub async fn switch(app: &App, facts: &AppointmentFacts) -> Result<Silence, PageError> {
    Ok(Silence {
        url: format!("{}/silence", url(facts)),
        silent: app.booking().silenced_at(facts.id).await?.is_some(),
    })
}

/// What she has tapped.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tapped {
    silent: String,
}

/// Switches it; where it stood so already, nothing changes.
pub async fn send(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(id): Path,
    Form(tapped): Form<Tapped>,
) -> Answer {
    let found = find(&app, &id).await?;
    let silent = match tapped.silent.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(PageError::Unreadable),
    };
    let (of, login) = (found.facts.id, signed_in.0.login);
    let changed = match app.booking().set_silence(of, silent, login, now).await {
        Ok(changed) => changed,
        Err(SilenceError::NotFound) => return Err(PageError::NotFound),
        Err(error) => return Err(error.into()),
    };
    if changed {
        let action = if silent {
            Action::FamilySilenced
        } else {
            Action::SilenceLifted
        };
        app.access().audit(login, action, Some(of.0), now).await?;
    }
    Ok(back(&found, if silent { "silent" } else { "not-silent" }))
}
