//! `/admin/outbox/…`: letting mails go again after a copy was restored.

use access::audit::Action;
use access::session::Session;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use kernel::instant::Instant;
use mailing::outbox::parked::Waited;

use super::Answer;
use crate::extract::{Now, SignedIn};
use crate::state::App;

/// All that waits is sent.
pub async fn release(State(app): State<App>, Now(now): Now, signed_in: SignedIn) -> Answer {
    end(&app, &signed_in.0, Waited::Sent, Action::OutboxReleased, now).await
}

/// What waited in the copy is thrown away, what was promised since is sent.
pub async fn delete(State(app): State<App>, Now(now): Now, signed_in: SignedIn) -> Answer {
    end(&app, &signed_in.0, Waited::Dropped, Action::OutboxDropped, now).await
}

async fn end(app: &App, session: &Session, waited: Waited, action: Action, now: Instant) -> Answer {
    // A second tap finds nothing to do.
    if app.mailing().release(waited, now).await? {
        app.access().audit(session.login, action, None, now).await?;
    }
    Ok(Redirect::to("/admin").into_response())
}
