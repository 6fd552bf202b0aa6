//! When the mail server itself is in the way: everything waits, nothing is counted against a mail, and the desk says why.
//!
//! A server that is down, refuses the login, shows a certificate that nobody can trust, wants fewer mails, or does not take the sender
//! says nothing about a recipient. So the first such answer stops the sender for a while; then one connection is tried, then one mail,
//! and then everything goes on. No pause is longer than `mail.retry.max_seconds`. What is in the way stands in the table `mail_trouble`
//! for as long as it is.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::chance::Chance;
use kernel::db::write;
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, DbErr};

use super::backoff::{Retry, signed};
use super::sender::Office;
use crate::Mailing;
use crate::store::trouble;
pub use crate::store::trouble::MailTrouble;

/// A server that cannot be reached costs nobody anything to be asked: the pauses stay short.
const SHORT: Duration = Duration::from_mins(5);
/// The first of those pauses.
const SHORTEST: Duration = Duration::from_secs(15);

/// What is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Trouble {
    /// No connection, or no greeting.
    #[sea_orm(string_value = "unreachable")]
    Unreachable,
    /// It does not prove its name, or offers no encryption where that is required.
    #[sea_orm(string_value = "certificate")]
    Certificate,
    /// It refuses user or password.
    #[sea_orm(string_value = "login")]
    Login,
    /// It wants fewer mails, or fewer connections, for now.
    #[sea_orm(string_value = "limit")]
    Limit,
    /// It takes no mails from this sender.
    #[sea_orm(string_value = "sender")]
    Sender,
}

impl Trouble {
    /// Whether a connection that is greeted and signed in shows that it is over.
    fn is_about_connecting(self) -> bool {
        matches!(self, Self::Unreachable | Self::Certificate | Self::Login)
    }
}

/// The mail server cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// In one word.
    pub kind: Trouble,
    /// In the server's words or ours.
    pub said: String,
}

impl Away {
    pub(super) fn new(kind: Trouble, said: impl Into<String>) -> Self {
        Self {
            kind,
            said: said.into(),
        }
    }
}

/// What may happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// Mails go.
    Free,
    /// Nothing does.
    Shut,
    /// One connection is to be tried.
    Probe,
    /// One mail may go.
    One,
}

/// The breaker of one sender.
pub(super) struct Breaker {
    retry: Retry,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    open: Option<MailTrouble>,
    /// A connection was good since it opened.
    reached: bool,
    /// Times it opened since a mail went.
    strikes: u32,
}

