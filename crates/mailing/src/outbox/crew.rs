//! The workers of a sender: each composes, hands over and reports, one mail at a time, over a connection of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use kernel::clock::Clock;
use kernel::id::LetterId;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::Instant as Tick;

use super::compose::{ComposeError, LetterMail, Mail, MailJob};
use super::message::{self, Parcel};
use super::protocol::{self, Outcome, Past};
use super::scribe::{Done, Turn, UnderWay};
use super::sender::Office;
use super::ticket::Ticket;
use super::transport::Line;
use crate::letters::deliver::TakenDelivery;
use crate::store::outbox::Claimed;

/// How long a worker keeps a connection on which nothing is sent.
const IDLE: Duration = Duration::from_secs(5);

/// A claimed mail on its way through a worker.
pub(super) struct Job {
    pub what: What,
    pub under_way: UnderWay,
}

/// What was claimed.
pub(super) enum What {
    /// A mail promised to one person.
    Mail(Claimed),
    /// One delivery of a letter whose words were made for all.
    Delivery(LetterId, TakenDelivery, Arc<LetterMail>),
}

impl What {
    fn ticket(&self) -> Ticket {
        match self {
            Self::Mail(claimed) => Ticket::Mail(claimed.id),
            Self::Delivery(letter, taken, _) => Ticket::Delivery(*letter, taken.subscriber),
        }
    }

    fn past(&self) -> Past {
        match self {
            Self::Mail(claimed) => claimed.past(),
            Self::Delivery(_, taken, _) => taken.past,
        }
    }
}

/// Where workers take the next mail from; one waits at the queue, the others behind it.
pub(super) type Queue = Arc<Mutex<Jobs>>;

/// What was claimed and not begun. A mail that one person waits for goes before any letter.
pub(super) struct Jobs {
    pub mails: mpsc::Receiver<Job>,
    pub letters: mpsc::Receiver<Job>,
}

impl Jobs {
    fn try_next(&mut self) -> Option<Job> {
        self.mails.try_recv().or_else(|_| self.letters.try_recv()).ok()
    }

    /// `None` when both are closed and empty.
    async fn next(&mut self) -> Option<Job> {
        tokio::select! {
            biased;
            Some(job) = self.mails.recv() => Some(job),
            Some(job) = self.letters.recv() => Some(job),
            else => None,
        }
    }

    /// Drops everything that was not begun, and takes nothing more.
    pub fn close(&mut self) {
        self.mails.close();
        self.letters.close();
        while self.try_next().is_some() {}
    }
}

/// One worker.
pub(super) struct Worker {
    pub office: Arc<Office>,
    pub clock: Clock,
    pub queue: Queue,
    pub turns: mpsc::Sender<Turn>,
}

impl Worker {
    /// Works until the queue is closed and empty.
    pub async fn work(self) {
        let mut line = self.office.transport.line();
        let mut done = None;
        while let Some(job) = self.next(&mut done, &mut line).await {
            done = self.deliver(&mut line, job, done).await;
        }
        self.report(done).await;
        line.rest().await;
    }

    /// The next mail. When none waits, the last result goes out alone, and after a while the connection is given up.
    async fn next(&self, done: &mut Option<Done>, line: &mut Line) -> Option<Job> {
        if let Ok(mut queue) = self.queue.try_lock()
            && let Some(job) = queue.try_next()
        {
            return Some(job);
        }
        self.report(done.take()).await;
        let next = async { self.queue.lock().await.next().await };
        if let Ok(job) = tokio::time::timeout(IDLE, next).await {
            return job;
        }
        line.rest().await;
        self.queue.lock().await.next().await
    }

    async fn report(&self, done: Option<Done>) {
        if done.is_some() {
            // The scribe outlives the workers; if it has been stopped, the rule for uncertain mails decides.
            let _ = self.turns.send(Turn { done, mark: None }).await;
        }
    }

