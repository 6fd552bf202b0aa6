//! The consultant's feed: all her visits, in as much detail as she chose.
//!
//! Written visit by visit into any [`Write`], so that ten thousand of them are never held at once; run
//! into a sink first, the same writer tells the [`Facts`] that decide between 200 and 304. The bytes
//! depend on the visits alone, never on the hour of the request.
//!
//! What clients need (CALENDARS.md): no UID, METHOD or SOURCE on the calendar; no alarm, nobody invited;
//! cancelled visits left out by the caller; and never an empty calendar, hence the placeholder.

use std::io::{self, Write};

use jiff::SignedDuration;
use kernel::instant::Instant;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::emit;
use super::event::{Status, VisitEvent};
use super::invitation::head;
use super::property::{text, with, word};

/// How often a client is asked to look (RFC 7986, 5.7, and its older twin).
const REFRESH: &str = "PT15M";

/// How much of a visit the feed tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Only that the time is taken.
    Busy,
    /// The parent's initials, where they meet, and the way to the desk.
    #[default]
    Initials,
    /// Everything that she needs at the visit.
    Full,
}

/// The calendar itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// NAME and X-WR-CALNAME.
    pub name: String,
    /// DESCRIPTION and X-WR-CALDESC; left out when empty.
    pub description: String,
    /// The domain of UIDs, for the placeholder.
    pub uid_domain: String,
    /// How much is told.
    pub detail: Detail,
    /// The last change of anything in the feed or of the feed, a cancellation or a rotation included;
    /// without it Last-Modified would go backwards when a visit leaves.
    pub changed: Instant,
}

/// One visit as the feed may tell it; what is told is decided by the feed's level of detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// As in [`VisitEvent::uid`].
    pub uid: String,
    /// As in [`VisitEvent::sequence`].
    pub sequence: u32,
    /// Start, UTC.
    pub starts: Instant,
    /// End, UTC.
    pub ends: Instant,
    /// When the appointment was made.
    pub created: Instant,
    /// Its last change.
    pub changed: Instant,
    /// It still waits for payment.
    pub awaiting_payment: bool,
    /// The parent's name.
    pub parent: String,
    /// What she needs at the visit (offering, how to reach the parent, what is owed), plain text.
    pub details: String,
    /// Where it is: the office, or the video link; a family's own address only where everything is told.
    pub location: Option<String>,
    /// The video link.
    pub conference: Option<String>,
    /// The visit's page at the desk, which asks for a session.
    pub desk_url: Option<String>,
}

/// What HTTP says about the bytes that were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// A strong entity tag with its quotes: the SHA-256 of the bytes.
    pub etag: String,
    /// The last change of anything in the feed.
    pub last_modified: Instant,
    /// How many visits it holds, the placeholder not counted.
    pub visits: u64,
}

/// A feed being written: [`Feed::begin`], [`Feed::visit`] for each, [`Feed::finish`].
#[derive(Debug)]
pub struct Feed<W> {
    out: W,
    hash: Sha256,
    head: Head,
    last_modified: Instant,
    visits: u64,
}

impl<W: Write> Feed<W> {
    /// Writes the calendar's own lines.
    pub fn begin(out: W, head: Head) -> io::Result<Self> {
        let mut feed = Self {
            out,
            hash: Sha256::new(),
            last_modified: head.changed,
            visits: 0,
            head,
        };
        let mut lines = String::new();
        emit::open(&mut lines, &feed.head.properties());
        feed.put(&lines)?;
        Ok(feed)
    }

    /// Writes one visit, in the order in which the caller brings them.
    pub fn visit(&mut self, visit: &Visit) -> io::Result<()> {
        self.visits += 1;
        self.last_modified = self.last_modified.max(visit.changed);
        self.event(&visit.told(self.head.detail))
    }

    /// Writes the placeholder if there was no visit, and the last line.
    pub fn finish(mut self) -> io::Result<(Facts, W)> {
        if self.visits == 0 {
            let mut lines = String::new();
            emit::event(&mut lines, &placeholder(&self.head.uid_domain));
            self.put(&lines)?;
        }
        let mut lines = String::new();
        emit::close(&mut lines);
        self.put(&lines)?;
        self.out.flush()?;
        let facts = Facts {
            etag: entity_tag(&self.hash.finalize().into()),
            last_modified: self.last_modified,
            visits: self.visits,
        };
        Ok((facts, self.out))
    }

