//! `/admin/outbox`: what stands in it and why, and letting mails go again after a copy was restored.

use access::audit::Action;
use access::session::Session;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use kernel::instant::Instant;
use mailing::consent::CONFIRM_MAIL;
use mailing::outbox::parked::Waited;
use mailing::outbox::protocol::State as Sending;
use mailing::outbox::{Reason, WaitingMail};

use super::{Answer, Room, show, story};
use crate::extract::{Now, SignedIn};
use crate::state::App;
use crate::view::desk::{Outbox, OutboxRow, OutboxWhy, Tab};

/// So many mails are shown.
const SHOWN: u64 = 200;
/// What failed is told of for so long, in minutes.
const FAILED_MINUTES: i64 = 30 * 24 * 60;

/// What she wants to see besides.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Shown {
    show: String,
}

/// What waits, what did not arrive, and behind a link what nobody can know.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(asked): Query<Shown>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let uncertain = app.mailing().outbox_counts().await?.uncertain;
    let (mut waiting, mut refused, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for mail in app.mailing().waiting(now.plus_minutes(-FAILED_MINUTES), SHOWN).await? {
        let list = match mail.state {
            Sending::Bounced => &mut refused,
            Sending::Uncertain => &mut unknown,
            _ => &mut waiting,
        };
        list.push(row(&room, &mail));
    }
    let page = Outbox {
        desk: room.at(Tab::Today),
        waiting,
        refused,
        uncertain,
        uncertain_rows: (asked.show == "uncertain").then_some(unknown),
    };
    show(&app, &page)
}

fn row(room: &Room, mail: &WaitingMail) -> OutboxRow {
    let why = match Reason::of(mail.error.as_deref()) {
        _ if matches!(mail.state, Sending::Leased | Sending::HandingOver) => OutboxWhy::UnderWay,
        Reason::NotTried => OutboxWhy::NotTried,
        Reason::NoSuchAddress => OutboxWhy::NoSuchAddress,
        Reason::Full => OutboxWhy::Full,
        Reason::Unwanted => OutboxWhy::Unwanted,
        Reason::Later => OutboxWhy::Later,
        Reason::Lost => OutboxWhy::Lost,
        Reason::Words => OutboxWhy::Words,
        Reason::Other => OutboxWhy::Other,
    };
    let about = if mail.kind == CONFIRM_MAIL {
        "Newsletter: is it you?"
    } else {
        story::about(&mail.kind)
    };
    OutboxRow {
        about: about.to_owned(),
        to: mail.recipient.as_str().to_owned(),
        when: room.moment(mail.queued_at),
        why,
        said: mail.error.clone(),
        again: mail
            .due
            .filter(|due| *due > room.now)
            .map(|due| room.locale.time(due, &room.practice.zone)),
    }
}

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
