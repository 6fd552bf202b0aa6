//! Hostile and random input: never a panic, never slow, always a well-formed answer or a refusal.

use std::time::{Duration, Instant as Stopwatch};

use kernel::instant::Instant;
use kernel::zone::Zone;
use proptest::prelude::*;
use proptest::sample::select;

use super::busy::{BusyAnswer, NotACalendar, busy};

/// Two seconds for a megabyte is the promise; a debug build is some ten times slower than that of a release.
const LIMIT: Duration = Duration::from_secs(10);

fn ask(bytes: &[u8]) -> Result<BusyAnswer, NotACalendar> {
    let (from, to) = window();
    let clock = Stopwatch::now();
    let answer = busy(bytes, from, to, &Zone::named("Europe/Berlin").unwrap());
    assert!(clock.elapsed() < LIMIT, "took {:?}", clock.elapsed());
    if let Ok(answer) = &answer {
        assert!(answer.busy.iter().all(|(a, b)| from <= *a && a < b && *b <= to));
        assert!(answer.busy.windows(2).all(|w| w[0].1 < w[1].0));
        assert!(answer.warnings.len() <= 51);
    }
    answer
}

fn window() -> (Instant, Instant) {
    let at = |text: &str| text.parse().unwrap();
    (at("2027-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"))
}

fn event(body: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:x\r\n{body}\r\nEND:VEVENT\r\n")
}

fn calendar(body: &str) -> Vec<u8> {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n").into_bytes()
}

fn recurring(start: &str, rule: &str) -> Vec<u8> {
    calendar(&event(&format!("DTSTART:{start}\r\nDURATION:PT1S\r\nRRULE:{rule}")))
}

fn numbers(end: u32) -> String {
    let all: Vec<String> = (0..end).map(|n| n.to_string()).collect();
    all.join(",")
}

#[test]
fn a_rule_for_every_second_without_end_blocks_its_time_and_says_so() {
    let answer = ask(&recurring("20000101T000000Z", "FREQ=SECONDLY")).unwrap();
    assert_eq!(answer.busy, [window()]);
    assert_eq!(answer.warnings.len(), 1);
}

