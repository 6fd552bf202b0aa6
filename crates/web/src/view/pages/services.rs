//! `/services`: every offering with its next free time, and the packages.

use serde::Serialize;

use super::super::Page;
use super::super::frame::{Frame, Nav};
use super::parts::{NextFree, Ways};

/// What she offers.
#[derive(Debug, Clone, Serialize)]
pub struct ServicesPage {
    /// The frame.
    pub frame: Frame,
    /// The zone in which times are shown, an IANA name; a script compares it with the visitor's own.
    pub zone: String,
    /// "New York time".
    pub zone_name: String,
    /// The practice's one line, the page's headline.
    pub tagline: String,
    /// The practice's welcome, in paragraphs; the first stands under the headline.
    pub welcome: Vec<String>,
    /// The free offering that stands in the gold panel; none if the practice has no free offering.
    pub first: Option<OfferRow>,
    /// The other offerings, in her order.
    pub offerings: Vec<OfferRow>,
    /// The packages, in her order.
    pub packages: Vec<PackageRow>,
    /// Until how many hours before a visit cancelling costs nothing.
    pub free_until_hours: u32,
}

/// One offering.
#[derive(Debug, Clone, Serialize)]
pub struct OfferRow {
    /// Its name.
    pub name: String,
    /// Its one sentence.
    pub summary: String,
    /// "15 minutes".
    pub minutes: String,
    /// "$195" or "Free".
    pub price: String,
    /// How it can be held.
    pub ways: Ways,
    /// Whether a family gets it once.
    pub once_per_family: bool,
    /// Whether only families she has met can book it; then it shows no button.
    pub clients_only: bool,
    /// Whether its times depend on where she lives; then `next` is none, and the page asks for the postcode.
    pub by_postcode: bool,
    /// Its next time; none while nothing is free.
    pub next: Option<NextFree>,
    /// Its page of times.
    pub url: String,
}

/// Several visits at one price.
#[derive(Debug, Clone, Serialize)]
pub struct PackageRow {
    /// Its slug, an anchor of the page.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its one sentence.
    pub summary: String,
    /// "$375".
    pub price: String,
    /// What is in it.
    pub visits: Vec<PackageVisit>,
    /// One entry a visit: each is drawn as a disc.
    pub discs: Vec<u32>,
    /// How many months after the first visit it can be used.
    pub valid_months: u32,
    /// How much less it costs than its visits one by one, "$40"; none if it is not less.
    pub saves: Option<String>,
}

/// One line of a package.
#[derive(Debug, Clone, Serialize)]
pub struct PackageVisit {
    /// How often.
    pub count: u32,
    /// The offering's name.
    pub name: String,
    /// How alone its visits are held: any of `telehealth`, `office`, `home`; empty when in every way of the offering.
    pub ways: Vec<&'static str>,
    /// Whether the trip to a visit at home costs nothing more.
    pub trip_included: bool,
}

impl PackageRow {
    /// The discs of these visits.
    pub fn discs(visits: &[PackageVisit]) -> Vec<u32> {
        (1..=visits.iter().map(|v| v.count).sum()).collect()
    }
}

impl Page for ServicesPage {
    const TEMPLATE: &'static str = "pages/services.html";

    fn samples() -> Vec<Self> {
        let mini = OfferRow {
            name: "Free mini-consult".into(),
            summary: "Tell me what is happening, and I tell you what I would try first.".into(),
            minutes: "15 minutes".into(),
            price: "Free".into(),
            ways: Ways::of(true, true, false, false),
            once_per_family: true,
            clients_only: false,
            by_postcode: false,
            next: Some(NextFree::sample()),
            url: "/book/free-mini-consult".into(),
        };
        let initial = OfferRow {
            name: "Initial consultation".into(),
            summary: "A whole feed from start to finish, and a plan for the two of you that fits your days.".into(),
            minutes: "90 minutes".into(),
            price: "$195".into(),
            ways: Ways::of(true, true, true, true),
            once_per_family: false,
            clients_only: false,
            by_postcode: false,
            next: Some(NextFree::new(
                "Friday 9:00 am".into(),
                "/book/initial-consultation?mode=telehealth&start=2026-11-27T14:00:00Z".into(),
            )),
            url: "/book/initial-consultation".into(),
        };
        let follow_up = OfferRow {
            name: "Follow-up visit".into(),
            summary: "What has changed, what has not, and the next small step.".into(),
            minutes: "60 minutes".into(),
            price: "$110".into(),
            clients_only: true,
            next: None,
            url: "/book/follow-up".into(),
            ..initial.clone()
        };
        let visit = |count, name: &str, ways| PackageVisit {
            count,
            name: name.into(),
            ways,
            trip_included: false,
        };
        let visits = |followups| {
            let first = visit(1, "Initial consultation", Vec::new());
            vec![first, visit(followups, "Follow-up visit", vec!["telehealth"])]
        };
        let package = |slug: &str, name: &str, price: &str, followups, months, saves: Option<&str>| PackageRow {
            slug: slug.into(),
            name: name.into(),
            summary: "For the weeks when everything changes every few days.".into(),
            price: price.into(),
            visits: visits(followups),
            discs: PackageRow::discs(&visits(followups)),
            valid_months: months,
            saves: saves.map(Into::into),
        };
        let full = Self {
            frame: Frame::sample().at(Nav::Services),
            zone: "America/New_York".into(),
            zone_name: "New York time".into(),
            tagline: "There is a light on.".into(),
            welcome: vec!["Feeding a new baby can hurt, worry you, or simply not work yet. I have time for all of you: by video, by phone or at my office.".into()],
            first: Some(mini.clone()),
            offerings: vec![initial.clone(), follow_up],
            packages: vec![
                package("first-weeks", "First weeks", "$375", 2, 4, Some("$40")),
                package("settled-in", "Settled in", "$549", 4, 9, None),
            ],
            free_until_hours: 24,
        };
        let nothing_free = Self {
            first: Some(OfferRow { next: None, ..mini }),
            offerings: vec![OfferRow {
                next: None,
                ..initial.clone()
            }],
            packages: vec![],
            ..full.clone()
        };
        let bare = Self {
            first: None,
            offerings: vec![],
            ..full.clone()
        };
        let every_way = Self {
            offerings: Ways::all()
                .map(|ways| OfferRow {
                    ways,
                    by_postcode: true,
                    next: None,
                    ..initial.clone()
                })
                .collect(),
            ..bare.clone()
        };
        vec![full, nothing_free, bare, every_way]
    }
}
