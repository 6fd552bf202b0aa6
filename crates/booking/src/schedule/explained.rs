//! Why starts are not offered, over what the database holds: for each of them every consultant's reasons.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use kernel::instant::Instant;
use kernel::zone::Zone;
use sea_orm::{ConnectionTrait, DbErr};

use super::explain::{InTheWay, Kind, Why, explain, explain_one};
use super::offered::{
    GRACE_MINUTES, MAX_DAYS, REACH_MINUTES, SlotsAsked, SlotsError, Way, elsewhere, of_slug, time_off,
};
use super::slots::{Asked, Busy, Rules, Slot, slots};
use crate::practice::hours::Hours;
use crate::practice::{Consultant, Offering};
use crate::{Booking, store};

/// Slots, and every start of the grid beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The practice's zone.
    pub zone: Zone,
    /// Ascending; of several consultants together.
    pub slots: Vec<Slot>,
    /// Ascending; starts that nobody offers.
    pub not_offered: Vec<NotOffered>,
}

/// A start that nobody offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOffered {
    /// The start.
    pub start: Instant,
    /// The reasons of every consultant whose grid has it, at least one, in their order.
    pub of: Vec<Reasons>,
}

/// Why one consultant does not offer a start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons {
    /// Who.
    pub consultant: Consultant,
    /// Why.
    pub why: Why,
}

/// A consultant's hours, and what may stand in the way of them.
struct Ground {
    consultant: Consultant,
    hours: Hours,
    in_the_way: Vec<InTheWay>,
}

impl Ground {
    async fn load(
        db: &impl ConnectionTrait,
        consultant: Consultant,
        offering: &Offering,
        rules: &Rules,
        asked: Asked,
    ) -> Result<Self, DbErr> {
        let hours = store::weekly_window::hours(db, consultant.id).await?;
        let reach = REACH_MINUTES + i64::from(rules.duration + rules.buffer_before + rules.buffer_after);
        let (from, until) = (asked.from.plus_minutes(-reach), asked.until.plus_minutes(reach));
        let stale = asked.now.plus_minutes(-GRACE_MINUTES);
        let mut in_the_way = Vec::new();
        for row in store::blocking::standing(db, consultant.id, from, until, stale).await? {
            in_the_way.push(InTheWay {
                kind: Kind::Appointment,
                itself: (row.starts_at, row.ends_at),
                busy: Busy {
                    from: row.blocked_from,
                    until: row.blocked_until,
                    counts: (row.offering_id == offering.id).then_some(row.starts_at),
                },
            });
        }
        in_the_way.extend(time_off(&consultant, &hours).map(|busy| InTheWay {
            kind: Kind::TimeOff,
            itself: (busy.from, busy.until),
            busy,
        }));
        let taken = store::source_busy::blocking(db, consultant.id, from, Some(until)).await?;
        in_the_way.extend(taken.into_iter().map(|taken| InTheWay {
            kind: Kind::Busy,
            itself: taken,
            busy: elsewhere(taken),
        }));
        Ok(Self {
            consultant,
            hours,
            in_the_way,
        })
    }

    fn slots(&self, rules: &Rules, asked: Asked) -> Vec<Slot> {
        let busy: Vec<Busy> = self.in_the_way.iter().map(|one| one.busy).collect();
        slots(&self.consultant.zone, &self.hours, rules, &busy, asked)
    }

    fn explain(&self, rules: &Rules, asked: Asked) -> Vec<(Instant, Why)> {
        explain(&self.consultant.zone, &self.hours, rules, &self.in_the_way, asked)
    }

    fn explain_one(&self, rules: &Rules, start: Instant, now: Instant) -> Option<Why> {
        explain_one(&self.consultant.zone, &self.hours, rules, &self.in_the_way, start, now)
    }
}

impl Booking {
    /// The slots of the range asked for, and every start of the grid that is none, from one look at the database.
    pub async fn explain_slots(&self, asked: &SlotsAsked, now: Instant) -> Result<Explained, SlotsError> {
        let length = asked.until - asked.from;
        if length < SignedDuration::ZERO || length > SignedDuration::from_hours(24 * MAX_DAYS) {
            return Err(SlotsError::Range);
        }
        let range = Asked {
            from: asked.from,
            until: asked.until,
            now,
        };
        let (zone, rules, grounds) = self.grounds(asked, range).await?;
        let mut offered = BTreeSet::new();
        let mut not: BTreeMap<Instant, Vec<Reasons>> = BTreeMap::new();
        for ground in &grounds {
            offered.extend(ground.slots(&rules, range));
            for (start, why) in ground.explain(&rules, range) {
                let consultant = ground.consultant.clone();
                not.entry(start).or_default().push(Reasons { consultant, why });
            }
        }
        for slot in &offered {
            not.remove(&slot.start);
        }
        Ok(Explained {
            zone,
            slots: offered.into_iter().collect(),
            not_offered: not.into_iter().map(|(start, of)| NotOffered { start, of }).collect(),
        })
    }

    /// Why nobody offers the start `asked.from`, on the grid or not; `None` when somebody does.
    pub async fn why_not_offered(&self, asked: &SlotsAsked, now: Instant) -> Result<Option<NotOffered>, SlotsError> {
        let start = asked.from;
        let until = start + SignedDuration::from_micros(1);
        let from = start;
        let (_, rules, grounds) = self.grounds(asked, Asked { from, until, now }).await?;
        let mut of = Vec::new();
        for ground in grounds {
            let Some(why) = ground.explain_one(&rules, start, now) else {
                return Ok(None);
            };
            let consultant = ground.consultant;
            of.push(Reasons { consultant, why });
        }
        Ok(Some(NotOffered { start, of }))
    }

    async fn grounds(&self, asked: &SlotsAsked, range: Asked) -> Result<(Zone, Rules, Vec<Ground>), SlotsError> {
        let setup = self.setup().await?;
        let (practice, offering) = of_slug(&setup, &asked.offering)?;
        let way = Way::check(practice, offering, asked.mode, asked.place, asked.postcode.as_deref());
        let rules = way.map_err(SlotsError::NotBookable)?.rules(offering);
        let db = self.0.db.reader();
        let mut grounds = Vec::new();
        for consultant in store::consultant::all(db).await? {
            grounds.push(Ground::load(db, consultant, offering, &rules, range).await?);
        }
        Ok((practice.zone.clone(), rules, grounds))
    }
}