    /// Where it is written to, for a caller who takes what is there.
    pub fn out(&mut self) -> &mut W {
        &mut self.out
    }

    fn event(&mut self, event: &VisitEvent) -> io::Result<()> {
        let mut lines = String::new();
        emit::event(&mut lines, &event.model(Vec::new()));
        self.put(&lines)
    }

    fn put(&mut self, lines: &str) -> io::Result<()> {
        self.hash.update(lines.as_bytes());
        self.out.write_all(lines.as_bytes())
    }
}

impl Head {
    fn properties(&self) -> Vec<ical::property::Property> {
        let mut all = head().to_vec();
        all.extend([text("NAME", &self.name), text("X-WR-CALNAME", &self.name)]);
        if !self.description.is_empty() {
            all.extend([
                text("DESCRIPTION", &self.description),
                text("X-WR-CALDESC", &self.description),
            ]);
        }
        all.extend([
            with(word("REFRESH-INTERVAL", REFRESH), "VALUE", &["DURATION"]),
            word("X-PUBLISHED-TTL", REFRESH),
            word("COLOR", "goldenrod"),
        ]);
        all
    }
}

impl Visit {
    /// The event of this level: what a level does not tell is not in it at all.
    fn told(&self, detail: Detail) -> VisitEvent {
        let (title, description) = match detail {
            Detail::Busy => ("Booked".to_owned(), String::new()),
            Detail::Initials => (initials(&self.parent), String::new()),
            Detail::Full => (self.parent.trim().to_owned(), self.details.clone()),
        };
        let more = detail != Detail::Busy;
        VisitEvent {
            uid: self.uid.clone(),
            sequence: self.sequence,
            starts: self.starts,
            ends: self.ends,
            created: self.created,
            changed: self.changed,
            title: if title.is_empty() { "Booked".to_owned() } else { title },
            description,
            location: self.location.clone().filter(|_| more),
            url: self.desk_url.clone().filter(|_| more),
            conference: self.conference.clone().filter(|_| more),
            status: if self.awaiting_payment {
                Status::Tentative
            } else {
                Status::Confirmed
            },
            alarm_minutes_before: None,
        }
    }
}

/// "Anna Lena Berg" is "A. B."; a name without letters has none.
fn initials(name: &str) -> String {
    let letter = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let mut letters = name.split_whitespace().filter_map(letter);
    let first = letters.next();
    let mut out = String::new();
    for c in [first, letters.next_back()].into_iter().flatten() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_uppercase());
        out.push('.');
    }
    out
}

/// One event long past that takes no time: some clients keep the old events when a calendar comes empty, others fail.
fn placeholder(domain: &str) -> ical::parser::ical::component::IcalEvent {
    /// 2020-01-01T00:00:00Z.
    const LONG_PAST: Instant = Instant::from_micros(1_577_836_800_000_000);
    let event = VisitEvent {
        uid: format!("placeholder@{domain}"),
        sequence: 0,
        starts: LONG_PAST,
        ends: LONG_PAST + SignedDuration::from_mins(15),
        created: LONG_PAST,
        changed: LONG_PAST,
        title: "No appointments yet".to_owned(),
        description: String::new(),
        location: None,
        url: None,
        conference: None,
        status: Status::Confirmed,
        alarm_minutes_before: None,
    };
    let mut event = event.model(Vec::new());
    if let Some(transparency) = event.properties.iter_mut().find(|p| p.name == "TRANSP") {
        *transparency = word("TRANSP", "TRANSPARENT");
    }
    event
}

