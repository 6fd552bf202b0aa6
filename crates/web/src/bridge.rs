//! From what happens in one crate to a mail in another, inside one transaction.
//!
//! booking and access tell what happened through their ports; here it becomes a row of the outbox, written with the
//! transaction that made it happen. The words are made when the mail is sent, in [`crate::compose`].

use access::{ResetAsked, ResetMail};
use booking::appointment::State;
use booking::appointment::notice::{Notice, NoticeKind, Notices, Noticing, Silence};
use booking::money::{Owner, PurchaseNotice, PurchaseNoticeKind, Receipt};
use booking::source::SourceNotice;
use kernel::email::EmailAddress;
use kernel::id::{AppointmentId, OneTimeLinkId};
use kernel::instant::Instant;
use mailing::Mailing;
use mailing::outbox::{NewMail, Priority, Thread};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use crate::view::mails::{
    AppointmentCancelled, AppointmentClientLink, AppointmentConfirmed, AppointmentExpired, AppointmentMoved,
    AppointmentRefund, AppointmentReminder, AppointmentRequested, AppointmentSecond, DeskBooked, DeskCancelled,
    DeskMoved, DeskPurchase, DeskReset, DeskSource, IntakeNudge, MailFacts, PurchaseEnding, PurchaseLink, PurchasePaid,
    PurchaseRefund, PurchaseRequested, ReceiptMail,
};

/// Writes mails into the outbox for the crates that do not know it.
pub struct Bridge(Mailing);

impl Bridge {
    /// Over the outbox.
    pub fn new(mailing: Mailing) -> Self {
        Self(mailing)
    }

    async fn tell(&self, tx: &DatabaseTransaction, notice: &Notice, now: Instant) -> Result<(), DbErr> {
        let facts = &notice.facts;
        if ends_reminders(&notice.kind) {
            self.recall_reminders(tx, facts.id, now).await?;
        }
        if let Some(kind) = mail_to_parent(&notice.kind) {
            self.send(tx, notice, kind, &facts.parent_email, Side::Parent, now)
                .await?;
        }
        self.tell_second(tx, notice, now).await?;
        if let Some(kind) = mail_to_consultant(&notice.kind) {
            self.send(tx, notice, kind, &facts.practice_email, Side::Desk, now)
                .await?;
        }
        Ok(())
    }

    /// What the second recipient is told, and who was one until now.
    async fn tell_second(&self, tx: &DatabaseTransaction, notice: &Notice, now: Instant) -> Result<(), DbErr> {
        let facts = &notice.facts;
        let kind = AppointmentSecond::KIND;
        if matches!(notice.kind, NoticeKind::SecondRecipient { .. }) {
            self.0.recall(tx, &thread(facts.id, Side::Second), kind, now).await?;
        }
        let confirmed = facts.state == State::Confirmed;
        let told = match &notice.kind {
            NoticeKind::Confirmed { .. } | NoticeKind::Reminder { .. } => true,
            NoticeKind::Moved { .. } | NoticeKind::SecondRecipient { .. } => confirmed,
            NoticeKind::CancelledByParent { was_confirmed }
            | NoticeKind::CancelledByConsultant { was_confirmed, .. } => *was_confirmed,
            NoticeKind::Requested { .. }
            | NoticeKind::HoldExpired
            | NoticeKind::GivenBack { .. }
            | NoticeKind::ClientLink { .. }
            | NoticeKind::IntakeAsked { .. } => false,
        };
        if let NoticeKind::SecondRecipient { was: Some(was) } = &notice.kind
            && told
        {
            self.send(tx, notice, kind, was, Side::Second, now).await?;
        }
        match &facts.second_recipient {
            Some(second) if told => self.send(tx, notice, kind, second, Side::Second, now).await,
            _ => Ok(()),
        }
    }

    /// What was written of a time that no longer holds does not leave.
    async fn recall_reminders(&self, tx: &DatabaseTransaction, of: AppointmentId, now: Instant) -> Result<(), DbErr> {
        for (side, kind) in [
            (Side::Parent, AppointmentReminder::KIND),
            (Side::Parent, IntakeNudge::KIND),
            (Side::Second, AppointmentSecond::KIND),
        ] {
            self.0.recall(tx, &thread(of, side), kind, now).await?;
        }
        Ok(())
    }

    /// No letter any more, and what was written of its own accord and waits is taken back.
    async fn keep_silent(&self, tx: &DatabaseTransaction, silence: &Silence, now: Instant) -> Result<(), DbErr> {
        for address in &silence.addresses {
            if silence.silent {
                self.0.mute(tx, address, now).await?;
            } else {
                self.0.unmute(tx, address).await?;
            }
        }
        let taken_back: &[AppointmentId] = if silence.silent { &silence.appointments } else { &[] };
        for &appointment in taken_back {
            self.recall_reminders(tx, appointment, now).await?;
        }
        Ok(())
    }

