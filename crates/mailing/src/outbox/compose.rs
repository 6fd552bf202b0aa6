//! The words of a mail, which mailing does not know: a port that `web` implements.

use kernel::email::EmailAddress;
use kernel::id::MailId;
use kernel::instant::Instant;
use kernel::token::Token;

use crate::letters::{LetterText, filled};

/// Makes the words of a mail at the moment when it is sent; links are derived then.
pub trait Compose: Send + Sync {
    /// The whole mail. An error delays it and is shown at the desk; nothing is lost by it.
    fn compose(&self, job: &MailJob) -> Result<Mail, ComposeError>;

    /// A letter for everybody: the same bytes for all, with [`UNSUBSCRIBE_PLACE`] and [`PREFERENCES_PLACE`] where the tokens of the one
    /// recipient go. An error delays the letter.
    fn letter(&self, letter: &LetterText) -> Result<LetterMail, ComposeError>;
}

/// Stands in a letter's addresses where the recipient's unsubscribe token goes.
pub const UNSUBSCRIBE_PLACE: &str = "unsubscribe-token-of-the-recipient";
/// Stands in a letter's addresses where the recipient's preferences token goes.
pub const PREFERENCES_PLACE: &str = "preferences-token-of-the-recipient";

/// A letter in words, made once for all its recipients.
#[derive(Clone, Debug)]
pub struct LetterMail {
    /// The practice, under its discreet name.
    pub from: Mailbox,
    /// A real address that somebody reads.
    pub reply_to: Option<Mailbox>,
    /// One line: the letter's title.
    pub subject: String,
    /// The plain part, with places.
    pub text: String,
    /// The HTML part, with places.
    pub html: String,
    /// What says that it is from a list, with places.
    pub list: ListHeaders,
}

/// The headers of a mail that goes to a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListHeaders {
    /// The https address of one-click unsubscribing (RFC 8058).
    pub unsubscribe: String,
    /// The name of the list, such as `letters.practice.example` (RFC 2919).
    pub id: String,
    /// By which the large mailbox providers add up complaints: `letter:topic:kind:sender`.
    pub feedback_id: String,
}

impl LetterMail {
    /// The mail to one recipient.
    pub(crate) fn to(
        &self,
        (recipient, name): (&EmailAddress, Option<&str>),
        unsubscribe: &Token,
        preferences: &Token,
    ) -> Mail {
        let fill = |text: &str| {
            let text = text.replace(UNSUBSCRIBE_PLACE, unsubscribe.reveal());
            text.replace(PREFERENCES_PLACE, preferences.reveal())
        };
        Mail {
            from: self.from.clone(),
            reply_to: self.reply_to.clone(),
            to: Mailbox::bare(recipient.clone()),
            subject: self.subject.clone(),
            text: filled(&fill(&self.text), name, false),
            html: filled(&fill(&self.html), name, true),
            calendar: None,
            attachment: None,
            list: Some(ListHeaders {
                unsubscribe: fill(&self.list.unsubscribe),
                ..self.list.clone()
            }),
            auto_submitted: false,
        }
    }
}

/// What was promised.
#[derive(Clone, Debug)]
pub struct MailJob {
    /// The outbox's row.
    pub id: MailId,
    /// The name of its template.
    pub kind: String,
    /// The one recipient.
    pub to: EmailAddress,
    /// Ids and facts.
    pub context: serde_json::Value,
    /// When it was promised.
    pub queued_at: Instant,
}

/// An address with the name that a mail program shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Shown instead of the address; without control characters.
    pub name: Option<String>,
    /// Where it goes.
    pub address: EmailAddress,
}

impl Mailbox {
    /// A mailbox with a name; a blank one is left out.
    pub fn named(name: impl Into<String>, address: EmailAddress) -> Self {
        let name: String = name.into();
        let name = Some(name.trim().to_owned()).filter(|n| !n.is_empty());
        Self { name, address }
    }

    /// A bare address.
    pub fn bare(address: EmailAddress) -> Self {
        Self { name: None, address }
    }
}

/// A mail in words, before it becomes MIME.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The practice, under its discreet name.
    pub from: Mailbox,
    /// A real address that somebody reads.
    pub reply_to: Option<Mailbox>,
    /// The recipient of the job, perhaps with her name.
    pub to: Mailbox,
    /// One line.
    pub subject: String,
    /// The plain part, which comes first.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// An invitation or its cancellation (RFC 6047), if it is one.
    pub calendar: Option<CalendarPart>,
    /// A file that goes with it.
    pub attachment: Option<Attachment>,
    /// What says that it is from the list, if it is.
    pub list: Option<ListHeaders>,
    /// Sent by a machine (RFC 3834), so that no auto-reply comes back.
    pub auto_submitted: bool,
}

/// A file that goes with a mail, made when it is sent and kept nowhere.
#[derive(Clone)]
pub struct Attachment {
    /// Its name, which others may read: ASCII, no health word.
    pub name: &'static str,
    /// "application/pdf".
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attachment({}, {} bytes)", self.name, self.bytes.len())
    }
}

/// The calendar part of a mail.
#[derive(Clone, Debug)]
pub struct CalendarPart {
    /// The same as METHOD inside.
    pub method: CalendarMethod,
    /// The whole iCalendar object, CRLF lines.
    pub bytes: Vec<u8>,
}

/// What a calendar part asks of the recipient's calendar (RFC 5546).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarMethod {
    /// Put it in, or change it.
    Request,
    /// Take it out.
    Cancel,
}

impl CalendarMethod {
    /// As the MIME parameter and METHOD spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// Why a mail could not be put into words; its text is kept beside the waiting mail.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ComposeError(pub String);

impl ComposeError {
    /// From any error, with the chain of its sources.
    pub fn from_error(error: &dyn std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        Self(text)
    }
}