fn entity_tag(hash: &[u8; 32]) -> String {
    let half = hash.first_chunk().map_or(0, |h| u128::from_be_bytes(*h));
    format!("\"{half:032x}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(detail: Detail) -> Head {
        Head {
            name: "Mira's appointments".to_owned(),
            description: String::new(),
            uid_domain: "goldenhour.example".to_owned(),
            detail,
            changed: at("2027-01-02T00:00:00Z"),
        }
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn visit() -> Visit {
        Visit {
            uid: "1@goldenhour.example".to_owned(),
            sequence: 2,
            starts: at("2027-02-01T15:00:00Z"),
            ends: at("2027-02-01T16:00:00Z"),
            created: at("2027-01-01T00:00:00Z"),
            changed: at("2027-01-03T00:00:00Z"),
            awaiting_payment: false,
            parent: "Anna Lena Berg".to_owned(),
            details: "Follow-up\nPhone: +1 555 0100".to_owned(),
            location: Some("12 Elm Street".to_owned()),
            conference: Some("https://video.example/room".to_owned()),
            desk_url: Some("https://goldenhour.example/admin/appointments/1".to_owned()),
        }
    }

    fn written(detail: Detail, visits: &[Visit]) -> (String, Facts) {
        let mut bytes = Vec::new();
        let mut feed = Feed::begin(&mut bytes, head(detail)).unwrap();
        for one in visits {
            feed.visit(one).unwrap();
        }
        let (facts, _) = feed.finish().unwrap();
        (String::from_utf8(bytes).unwrap().replace("\r\n ", ""), facts)
    }

    #[test]
    fn the_busy_feed_says_nothing_but_the_time() {
        let (text, _) = written(Detail::Busy, &[visit()]);
        assert!(text.contains("SUMMARY:Booked\r\n"), "{text}");
        for secret in ["Anna", "Berg", "Elm", "555", "video", "desk", "admin", "Follow"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }

    #[test]
    fn the_feed_with_initials_says_where_and_not_who() {
        let (text, _) = written(Detail::Initials, &[visit()]);
        assert!(
            text.contains("SUMMARY:A. B.\r\n") && text.contains("LOCATION:12 Elm"),
            "{text}"
        );
        assert!(text.contains("URL:https://goldenhour.example/admin/"));
        for secret in ["Anna", "Berg", "555", "Follow"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }

    #[test]
    fn the_full_feed_holds_what_she_needs() {
        let (text, _) = written(Detail::Full, &[visit()]);
        for wanted in [
            "SUMMARY:Anna Lena Berg\r\n",
            "DESCRIPTION:Follow-up\\nPhone",
            "LOCATION:12 Elm",
        ] {
            assert!(text.contains(wanted), "{wanted} not in {text}");
        }
    }

    #[test]
    fn the_calendar_has_no_uid_no_method_and_no_alarm() {
        let (text, _) = written(Detail::Full, &[visit()]);
        let before_events = text.split("BEGIN:VEVENT").next().unwrap();
        for wanted in [
            "NAME:Mira's appointments\r\nX-WR-CALNAME:Mira's appointments\r\n",
            "REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\nX-PUBLISHED-TTL:PT15M\r\nCOLOR:",
        ] {
            assert!(before_events.contains(wanted), "{before_events}");
        }
        assert!(!before_events.contains("UID"));
        for absent in ["METHOD", "VALARM", "ATTENDEE", "ORGANIZER", "SOURCE"] {
            assert!(!text.contains(absent), "{absent}");
        }
    }

    #[test]
    fn an_empty_feed_has_one_event_that_takes_no_time() {
        let (text, facts) = written(Detail::Initials, &[]);
        assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
        assert!(text.contains("TRANSP:TRANSPARENT\r\n"));
        assert_eq!(facts.visits, 0);
    }

    #[test]
    fn the_entity_tag_follows_the_bytes_and_last_modified_never_goes_back() {
        let (_, empty) = written(Detail::Initials, &[]);
        let (_, one) = written(Detail::Initials, &[visit()]);
        assert_eq!(written(Detail::Initials, &[visit()]).1, one);
        assert_ne!(one.etag, empty.etag);
        assert_ne!(one.etag, written(Detail::Busy, &[visit()]).1.etag);
        assert_eq!(one.last_modified, at("2027-01-03T00:00:00Z"));
        assert_eq!(empty.last_modified, at("2027-01-02T00:00:00Z"));
        assert!(one.etag.starts_with('"') && one.etag.len() == 34);
    }

    #[test]
    fn a_visit_that_waits_for_payment_is_tentative() {
        let waiting = Visit {
            awaiting_payment: true,
            ..visit()
        };
        assert!(written(Detail::Busy, &[waiting]).0.contains("STATUS:TENTATIVE"));
    }

    #[test]
    fn initials_are_those_of_the_first_and_the_last_name() {
        for (name, expected) in [
            ("Anna Lena Berg", "A. B."),
            ("  anna ", "A."),
            ("\"Öznur\" 'yılmaz'", "Ö. Y."),
            ("王小明", "王."),
            ("!!", ""),
        ] {
            assert_eq!(initials(name), expected);
        }
    }
}
