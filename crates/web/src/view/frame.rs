//! What stands around every public page: the practice's name, the navigation, the footer.

use serde::Serialize;

/// Facts of the practice that every page shows; made once, and given its place in the navigation per page.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// Language of the words, for `<html lang>`: `en`.
    pub language: String,
    /// The practice's name, "Slow Lantern Lactation".
    pub practice_name: String,
    /// Who she is, under the name: "Nora Tillery, IBCLC".
    pub credentials: String,
    /// What parents call her in a sentence: "Nora".
    pub consultant: String,
    /// Her phone as people read it, "828-555-0142".
    pub phone: Option<String>,
    /// The same to tap: "tel:+18285550142". Present exactly when `phone` is.
    pub phone_link: Option<String>,
    /// Her real address, which answers reach.
    pub email: String,
    /// Where the practice is, in one line for the footer: "Asheville, North Carolina".
    pub address_line: String,
    /// Her own words on emergencies, shown on every booking and appointment page.
    pub emergency_line: String,
    /// Which entry of the navigation is this page.
    pub nav: Nav,
    /// Set when the visitor chose light or dark; otherwise her device decides.
    pub theme: Option<Theme>,
    /// Address of the style sheet with the practice's own colour, if it is not the default.
    pub colour_sheet: Option<String>,
    /// Whether this installation only captures mails, so that the footer leads to `/outbox`.
    pub outbox: bool,
    /// When the page was shown, in seconds since 1970: a form that comes back at once was filled in by no person.
    pub shown: i64,
}

/// The entries of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nav {
    /// None of them.
    Elsewhere,
    /// `/services`.
    Services,
    /// `/posts`.
    Articles,
    /// `/newsletter`.
    Newsletter,
}

/// A choice against the device's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Paper.
    Light,
    /// Night light.
    Dark,
}

impl Frame {
    /// The same frame at another place of the navigation.
    #[must_use]
    pub fn at(&self, nav: Nav) -> Self {
        Self { nav, ..self.clone() }
    }

    /// The frame of an invented practice, for samples.
    pub fn sample() -> Self {
        Self {
            language: "en".into(),
            practice_name: "Slow Lantern Lactation".into(),
            credentials: "Nora Tillery, IBCLC".into(),
            consultant: "Nora".into(),
            phone: Some("828-555-0142".into()),
            phone_link: Some("tel:+18285550142".into()),
            email: "nora@slowlantern.example".into(),
            address_line: "Asheville, North Carolina".into(),
            emergency_line: "This is not for emergencies. If your baby is hard to wake, struggles to breathe or has a fever, call 911.".into(),
            nav: Nav::Elsewhere,
            theme: None,
            colour_sheet: None,
            outbox: false,
            shown: 1_790_000_000,
        }
    }
}
