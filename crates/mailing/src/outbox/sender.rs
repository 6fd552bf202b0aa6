//! The worker that empties the outbox: it claims what is due, a crew hands it over, a scribe records the answers.

use std::sync::Arc;
use std::time::Duration;

use kernel::chance::Chance;
use kernel::clock::Clock;
use kernel::db::write;
use kernel::instant::Instant;
use kernel::token::LinkKey;
use sea_orm::{DatabaseTransaction, DbBackend, DbErr};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant as Tick, timeout};

use super::backoff::{Retry, signed};
use super::breaker::Breaker;
use super::claimer::Claimer;
use super::compose::Compose;
use super::crew::{Job, Jobs, Worker};
use super::pace::Pace;
use super::scribe::{Flight, Turn, scribe};
use super::transport::Transport;
use crate::Mailing;
use crate::store::rows::{self, Dead};
use crate::store::{lease, trouble};

/// Deliveries of letters that are claimed ahead, for each worker.
const AHEAD: usize = 8;
/// How long the last answers may take to be recorded when the time to finish is over.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How mails are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Workers, and so connections, at the most.
    pub connections: usize,
    /// Messages a minute; 0 = no limit.
    pub rate_per_minute: u32,
    /// Patience with refusals for now.
    pub retry: Retry,
    /// How long after an instance's last sign of life another may take over its mails (PostgreSQL).
    pub lease: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: 10,
            rate_per_minute: 0,
            retry: Retry::default(),
            lease: Duration::from_mins(1),
        }
    }
}

/// What came of the mails of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Accepted.
    pub sent: u64,
    /// To be tried again.
    pub retried: u64,
    /// Refused for good or given up.
    pub bounced: u64,
    /// Handed over without an answer, as often as the rule allows.
    pub uncertain: u64,
    /// Cancelled because their time was over or a newer one took their place.
    pub cancelled: u64,
    /// Deliveries of letters whose recipients had left meanwhile.
    pub withdrawn: u64,
}

/// What every worker of a sender shares.
pub(super) struct Office {
    pub mailing: Mailing,
    pub compose: Arc<dyn Compose>,
    pub transport: Transport,
    pub settings: Settings,
    pub pace: Pace,
    pub breaker: Breaker,
    pub links: LinkKey,
    pub chance: Chance,
    pub lease: i64,
}

/// One instance's sender. On SQLite there is one at a time, under the database's file lock; on PostgreSQL as many as instances run.
pub struct Sender(Arc<Office>);

/// How long a run lasts.
enum Until<S> {
    NothingIsDue,
    Stopped(S),
}

impl Sender {
    /// Takes a lease and takes over what dead instances left: on SQLite all of it, on PostgreSQL what belongs to ended leases.
    pub async fn start(
        mailing: &Mailing,
        compose: Arc<dyn Compose>,
        transport: Transport,
        settings: Settings,
        now: Instant,
    ) -> Result<Self, DbErr> {
        let lease = i64::from_be_bytes(mailing.chance.bytes()) & i64::MAX;
        let office = Office {
            mailing: mailing.clone(),
            compose,
            transport,
            settings,
            pace: Pace::per_minute(settings.rate_per_minute),
            breaker: Breaker::new(settings.retry, trouble::find(mailing.db.reader()).await?, now),
            links: mailing.keys.links.clone(),
            chance: mailing.chance.clone(),
            lease,
        };
        let sqlite = mailing.db.backend() == DbBackend::Sqlite;
        let dead = if sqlite { Dead::AllBut(lease) } else { Dead::Ended };
        office.take_over(dead, now).await?;
        Ok(Self(Arc::new(office)))
    }

    /// Sends all that is due at `now` and returns when nothing is; what has to wait longer stays.
    pub async fn run_once(&self, now: Instant) -> Result<Tally, DbErr> {
        let until: Until<std::future::Pending<()>> = Until::NothingIsDue;
        self.deliver(Clock::fixed(now), until, Duration::MAX).await
    }

    /// Sends until `stop` completes, then finishes the mails under way within `drain`, and gives back what was not begun.
    pub async fn run(&self, clock: Clock, stop: impl Future<Output = ()>, drain: Duration) {
        match self.deliver(clock, Until::Stopped(stop), drain).await {
            Ok(tally) => tracing::info!(?tally, "the sender has stopped"),
            Err(e) => tracing::error!(error = %e, "the sender has stopped and could not give its lease back"),
        }
    }

