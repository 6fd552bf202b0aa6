//! The calendar part of a mail: an invitation or its cancellation (iTIP, RFC 5546).
//!
//! METHOD stands at calendar level and has to equal the `method` parameter of the MIME part (RFC 6047);
//! [`Method::as_str`] gives both. There is one event in a mail. A moved visit is invited again: same UID,
//! greater SEQUENCE. A cancellation is METHOD:CANCEL with STATUS:CANCELLED, because programs leave an
//! event standing that is cancelled by a REQUEST.

use ical::parser::ical::component::IcalCalendar;
use ical::property::Property;
use kernel::email::EmailAddress;

use super::emit;
use super::event::{Status, VisitEvent};
use super::property::{person, word};

/// Who makes the calendar: PRODID of everything that is written.
pub(super) const PRODUCT: &str = "-//Goldenhour//Appointment book//EN";

/// What an invitation asks of the calendar that reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Add the visit, or change it.
    Request,
    /// Take it away.
    Cancel,
}

impl Method {
    /// As in METHOD and in the MIME parameter `method`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// A name and one bare address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// As it is shown; may be empty.
    pub name: String,
    /// The address.
    pub email: EmailAddress,
}

/// The two sides of an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    /// Must equal the mail's From.
    pub organizer: Person,
    /// Must equal the mail's recipient (Thunderbird refuses the invitation otherwise).
    pub attendee: Person,
}

/// The bytes of the calendar part: `text/calendar; charset=UTF-8; method=…`.
///
/// The event's own status and alarm are replaced by what the method wants.
pub fn invitation(method: Method, event: &VisitEvent, parties: &Parties) -> Vec<u8> {
    let mut event = event.clone();
    match method {
        Method::Request => event.status = Status::Confirmed,
        Method::Cancel => {
            event.status = Status::Cancelled;
            event.alarm_minutes_before = None;
        }
    }
    let mut calendar = IcalCalendar::new();
    calendar.properties.extend(head());
    calendar.properties.push(word("METHOD", method.as_str()));
    calendar
        .events
        .push(event.model(vec![organizer(parties), attendee(parties)]));
    emit::calendar(&calendar)
}

/// VERSION, PRODID and CALSCALE, with which every calendar begins.
pub(super) fn head() -> [Property; 3] {
    [
        word("VERSION", "2.0"),
        word("PRODID", PRODUCT),
        word("CALSCALE", "GREGORIAN"),
    ]
}

fn organizer(parties: &Parties) -> Property {
    person("ORGANIZER", &[], &parties.organizer.name, &parties.organizer.email)
}

fn attendee(parties: &Parties) -> Property {
    let params = [
        ("CUTYPE", "INDIVIDUAL"),
        ("ROLE", "REQ-PARTICIPANT"),
        ("PARTSTAT", "NEEDS-ACTION"),
        ("RSVP", "TRUE"),
    ];
    person("ATTENDEE", &params, &parties.attendee.name, &parties.attendee.email)
}