impl Breaker {
    /// Begins with what an earlier instance met: one connection is tried before anything else.
    pub fn new(retry: Retry, before: Option<MailTrouble>, now: Instant) -> Self {
        let open = before.map(|trouble| MailTrouble {
            again_at: now,
            ..trouble
        });
        let inner = Inner {
            open,
            ..Inner::default()
        };
        Self {
            retry,
            inner: Mutex::new(inner),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn gate(&self, now: Instant) -> Gate {
        let inner = self.inner();
        match &inner.open {
            None => Gate::Free,
            Some(_) if inner.reached => Gate::One,
            Some(open) if now < open.again_at => Gate::Shut,
            Some(_) => Gate::Probe,
        }
    }

    /// What is in the way, while nothing may be tried.
    pub fn shut(&self, now: Instant) -> Option<MailTrouble> {
        let inner = self.inner();
        inner.open.clone().filter(|open| !inner.reached && now < open.again_at)
    }

    /// Something is in the way: until when, and whether that is news. Workers that meet the same thing at the same time are one.
    fn trip(&self, away: &Away, now: Instant, chance: &Chance) -> (MailTrouble, bool) {
        let mut inner = self.inner();
        if let Some(open) = &inner.open
            && !inner.reached
            && now < open.again_at
        {
            return (open.clone(), false);
        }
        inner.strikes = inner.strikes.saturating_add(1);
        inner.reached = false;
        let retry = if away.kind == Trouble::Unreachable {
            Retry {
                initial: self.retry.initial.min(SHORTEST),
                max: self.retry.max.min(SHORT),
                ..self.retry
            }
        } else {
            self.retry
        };
        let since = inner.open.as_ref().map_or(now, |open| open.since);
        let open = MailTrouble {
            kind: away.kind,
            said: away.said.clone(),
            since,
            again_at: now + signed(retry.pause(inner.strikes, chance)),
        };
        inner.open = Some(open.clone());
        (open, true)
    }

    /// A connection was good: whether that alone is the end of it.
    fn reached(&self) -> bool {
        let mut inner = self.inner();
        inner.reached = true;
        inner.open.as_ref().is_some_and(|open| open.kind.is_about_connecting())
    }

    /// A mail went as far as its recipient: whether something was in the way before.
    fn mended(&self) -> bool {
        let mut inner = self.inner();
        inner.strikes = 0;
        inner.reached = false;
        inner.open.take().is_some()
    }
}

impl Office {
    /// Stops the sender for a while.
    pub async fn trip(&self, away: &Away, now: Instant) {
        let (open, news) = self.breaker.trip(away, now, &self.chance);
        if news {
            tracing::warn!(kind = ?open.kind, "the mail server cannot be used, mails wait");
            let kept = write::<_, (), DbErr, _>(&self.mailing.db, open.clone(), async |tx, open| {
                trouble::put(tx, open).await
            });
            if let Err(e) = kept.await {
                tracing::error!(error = %e, "what is in the way of the mails could not be written down");
            }
        }
    }

    /// Tries one connection. Whether it was good.
    pub async fn probe(&self, now: Instant) -> Result<bool, DbErr> {
        if let Err(away) = self.transport.probe().await {
            self.trip(&away, now).await;
            return Ok(false);
        }
        if self.breaker.reached() {
            self.forget_trouble().await?;
        }
        Ok(true)
    }

    /// Mails go again.
    pub async fn mended(&self) {
        if self.breaker.mended() {
            tracing::info!("the mail server takes mails again");
            if let Err(e) = self.forget_trouble().await {
                tracing::error!(error = %e, "what was in the way of the mails could not be removed");
            }
        }
    }

    async fn forget_trouble(&self) -> Result<(), DbErr> {
        write::<_, (), DbErr, _>(&self.mailing.db, (), async |tx: &DatabaseTransaction, ()| {
            trouble::remove(tx).await
        })
        .await
    }
}

impl Mailing {
    /// What keeps mails from leaving, if anything does.
    pub async fn mail_trouble(&self) -> Result<Option<MailTrouble>, DbErr> {
        trouble::find(self.db.reader()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_to_the_maximum_and_all_is_forgotten_when_a_mail_goes() {
        let retry = Retry {
            initial: Duration::from_mins(1),
            max: Duration::from_mins(10),
            ..Retry::default()
        };
        let (breaker, chance) = (Breaker::new(retry, None, Instant::from_micros(0)), Chance::seeded(1));
        let away = Away::new(Trouble::Login, "535");
        let mut now = Instant::from_micros(0);
        assert_eq!(breaker.gate(now), Gate::Free);
        for least in [60, 120, 240, 480, 600, 600] {
            let (open, news) = breaker.trip(&away, now, &chance);
            let pause = (open.again_at - now).as_secs();
            assert!(news && pause >= least && pause <= 600, "{pause}");
            assert_eq!(open.since, Instant::from_micros(0));
            assert_eq!(
                (breaker.gate(now), breaker.trip(&away, now, &chance).1),
                (Gate::Shut, false)
            );
            now = open.again_at;
            assert_eq!(breaker.gate(now), Gate::Probe);
            assert!(breaker.reached());
            assert_eq!(breaker.gate(now), Gate::One);
        }
        assert!(breaker.mended() && !breaker.mended());
        assert_eq!(breaker.gate(now), Gate::Free);
        // A limit ends when a mail goes, not when the server greets.
        breaker.trip(&Away::new(Trouble::Limit, "452"), now, &chance);
        assert!(!breaker.reached());
    }
}
