//! Changing a consultant's hours at the desk: one weekday, one date, or one stretch of time off at a time.
//!
//! Visits that are booked stay where they are, inside the new hours or not.

use jiff::civil::{Date, DateTime};
use kernel::db::{claim, write};
use kernel::id::ConsultantId;
use sea_orm::{DatabaseTransaction, DbErr};

use super::hours::{Hours, TimeOff, Window, overlapping};
use crate::{Booking, store};

/// One change. Dates and times are those of the consultant's wall clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoursChange {
    /// The windows of a weekday, 0 for Monday to 6 for Sunday; none: closed.
    Weekday(usize, Vec<Window>),
    /// A date gets windows of its own; none: closed.
    Date {
        /// The date they belonged to before, when they are moved or changed.
        was: Option<Date>,
        /// The date they belong to.
        date: Date,
        /// Its windows.
        windows: Vec<Window>,
    },
    /// A date has the windows of its weekday again.
    ForgetDate(Date),
    /// She is away.
    TimeOff {
        /// When it began before, when it is changed.
        was: Option<DateTime>,
        /// From when until when.
        off: TimeOff,
    },
    /// She is not away: the time off that begins then is given up.
    ForgetTimeOff(DateTime),
}

/// Why the hours were not changed; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeHoursError {
    /// There is no such consultant.
    #[error("there is no such consultant")]
    NoConsultant,
    /// Two windows of one day share a moment.
    #[error("the windows {0} and {1} overlap")]
    Overlap(Window, Window),
    /// The date has windows of its own already.
    #[error("{0} has hours of its own already")]
    DateTaken(Date),
    /// Time off that does not end after its start.
    #[error("the time off does not end after its start")]
    Backwards,
    /// Another time off begins at the same moment.
    #[error("another time off begins then")]
    SameStart(TimeOff),
    /// The database failed.
    #[error("the hours could not be changed")]
    Database(#[from] DbErr),
}

impl Booking {
    /// A consultant's hours.
    pub async fn hours(&self, of: ConsultantId) -> Result<Hours, DbErr> {
        store::weekly_window::hours(self.0.db.reader(), of).await
    }

    /// Changes a consultant's hours, and says whether that made a difference. Slots follow at once.
    pub async fn change_hours(&self, of: ConsultantId, change: HoursChange) -> Result<bool, ChangeHoursError> {
        write(&self.0.db, (of, change), save).await
    }
}

async fn save(tx: &DatabaseTransaction, (of, change): &(ConsultantId, HoursChange)) -> Result<bool, ChangeHoursError> {
    // The same claim as the practice file's: two changes do not overwrite each other.
    claim(tx, &["practice".to_owned()]).await?;
    if !store::consultant::all(tx).await?.iter().any(|c| c.id == *of) {
        return Err(ChangeHoursError::NoConsultant);
    }
    let before = store::weekly_window::hours(tx, *of).await?;
    let mut after = before.clone();
    apply(&mut after, change)?;
    if after == before {
        return Ok(false);
    }
    store::weekly_window::replace(tx, *of, &after).await?;
    Ok(true)
}

fn apply(hours: &mut Hours, change: &HoursChange) -> Result<(), ChangeHoursError> {
    match change {
        HoursChange::Weekday(day, windows) => {
            apart(windows)?;
            hours.set_weekly(*day, windows.clone());
        }
        HoursChange::Date { was, date, windows } => {
            apart(windows)?;
            if *was != Some(*date) && hours.overrides().any(|(taken, _)| taken == *date) {
                return Err(ChangeHoursError::DateTaken(*date));
            }
            if let Some(was) = was {
                hours.remove_override(*was);
            }
            hours.set_override(*date, windows.clone());
        }
        HoursChange::ForgetDate(date) => hours.remove_override(*date),
        HoursChange::TimeOff { was, off } => {
            if off.until <= off.from {
                return Err(ChangeHoursError::Backwards);
            }
            let mut all = hours.time_off().to_vec();
            all.retain(|one| Some(one.from) != *was);
            if let Some(other) = all.iter().find(|one| one.from == off.from) {
                return Err(ChangeHoursError::SameStart(*other));
            }
            all.push(*off);
            hours.set_time_off(all);
        }
        HoursChange::ForgetTimeOff(from) => {
            let mut all = hours.time_off().to_vec();
            all.retain(|one| one.from != *from);
            hours.set_time_off(all);
        }
    }
    Ok(())
}

fn apart(windows: &[Window]) -> Result<(), ChangeHoursError> {
    overlapping(windows).map_or(Ok(()), |(one, other)| Err(ChangeHoursError::Overlap(one, other)))
}
