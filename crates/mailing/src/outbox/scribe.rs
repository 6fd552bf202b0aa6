//! The one writer of a sender: it marks and records for all workers, and what queued up during a commit is its next group.
//!
//! A worker's last result and its next mark come as one turn, so that no worker ever has two mails marked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kernel::clock::Clock;
use kernel::db::{Db, write};
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use tokio::sync::{Notify, mpsc, oneshot};

use super::bounce::effect;
use super::protocol::{Next, State};
use super::sender::Tally;
use super::ticket::Ticket;
use crate::Mailing;
use crate::store::rows::{self, Step};

/// What a worker tells the scribe.
pub(super) struct Turn {
    /// The answer to its last mail.
    pub done: Option<Done>,
    /// The mail it will hand over next, and where to say whether the row is marked.
    pub mark: Option<(Ticket, oneshot::Sender<bool>)>,
}

/// An answer to be recorded.
pub(super) struct Done {
    pub ticket: Ticket,
    pub next: Next,
    pub under_way: UnderWay,
}

/// One claimed mail that is not settled yet; dropping it tells the claimer.
pub(super) struct UnderWay(Arc<Flight>);

/// How many claimed mails are not settled yet.
#[derive(Default)]
pub(super) struct Flight {
    count: AtomicUsize,
    pub landed: Notify,
}

impl Flight {
    pub fn start(self: &Arc<Self>) -> UnderWay {
        self.count.fetch_add(1, Ordering::SeqCst);
        UnderWay(self.clone())
    }

    pub fn is_over(&self) -> bool {
        self.count.load(Ordering::SeqCst) == 0
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::SeqCst);
        self.0.landed.notify_one();
    }
}

/// One group as one write.
#[derive(Clone)]
struct Group {
    mailing: Mailing,
    lease: i64,
    now: Instant,
    /// Accepted mails and marks: one statement moves all of them one state on.
    step: Vec<Ticket>,
    settle: Vec<(Ticket, Next)>,
}

/// Which rows of a group were still ours.
struct Written {
    stepped: Vec<Ticket>,
    settled: Vec<Ticket>,
}

/// Writes until every worker has gone. A database that fails is asked again until it answers: an answer that was received is recorded.
pub(super) async fn scribe(mailing: Mailing, lease: i64, clock: Clock, mut turns: mpsc::Receiver<Turn>) -> Tally {
    let mut tally = Tally::default();
    while let Some(first) = turns.recv().await {
        let mut group = vec![first];
        while let Ok(turn) = turns.try_recv() {
            group.push(turn);
        }
        let (mut done, mut marks) = (Vec::new(), Vec::new());
        for turn in group {
            done.extend(turn.done);
            marks.extend(turn.mark);
        }
        let accepted = done.iter().filter(|d| d.next == Next::Sent).map(|d| d.ticket);
        let others = done.iter().filter(|d| d.next != Next::Sent);
        let group = Group {
            mailing: mailing.clone(),
            lease,
            now: clock.now(),
            step: accepted.chain(marks.iter().map(|(ticket, _)| *ticket)).collect(),
            settle: others.map(|d| (d.ticket, d.next.clone())).collect(),
        };
        let written = until_written(&mailing.db, group).await;
        for (ticket, go) in marks {
            // A worker that has gone meanwhile sends nothing; its row is found in *handing over* and follows the rule.
            let _ = go.send(written.stepped.contains(&ticket));
        }
        for Done {
            ticket,
            next,
            under_way,
        } in done
        {
            if written.stepped.contains(&ticket) || written.settled.contains(&ticket) {
                tally.count(&next);
            } else {
                tracing::warn!(mail = %ticket.mail(), "an answer came after the mail had left this lease");
            }
            drop(under_way);
        }
    }
    tally
}

async fn until_written(db: &Db, group: Group) -> Written {
    let mut pause = Duration::from_millis(50);
    let step = Step::of(db.backend(), group.lease, &group.step, group.now);
    loop {
        // The usual case is one statement, which is a write by itself.
        let alone = if group.settle.is_empty() {
            step.alone(db).await
        } else {
            None
        };
        let written = match alone {
            Some(stepped) => stepped.map(|stepped| Written {
                stepped,
                settled: Vec::new(),
            }),
            None => write(db, group.clone(), record).await,
        };
        match written {
            Ok(written) => return written,
            Err(e) => {
                tracing::error!(error = %e, "the outbox cannot be written, trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(2));
            }
        }
    }
}

async fn record(tx: &DatabaseTransaction, group: &Group) -> Result<Written, DbErr> {
    let step = Step::of(
        ConnectionTrait::get_database_backend(tx),
        group.lease,
        &group.step,
        group.now,
    );
    let stepped = step.run(tx).await?;
    let mut settled = Vec::new();
    for (ticket, next) in &group.settle {
        if !rows::settle(tx, group.lease, *ticket, next, group.now).await? {
            continue;
        }
        settled.push(*ticket);
        if let Next::Settled {
            state: State::Bounced,
            gone,
            ..
        } = next
        {
            effect::refused_at_once(tx, &group.mailing, *ticket, *gone, group.now).await?;
        }
    }
    Ok(Written { stepped, settled })
}

impl Tally {
    fn count(&mut self, next: &Next) {
        match next {
            Next::Sent => self.sent += 1,
            Next::Wait { .. } | Next::Back { .. } => self.retried += 1,
            Next::Settled {
                state: State::Bounced, ..
            } => self.bounced += 1,
            Next::Settled { .. } => self.uncertain += 1,
        }
    }
}