    /// The mails about a purchase; each kind is sent once, but its link as often as it is asked for.
    async fn tell_of_purchase(
        &self,
        tx: &DatabaseTransaction,
        notice: &PurchaseNotice,
        now: Instant,
    ) -> Result<(), DbErr> {
        let id = notice.facts.id;
        for (kind, to) in mails_of_purchase(notice) {
            let mail = NewMail {
                key: match notice.kind {
                    // Can happen again.
                    PurchaseNoticeKind::GivenBack { .. } => format!("purchase:{id}:{kind}:{}", now.micros()),
                    // Asked for again and again: once an hour.
                    PurchaseNoticeKind::Asked => format!("purchase:{id}:{kind}:{}", now.micros() / 3_600_000_000),
                    _ => format!("purchase:{id}:{kind}"),
                },
                kind,
                to: to.clone(),
                context: context(notice)?,
                thread: Some(Thread {
                    name: format!(
                        "purchase:{id}:{}",
                        if kind == DeskPurchase::KIND { "desk" } else { "parent" }
                    ),
                    cancels_elders: false,
                }),
                not_after: None,
                priority: Priority::Normal,
            };
            self.0.enqueue(tx, mail, now).await?;
        }
        Ok(())
    }

    /// Told once for each time that it could not be read for long.
    async fn tell_of_source(&self, tx: &DatabaseTransaction, notice: &SourceNotice, now: Instant) -> Result<(), DbErr> {
        let mail = NewMail {
            key: format!("source:{}:{}", notice.id, notice.since.micros()),
            kind: DeskSource::KIND,
            to: notice.practice_email.clone(),
            context: context(notice)?,
            thread: None,
            not_after: None,
            priority: Priority::Normal,
        };
        self.0.enqueue(tx, mail, now).await.map(drop)
    }

    /// A receipt alone; it can be sent again.
    async fn send_receipt(&self, tx: &DatabaseTransaction, receipt: &Receipt, now: Instant) -> Result<(), DbErr> {
        let name = match receipt.of {
            Owner::Appointment(id) => thread(id, Side::Parent),
            Owner::Purchase(id) => format!("purchase:{id}:parent"),
        };
        let mail = NewMail {
            key: format!("receipt:{}:{}", receipt.number, now.micros()),
            kind: ReceiptMail::KIND,
            to: receipt.email.clone(),
            context: context(receipt)?,
            thread: Some(Thread {
                name,
                cancels_elders: false,
            }),
            not_after: None,
            priority: Priority::Normal,
        };
        self.0.enqueue(tx, mail, now).await.map(drop)
    }

    /// One mail of the appointment's thread to this side: they leave in the order in which things happened.
    async fn send(
        &self,
        tx: &DatabaseTransaction,
        notice: &Notice,
        kind: &'static str,
        to: &EmailAddress,
        side: Side,
        now: Instant,
    ) -> Result<(), DbErr> {
        let (id, sequence) = (notice.facts.id, notice.facts.sequence);
        let (which, not_after) = match notice.kind {
            NoticeKind::Reminder { minutes, until, .. } => (format!(":{minutes}"), Some(until)),
            NoticeKind::IntakeAsked { until } => (String::new(), Some(until)),
            // These can happen again at the same SEQUENCE.
            NoticeKind::SecondRecipient { .. } if notice.facts.second_recipient.as_ref() == Some(to) => {
                (format!(":named:{}", now.micros()), None)
            }
            NoticeKind::SecondRecipient { .. } => (format!(":removed:{}", now.micros()), None),
            NoticeKind::ClientLink { .. } | NoticeKind::GivenBack { .. } => (format!(":{}", now.micros()), None),
            _ => (String::new(), None),
        };
        let key = match notice.kind {
            // Once, however often it is moved.
            NoticeKind::IntakeAsked { .. } => format!("appointment:{id}:{kind}"),
            _ => format!("appointment:{id}:{kind}:{sequence}{which}"),
        };
        let mail = NewMail {
            key,
            kind,
            to: to.clone(),
            context: context(notice)?,
            thread: Some(Thread {
                name: thread(id, side),
                cancels_elders: false,
            }),
            not_after,
            priority: Priority::Normal,
        };
        self.0.enqueue(tx, mail, now).await.map(drop)
    }
}

/// What was bought is told to both; what she marked as paid, to the buyer alone.
fn mails_of_purchase(notice: &PurchaseNotice) -> Vec<(&'static str, &EmailAddress)> {
    let facts = &notice.facts;
    match notice.kind {
        PurchaseNoticeKind::Requested { .. } => vec![
            (PurchaseRequested::KIND, &facts.buyer_email),
            (DeskPurchase::KIND, &facts.practice_email),
        ],
        PurchaseNoticeKind::GivenBack { .. } => vec![(PurchaseRefund::KIND, &facts.buyer_email)],
        PurchaseNoticeKind::Paid => vec![(PurchasePaid::KIND, &facts.buyer_email)],
        PurchaseNoticeKind::Ending { .. } => vec![(PurchaseEnding::KIND, &facts.buyer_email)],
        PurchaseNoticeKind::Asked => vec![(PurchaseLink::KIND, &facts.buyer_email)],
    }
}

