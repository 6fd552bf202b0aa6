//! On which dates she works at all: a page tells a closed day from one that is full.

use std::collections::BTreeSet;

use jiff::Span;
use jiff::civil::Date;
use sea_orm::DbErr;

use crate::Booking;
use crate::practice::Mode;

impl Booking {
    /// The dates from `first` on, `days` of them, on which any consultant has hours for `mode`; dates of her zone.
    pub async fn open_dates(&self, mode: Mode, first: Date, days: i64) -> Result<BTreeSet<Date>, DbErr> {
        let setup = self.setup().await?;
        let last = first.saturating_add(Span::new().days(days.clamp(0, 3_650)));
        let mut open = BTreeSet::new();
        for (_, hours) in &setup.consultants {
            let dates = first.series(Span::new().days(1)).take_while(|date| *date <= last);
            open.extend(dates.filter(|date| hours.on(*date, date.weekday()).iter().any(|w| w.is_for(Some(mode)))));
        }
        Ok(open)
    }
}
