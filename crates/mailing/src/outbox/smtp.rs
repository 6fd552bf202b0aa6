//! The transport `smtp`: our own small pool over lettre's connection, one connection a worker.
//!
//! lettre's transport runs everything from MAIL to the dot in one call, caps nothing and leaves Nagle's delay on; so its connection is
//! driven command by command here, over a stream of ours, with a time limit on each. [`server`] says where the server is and how far
//! it is trusted, [`wire`] is the stream, [`session`] one connection, and [`SmtpLine`] what one worker sends through.

mod server;
mod session;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant as Tick;

use super::breaker::{Away, Trouble};
use super::message::Parcel;
use super::protocol::Outcome;
pub use server::{NotAServer, SmtpServer, SmtpTimeouts};
use session::{Refused, Session, Stage};

/// A connection that has rested longer is not trusted to be alive any more.
const RESTED: Duration = Duration::from_secs(30);

/// What one worker sends through: at most one connection, kept while there is something to send.
pub(super) struct SmtpLine {
    server: Arc<SmtpServer>,
    open: Option<Open>,
}

struct Open {
    session: Session,
    /// Whether a mail was tried over it before: then its server may have hung up meanwhile.
    used: bool,
    /// Mails that went over it.
    sent: usize,
    since: Tick,
}

impl SmtpLine {
    pub fn new(server: Arc<SmtpServer>) -> Self {
        Self { server, open: None }
    }

    /// Whether there is a connection that can be trusted to be alive.
    pub fn is_ready(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.since.elapsed() <= RESTED)
    }

    /// Whether there are connections to the server besides this one.
    pub fn others_are_connected(&self) -> bool {
        self.server.connected() > usize::from(self.open.is_some())
    }

    /// Connects, encrypts and signs in, unless that is done.
    pub async fn ready(&mut self) -> Result<(), Away> {
        if !self.is_ready() {
            self.rest().await;
            self.open = Some(Open {
                session: Session::open(&self.server).await?,
                used: false,
                sent: 0,
                since: Tick::now(),
            });
        }
        Ok(())
    }

    /// MAIL to DATA while the mark becomes durable, then the message. `None`: the mark was refused, and the connection is dropped.
    pub async fn hand_over(&mut self, parcel: &Parcel, marked: impl Future<Output = bool>) -> Option<Outcome> {
        let (marked, envelope) = tokio::join!(marked, self.envelope(parcel));
        if !marked {
            return None;
        }
        let mut open = match envelope {
            Ok(open) => open,
            Err(outcome) => return Some(outcome),
        };
        let (outcome, alive) = open.session.message(&parcel.bytes).await;
        open.sent += 1;
        if alive {
            open.since = Tick::now();
            let full = self.server.is_full(open.sent);
            self.open = Some(open);
            if full {
                // The server would hang up on the next one.
                self.rest().await;
            }
        }
        Some(outcome)
    }

    /// Brings a connection to the point where it waits for the message. One that was used before and fails at MAIL is replaced once:
    /// its server hung up between two mails, which says nothing about this one.
    async fn envelope(&mut self, parcel: &Parcel) -> Result<Open, Outcome> {
        loop {
            self.ready().await.map_err(Outcome::Away)?;
            let Some(mut open) = self.open.take() else {
                return Err(Outcome::NotNow("no connection".into()));
            };
            let again = open.used;
            open.used = true;
            let refused = match open.session.envelope(parcel).await {
                Ok(()) => return Ok(open),
                Err(refused) => refused,
            };
            if again && refused.stage == Stage::Mail && refused.is_hang_up() {
                self.server.hung_up_after(open.sent);
                continue;
            }
            if open.session.reset(&refused).await {
                open.since = Tick::now();
                self.open = Some(open);
            }
            return Err(refused.outcome());
        }
    }

    /// Hangs up; the next mail connects again.
    pub async fn rest(&mut self) {
        if let Some(open) = self.open.take() {
            open.session.quit().await;
        }
    }
}

impl Refused {
    /// What a refusal before the message means. A server that wants a login or does not want us as a sender refuses us, not the
    /// recipient: that is mended here or there, and every mail waits.
    fn outcome(self) -> Outcome {
        let kind = match (self.stage, self.code) {
            (_, Some(530 | 534 | 535 | 538)) => Trouble::Login,
            (Stage::Mail, Some(400..=499)) => Trouble::Limit,
            (Stage::Mail, Some(_)) => Trouble::Sender,
            (Stage::Mail, None) => Trouble::Unreachable,
            (_, Some(code @ 500..=599)) => return refusal(code, self.stage, self.text),
            _ => return Outcome::NotNow(self.text),
        };
        Outcome::Away(Away::new(kind, self.text))
    }

    fn is_hang_up(&self) -> bool {
        matches!(self.code, None | Some(421))
    }
}

/// A refusal for good. It says that there is no such address when its enhanced status does, or, without one, when it answers RCPT with
/// one of the codes for that.
fn refusal(code: u16, stage: Stage, text: String) -> Outcome {
    let gone = match enhanced(&text) {
        Some((0, _)) | None => stage == Stage::Rcpt && matches!(code, 550 | 551 | 553 | 556),
        Some((subject, detail)) => gone_for_good(subject, detail),
    };
    if gone {
        Outcome::NoSuchAddress(text)
    } else {
        Outcome::Never(text)
    }
}

/// Whether the status 5.`subject`.`detail` says that there is no such address (RFC 3463): 5.1.x are faults of the address, but .7 and .8
/// of the sender's; 5.2.1 is a closed mailbox, 5.4.4 a domain that is not there.
pub(super) fn gone_for_good(subject: u16, detail: u16) -> bool {
    match subject {
        1 => !matches!(detail, 7 | 8),
        2 => detail == 1,
        4 => detail == 4,
        _ => false,
    }
}

/// Subject and detail of `550 5.1.1 …`.
fn enhanced(text: &str) -> Option<(u16, u16)> {
    let status = text.split([' ', '-']).nth(1)?;
    let mut parts = status.split('.');
    let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
    (class == "5" && parts.next().is_none()).then_some(())?;
    Some((subject.parse().ok()?, detail.parse().ok()?))
}

/// Connects and signs in without sending anything; one line about it.
pub(super) async fn check(server: &SmtpServer) -> Result<String, Away> {
    let session = Session::open(server).await?;
    let line = session.describe(server);
    session.quit().await;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_of_the_address_itself_says_that_it_does_not_exist() {
        let gone = |text: &str, stage| {
            let code = text[..3].parse().unwrap();
            matches!(refusal(code, stage, text.into()), Outcome::NoSuchAddress(_))
        };
        assert!(gone("550 5.1.1 no such user", Stage::Rcpt));
        assert!(gone("550 no such user", Stage::Rcpt));
        assert!(gone("550 5.2.1 mailbox disabled", Stage::Rcpt));
        assert!(gone("550 5.1.10 null MX", Stage::Message));
        assert!(!gone("550 5.7.1 blocked", Stage::Rcpt));
        assert!(!gone("552 5.2.2 mailbox full", Stage::Rcpt));
        assert!(!gone("554 no", Stage::Rcpt));
        assert!(!gone("550 looks like spam", Stage::Message));
    }
}
