//! What happened to an appointment, and which mails told of it, in plain words.

use booking::appointment::{AppointmentFacts, AppointmentView, Event, EventKind, Reason};
use booking::money::payment::PaidBy;
use kernel::instant::Instant;
use mailing::outbox::protocol::State as Sending;

use super::Room;
use crate::bridge::{Side, thread};
use crate::error::PageError;
use crate::state::App;
use crate::view::desk as view;
use crate::view::desk::MailState;
use crate::view::mails::{
    AppointmentCancelled, AppointmentClientLink, AppointmentConfirmed, AppointmentExpired, AppointmentMoved,
    AppointmentRefund, AppointmentReminder, AppointmentRequested, AppointmentSecond, DeskBooked, DeskCancelled,
    DeskMoved, IntakeNudge, MailFacts, ReceiptMail,
};

/// How and when it was paid.
pub fn paid_how(room: &Room, by: PaidBy, at: Instant) -> String {
    format!("{}, {}.", how(by), room.moment(at))
}

fn how(by: PaidBy) -> &'static str {
    match by {
        PaidBy::Cash => "In cash",
        PaidBy::Transfer => "By transfer",
        PaidBy::Card => "By card",
        PaidBy::Other => "In another way",
        PaidBy::Online => "Online",
    }
}

/// One line of its history.
pub fn event(room: &Room, found: &AppointmentView, event: &Event) -> view::Event {
    let price = |amount| room.locale.price(amount);
    let (kind, detail) = match event.kind {
        EventKind::Booked => (view::EventKind::Booked, None),
        EventKind::AddedByConsultant => (view::EventKind::AddedByYou, None),
        EventKind::Paid { by, amount } => (view::EventKind::Paid, Some(format!("{}, {}", how(by), price(amount)))),
        EventKind::Moved {
            by_consultant,
            from,
            to,
        } => {
            let kind = if by_consultant {
                view::EventKind::MovedByYou
            } else {
                view::EventKind::MovedByParent
            };
            (kind, Some(format!("From {} to {}", room.moment(from), room.moment(to))))
        }
        EventKind::CancelledByParent { reason } => (view::EventKind::CancelledByParent, why(found, reason)),
        EventKind::CancelledByConsultant => (view::EventKind::CancelledByYou, None),
        EventKind::Expired => (view::EventKind::Expired, None),
        EventKind::IntakeAsked => (view::EventKind::IntakeAsked, None),
        EventKind::Completed { by_consultant: true } => (view::EventKind::CompletedByYou, None),
        EventKind::Completed { .. } => (view::EventKind::Completed, None),
        EventKind::Silenced { by_consultant: true } => (view::EventKind::SilencedByYou, None),
        EventKind::Silenced { by_consultant: false } => (view::EventKind::SilencedByReason, None),
        EventKind::SecondRecipient { named: true } => (view::EventKind::SecondNamed, None),
        EventKind::SecondRecipient { named: false } => (view::EventKind::SecondRemoved, None),
        EventKind::ClientLink { mailed } => {
            let how = if mailed { "Sent by mail" } else { "To be copied" };
            (view::EventKind::LinkGiven, Some(how.to_owned()))
        }
        EventKind::SilenceLifted => (view::EventKind::SilenceLifted, None),
        EventKind::NoShow => (view::EventKind::NoShow, None),
        EventKind::Waived { amount } => (view::EventKind::Waived, Some(price(amount))),
        EventKind::Fee { kept: true, amount } => (view::EventKind::FeeKept, Some(price(amount))),
        EventKind::Fee { amount, .. } => (view::EventKind::FeeWaived, Some(price(amount))),
    };
    view::Event {
        kind,
        detail,
        when: room.moment(event.at),
    }
}

fn why(found: &AppointmentView, reason: Option<Reason>) -> Option<String> {
    match reason? {
        Reason::Other => found.cancel_words.clone(),
        reason => Some(reason_words(reason).into()),
    }
}

/// A reason for which nothing is taken by itself, or "Another reason".
pub fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Birth => "The baby came",
        Reason::Illness => "Someone is ill",
        Reason::Hospital => "Someone is in hospital",
        Reason::Loss => "A loss",
        Reason::Other => "Another reason",
    }
}

/// The mails about it, the oldest first: to the parent, to whom she named besides, and to the consultant.
pub async fn mails(app: &App, room: &Room, facts: &AppointmentFacts) -> Result<Vec<view::Mail>, PageError> {
    let mut all = Vec::new();
    for side in [Side::Parent, Side::Second, Side::Desk] {
        for mail in app.mailing().thread(&thread(facts.id, side)).await? {
            all.push((mail.queued_at, side, mail));
        }
    }
    all.sort_by_key(|(queued_at, ..)| *queued_at);
    let shown = all.into_iter().map(|(_, side, mail)| view::Mail {
        about: about(&mail.kind),
        to: match side {
            Side::Parent => view::Reader::Her,
            Side::Second => view::Reader::Second,
            Side::Desk => view::Reader::You,
        },
        state: sending(mail.state),
        when: room.moment(mail.moved_at),
    });
    Ok(shown.collect())
}

/// What a mail is about, by its template.
pub fn about(kind: &str) -> &'static str {
    match kind {
        AppointmentRequested::KIND => "How to pay",
        AppointmentConfirmed::KIND => "Confirmation",
        AppointmentMoved::KIND | DeskMoved::KIND => "The new time",
        AppointmentCancelled::KIND | DeskCancelled::KIND => "Cancellation",
        AppointmentExpired::KIND => "Not paid in time",
        AppointmentRefund::KIND => "Her payment comes back",
        DeskBooked::KIND => "New appointment",
        AppointmentReminder::KIND => "Reminder",
        AppointmentSecond::KIND => "The invitation",
        AppointmentClientLink::KIND => "A link for the next visit",
        ReceiptMail::KIND => "The receipt",
        IntakeNudge::KIND => "Asked for her answers",
        _ => "A mail",
    }
}

fn sending(state: Sending) -> MailState {
    match state {
        Sending::Queued | Sending::Leased | Sending::HandingOver => MailState::Waiting,
        Sending::Sent => MailState::Sent,
        Sending::Retry => MailState::Again,
        Sending::Bounced => MailState::Refused,
        Sending::Cancelled | Sending::Withdrawn => MailState::Dropped,
        Sending::Uncertain => MailState::Uncertain,
    }
}
