//! The audit log: who did what at the desk, and when. It only grows; the database refuses every change.
//!
//! It holds ids and facts, never a name, an address or free text, so that erasing a person leaves it as it is.

use kernel::db::write;
use kernel::id::LoginId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};
use uuid::Uuid;

use crate::Access;
use crate::store;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A login was made.
    LoginCreated,
    /// A password was right.
    SignedIn,
    /// A password was wrong, or its address has no login.
    SignInRefused,
    /// A session was ended by its owner.
    SignedOut,
    /// A reset was asked for.
    ResetAsked,
    /// A password was changed through a link.
    PasswordReset,
    /// The feed has a new address.
    FeedRotated,
    /// A family gets no reminders and letters any more; the subject is the appointment at which that was chosen.
    FamilySilenced,
    /// It may get them again.
    SilenceLifted,
    /// After a restore: all mails that waited were let go.
    OutboxReleased,
    /// After a restore: the mails that waited in the copy were thrown away.
    OutboxDropped,
    /// An address that had bounced gets letters again; the subject is the subscriber.
    AddressReinstated,
    /// Something bookable was made.
    OfferingMade,
    /// Its terms, its questions or its consents were changed.
    OfferingChanged,
    /// It got another place in the list.
    OfferingMoved,
    /// It was taken off the pages.
    OfferingArchived,
    /// It was put back on them.
    OfferingBroughtBack,
    /// A consultant's hours were changed.
    HoursChanged,
    /// One of her other calendars is read from now on.
    SourceAdded,
    /// One of her other calendars was removed.
    SourceRemoved,
    /// A file of subscribers was brought.
    SubscribersImported,
    /// All subscribers were taken as a file.
    SubscribersExported,
    /// A subscriber was taken off the list.
    SubscriberTakenOff,
    /// A subscriber gets no letters any more, without a word.
    SubscriberSilenced,
    /// She may get them again.
    SubscriberSilenceLifted,
    /// A subscriber was erased.
    SubscriberErased,
    /// Everything that is kept of a person was taken as a file.
    PersonDataTaken,
    /// A letter was written, or changed.
    LetterWritten,
    /// A test of it was sent to its writer.
    LetterTested,
    /// It was started.
    LetterStarted,
    /// It was given a time.
    LetterScheduled,
    /// It became a draft again.
    LetterUnscheduled,
    /// It was held.
    LetterPaused,
    /// It went on.
    LetterResumed,
    /// It was ended.
    LetterCancelled,
    /// It went once more to those who had not got it.
    LetterResent,
    /// A picture was kept.
    PictureAdded,
}

impl Action {
    /// The word that the table keeps; it never changes.
    pub fn word(self) -> &'static str {
        match self {
            Self::LoginCreated => "login_created",
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::SignedOut => "signed_out",
            Self::ResetAsked => "reset_asked",
            Self::PasswordReset => "password_reset",
            Self::FeedRotated => "feed_rotated",
            Self::FamilySilenced => "family_silenced",
            Self::SilenceLifted => "silence_lifted",
            Self::OutboxReleased => "outbox_released",
            Self::OutboxDropped => "outbox_dropped",
            Self::AddressReinstated => "address_reinstated",
            Self::OfferingMade => "offering_made",
            Self::OfferingChanged => "offering_changed",
            Self::OfferingMoved => "offering_moved",
            Self::OfferingArchived => "offering_archived",
            Self::OfferingBroughtBack => "offering_brought_back",
            Self::HoursChanged => "hours_changed",
            Self::SourceAdded => "source_added",
            Self::SourceRemoved => "source_removed",
            Self::SubscribersImported => "subscribers_imported",
            Self::SubscribersExported => "subscribers_exported",
            Self::SubscriberTakenOff => "subscriber_taken_off",
            Self::SubscriberSilenced => "subscriber_silenced",
            Self::SubscriberSilenceLifted => "subscriber_silence_lifted",
            Self::SubscriberErased => "subscriber_erased",
            Self::PersonDataTaken => "person_data_taken",
            Self::LetterWritten => "letter_written",
            Self::LetterTested => "letter_tested",
            Self::LetterStarted => "letter_started",
            Self::LetterScheduled => "letter_scheduled",
            Self::LetterUnscheduled => "letter_unscheduled",
            Self::LetterPaused => "letter_paused",
            Self::LetterResumed => "letter_resumed",
            Self::LetterCancelled => "letter_cancelled",
            Self::LetterResent => "letter_resent",
            Self::PictureAdded => "picture_added",
        }
    }
}

/// One line of the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub id: Uuid,
    pub login: Option<LoginId>,
    pub action: Action,
    pub subject: Option<Uuid>,
}

impl Access {
    /// Writes down what `login` did to `subject` (the id of a row of any kind).
    pub async fn audit(
        &self,
        login: LoginId,
        action: Action,
        subject: Option<Uuid>,
        now: Instant,
    ) -> Result<(), DbErr> {
        let entry = self.entry(Some(login), action, subject, now);
        write(&self.db, (entry, now), async |tx, &(entry, now)| {
            append(tx, entry, now).await
        })
        .await
    }

    pub(crate) fn entry(&self, login: Option<LoginId>, action: Action, subject: Option<Uuid>, now: Instant) -> Entry {
        Entry {
            id: kernel::id::uuid_v7(now, &self.chance),
            login,
            action,
            subject,
        }
    }
}

pub(crate) async fn append(tx: &DatabaseTransaction, entry: Entry, now: Instant) -> Result<(), DbErr> {
    store::audit::append(tx, entry, now).await
}
