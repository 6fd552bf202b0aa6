//! The commands of `goldenhour`: each is thin, and calls the crates.
//!
//! Exit 0: done. 1: failed, with one line on standard error. 2: wrong use. Answers go to standard output, logs to standard error.

mod admin;
mod backup;
mod calendar;
mod check;
mod dkim;
mod feed;
mod letters;
mod practice;
mod sender;
mod serve;
mod subscribers;

use std::error::Error;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use kernel::chance::Chance;
use kernel::clock::Clock;
use tracing_subscriber::EnvFilter;

use crate::config::{Config, Log};
use crate::layers::one_line;
use crate::start;
use crate::state::App;

type Failure = Box<dyn Error + Send + Sync>;

/// The appointment book and newsletter of a solo health practice.
#[derive(Debug, Parser)]
#[command(name = "goldenhour", version)]
struct Goldenhour {
    /// Settings beside the defaults (config/default.toml describes them); the environment overrides both
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Serve pages, desk and API, and send mails (what happens without a command, too)
    Serve,
    /// Bring the database to the newest schema
    Migrate,
    /// The practice as a file
    #[command(subcommand)]
    Practice(practice::Practice),
    /// Free times, as JSON
    Slots(calendar::Slots),
    /// The busy times of a calendar file, as JSON
    Busy(calendar::Busy),
    /// Articles and letters
    #[command(subcommand)]
    Letters(letters::Letters),
    /// The mailing list as a file
    #[command(subcommand)]
    Subscribers(subscribers::Subscribers),
    /// Who may see the desk
    #[command(subcommand)]
    Admin(admin::Admin),
    /// The secret calendar feed
    #[command(subcommand)]
    Feed(feed::Feed),
    /// The key by which receivers know that a mail is the practice's
    #[command(subcommand)]
    Dkim(dkim::DkimKey),
    /// Copy the SQLite database, also while it is served
    Backup(backup::Copy),
    /// Put such a copy in the place of an empty database; its mails wait until the desk lets them go
    Restore(backup::Copy),
    /// Look whether everything is in order: one line each
    Check,
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let asked = Goldenhour::parse();
    let done = tokio::runtime::Runtime::new()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(perform(asked)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Whoever closed standard error does not want to know.
            let _ = writeln!(std::io::stderr(), "goldenhour: {}", one_line(failure.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn perform(asked: Goldenhour) -> Result<(), Failure> {
    let file = asked.config.as_deref();
    match asked.what.unwrap_or(What::Serve) {
        What::Serve => serve::serve(settings(file)?).await?,
        What::Migrate => serve::migrate(&settings(file)?).await?,
        What::Practice(what) => practice::run(what, &open(file).await?).await?,
        What::Slots(what) => match what.scenario()? {
            Some(answer) => say(&answer)?,
            None => say(&what.over_database(&open(file).await?).await?)?,
        },
        What::Busy(what) => say(&what.answer()?)?,
        What::Letters(what) => letters::run(what, &open(file).await?).await?,
        What::Subscribers(what) => subscribers::run(what, &open(file).await?).await?,
        What::Admin(what) => admin::run(what, &open(file).await?).await?,
        What::Feed(what) => feed::run(what, &open(file).await?).await?,
        What::Dkim(what) => dkim::run(what, &open(file).await?).await?,
        What::Backup(what) => backup::backup(what, &settings(file)?).await?,
        What::Restore(what) => backup::restore(what, &settings(file)?).await?,
        What::Check => check::run(file).await?,
    }
    Ok(())
}

/// Reads the settings and begins to log.
fn settings(file: Option<&Path>) -> Result<Config, Failure> {
    let config = Config::read(file)?;
    log(&config.log);
    Ok(config)
}

/// The services over the database, for a command.
async fn open(file: Option<&Path>) -> Result<App, Failure> {
    Ok(start::open(settings(file)?, Clock::system(), Chance::from_system()?).await?)
}

fn log(settings: &Log) {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&settings.filter))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // The only failure is that somebody logs already.
    let _ = if settings.json {
        lines.json().try_init()
    } else {
        lines.try_init()
    };
}

/// Prints one answer; a reader that has enough (`| head`) is no failure.
fn say(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Reads a file that the command line names.
fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|why| format!("{} cannot be read: {why}", file.display()).into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Goldenhour::command().debug_assert();
    }

    #[test]
    fn goldenhour_alone_serves() {
        assert!(Goldenhour::parse_from(["goldenhour"]).what.is_none());
        let asked = Goldenhour::parse_from(["goldenhour", "feed", "url", "--config", "a.toml"]);
        assert_eq!(asked.config, Some("a.toml".into()));
    }

    #[test]
    fn wrong_use_is_told_apart_from_failure() {
        for wrong in [
            &["goldenhour", "dance"][..],
            &["goldenhour", "slots"],
            &["goldenhour", "admin", "create"],
            &["goldenhour", "slots", "--scenario", "a.json", "--explain"],
            &["goldenhour", "slots", "--scenario", "a.json", "--mode", "telehealth"],
            &["goldenhour", "slots", "--offering", "follow-up", "--explain"],
        ] {
            assert_eq!(
                Goldenhour::try_parse_from(wrong).unwrap_err().exit_code(),
                2,
                "{wrong:?}"
            );
        }
    }
}
