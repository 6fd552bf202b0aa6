//! The desk's pages: one context a page, each a plain struct of what the page says.
//!
//! Strings arrive finished, as on the public pages; the desk's own words stand in its templates. A state or a notice is an
//! enum of this module, so that a template can only be asked for words that exist. Every action is a form that posts.

mod appointment;
mod appointments;
mod asked;
mod by_hand;
mod came;
mod door;
mod feed;
mod fields;
mod hours;
mod imports;
mod letters;
mod money;
mod offerings;
mod outbox;
mod purchases;
mod refunds;
mod selection;
mod settings;
mod sources;
mod story;
mod subscribers;
mod today;

pub use appointment::{
    Agreed, Alike, Answer, Appointment, AppointmentNotice, ClientLink, Family, Intake, Moving, Silence,
};
pub use appointments::{Appointments, Day, Find, More, Row, Wider};
pub use asked::{AskedRow, ConsentPage, QuestionPage};
pub use by_hand::ByHand;
pub use came::{Came, FeePanel};
pub use door::{
    FirstLogin, Forgot, LinkOver, LinkPurpose, PasswordProblem, Reset, SignIn, SignInGreeting, SignInProblem,
};
pub use feed::{Feed, FeedDetail, FeedNotice, Qr};
pub use fields::{Choice, Choices, Input};
pub use hours::{
    Away, DateHours, DayHours, GridTime, Hours, HoursNotice, OutsideVisit, Preview, Stretch, WhyAnswer, WhyReason,
};
pub use imports::{ImportForm, ImportPage, ImportRow, ImportStage};
pub use letters::{
    Audience, Bar, Chart, Count, LetterForm, LetterNotice, LetterPage, LetterProblem, LetterRow, LetterStage, Letters,
    Look, Missed, Outcome,
};
pub use money::{
    Adjust, LedgerRow, MoneyPage, OwedRow, PayTyped, PurchaseDetail, PurchaseDone, ReceiptLine, TakingRow,
};
pub use offerings::{
    FieldProblem, KeptOffering, OfferingForm, OfferingNotice, OfferingPage, OfferingRow, Offerings, OfferingsNotice,
};
pub use outbox::{Outbox, OutboxRow, OutboxWhy, Returned, ReturnedNotice, ReturnedRow};
pub use purchases::{CreditLine, PurchaseNotice, PurchaseRow, Purchases};
pub use refunds::{RefundForm, RefundRow, RefundState};
pub use selection::{Picked, Selection, Stays};
pub use settings::{Embed, Settings, SettingsNotice};
pub use sources::{BusyDay, BusyLine, OtherCalendar, OtherCalendars, SourcesNotice};
pub use story::{Event, EventKind, Mail, MailState, Reader};
pub use subscribers::{
    CertificatePage, Counts, Erased, FileSays, HerLetter, PersonNotice, PersonPage, ProofRow, Standing, SubscriberRow,
    Subscribers,
};
pub use today::{Later, Leave, Need, Today, Visit};

use serde::Serialize;

/// Whether what is asked before a visit is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IntakeMark {
    /// The visit asks nothing.
    NotAsked,
    /// All that is needed is there.
    There,
    /// Something that is needed is not there, or nothing was filled in.
    Missing,
}

/// What stands around every desk page.
#[derive(Debug, Clone, Serialize)]
pub struct Desk {
    /// The practice's discreet name, "Nora Tillery": others may look at her screen.
    pub name: String,
    /// Which of the desk's parts this page belongs to.
    pub tab: Tab,
    /// What is broken right now, if anything is.
    pub banner: Option<Banner>,
    /// Address of the style sheet with the practice's own colour, if it is not the default.
    pub colour_sheet: Option<String>,
}

impl Desk {
    /// The same frame at another tab.
    #[must_use]
    pub fn at(&self, tab: Tab) -> Self {
        Self { tab, ..self.clone() }
    }

    /// The desk of an invented practice, for samples.
    pub fn sample(tab: Tab) -> Self {
        Self {
            name: "Nora Tillery".into(),
            tab,
            banner: None,
            colour_sheet: None,
        }
    }
}

/// The desk's parts, as the rail lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// `/admin`.
    Today,
    /// `/admin/appointments` and one appointment.
    Appointments,
    /// `/admin/hours`.
    Hours,
    /// `/admin/calendar`.
    Feed,
    /// `/admin/subscribers`.
    Subscribers,
    /// `/admin/letters`; on a phone it is found beside the subscribers.
    Letters,
    /// `/admin/offerings`; on a phone it is found in the settings.
    Offerings,
    /// `/admin/settings`.
    Settings,
    /// The pages before she is signed in.
    Door,
}

