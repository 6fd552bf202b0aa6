//! The appointments that pages and the desk ask for.

use kernel::id::AppointmentId;
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::{ConnectionTrait, DbErr};

use super::cancel::SELECTION;
use super::facts::AppointmentView;
use crate::store::appointment::Model;
use crate::{Booking, store};

/// Where the next page of a list begins: after this start and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageKey {
    /// The start of the last appointment shown.
    pub start: Instant,
    /// Its id.
    pub id: AppointmentId,
}

/// One page of a list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The appointments, by start.
    pub items: Vec<AppointmentView>,
    /// Where the next page begins, when there is one.
    pub next: Option<PageKey>,
}

impl Booking {
    /// The appointment of a manage link.
    pub async fn by_token(&self, token: &Token) -> Result<Option<AppointmentView>, DbErr> {
        let db = self.0.db.reader();
        let row = store::appointment::by_link(db, token.hash()).await?;
        self.one_view(db, row).await
    }

    /// One appointment, for the desk.
    pub async fn appointment(&self, id: AppointmentId) -> Result<Option<AppointmentView>, DbErr> {
        let db = self.0.db.reader();
        let row = store::appointment::find(db, id).await?;
        self.one_view(db, row).await
    }

    /// These appointments, by start; those that do not exist are left out.
    pub async fn appointments(&self, ids: &[AppointmentId]) -> Result<Vec<AppointmentView>, DbErr> {
        let db = self.0.db.reader();
        let rows = store::found::of(db, &ids[..ids.len().min(SELECTION)]).await?;
        self.views(db, &rows).await
    }

    /// Late cancellations of which she has not decided whether the fee is kept, the latest first, at most `limit`.
    pub async fn open_fees(&self, limit: u64) -> Result<Vec<AppointmentView>, DbErr> {
        let db = self.0.db.reader();
        let rows = store::found::open_fees(db, limit).await?;
        self.views(db, &rows).await
    }

    /// The visits of the practice's local day that take or took place, ascending.
    pub async fn today(&self, now: Instant) -> Result<Vec<AppointmentView>, DbErr> {
        let db = self.0.db.reader();
        let Some(practice) = store::practice::load(db).await? else {
            return Ok(Vec::new());
        };
        let date = practice.zone.date(now);
        let from = practice.zone.start_of_day(date);
        let until = practice.zone.start_of_day(date.tomorrow().unwrap_or(date));
        let rows = store::appointment::between(db, from, until).await?;
        self.views(db, &rows).await
    }

    /// The visits to come (and the one that is on), ascending, `limit` at a time.
    pub async fn coming(&self, after: Option<PageKey>, limit: u64, now: Instant) -> Result<Page, DbErr> {
        let db = self.0.db.reader();
        let after = after.map(|key| (key.start, key.id));
        let rows = store::appointment::coming(db, after, now, limit.saturating_add(1)).await?;
        self.page(db, rows, limit).await
    }

    /// A page out of rows of which one more than `limit` was asked for.
    pub(super) async fn page(
        &self,
        db: &impl ConnectionTrait,
        mut rows: Vec<Model>,
        limit: u64,
    ) -> Result<Page, DbErr> {
        let more = u64::try_from(rows.len()).is_ok_and(|found| found > limit);
        if more {
            rows.pop();
        }
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| PageKey {
            start: row.starts_at,
            id: row.id,
        });
        Ok(Page {
            items: self.views(db, &rows).await?,
            next,
        })
    }

    /// How many visits are to come, the one that is on included.
    pub async fn count_coming(&self, now: Instant) -> Result<u64, DbErr> {
        store::appointment::count_coming(self.0.db.reader(), now).await
    }
}
