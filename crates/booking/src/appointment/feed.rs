//! A consultant's secret calendar feed: its secret, what it tells, and when it was last fetched.

use kernel::db::write;
use kernel::id::{AppointmentId, ConsultantId, FeedId};
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::{DatabaseTransaction, DbErr};

use super::facts::AppointmentView;
use crate::calendar::feed::{Detail, Head};
use crate::store::{self, corrupt, feed::Model};
use crate::{Booking, practice::Consultant};

/// How much of the past a feed keeps.
const PAST_DAYS: i64 = 100;
/// Visits of one page.
const A_PAGE: u64 = 500;
/// How often a fetch is noted at most.
const NOTED_MINUTES: i64 = 1;

/// A feed; what it holds is read page by page ([`Booking::feed_page`]).
#[derive(Clone, Debug)]
pub struct FeedData {
    /// The feed.
    pub id: FeedId,
    /// The calendar's own lines.
    pub head: Head,
    consultant: ConsultantId,
    /// Visits that started before are left out.
    from: Instant,
}

/// Some of a feed's visits.
#[derive(Clone, Debug, Default)]
pub struct FeedPage {
    /// Ascending by what they block.
    pub appointments: Vec<AppointmentView>,
    /// Behind which one the next page begins; none behind the last page.
    pub next: Option<FeedKey>,
}

/// The last visit of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedKey(Instant, AppointmentId);

/// A feed as the desk and `feed url` show it.
#[derive(Clone, Debug)]
pub struct FeedInfo {
    /// The feed.
    pub id: FeedId,
    /// Whose it is.
    pub consultant: Consultant,
    /// The secret part of its address.
    pub secret: Token,
    /// How much it tells.
    pub detail: Detail,
    /// When a program last fetched it.
    pub last_fetched_at: Option<Instant>,
}

impl Booking {
    /// What the feed of this secret holds; its fetch is noted apart ([`Booking::feed_was_fetched`]).
    pub async fn feed(&self, secret: &Token, now: Instant) -> Result<Option<FeedData>, DbErr> {
        let db = self.0.db.reader();
        let Some(feed) = store::feed::by_secret(db, secret.hash()).await? else {
            return Ok(None);
        };
        let practice = store::practice::load(db).await?;
        let practice = practice.ok_or_else(|| corrupt("a feed without a practice"))?;
        // The bound moves once a day, so that the same visits give the same bytes all day.
        let date = practice.zone.date(now);
        let from = practice.zone.start_of_day(date).plus_minutes(-PAST_DAYS * 1440);
        let last = store::appointment::last_change(db, feed.consultant_id).await?;
        let head = Head {
            name: practice.discreet_name,
            description: String::new(),
            uid_domain: practice.uid_domain,
            detail: detail(&feed)?,
            changed: last.map_or(feed.changed_at, |last| last.max(feed.changed_at)),
        };
        Ok(Some(FeedData {
            id: feed.id,
            head,
            consultant: feed.consultant_id,
            from,
        }))
    }

    /// The next of a feed's visits: so that however many there are, only some are held at once.
    pub async fn feed_page(&self, feed: &FeedData, after: Option<FeedKey>) -> Result<FeedPage, DbErr> {
        let db = self.0.db.reader();
        let after = after.map(|FeedKey(from, id)| (from, id));
        let rows = store::appointment::for_feed(db, feed.consultant, feed.from, after, A_PAGE).await?;
        let full = rows.len() as u64 == A_PAGE;
        let last = rows.last().filter(|_| full);
        Ok(FeedPage {
            next: last.map(|row| FeedKey(row.blocked_from, row.id)),
            appointments: self.views(db, &rows).await?,
        })
    }

    /// Notes that a calendar program fetched the feed; at most once a minute.
    pub async fn feed_was_fetched(&self, id: FeedId, now: Instant) -> Result<(), DbErr> {
        let feed = store::feed::find(self.0.db.reader(), id).await?;
        let last = feed.and_then(|feed| feed.last_fetched_at);
        if last.is_some_and(|last| now < last.plus_minutes(NOTED_MINUTES)) {
            return Ok(());
        }
        write(&self.0.db, (id, now), async |tx, &(id, now)| {
            store::feed::touch(tx, id, now).await
        })
        .await
    }

    /// Every consultant's feed.
    pub async fn feeds(&self) -> Result<Vec<FeedInfo>, DbErr> {
        let db = self.0.db.reader();
        let feeds = store::feed::all(db).await?;
        let mut out = Vec::new();
        for consultant in store::consultant::all(db).await? {
            for feed in feeds.iter().filter(|f| f.consultant_id == consultant.id) {
                out.push(FeedInfo {
                    id: feed.id,
                    consultant: consultant.clone(),
                    secret: self.feed_secret(feed.id, feed.generation),
                    detail: detail(feed)?,
                    last_fetched_at: feed.last_fetched_at,
                });
            }
        }
        Ok(out)
    }

    /// Gives a feed a new secret; the old one ends at once. `None` when there is no such feed.
    pub async fn rotate_feed(&self, id: FeedId, now: Instant) -> Result<Option<Token>, DbErr> {
        write(&self.0.db, (self.clone(), id, now), rotate).await
    }

    /// Lets a feed tell more or less of each visit.
    pub async fn set_feed_detail(&self, id: FeedId, detail: Detail, now: Instant) -> Result<(), DbErr> {
        let word = match detail {
            Detail::Busy => "busy",
            Detail::Initials => "initials",
            Detail::Full => "full",
        };
        write(&self.0.db, (id, word, now), async |tx, &(id, word, now)| {
            store::feed::set_detail(tx, id, word, now).await
        })
        .await
    }

    fn feed_secret(&self, id: FeedId, generation: i32) -> Token {
        self.0.keys.links.link("feed", id.0, generation)
    }

    /// A feed's row with the secret of this generation.
    pub(crate) fn feed_row(&self, id: FeedId, of: ConsultantId, generation: i32, now: Instant) -> Model {
        Model {
            id,
            consultant_id: of,
            detail: "initials".into(),
            generation,
            key_version: i16::from(self.0.keys.version),
            secret_hash: self.feed_secret(id, generation).hash(),
            changed_at: now,
            last_fetched_at: None,
        }
    }
}

async fn rotate(
    tx: &DatabaseTransaction,
    (booking, id, now): &(Booking, FeedId, Instant),
) -> Result<Option<Token>, DbErr> {
    let Some(old) = store::feed::find(tx, *id).await? else {
        return Ok(None);
    };
    let new = booking.feed_row(old.id, old.consultant_id, old.generation + 1, *now);
    if store::feed::rotate(tx, &old, &new).await? {
        return Ok(Some(booking.feed_secret(new.id, new.generation)));
    }
    // Someone else rotated it a moment ago: that secret is as new.
    let now_there = store::feed::find(tx, *id).await?;
    Ok(now_there.map(|feed| booking.feed_secret(feed.id, feed.generation)))
}

fn detail(feed: &Model) -> Result<Detail, DbErr> {
    store::from_json(serde_json::Value::from(feed.detail.as_str()))
}
