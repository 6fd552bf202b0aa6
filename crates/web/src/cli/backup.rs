//! `goldenhour backup FILE` and `goldenhour restore FILE`.

use std::path::{Path, PathBuf};

use clap::Args;
use kernel::chance::Chance;
use kernel::clock::Clock;

use super::{Failure, say};
use crate::config::Config;
use crate::keys;

/// The file that the copy is written into or read from.
#[derive(Debug, Args)]
pub struct Copy {
    /// The copy
    file: PathBuf,
}

/// Copies the database, also beside a running `serve`.
pub async fn backup(what: Copy, config: &Config) -> Result<(), Failure> {
    let now = Clock::system().now();
    let fingerprint = crate::backup::copy(config, &what.file, now, &Chance::from_system()?).await?;
    say(&format!(
        "The copy is {}. It holds everything but the secret key.",
        what.file.display()
    ))?;
    let Some(fingerprint) = fingerprint else {
        return say("There is no key yet: this database was never used.");
    };
    say(&format!(
        "The key's fingerprint is {fingerprint}. Keep the key apart from the copy: {}. \
         Without it nobody can restore the copy, and who has both can read everything.",
        place(config)
    ))
}

/// Where the key is.
fn place(config: &Config) -> String {
    if config.server.secret_key.is_some() {
        return "it is your setting server.secret_key".to_owned();
    }
    let file = keys::file(config);
    let here = file.display();
    if Path::new(&file).exists() {
        format!("it is the file {here}")
    } else {
        format!("it belongs into {here}, where it is missing now")
    }
}

/// Puts a copy in the place of an empty database.
pub async fn restore(what: Copy, config: &Config) -> Result<(), Failure> {
    let now = Clock::system().now();
    let database = crate::restore::restore(config, &what.file, now, &Chance::from_system()?).await?;
    say(&format!(
        "Restored: {} is what {} was. No mail is sent until you have looked at the desk and let them go: start `goldenhour serve` and open {}",
        database.display(),
        what.file.display(),
        config.server.public_url.at("/admin")
    ))
}
