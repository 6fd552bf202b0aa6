//! One visit as a calendar event, whoever will read it.
//!
//! UID and SEQUENCE decide which entry a calendar program changes, so they come from the appointment
//! and are the same in mail, download and feed: the UID never changes, SEQUENCE is 0 and then one more
//! for every change of start, end or place and for the cancellation. DTSTAMP and LAST-MODIFIED are the
//! appointment's last change, never "now": the same facts give the same bytes.

use ical::parser::ical::component::{IcalAlarm, IcalEvent};
use ical::property::Property;
use kernel::instant::Instant;

use super::property::{instant, text, uri, with, word};

/// The facts of an event. Texts are plain, of any length and content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitEvent {
    /// `<appointment uuid>@<domain>`; the domain is stored once and never changes.
    pub uid: String,
    /// The appointment's own count of changes.
    pub sequence: u32,
    /// Start, UTC; written to the second.
    pub starts: Instant,
    /// End, UTC; written to the second.
    pub ends: Instant,
    /// When the appointment was made.
    pub created: Instant,
    /// When this version of it was made.
    pub changed: Instant,
    /// SUMMARY: what others may see over her shoulder. See [`discreet_title`].
    pub title: String,
    /// DESCRIPTION, plain text; may be empty.
    pub description: String,
    /// LOCATION: the address, or the video link.
    pub location: Option<String>,
    /// URL: the manage link.
    pub url: Option<String>,
    /// CONFERENCE (RFC 7986): the video link.
    pub conference: Option<String>,
    /// STATUS.
    pub status: Status,
    /// One DISPLAY alarm, so many minutes before the start.
    pub alarm_minutes_before: Option<u32>,
}

/// STATUS of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It takes place.
    Confirmed,
    /// It is kept until it is paid.
    Tentative,
    /// It does not take place.
    Cancelled,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::Tentative => "TENTATIVE",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// The title in the parent's calendar: no health word, no practice name that may hold one.
pub fn discreet_title(discreet_name: &str) -> String {
    format!("Appointment with {}", discreet_name.trim())
}

impl VisitEvent {
    /// The event in the `ical` crate's model, `people` standing between the times and the texts.
    pub(super) fn model(&self, people: Vec<Property>) -> IcalEvent {
        let mut event = IcalEvent::new();
        event.properties.extend([
            word("UID", self.uid.as_str()),
            word("SEQUENCE", self.sequence.to_string()),
            instant("DTSTAMP", self.changed),
            instant("CREATED", self.created),
            instant("LAST-MODIFIED", self.changed),
            instant("DTSTART", self.starts),
            instant("DTEND", self.ends),
        ]);
        event.properties.extend(people);
        event.properties.push(text("SUMMARY", &self.title));
        if !self.description.is_empty() {
            event.properties.push(text("DESCRIPTION", &self.description));
        }
        event
            .properties
            .extend(self.location.iter().map(|l| text("LOCATION", l)));
        event.properties.extend(self.url.iter().map(|u| uri("URL", u)));
        event.properties.extend(self.conference.iter().map(|c| conference(c)));
        event.properties.extend([
            word("STATUS", self.status.as_str()),
            word("TRANSP", "OPAQUE"),
            word("CLASS", "PUBLIC"),
        ]);
        event.alarms.extend(self.alarm_minutes_before.map(|m| self.alarm(m)));
        event
    }

    fn alarm(&self, minutes: u32) -> IcalAlarm {
        let mut alarm = IcalAlarm::new();
        alarm.properties.extend([
            word("ACTION", "DISPLAY"),
            text("DESCRIPTION", &self.title),
            word("TRIGGER", format!("-PT{minutes}M")),
        ]);
        alarm
    }
}

fn conference(link: &str) -> Property {
    let property = with(uri("CONFERENCE", link), "VALUE", &["URI"]);
    with(property, "FEATURE", &["AUDIO", "VIDEO"])
}
