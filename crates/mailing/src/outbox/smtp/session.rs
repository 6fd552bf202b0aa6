//! One SMTP connection, driven command by command, each with its time limit (RFC 5321).

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};
use secrecy::ExposeSecret as _;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::super::breaker::{Away, Trouble};
use super::super::message::{Parcel, address};
use super::super::protocol::Outcome;
use super::refusal;
use super::server::{Connected, SmtpServer, SmtpTimeouts, Tls};
use super::wire::{Broken, Wire};

/// How long goodbye may take; nobody waits for it.
const GOODBYE: Duration = Duration::from_secs(2);
/// The longest piece of a server's answer that is kept.
const ANSWER: usize = 300;

/// An open connection, greeted, encrypted and signed in as the server's settings say.
pub(super) struct Session {
    smtp: AsyncSmtpConnection,
    broken: Broken,
    timeouts: SmtpTimeouts,
    /// Whether the server reads several commands at once.
    pipelining: bool,
    _connected: Connected,
}

/// Where a refusal came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Answering MAIL.
    Mail,
    /// Answering RCPT.
    Rcpt,
    /// Answering DATA.
    Data,
    /// Answering the final dot.
    Message,
}

/// A refusal before the message.
#[derive(Debug)]
pub(super) struct Refused {
    pub stage: Stage,
    /// The server's code; `None` when the connection failed.
    pub code: Option<u16>,
    /// For the desk.
    pub text: String,
}

