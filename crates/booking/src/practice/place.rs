//! Places of visits in person: the office, and the area in which homes are visited.

use kernel::money::Money;
use serde::{Deserialize, Serialize};

/// The consultant's office.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// What stands at the door; may be empty.
    pub name: String,
    /// The lines of its address.
    pub address: Vec<String>,
    /// How to find it, in paragraphs; may be empty.
    pub directions: String,
}

impl Office {
    /// Name and address in one line, for a calendar.
    pub fn in_one_line(&self) -> String {
        let name = Some(self.name.as_str()).filter(|n| !n.is_empty());
        name.into_iter()
            .chain(self.address.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Postcodes that are equally far away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeZone {
    /// What she calls it.
    pub name: String,
    /// Its postcodes, as she wrote them.
    pub postcodes: Vec<String>,
    /// Minutes of travel there, and as many back.
    pub travel_minutes: u32,
    /// Minor units that a trip costs on top of the price.
    pub trip_fee: i64,
}

/// The trip to one home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trip {
    /// Minutes of travel there, and as many back.
    pub travel_minutes: u32,
    /// What it costs on top of the price.
    pub fee: Money,
}

/// The zone that holds a postcode; case, spaces and what follows a US ZIP's hyphen do not matter.
pub fn zone_of<'a>(zones: &'a [HomeZone], postcode: &str) -> Option<&'a HomeZone> {
    let wanted = normal(postcode);
    zones
        .iter()
        .find(|z| !wanted.is_empty() && z.postcodes.iter().any(|p| normal(p) == wanted))
}

/// A postcode for comparing: upper-cased, without spaces; a ZIP+4 is its ZIP.
pub(crate) fn normal(postcode: &str) -> String {
    let text: String = postcode
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_uppercase();
    match text.split_once('-') {
        Some((zip, four)) if zip.len() == 5 && four.len() == 4 && all_digits(zip) && all_digits(four) => zip.into(),
        _ => text,
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postcode_is_found_however_it_is_typed() {
        let zone = |name: &str, codes: &[&str]| HomeZone {
            name: name.into(),
            postcodes: codes.iter().map(ToString::to_string).collect(),
            travel_minutes: 20,
            trip_fee: 0,
        };
        let zones = [zone("A", &["28801", "28803"]), zone("B", &["EC1A 1BB"])];
        let found = |code: &str| zone_of(&zones, code).map(|z| z.name.as_str());
        assert_eq!(found(" 28803 "), Some("A"));
        assert_eq!(found("28803-1234"), Some("A"));
        assert_eq!(found("ec1a1bb"), Some("B"));
        assert_eq!(found("28802"), None);
        assert_eq!(found(""), None);
    }
}
