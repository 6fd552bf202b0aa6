//! Consent, the outbox and letters: promise 2 of Goldenhour, a mail that was promised is sent, once, and only to someone who said yes.
//!
//! The words: a *subscriber* is an address and its consent; a *topic* is what she chose to hear about; a *letter* is a text in
//! Markdown, published as an article, mailed, or both; the *outbox* holds every mail to be sent, durable before anyone is told so.
//!
//! The crate decides who may be written to ([`consent`]), when a mail leaves and what an answer means ([`outbox::protocol`]), and
//! what a letter looks like ([`letters`]). It refuses to know HTTP, templates and appointments: the words of a mail come through the
//! port [`outbox::Compose`], its reasons are ids and facts in a context. Start reading at [`Mailing`], then [`outbox`].

pub mod consent;
pub mod letters;
pub mod outbox;
mod store;

use std::sync::Arc;

use jiff::SignedDuration;
use kernel::chance::Chance;
use kernel::db::{Db, write};
use kernel::instant::Instant;
use kernel::keys::Keys;
use sea_orm::{DatabaseTransaction, DbErr};
use tokio::sync::Notify;

pub use outbox::{Sender, Settings};

/// How long the context of a settled mail is kept.
const CONTEXT_KEPT: SignedDuration = SignedDuration::from_hours(CONTEXT_DAYS as i64 * 24);
/// How many days the content of a settled mail is kept, for the privacy page.
pub const CONTEXT_DAYS: u32 = 30;

/// How long a report that was read is known by its bytes.
const REPORTS_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The service, cheap to clone. Its methods stand beside what they are about: [`outbox`], [`consent`], [`letters`].
#[derive(Clone, Debug)]
pub struct Mailing {
    db: Db,
    keys: Keys,
    chance: Chance,
    wake: Arc<Notify>,
}

impl Mailing {
    /// Over an open database that has the newest schema.
    pub fn new(db: Db, keys: Keys, chance: Chance) -> Self {
        Self {
            db,
            keys,
            chance,
            wake: Arc::default(),
        }
    }

    /// Retention: blanks the contexts of mails settled more than 30 days ago and drops what the sign-up's throttle and its browsers
    /// no longer need; says how many contexts. The sender does it every hour.
    pub async fn forget_old(&self, now: Instant) -> Result<u64, DbErr> {
        let step = async |tx: &DatabaseTransaction, &now: &Instant| {
            store::import::forget(tx, now - CONTEXT_KEPT).await?;
            store::signup::forget(tx, now - SignedDuration::from_hours(24), now - consent::LINK_VALID).await?;
            store::bounce::sweep(tx, now - outbox::SOFT_KEPT, now - REPORTS_KEPT).await?;
            store::outbox::blank(tx, now - CONTEXT_KEPT).await
        };
        write::<_, _, DbErr, _>(&self.db, now, step).await
    }
}
