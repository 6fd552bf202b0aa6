//! Sample files for other people's calendar programs to judge, and the round trip through our own reading.
//!
//! `cargo test -p booking calendar::samples` writes them into the folder of `CALENDAR_SAMPLES`, else
//! into `target/calendar-samples`.

use std::path::PathBuf;

use ical::IcalParser;
use ical::parser::ical::component::IcalCalendar;
use kernel::email::EmailAddress;
use kernel::instant::Instant;
use proptest::prelude::*;

use super::download::download;
use super::event::{Status, VisitEvent, discreet_title};
use super::feed::{Detail, Feed, Head, Visit};
use super::invitation::{Method, Parties, Person, invitation};
use super::unfold::unfold;

const NASTY: &str = "Emoji at the fold 👩🏽‍🍼👩🏽‍🍼👩🏽‍🍼👩🏽‍🍼; commas, \\back\\slashes\\n, \"quotes\" ^carets^ and\nlines\n\nשלום عليكم :colons: =equals=";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn event(title: &str, description: &str) -> VisitEvent {
    VisitEvent {
        uid: "0190f3a0-7b1c-7d3e-8a55-000000000001@goldenhour.example".to_owned(),
        sequence: 0,
        starts: at("2027-03-01T15:00:00Z"),
        ends: at("2027-03-01T15:15:00Z"),
        created: at("2027-02-01T10:00:00Z"),
        changed: at("2027-02-01T10:00:00Z"),
        title: title.to_owned(),
        description: description.to_owned(),
        location: Some("https://video.example/room-1".to_owned()),
        url: Some("https://goldenhour.example/appointments/abc".to_owned()),
        conference: Some("https://video.example/room-1".to_owned()),
        status: Status::Confirmed,
        alarm_minutes_before: Some(30),
    }
}

fn parties(name: &str) -> Parties {
    let person = |name: &str, email: &str| Person {
        name: name.to_owned(),
        email: EmailAddress::parse(email).unwrap(),
    };
    Parties {
        organizer: person("Mira Lindqvist", "mira@practice.example"),
        attendee: person(name, "anna@example.org"),
    }
}

fn visit(n: u32, parent: &str, details: &str) -> Visit {
    let starts = at("2027-03-01T15:00:00Z").plus_minutes(i64::from(n) * 90);
    Visit {
        uid: format!("0190f3a0-7b1c-7d3e-8a55-{n:012}@goldenhour.example"),
        sequence: n % 3,
        starts,
        ends: starts.plus_minutes(60),
        created: at("2027-02-01T10:00:00Z"),
        changed: at("2027-02-02T10:00:00Z"),
        awaiting_payment: n % 5 == 4,
        parent: parent.to_owned(),
        details: details.to_owned(),
        location: Some("12, Elm Street; back door".to_owned()),
        conference: Some("https://video.example/room-2".to_owned()),
        desk_url: Some("https://goldenhour.example/admin/appointments/2".to_owned()),
    }
}

fn feed(detail: Detail, visits: impl IntoIterator<Item = Visit>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let head = Head {
        name: "Mira's appointments".to_owned(),
        description: "What was booked, on Goldenhour".to_owned(),
        uid_domain: "goldenhour.example".to_owned(),
        detail,
        changed: at("2027-02-02T10:00:00Z"),
    };
    let mut feed = Feed::begin(&mut bytes, head).unwrap();
    for one in visits {
        feed.visit(&one).unwrap();
    }
    feed.finish().unwrap();
    bytes
}

/// Every output of this module, with plain and with nasty texts, by file name.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let plain = event(
        &discreet_title("Mira Lindqvist"),
        "Join here: https://video.example/room-1\nMove or cancel: https://goldenhour.example/appointments/abc",
    );
    let moved = VisitEvent {
        sequence: 1,
        starts: at("2027-03-02T15:00:00Z"),
        ends: at("2027-03-02T15:15:00Z"),
        changed: at("2027-02-03T10:00:00Z"),
        ..plain.clone()
    };
    let cancelled = VisitEvent {
        sequence: 2,
        changed: at("2027-02-04T10:00:00Z"),
        ..moved.clone()
    };
    let nasty = event(NASTY, &NASTY.repeat(15));
    let bare = VisitEvent {
        description: String::new(),
        location: None,
        url: None,
        conference: None,
        alarm_minutes_before: None,
        ..plain.clone()
    };
    let anna = parties("Anna Berg");
    let wild = parties("Anna \"Änn^e\" O'Berg; x, y: z\nשלום 👩🏽‍🍼");
    vec![
        ("request.ics", invitation(Method::Request, &plain, &anna)),
        ("request-moved.ics", invitation(Method::Request, &moved, &anna)),
        ("cancel.ics", invitation(Method::Cancel, &cancelled, &anna)),
        ("request-nasty.ics", invitation(Method::Request, &nasty, &wild)),
        ("cancel-nasty.ics", invitation(Method::Cancel, &nasty, &wild)),
        ("request-bare.ics", invitation(Method::Request, &bare, &anna)),
        ("download.ics", download(&plain)),
        ("download-nasty.ics", download(&nasty)),
        ("feed-empty.ics", feed(Detail::Initials, [])),
        (
            "feed-busy.ics",
            feed(Detail::Busy, (0..6).map(|n| visit(n, "Anna Berg", NASTY))),
        ),
        (
            "feed-initials.ics",
            feed(Detail::Initials, (0..6).map(|n| visit(n, NASTY, NASTY))),
        ),
        (
            "feed-full.ics",
            feed(Detail::Full, (0..6).map(|n| visit(n, NASTY, NASTY))),
        ),
    ]
}

