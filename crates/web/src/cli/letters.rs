//! `goldenhour letters add` and `goldenhour letters list`.

use std::path::PathBuf;

use clap::Subcommand;

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
}

/// Runs it.
pub async fn run(what: Letters, app: &App) -> Result<(), Failure> {
    match what {
        Letters::Add { file } => say(&app.mailing().add_letter(&read(&file)?, app.clock().now()).await?.slug),
        Letters::List => say(&serde_json::to_string(
            &app.mailing().letters(app.clock().now()).await?,
        )?),
    }
}
