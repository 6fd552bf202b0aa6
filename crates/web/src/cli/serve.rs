//! `goldenhour serve` and `goldenhour migrate`.

use std::fmt::Write as _;

use kernel::chance::Chance;
use kernel::clock::Clock;
use migrations::{DatabaseLock, Migrated};
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, say};
use crate::config::{Config, Transport};
use crate::start::{Running, start};

/// Serves until SIGTERM or Ctrl-C, and then ends cleanly.
pub async fn serve(config: Config) -> Result<(), Failure> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let running = start(config, Clock::system(), Chance::from_system()?).await?;
    say(&welcome(&running).await?)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: requests and mails under way are finished first");
    running.stop().await;
    Ok(())
}

/// The addresses to open, each with what it is for.
async fn welcome(running: &Running) -> Result<String, Failure> {
    let (app, mut text) = (running.app(), String::new());
    let config = app.config();
    let public_url = &config.server.public_url;
    writeln!(
        text,
        "Goldenhour listens on {} and is reached at {public_url}",
        running.addr()
    )?;
    if running.demo_loaded() {
        writeln!(
            text,
            "The database was empty, so the demo practice was loaded: try everything, nothing leaves this machine."
        )?;
    }
    let practice = app.booking().has_practice().await?;
    let mut places = Vec::new();
    if practice {
        places.push(("/", "what a parent sees first: the next free time"));
        places.push(("/services", "what can be booked"));
        places.push(("/newsletter", "joining the mailing list"));
        places.push(("/posts", "the articles"));
    }
    places.push(("/admin/sign-in", "the consultant's desk"));
    if config.shows_outbox() {
        places.push((
            "/outbox",
            "every mail, as its reader sees it: nothing is sent while mail.transport is capture",
        ));
    }
    let addresses: Vec<_> = places.iter().map(|(path, what)| (public_url.at(path), *what)).collect();
    let width = addresses.iter().map(|(address, _)| address.len()).max().unwrap_or(0);
    writeln!(text)?;
    for (address, what) in addresses {
        writeln!(text, "  {address:width$}  {what}")?;
    }
    writeln!(text)?;
    if !practice {
        writeln!(
            text,
            "There is no practice yet: write its file and run `goldenhour practice apply FILE.toml`."
        )?;
    }
    if let Some(token) = running.first_login() {
        let link = public_url.at(&format!("/admin/first-login/{}", token.reveal()));
        writeln!(
            text,
            "Nobody can sign in yet. This link makes the first login, once, within the next hour:\n\n  {link}\n"
        )?;
    }
    if config.mail.transport == Transport::Smtp {
        writeln!(text, "Mails are sent for real.")?;
    }
    write!(text, "Ctrl-C stops it.")?;
    Ok(text)
}

/// Brings the database to the newest schema.
pub async fn migrate(config: &Config) -> Result<(), Failure> {
    let url = &config.database.0;
    // Beside a running `serve` of this version there is nothing to do, and no lock to be had.
    if migrations::state(url).await?.is_empty() {
        return say("The database has the newest schema.");
    }
    match migrations::migrate(url, &DatabaseLock::take(url)?).await? {
        Migrated::Current => say("The database has the newest schema."),
        Migrated::Made => say("A new database with the newest schema was made."),
        Migrated::Brought { steps, copy } => {
            say(&format!("Done: {}.", steps.join(", ")))?;
            copy.map_or(Ok(()), |copy| {
                say(&format!("What was there before is kept in {}.", copy.display()))
            })
        }
    }
}
