//! What happened to an appointment, and the mails that told of it.

use serde::Serialize;

/// One step of an appointment's life.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// What it was.
    pub kind: EventKind,
    /// More about it: "Because of illness", "$195, transfer".
    pub detail: Option<String>,
    /// "Tuesday, November 24, 9:12 am", in the practice's zone.
    pub when: String,
}

/// The steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The parent booked.
    Booked,
    /// She added it by hand.
    AddedByYou,
    /// It became certain.
    Confirmed,
    /// It was marked as paid.
    Paid,
    /// The parent moved it.
    MovedByParent,
    /// The consultant moved it.
    MovedByYou,
    /// The parent cancelled.
    CancelledByParent,
    /// The consultant cancelled.
    CancelledByYou,
    /// The hold ended.
    Expired,
    /// A day had passed since its end.
    Completed,
    /// She said that it took place.
    CompletedByYou,
    /// Nobody came.
    NoShow,
    /// The parent named somebody else who gets the invitation too.
    SecondNamed,
    /// The parent no longer names anybody.
    SecondRemoved,
    /// The consultant gave the family a link for the next visit.
    LinkGiven,
    /// The parent was asked for answers that were not there.
    IntakeAsked,
    /// The consultant switched reminders and letters off.
    SilencedByYou,
    /// They were switched off because of the reason of the cancellation.
    SilencedByReason,
    /// The consultant switched them on again.
    SilenceLifted,
    /// The fee is kept.
    FeeKept,
    /// Nothing is taken.
    FeeWaived,
    /// What was owed is waived.
    Waived,
}

/// A mail about the appointment.
#[derive(Debug, Clone, Serialize)]
pub struct Mail {
    /// What it is about: "Confirmation", "Cancellation".
    pub about: &'static str,
    /// Whose it is.
    pub to: Reader,
    /// Where it stands.
    pub state: MailState,
    /// When it was sent or promised: "Tuesday, November 24, 9:12 am".
    pub when: String,
}

/// Whose a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// The consultant's.
    You,
    /// The parent's.
    Her,
    /// Whom the parent named besides.
    Second,
}

/// Where a mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It waits for its turn, or is on its way.
    Waiting,
    /// It was handed over.
    Sent,
    /// It could not be handed over yet and is tried again.
    Again,
    /// It was refused for good.
    Refused,
    /// It is not sent any more, because something newer took its place.
    Dropped,
    /// It was handed over, and nobody answered.
    Uncertain,
}
