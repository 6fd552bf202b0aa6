//! The file behind "add to my calendar".
//!
//! Same UID and SEQUENCE as the invitation, but nobody is invited: no METHOD, ORGANIZER or ATTENDEE, so
//! that a program simply files the event and asks for no reply.

use ical::parser::ical::component::IcalCalendar;

use super::emit;
use super::event::VisitEvent;
use super::invitation::head;

/// The bytes of `appointment.ics`.
pub fn download(event: &VisitEvent) -> Vec<u8> {
    let mut calendar = IcalCalendar::new();
    calendar.properties.extend(head());
    calendar.events.push(event.model(Vec::new()));
    emit::calendar(&calendar)
}
