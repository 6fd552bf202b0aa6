//! `goldenhour practice apply` and `goldenhour practice show`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Failure, read, say};
use crate::state::App;

/// The practice as a file.
#[derive(Debug, Subcommand)]
pub enum Practice {
    /// Create or update practice, offerings, packages and hours from a file
    Apply {
        /// The file (TOML)
        file: PathBuf,
    },
    /// Print the practice as such a file
    Show,
}

/// Runs it.
pub async fn run(what: Practice, app: &App) -> Result<(), Failure> {
    match what {
        Practice::Apply { file } => {
            let changes = app.booking().apply_practice(&read(&file)?, app.clock().now()).await?;
            if changes.is_empty() {
                return say("Nothing changed.");
            }
            changes.iter().try_for_each(|change| say(&change.to_string()))
        }
        Practice::Show => say(app.booking().show_practice().await?.trim_end()),
    }
}