impl Session {
    /// Connects. What fails here never bounces a mail.
    pub async fn open(server: &SmtpServer) -> Result<Self, Away> {
        let (wire, broken) = Wire::connect(server).await?;
        let limit = server.timeouts.command;
        let me = ClientId::default();
        let late = |_| Away::new(Trouble::Unreachable, format!("{server} does not answer in time"));
        let untrusted = |said: String| Away::new(Trouble::Certificate, said);
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &me);
        let mut smtp = timeout(limit, greeting).await.map_err(late)?.map_err(|e| {
            // "421 too many connections": it is there, and wants less.
            let busy = e.status().is_some_and(|code| u16::from(code) < 500);
            let kind = if busy { Trouble::Limit } else { Trouble::Unreachable };
            Away::new(kind, format!("{server} does not greet: {}", words(&e)))
        })?;
        let offered = smtp.can_starttls();
        if server.tls == Tls::Required && !offered {
            return Err(untrusted(format!("{server} offers no TLS, which is required")));
        }
        if server.tls != Tls::FromTheStart && offered {
            let starting = smtp.starttls(server.starttls().map_err(untrusted)?, &me);
            timeout(server.timeouts.connect, starting)
                .await
                .map_err(late)?
                .map_err(|e| untrusted(format!("{server} cannot be trusted: {}", words(&e))))?;
        }
        if let Some(login) = &server.login {
            let encrypted = smtp.is_encrypted() || server.tls == Tls::FromTheStart;
            if !encrypted && !server.is_loopback() {
                return Err(untrusted(format!(
                    "{server} offers no TLS, and the password is not sent in the clear"
                )));
            }
            let password = login.password.expose_secret().to_owned();
            let credentials = Credentials::new(login.user.clone(), password);
            let signing_in = smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            timeout(limit, signing_in).await.map_err(late)?.map_err(|e| {
                let later = e.status().is_some_and(|code| u16::from(code) < 500);
                let kind = if later { Trouble::Limit } else { Trouble::Login };
                Away::new(kind, format!("{server} refuses the login: {}", words(&e)))
            })?;
        }
        // The library keeps no note of PIPELINING (RFC 2920): asked once more, and read in the lines.
        let hello = timeout(limit, smtp.command(format!("EHLO {me}\r\n")))
            .await
            .map_err(late)?;
        let pipelining = hello.is_ok_and(|hello| hello.message().any(|line| line.eq_ignore_ascii_case("PIPELINING")));
        Ok(Self {
            smtp,
            broken,
            timeouts: server.timeouts,
            pipelining,
            _connected: server.connect(),
        })
    }

    /// One line about an open connection.
    pub fn describe(&self, server: &SmtpServer) -> String {
        let encrypted = self.smtp.is_encrypted() || server.tls == Tls::FromTheStart;
        let tls = if encrypted { "with TLS" } else { "without TLS" };
        let login = if server.login.is_some() { ", signed in" } else { "" };
        format!("{server} takes mail, {tls}{login}")
    }

    /// MAIL, RCPT and DATA, up to the 354.
    pub async fn envelope(&mut self, parcel: &Parcel) -> Result<(), Refused> {
        let unusable = |e: super::super::MessageError| Refused {
            stage: Stage::Rcpt,
            code: None,
            text: e.to_string(),
        };
        let from = address(&parcel.from).map_err(unusable)?;
        let to = address(&parcel.to).map_err(unusable)?;
        let (mail, rcpt) = (Mail::new(Some(from), vec![]), Rcpt::new(to, vec![]));
        if self.pipelining {
            return self.at_once(format!("{mail}{rcpt}{Data}")).await;
        }
        self.command(Stage::Mail, mail).await?;
        self.command(Stage::Rcpt, rcpt).await?;
        self.command(Stage::Data, Data).await
    }

    /// All three in one write. Every answer is read, whatever the first says, or the next mail would read old ones.
    async fn at_once(&mut self, commands: String) -> Result<(), Refused> {
        let mail = self.command(Stage::Mail, commands).await;
        if matches!(&mail, Err(refused) if refused.code.is_none()) {
            return mail;
        }
        let rcpt = self.answer(Stage::Rcpt).await;
        let data = self.answer(Stage::Data).await;
        let Err(refused) = mail.and(rcpt) else { return data };
        if data.is_ok() {
            // It waits for a message to nobody: an empty one, which it refuses.
            let _ = timeout(self.timeouts.command, self.smtp.message(b"")).await;
        }
        Err(refused)
    }

    async fn command(&mut self, stage: Stage, command: impl std::fmt::Display) -> Result<(), Refused> {
        let answered = timeout(self.timeouts.command, self.smtp.command(command)).await;
        accepted(stage, answered)
    }

    /// The answer to a command that was sent with another.
    async fn answer(&mut self, stage: Stage) -> Result<(), Refused> {
        let answered = timeout(self.timeouts.command, self.smtp.read_response()).await;
        accepted(stage, answered)
    }

    /// The message and its final dot. Also says whether the connection can be used again.
    pub async fn message(&mut self, bytes: &[u8]) -> (Outcome, bool) {
        let sent = timeout(self.timeouts.message, self.smtp.message(bytes)).await;
        match sent {
            Ok(Ok(answer)) if answer.code().severity == Severity::PositiveCompletion => (Outcome::Accepted, true),
            Ok(Ok(answer)) => {
                let text = format!("the server answers out of turn: {}", line(&answer));
                (Outcome::Unanswered(text), false)
            }
            Ok(Err(e)) => match e.status().map(u16::from) {
                Some(code @ 500..=599) => (refusal(code, Stage::Message, words(&e)), code != 521),
                Some(code) => (Outcome::NotNow(words(&e)), code != 421),
                None if self.broken.is() => (Outcome::NotNow(format!("connection lost: {}", words(&e))), false),
                None => (
                    Outcome::Unanswered(format!("connection lost after the message: {}", words(&e))),
                    false,
                ),
            },
            Err(_) => {
                let text = "the server does not answer the message in time";
                let outcome = if self.broken.is() {
                    Outcome::NotNow
                } else {
                    Outcome::Unanswered
                };
                (outcome(text.into()), false)
            }
        }
    }

    /// Clears a refused envelope, so that the next mail finds a clean connection; `false` when it is lost.
    pub async fn reset(&mut self, refused: &Refused) -> bool {
        if matches!(refused.code, None | Some(421 | 521)) {
            return false;
        }
        let answer = timeout(self.timeouts.command, self.smtp.command(Rset)).await;
        matches!(answer, Ok(Ok(a)) if a.code().severity == Severity::PositiveCompletion)
    }

    /// Says goodbye.
    pub async fn quit(mut self) {
        // Whatever it answers, the connection is over.
        let _ = timeout(GOODBYE, self.smtp.command(Quit)).await;
    }
}

/// Whether a command was answered as it should be.
fn accepted(stage: Stage, answered: Result<Result<Response, SmtpError>, Elapsed>) -> Result<(), Refused> {
    let expected = if stage == Stage::Data {
        Severity::PositiveIntermediate
    } else {
        Severity::PositiveCompletion
    };
    let failed = |code, text| Refused { stage, code, text };
    match answered {
        Err(_) => Err(failed(None, "the server does not answer in time".into())),
        Ok(Err(e)) => Err(failed(e.status().map(u16::from), words(&e))),
        Ok(Ok(answer)) if answer.code().severity == expected => Ok(()),
        Ok(Ok(answer)) => Err(failed(
            None,
            format!("the server answers out of turn: {}", line(&answer)),
        )),
    }
}

/// An error in one line, with what the server said.
fn words(e: &SmtpError) -> String {
    let said = e.source().map(ToString::to_string).unwrap_or_default();
    let text = match e.status() {
        Some(code) => format!("{code} {said}"),
        None if said.is_empty() => e.to_string(),
        None => said,
    };
    one_line(&text)
}

fn line(answer: &Response) -> String {
    let said: Vec<&str> = answer.message().collect();
    one_line(&format!("{} {}", answer.code(), said.join(" ")))
}

fn one_line(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    clean.take(ANSWER).collect::<String>().trim().to_owned()
}
