//! Where messages go: into the database, into a folder, or to an SMTP server.

use std::path::PathBuf;
use std::sync::Arc;

use kernel::clock::Clock;
use kernel::db::Db;
use kernel::instant::Instant;

use super::bounce::ReturnPath;
use super::breaker::Away;
use super::dkim::{Dkim, DkimError};
use super::message::Parcel;
use super::protocol::Outcome;
use super::smtp::{self, SmtpLine, SmtpServer};
use super::ticket::Ticket;
use super::{capture, file};
use crate::Mailing;

/// The configured way out, cheap to clone.
#[derive(Clone, Debug)]
pub struct Transport {
    kind: Kind,
    dkim: Option<Dkim>,
    returning: Option<ReturnPath>,
}

#[derive(Clone, Debug)]
enum Kind {
    Capture(Db),
    File(PathBuf),
    Smtp(Arc<SmtpServer>),
}

/// Why mails cannot leave, in words for the one who runs the program.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The folder of `file` cannot be made or written.
    #[error("the mail folder {} cannot be written", folder.display())]
    Folder {
        /// Which one.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server cannot be reached, is not trusted, or refuses the login.
    #[error("{0}")]
    Server(String),
}

impl Transport {
    /// Mails stay in the database and are read at `/outbox`.
    pub fn capture(mailing: &Mailing) -> Self {
        Self::unsigned(Kind::Capture(mailing.db.clone()))
    }

    /// Mails become `.eml` files in `folder`, which is made when missing.
    pub fn file(folder: impl Into<PathBuf>) -> Self {
        Self::unsigned(Kind::File(folder.into()))
    }

    /// Mails go to this server.
    pub fn smtp(server: SmtpServer) -> Self {
        Self::unsigned(Kind::Smtp(Arc::new(server)))
    }

    fn unsigned(kind: Kind) -> Self {
        Self {
            kind,
            dkim: None,
            returning: None,
        }
    }

    /// Every message is signed before it leaves.
    #[must_use]
    pub fn signed(self, dkim: Option<Dkim>) -> Self {
        Self { dkim, ..self }
    }

    /// Every message has a return path of its own.
    #[must_use]
    pub fn returning(self, returning: Option<ReturnPath>) -> Self {
        Self { returning, ..self }
    }

    /// The parcel with its own return path, if its sender's domain has one.
    pub(super) fn addressed(&self, parcel: Parcel, ticket: Ticket) -> Parcel {
        let own = self.returning.as_ref().and_then(|path| path.of(ticket, &parcel.domain));
        match own {
            None => parcel,
            Some(from) => Parcel { from, ..parcel },
        }
    }

    /// The message with its signature, if there is a key.
    pub(super) fn sign(&self, parcel: Parcel, now: Instant) -> Result<Parcel, DkimError> {
        match &self.dkim {
            None => Ok(parcel),
            Some(dkim) => Ok(Parcel {
                bytes: dkim.sign(&parcel.domain, &parcel.bytes, now.micros().div_euclid(1_000_000))?,
                ..parcel
            }),
        }
    }

    /// Tries the way out without sending anything, and says in one line what it found.
    pub async fn check(&self) -> Result<String, TransportError> {
        match &self.kind {
            Kind::Capture(_) => Ok("mails stay in the database and are read at /outbox".into()),
            Kind::File(folder) => {
                let wrong = |source| TransportError::Folder {
                    folder: folder.clone(),
                    source,
                };
                tokio::fs::create_dir_all(folder).await.map_err(wrong)?;
                let probe = folder.join(".goldenhour");
                tokio::fs::write(&probe, []).await.map_err(wrong)?;
                tokio::fs::remove_file(&probe).await.map_err(wrong)?;
                Ok(format!("mails become files in {}", folder.display()))
            }
            Kind::Smtp(server) => smtp::check(server)
                .await
                .map_err(|away| TransportError::Server(away.said)),
        }
    }

    /// Whether a server would take mails now, as far as a connection tells.
    pub(super) async fn probe(&self) -> Result<(), Away> {
        match &self.kind {
            Kind::Capture(_) | Kind::File(_) => Ok(()),
            Kind::Smtp(server) => smtp::check(server).await.map(drop),
        }
    }

    /// One worker's way out.
    pub(super) fn line(&self) -> Line {
        match &self.kind {
            Kind::Capture(db) => Line::Capture(db.clone()),
            Kind::File(folder) => Line::File(folder.clone()),
            Kind::Smtp(server) => Line::Smtp(Box::new(SmtpLine::new(server.clone()))),
        }
    }
}

/// What one worker sends through, one mail at a time.
pub(super) enum Line {
    Capture(Db),
    File(PathBuf),
    Smtp(Box<SmtpLine>),
}

impl Line {
    /// Whether the next mail can be handed over without connecting first.
    pub(super) fn is_ready(&self) -> bool {
        match self {
            Self::Capture(_) | Self::File(_) => true,
            Self::Smtp(line) => line.is_ready(),
        }
    }

    /// Whether other workers have connections of their own now.
    pub(super) fn others_are_connected(&self) -> bool {
        match self {
            Self::Capture(_) | Self::File(_) => false,
            Self::Smtp(line) => line.others_are_connected(),
        }
    }

    /// Makes ready to send: nothing to do, or a connection that has passed its greeting and sign-in. The error delays the mail.
    pub(super) async fn ready(&mut self) -> Result<(), Away> {
        match self {
            Self::Capture(_) | Self::File(_) => Ok(()),
            Self::Smtp(line) => line.ready().await,
        }
    }

    /// Hands a message over once `marked` says that the row durably says so; `None` when the row has left the lease.
    pub(super) async fn hand_over(
        &mut self,
        parcel: &Parcel,
        marked: impl Future<Output = bool>,
        clock: &Clock,
    ) -> Option<Outcome> {
        match self {
            Self::Capture(db) => {
                if !marked.await {
                    return None;
                }
                Some(match capture::keep(db, parcel, clock.now()).await {
                    Ok(()) => Outcome::Accepted,
                    Err(e) => Outcome::NotNow(format!("the mail could not be kept: {e}")),
                })
            }
            Self::File(folder) => {
                if !marked.await {
                    return None;
                }
                Some(match file::keep(folder, parcel).await {
                    Ok(()) => Outcome::Accepted,
                    Err(e) => Outcome::NotNow(format!("the file could not be written: {e}")),
                })
            }
            Self::Smtp(line) => line.hand_over(parcel, marked).await,
        }
    }

    /// Says goodbye, where there is someone to say it to; the next mail connects again.
    pub(super) async fn rest(&mut self) {
        if let Self::Smtp(line) = self {
            line.rest().await;
        }
    }
}
