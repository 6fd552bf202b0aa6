//! `goldenhour subscribers import` and `goldenhour subscribers export`.

use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::Subcommand;
use mailing::consent::Told;

use super::{Failure, say};
use crate::state::App;

/// Rows that are named one by one; the others are counted.
const NAMED: u64 = 100;

/// The mailing list as a file.
#[derive(Debug, Subcommand)]
pub enum Subscribers {
    /// Take in a CSV file, ours or Mailchimp's: nobody's consent is raised, and the same file again changes nothing
    Import {
        /// The file; its first line names the columns, such as email, name, topics and status
        file: PathBuf,
    },
    /// Everybody, as CSV on standard output
    Export,
}

/// Runs it.
pub async fn run(what: Subscribers, app: &App) -> Result<(), Failure> {
    match what {
        Subscribers::Import { file } => import(file, app).await,
        Subscribers::Export => {
            let out = BufWriter::new(std::io::stdout().lock());
            match app.mailing().export_subscribers(out).await {
                // A reader that has enough (`| head`) is no failure.
                Err(mailing::consent::ExportError::Io(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
                done => Ok(done.map(drop)?),
            }
        }
    }
}

async fn import(path: PathBuf, app: &App) -> Result<(), Failure> {
    let unreadable = |e: std::io::Error| format!("{} cannot be read: {e}", path.display());
    let file = File::open(&path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len().max(1);
    let shows = std::io::stderr().is_terminal();
    let mut passed_over = 0_u64;
    let tell = |told: Told| {
        // Whoever closed standard error does not want to know.
        let mut out = std::io::stderr();
        match told {
            Told::Skipped { line, why } => {
                passed_over += 1;
                if passed_over <= NAMED {
                    let start = if shows { "\r" } else { "" };
                    let _ = writeln!(out, "{start}line {line} was passed over: {}", why.words());
                }
            }
            Told::Progress { rows, bytes } if shows => {
                let _ = write!(out, "\r{:3} %  {rows} rows", (bytes * 100 / size).min(100));
                let _ = out.flush();
            }
            Told::Progress { .. } => {}
        }
    };
    let imported = app
        .mailing()
        .import_subscribers(BufReader::new(file), app.clock().now(), tell)
        .await;
    if shows {
        let _ = writeln!(std::io::stderr());
    }
    if passed_over > NAMED {
        let _ = writeln!(std::io::stderr(), "and {} more lines", passed_over - NAMED);
    }
    say(&serde_json::to_string(&imported?)?)
}
