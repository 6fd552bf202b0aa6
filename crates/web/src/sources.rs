//! Reading her other calendars: a reconciler that fetches what is due, one after the other beside all requests, and the same once for the desk.

use booking::calendar::busy::Import;
use booking::source::{Answer, Manner, Reading, Stamps, Trouble};
use kernel::instant::Instant;
use reqwest::Url;
use sea_orm::DbErr;
use tokio::task::{JoinSet, spawn_blocking};

use crate::fetch::{Fetched, Reach, fetch};
use crate::state::App;

/// How far fetching reaches for this program.
pub fn reach(app: &App) -> Reach {
    Reach::new(app.config().server.public_url.is_loopback())
}

/// Reads all that are due, a few at once, and keeps what comes of each.
pub async fn read_due(app: &App, now: Instant) -> Result<u64, DbErr> {
    let mut under_way = JoinSet::new();
    for reading in app.booking().take_due_sources(now).await? {
        let app = app.clone();
        under_way.spawn(async move { read(&app, reading).await.map(drop) });
    }
    let mut count = 0;
    while let Some(done) = under_way.join_next().await {
        // One that panicked is due again in a few minutes.
        if let Ok(done) = done {
            done?;
        }
        count += 1;
    }
    Ok(count)
}

/// Reads one, keeps what came of it, and says what went wrong.
pub async fn read(app: &App, reading: Reading) -> Result<Option<Trouble>, DbErr> {
    let Reading {
        id,
        address,
        stamps,
        manner,
    } = reading;
    let got = match Url::parse(address.reveal()) {
        Ok(url) => look(app, &url, &stamps, &manner).await,
        Err(_) => Err(Trouble::NoSuchHost),
    };
    let answer = match got {
        Ok(Some((import, stamps))) => Answer::Calendar { import, stamps, manner },
        Ok(None) => Answer::Unchanged,
        Err(trouble) => {
            tracing::warn!(source = %id, trouble = trouble.code(), "a calendar could not be read");
            Answer::Failed(trouble)
        }
    };
    let trouble = match answer {
        Answer::Failed(trouble) => Some(trouble),
        _ => None,
    };
    app.booking().source_answered(id, answer, app.clock().now()).await?;
    Ok(trouble)
}

/// What is at an address; nothing where it is as the stamps say.
pub async fn look(app: &App, url: &Url, stamps: &Stamps, manner: &Manner) -> Result<Option<(Import, Stamps)>, Trouble> {
    match fetch(url, stamps, reach(app)).await? {
        Fetched::Unchanged => Ok(None),
        Fetched::File(bytes, stamps) => {
            let manner = manner.clone();
            let understood = spawn_blocking(move || manner.import(&bytes)).await;
            let import = understood.unwrap_or(Err(Trouble::Broken))?;
            Ok(Some((import, stamps)))
        }
    }
}
