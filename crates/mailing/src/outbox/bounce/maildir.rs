//! The mailbox for bounces as a Maildir: read, counted once, put away.
//!
//! What was understood goes to the folder `.Handled` beside it and is removed after 30 days; what is no report goes to `.Unparsed` and is
//! kept. A file is moved only after its effect is committed, and its effect is committed once for its bytes: a crash in between moves it
//! at the next look. Links, folders and pipes are left alone.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kernel::instant::Instant;
use ring::digest::{SHA256, digest};
use sea_orm::DbErr;
use tokio::fs;
use tokio::io::AsyncReadExt as _;

use super::effect;
use super::report;
use super::verp::ReturnPath;
use crate::Mailing;
use crate::store::bounce::Kind;

/// So many bytes of a file are read: a report is short, whatever it quotes.
pub(super) const READ: u64 = 1 << 20;
/// So many files are read at a look; the next one follows soon.
const AT_ONCE: usize = 500;
/// Where understood mails go, and how long they stay.
const HANDLED: &str = ".Handled";
const HANDLED_KEPT: Duration = Duration::from_hours(30 * 24);
/// Where mails go that somebody has to read.
const UNPARSED: &str = ".Unparsed";

/// Why the mailbox for bounces cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// There is no such folder, or it is no Maildir.
    #[error("{} is no Maildir: it has no folder `new`", .0.display())]
    NoMaildir(PathBuf),
    /// The disk, or the rights to it.
    #[error("{} cannot be read or written: {source}", folder.display())]
    Disk {
        /// The mailbox.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The server of the mailbox.
    #[error("{0}")]
    Server(String),
    /// The database.
    #[error("what was read could not be written down")]
    Database(#[from] DbErr),
}

/// What was read at one look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadReports {
    /// Addresses that do not exist.
    pub hard: u64,
    /// Mails that an address could not take.
    pub soft: u64,
    /// Mails that were called unwanted.
    pub complaints: u64,
    /// Absence notes, delays, reports about mails that are not ours.
    pub ignored: u64,
    /// Mails that are no reports.
    pub unread: u64,
}

impl ReadReports {
    pub(super) fn count(&mut self, kind: Kind) {
        match kind {
            Kind::Hard => self.hard += 1,
            Kind::Soft => self.soft += 1,
            Kind::Complaint => self.complaints += 1,
            Kind::Nothing | Kind::Stranger => self.ignored += 1,
            Kind::Unread => self.unread += 1,
        }
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.hard + self.soft + self.complaints + self.ignored + self.unread
    }
}

impl Mailing {
    /// Whether a folder is a Maildir that can be read and written; for `check`.
    pub async fn check_maildir(folder: &Path) -> Result<(), MailboxError> {
        files(folder).await?;
        prepare(folder).await
    }

    /// Reads what has come back, at most some hundred mails at a time.
    pub async fn read_maildir(
        &self,
        folder: &Path,
        paths: &ReturnPath,
        now: Instant,
    ) -> Result<ReadReports, MailboxError> {
        let mut read = ReadReports::default();
        let found = files(folder).await?;
        if found.is_empty() {
            return Ok(read);
        }
        prepare(folder).await?;
        let disk = |source| MailboxError::Disk {
            folder: folder.to_owned(),
            source,
        };
        for file in found {
            let bytes = match begin(&file).await {
                Ok(bytes) => bytes,
                // Another instance was quicker.
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => return Err(disk(e)),
            };
            let kind = self.take_report(&bytes, paths, now).await?;
            read.count(kind);
            let to = folder.join(if kind == Kind::Unread { UNPARSED } else { HANDLED });
            put_away(&file, &to).await.map_err(disk)?;
        }
        forget(&folder.join(HANDLED).join("cur")).await.map_err(disk)?;
        Ok(read)
    }

    /// What a mail means, counted once.
    pub(super) async fn take_report(&self, bytes: &[u8], paths: &ReturnPath, now: Instant) -> Result<Kind, DbErr> {
        let digest = digest(&SHA256, bytes).as_ref().to_vec();
        effect::take(self, digest, report::read(bytes, paths), now).await
    }
}

/// The mails in `new` and `cur`.
async fn files(folder: &Path) -> Result<Vec<PathBuf>, MailboxError> {
    let disk = |source| MailboxError::Disk {
        folder: folder.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for part in ["new", "cur"] {
        let mut list = match fs::read_dir(folder.join(part)).await {
            Ok(list) => list,
            Err(e) if e.kind() == io::ErrorKind::NotFound && part == "cur" => continue,
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(MailboxError::NoMaildir(folder.to_owned()));
            }
            Err(e) => return Err(disk(e)),
        };
        while found.len() < AT_ONCE
            && let Some(entry) = list.next_entry().await.map_err(disk)?
        {
            // The kind of the entry itself: a link is not followed, and opening a pipe would wait for ever.
            let plain = entry.file_type().await.is_ok_and(|kind| kind.is_file());
            if plain && !entry.file_name().to_string_lossy().starts_with('.') {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The beginning of a file.
async fn begin(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(file).await?.take(READ).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// Makes the two folders, as Maildir++ names them.
async fn prepare(folder: &Path) -> Result<(), MailboxError> {
    for name in [HANDLED, UNPARSED] {
        for part in ["cur", "new", "tmp"] {
            let made = fs::create_dir_all(folder.join(name).join(part)).await;
            made.map_err(|source| MailboxError::Disk {
                folder: folder.to_owned(),
                source,
            })?;
        }
    }
    Ok(())
}

async fn put_away(file: &Path, to: &Path) -> io::Result<()> {
    let Some(name) = file.file_name() else { return Ok(()) };
    match fs::rename(file, to.join("cur").join(name)).await {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// Removes what was understood long ago.
async fn forget(folder: &Path) -> io::Result<()> {
    let mut list = fs::read_dir(folder).await?;
    while let Some(entry) = list.next_entry().await? {
        let age = entry.metadata().await.and_then(|m| m.modified()).map(|at| at.elapsed());
        if matches!(age, Ok(Ok(age)) if age > HANDLED_KEPT) {
            fs::remove_file(entry.path()).await?;
        }
    }
    Ok(())
}
