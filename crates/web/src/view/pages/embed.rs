//! What another site may frame: the next times of an offering, and joining the newsletter.

use serde::Serialize;

use super::super::Page;
use super::super::frame::Frame;
use super::parts::NextFree;

/// The next times of an offering, as far as they can be told without a question.
#[derive(Debug, Clone, Serialize)]
pub struct EmbedBookPage {
    /// The frame; of it the language, the theme and the names.
    pub frame: Frame,
    /// The offering's name.
    pub name: String,
    /// "15 minutes".
    pub minutes: String,
    /// "Free" or "$195".
    pub price: String,
    /// "New York time", while times are shown.
    pub zone_name: Option<String>,
    /// The next days with free times; none where the page of times asks for something first.
    pub days: Vec<EmbedDay>,
    /// The page of times.
    pub url: String,
}

/// A day and its first free times.
#[derive(Debug, Clone, Serialize)]
pub struct EmbedDay {
    /// "Tomorrow, Wednesday, November 25".
    pub title: String,
    /// Each with the form for it.
    pub times: Vec<NextFree>,
}

impl Page for EmbedBookPage {
    const TEMPLATE: &'static str = "pages/embed-book.html";

    fn samples() -> Vec<Self> {
        let time = |when: &str| NextFree::new(when.into(), "/book/free-mini-consult?start=2026-11-25T15:15:00Z".into());
        let free = Self {
            frame: Frame::sample(),
            name: "Free mini-consult".into(),
            minutes: "15 minutes".into(),
            price: "Free".into(),
            zone_name: Some("New York time".into()),
            days: vec![EmbedDay {
                title: "Tomorrow, Wednesday, November 25".into(),
                times: ["10:15 am", "10:30 am", "2:00 pm"].map(time).into(),
            }],
            url: "/book/free-mini-consult".into(),
        };
        let asks_first = Self {
            name: "Home visit".into(),
            minutes: "90 minutes".into(),
            price: "$195".into(),
            zone_name: None,
            days: Vec::new(),
            ..free.clone()
        };
        vec![free, asks_first]
    }
}

/// Joining the newsletter: its next step opens on our own site.
#[derive(Debug, Clone, Serialize)]
pub struct EmbedNewsletterPage {
    /// The frame; of it the language, the theme and the names.
    pub frame: Frame,
}

impl Page for EmbedNewsletterPage {
    const TEMPLATE: &'static str = "pages/embed-newsletter.html";

    fn samples() -> Vec<Self> {
        vec![Self { frame: Frame::sample() }]
    }
}
