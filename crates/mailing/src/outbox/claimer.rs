//! The one who takes mails from the tables and puts them before the crew, never more than it can begin soon.
//!
//! Mails that were promised to one person come first; then the letters that are being sent, in the order in which they were started.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use kernel::clock::Clock;
use kernel::db::write;
use kernel::id::LetterId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};
use tokio::sync::mpsc;
use tokio::time::Instant as Tick;

use super::breaker::Gate;
use super::compose::{ComposeError, LetterMail};
use super::crew::{Job, What};
use super::scribe::Flight;
use super::sender::Office;
use crate::letters::LetterState;
use crate::letters::deliver::{self, Claim};
use crate::store::letter::{self, Sending};
use crate::store::outbox::{self as rows, Claimed};
use crate::store::{delivery, parked};

/// The longest sleep of an idle sender: commands run in another process and cannot wake it.
const IDLE: Duration = Duration::from_secs(1);
/// The shortest time between two renewals of a lease.
const SHORTEST: Duration = Duration::from_millis(100);
/// How often old contexts are blanked and old rows of the sign-up throttle dropped.
const HOUSEKEEPING: Duration = Duration::from_hours(1);
/// How long the words of a letter are kept; the practice's own words in it may change.
const WORDS_KEPT: Duration = Duration::from_secs(30);
/// How long a letter waits whose words could not be made: at the start the practice has not been read yet.
const WORDS_AGAIN: Duration = Duration::from_millis(500);

/// What was settled without being sent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unsent {
    pub cancelled: u64,
    pub withdrawn: u64,
}

pub(super) struct Claimer<'a> {
    office: &'a Arc<Office>,
    clock: &'a Clock,
    flight: &'a Arc<Flight>,
    mails: mpsc::Sender<Job>,
    letters: mpsc::Sender<Job>,
    words: HashMap<LetterId, Words>,
    unsent: Unsent,
}

/// A letter's words, as they were made for all.
struct Words {
    of: Instant,
    made: Tick,
    /// `None`: they could not be made.
    mail: Option<Arc<LetterMail>>,
}

impl<'a> Claimer<'a> {
    pub fn new(
        office: &'a Arc<Office>,
        clock: &'a Clock,
        flight: &'a Arc<Flight>,
        mails: mpsc::Sender<Job>,
        letters: mpsc::Sender<Job>,
    ) -> Self {
        Self {
            office,
            clock,
            flight,
            mails,
            letters,
            words: HashMap::new(),
            unsent: Unsent::default(),
        }
    }

    pub async fn until_nothing_is_due(mut self) -> Result<Unsent, DbErr> {
        self.office.renew(self.clock).await?;
        loop {
            if self.claim().await? > 0 {
                continue;
            }
            if self.flight.is_over() {
                // What landed since the claim may have let a younger mail of its thread go.
                if self.claim().await? == 0 {
                    return Ok(self.unsent);
                }
                continue;
            }
            self.flight.landed.notified().await;
        }
    }