    /// Takes one mail as far as it goes now. `last` is the answer to the mail before, not yet recorded.
    async fn deliver(&self, line: &mut Line, job: Job, mut last: Option<Done>) -> Option<Done> {
        let ticket = job.what.ticket();
        let parcel = match self.office.prepare(&job.what, &self.clock) {
            Ok(parcel) => parcel,
            Err(e) => {
                tracing::error!(mail = %ticket.mail(), error = %e, "a mail could not be composed");
                self.report(last).await;
                return Some(self.answer(job, Outcome::NotNow(e.to_string())));
            }
        };
        if self.office.pace.is_set() || !line.is_ready() {
            // What comes now may take a while, and an answer that was received is recorded at once.
            self.report(last.take()).await;
            self.office.pace.wait().await;
        }
        if let Err(reason) = line.ready().await {
            tracing::warn!(mail = %ticket.mail(), "the mail server cannot be used");
            return Some(self.answer(job, Outcome::NotNow(reason)));
        }
        let (go, marked) = oneshot::channel();
        let turn = Turn {
            done: last,
            mark: Some((ticket, go)),
        };
        self.turns.send(turn).await.ok()?;
        let marked = async { marked.await.unwrap_or(false) };
        let outcome = line.hand_over(&parcel, marked, &self.clock).await?;
        Some(self.answer(job, outcome))
    }

    fn answer(&self, job: Job, outcome: Outcome) -> Done {
        let (office, now) = (&self.office, self.clock.now());
        Done {
            ticket: job.what.ticket(),
            next: protocol::next(outcome, job.what.past(), &office.settings.retry, now, &office.chance),
            under_way: job.under_way,
        }
    }
}

impl Office {
    /// The message of what was claimed.
    fn prepare(&self, what: &What, clock: &Clock) -> Result<Parcel, ComposeError> {
        let mail = match what {
            What::Mail(claimed) => self.compose(claimed)?,
            What::Delivery(_, taken, letter) => {
                let unsubscribe = self.mailing.unsubscribe_token(taken.subscriber);
                let preferences = self.mailing.preferences_token(taken.subscriber);
                letter.to(&taken.address, &unsubscribe, &preferences)
            }
        };
        let id = what.ticket().mail();
        let parcel = message::build(&mail, id, &self.links, clock.now()).map_err(|e| ComposeError::from_error(&e))?;
        self.transport
            .sign(self.transport.addressed(parcel, what.ticket()), clock.now())
            .map_err(|e| ComposeError::from_error(&e))
    }

    /// The words of a mail that was promised to one person.
    fn compose(&self, claimed: &Claimed) -> Result<Mail, ComposeError> {
        let job = MailJob {
            id: claimed.id,
            kind: claimed.kind.clone(),
            to: claimed.recipient.clone(),
            context: claimed.context.clone().unwrap_or_default(),
            queued_at: claimed.queued_at,
        };
        let composed = catch_unwind(AssertUnwindSafe(|| self.compose.compose(&job)));
        let mail = composed.unwrap_or_else(|_| Err(ComposeError("its template panicked".into())))?;
        if mail.to.address != job.to {
            return Err(ComposeError("it was composed for another address".into()));
        }
        Ok(mail)
    }
}

/// Spreads hand-overs evenly over each minute.
pub(super) struct Pace {
    gap: Option<Duration>,
    next: Mutex<Option<Tick>>,
}

impl Pace {
    /// `0` means as fast as the server takes them.
    pub fn per_minute(rate: u32) -> Self {
        Self {
            gap: Duration::from_mins(1).checked_div(rate),
            next: Mutex::default(),
        }
    }

    fn is_set(&self) -> bool {
        self.gap.is_some()
    }

    async fn wait(&self) {
        let Some(gap) = self.gap else { return };
        let turn = {
            let mut next = self.next.lock().await;
            let turn = next.map_or_else(Tick::now, |n| n.max(Tick::now()));
            *next = Some(turn + gap);
            turn
        };
        tokio::time::sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_rate_spreads_mails_over_the_minute_and_none_lets_all_pass() {
        let (pace, start) = (Pace::per_minute(6_000), Tick::now());
        for _ in 0..5 {
            pace.wait().await;
        }
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(40), "{took:?}");
        let (free, start) = (Pace::per_minute(0), Tick::now());
        for _ in 0..1_000 {
            free.wait().await;
        }
        assert!(start.elapsed() < Duration::from_millis(40));
    }
}
