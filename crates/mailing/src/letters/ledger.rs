//! What has become of a letter, recipient by recipient, counted.

use std::collections::BTreeMap;

use kernel::id::LetterId;
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DbErr};
use serde::{Deserialize, Serialize};

use super::LetterState;
use super::send::LetterError;
use crate::Mailing;
use crate::consent::{State as Consent, Topic, Topics};
use crate::outbox::protocol::State;
use crate::store::{delivery, letter as rows};

/// The counts of a letter's ledger. `recipients` is the sum of `queued` to `cancelled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// How far it is.
    pub state: LetterState,
    /// Everybody it was for when it was started.
    pub recipients: u64,
    /// Not tried yet, or being tried.
    pub queued: u64,
    /// Taken by the recipient's server.
    pub delivered: u64,
    /// Refused for now, and to be tried again.
    pub retrying: u64,
    /// Refused for good, or given up.
    pub bounced: u64,
    /// Handed over without an answer, as often as the rule allows.
    pub uncertain: u64,
    /// Left, silenced or suppressed between the start and her turn.
    pub withdrawn: u64,
    /// Not sent because the letter was cancelled.
    pub cancelled: u64,
    /// Subscribers it was not for, by the reason.
    pub excluded: Excluded,
}

/// Why a subscriber is not among the recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// Asked for, not confirmed.
    Pending,
    /// Left.
    Unsubscribed,
    /// Her mailbox refused mail for good.
    Bounced,
    /// She called a mail unwanted.
    Complained,
    /// She chose other topics.
    OtherTopic,
    /// Her family is silenced.
    Muted,
    /// She asked for a pause.
    Paused,
}

/// How many were left out, by the reason; reasons without anybody are not in it.
pub type Excluded = BTreeMap<Exclusion, u64>;

/// Whom a letter would go to if it were started now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Confirmed, wants this topic, has not paused, and is not silenced.
    pub recipients: u64,
    /// Everybody else.
    pub excluded: Excluded,
}

impl Mailing {
    /// The ledger of a letter.
    pub async fn ledger(&self, slug: &str) -> Result<Ledger, LetterError> {
        let db = self.db.reader();
        let letter = rows::by_slug(db, slug)
            .await?
            .ok_or_else(|| LetterError::Unknown(slug.to_owned()))?;
        Ok(of(db, &letter).await?)
    }

    /// Whom a letter about this topic would go to now.
    pub async fn audience(&self, topic: Topic, now: Instant) -> Result<Audience, DbErr> {
        audience(self.db.reader(), topic, now).await
    }
}

pub(super) async fn of(db: &impl ConnectionTrait, letter: &rows::Letter) -> Result<Ledger, DbErr> {
    let excluded = letter.excluded.clone().map(serde_json::from_value).transpose();
    let mut ledger = Ledger {
        state: letter.state,
        excluded: excluded.map_err(|e| DbErr::Json(e.to_string()))?.unwrap_or_default(),
        ..Ledger::empty()
    };
    ledger.count(db, letter.id).await?;
    Ok(ledger)
}

impl Ledger {
    fn empty() -> Self {
        Self {
            state: LetterState::Draft,
            recipients: 0,
            queued: 0,
            delivered: 0,
            retrying: 0,
            bounced: 0,
            uncertain: 0,
            withdrawn: 0,
            cancelled: 0,
            excluded: Excluded::new(),
        }
    }

    async fn count(&mut self, db: &impl ConnectionTrait, letter: LetterId) -> Result<(), DbErr> {
        for (state, n) in delivery::counts(db, letter).await? {
            self.recipients += n;
            let place = match state {
                State::Queued | State::Leased | State::HandingOver => &mut self.queued,
                State::Sent => &mut self.delivered,
                State::Retry => &mut self.retrying,
                State::Bounced => &mut self.bounced,
                State::Uncertain => &mut self.uncertain,
                State::Withdrawn => &mut self.withdrawn,
                State::Cancelled => &mut self.cancelled,
            };
            *place += n;
        }
        Ok(())
    }
}

pub(super) async fn audience(db: &impl ConnectionTrait, topic: Topic, now: Instant) -> Result<Audience, DbErr> {
    let mut audience = Audience::default();
    for group in delivery::audience(db, Topics::from_iter([topic]), now).await? {
        let all = u64::try_from(group.all).unwrap_or(0);
        let wanting = u64::try_from(group.wanting).unwrap_or(0);
        let silent = u64::try_from(group.silent).unwrap_or(0);
        let paused = u64::try_from(group.paused).unwrap_or(0);
        let (reason, left_out) = match group.state {
            Consent::Confirmed => {
                audience.recipients = wanting.saturating_sub(silent + paused);
                if silent > 0 {
                    audience.excluded.insert(Exclusion::Muted, silent);
                }
                if paused > 0 {
                    audience.excluded.insert(Exclusion::Paused, paused);
                }
                (Exclusion::OtherTopic, all.saturating_sub(wanting))
            }
            Consent::Pending => (Exclusion::Pending, all),
            Consent::Unsubscribed => (Exclusion::Unsubscribed, all),
            Consent::Bounced => (Exclusion::Bounced, all),
            Consent::Complained => (Exclusion::Complained, all),
        };
        if left_out > 0 {
            audience.excluded.insert(reason, left_out);
        }
    }
    Ok(audience)
}
