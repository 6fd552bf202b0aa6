//! Something bookable: how long, when, where, for whom, for how much, and on which terms.

use kernel::id::OfferingId;
use kernel::money::Money;
use serde::{Deserialize, Serialize};

use super::intake::{Consent, Question};
use super::mode::{Channel, Mode, Modes, PlaceKind, words};
use super::slug::Slug;
use crate::schedule::Rules;

/// When a price is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terms {
    /// Before it is confirmed.
    Before,
    /// At the visit: confirmed at once and shown as owed.
    AtVisit,
    /// By somebody else: waits for the consultant's mark.
    ThirdParty,
}

/// Who may book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anyone.
    Everyone,
    /// Who has a credit, her link or a completed visit.
    Clients,
}

words!(
    Terms,
    "before, at_visit, third_party",
    Before = "before",
    AtVisit = "at_visit",
    ThirdParty = "third_party"
);
words!(
    Audience,
    "everyone, clients",
    Everyone = "everyone",
    Clients = "clients"
);

/// Something bookable. Lengths are minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offering {
    /// Its row.
    pub id: OfferingId,
    /// Its name in addresses and files.
    pub slug: Slug,
    /// Its name on pages; never in a mail's subject or a calendar.
    pub name: String,
    /// One sentence for lists.
    pub summary: String,
    /// Paragraphs for its own page; may be empty.
    pub description: String,
    /// How long the visit is.
    pub minutes: u32,
    /// The grid of starts.
    pub step_minutes: u32,
    /// Kept free before it.
    pub buffer_before_minutes: u32,
    /// Kept free after it.
    pub buffer_after_minutes: u32,
    /// The shortest time from booking to start.
    pub notice_minutes: u32,
    /// Today and that many days after it can be booked.
    pub horizon_days: u32,
    /// At most that many of these visits a day and consultant.
    pub daily_cap: Option<u32>,
    /// What a visit costs; nothing when it is free.
    pub price: Money,
    /// When that is paid.
    pub terms: Terms,
    /// By telehealth, in person, or both.
    pub modes: Modes,
    /// How telehealth is held.
    pub channels: Vec<Channel>,
    /// Where a visit in person is held.
    pub places: Vec<PlaceKind>,
    /// Who may book it.
    pub audience: Audience,
    /// Whether a family may have it only once.
    pub once_per_family: bool,
    /// Minutes before the start at which a reminder is due, longest first.
    pub reminder_minutes: Vec<u32>,
    /// Its intake.
    pub questions: Vec<Question>,
    /// Its consents.
    pub consents: Vec<Consent>,
    /// No longer offered; its appointments stay.
    pub archived: bool,
}

impl Offering {
    /// Whether a visit costs nothing.
    pub const fn is_free(&self) -> bool {
        self.price.is_zero()
    }

    /// What it asks of a slot of this mode, `travel` minutes added on both sides.
    pub fn rules(&self, mode: Mode, travel: u32) -> Rules {
        Rules {
            duration: self.minutes,
            step: self.step_minutes,
            buffer_before: self.buffer_before_minutes + travel,
            buffer_after: self.buffer_after_minutes + travel,
            notice: self.notice_minutes,
            horizon_days: Some(self.horizon_days),
            daily_cap: self.daily_cap,
            mode: Some(mode),
        }
    }
}