/// What the `ical` crate reads behind our unfolding.
fn parsed(bytes: &[u8]) -> IcalCalendar {
    let text = unfold(bytes).join("\n");
    let mut calendars = IcalParser::new(text.as_bytes());
    let calendar = calendars.next().unwrap().unwrap();
    assert!(calendars.next().is_none());
    calendar
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match (c, c == '\\') {
            (_, true) => match rest.next() {
                Some('n' | 'N') => out.push('\n'),
                other => out.extend(other),
            },
            (c, false) => out.push(c),
        }
    }
    out
}

fn value(calendar: &IcalCalendar, name: &str) -> String {
    let event = &calendar.events[0];
    let property = event.properties.iter().find(|p| p.name == name).unwrap();
    unescaped(property.value.as_deref().unwrap_or_default())
}

#[test]
fn every_output_is_written_for_the_judges_and_read_back() {
    let folder = std::env::var_os("CALENDAR_SAMPLES").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/calendar-samples")),
        PathBuf::from,
    );
    std::fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in samples() {
        std::fs::write(folder.join(name), &bytes).unwrap();
        let calendar = parsed(&bytes);
        let sorts = ["METHOD", "ORGANIZER", "ATTENDEE"];
        let invited = name.starts_with("request") || name.starts_with("cancel");
        let text = String::from_utf8(bytes).unwrap();
        for sort in sorts {
            assert_eq!(text.contains(&format!("\r\n{sort}")), invited, "{sort} in {name}");
        }
        assert!(!calendar.events.is_empty(), "{name}");
        assert!(
            text.split("\r\n").all(|l| l.len() <= 75 && !l.contains(['\r', '\n'])),
            "{name}"
        );
    }
}

#[test]
fn a_cancellation_has_its_own_method_and_status_and_no_alarm() {
    let text = String::from_utf8(samples().into_iter().find(|(n, _)| *n == "cancel.ics").unwrap().1).unwrap();
    assert!(text.contains("METHOD:CANCEL\r\n") && text.contains("STATUS:CANCELLED\r\n"));
    assert!(text.contains("SEQUENCE:2\r\n") && !text.contains("VALARM"));
}

#[test]
fn texts_survive_the_round_trip() {
    let calendar = parsed(&download(&event(NASTY, &NASTY.repeat(20))));
    assert_eq!(value(&calendar, "SUMMARY"), NASTY);
    assert_eq!(value(&calendar, "DESCRIPTION"), NASTY.repeat(20));
}

#[test]
fn ten_thousand_visits_are_written_one_at_a_time() {
    struct Count(usize, usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            self.1 = self.1.max(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut sink = Count(0, 0);
    let head = Head {
        name: "x".to_owned(),
        description: String::new(),
        uid_domain: "goldenhour.example".to_owned(),
        detail: Detail::Full,
        changed: at("2027-02-02T10:00:00Z"),
    };
    let mut feed = Feed::begin(&mut sink, head).unwrap();
    for n in 0..10_000 {
        feed.visit(&visit(n, "Anna Berg", "Follow-up")).unwrap();
    }
    assert_eq!(feed.finish().unwrap().0.visits, 10_000);
    assert!(sink.0 > 1_000_000 && sink.1 < 2_000, "{} {}", sink.0, sink.1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_comes_back_as_it_went_in(
        title in "[\\PC\\n]{1,120}",
        description in "([\\PC]|[\\n;,:\\\\\"^ ]|👩🏽‍🍼){0,400}",
        name in "[\\PC\\n]{0,60}",
    ) {
        let sent = event(&title, &description);
        let calendar = parsed(&invitation(Method::Request, &sent, &parties(&name)));
        // The `ical` crate trims a line's end, and takes a leading colon for its own; separators are written as line breaks.
        let same = |text: &str| {
            let text = text.replace(['\u{2028}', '\u{2029}'], "\n");
            text.trim_start_matches(':').trim().to_owned()
        };
        prop_assert_eq!(same(&value(&calendar, "SUMMARY")), same(&title));
        if !same(&description).is_empty() {
            prop_assert_eq!(same(&value(&calendar, "DESCRIPTION")), same(&description));
        }
        prop_assert_eq!(value(&calendar, "UID"), sent.uid);
        prop_assert_eq!(value(&calendar, "ATTENDEE"), "mailto:anna@example.org");
    }
}
