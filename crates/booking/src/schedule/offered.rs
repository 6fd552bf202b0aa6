//! The slots of the practice: the pure engine over what the database holds.

use std::sync::{Arc, OnceLock};

use jiff::SignedDuration;
use kernel::id::{AppointmentId, OfferingId};
use kernel::instant::Instant;
use kernel::zone::Zone;
use sea_orm::{ConnectionTrait, DbErr};

use super::slots::{Asked, Busy, Rules, Slot, WhyNot, slots, why_not};
use crate::appointment::NotBookable;
use crate::practice::file::Setup;
use crate::practice::hours::Hours;
use crate::practice::{Consultant, Mode, Offering, PlaceKind, Practice, Trip};
use crate::{Booking, store};

/// How long a hold that has ended still keeps its slot in a booking's own eyes, for a payment on its way.
pub(crate) const GRACE_MINUTES: i64 = 2;
/// How far around a visit to look: whole local days, because the cap counts them.
pub(crate) const REACH_MINUTES: i64 = 1500;
/// The longest range that may be asked for at once.
pub const MAX_DAYS: i64 = 62;

/// A question for slots.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SlotsAsked {
    /// The offering's slug.
    pub offering: String,
    /// By telehealth or in person.
    pub mode: Mode,
    /// In person: where; the office when it is not said.
    pub place: Option<PlaceKind>,
    /// At home: where that is.
    pub postcode: Option<String>,
    /// Starts from here on.
    pub from: Instant,
    /// And before this instant; at most [`MAX_DAYS`] later.
    pub until: Instant,
}

/// The answer: starts at which a visit can be booked right now.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The practice's zone.
    pub zone: Zone,
    /// Ascending; of several consultants together.
    pub slots: Vec<Slot>,
    written: OnceLock<Arc<[u8]>>,
}

impl Offered {
    pub(crate) fn of(zone: Zone, slots: Vec<Slot>) -> Self {
        Self {
            zone,
            slots,
            written: OnceLock::new(),
        }
    }

    /// The answer as a program reads it: written by the first who asks, for all who are given the same answer.
    pub fn written<E>(&self, write: impl FnOnce(&Self) -> Result<Vec<u8>, E>) -> Result<Arc<[u8]>, E> {
        if let Some(written) = self.written.get() {
            return Ok(written.clone());
        }
        let written = write(self)?.into();
        Ok(self.written.get_or_init(|| written).clone())
    }
}

/// The next free slot of an offering, and how it would be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextFree {
    /// The slot.
    pub slot: Slot,
    /// Its mode.
    pub mode: Mode,
    /// Its place, in person.
    pub place: Option<PlaceKind>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SlotsError {
    /// There is no practice yet.
    #[error("there is no practice yet")]
    NoPractice,
    /// More than [`MAX_DAYS`] days, or a range that ends before it starts.
    #[error("ask for at most 62 days at once")]
    Range,
    /// The offering is not held like this.
    #[error(transparent)]
    NotBookable(NotBookable),
    /// The database failed.
    #[error("the slots could not be read")]
    Database(#[from] DbErr),
}

/// How a visit shall be held, checked against the offering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) mode: Mode,
    pub(crate) trip: Option<Trip>,
}

impl Way {
    /// Checks mode, place and postcode against the offering and the practice's area.
    pub(crate) fn check(
        practice: &Practice,
        offering: &Offering,
        mode: Mode,
        place: Option<PlaceKind>,
        postcode: Option<&str>,
    ) -> Result<Self, NotBookable> {
        if !offering.modes.has(mode) {
            return Err(NotBookable::Mode);
        }
        if mode == Mode::Telehealth {
            return Ok(Self { mode, trip: None });
        }
        let place = place.unwrap_or(PlaceKind::Office);
        if !offering.places.contains(&place) {
            return Err(NotBookable::Place);
        }
        let trip = match place {
            PlaceKind::Office => None,
            PlaceKind::Home => Some(
                practice
                    .trip_to(postcode.unwrap_or_default())
                    .ok_or(NotBookable::OutsideArea)?,
            ),
        };
        Ok(Self { mode, trip })
    }

    /// What the offering asks of a slot when it is held like this.
    pub(crate) fn rules(self, offering: &Offering) -> Rules {
        offering.rules(self.mode, self.trip.map_or(0, |trip| trip.travel_minutes))
    }
}

/// A consultant's side of the question: her hours, and what is in the way.
pub(crate) struct Side {
    pub(crate) consultant: Consultant,
    hours: Hours,
    busy: Vec<Busy>,
    /// How many visits she has in the range that was read.
    pub(crate) visits: usize,
}

impl Side {
    /// Reads what can matter for starts in `[from, until)`; holds that ended before the grace are as good as gone.
    pub(crate) async fn load(
        db: &impl ConnectionTrait,
        consultant: Consultant,
        offering: OfferingId,
        rules: &Rules,
        asked: Asked,
    ) -> Result<Self, DbErr> {
        Self::load_moving(db, consultant, offering, rules, asked, None).await
    }

