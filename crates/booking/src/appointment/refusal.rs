//! Why a slot is not booked.

use sea_orm::DbErr;

use super::intake::IntakeProblem;
use crate::money::NoCredit;
use crate::schedule::WhyNot;

/// Why a slot was not booked.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// There is no practice yet.
    #[error("there is no practice yet")]
    NoPractice,
    /// Somebody else has that time, or the day is full.
    #[error("this time was taken a moment ago")]
    SlotTaken,
    /// It cannot be booked like this.
    #[error(transparent)]
    NotBookable(NotBookable),
    /// The consultant is to call, and there is no number.
    #[error("a telephone number is needed, because she calls you")]
    PhoneNeeded,
    /// Answers or consents that make no sense, or are needed and not there.
    #[error("some answers or consents cannot be used")]
    Intake(Vec<IntakeProblem>),
    /// The credit does not pay this visit.
    #[error(transparent)]
    NoCredit(NoCredit),
    /// The key was used for something else.
    #[error("this idempotency key was used for another request")]
    IdempotencyMismatch,
    /// The database failed.
    #[error("the booking could not be written")]
    Database(#[from] DbErr),
}

/// Why something cannot be booked, whoever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotBookable {
    #[error("no such offering can be booked")]
    UnknownOffering,
    #[error("this time has passed")]
    Past,
    #[error("this time is too soon to be booked")]
    TooSoon,
    #[error("this time is further ahead than can be booked")]
    BeyondHorizon,
    #[error("no visit starts at this minute")]
    OffGrid,
    #[error("this time is outside the hours")]
    OutsideHours,
    #[error("this visit is not held that way")]
    Mode,
    #[error("this visit is not held through that channel")]
    Channel,
    #[error("this visit is not held there")]
    Place,
    #[error("this postcode is outside the area of home visits")]
    OutsideArea,
    #[error("this visit is for clients")]
    ClientsOnly,
    #[error("this visit is once for each family")]
    OncePerFamily,
    #[error("two unpaid visits are booked already")]
    TooManyComing,
}

impl NotBookable {
    /// Its stable word in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownOffering => "unknown_offering",
            Self::Past => "past",
            Self::TooSoon => "too_soon",
            Self::BeyondHorizon => "beyond_horizon",
            Self::OffGrid => "off_grid",
            Self::OutsideHours => "outside_hours",
            Self::Mode => "mode",
            Self::Channel => "channel",
            Self::Place => "place",
            Self::OutsideArea => "outside_area",
            Self::ClientsOnly => "clients_only",
            Self::OncePerFamily => "once_per_family",
            Self::TooManyComing => "too_many_coming",
        }
    }
}

impl From<WhyNot> for BookError {
    fn from(why: WhyNot) -> Self {
        Self::NotBookable(match why {
            WhyNot::Past => NotBookable::Past,
            WhyNot::TooSoon => NotBookable::TooSoon,
            WhyNot::BeyondHorizon => NotBookable::BeyondHorizon,
            WhyNot::OffGrid => NotBookable::OffGrid,
            WhyNot::OutsideHours => NotBookable::OutsideHours,
            WhyNot::DayFull | WhyNot::Taken => return Self::SlotTaken,
        })
    }
}