    async fn deliver<S: Future<Output = ()>>(
        &self,
        clock: Clock,
        until: Until<S>,
        drain: Duration,
    ) -> Result<Tally, DbErr> {
        let office = &self.0;
        let workers = office.settings.connections.max(1);
        let flight = Arc::new(Flight::default());
        let (turns, turned) = mpsc::channel::<Turn>(2 * workers);
        let (mails, mails_queue) = mpsc::channel::<Job>(workers);
        let (letters, letters_queue) = mpsc::channel::<Job>(AHEAD * workers);
        let queue = Arc::new(Mutex::new(Jobs {
            mails: mails_queue,
            letters: letters_queue,
            held: None,
        }));
        let (stopping, stopped) = watch::channel(false);
        let mut scribe = tokio::spawn(scribe(office.mailing.clone(), office.lease, clock.clone(), turned));
        let mut crew = JoinSet::new();
        for _ in 0..workers {
            let worker = Worker {
                office: office.clone(),
                clock: clock.clone(),
                queue: queue.clone(),
                turns: turns.clone(),
                stopped: stopped.clone(),
            };
            crew.spawn(worker.work());
        }
        drop(turns);
        let looking = Claimer::new(office, &clock, &flight, mails, letters);
        let claimed = match until {
            Until::NothingIsDue => looking.until_nothing_is_due().await,
            Until::Stopped(stop) => Ok(looking.until_stopped(stop).await),
        };
        // The claimer is gone and with it the only sender of jobs. Mails in the queue were not begun: they are given back.
        let _ = stopping.send(true);
        queue.lock().await.close();
        let begun = Tick::now();
        let all_done = async { while crew.join_next().await.is_some() {} };
        let in_time = timeout(drain, all_done).await.is_ok();
        if !in_time {
            tracing::warn!("mails were still under way when the time to finish was over");
            crew.shutdown().await;
        }
        let left = drain.saturating_sub(begun.elapsed()).max(LAST_WORDS);
        let mut tally = if let Ok(tally) = timeout(left, &mut scribe).await {
            tally.unwrap_or_default()
        } else {
            tracing::error!("the last answers could not be recorded");
            scribe.abort();
            Tally::default()
        };
        office.give_back(&clock, in_time).await?;
        let claimed = claimed?;
        (tally.cancelled, tally.withdrawn) = (claimed.cancelled, claimed.withdrawn);
        Ok(tally)
    }
}

impl Office {
    /// Renews the lease and takes over the mails of ended ones (PostgreSQL).
    pub async fn renew(&self, clock: &Clock) -> Result<(), DbErr> {
        if self.mailing.db.backend() == DbBackend::Postgres {
            self.take_over(Dead::EndedLately, clock.now()).await?;
            if self.pace.is_set() {
                self.pace.share(lease::living(self.mailing.db.reader()).await?);
            }
        }
        Ok(())
    }

    async fn take_over(&self, dead: Dead, now: Instant) -> Result<(), DbErr> {
        let micros = i64::try_from(signed(self.settings.lease).as_micros()).unwrap_or(i64::MAX / 2);
        let input = (self.lease, micros, dead, now);
        let step = async |tx: &DatabaseTransaction, &(id, micros, dead, now): &(i64, i64, Dead, Instant)| {
            lease::renew(tx, id, micros).await?;
            rows::recover(tx, dead, now).await
        };
        let taken: u64 = write::<_, _, DbErr, _>(&self.mailing.db, input, step).await?;
        if taken > 0 {
            tracing::warn!(mails = taken, "took over the mails of a sender that had stopped");
        }
        Ok(())
    }

    /// The lease of an instance whose mails are not all `finished` is ended, not removed: that is how the next one finds them.
    async fn give_back(&self, clock: &Clock, finished: bool) -> Result<(), DbErr> {
        let input = (self.lease, finished, clock.now());
        let step = async |tx: &DatabaseTransaction, &(own, finished, now): &(i64, bool, Instant)| {
            rows::release(tx, own, now).await?;
            if finished {
                lease::sweep(tx, own).await
            } else {
                lease::end(tx, own).await
            }
        };
        write::<_, (), DbErr, _>(&self.mailing.db, input, step).await
    }
}
