//! `goldenhour feed url` and `goldenhour feed rotate`: the secret address of each consultant's calendar.

use clap::Subcommand;

use super::{Failure, say};
use crate::state::App;

/// The secret calendar feed.
#[derive(Debug, Subcommand)]
pub enum Feed {
    /// Print its address
    Url,
    /// Give it a new address; the old one stops working
    Rotate,
}

/// Prints one address a line, of every consultant.
pub async fn run(what: Feed, app: &App) -> Result<(), Failure> {
    if let Feed::Rotate = what {
        for feed in app.booking().feeds().await? {
            app.booking().rotate_feed(feed.id, app.clock().now()).await?;
        }
    }
    let feeds = app.booking().feeds().await?;
    if feeds.is_empty() {
        return Err("there is no practice yet, and so no feed".into());
    }
    for feed in feeds {
        let path = format!("/calendar/{}.ics", feed.secret.reveal());
        say(&app.config().server.public_url.at(&path))?;
    }
    Ok(())
}