    pub async fn until_stopped(mut self, stop: impl Future<Output = ()>) -> Unsent {
        let mut stop = pin!(stop);
        let mut renewal = tokio::time::interval((self.office.settings.lease / 3).max(SHORTEST));
        let mut housekeeping = tokio::time::interval(HOUSEKEEPING);
        for timer in [&mut renewal, &mut housekeeping] {
            timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        }
        loop {
            let claimed = match self.claim().await {
                Ok(claimed) => claimed,
                Err(e) => {
                    tracing::error!(error = %e, "the outbox cannot be read");
                    0
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => return self.unsent,
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

    /// Claims as many as there is room for; `0` when nothing is due or the crew is busy.
    async fn claim(&mut self) -> Result<u64, DbErr> {
        let db = self.office.mailing.db.reader();
        if parked::find(db).await?.is_some() {
            return Ok(0);
        }
        let most = match self.office.breaker.gate(self.clock.now()) {
            Gate::Free => usize::MAX,
            Gate::Shut => return Ok(0),
            Gate::Probe => return Ok(u64::from(self.office.probe(self.clock.now()).await?)),
            Gate::One if !self.flight.is_over() => return Ok(0),
            Gate::One => 1,
        };
        let mut moved = self.claim_mails(most).await?;
        // Letters are claimed by the half queue: a claim is a commit, and one for each mail would halve what the disk can do.
        if self.letters.capacity() * 2 >= self.letters.max_capacity() {
            for letter in letter::in_state(db, LetterState::Sending).await? {
                if moved >= 1 && most == 1 {
                    break;
                }
                moved += self.claim_letter(letter, most).await?;
            }
        }
        if moved == 0 && most == 1 {
            // Nothing waits, so nothing is in its way.
            self.office.mended().await;
        }
        if moved == 0 {
            for letter in letter::in_state(db, LetterState::Cancelled).await? {
                self.cancel_late(letter.id).await?;
            }
        }
        Ok(moved)
    }

    async fn claim_mails(&mut self, most: usize) -> Result<u64, DbErr> {
        let (room, now) = (self.mails.capacity().min(most), self.clock.now());
        if room == 0 || !rows::is_due(self.office.mailing.db.reader(), now).await? {
            return Ok(0);
        }
        let input = (self.office.lease, room, now);
        let (stale, claimed) = write(&self.office.mailing.db, input, claim).await?;
        self.unsent.cancelled += stale;
        let taken = claimed.len();
        for claimed in claimed {
            self.begin(&self.mails, What::Mail(claimed));
        }
        Ok(count(taken))
    }

    /// Takes deliveries of one letter; when nothing of it waits or is under way any more, it is sent.
    async fn claim_letter(&mut self, letter: Sending, most: usize) -> Result<u64, DbErr> {
        let (room, now) = (self.letters.capacity().min(most), self.clock.now());
        let db = &self.office.mailing.db;
        if room == 0 {
            return Ok(0);
        }
        if !delivery::waits(db.reader(), letter.id, Some(now)).await? {
            if self.flight.is_over() && !delivery::waits(db.reader(), letter.id, None).await? {
                self.end(letter.id, now).await?;
            }
            return Ok(0);
        }
        let Some(words) = self.words_of(letter, now).await? else {
            return Ok(0);
        };
        let claim = Claim {
            mailing: self.office.mailing.clone(),
            letter,
            lease: self.office.lease,
            limit: room,
            now,
        };
        let taken = write::<_, _, DbErr, _>(db, claim, deliver::claim).await?;
        self.unsent.withdrawn += taken.withdrawn;
        let moved = count(taken.deliveries.len()) + taken.withdrawn;
        for taken in taken.deliveries {
            self.begin(&self.letters, What::Delivery(letter.id, taken, words.clone()));
        }
        Ok(moved)
    }

    fn begin(&self, jobs: &mpsc::Sender<Job>, what: What) {
        let under_way = self.flight.start();
        // There is room, and the crew leaves only after the queue is closed.
        let _ = jobs.try_send(Job { what, under_way });
    }

    async fn end(&mut self, letter: LetterId, now: Instant) -> Result<(), DbErr> {
        if write::<_, _, DbErr, _>(&self.office.mailing.db, (letter, now), deliver::end).await? {
            self.words.remove(&letter);
            tracing::info!(%letter, "a letter is sent: every recipient has a final state");
        }
        Ok(())
    }

    /// What was being handed over when its letter was cancelled, and is to be tried again, is not.
    async fn cancel_late(&self, letter: LetterId) -> Result<(), DbErr> {
        let db = &self.office.mailing.db;
        if delivery::waits(db.reader(), letter, None).await? {
            let input = (letter, self.clock.now());
            write::<_, _, DbErr, _>(db, input, deliver::cancel_late).await?;
        }
        Ok(())
    }

    /// The words of a letter, made once and kept for a while. `None`: they cannot be made, and the letter waits.
    async fn words_of(&mut self, letter: Sending, now: Instant) -> Result<Option<Arc<LetterMail>>, DbErr> {
        if let Some(words) = self.words.get(&letter.id)
            && words.of == letter.changed_at
            && words.made.elapsed() < if words.mail.is_some() { WORDS_KEPT } else { WORDS_AGAIN }
        {
            return Ok(words.mail.clone());
        }
        let Some(text) = self.office.mailing.text_of(letter.id, now).await? else {
            return Ok(None);
        };
        let made = catch_unwind(AssertUnwindSafe(|| self.office.compose.letter(&text)));
        let mail = match made.unwrap_or_else(|_| Err(ComposeError("its template panicked".into()))) {
            Ok(mail) => Some(Arc::new(mail)),
            Err(e) => {
                tracing::error!(letter = %letter.id, error = %e, "a letter could not be composed and waits");
                None
            }
        };
        let words = Words {
            of: letter.changed_at,
            made: Tick::now(),
            mail: mail.clone(),
        };
        self.words.insert(letter.id, words);
        Ok(mail)
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

type Input = (i64, usize, Instant);

async fn claim(tx: &DatabaseTransaction, &(lease, room, now): &Input) -> Result<(u64, Vec<Claimed>), DbErr> {
    if parked::find(tx).await?.is_some() {
        return Ok((0, Vec::new()));
    }
    let stale = rows::cancel_stale(tx, now).await?;
    Ok((stale, rows::claim(tx, lease, room, now).await?))
}