#[test]
fn rules_that_never_or_hardly_ever_occur_are_bounded() {
    for rule in [
        "FREQ=SECONDLY;COUNT=2000000000",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1",
        "FREQ=MINUTELY;BYDAY=MO;COUNT=2000000000",
        "FREQ=HOURLY;INTERVAL=4294967295",
        "FREQ=YEARLY;INTERVAL=4294967295;COUNT=4294967295",
        "FREQ=MONTHLY;BYDAY=53MO",
    ] {
        ask(&recurring("00010101T000000Z", rule)).unwrap();
    }
    let times = format!(
        "BYHOUR={};BYMINUTE={};BYSECOND={}",
        numbers(24),
        numbers(60),
        numbers(60)
    );
    ask(&recurring("20000101T000000Z", &format!("FREQ=DAILY;{times}"))).unwrap();
    ask(&recurring(
        "00010101T000000Z",
        &format!("FREQ=DAILY;{times};BYSETPOS=-1;COUNT=9999999"),
    ))
    .unwrap();
    let impossible = ask(&recurring("00010101T000000Z", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"));
    assert_eq!(impossible.unwrap(), BusyAnswer::default());
}

#[test]
fn a_file_full_of_heavy_series_is_refused() {
    let one = event("DTSTART:20000101T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY;INTERVAL=3");
    let many: String = (0..100).map(|n| one.replace("UID:x", &format!("UID:{n}"))).collect();
    assert_eq!(ask(&calendar(&many)), Err(NotACalendar::TooMuch));
}

#[test]
fn an_endless_exception_rule_frees_nothing() {
    let body = "DTSTART:20000101T000000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\nEXRULE:FREQ=SECONDLY";
    assert_eq!(ask(&calendar(&event(body))).unwrap().busy, [window()]);
}

#[test]
fn deep_nesting_long_lines_and_broken_quotes_are_read_quickly() {
    let nested = format!("{}{}", "BEGIN:X\r\n".repeat(50_000), "END:X\r\n".repeat(50_000));
    ask(&calendar(&nested)).unwrap();
    for junk in [";", "\"", ":", ";A=B", ",", "\r\n ", "é"] {
        let line = format!("DTSTART{}:20270101T000000Z", junk.repeat(100_000));
        ask(&calendar(&event(&line))).unwrap();
    }
}

fn stamps() -> impl Strategy<Value = String> {
    let day = (1u32..=13, 1u32..=31).prop_map(|(m, d)| format!("2027{m:02}{d:02}"));
    let time = select(vec!["", "T000000", "T023000", "T090000Z", "T236000", "T250000", "Z"]);
    prop_oneof![
        8 => (day, time).prop_map(|(d, t)| format!("{d}{t}")),
        1 => select(vec!["00000101", "99991231T235959Z", "16010101T000000", "", "x"]).prop_map(str::to_owned),
    ]
}

fn rules() -> impl Strategy<Value = String> {
    let freq = select(vec![
        "YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY", "NEVER",
    ]);
    let part = prop_oneof![
        select(vec![
            "BYDAY",
            "BYMONTHDAY",
            "BYYEARDAY",
            "BYWEEKNO",
            "BYMONTH",
            "BYSETPOS",
            "BYHOUR",
            "BYMINUTE",
            "BYSECOND",
            "INTERVAL",
            "COUNT"
        ])
        .prop_flat_map(|name| (-60i32..400).prop_map(move |n| format!("{name}={n}"))),
        select(vec![
            "BYDAY=MO,-1FR",
            "BYDAY=2TU",
            "WKST=SU",
            "BYMONTHDAY=31,-1",
            "BYSETPOS=-1,1",
            "COUNT=2000000000",
            "RSCALE=HEBREW"
        ])
        .prop_map(str::to_owned),
        stamps().prop_map(|s| format!("UNTIL={s}")),
    ];
    (freq, prop::collection::vec(part, 0..4)).prop_map(|(f, parts)| format!("FREQ={f};{}", parts.join(";")))
}

fn lines() -> impl Strategy<Value = String> {
    let zone = select(vec![
        "",
        ";TZID=Europe/Berlin",
        ";TZID=Own",
        ";TZID=\"Mars\"",
        ";VALUE=DATE",
        ";TZID",
        ";=;:",
    ]);
    let dated = select(vec![
        "DTSTART",
        "DTEND",
        "EXDATE",
        "RDATE",
        "RECURRENCE-ID",
        "RECURRENCE-ID;RANGE=THISANDFUTURE",
        "DTSTAMP",
    ]);
    prop_oneof![
        6 => (dated, zone, stamps()).prop_map(|(n, z, s)| format!("{n}{z}:{s}")),
        2 => rules().prop_map(|r| format!("RRULE:{r}")),
        1 => rules().prop_map(|r| format!("EXRULE:{r}")),
        2 => select(vec!["DURATION:P1D", "DURATION:PT25H", "DURATION:-P1W", "DURATION:P9999999999W", "STATUS:CANCELLED", "TRANSP:TRANSPARENT",
            "SEQUENCE:9", "SEQUENCE:99999999999999999999", "RDATE;VALUE=PERIOD:20270105T000000Z/P1D,20270106T000000Z/20270105T000000Z",
            "UID:other", "no colon", " folded", "\u{fffd}"]).prop_map(str::to_owned),
        1 => "\\PC{0,40}",
    ]
}

fn files() -> impl Strategy<Value = Vec<u8>> {
    let events = prop::collection::vec(prop::collection::vec(lines(), 0..9), 0..6);
    let own = (stamps(), rules(), select(vec!["+0100", "-2359", "+9900", ""])).prop_map(|(start, rule, offset)| {
        format!("BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:{start}\r\nTZOFFSETFROM:{offset}\r\nTZOFFSETTO:+0200\r\nRRULE:{rule}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n")
    });
    (own, events).prop_map(|(own, events)| {
        let events: String = events.iter().map(|lines| event(&lines.join("\r\n"))).collect();
        calendar(&format!(
            "{own}{events}BEGIN:VFREEBUSY\r\nFREEBUSY:20270101T000000Z/PT1H\r\nEND:VFREEBUSY\r\n"
        ))
    })
}

proptest! {
    // PROPTEST_CASES=1000000 makes an hour's run of it.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = ask(&bytes);
        let _ = ask(&[b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", &bytes[..], b"\r\nEND:VEVENT\r\nEND:VCALENDAR"].concat());
    }

    #[test]
    fn any_calendar_is_read_or_refused(file in files()) {
        let _ = ask(&file);
    }

    #[test]
    fn a_damaged_calendar_is_read_or_refused(mut file in files(), at in any::<prop::sample::Index>(), byte in 1u8.., cut in any::<bool>()) {
        let at = at.index(file.len());
        file[at] = byte;
        // The line break behind the last END may be missing.
        if cut && at + 2 < file.len() {
            file.truncate(at);
            prop_assert!(ask(&file).is_err());
        } else {
            let _ = ask(&file);
        }
    }
}
