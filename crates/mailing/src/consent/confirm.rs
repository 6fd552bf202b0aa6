//! Step 2: the link in the mail. Looking at it changes nothing; the button confirms, once.

use kernel::db::{claim, write};
use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::{DatabaseTransaction, DbErr};

use super::opt_in::{claim_key, thread};
use super::subscriber::{State, confirms};
use crate::Mailing;
use crate::store::consent_proof::{Event, Proof};
use crate::store::subscriber::Change;
use crate::store::{confirmation_link, consent_proof, outbox, signup, subscriber, suppression};

/// What a confirmation link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// The button confirms.
    Open {
        /// The link is seen in the browser that signed up: its page may press the button by itself.
        same_browser: bool,
    },
    /// Used, or closed because she left. Nothing happens any more.
    Used {
        /// Whose link it was.
        subscriber: SubscriberId,
        /// Where the subscriber stands now.
        state: State,
    },
    /// Older than seven days.
    Expired,
    /// Never written by us.
    Unknown,
}

/// What the button did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// She is on the list now.
    Now {
        /// Whose link it was.
        subscriber: SubscriberId,
    },
    /// The link was used before: shown as 100 % again, and nothing changes.
    Already {
        /// Whose link it was.
        subscriber: SubscriberId,
        /// Where she stands now; `Unsubscribed` stays so.
        state: State,
    },
    /// Older than seven days.
    Expired,
    /// Never written by us.
    Unknown,
}

/// What the page with the bar at 50 % is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not confirmed through a link that this browser asked for: also the answer for any address that got no mail.
    Waiting,
    /// Confirmed.
    Confirmed,
}

impl Mailing {
    /// What a link is good for. Changes nothing: link scanners open every link.
    pub async fn confirmation(&self, token: &Token, marker: Option<&Token>, now: Instant) -> Result<LinkState, DbErr> {
        let db = self.db.reader();
        let Some(link) = confirmation_link::by_hash(db, &token.hash()).await? else {
            return Ok(LinkState::Unknown);
        };
        let Some(subscriber) = subscriber::by_id(db, link.subscriber_id).await? else {
            return Ok(LinkState::Unknown);
        };
        if link.closed_at.is_some() || !confirms(subscriber.state) {
            return Ok(LinkState::Used {
                subscriber: subscriber.id,
                state: subscriber.state,
            });
        }
        if link.ends_at <= now {
            return Ok(LinkState::Expired);
        }
        let same_browser = match marker {
            Some(marker) => signup::is_browser_of(db, marker, &link.token_hash).await?,
            None => false,
        };
        Ok(LinkState::Open { same_browser })
    }

    /// The button: confirms through an open link, once. `page` is a name of ours for the proof.
    pub async fn confirm(&self, token: &Token, page: &str, now: Instant) -> Result<Confirmed, DbErr> {
        let input = (self.clone(), token.clone(), page.to_owned(), now);
        write(&self.db, input, confirm).await
    }

    /// Whether somebody at this address has followed a confirmation link and is still on the list.
    pub async fn is_confirmed(&self, address: &EmailAddress) -> Result<bool, DbErr> {
        let found = subscriber::by_address(self.db.reader(), address).await?;
        Ok(found.is_some_and(|found| found.state == State::Confirmed))
    }

    /// How far the sign-up of this browser is. Says nothing about the address: without a mail it waits for ever.
    pub async fn progress(&self, marker: &Token) -> Result<Progress, DbErr> {
        let confirmed = signup::has_confirmed(self.db.reader(), marker).await?;
        Ok(if confirmed {
            Progress::Confirmed
        } else {
            Progress::Waiting
        })
    }
}

async fn confirm(
    tx: &DatabaseTransaction,
    (mailing, token, page, now): &(Mailing, Token, String, Instant),
) -> Result<Confirmed, DbErr> {
    let (hash, now) = (token.hash(), *now);
    let Some(link) = confirmation_link::by_hash(tx, &hash).await? else {
        return Ok(Confirmed::Unknown);
    };
    let Some(seen) = subscriber::by_id(tx, link.subscriber_id).await? else {
        return Ok(Confirmed::Unknown);
    };
    claim(tx, &[claim_key(&seen.address)]).await?;
    let Some(link) = confirmation_link::by_hash(tx, &hash).await? else {
        return Ok(Confirmed::Unknown);
    };
    let Some(found) = subscriber::by_id(tx, link.subscriber_id).await? else {
        return Ok(Confirmed::Unknown);
    };
    let (subscriber, state) = (found.id, found.state);
    if link.closed_at.is_some() || !confirms(state) {
        return Ok(Confirmed::Already { subscriber, state });
    }
    if link.ends_at <= now {
        return Ok(Confirmed::Expired);
    }

    subscriber::change(tx, &found, Change::Confirm, now).await?;
    confirmation_link::close(tx, subscriber, true, now).await?;
    outbox::cancel_thread(tx, &thread(subscriber), now).await?;
    let address_hash = mailing.keys.hash_of(found.address.key());
    if state == State::Bounced {
        suppression::lift(tx, &address_hash).await?;
    }
    let proof = Proof {
        subscriber,
        address_hash,
        event: Event::Confirmed,
        page,
        wording: None,
        topics: found.topics,
    };
    consent_proof::append(tx, mailing, proof, now).await?;
    Ok(Confirmed::Now { subscriber })
}
