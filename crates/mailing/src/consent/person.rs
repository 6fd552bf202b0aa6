//! Subscribers as the consultant sees them: found in a list, looked at one by one, and the certificate of one person's consent.

use kernel::email::EmailAddress;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;

use super::leave::Press;
use super::{Left, State, Topic, Topics};
use crate::Mailing;
use crate::outbox::protocol::State as Delivery;
use crate::store::{address_change, consent_evidence, consent_proof, delivery, mute, subscriber};

pub use crate::store::consent_evidence::Evidence;
pub use crate::store::consent_proof::ProofLine;
pub use crate::store::subscriber::Line as SubscriberLine;

/// Subscribers on one page of the list.
const PAGE: usize = 50;
/// So many rows are looked through for one answer; the next one goes on from there.
const LOOKED_THROUGH: i64 = 200_000;
/// Letters that a person's page names, the newest first.
const LETTERS: i64 = 30;

/// Whom to look for.
#[derive(Clone, Debug, Default)]
pub struct Find {
    /// A part of the address or of the name; blank for everybody.
    pub text: String,
    /// Only these.
    pub state: Option<State>,
    /// Only those who chose it.
    pub topic: Option<Topic>,
    /// Go on after this one: who came before her.
    pub before: Option<SubscriberId>,
}

/// A page of the list, the newest first.
#[derive(Clone, Debug)]
pub struct FoundSubscribers {
    /// At most fifty.
    pub lines: Vec<SubscriberLine>,
    /// Where the next page goes on.
    pub next: Option<SubscriberId>,
    /// The page is not full because so many were looked through, not because there are no more.
    pub looked_through: Option<u64>,
}

/// One person as the desk shows her.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub line: SubscriberLine,
    /// Until when she has paused.
    pub paused_until: Option<Instant>,
    /// The address she asked for, which has not answered.
    pub asked_for: Option<EmailAddress>,
    /// Whether she is left in peace.
    pub muted: bool,
    /// The letters that were for her, the newest first.
    pub letters: Vec<HerLetter>,
}

/// What became of one letter for one person.
#[derive(Clone, Debug, Serialize)]
pub struct HerLetter {
    /// The letter's address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How far it is.
    pub state: Delivery,
    /// Since when.
    pub at: Instant,
}

/// What shows that one person said yes: to print, or for a program.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    /// Who.
    pub subscriber: SubscriberId,
    /// Where letters go.
    pub address: EmailAddress,
    /// As she, or a file, gave it.
    pub name: Option<String>,
    /// Where she stands.
    pub state: State,
    /// Since when.
    pub state_since: Instant,
    /// What she chose.
    pub topics: Topics,
    /// When she last confirmed.
    pub confirmed_at: Option<Instant>,
    /// Every line of the proof, the oldest first.
    pub proof: Vec<ProofLine>,
    /// What another program's file says of her.
    pub file: Option<Evidence>,
}

impl Mailing {
    /// A page of the list.
    pub async fn find_subscribers(&self, find: &Find) -> Result<FoundSubscribers, DbErr> {
        let db = self.db.reader();
        let text = find.text.trim();
        // A whole address is one look.
        if let Ok(address) = text.parse::<EmailAddress>()
            && let Some(line) = subscriber::line_by_address(db, &address).await?
        {
            let fits = find.state.is_none_or(|s| s == line.state) && find.topic.is_none_or(|t| line.topics.contains(t));
            return Ok(FoundSubscribers {
                lines: Some(line)
                    .filter(|_| fits && find.before.is_none())
                    .into_iter()
                    .collect(),
                next: None,
                looked_through: None,
            });
        }
        let wanted = subscriber::Wanted {
            text,
            state: find.state,
            topic: find.topic,
            before: find.before,
            window: LOOKED_THROUGH,
        };
        let mut lines = subscriber::find(db, &wanted, PAGE + 1).await?;
        if lines.len() > PAGE {
            lines.truncate(PAGE);
            let next = lines.last().map(|line| line.id);
            return Ok(FoundSubscribers {
                lines,
                next,
                looked_through: None,
            });
        }
        let next = subscriber::end_of_window(db, &wanted).await?;
        Ok(FoundSubscribers {
            lines,
            looked_through: next.and(u64::try_from(LOOKED_THROUGH).ok()),
            next,
        })
    }

    /// One person.
    pub async fn person(&self, id: SubscriberId, now: Instant) -> Result<Option<Person>, DbErr> {
        let db = self.db.reader();
        let (Some(line), Some(row)) = (subscriber::line(db, id).await?, subscriber::by_id(db, id).await?) else {
            return Ok(None);
        };
        Ok(Some(Person {
            muted: mute::is_muted(db, &self.keys.hash_of(line.address.key())).await?,
            paused_until: row.paused_until.filter(|&until| until > now),
            asked_for: address_change::open_one(db, id, now).await?.map(|link| link.address),
            letters: delivery::of_subscriber(db, id, LETTERS).await?,
            line,
        }))
    }

    /// The subscriber of an address.
    pub async fn subscriber_of(&self, address: &EmailAddress) -> Result<Option<SubscriberId>, DbErr> {
        Ok(subscriber::by_address(self.db.reader(), address).await?.map(|s| s.id))
    }

    /// What shows that she said yes.
    pub async fn certificate(&self, id: SubscriberId) -> Result<Option<Certificate>, DbErr> {
        let db = self.db.reader();
        let Some(line) = subscriber::line(db, id).await? else {
            return Ok(None);
        };
        Ok(Some(Certificate {
            subscriber: line.id,
            state: line.state,
            state_since: line.state_since,
            topics: line.topics,
            confirmed_at: line.confirmed_at,
            proof: consent_proof::of(db, id).await?,
            file: consent_evidence::of(db, id).await?,
            address: line.address,
            name: line.name,
        }))
    }

    /// Takes somebody off the list because she asked the consultant to.
    pub async fn take_off(&self, id: SubscriberId, now: Instant) -> Result<Left, DbErr> {
        self.unsubscribe(&self.unsubscribe_token(id), "/admin/subscribers", now)
            .await
    }

    /// Leaves somebody in peace who may have no appointment, or lifts that; `false`: there is nobody of this id.
    pub async fn set_peace(&self, id: SubscriberId, silent: bool, now: Instant) -> Result<bool, DbErr> {
        let press = self.press(&self.unsubscribe_token(id), "/admin/subscribers", now);
        kernel::db::write(&self.db, (press, silent), set_peace).await
    }
}

async fn set_peace(tx: &DatabaseTransaction, (press, silent): &(Press, bool)) -> Result<bool, DbErr> {
    let Some(found) = press.find(tx).await? else {
        return Ok(false);
    };
    if *silent {
        press.mailing.mute(tx, &found.address, press.now).await?;
    } else {
        press.mailing.unmute(tx, &found.address).await?;
    }
    Ok(true)
}
