//! Taking the deliveries of a letter that are due, and asking once more who still wants it.

use kernel::email::EmailAddress;
use kernel::id::{LetterId, SubscriberId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::Mailing;
use crate::consent::State as Consent;
use crate::outbox::protocol::Past;
use crate::store::delivery::Due;
use crate::store::letter::Sending;
use crate::store::{delivery, letter as rows, mute, parked, suppression};

/// A delivery that an instance has taken.
#[derive(Clone, Debug)]
pub(crate) struct TakenDelivery {
    pub subscriber: SubscriberId,
    pub address: EmailAddress,
    /// For the letter's personal fields.
    pub name: Option<String>,
    pub past: Past,
}

/// What a claim did.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub deliveries: Vec<TakenDelivery>,
    /// How many recipients no longer want it.
    pub withdrawn: u64,
}

/// What a claim needs.
pub(crate) struct Claim {
    pub mailing: Mailing,
    pub letter: Sending,
    pub lease: i64,
    pub limit: usize,
    pub now: Instant,
}

/// Takes up to `limit` deliveries under the lease; recipients who left since the start are withdrawn instead.
pub(crate) async fn claim(tx: &DatabaseTransaction, claim: &Claim) -> Result<Taken, DbErr> {
    let (letter, now) = (claim.letter, claim.now);
    if parked::find(tx).await?.is_some() || !rows::hold_sending(tx, letter.id).await? {
        return Ok(Taken::default());
    }
    let due = delivery::due(tx, letter.id, claim.limit, now).await?;
    let hashes: Vec<_> = due
        .iter()
        .filter_map(|d| Some(claim.mailing.keys.hash_of(d.address.as_ref()?.key())))
        .collect();
    let mut suppressed = suppression::among(tx, &hashes).await?;
    suppressed.extend(mute::among(tx, &hashes).await?);
    let is_suppressed = |address: &EmailAddress| suppressed.contains(&claim.mailing.keys.hash_of(address.key()));
    let (mut deliveries, mut left) = (Vec::with_capacity(due.len()), Vec::new());
    for found in due {
        let wants = found.consent == Some(Consent::Confirmed)
            && found.topics.is_some_and(|t| t.contains(letter.topic))
            && found.paused_until.is_none_or(|until| until <= now);
        let past = found.past();
        match found {
            Due {
                address: Some(address),
                subscriber,
                name,
                ..
            } if wants && !is_suppressed(&address) => deliveries.push(TakenDelivery {
                subscriber,
                address,
                name,
                past,
            }),
            Due { subscriber, .. } => left.push(subscriber),
        }
    }
    let taken: Vec<_> = deliveries.iter().map(|d| d.subscriber).collect();
    delivery::lease(tx, letter.id, claim.lease, &taken, now).await?;
    delivery::withdraw(tx, letter.id, &left, now).await?;
    Ok(Taken {
        deliveries,
        withdrawn: u64::try_from(left.len()).unwrap_or(u64::MAX),
    })
}

/// What a look at a letter that is being sent found to do.
pub(crate) async fn end(tx: &DatabaseTransaction, &(letter, now): &(LetterId, Instant)) -> Result<bool, DbErr> {
    rows::finish(tx, letter, now).await
}

/// Cancels what came back to waiting after its letter was cancelled; says how many.
pub(crate) async fn cancel_late(tx: &DatabaseTransaction, &(letter, now): &(LetterId, Instant)) -> Result<u64, DbErr> {
    delivery::cancel(tx, letter, now).await
}
