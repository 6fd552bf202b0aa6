//! The practice: what it is called, who works in it, when, what can be booked and under which terms.

pub mod apply;
mod change_hours;
pub mod draft;
pub mod edit;
pub mod file;
pub mod hours;
pub mod intake;
pub mod intake_draft;
pub mod mode;
pub mod offering;
pub mod package;
pub mod place;
pub mod policy;
mod read;
pub mod slug;
pub mod unfit;

use kernel::email::EmailAddress;
use kernel::id::{ConsultantId, PracticeId};
use kernel::money::{Currency, Money};
use kernel::zone::Zone;

pub use change_hours::{ChangeHoursError, HoursChange};
pub use draft::{Fault, OfferingDraft, Part, Unit};
pub use edit::{EditError, Edited, ListChange, OfferingChange, Towards};
pub use intake_draft::{ConsentDraft, QuestionDraft};
pub use mode::{Channel, Mode, Modes, PlaceKind};
pub use offering::{Audience, Offering, Terms};
pub use package::{NotThatWay, Package, PackageVisits, Ways};
pub use place::{HomeZone, Office, Trip};
pub use policy::Policy;
pub use slug::Slug;
pub use unfit::Unfit;

/// A sum as people type it: "97.50", "1,950".
///
/// # Errors
/// What is no sum, or has more digits than the currency.
pub fn typed_sum(text: &str, currency: Currency) -> Result<Money, Unfit> {
    let minor = file::value::Amount::typed(text, currency)?.minor(currency)?;
    Ok(Money::new(minor, currency))
}

/// The business. Texts may be empty; long ones are paragraphs parted by an empty line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Practice {
    /// Its row.
    pub id: PracticeId,
    /// Its name on public pages.
    pub name: String,
    /// The name that is used where others may look: senders, subjects, calendars.
    pub discreet_name: String,
    /// The headline of the first page.
    pub tagline: String,
    /// One or two sentences under it.
    pub welcome: String,
    /// Her story.
    pub about: String,
    /// Shown and mailed while a visit waits for its payment.
    pub how_to_pay: String,
    /// Her own "not for emergencies" line.
    pub emergency_line: String,
    /// Her telephone number.
    pub phone: String,
    /// Her real address, for replies.
    pub email: EmailAddress,
    /// The lines of the postal address that newsletters must carry.
    pub postal_address: Vec<String>,
    /// The zone of the practice.
    pub zone: Zone,
    /// The currency of all prices.
    pub currency: Currency,
    /// How dates and money are written, such as `en-US`.
    pub locale: String,
    /// Her colour, `#rrggbb`.
    pub colour: String,
    /// Where visits in person are, unless they are at home.
    pub office: Option<Office>,
    /// Her terms of cancelling.
    pub policy: Policy,
    /// Where she visits at home.
    pub home_zones: Vec<HomeZone>,
    /// The domain of every UID; stored once and never changed.
    pub uid_domain: String,
}

impl Practice {
    /// The trip to a postcode, when it lies in the area.
    pub fn trip_to(&self, postcode: &str) -> Option<Trip> {
        let zone = place::zone_of(&self.home_zones, postcode)?;
        let fee = Money::new(zone.trip_fee, self.currency);
        Some(Trip {
            travel_minutes: zone.travel_minutes,
            fee,
        })
    }
}

/// A person with hours and appointments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consultant {
    /// Her row.
    pub id: ConsultantId,
    /// Her name in files.
    pub slug: Slug,
    /// Her name on pages.
    pub name: String,
    /// What stands after it, such as IBCLC; may be empty.
    pub credentials: String,
    /// The zone of her wall clock.
    pub zone: Zone,
}
