//! The workers of a sender: each composes, hands over and reports, one mail at a time, over a connection of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use kernel::clock::Clock;
use kernel::id::LetterId;
use tokio::sync::{Mutex, mpsc, oneshot, watch};

use super::breaker::Away;
use super::compose::{ComposeError, LetterMail, Mail, MailJob};
use super::message::{self, Parcel};
use super::pace::Pace;
use super::protocol::{self, Next, Outcome, Past};
use super::scribe::{Done, Turn, UnderWay};
use super::sender::Office;
use super::ticket::Ticket;
use super::transport::Line;
use crate::letters::deliver::TakenDelivery;
use crate::store::outbox::Claimed;

/// How long a worker keeps a connection on which nothing is sent.
const IDLE: Duration = Duration::from_secs(5);
/// How long a worker whose connection was one too many takes no mail.
const STAND_BACK: Duration = Duration::from_secs(5);

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
    /// A letter that let a mail go first when its turn had come.
    pub held: Option<Job>,
}

impl Jobs {
    fn try_next(&mut self) -> Option<Job> {
        let mail = self.mails.try_recv().ok().or_else(|| self.held.take());
        mail.or_else(|| self.letters.try_recv().ok())
    }

    /// `None` when both are closed and empty.
    async fn next(&mut self) -> Option<Job> {
        tokio::select! {
            biased;
            Some(job) = self.mails.recv() => Some(job),
            Some(job) = std::future::ready(self.held.take()) => Some(job),
            Some(job) = self.letters.recv() => Some(job),
            else => None,
        }
    }

    /// The next one when the pace lets it go; a mail that came meanwhile goes before a letter. `None` as above, or stopped.
    async fn next_in_turn(&mut self, pace: &Pace, stopped: &mut watch::Receiver<bool>) -> Option<Job> {
        let mut job = self.next().await?;
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => return None,
            () = pace.wait() => {}
        }
        if matches!(job.what, What::Delivery(..))
            && let Ok(mail) = self.mails.try_recv()
        {
            self.held = Some(std::mem::replace(&mut job, mail));
        }
        Some(job)
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
    /// True: take nothing more.
    pub stopped: watch::Receiver<bool>,
}

impl Worker {
    /// Works until the queue is closed and empty.
    pub async fn work(mut self) {
        let mut line = self.office.transport.line();
        let mut done = None;
        while let Some(job) = self.next(&mut done, &mut line).await {
            done = self.deliver(&mut line, job, done).await;
        }
        self.report(done).await;
        line.rest().await;
    }

    /// The next mail. When none waits, the last result goes out alone, and after a while the connection is given up.
    async fn next(&mut self, done: &mut Option<Done>, line: &mut Line) -> Option<Job> {
        let pace = &self.office.pace;
        if !pace.is_set()
            && let Ok(mut queue) = self.queue.try_lock()
            && let Some(job) = queue.try_next()
        {
            return Some(job);
        }
        self.report(done.take()).await;
        let (queue, stopped) = (&self.queue, &mut self.stopped);
        if pace.is_set() {
            // Whoever waits for the pace waits inside; a connection that rests too long is replaced when its mail comes.
            return queue.lock().await.next_in_turn(pace, stopped).await;
        }
        let next = async { queue.lock().await.next().await };
        if let Ok(job) = tokio::time::timeout(IDLE, next).await {
            return job;
        }
        line.rest().await;
        queue.lock().await.next().await
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
        if let Some(trouble) = self.office.breaker.shut(self.clock.now()) {
            self.report(last).await;
            return Some(self.back(job, trouble.said));
        }
        if !line.is_ready() {
            // What comes now may take a while, and an answer that was received is recorded at once.
            self.report(last.take()).await;
        }
        if let Err(away) = line.ready().await {
            let one_too_many = line.others_are_connected();
            return self.away(job, away, one_too_many).await;
        }
        let (go, marked) = oneshot::channel();
        let turn = Turn {
            done: last,
            mark: Some((ticket, go)),
        };
        self.turns.send(turn).await.ok()?;
        let marked = async { marked.await.unwrap_or(false) };
        match line.hand_over(&parcel, marked, &self.clock).await? {
            // What it says to MAIL it would say to all.
            Outcome::Away(away) => self.away(job, away, false).await,
            outcome => {
                self.office.mended().await;
                Some(self.answer(job, outcome))
            }
        }
    }

    /// The server could not be used. While others are connected, it only wants fewer connections: this worker stands back and another
    /// takes the mail. Otherwise everything waits.
    async fn away(&self, job: Job, away: Away, one_too_many: bool) -> Option<Done> {
        let now = self.clock.now();
        if one_too_many {
            self.report(Some(self.back(job, away.said))).await;
            self.stand_back().await;
            return None;
        }
        self.office.trip(&away, now).await;
        Some(self.back(job, away.said))
    }

    /// A while, or until nothing more is to be done.
    async fn stand_back(&self) {
        let mut stopped = self.stopped.clone();
        let _ = tokio::time::timeout(STAND_BACK, stopped.wait_for(|stopped| *stopped)).await;
    }

    /// It is due at once: when that may be is the breaker's to say, and another worker may know better.
    fn back(&self, job: Job, error: String) -> Done {
        Done {
            ticket: job.what.ticket(),
            next: Next::Back {
                due: self.clock.now(),
                error,
            },
            under_way: job.under_way,
        }
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
                letter.to((&taken.address, taken.name.as_deref()), &unsubscribe, &preferences)
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
