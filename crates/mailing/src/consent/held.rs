//! Everything that is held about an address for letters and mails, for the person who asks.

use kernel::email::EmailAddress;
use sea_orm::DbErr;
use serde_json::{Value, json};

use crate::Mailing;
use crate::store::{address_change, mute, recipient, subscriber, suppression};

impl Mailing {
    /// All of it, as JSON; also when nobody of this address subscribes.
    pub async fn held(&self, address: &EmailAddress) -> Result<Value, DbErr> {
        let db = self.db.reader();
        let hash = self.keys.hash_of(address.key());
        let found = subscriber::by_address(db, address).await?;
        let letters = match &found {
            Some(found) => Some(self.held_of(found).await?),
            None => None,
        };
        let suppressed = suppression::reasons(db, std::slice::from_ref(&hash)).await?;
        Ok(json!({
            "subscriber": letters,
            "suppressed": suppressed.first().map(|(_, reason)| reason.as_str()),
            "silenced": mute::is_muted(db, &hash).await?,
            "mails": recipient::promised(db, address).await?,
        }))
    }

    async fn held_of(&self, found: &subscriber::Subscriber) -> Result<Value, DbErr> {
        let db = self.db.reader();
        let asked: Vec<_> = address_change::all(db, found.id)
            .await?
            .into_iter()
            .map(|link| json!({ "address": link.address, "closed_at": link.closed_at }))
            .collect();
        Ok(json!({
            "consent": self.certificate(found.id).await?,
            "paused_until": found.paused_until,
            "addresses_asked_for": asked,
            "letters": crate::store::delivery::of_subscriber(db, found.id, i64::MAX).await?,
        }))
    }
}
