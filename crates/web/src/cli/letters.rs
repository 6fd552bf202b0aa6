//! `goldenhour letters …`: articles, and letters that the running program sends.

use std::path::PathBuf;

use clap::Subcommand;
use mailing::letters::Ledger;

use super::{Failure, read, say};
use crate::state::App;

/// Articles and letters.
#[derive(Debug, Subcommand)]
pub enum Letters {
    /// Create or update one from Markdown with front matter, and print its slug
    Add {
        /// The file (Markdown, begun by TOML between two lines of +++)
        file: PathBuf,
    },
    /// All of them, as JSON
    List,
    /// Fix the recipients of one and let the running `serve` send it; prints its ledger as JSON
    Send {
        /// The letter
        slug: String,
    },
    /// What has become of one: its ledger as JSON
    Status {
        /// The letter
        slug: String,
    },
    /// Hold one: nobody gets it until it is resumed
    Pause {
        /// The letter
        slug: String,
    },
    /// Let a paused one go on where it was
    Resume {
        /// The letter
        slug: String,
    },
    /// End one: who has not got it by now does not get it
    Cancel {
        /// The letter
        slug: String,
    },
}

/// Runs it.
pub async fn run(what: Letters, app: &App) -> Result<(), Failure> {
    let (mailing, now) = (app.mailing(), app.clock().now());
    match what {
        Letters::Add { file } => say(&mailing.add_letter(&read(&file)?, now).await?.slug),
        Letters::List => say(&serde_json::to_string(&mailing.letters(now).await?)?),
        Letters::Send { slug } => ledger(&mailing.start_letter(&slug, now).await?),
        Letters::Status { slug } => ledger(&mailing.ledger(&slug).await?),
        Letters::Pause { slug } => ledger(&mailing.pause_letter(&slug, now).await?),
        Letters::Resume { slug } => ledger(&mailing.resume_letter(&slug, now).await?),
        Letters::Cancel { slug } => ledger(&mailing.cancel_letter(&slug, now).await?),
    }
}

fn ledger(ledger: &Ledger) -> Result<(), Failure> {
    say(&serde_json::to_string(ledger)?)
}
