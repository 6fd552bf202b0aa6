//! How and where a parent wants to meet, as addresses and forms carry it: mode, place and postcode.

use booking::practice::{Mode, Offering, PlaceKind, Practice, Trip};

use crate::view::pages::link::Book;

/// No postcode of any country is longer; what is typed beyond is in nobody's area.
const LONGEST_POSTCODE: usize = 16;

/// How and where she wants to meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// By video or telephone.
    Telehealth,
    /// At the office.
    Office,
    /// At her home.
    Home {
        /// What she typed, without the blanks around it; empty before she did.
        postcode: String,
    },
}

impl Meeting {
    /// What was asked for, as far as the offering has it; otherwise its first way.
    pub fn asked(offering: &Offering, mode: Option<&str>, place: Option<&str>, postcode: Option<&str>) -> Self {
        let mode = mode.and_then(|m| m.parse().ok()).filter(|m| offering.modes.has(*m));
        let mode = mode.or_else(|| offering.modes.iter().next());
        let place = place
            .and_then(|p| p.parse().ok())
            .filter(|p| offering.places.contains(p));
        Self::held(
            mode.unwrap_or(Mode::Telehealth),
            place.unwrap_or_else(|| first_place(offering)),
            postcode.unwrap_or_default(),
        )
    }

    /// What a form sent; none when the offering has no such way.
    pub fn sent(offering: &Offering, mode: &str, place: &str, postcode: &str) -> Option<Self> {
        let mode = mode.parse().ok().filter(|m| offering.modes.has(*m))?;
        let place = match place {
            "" => first_place(offering),
            word => word.parse().ok().filter(|p| offering.places.contains(p))?,
        };
        Some(Self::held(mode, place, postcode))
    }

    /// The way in which a mode is held first: in person at the office, or at home where only homes are visited.
    pub fn first(offering: &Offering, mode: Mode) -> Self {
        Self::held(mode, first_place(offering), "")
    }

    fn held(mode: Mode, place: PlaceKind, postcode: &str) -> Self {
        match (mode, place) {
            (Mode::Telehealth, _) => Self::Telehealth,
            (Mode::InPerson, PlaceKind::Office) => Self::Office,
            (Mode::InPerson, PlaceKind::Home) => Self::Home {
                postcode: postcode.trim().chars().take(LONGEST_POSTCODE).collect(),
            },
        }
    }

    /// Its mode.
    pub const fn mode(&self) -> Mode {
        match self {
            Self::Telehealth => Mode::Telehealth,
            Self::Office | Self::Home { .. } => Mode::InPerson,
        }
    }

    /// Its place, in person.
    pub const fn place(&self) -> Option<PlaceKind> {
        match self {
            Self::Telehealth => None,
            Self::Office => Some(PlaceKind::Office),
            Self::Home { .. } => Some(PlaceKind::Home),
        }
    }

    /// What pages' words call it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Home { .. } => "home",
            Self::Telehealth | Self::Office => self.mode().as_str(),
        }
    }

    /// The postcode of her home, once she has typed it.
    pub fn postcode(&self) -> Option<&str> {
        match self {
            Self::Home { postcode } if !postcode.is_empty() => Some(postcode),
            _ => None,
        }
    }

    /// The trip to her home, when it lies in the area.
    pub fn trip(&self, practice: &Practice) -> Option<Trip> {
        practice.trip_to(self.postcode()?)
    }

    /// Whether times can be asked for: at home the postcode has to lie in the area.
    pub fn has_times(&self, practice: &Practice) -> bool {
        !matches!(self, Self::Home { .. }) || self.trip(practice).is_some()
    }

    /// The page of times of an offering held like this. The office is what is meant when no place is named.
    pub fn book<'a>(&'a self, offering: &'a Offering) -> Book<'a> {
        let home = matches!(self, Self::Home { .. });
        Book {
            offering: offering.slug.as_str(),
            mode: Some(self.mode().as_str()),
            place: home.then_some(PlaceKind::Home.as_str()),
            postcode: self.postcode(),
            ..Book::default()
        }
    }
}

fn first_place(offering: &Offering) -> PlaceKind {
    if offering.places.contains(&PlaceKind::Office) || offering.places.is_empty() {
        PlaceKind::Office
    } else {
        PlaceKind::Home
    }
}
