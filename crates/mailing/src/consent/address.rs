//! Another address: a subscriber asks for it on her page, and it becomes hers through a link that is mailed to it.
//!
//! The answer is the same for every address. Looking at the link changes nothing. Until its button is pressed, letters go where they went.

use kernel::db::{claim, write};
use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use super::admission::let_through;
use super::leave::Press;
use super::opt_in::claim_key;
use super::{LINK_VALID, State, Topics};
use crate::Mailing;
use crate::outbox::{NewMail, Priority, Thread};
use crate::store::consent_proof::{Event, Proof};
use crate::store::subscriber::{Change, Subscriber};
use crate::store::{address_change, confirmation_link, consent_proof, outbox, subscriber, suppression};

/// The template of the mail to the new address; its context is an [`AddressMail`].
pub const ADDRESS_MAIL: &str = "newsletter-address";

const ADDRESS_LINK: &str = "newsletter-address";

/// The context of the mail to a new address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressMail {
    /// Whose.
    pub subscriber: SubscriberId,
    /// Which of her links.
    pub generation: i32,
    /// Until when it is good.
    pub ends_at: Instant,
}

/// What asking for another address did. Says nothing about the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressAsked {
    /// If a mail may go there, it is on its way.
    Asked,
    /// It is the one that letters go to.
    Same,
    /// She is not on the list.
    NotConfirmed,
    /// Never written by us.
    Unknown,
}

/// What a link to a new address is good for, and what its button did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressLink {
    /// The button makes it hers.
    Open {
        /// Where letters would go.
        address: EmailAddress,
    },
    /// It is hers: by this tap or by an earlier one.
    Done {
        /// Whose.
        subscriber: SubscriberId,
    },
    /// Older than seven days, or she asked for yet another one, or has left meanwhile.
    Over,
    /// Never written by us.
    Unknown,
}

impl Mailing {
    /// The text of the link in the mail to a new address.
    pub fn address_token(&self, mail: &AddressMail) -> Token {
        self.keys.links.link(ADDRESS_LINK, mail.subscriber.0, mail.generation)
    }

    /// Asks the owner of another address whether letters shall go there. `limited`: the limit per domain holds.
    pub async fn ask_new_address(
        &self,
        token: &Token,
        address: EmailAddress,
        limited: bool,
        now: Instant,
    ) -> Result<AddressAsked, DbErr> {
        let asked = write(
            &self.db,
            (self.press(token, "/newsletter/preferences", now), address, limited),
            ask,
        )
        .await?;
        self.wake.notify_one();
        Ok(asked)
    }

    /// What a link to a new address is good for. Changes nothing.
    pub async fn address_link(&self, token: &Token, now: Instant) -> Result<AddressLink, DbErr> {
        let db = self.db.reader();
        let Some(link) = address_change::by_hash(db, &token.hash()).await? else {
            return Ok(AddressLink::Unknown);
        };
        let found = subscriber::by_id(db, link.subscriber_id).await?;
        Ok(stands(&link, found.as_ref(), now))
    }

    /// The button of that link: letters go there from now on. `page` is a name of ours for the proof.
    pub async fn take_new_address(&self, token: &Token, page: &str, now: Instant) -> Result<AddressLink, DbErr> {
        write(&self.db, self.press(token, page, now), take).await
    }
}

fn stands(link: &address_change::Link, found: Option<&Subscriber>, now: Instant) -> AddressLink {
    match found {
        Some(found) if link.closed_at.is_some() && found.address == link.address => {
            AddressLink::Done { subscriber: found.id }
        }
        Some(found) if link.closed_at.is_none() && link.ends_at > now && found.state == State::Confirmed => {
            AddressLink::Open {
                address: link.address.clone(),
            }
        }
        _ => AddressLink::Over,
    }
}

