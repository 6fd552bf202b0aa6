//! A calendar file as the `ical` crate's structs.

use ical::IcalParser;
use ical::parser::ical::component::IcalCalendar;
use ical::property::Property;

use super::filter::{NotACalendar, filter};

/// The calendars of a file, with what is wanted of them. A file may hold several.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<IcalCalendar>, NotACalendar> {
    let text = filter(bytes)?;
    IcalParser::new(text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| NotACalendar::Unbalanced)
}

/// The properties of this name.
pub(super) fn all<'a>(properties: &'a [Property], name: &'a str) -> impl Iterator<Item = &'a Property> {
    properties.iter().filter(move |p| p.name == name)
}

/// The value of the first property of this name; an empty one is none.
pub(super) fn first<'a>(properties: &'a [Property], name: &'a str) -> Option<&'a str> {
    all(properties, name).find_map(|p| p.value.as_deref())
}

/// A parameter of a property.
pub(super) fn parameter<'a>(property: &'a Property, name: &str) -> Option<&'a str> {
    let (_, values) = property.params.as_ref()?.iter().find(|(n, _)| n == name)?;
    values.first().map(String::as_str)
}
