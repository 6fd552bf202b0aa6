//! Ids: one type per kind of row, each a UUIDv7 (RFC 9562), so that they sort by the time of their making.

use uuid::Uuid;

use crate::chance::Chance;
use crate::instant::Instant;

/// A UUIDv7 of this moment.
pub fn uuid_v7(now: Instant, chance: &Chance) -> Uuid {
    let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &chance.bytes()).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::DeriveValueType, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id of this moment.
            pub fn new(now: Instant, chance: &Chance) -> Self {
                Self(uuid_v7(now, chance))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

ids! {
    /// The one practice of an installation.
    PracticeId
    /// A person with hours and appointments.
    ConsultantId
    /// Something bookable.
    OfferingId
    /// A set of visits sold together.
    PackageId
    /// A package that somebody bought.
    PurchaseId
    /// One parent and her babies.
    FamilyId
    /// A baby, as it was named at one booking.
    BabyId
    /// A link with which a family books what is for clients.
    ClientLinkId
    /// A visit.
    AppointmentId
    /// How a paid thing became paid, or shall: also the question to a payment service.
    PaymentId
    /// Money that goes back, or shall.
    RefundId
    /// Money that came in and fits nothing.
    TroubleId
    /// A line of an append-only history.
    EventId
    /// What a family answered to one question before a visit.
    AnswerId
    /// What a family agreed to before a visit, or took back.
    ConsentId
    /// Another calendar of a consultant.
    SourceId
    /// A consultant's calendar feed.
    FeedId
    /// An address and its consent.
    SubscriberId
    /// A file of subscribers that is taken in.
    ImportId
    /// A text that is published, mailed or both.
    LetterId
    /// A mail to be sent.
    MailId
    /// A consultant's login.
    LoginId
    /// A signed-in browser.
    SessionId
    /// A link that signs its holder in once.
    OneTimeLinkId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_time_of_their_making() {
        let chance = Chance::seeded(1);
        let a = AppointmentId::new(Instant::from_micros(1_000_000), &chance);
        let b = AppointmentId::new(Instant::from_micros(2_000_000), &chance);
        assert!(a < b);
        assert_eq!(a.0.get_version_num(), 7);
        assert_eq!(a.to_string().parse::<AppointmentId>().unwrap(), a);
    }
}