async fn ask(
    tx: &DatabaseTransaction,
    (press, address, limited): &(Press, EmailAddress, bool),
) -> Result<AddressAsked, DbErr> {
    let (mailing, now) = (&press.mailing, press.now);
    let Some(seen) = subscriber::by_link(tx, &press.token.hash()).await? else {
        return Ok(AddressAsked::Unknown);
    };
    claim(tx, &[claim_key(&seen.address), claim_key(address)]).await?;
    let Some(found) = subscriber::by_link(tx, &press.token.hash()).await? else {
        return Ok(AddressAsked::Unknown);
    };
    if found.state != State::Confirmed {
        return Ok(AddressAsked::NotConfirmed);
    }
    if found.address == *address {
        return Ok(AddressAsked::Same);
    }
    let passage = let_through(tx, mailing, address, *limited, now).await?;
    let hash = mailing.keys.hash_of(address.key());
    let complained = suppression::by_address(tx, &hash)
        .await?
        .is_some_and(|s| s.reason == State::Complained);
    if !passage.mails || complained {
        return Ok(AddressAsked::Asked);
    }
    address_change::close(tx, found.id, now).await?;
    let generation = subscriber::next_change(tx, found.id).await?;
    let mail = AddressMail {
        subscriber: found.id,
        generation,
        ends_at: now + LINK_VALID,
    };
    let link = address_change::Link {
        token_hash: mailing.address_token(&mail).hash(),
        subscriber_id: found.id,
        address: address.clone(),
        ends_at: mail.ends_at,
        closed_at: None,
    };
    address_change::insert(tx, &link, generation, now).await?;
    let mail = NewMail {
        key: format!("subscriber:{}:address:{generation}", found.id),
        kind: ADDRESS_MAIL,
        to: address.clone(),
        context: serde_json::to_value(&mail).map_err(|e| DbErr::Json(e.to_string()))?,
        thread: Some(Thread {
            name: thread(found.id),
            cancels_elders: true,
        }),
        not_after: Some(mail.ends_at),
        priority: Priority::High,
    };
    mailing.enqueue(tx, mail, now).await?;
    Ok(AddressAsked::Asked)
}

async fn take(tx: &DatabaseTransaction, press: &Press) -> Result<AddressLink, DbErr> {
    let (mailing, now, hash) = (&press.mailing, press.now, press.token.hash());
    let Some(seen) = address_change::by_hash(tx, &hash).await? else {
        return Ok(AddressLink::Unknown);
    };
    let Some(whose) = subscriber::by_id(tx, seen.subscriber_id).await? else {
        return Ok(AddressLink::Over);
    };
    claim(tx, &[claim_key(&whose.address), claim_key(&seen.address)]).await?;
    let Some(link) = address_change::by_hash(tx, &hash).await? else {
        return Ok(AddressLink::Over);
    };
    let found = subscriber::by_id(tx, link.subscriber_id).await?;
    let (Some(found), AddressLink::Open { address }) = (&found, stands(&link, found.as_ref(), now)) else {
        return Ok(stands(&link, found.as_ref(), now));
    };
    let new_hash = mailing.keys.hash_of(address.key());
    if suppression::by_address(tx, &new_hash)
        .await?
        .is_some_and(|s| s.reason == State::Bounced)
    {
        // A mail has reached her there after all.
        suppression::lift(tx, &new_hash).await?;
    }
    address_change::close(tx, found.id, now).await?;
    let subscriber = if let Some(other) = subscriber::by_address(tx, &address).await? {
        join_rows(tx, press, found, &other).await?
    } else {
        subscriber::move_to(tx, found.id, &address).await?;
        found.id
    };
    let proof = Proof {
        subscriber,
        address_hash: new_hash,
        event: Event::Address,
        page: &press.page,
        wording: None,
        topics: found.topics,
    };
    consent_proof::append(tx, mailing, proof, now).await?;
    Ok(AddressLink::Done { subscriber })
}

/// The new address has a row of its own: she is that one from now on, with what she chose on both, and the old one has left.
async fn join_rows(
    tx: &DatabaseTransaction,
    press: &Press,
    old: &Subscriber,
    other: &Subscriber,
) -> Result<SubscriberId, DbErr> {
    let now = press.now;
    let topics: Topics = if other.state == State::Confirmed {
        old.topics.iter().chain(other.topics.iter()).collect()
    } else {
        old.topics
    };
    if other.state != State::Confirmed {
        subscriber::change(tx, other, Change::Confirm, now).await?;
        confirmation_link::close(tx, other.id, true, now).await?;
        outbox::cancel_thread(tx, &super::opt_in::thread(other.id), now).await?;
    }
    let confirmed = Subscriber {
        state: State::Confirmed,
        ..other.clone()
    };
    subscriber::change(tx, &confirmed, Change::Topics(topics), now).await?;
    subscriber::change(tx, old, Change::Leave { undo_until: None }, now).await?;
    press.prove(tx, old, Event::Unsubscribed, None, old.topics).await?;
    Ok(other.id)
}

/// The order of the mails about a new address of one subscriber.
pub(super) fn thread(subscriber: SubscriberId) -> String {
    format!("subscriber:{subscriber}:address")
}