/// Something broke: what, since when, what still works, and the remedy. One at a time, the worst; gone when it is mended.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Banner {
    /// Mails wait, and why.
    MailsWaiting {
        /// What is in the way.
        why: MailsWhy,
        /// How many mails that one person waits for; letters are not counted.
        count: u64,
        /// Since when the oldest one waits: "9:40 am" or "yesterday, 6:12 pm".
        since: String,
        /// When the next try is made, if that is known.
        again: Option<String>,
        /// What the server said, word for word.
        said: Option<String>,
    },
    /// A copy was restored, and nothing is sent until she says so.
    Parked {
        /// When the copy was made: "Monday, November 23, 3:12 am"; none if it does not say.
        copied: Option<String>,
        /// How many mails wait.
        waiting: u64,
        /// How many of them waited in the copy already.
        waited: u64,
    },
    /// One of her other calendars cannot be read for long.
    CalendarAway {
        /// What she calls it.
        name: String,
        /// Why: the word by which `source-…` is found.
        trouble: String,
        /// Since when.
        since: String,
    },
    /// The daily copy of the database could not be made.
    NoCopy {
        /// Where it should go.
        folder: String,
        /// Since when it fails: "Tuesday, November 24, 3:12 am".
        since: String,
        /// Whether the disk is full.
        no_room: bool,
    },
}

/// What is in the way of mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailsWhy {
    /// The server cannot be reached.
    Unreachable,
    /// Its certificate is not accepted.
    Certificate,
    /// It refuses the login.
    Login,
    /// The provider's limit.
    Limit,
    /// It does not take mails from her address.
    Sender,
    /// Each has a reason of its own.
    Each,
}

/// Where an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Kept, not paid.
    AwaitingPayment,
    /// It takes place.
    Confirmed,
    /// It took place.
    Completed,
    /// Nobody came.
    NoShow,
    /// Called off by either side.
    Cancelled,
    /// Not paid in time.
    Expired,
}

/// How the two meet.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Way {
    /// In a video room.
    Video {
        /// The room's address; empty while there is none, because only a confirmed appointment has a room.
        join_url: String,
    },
    /// She calls; the number is the appointment's phone.
    Phone,
    /// In person.
    Place {
        /// The place in one line, "12 Ember Row, Asheville".
        address: String,
    },
    /// At the family's home.
    Home {
        /// Its address in one line, "41 Haywood Road, Asheville, 28806".
        address: String,
        /// How long she drives there, in minutes; none when the postcode is no longer in her area.
        travel_minutes: Option<u32>,
    },
}

/// What became of the price.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Payment {
    /// There is nothing to pay.
    Free,
    /// A credit of a package paid it.
    Credit,
    /// It is paid.
    Paid {
        /// "$195".
        amount: String,
    },
    /// Confirmed all the same, and owed.
    Owed {
        /// "$110".
        amount: String,
    },
    /// The time is only kept.
    Awaiting {
        /// "$195".
        amount: String,
        /// "Thursday, November 26, 2:00 pm".
        kept_until: String,
    },
    /// It did not take place, and what her policy keeps is owed.
    Fee {
        /// "$97.50".
        amount: String,
    },
    /// She has waived it.
    Waived {
        /// "$110".
        amount: String,
    },
    /// It was never paid, and is not asked for any more (cancelled or expired).
    Dropped {
        /// "$195".
        amount: String,
    },
}

/// A number that she can tap.
#[derive(Debug, Clone, Serialize)]
pub struct Phone {
    /// As the parent wrote it, "828-555-0199".
    pub number: String,
    /// To call: "tel:+18285550199".
    pub tel: String,
    /// To write, with discreet words begun: "sms:+18285550199?&body=…".
    pub sms: String,
}

impl Phone {
    /// From what the parent wrote and its dialable form (digits with or without a leading plus); `about` begins the text
    /// message and must not tell a stranger anything, for example "About our appointment at 10:15: ".
    pub fn new(number: &str, dialable: &str, about: &str) -> Self {
        let dialable: String = dialable.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        Self {
            number: number.into(),
            tel: format!("tel:{dialable}"),
            // RFC 5724 begins its fields with `?`, iOS reads only what follows a `&`: this is read by both.
            sms: format!("sms:{dialable}?&body={}", percent(about)),
        }
    }
}

/// Percent-encoding for a query value: all but unreserved characters (RFC 3986, section 2.3).
fn percent(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests;
