//! A test of a letter: one mail to whoever writes it, by the way of every other mail.

use kernel::db::write;
use kernel::email::EmailAddress;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::Mailing;
use crate::outbox::{NewMail, Priority};

/// The template of a test; its context is a [`super::LetterText`].
pub const TEST_MAIL: &str = "letter-test";

impl Mailing {
    /// Promises a test of a letter to its writer. `false`: there is no such letter.
    pub async fn test_letter(&self, slug: &str, to: EmailAddress, now: Instant) -> Result<bool, DbErr> {
        let Some(text) = self.letter_text(slug, now).await? else {
            return Ok(false);
        };
        let mail = NewMail {
            key: format!("letter:{}:test:{}", text.id, now.micros()),
            kind: TEST_MAIL,
            to,
            context: serde_json::to_value(&text).map_err(|e| DbErr::Json(e.to_string()))?,
            thread: None,
            not_after: None,
            priority: Priority::High,
        };
        let step = async |tx: &DatabaseTransaction, (mailing, mail, now): &(Mailing, NewMail, Instant)| {
            mailing.enqueue(tx, mail.clone(), *now).await
        };
        write::<_, _, DbErr, _>(&self.db, (self.clone(), mail, now), step).await?;
        self.wake.notify_one();
        Ok(true)
    }
}
