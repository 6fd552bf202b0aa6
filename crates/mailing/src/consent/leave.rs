//! Topics, leaving in one tap, and coming back within ten minutes.

use kernel::db::{claim, write};
use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::{DatabaseTransaction, DbErr};

use super::opt_in::{claim_key, thread};
use super::subscriber::{Leaving, State, can_undo, leave};
use super::{Topics, Wording};
use crate::Mailing;
use crate::store::consent_proof::{Event, Proof};
use crate::store::subscriber::{Change, Subscriber};
use crate::store::{address_change, confirmation_link, consent_proof, outbox, subscriber};

/// What a subscriber sees of herself.
#[derive(Clone, Debug)]
pub struct Preferences {
    /// Who.
    pub subscriber: SubscriberId,
    /// The address that letters go to.
    pub address: EmailAddress,
    /// Where she stands.
    pub state: State,
    /// What she wants to hear about.
    pub topics: Topics,
    /// Until when she may undo having left.
    pub undo_until: Option<Instant>,
    /// Until when she gets none, by her own wish.
    pub paused_until: Option<Instant>,
    /// The address that she asked for and that has not answered yet.
    pub asked_for: Option<EmailAddress>,
}

/// What choosing topics did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicsSet {
    /// She gets letters on these.
    Kept(Topics),
    /// She chose none, which is leaving.
    Left {
        /// Until when it can be undone.
        undo_until: Option<Instant>,
    },
    /// She is not on the list, so there is nothing to choose.
    NotConfirmed,
    /// Never written by us.
    Unknown,
}

/// What leaving did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// She is out.
    Now {
        /// Until when it can be undone; `None` if she had not confirmed.
        undo_until: Option<Instant>,
    },
    /// She was out before.
    Already {
        /// Until when it can still be undone.
        undo_until: Option<Instant>,
    },
    /// Never written by us.
    Unknown,
}

/// What undoing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    /// She is on the list again, with the topics she had.
    Back,
    /// The ten minutes are over, or there is nothing to undo: she may sign up again.
    TooLate,
    /// Never written by us.
    Unknown,
}

/// What was pressed, by whom, on which page.
#[derive(Clone)]
pub(super) struct Press {
    pub mailing: Mailing,
    pub token: Token,
    pub page: String,
    pub now: Instant,
}

impl Mailing {
    /// What a preferences or unsubscribe link shows. Changes nothing.
    pub async fn preferences(&self, token: &Token, now: Instant) -> Result<Option<Preferences>, DbErr> {
        let db = self.db.reader();
        let Some(s) = subscriber::by_link(db, &token.hash()).await? else {
            return Ok(None);
        };
        let asked_for = address_change::open_one(db, s.id, now).await?;
        Ok(Some(Preferences {
            subscriber: s.id,
            undo_until: s.undo_until.filter(|_| can_undo(s.state, s.undo_until, now)),
            paused_until: s.paused_until.filter(|&until| until > now),
            asked_for: asked_for
                .map(|link| link.address)
                .filter(|_| s.state == State::Confirmed),
            address: s.address,
            state: s.state,
            topics: s.topics,
        }))
    }

    /// Chooses topics; none at all is leaving. `page` is a name of ours, `wording` what stood above the choices.
    pub async fn set_topics(
        &self,
        token: &Token,
        topics: Topics,
        page: &str,
        wording: Wording,
        now: Instant,
    ) -> Result<TopicsSet, DbErr> {
        write(&self.db, (self.press(token, page, now), topics, wording), set_topics).await
    }

    /// Leaves, in one step and as often as it is asked (RFC 8058).
    pub async fn unsubscribe(&self, token: &Token, page: &str, now: Instant) -> Result<Left, DbErr> {
        write(&self.db, self.press(token, page, now), unsubscribe).await
    }

    /// Takes leaving back, within ten minutes.
    pub async fn undo_unsubscribe(&self, token: &Token, page: &str, now: Instant) -> Result<Undone, DbErr> {
        write(&self.db, self.press(token, page, now), undo).await
    }

    pub(super) fn press(&self, token: &Token, page: &str, now: Instant) -> Press {
        Press {
            mailing: self.clone(),
            token: token.clone(),
            page: page.to_owned(),
            now,
        }
    }
}

async fn set_topics(
    tx: &DatabaseTransaction,
    (press, topics, wording): &(Press, Topics, Wording),
) -> Result<TopicsSet, DbErr> {
    let Some(found) = press.find(tx).await? else {
        return Ok(TopicsSet::Unknown);
    };
    if found.state != State::Confirmed {
        return Ok(TopicsSet::NotConfirmed);
    }
    if topics.is_empty() {
        let undo_until = press.leave(tx, &found).await?;
        return Ok(TopicsSet::Left { undo_until });
    }
    subscriber::change(tx, &found, Change::Topics(*topics), press.now).await?;
    press.prove(tx, &found, Event::Topics, Some(wording), *topics).await?;
    Ok(TopicsSet::Kept(*topics))
}

async fn unsubscribe(tx: &DatabaseTransaction, press: &Press) -> Result<Left, DbErr> {
    let Some(found) = press.find(tx).await? else {
        return Ok(Left::Unknown);
    };
    if leave(found.state, press.now) == Leaving::IsOut {
        let open = can_undo(found.state, found.undo_until, press.now);
        return Ok(Left::Already {
            undo_until: found.undo_until.filter(|_| open),
        });
    }
    let undo_until = press.leave(tx, &found).await?;
    Ok(Left::Now { undo_until })
}

async fn undo(tx: &DatabaseTransaction, press: &Press) -> Result<Undone, DbErr> {
    let Some(found) = press.find(tx).await? else {
        return Ok(Undone::Unknown);
    };
    if !can_undo(found.state, found.undo_until, press.now) {
        return Ok(Undone::TooLate);
    }
    subscriber::change(tx, &found, Change::Return, press.now).await?;
    press.prove(tx, &found, Event::Returned, None, found.topics).await?;
    Ok(Undone::Back)
}

impl Press {
    /// The subscriber behind the link, claimed.
    pub(super) async fn find(&self, tx: &DatabaseTransaction) -> Result<Option<Subscriber>, DbErr> {
        let hash = self.token.hash();
        let Some(seen) = subscriber::by_link(tx, &hash).await? else {
            return Ok(None);
        };
        claim(tx, &[claim_key(&seen.address)]).await?;
        subscriber::by_link(tx, &hash).await
    }

    /// Ends the subscription and every open link; until when it can be undone.
    async fn leave(&self, tx: &DatabaseTransaction, found: &Subscriber) -> Result<Option<Instant>, DbErr> {
        let Leaving::Leaves { undo_until } = leave(found.state, self.now) else {
            return Ok(None);
        };
        subscriber::change(tx, found, Change::Leave { undo_until }, self.now).await?;
        confirmation_link::close(tx, found.id, false, self.now).await?;
        outbox::cancel_thread(tx, &thread(found.id), self.now).await?;
        self.prove(tx, found, Event::Unsubscribed, None, found.topics).await?;
        Ok(undo_until)
    }

    pub(super) async fn prove(
        &self,
        tx: &DatabaseTransaction,
        found: &Subscriber,
        event: Event,
        wording: Option<&Wording>,
        topics: Topics,
    ) -> Result<(), DbErr> {
        let proof = Proof {
            subscriber: found.id,
            address_hash: self.mailing.keys.hash_of(found.address.key()),
            event,
            page: &self.page,
            wording,
            topics,
        };
        consent_proof::append(tx, &self.mailing, proof, self.now).await
    }
}