/// Whether a reminder that waits to be sent speaks of what is no longer so.
fn ends_reminders(kind: &NoticeKind) -> bool {
    match kind {
        NoticeKind::CancelledByParent { .. }
        | NoticeKind::CancelledByConsultant { .. }
        | NoticeKind::Moved { .. }
        | NoticeKind::HoldExpired => true,
        NoticeKind::Requested { .. }
        | NoticeKind::Confirmed { .. }
        | NoticeKind::SecondRecipient { .. }
        | NoticeKind::ClientLink { .. }
        | NoticeKind::GivenBack { .. }
        | NoticeKind::Reminder { .. }
        | NoticeKind::IntakeAsked { .. } => false,
    }
}

/// To whom a mail about an appointment goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The family.
    Parent,
    /// Whom the parent named besides.
    Second,
    /// The consultant.
    Desk,
}

/// The thread of the mails about an appointment to one side.
pub fn thread(id: AppointmentId, side: Side) -> String {
    let side = match side {
        Side::Parent => "parent",
        Side::Second => "second",
        Side::Desk => "desk",
    };
    format!("appointment:{id}:{side}")
}

/// Every notice is told to the parent, except whom else she has named.
fn mail_to_parent(kind: &NoticeKind) -> Option<&'static str> {
    Some(match kind {
        NoticeKind::SecondRecipient { .. } => return None,
        NoticeKind::ClientLink { .. } => AppointmentClientLink::KIND,
        NoticeKind::Requested { .. } => AppointmentRequested::KIND,
        NoticeKind::Confirmed { .. } => AppointmentConfirmed::KIND,
        NoticeKind::CancelledByParent { .. } | NoticeKind::CancelledByConsultant { .. } => AppointmentCancelled::KIND,
        NoticeKind::Moved { .. } => AppointmentMoved::KIND,
        NoticeKind::HoldExpired => AppointmentExpired::KIND,
        NoticeKind::GivenBack { .. } => AppointmentRefund::KIND,
        NoticeKind::Reminder { .. } => AppointmentReminder::KIND,
        NoticeKind::IntakeAsked { .. } => IntakeNudge::KIND,
    })
}

/// Bookings, moves and cancellations are told to the consultant, also those of her own; what she marked as paid, holds that just
/// end, and reminders are not.
fn mail_to_consultant(kind: &NoticeKind) -> Option<&'static str> {
    match kind {
        NoticeKind::Requested { .. } | NoticeKind::Confirmed { was_requested: false } => Some(DeskBooked::KIND),
        NoticeKind::CancelledByParent { .. } | NoticeKind::CancelledByConsultant { .. } => Some(DeskCancelled::KIND),
        NoticeKind::Moved { .. } => Some(DeskMoved::KIND),
        NoticeKind::Confirmed { was_requested: true }
        | NoticeKind::HoldExpired
        | NoticeKind::GivenBack { .. }
        | NoticeKind::SecondRecipient { .. }
        | NoticeKind::ClientLink { .. }
        | NoticeKind::Reminder { .. }
        | NoticeKind::IntakeAsked { .. } => None,
    }
}

/// What the mail with a reset's link needs; the link itself is derived when the mail is sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct ResetFacts {
    /// From which the link is made.
    pub link: OneTimeLinkId,
    /// When it ends.
    pub ends_at: Instant,
}

fn context(facts: &impl Serialize) -> Result<serde_json::Value, DbErr> {
    serde_json::to_value(facts).map_err(|e| DbErr::Json(e.to_string()))
}

impl Notices for Bridge {
    fn source<'a>(&'a self, tx: &'a DatabaseTransaction, notice: &'a SourceNotice, now: Instant) -> Noticing<'a> {
        Box::pin(self.tell_of_source(tx, notice, now))
    }

    fn notify<'a>(&'a self, tx: &'a DatabaseTransaction, notice: &'a Notice, now: Instant) -> Noticing<'a> {
        Box::pin(self.tell(tx, notice, now))
    }

    fn purchase<'a>(&'a self, tx: &'a DatabaseTransaction, notice: &'a PurchaseNotice, now: Instant) -> Noticing<'a> {
        Box::pin(self.tell_of_purchase(tx, notice, now))
    }

    fn receipt<'a>(&'a self, tx: &'a DatabaseTransaction, receipt: &'a Receipt, now: Instant) -> Noticing<'a> {
        Box::pin(self.send_receipt(tx, receipt, now))
    }

    fn silence<'a>(&'a self, tx: &'a DatabaseTransaction, silence: &'a Silence, now: Instant) -> Noticing<'a> {
        Box::pin(self.keep_silent(tx, silence, now))
    }
}

impl ResetMail for Bridge {
    fn reset_asked<'a>(&'a self, tx: &'a DatabaseTransaction, reset: &'a ResetAsked, now: Instant) -> Noticing<'a> {
        Box::pin(async move {
            let mail = NewMail {
                key: format!("reset:{}", reset.link),
                kind: DeskReset::KIND,
                to: reset.to.clone(),
                context: context(&ResetFacts {
                    link: reset.link,
                    ends_at: reset.ends_at,
                })?,
                thread: None,
                not_after: Some(reset.ends_at),
                priority: Priority::High,
            };
            self.0.enqueue(tx, mail, now).await.map(drop)
        })
    }
}
