//! `/`: at three in the morning, one free time and one button.

use serde::Serialize;

use super::super::Page;
use super::super::frame::Frame;
use super::article::PostTeaser;
use super::parts::NextFree;

/// The first page.
#[derive(Debug, Clone, Serialize)]
pub struct HomePage {
    /// The frame.
    pub frame: Frame,
    /// The zone in which its time is shown, an IANA name; a script compares it with the visitor's own.
    pub zone: String,
    /// "New York time".
    pub zone_name: String,
    /// The practice's one line, the page's headline.
    pub tagline: String,
    /// The practice's welcome, in paragraphs.
    pub welcome: Vec<String>,
    /// About her, in paragraphs; may be empty.
    pub about: Vec<String>,
    /// The free offering that stands first, with its next time; none if the practice has no free offering.
    pub first: Option<OfferTeaser>,
    /// The other offerings, in her order.
    pub offerings: Vec<OfferTeaser>,
    /// The newest articles, at most three.
    pub posts: Vec<PostTeaser>,
}

/// An offering in a line or two.
#[derive(Debug, Clone, Serialize)]
pub struct OfferTeaser {
    /// Its name.
    pub name: String,
    /// Its one sentence.
    pub summary: String,
    /// "15 minutes".
    pub minutes: String,
    /// "$195" or "Free".
    pub price: String,
    /// Its next time; none while nothing is free.
    pub next: Option<NextFree>,
    /// Its page of times.
    pub url: String,
}

impl Page for HomePage {
    const TEMPLATE: &'static str = "pages/home.html";

    fn samples() -> Vec<Self> {
        let mini = OfferTeaser {
            name: "Free mini-consult".into(),
            summary: "Tell me what is happening, and I tell you what I would try first.".into(),
            minutes: "15 minutes".into(),
            price: "Free".into(),
            next: Some(NextFree::sample()),
            url: "/book/free-mini-consult".into(),
        };
        let initial = OfferTeaser {
            name: "Initial consultation".into(),
            summary: "A whole feed from start to finish, and a plan for the two of you that fits your days.".into(),
            minutes: "90 minutes".into(),
            price: "$195".into(),
            next: Some(NextFree::new(
                "Friday 9:00 am".into(),
                "/book/initial-consultation?mode=telehealth&start=2026-11-27T14:00:00Z".into(),
            )),
            url: "/book/initial-consultation".into(),
        };
        let full = Self {
            frame: Frame::sample(),
            zone: "America/New_York".into(),
            zone_name: "New York time".into(),
            tagline: "There is a light on.".into(),
            welcome: vec!["Feeding a new baby can hurt, worry you, or simply not work yet. I have time for all of you: by video, by phone or at my office.".into()],
            about: vec![
                "I have been an IBCLC for eleven years. Before that I was a nurse on a maternity ward, mostly on the night shift, which is where I learned that the real questions come at three in the morning.".into(),
                "There is one of me. I see few families in a day, and what you tell me stays with me.".into(),
            ],
            first: Some(mini.clone()),
            offerings: vec![initial],
            posts: PostTeaser::some(),
        };
        let nothing_free = Self {
            first: Some(OfferTeaser { next: None, ..mini }),
            about: vec![],
            posts: vec![],
            ..full.clone()
        };
        let bare = Self {
            first: None,
            offerings: vec![],
            posts: vec![],
            ..full.clone()
        };
        vec![full, nothing_free, bare]
    }
}
