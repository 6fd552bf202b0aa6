//! Reminders: when they are due, which is pure, and the reconciler that has them written.
//!
//! A visit keeps two instants: when it is looked at next, and since when its reminders count. Booking, confirming and moving only set
//! both to now; what is due follows here, from the visit as it is then and from its offering's reminders as they are then. So nothing
//! has to be recomputed elsewhere, and a reminder that was turned on a moment ago mails nobody for a moment that has passed.
//!
//! The questions that a visit asks, when they are not answered, are asked for once, a day before: by a reminder that is due then, else in
//! a mail of their own.

use jiff::SignedDuration;
use jiff::civil::Time;
use kernel::db::write;
use kernel::id::OfferingId;
use kernel::instant::Instant;
use kernel::zone::Zone;
use sea_orm::{DatabaseTransaction, DbErr};

use super::facts::AppointmentFacts;
use super::intake::IntakeState;
use super::lifecycle::{Party, State};
use super::notice::{Notice, NoticeKind};
use super::save_intake;
use super::view::Lookups;
use crate::Booking;
use crate::store::{self, appointment::Model};

/// How late a reminder may still leave; after an outage that was longer it is left out, and with this the one of the evening before
/// has left when the quiet hours begin.
pub const LATE_MINUTES: i64 = 30;
/// A reminder that was put forward is left out when another of the same visit is as near as that.
const APART: SignedDuration = SignedDuration::from_hours(6);
/// The quiet hours: from 9 in the evening …
const NIGHT: Time = Time::constant(21, 0, 0, 0);
/// … to 7 in the morning.
const MORNING: Time = Time::constant(7, 0, 0, 0);
/// When a reminder goes that would be due within them: on the evening before.
const EVENING: Time = Time::constant(20, 30, 0, 0);
/// So long before the start an intake that is not there is asked for, whatever the reminders of the offering.
const ASK_MINUTES: u32 = 24 * 60;
/// The history's word for that.
const ASKED: &str = "intake_asked";
/// How many at most in one transaction.
const AT_ONCE: u64 = 100;

/// A reminder of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The minutes before the start that its offering names: which of its reminders it is.
    pub minutes: u32,
    /// When it goes, UTC.
    pub at: Instant,
}

/// The reminders of a visit that starts at `starts`, ascending: those of its offering (`minutes` before the start) that are due after
/// `since`. In `quiet`, the parent's zone, one due between 21:00 and 7:00 goes at 20:30 before, or not at all when that is not after
/// `since` or within 6 hours of another.
///
/// ```
/// use booking::appointment::reminders::due;
///
/// let zone: kernel::zone::Zone = "America/New_York".parse()?;
/// let at = |text: &str| text.parse().unwrap();
/// let (start, booked) = (at("2026-03-12T08:00:00-04:00"), at("2026-03-09T12:00:00-04:00"));
/// let due = due(start, &[1440, 120], booked, Some(&zone));
/// let moments: Vec<_> = due.iter().map(|r| zone.civil(r.at).to_string()).collect();
/// assert_eq!(moments, ["2026-03-11T08:00:00", "2026-03-11T20:30:00"], "two hours before would be at 6 in the morning");
/// # Ok::<(), kernel::zone::NoSuchZone>(())
/// ```
pub fn due(starts: Instant, minutes: &[u32], since: Instant, quiet: Option<&Zone>) -> Vec<Reminder> {
    let (mut kept, mut forward) = (Vec::new(), Vec::new());
    for &minutes in minutes {
        let at = starts.plus_minutes(-i64::from(minutes));
        match quiet.and_then(|zone| evening_before(at, zone)) {
            Some(at) => forward.push(Reminder { minutes, at }),
            None => kept.push(Reminder { minutes, at }),
        }
    }
    kept.retain(|r| r.at > since);
    forward.retain(|r| r.at > since);
    forward.sort_by_key(|r| (r.at, std::cmp::Reverse(r.minutes)));
    for reminder in forward {
        if kept.iter().all(|other| (other.at - reminder.at).abs() > APART) {
            kept.push(reminder);
        }
    }
    kept.sort_by_key(|r| (r.at, std::cmp::Reverse(r.minutes)));
    kept
}

/// The evening before a moment of the quiet hours; `None` for one of the day. An evening that a zone has left out counts as none.
fn evening_before(at: Instant, zone: &Zone) -> Option<Instant> {
    let civil = zone.civil(at);
    let mut date = match civil.time() {
        time if time >= NIGHT => civil.date(),
        time if time < MORNING => civil.date().yesterday().ok()?,
        _ => return None,
    };
    loop {
        let evening = date.to_datetime(EVENING);
        let there = zone.instant(evening);
        if zone.civil(there) == evening {
            return Some(there);
        }
        date = date.yesterday().ok()?;
    }
}

