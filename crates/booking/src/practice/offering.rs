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

/// Why an offering cannot be held at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotHeld {
    /// It is neither by telehealth nor in person.
    #[error("the offering {0} has no mode")]
    Mode(Slug),
    /// By telehealth, but neither by video nor by telephone.
    #[error("{0} is by telehealth and needs a channel")]
    Channel(Slug),
    /// In person, but nowhere.
    #[error("{0} is in person and needs a place")]
    Place(Slug),
}

impl Offering {
    /// A new one, as it is while nothing more is said of it.
    pub(super) fn begin(id: OfferingId, slug: Slug, name: String, minutes: u32, price: Money, modes: Modes) -> Self {
        Self {
            id,
            slug,
            name,
            summary: String::new(),
            description: String::new(),
            minutes,
            step_minutes: 30,
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            notice_minutes: 0,
            horizon_days: 30,
            daily_cap: None,
            price,
            terms: Terms::Before,
            modes,
            channels: vec![Channel::Video, Channel::Phone],
            places: modes
                .has(Mode::InPerson)
                .then_some(PlaceKind::Office)
                .into_iter()
                .collect(),
            audience: Audience::Everyone,
            once_per_family: false,
            reminder_minutes: vec![1440, 120],
            questions: Vec::new(),
            consents: Vec::new(),
            archived: false,
        }
    }

    /// Puts its lists in order, each thing once; reminders the longest first.
    pub(super) fn tidy(&mut self) {
        self.channels.sort_unstable();
        self.channels.dedup();
        self.places.sort_unstable();
        self.places.dedup();
        self.reminder_minutes.sort_unstable_by(|a, b| b.cmp(a));
        self.reminder_minutes.dedup();
    }

    /// Whether it can be held at all; each of its values was checked when it was read.
    pub(super) fn check(&self) -> Result<(), NotHeld> {
        let slug = || self.slug.clone();
        if self.modes.is_empty() {
            return Err(NotHeld::Mode(slug()));
        }
        if self.modes.has(Mode::Telehealth) && self.channels.is_empty() {
            return Err(NotHeld::Channel(slug()));
        }
        if self.modes.has(Mode::InPerson) && self.places.is_empty() {
            return Err(NotHeld::Place(slug()));
        }
        Ok(())
    }

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
