//! Which row a mail is: a promise of the outbox, or one delivery of a letter.

use kernel::id::{LetterId, MailId, SubscriberId};
use sea_orm::prelude::Uuid;

/// The key of a row that is being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Ticket {
    /// A row of `outbox`.
    Mail(MailId),
    /// A row of `delivery`.
    Delivery(LetterId, SubscriberId),
}

impl Ticket {
    /// What names the mail in its Message-ID, its file and its capture: the same for every try.
    pub fn mail(self) -> MailId {
        match self {
            Self::Mail(id) => id,
            // Both halves are random enough that no two pairs meet; turning one keeps their equal beginnings apart.
            Self::Delivery(letter, subscriber) => {
                let turned = subscriber.0.as_u128().rotate_left(64);
                MailId(Uuid::from_u128(letter.0.as_u128() ^ turned))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipient_of_every_letter_has_a_mail_of_her_own_and_always_the_same() {
        let id = |n: u128| Uuid::from_u128(n);
        let ticket = |l, s| Ticket::Delivery(LetterId(id(l)), SubscriberId(id(s))).mail();
        assert_eq!(ticket(5, 9), ticket(5, 9));
        assert_ne!(ticket(5, 9), ticket(9, 5));
        assert_ne!(ticket(5, 9), ticket(5, 8));
        assert_ne!(ticket(5, 9), ticket(4, 9));
    }
}
