//! From what the crates know to what a page says: each function turns domain values into finished strings.
//!
//! Nothing is decided here and nothing is loaded; dates, times and money are written by [`crate::view::format`] alone.

pub mod appointment;
pub mod days;
pub mod intake;
pub mod meeting;
pub mod moving;
pub mod offers;

use booking::practice::{Consultant, Office, Practice};

use crate::config::Config;
use crate::view::frame::{Frame, Nav};
use crate::view::pages::{self, link};

/// What stands around every page of this practice.
pub fn frame(practice: &Practice, she: Option<&Consultant>, config: &Config) -> Frame {
    let credentials = she.map_or_else(String::new, |c| match c.credentials.as_str() {
        "" => c.name.clone(),
        letters => format!("{}, {letters}", c.name),
    });
    let consultant = she.map_or(practice.discreet_name.as_str(), |c| c.name.as_str());
    let phone = Some(practice.phone.clone()).filter(|p| !p.is_empty());
    Frame {
        language: "en".into(),
        practice_name: practice.name.clone(),
        credentials,
        consultant: consultant.split(' ').next().unwrap_or_default().to_owned(),
        phone_link: phone.as_deref().map(|p| tel(practice, p)),
        phone,
        email: practice.email.as_str().to_owned(),
        address_line: practice.postal_address.join(", "),
        emergency_line: practice.emergency_line.clone(),
        nav: Nav::Elsewhere,
        theme: None,
        colour_sheet: crate::pages::colour::sheet_url(&practice.colour),
        outbox: config.shows_outbox(),
        shown: 0,
    }
}

/// A number to tap, in the way of the practice's country.
pub fn tel(practice: &Practice, phone: &str) -> String {
    link::tel(phone, practice.locale == "en-US")
}

/// The office with its directions, for pages.
pub fn office(office: &Office) -> pages::Office {
    pages::Office {
        name: office.name.clone(),
        lines: office.address.clone(),
        directions: pages::paragraphs(&office.directions),
    }
}
