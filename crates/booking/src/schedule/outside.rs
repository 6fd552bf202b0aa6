//! Coming visits that do not lie in the hours: they stay, and she is told of them.

use kernel::id::{AppointmentId, ConsultantId};
use kernel::instant::Instant;
use kernel::zone::Zone;
use sea_orm::DbErr;

use super::wall::Wall;
use super::windows::open;
use crate::practice::Mode;
use crate::practice::hours::Hours;
use crate::{Booking, store};

/// A coming visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComingVisit {
    /// Its row.
    pub id: AppointmentId,
    /// When it starts.
    pub starts: Instant,
    /// When it ends.
    pub ends: Instant,
    /// How it is held.
    pub mode: Mode,
    /// Whom it is with.
    pub parent_name: String,
}

/// Those of these visits, ascending by start, that lie not wholly in her hours for their mode, or in time off.
pub fn outside(zone: &Zone, hours: &Hours, visits: Vec<ComingVisit>) -> Vec<ComingVisit> {
    let (Some(first), Some(last)) = (visits.first(), visits.last()) else {
        return Vec::new();
    };
    let (from, until) = (first.starts.plus_minutes(-3 * 1440), last.starts.plus_minutes(3 * 1440));
    let wall = Wall::new(zone, from, until);
    let of = |mode| open(hours, &wall, Some(mode), zone.date(from), zone.date(until));
    let (telehealth, in_person) = (of(Mode::Telehealth), of(Mode::InPerson));
    let off = hours.time_off().iter();
    let off: Vec<_> = off
        .map(|off| (zone.instant(off.from), zone.instant(off.until)))
        .collect();
    let lies_outside = |visit: &ComingVisit| {
        let windows = match visit.mode {
            Mode::Telehealth => &telehealth,
            Mode::InPerson => &in_person,
        };
        let away = off
            .iter()
            .any(|(from, until)| *from < visit.ends && visit.starts < *until);
        away || !windows.iter().any(|w| w.from <= visit.starts && visit.ends <= w.until)
    };
    visits.into_iter().filter(lies_outside).collect()
}

impl Booking {
    /// A consultant's coming visits that lie outside her hours, ascending.
    pub async fn outside_hours(&self, of: ConsultantId, now: Instant) -> Result<Vec<ComingVisit>, DbErr> {
        let db = self.0.db.reader();
        let Some(consultant) = store::consultant::all(db).await?.into_iter().find(|c| c.id == of) else {
            return Ok(Vec::new());
        };
        let hours = store::weekly_window::hours(db, of).await?;
        let visits = store::appointment::coming_with(db, of, now).await?;
        Ok(outside(&consultant.zone, &hours, visits))
    }
}
