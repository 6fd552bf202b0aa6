//! `/admin/returned`: addresses that bounced or complained, and the way back for those that merely failed.

use access::audit::Action;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use kernel::id::SubscriberId;
use mailing::consent::State as Consent;

use super::{Answer, Done, Room, show};
use crate::error::PageError;
use crate::extract::{Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::{Returned, ReturnedNotice, ReturnedRow, Tab};

/// So many addresses are shown: the latest are those that somebody asks about.
const SHOWN: u64 = 200;
/// Mails that are no reports are told of for two weeks.
const UNREAD_MINUTES: i64 = 14 * 24 * 60;

/// The list.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(done): Query<Done>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let found = app
        .mailing()
        .suppressed(SHOWN, now.plus_minutes(-UNREAD_MINUTES))
        .await?;
    let rows = found.lines.into_iter().map(|line| ReturnedRow {
        address: line.address.as_str().to_owned(),
        since: room.moment(line.state_since),
        complained: line.state == Consent::Complained,
        reinstate_url: (line.state == Consent::Bounced).then(|| format!("/admin/returned/{}/reinstate", line.id)),
    });
    let folder = app.config().mail.bounces.maildir.as_ref();
    let page = Returned {
        notice: match done.done.as_str() {
            "reinstated" => Some(ReturnedNotice::Reinstated),
            "nothing" => Some(ReturnedNotice::Nothing),
            _ => None,
        },
        rows: rows.collect(),
        unread: found.unread,
        folder: folder.map(|folder| folder.join(".Unparsed").display().to_string()),
        desk: room.at(Tab::Subscribers),
    };
    show(&app, &page)
}

/// Writes to an address again.
pub async fn reinstate(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(id): Path) -> Answer {
    let id: SubscriberId = id.parse().map_err(|_| PageError::NotFound)?;
    let done = app.mailing().reinstate(id, now).await?;
    if done {
        let login = signed_in.0.login;
        app.access()
            .audit(login, Action::AddressReinstated, Some(id.0), now)
            .await?;
    }
    let word = if done { "reinstated" } else { "nothing" };
    Ok(Redirect::to(&format!("/admin/returned?done={word}")).into_response())
}