impl Booking {
    /// Has the reminders written whose moment has come; says how many. Safe to run twice, in two instances.
    ///
    /// Of several that are due at once the last one says all. One whose moment passed more than [`LATE_MINUTES`] ago, or whose visit
    /// has begun, is left out.
    pub async fn remind_due(&self, now: Instant) -> Result<u64, DbErr> {
        let mut all = 0;
        loop {
            let (found, done) = write(&self.0.db, (self.clone(), now), async |tx, (booking, now)| {
                remind_some(tx, booking, *now).await
            })
            .await?;
            all += done;
            if found < AT_ONCE {
                return Ok(all);
            }
        }
    }
}

async fn remind_some(tx: &DatabaseTransaction, booking: &Booking, now: Instant) -> Result<(u64, u64), DbErr> {
    let rows = store::reminding::to_remind(tx, now, AT_ONCE).await?;
    if rows.is_empty() {
        return Ok((0, 0));
    }
    // After the rows are locked: whoever changes an offering's reminders touches its visits' rows.
    let lookups = Lookups::load(tx, &rows).await?;
    let silent = store::family::silenced(tx, rows.iter().map(|r| r.family_id).collect()).await?;
    let mut done = 0;
    for row in &rows {
        let (reminders, asking) = if row.state()? == State::Confirmed && !silent.contains(&row.family_id) {
            let minutes = lookups.reminder_minutes(row)?;
            (planned(booking, row, minutes)?, planned(booking, row, &[ASK_MINUTES])?)
        } else {
            (Vec::new(), Vec::new())
        };
        let moments = reminders.iter().chain(&asking).map(|r| r.at);
        let next = moments.filter(|at| *at > now).min();
        if !store::reminding::look_again(tx, row, next).await? {
            continue;
        }
        let leaves = |due: &Reminder| Some((due.minutes, leaves_until(due, row, now)?));
        let reminder = reminders.iter().rfind(|r| r.at <= now).and_then(leaves);
        let asking = asking.iter().find(|r| r.at <= now).and_then(leaves);
        if reminder.is_none() && asking.is_none() {
            continue;
        }
        let facts = lookups.facts(row)?;
        let asks = asking.is_some() && is_not_there(tx, &facts).await? && asked_first(tx, booking, row, now).await?;
        let kind = match (reminder, asking) {
            (Some((minutes, until)), _) => NoticeKind::Reminder { minutes, until, asks },
            (None, Some((_, until))) if asks => NoticeKind::IntakeAsked { until },
            _ => continue,
        };
        booking.0.notices.notify(tx, &Notice { kind, facts }, now).await?;
        done += 1;
    }
    Ok((rows.len() as u64, done))
}

/// Writes down that the open questions are asked for; `false` when they were before. Once, however often a visit is moved.
async fn asked_first(tx: &DatabaseTransaction, booking: &Booking, row: &Model, now: Instant) -> Result<bool, DbErr> {
    if store::history::has(tx, row.id, ASKED).await? {
        return Ok(false);
    }
    let line = store::history::Line {
        appointment: row.id,
        event: ASKED,
        who: Party::Program,
        login: None,
        facts: serde_json::json!({}),
    };
    store::history::add(tx, line, now, &booking.0.chance).await?;
    Ok(true)
}

/// Until when one that is due may leave; `None` when that is past.
fn leaves_until(due: &Reminder, row: &Model, now: Instant) -> Option<Instant> {
    let until = due.at.plus_minutes(LATE_MINUTES).min(row.starts_at);
    (now < until).then_some(until)
}

async fn is_not_there(tx: &DatabaseTransaction, facts: &AppointmentFacts) -> Result<bool, DbErr> {
    let states = save_intake::states(tx, &[facts]).await?;
    let state = states.get(&facts.id);
    Ok(matches!(state, Some(IntakeState::Missing(_) | IntakeState::Untouched)))
}

fn planned(booking: &Booking, row: &Model, minutes: &[u32]) -> Result<Vec<Reminder>, DbErr> {
    let zone = booking.0.settings.limits.then(|| row.parent_zone.parse());
    let zone: Option<Zone> = zone.transpose().map_err(store::corrupt)?;
    Ok(due(row.starts_at, minutes, row.remind_since, zone.as_ref()))
}

/// Another definition of an offering's reminders is about to be written: what is due by the old one is said, and of its visits only
/// moments after `now` count from here on.
pub(crate) async fn redefine(
    tx: &DatabaseTransaction,
    booking: &Booking,
    offering: OfferingId,
    now: Instant,
) -> Result<(), DbErr> {
    while remind_some(tx, booking, now).await?.0 == AT_ONCE {}
    store::reminding::remind_anew(tx, store::reminding::Whose::Offering(offering), now).await
}

#[cfg(test)]
mod tests;
