//! What public pages ask of the schedule, read once for all who ask: hours, and what is in the way from now on.
//!
//! It is kept for as long as nothing is committed ([`Kept`](kernel::db::Kept)) and costs the same whatever lies in the past. A booking never
//! trusts it: the transaction that books reads for itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::instant::Instant;
use sea_orm::DbErr;

use super::offered::{GRACE_MINUTES, Offered, REACH_MINUTES, SlotsAsked, elsewhere, time_off};
use super::slots::{Asked, Busy, Rules, Slot, slots};
use crate::calendar::busy::together;
use crate::practice::Offering;
use crate::practice::file::Setup;
use crate::store::appointment::LONGEST;
use crate::{Booking, store};

/// All consultants' days from a moment on.
#[derive(Debug)]
pub(crate) struct Held {
    /// The practice at that time.
    pub(crate) setup: Arc<Setup>,
    /// Questions of earlier moments need more than was read.
    read_at: Instant,
    /// One for each consultant of the setup, in its order.
    diaries: Vec<Diary>,
    answers: Mutex<HashMap<SlotsAsked, Answer>>,
}

/// How many answers are kept beside what they were computed from: the pages ask for the same few weeks, programs for whatever they like.
const ANSWERS: usize = 256;

/// What was answered to a question, and in which moments it is still the answer.
#[derive(Debug)]
struct Answer {
    from: Instant,
    until: Instant,
    offered: Arc<Offered>,
}

#[derive(Debug)]
struct Diary {
    /// Ascending by the first blocked instant.
    visits: Vec<store::blocking::Held>,
    off: Vec<Busy>,
    /// What her other calendars take: ascending, merged.
    elsewhere: Vec<store::source_busy::Taken>,
}

impl Booking {
    /// All consultants' days as of `now`.
    pub(crate) async fn held(&self, now: Instant) -> Result<Arc<Held>, DbErr> {
        let db = &self.0.db;
        let fits = |held: &Held| held.read_at <= now;
        self.0.held.get(db, fits, async || self.read_held(now).await).await
    }

    async fn read_held(&self, now: Instant) -> Result<Held, DbErr> {
        let setup = self.setup().await?;
        // A visit's own reach, and the whole of a local day for its cap.
        let from = now.plus_minutes(-REACH_MINUTES - 3 * LONGEST);
        let mut diaries = Vec::with_capacity(setup.consultants.len());
        for (consultant, hours) in &setup.consultants {
            diaries.push(Diary {
                visits: store::blocking::held(self.0.db.reader(), consultant.id, from).await?,
                off: time_off(consultant, hours).collect(),
                elsewhere: together(store::source_busy::blocking(self.0.db.reader(), consultant.id, from, None).await?),
            });
        }
        Ok(Held {
            setup,
            read_at: now,
            diaries,
            answers: Mutex::default(),
        })
    }
}

impl Held {
    /// The slots of an offering, of all consultants together, ascending.
    pub(crate) fn slots(&self, offering: &Offering, rules: &Rules, asked: Asked) -> Vec<Slot> {
        let mut all = Vec::new();
        for ((consultant, hours), diary) in self.setup.consultants.iter().zip(&self.diaries) {
            let busy = diary.busy(offering, rules, asked);
            let found = slots(&consultant.zone, hours, rules, &busy, asked);
            if all.is_empty() {
                all = found;
            } else {
                all.extend(found);
            }
        }
        if self.diaries.len() > 1 {
            all.sort_unstable();
            all.dedup();
        }
        all
    }

    /// What was answered to the same question, if nothing of it has changed by `now`.
    pub(crate) fn answered(&self, asked: &SlotsAsked, now: Instant) -> Option<Arc<Offered>> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answers.get(asked)?;
        (answer.from <= now && now < answer.until).then(|| answer.offered.clone())
    }

    /// Keeps the answer of `now` until time itself changes it.
    pub(crate) fn answer(&self, asked: &SlotsAsked, rules: &Rules, now: Instant, offered: Offered) -> Arc<Offered> {
        let (until, offered) = (self.changes(rules, now, &offered.slots), Arc::new(offered));
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= ANSWERS && !answers.contains_key(asked) {
            answers.clear();
        }
        let answer = Answer {
            from: now,
            until,
            offered: offered.clone(),
        };
        answers.insert(asked.clone(), answer);
        offered
    }

    /// When these slots stop being the answer though nobody wrote: the first of them is too near, a day comes within the horizon, or a hold ends.
    fn changes(&self, rules: &Rules, now: Instant, slots: &[Slot]) -> Instant {
        let too_near = slots.first().map(|slot| rules.too_near_at(slot.start));
        let midnights = self.setup.consultants.iter().filter_map(|(consultant, _)| {
            let zone = &consultant.zone;
            Some(zone.start_of_day(zone.date(now).tomorrow().ok()?))
        });
        let holds = self.diaries.iter().flat_map(|diary| &diary.visits);
        let ends = holds.filter_map(|visit| Some(visit.4?.plus_minutes(GRACE_MINUTES)));
        let next = ends.chain(midnights).filter(|at| *at > now);
        too_near.into_iter().chain(next).min().unwrap_or(now)
    }
}

impl Diary {
    /// What can matter to starts in the range asked for; holds that ended before the grace are as good as gone.
    fn busy(&self, offering: &Offering, rules: &Rules, asked: Asked) -> Vec<Busy> {
        let reach = REACH_MINUTES + i64::from(rules.duration + rules.buffer_before + rules.buffer_after);
        let (from, until) = (asked.from.plus_minutes(-reach), asked.until.plus_minutes(reach));
        let stale = asked.now.plus_minutes(-GRACE_MINUTES);
        let near = self.visits.partition_point(|v| v.2 <= from.plus_minutes(-LONGEST));
        let visits = self.visits[near..].iter().take_while(|v| v.2 < until);
        let mut busy: Vec<Busy> = visits
            .filter(|v| v.3 > from && v.4.is_none_or(|ends| ends > stale))
            .map(|(start, of, from, until, _)| Busy {
                from: *from,
                until: *until,
                counts: (*of == offering.id).then_some(*start),
            })
            .collect();
        busy.extend(self.off.iter().filter(|off| off.from < until && off.until > from));
        let near = self.elsewhere.partition_point(|taken| taken.1 <= from);
        let there = self.elsewhere[near..].iter().take_while(|taken| taken.0 < until);
        busy.extend(there.copied().map(elsewhere));
        busy
    }
}
