//! The worker that empties the outbox: it claims what is due, a crew hands it over, a scribe records the answers.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use kernel::chance::Chance;
use kernel::clock::Clock;
use kernel::db::write;
use kernel::instant::Instant;
use kernel::token::LinkKey;
use sea_orm::{DatabaseTransaction, DbBackend, DbErr};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant as Tick, timeout};

use super::backoff::{Retry, signed};
use super::compose::Compose;
use super::crew::{Job, Pace, Worker};
use super::scribe::{Flight, Turn, scribe};
use super::transport::Transport;
use crate::Mailing;
use crate::store::outbox::{self as rows, Claimed, Dead};
use crate::store::{lease, parked};

/// The longest sleep of an idle sender: commands run in another process and cannot wake it.
const IDLE: Duration = Duration::from_secs(1);
/// The shortest time between two renewals of a lease.
const SHORTEST: Duration = Duration::from_millis(100);
/// How long the last answers may take to be recorded when the time to finish is over.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How often old contexts are blanked and old rows of the sign-up throttle dropped.
const HOUSEKEEPING: Duration = Duration::from_hours(1);

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
}

/// What every worker of a sender shares.
pub(super) struct Office {
    pub mailing: Mailing,
    pub compose: Arc<dyn Compose>,
    pub transport: Transport,
    pub settings: Settings,
    pub pace: Pace,
    pub links: LinkKey,
    pub chance: Chance,
    lease: i64,
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
        let (jobs, queue) = mpsc::channel::<Job>(workers);
        let queue = Arc::new(Mutex::new(queue));
        let mut scribe = tokio::spawn(scribe(office.mailing.db.clone(), office.lease, clock.clone(), turned));
        let mut crew = JoinSet::new();
        for _ in 0..workers {
            let worker = Worker {
                office: office.clone(),
                clock: clock.clone(),
                queue: queue.clone(),
                turns: turns.clone(),
            };
            crew.spawn(worker.work());
        }
        drop(turns);
        let claimer = Claimer {
            office,
            clock: &clock,
            jobs,
            flight: &flight,
        };
        let cancelled = match until {
            Until::NothingIsDue => claimer.until_nothing_is_due().await,
            Until::Stopped(stop) => Ok(claimer.until_stopped(stop).await),
        };
        // The claimer is gone and with it the only sender of jobs. Mails in the queue were not begun: they are given back.
        if let Ok(mut waiting) = queue.try_lock() {
            waiting.close();
            while waiting.try_recv().is_ok() {}
        }
        let begun = Tick::now();
        let finished = async { while crew.join_next().await.is_some() {} };
        if timeout(drain, finished).await.is_err() {
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
        office.give_back(&clock).await?;
        tally.cancelled = cancelled?;
        Ok(tally)
    }
}

/// Takes mails from the table and puts them before the crew, never more than it can begin.
struct Claimer<'a> {
    office: &'a Arc<Office>,
    clock: &'a Clock,
    jobs: mpsc::Sender<Job>,
    flight: &'a Arc<Flight>,
}

impl Claimer<'_> {
    /// Returns how many mails were cancelled.
    async fn until_nothing_is_due(self) -> Result<u64, DbErr> {
        let mut cancelled = 0;
        self.office.renew(self.clock).await?;
        loop {
            let claimed = self.claim(&mut cancelled).await?;
            if claimed == 0 {
                if self.flight.is_over() {
                    // What landed since the claim may have let a younger mail of its thread go.
                    if self.claim(&mut cancelled).await? == 0 {
                        return Ok(cancelled);
                    }
                    continue;
                }
                self.flight.landed.notified().await;
            }
        }
    }

    async fn until_stopped(self, stop: impl Future<Output = ()>) -> u64 {
        let mut cancelled = 0;
        let mut stop = pin!(stop);
        let mut renewal = tokio::time::interval((self.office.settings.lease / 3).max(SHORTEST));
        let mut housekeeping = tokio::time::interval(HOUSEKEEPING);
        for timer in [&mut renewal, &mut housekeeping] {
            timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        }
        loop {
            let claimed = match self.claim(&mut cancelled).await {
                Ok(claimed) => claimed,
                Err(e) => {
                    tracing::error!(error = %e, "the outbox cannot be read");
                    0
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => return cancelled,
                _ = renewal.tick() => if let Err(e) = self.office.renew(self.clock).await {
                    tracing::error!(error = %e, "the lease could not be renewed");
                },
                _ = housekeeping.tick() => if let Err(e) = self.office.mailing.forget_old(self.clock.now()).await {
                    tracing::error!(error = %e, "old contexts could not be blanked");
                },
                () = std::future::ready(()), if claimed > 0 => {}
                () = self.flight.landed.notified() => {}
                () = self.office.mailing.wake.notified() => {}
                () = tokio::time::sleep(IDLE) => {}
            }
        }
    }

    /// Claims as many as the queue has room for; `0` when nothing is due or the crew is busy.
    async fn claim(&self, cancelled: &mut u64) -> Result<usize, DbErr> {
        let (room, now) = (self.jobs.capacity(), self.clock.now());
        let reader = self.office.mailing.db.reader();
        if room == 0 || !rows::is_due(reader, now).await? || parked::find(reader).await?.is_some() {
            return Ok(0);
        }
        let input = (self.office.lease, room, now);
        let (stale, claimed) = write(&self.office.mailing.db, input, claim).await?;
        *cancelled += stale;
        let taken = claimed.len();
        for claimed in claimed {
            let job = Job {
                claimed,
                under_way: self.flight.start(),
            };
            // There is room, and the crew leaves only after the queue is closed.
            let _ = self.jobs.try_send(job);
        }
        Ok(taken)
    }
}

type Input = (i64, usize, Instant);

async fn claim(tx: &DatabaseTransaction, &(lease, room, now): &Input) -> Result<(u64, Vec<Claimed>), DbErr> {
    if parked::find(tx).await?.is_some() {
        return Ok((0, Vec::new()));
    }
    let stale = rows::cancel_stale(tx, now).await?;
    Ok((stale, rows::claim(tx, lease, room, now).await?))
}

impl Office {
    /// Renews the lease and takes over the mails of ended ones (PostgreSQL).
    async fn renew(&self, clock: &Clock) -> Result<(), DbErr> {
        if self.mailing.db.backend() == DbBackend::Postgres {
            self.take_over(Dead::Ended, clock.now()).await?;
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

    async fn give_back(&self, clock: &Clock) -> Result<(), DbErr> {
        let input = (self.lease, clock.now());
        let step = async |tx: &DatabaseTransaction, &(own, now): &(i64, Instant)| {
            rows::release(tx, own, now).await?;
            lease::sweep(tx, Some(own)).await
        };
        write::<_, (), DbErr, _>(&self.mailing.db, input, step).await
    }
}
