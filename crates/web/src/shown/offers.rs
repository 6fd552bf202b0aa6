//! Offerings and packages, as lists show them.

use booking::practice::{Audience, Channel, Mode, Offering, Package, PlaceKind, Slug};
use booking::schedule::NextFree;
use kernel::instant::Instant;
use kernel::money::Money;

use super::meeting::Meeting;
use crate::guest::Guest;
use crate::view::format;
use crate::view::pages::link::Book;
use crate::view::pages::{NextFree as Button, OfferRow, OfferTeaser, PackageRow, PackageVisit, Ways};

/// An offering and the next time at which it can be booked.
pub struct Offer {
    /// What is offered.
    pub offering: Offering,
    /// When; none while nothing is free, or while only families she has met may book.
    pub next: Option<NextFree>,
}

impl Offer {
    /// Whether it stands first: what is free and open to everyone.
    pub fn is_first(&self) -> bool {
        self.offering.is_free() && self.offering.audience == Audience::Everyone
    }

    /// In a line or two.
    pub fn teaser(&self, guest: &Guest) -> OfferTeaser {
        OfferTeaser {
            name: self.offering.name.clone(),
            summary: self.offering.summary.clone(),
            minutes: format::minutes(self.offering.minutes.into()),
            price: guest.locale.price(self.offering.price),
            next: self.next(guest),
            url: Book {
                offering: self.offering.slug.as_str(),
                ..Book::default()
            }
            .to_string(),
        }
    }

    /// As a row of the services page.
    pub fn row(&self, guest: &Guest) -> OfferRow {
        let OfferTeaser {
            name,
            summary,
            minutes,
            price,
            next,
            url,
        } = self.teaser(guest);
        OfferRow {
            name,
            summary,
            minutes,
            price,
            ways: ways(&self.offering),
            once_per_family: self.offering.once_per_family,
            clients_only: self.offering.audience == Audience::Clients,
            by_postcode: self.at_home_only(),
            next,
            url,
        }
    }

    /// Whether it is held at the family's home and nowhere else: then its times depend on the postcode.
    fn at_home_only(&self) -> bool {
        let offering = &self.offering;
        !offering.modes.has(Mode::Telehealth) && offering.places == [PlaceKind::Home]
    }

    fn next(&self, guest: &Guest) -> Option<Button> {
        let next = self.next.as_ref()?;
        let meeting = Meeting::first(&self.offering, next.mode);
        Some(free_time(guest, &self.offering, &meeting, None, next.slot.start))
    }
}

/// A free time as a button: when it is, and the form for it. Her zone is not in it: the cookie, or the practice, knows it.
pub fn free_time(
    guest: &Guest,
    offering: &Offering,
    meeting: &Meeting,
    client: Option<&str>,
    start: Instant,
) -> Button {
    let when = guest.locale.short(start, guest.now, guest.zone_for(meeting.mode()));
    let form = Book {
        start: Some(start),
        client,
        ..meeting.book(offering)
    };
    Button::new(when, form.to_string())
}

fn ways(offering: &Offering) -> Ways {
    let telehealth = offering.modes.has(Mode::Telehealth);
    let has = |c| telehealth && offering.channels.contains(&c);
    let at = |place| offering.modes.has(Mode::InPerson) && offering.places.contains(&place);
    Ways::of(
        has(Channel::Video),
        has(Channel::Phone),
        at(PlaceKind::Office),
        at(PlaceKind::Home),
    )
}

/// What a package's visit is called; one of an archived offering keeps its slug.
fn name(offerings: &[Offering], slug: &Slug) -> String {
    offerings
        .iter()
        .find(|o| o.slug == *slug)
        .map_or_else(|| slug.to_string(), |o| o.name.clone())
}

/// How alone the visits of a line are held; empty when in every way that the offering has.
pub fn ways_alone(ways: &booking::practice::Ways, offering: Option<&Offering>) -> Vec<&'static str> {
    let Some(offering) = offering else { return Vec::new() };
    let all = [
        ("telehealth", Mode::Telehealth, None),
        ("office", Mode::InPerson, Some(PlaceKind::Office)),
        ("home", Mode::InPerson, Some(PlaceKind::Home)),
    ];
    let held = |mode, place: Option<PlaceKind>| {
        offering.modes.has(mode) && place.is_none_or(|place| offering.places.contains(&place))
    };
    let all: Vec<_> = all.into_iter().filter(|(_, mode, place)| held(*mode, *place)).collect();
    let count = all.len();
    let allowed = all.into_iter().filter(|(_, mode, place)| ways.allow(*mode, *place));
    let words: Vec<_> = allowed.map(|(word, _, _)| word).collect();
    if words.len() == count { Vec::new() } else { words }
}

/// A package as a row, with what it saves against its visits one by one.
pub fn package_row(guest: &Guest, package: &Package, offerings: &[Offering]) -> PackageRow {
    let visits: Vec<PackageVisit> = package
        .visits
        .iter()
        .map(|v| PackageVisit {
            count: v.count,
            name: name(offerings, &v.offering),
            ways: ways_alone(&v.ways, offerings.iter().find(|o| o.slug == v.offering)),
            trip_included: v.trip_fee_included,
        })
        .collect();
    let one_by_one = package.visits.iter().try_fold(0_i64, |sum, v| {
        let price = offerings.iter().find(|o| o.slug == v.offering)?.price.minor;
        sum.checked_add(price.checked_mul(v.count.into())?)
    });
    let saved = one_by_one
        .and_then(|sum| sum.checked_sub(package.price.minor))
        .filter(|s| *s > 0);
    PackageRow {
        slug: package.slug.to_string(),
        name: package.name.clone(),
        summary: package.summary.clone(),
        price: guest.locale.price(package.price),
        discs: PackageRow::discs(&visits),
        visits,
        valid_months: package.valid_months,
        saves: saved.map(|s| format::amount(Money::new(s, package.price.currency))),
    }
}
