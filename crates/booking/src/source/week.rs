//! What her other calendars take of the coming days: each time with whose it is, and how much of her hours it costs.

use jiff::civil::Date;
use kernel::id::{ConsultantId, SourceId};
use kernel::instant::Instant;
use kernel::zone::Zone;
use sea_orm::DbErr;

use crate::practice::hours::Hours;
use crate::schedule::wall::Wall;
use crate::schedule::windows::{Open, open};
use crate::{Booking, store};

/// One day of hers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusyDay {
    /// Which, in her zone.
    pub date: Date,
    /// Whether she has hours then.
    pub open: bool,
    /// Ascending; times of different calendars may overlap.
    pub times: Vec<BusyTime>,
}

/// Time that a calendar takes, as far as it lies on that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusyTime {
    /// Which calendar.
    pub source: SourceId,
    /// Since when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// Whether any of it lies in her hours.
    pub in_hours: bool,
}

impl Booking {
    /// The days from `first` on, `days` of them, with what each of a consultant's calendars takes, the ignored ones among them.
    pub async fn busy_days(&self, of: ConsultantId, first: Date, days: u8) -> Result<Vec<BusyDay>, DbErr> {
        let db = self.0.db.reader();
        let Some(consultant) = store::consultant::all(db).await?.into_iter().find(|c| c.id == of) else {
            return Ok(Vec::new());
        };
        let zone = &consultant.zone;
        let last = first.saturating_add(jiff::Span::new().days(days));
        let (from, until) = (zone.start_of_day(first), zone.start_of_day(last));
        let mut taken = Vec::new();
        for source in store::source::of(db, of).await? {
            let times = store::source_busy::of(db, source.id, from, until).await?;
            taken.extend(times.into_iter().map(|(start, end)| (start, end, source.id)));
        }
        taken.sort_unstable();
        let hours = store::weekly_window::hours(db, of).await?;
        Ok(week(zone, &hours, &taken, (first, last)))
    }
}

/// Pure: `taken` ascending, the last date not included.
fn week(
    zone: &Zone,
    hours: &Hours,
    taken: &[(Instant, Instant, SourceId)],
    (first, last): (Date, Date),
) -> Vec<BusyDay> {
    let (from, until) = (zone.start_of_day(first), zone.start_of_day(last));
    let wall = Wall::new(zone, from, until);
    let windows: Vec<Open> = open(hours, &wall, None, first, last);
    let dates = first.series(jiff::Span::new().days(1)).take_while(|date| *date < last);
    let day = |date: Date| {
        let next = date.tomorrow().unwrap_or(date);
        let (from, until) = (zone.start_of_day(date), zone.start_of_day(next));
        let of_day = taken.iter().filter(|(start, end, _)| *start < until && *end > from);
        let times = of_day.map(|&(start, end, source)| {
            let (from, until) = (start.max(from), end.min(until));
            BusyTime {
                source,
                from,
                until,
                in_hours: windows.iter().any(|w| w.from < until && from < w.until),
            }
        });
        BusyDay {
            date,
            open: windows.iter().any(|w| w.from < until && from < w.until),
            times: times.collect(),
        }
    };
    dates.map(day).collect()
}
