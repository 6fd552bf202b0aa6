//! Step 1: somebody types an address. The answer says nothing about it; a mail may ask its owner.

use kernel::db::{claim, write};
use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::{DatabaseTransaction, DbErr};

use super::admission::let_through;
use super::subscriber::{SignUp, sign_up};
use super::{CONFIRM_LINK, CONFIRM_MAIL, ConfirmMail, LINK_VALID, Topics, Wording};
use crate::Mailing;
use crate::outbox::{NewMail, Priority, Thread};
use crate::store::confirmation_link::Link;
use crate::store::consent_proof::{Event, Proof};
use crate::store::subscriber::Subscriber;
use crate::store::{confirmation_link, consent_proof, signup, subscriber, suppression};

/// A request to be put on the list.
#[derive(Clone, Debug)]
pub struct Subscribe {
    /// Whose.
    pub address: EmailAddress,
    /// As typed; kept at most 60 characters long, and never mailed before she confirms.
    pub name: Option<String>,
    /// `None` means all four.
    pub topics: Option<Topics>,
    /// The page with the form, such as `/newsletter`: a name of ours, no text of the visitor's.
    pub page: String,
    /// What the form said.
    pub wording: Wording,
    /// Whether the limit per domain holds; the rule of the address always does.
    pub limited: bool,
}

/// The answer, the same for every address.
#[derive(Clone, Debug)]
pub struct Subscribed {
    /// For a cookie of the browser that asked: by it the confirmation page knows that browser, and the 50 % page follows by itself.
    pub marker: Token,
    /// When "send again" becomes possible.
    pub again_at: Instant,
}

impl Mailing {
    /// Asks the owner of an address whether she wants letters, if the rule lets a mail go.
    ///
    /// New, pending and unsubscribed addresses get a confirmation mail; a bounced one at most one while a link lasts; confirmed and
    /// complained ones none. Whatever happens, the answer looks the same.
    pub async fn subscribe(&self, request: Subscribe, now: Instant) -> Result<Subscribed, DbErr> {
        let done = write(&self.db, (self.clone(), request, now), subscribe).await?;
        self.wake.notify_one();
        Ok(done)
    }
}

async fn subscribe(
    tx: &DatabaseTransaction,
    (mailing, request, now): &(Mailing, Subscribe, Instant),
) -> Result<Subscribed, DbErr> {
    let now = *now;
    let address_hash = mailing.keys.hash_of(request.address.key());
    claim(tx, &[claim_key(&request.address)]).await?;

    let passage = let_through(tx, mailing, &request.address, request.limited, now).await?;
    let found = subscriber::by_address(tx, &request.address).await?;
    let open = if passage.mails {
        ask(tx, mailing, request, found, &address_hash, now).await?
    } else {
        match found {
            Some(subscriber) => confirmation_link::open_one(tx, subscriber.id, now).await?,
            None => None,
        }
    };

    let marker = Token::random(&mailing.chance);
    if let Some(link) = open {
        signup::insert_browser(tx, &marker, &link.token_hash, now).await?;
    }
    Ok(Subscribed {
        marker,
        again_at: passage.address.again_at,
    })
}

/// Sends the confirmation mail if the state of the address asks for one; the link it carries.
async fn ask(
    tx: &DatabaseTransaction,
    mailing: &Mailing,
    request: &Subscribe,
    found: Option<Subscriber>,
    address_hash: &[u8],
    now: Instant,
) -> Result<Option<Link>, DbErr> {
    let suppressed = suppression::by_address(tx, address_hash).await?;
    let state = suppressed
        .as_ref()
        .map(|s| s.reason)
        .or(found.as_ref().map(|s| s.state));
    let tried_again = suppressed.as_ref().and_then(|s| s.tried_again_at);
    let SignUp::Ask(becomes) = sign_up(state, tried_again, now) else {
        return Ok(None);
    };
    if suppressed.is_some() {
        suppression::tried_again(tx, address_hash, now).await?;
    }
    let topics = request.topics.filter(|t| !t.is_empty()).unwrap_or(Topics::ALL);
    let name = request.name.as_deref().and_then(presentable);
    let subscriber = if let Some(old) = found {
        subscriber::ask_again(tx, &old, becomes, topics, name, now).await?;
        old
    } else {
        let id = SubscriberId::new(now, &mailing.chance);
        let new = subscriber::New {
            id,
            address: &request.address,
            name,
            state: becomes,
            topics,
            key_version: i16::from(mailing.keys.version),
            preferences_hash: mailing.preferences_token(id).hash(),
            unsubscribe_hash: mailing.unsubscribe_token(id).hash(),
        };
        subscriber::insert(tx, new, now).await?
    };
    let link = link(tx, mailing, &subscriber, now).await?;
    let proof = Proof {
        subscriber: subscriber.id,
        address_hash: address_hash.to_vec(),
        event: Event::Requested,
        page: &request.page,
        wording: Some(&request.wording),
        topics,
    };
    consent_proof::append(tx, mailing, proof, now).await?;
    promise(tx, mailing, &request.address, &link, now).await?;
    Ok(Some(link))
}

/// The open link, good for seven days from now; a new one when none is open.
async fn link(
    tx: &DatabaseTransaction,
    mailing: &Mailing,
    subscriber: &Subscriber,
    now: Instant,
) -> Result<Link, DbErr> {
    let ends_at = now + LINK_VALID;
    if let Some(open) = confirmation_link::open_one(tx, subscriber.id, now).await? {
        confirmation_link::extend(tx, &open, ends_at).await?;
        return Ok(Link { ends_at, ..open });
    }
    let generation = subscriber::next_generation(tx, subscriber.id).await?;
    let token = mailing.keys.links.link(CONFIRM_LINK, subscriber.id.0, generation);
    let link = Link {
        token_hash: token.hash(),
        subscriber_id: subscriber.id,
        generation,
        ends_at,
        closed_at: None,
    };
    confirmation_link::insert(tx, &link, i16::from(mailing.keys.version), now).await?;
    Ok(link)
}

async fn promise(
    tx: &DatabaseTransaction,
    mailing: &Mailing,
    address: &EmailAddress,
    link: &Link,
    now: Instant,
) -> Result<(), DbErr> {
    let (subscriber, generation) = (link.subscriber_id, link.generation);
    let context = ConfirmMail {
        subscriber,
        generation,
        ends_at: link.ends_at,
    };
    let mail = NewMail {
        key: format!("subscriber:{subscriber}:confirm:{generation}:{}", now.micros()),
        kind: CONFIRM_MAIL,
        to: address.clone(),
        context: serde_json::to_value(context).map_err(|e| DbErr::Json(e.to_string()))?,
        thread: Some(Thread {
            name: thread(subscriber),
            cancels_elders: true,
        }),
        not_after: Some(link.ends_at),
        priority: Priority::High,
    };
    mailing.enqueue(tx, mail, now).await.map(drop)
}

/// The order of the confirmation mails to one subscriber.
pub(super) fn thread(subscriber: SubscriberId) -> String {
    format!("subscriber:{subscriber}:confirm")
}

/// What a write about one address claims before it reads.
pub(super) fn claim_key(address: &EmailAddress) -> String {
    format!("subscriber:{}", address.key())
}

/// A name without control characters, at most 60 characters long.
pub(super) fn presentable(name: &str) -> Option<String> {
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    Some(name).filter(|n| !n.is_empty())
}
