//! A set of visits sold together at one price.

use kernel::id::PackageId;
use kernel::money::Money;

use serde::{Deserialize, Serialize};

use super::mode::{Mode, Modes, PlaceKind};
use super::offering::Offering;
use super::slug::Slug;

/// A package, as it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its row.
    pub id: PackageId,
    /// Its name in addresses and files.
    pub slug: Slug,
    /// Its name on pages.
    pub name: String,
    /// One sentence for lists; may be empty.
    pub summary: String,
    /// Paragraphs for its own page; may be empty.
    pub description: String,
    /// What all its visits cost together.
    pub price: Money,
    /// Months from the first visit in which its credits are valid.
    pub valid_months: u32,
    /// What it holds.
    pub visits: Vec<PackageVisits>,
    /// No longer offered.
    pub archived: bool,
}

/// Some visits of one offering in a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageVisits {
    /// The offering's slug.
    pub offering: Slug,
    /// How many of them.
    pub count: u32,
    /// How they may be held.
    pub ways: Ways,
    /// Whether those at home cost no trip fee.
    pub trip_fee_included: bool,
}

/// How the visits of a line may be held: the modes and places that were written, and where none is, every one that the offering has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    /// By telehealth, in person; none is both.
    #[serde(default)]
    pub modes: Modes,
    /// In person, where; none is everywhere.
    #[serde(default)]
    pub places: Vec<PlaceKind>,
}

/// A line of a package says a way in which its offering is not held.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotThatWay {
    /// A mode that the offering does not have.
    #[error("{0} is not held by {1}")]
    Mode(Slug, Mode),
    /// A place that the offering does not have, or one of visits that are all by telehealth.
    #[error("{0} is not held at this place: {1}")]
    Place(Slug, PlaceKind),
}

impl Ways {
    /// Whether the offering is held in each of these ways.
    pub(super) fn check(&self, offering: &Offering) -> Result<(), NotThatWay> {
        let slug = || offering.slug.clone();
        if let Some(mode) = self.modes.iter().find(|mode| !offering.modes.has(*mode)) {
            return Err(NotThatWay::Mode(slug(), mode));
        }
        let nowhere = !self.modes.is_empty() && !self.modes.has(Mode::InPerson);
        match self
            .places
            .iter()
            .find(|place| nowhere || !offering.places.contains(place))
        {
            Some(place) => Err(NotThatWay::Place(slug(), *place)),
            None => Ok(()),
        }
    }

    /// Whether a visit may be held in this mode, in person at this place.
    ///
    /// ```
    /// use booking::practice::{Mode, PlaceKind, Ways};
    ///
    /// let telehealth = Ways { modes: [Mode::Telehealth].into_iter().collect(), ..Ways::default() };
    /// assert!(telehealth.allow(Mode::Telehealth, None));
    /// assert!(!telehealth.allow(Mode::InPerson, Some(PlaceKind::Home)));
    /// assert!(Ways::default().allow(Mode::InPerson, Some(PlaceKind::Home)));
    /// ```
    pub fn allow(&self, mode: Mode, place: Option<PlaceKind>) -> bool {
        let mode_fits = self.modes.is_empty() || self.modes.has(mode);
        mode_fits && place.is_none_or(|place| self.places.is_empty() || self.places.contains(&place))
    }
}
