//! What follows when a mail did not arrive, said by its server at once or by a report later.

use jiff::SignedDuration;
use kernel::db::write;
use kernel::id::{MailId, SubscriberId};
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::report::{Report, Says};
use super::verp::Origin;
use crate::Mailing;
use crate::consent::State as Consent;
use crate::outbox::ticket::Ticket;
use crate::store::bounce::{self as rows, Kind};
use crate::store::{consent_proof, delivery, letter, outbox, subscriber, suppression};

/// How long a mail that an address could not take counts.
pub(crate) const SOFT_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// So many of them suppress it,
const SOFT_LIMIT: usize = 4;
/// when the last came so long after the first: one bad evening is no reason.
const SOFT_SPAN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whom a mail went to.
struct Person {
    address_hash: Vec<u8>,
    subscriber: Option<SubscriberId>,
}

/// Counts a report once, whatever becomes of its file; what it was, so that a second reader puts it where the first would have.
pub(super) async fn take(mailing: &Mailing, digest: Vec<u8>, report: Report, now: Instant) -> Result<Kind, DbErr> {
    write(&mailing.db, (mailing.clone(), digest, report, now), take_in).await
}

type Input = (Mailing, Vec<u8>, Report, Instant);

async fn take_in(tx: &DatabaseTransaction, (mailing, digest, report, now): &Input) -> Result<Kind, DbErr> {
    let kind = match (report.says, report.about) {
        (Says::Unread, _) => Kind::Unread,
        (Says::Nothing, _) => Kind::Nothing,
        (_, None) => Kind::Stranger,
        (Says::Hard, Some(_)) => Kind::Hard,
        (Says::Soft, Some(_)) => Kind::Soft,
        (Says::Complaint, Some(_)) => Kind::Complaint,
    };
    if let Some(before) = rows::insert(tx, digest, kind, *now).await? {
        return Ok(before);
    }
    let Some(origin) = report.about else { return Ok(kind) };
    let Some((ticket, mail)) = mail_of(tx, origin).await? else {
        return Ok(kind);
    };
    match kind {
        Kind::Complaint => complained(tx, mailing, origin, *now).await?,
        Kind::Hard | Kind::Soft => {
            match ticket {
                Some(Ticket::Mail(id)) => outbox::returned(tx, id, &report.reason, *now).await?,
                Some(Ticket::Delivery(of, who)) => delivery::returned(tx, of, who, &report.reason, *now).await?,
                None => {}
            }
            refused(tx, mailing, origin, mail, kind == Kind::Hard, *now).await?;
        }
        Kind::Nothing | Kind::Stranger | Kind::Unread => {}
    }
    Ok(kind)
}

/// The row of a mail, and what names it; `None` when there was no such mail.
async fn mail_of(tx: &DatabaseTransaction, origin: Origin) -> Result<Option<(Option<Ticket>, MailId)>, DbErr> {
    match origin {
        Origin::Mail(id) => Ok(Some((Some(Ticket::Mail(id)), id))),
        Origin::Delivery(subscriber, hint) => {
            let all = letter::ids(tx).await?;
            let found = all.into_iter().find(|id| super::verp::hint(*id) == hint);
            let ticket = found.map(|letter| Ticket::Delivery(letter, subscriber));
            Ok(ticket.map(|ticket| (Some(ticket), ticket.mail())))
        }
    }
}

/// A server has refused a mail for good, as it was handed over.
pub(crate) async fn refused_at_once(
    tx: &DatabaseTransaction,
    mailing: &Mailing,
    ticket: Ticket,
    gone: bool,
    now: Instant,
) -> Result<(), DbErr> {
    let origin = match ticket {
        Ticket::Mail(id) => Origin::Mail(id),
        Ticket::Delivery(letter, subscriber) => Origin::Delivery(subscriber, super::verp::hint(letter)),
    };
    refused(tx, mailing, origin, ticket.mail(), gone, now).await
}

async fn refused(
    tx: &DatabaseTransaction,
    mailing: &Mailing,
    origin: Origin,
    mail: MailId,
    gone: bool,
    now: Instant,
) -> Result<(), DbErr> {
    let Some(person) = person(tx, mailing, origin).await? else {
        return Ok(());
    };
    if !gone {
        rows::soft(tx, &person.address_hash, mail, now).await?;
        let times = rows::soft_since(tx, &person.address_hash, now - SOFT_KEPT).await?;
        if !is_worn_out(&times) {
            return Ok(());
        }
    }
    if let Some(id) = person.subscriber {
        subscriber::bounce(tx, id, now).await?;
    }
    suppression::insert(tx, &person.address_hash, Consent::Bounced, now).await
}

/// Whether an address that might be good has failed too often; the times ascend.
fn is_worn_out(times: &[Instant]) -> bool {
    match (times.first(), times.last()) {
        (Some(first), Some(last)) => times.len() >= SOFT_LIMIT && *last - *first >= SOFT_SPAN,
        _ => false,
    }
}

/// She called a mail of ours unwanted: she gets no letter again, and no confirmation mail.
async fn complained(tx: &DatabaseTransaction, mailing: &Mailing, origin: Origin, now: Instant) -> Result<(), DbErr> {
    let Some(person) = person(tx, mailing, origin).await? else {
        return Ok(());
    };
    if let Some(id) = person.subscriber {
        subscriber::complain(tx, id, now).await?;
    }
    suppression::insert(tx, &person.address_hash, Consent::Complained, now).await
}

/// Whom a mail went to; her hash is found even when her row was erased.
async fn person(tx: &DatabaseTransaction, mailing: &Mailing, origin: Origin) -> Result<Option<Person>, DbErr> {
    Ok(match origin {
        Origin::Mail(id) => match outbox::recipient(tx, id).await? {
            None => None,
            Some(address) => Some(Person {
                address_hash: mailing.keys.hash_of(address.key()),
                subscriber: subscriber::by_address(tx, &address).await?.map(|s| s.id),
            }),
        },
        Origin::Delivery(id, _) => match subscriber::by_id(tx, id).await? {
            Some(found) => Some(Person {
                address_hash: mailing.keys.hash_of(found.address.key()),
                subscriber: Some(id),
            }),
            None => consent_proof::address_hash(tx, id).await?.map(|address_hash| Person {
                address_hash,
                subscriber: None,
            }),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_failures_over_a_week_wear_an_address_out_and_one_bad_evening_does_not() {
        let at = |hours: i64| Instant::from_micros(0) + SignedDuration::from_hours(hours);
        assert!(!is_worn_out(&[]));
        assert!(!is_worn_out(&[at(0), at(1), at(2), at(3), at(4), at(5)]));
        assert!(!is_worn_out(&[at(0), at(100), at(200)]));
        assert!(!is_worn_out(&[at(0), at(50), at(100), at(167)]));
        assert!(is_worn_out(&[at(0), at(50), at(100), at(168)]));
    }
}