    /// The same for an appointment that is moved: it does not stand in its own way.
    pub(crate) async fn load_moving(
        db: &impl ConnectionTrait,
        consultant: Consultant,
        offering: OfferingId,
        rules: &Rules,
        asked: Asked,
        moving: Option<AppointmentId>,
    ) -> Result<Self, DbErr> {
        let hours = store::weekly_window::hours(db, consultant.id).await?;
        let reach = REACH_MINUTES + i64::from(rules.duration + rules.buffer_before + rules.buffer_after);
        let (from, until) = (asked.from.plus_minutes(-reach), asked.until.plus_minutes(reach));
        let stale = asked.now.plus_minutes(-GRACE_MINUTES);
        let rows = store::blocking::blocking(db, consultant.id, from, until, stale, moving).await?;
        let mut busy: Vec<Busy> = Vec::with_capacity(rows.len());
        for (start, of, blocked_from, blocked_until) in &rows {
            let counts = (*of == offering).then_some(*start);
            busy.push(Busy {
                from: *blocked_from,
                until: *blocked_until,
                counts,
            });
        }
        busy.extend(time_off(&consultant, &hours));
        let taken = store::source_busy::blocking(db, consultant.id, from, Some(until)).await?;
        busy.extend(taken.into_iter().map(elsewhere));
        Ok(Self {
            consultant,
            hours,
            visits: rows.len(),
            busy,
        })
    }

    pub(crate) fn slots(&self, rules: &Rules, asked: Asked) -> Vec<Slot> {
        slots(&self.consultant.zone, &self.hours, rules, &self.busy, asked)
    }

    pub(crate) fn why_not(&self, rules: &Rules, start: Instant, now: Instant) -> Option<WhyNot> {
        why_not(&self.consultant.zone, &self.hours, rules, &self.busy, start, now)
    }
}

/// When a consultant is away: in the way, without buffers.
pub(crate) fn time_off(consultant: &Consultant, hours: &Hours) -> impl Iterator<Item = Busy> {
    hours.time_off().iter().map(|off| Busy {
        from: consultant.zone.instant(off.from),
        until: consultant.zone.instant(off.until),
        counts: None,
    })
}

/// Time of one of her other calendars: in the way, without buffers of its own.
pub(crate) fn elsewhere((from, until): store::source_busy::Taken) -> Busy {
    Busy {
        from,
        until,
        counts: None,
    }
}

impl Booking {
    /// The starts at which a visit can be booked right now.
    pub async fn slots(&self, asked: &SlotsAsked, now: Instant) -> Result<Arc<Offered>, SlotsError> {
        let length = asked.until - asked.from;
        if length < SignedDuration::ZERO || length > SignedDuration::from_hours(24 * MAX_DAYS) {
            return Err(SlotsError::Range);
        }
        let held = self.held(now).await?;
        if let Some(answer) = held.answered(asked, now) {
            return Ok(answer);
        }
        let (practice, offering) = of_slug(&held.setup, &asked.offering)?;
        let way = Way::check(practice, offering, asked.mode, asked.place, asked.postcode.as_deref());
        let rules = way.map_err(SlotsError::NotBookable)?.rules(offering);
        let range = Asked {
            from: asked.from,
            until: asked.until,
            now,
        };
        let answer = Offered::of(practice.zone.clone(), held.slots(offering, &rules, range));
        Ok(held.answer(asked, &rules, now, answer))
    }

    /// The next free slot of an offering within its horizon: by telehealth or at the office, whichever is sooner.
    pub async fn next_free(&self, offering: &str, now: Instant) -> Result<Option<NextFree>, SlotsError> {
        let held = self.held(now).await?;
        let (practice, offering) = of_slug(&held.setup, offering)?;
        let last = now.plus_minutes((i64::from(offering.horizon_days) + 2) * 1440);
        let mut best: Option<NextFree> = None;
        for mode in offering.modes.iter() {
            let Ok(way) = Way::check(practice, offering, mode, None, None) else {
                continue;
            };
            let rules = way.rules(offering);
            let mut from = now.plus_minutes(i64::from(offering.notice_minutes));
            let until = best.map_or(last, |b| b.slot.start);
            while from < until {
                // A week at a time: the first free one is mostly near.
                let week = Asked {
                    from,
                    until: from.plus_minutes(7 * 1440).min(until),
                    now,
                };
                if let Some(slot) = held.slots(offering, &rules, week).first() {
                    let place = (mode == Mode::InPerson).then_some(PlaceKind::Office);
                    best = Some(NextFree {
                        slot: *slot,
                        mode,
                        place,
                    });
                    break;
                }
                from = week.until;
            }
        }
        Ok(best)
    }
}

/// The practice and the offering of this slug that can be booked.
pub(super) fn of_slug<'a>(setup: &'a Setup, slug: &str) -> Result<(&'a Practice, &'a Offering), SlotsError> {
    let practice = setup.practice.as_ref().ok_or(SlotsError::NoPractice)?;
    let offering = setup.offering(slug);
    let offering = offering.ok_or(SlotsError::NotBookable(NotBookable::UnknownOffering))?;
    Ok((practice, offering))
}
