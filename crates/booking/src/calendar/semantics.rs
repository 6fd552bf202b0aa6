//! What a calendar means, case by case: the rules of CALENDARS.md on small files.

use kernel::zone::Zone;

use super::busy::{BusyAnswer, busy};

const BERLIN: &str = ";TZID=Europe/Berlin:";

/// An event of the series `x`; `@` stands for Berlin's zone.
fn event(lines: &str) -> String {
    let lines = lines.replace('@', BERLIN).replace(' ', "\r\n");
    format!("BEGIN:VEVENT\r\nUID:x\r\n{lines}\r\nEND:VEVENT\r\n")
}

fn ask(parts: &[String], home: &str) -> BusyAnswer {
    let file = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", parts.concat());
    let at = |text: &str| text.parse().unwrap();
    let (from, to) = (at("2027-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"));
    busy(file.as_bytes(), from, to, &Zone::named(home).unwrap()).unwrap()
}

/// The answer as "MM-DDTHH:MM/MM-DDTHH:MM …" in UTC.
fn told(parts: &[String]) -> String {
    let short = |t: kernel::instant::Instant| t.to_string()[5..16].to_owned();
    let busy = ask(parts, "Europe/Berlin").busy;
    let all: Vec<String> = busy
        .iter()
        .map(|(a, b)| format!("{}/{}", short(*a), short(*b)))
        .collect();
    all.join(" ")
}

/// One event each day at nine for an hour, `days` times from 4 January.
fn daily(days: u32, more: &str) -> String {
    event(&format!(
        "DTSTART@20270104T090000 DTEND@20270104T100000 RRULE:FREQ=DAILY;COUNT={days}{more}"
    ))
}

#[test]
fn an_override_replaces_its_occurrence_however_its_id_is_written() {
    for id in [
        "@20270105T090000",
        ":20270105T080000Z",
        ":20270105T090000",
        ";VALUE=DATE:20270105",
    ] {
        let moved = event(&format!(
            "RECURRENCE-ID{id} DTSTART@20270105T150000 DTEND@20270105T170000"
        ));
        let expected = "01-04T08:00/01-04T09:00 01-05T14:00/01-05T16:00 01-06T08:00/01-06T09:00";
        assert_eq!(told(&[daily(3, ""), moved]), expected, "{id}");
    }
}

#[test]
fn an_override_without_a_length_has_that_of_its_series() {
    let moved = event("RECURRENCE-ID@20270105T090000 DTSTART@20270105T150000");
    assert_eq!(
        told(&[moved, daily(2, "")]),
        "01-04T08:00/01-04T09:00 01-05T14:00/01-05T15:00"
    );
}

#[test]
fn the_newest_of_two_overrides_counts() {
    let at = |hour: u32, sequence: u32| {
        event(&format!(
            "RECURRENCE-ID@20270105T090000 DTSTART@20270105T{hour}0000 DURATION:PT1H SEQUENCE:{sequence}"
        ))
    };
    let expected = "01-04T08:00/01-04T09:00 01-05T14:00/01-05T15:00";
    assert_eq!(told(&[daily(2, ""), at(15, 2), at(17, 1)]), expected);
    assert_eq!(told(&[daily(2, ""), at(17, 1), at(15, 2)]), expected);
}

#[test]
fn a_cancelled_or_transparent_occurrence_frees_its_time() {
    for word in ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"] {
        let gone = event(&format!(
            "RECURRENCE-ID@20270105T090000 DTSTART@20270105T090000 DURATION:PT1H {word}"
        ));
        assert_eq!(told(&[daily(2, ""), gone]), "01-04T08:00/01-04T09:00", "{word}");
    }
}

#[test]
fn an_override_whose_series_is_missing_counts_by_itself() {
    let alone = event("RECURRENCE-ID@20270105T090000 DTSTART@20270106T150000 DURATION:PT1H");
    assert_eq!(told(&[alone]), "01-06T14:00/01-06T15:00");
}

#[test]
fn this_and_future_moves_lengthens_and_cancels_the_later_ones() {
    let later = "RECURRENCE-ID;RANGE=THISANDFUTURE@20270105T090000 DTSTART@20270105T110000 DTEND@20270105T130000";
    let expected = "01-04T08:00/01-04T09:00 01-05T10:00/01-05T12:00 01-06T10:00/01-06T12:00";
    assert_eq!(told(&[daily(3, ""), event(later)]), expected);
    let gone = event(&format!("{later} STATUS:CANCELLED"));
    assert_eq!(told(&[daily(3, ""), gone]), "01-04T08:00/01-04T09:00");
    let single = event("RECURRENCE-ID@20270106T090000 DTSTART@20270106T200000 DURATION:PT1H");
    let expected = "01-04T08:00/01-04T09:00 01-05T10:00/01-05T12:00 01-06T19:00/01-06T20:00 01-07T10:00/01-07T12:00";
    assert_eq!(told(&[daily(4, ""), event(later), single]), expected);
}

#[test]
fn this_and_future_reaches_into_the_window_from_outside() {
    let old = event("DTSTART@20261220T090000 DTEND@20261220T100000 RRULE:FREQ=DAILY;COUNT=2");
    let later = event("RECURRENCE-ID;RANGE=THISANDFUTURE@20261220T090000 DTSTART@20270202T090000 DURATION:PT1H");
    assert_eq!(told(&[old, later]), "02-02T08:00/02-02T09:00 02-03T08:00/02-03T09:00");
}

#[test]
fn exceptions_are_understood_in_every_form() {
    for out in [
        "@20270105T090000",
        ":20270105T080000Z",
        ":20270105T090000",
        ";VALUE=DATE:20270105",
    ] {
        let expected = "01-04T08:00/01-04T09:00 01-06T08:00/01-06T09:00";
        assert_eq!(told(&[daily(3, &format!(" EXDATE{out}"))]), expected, "{out}");
    }
    let expected = "01-04T08:00/01-04T09:00 01-06T08:00/01-06T09:00";
    assert_eq!(told(&[daily(3, " EXRULE:FREQ=WEEKLY;BYDAY=TU")]), expected);
}

#[test]
fn further_dates_and_periods_are_added() {
    let more = " RDATE@20270405T090000,20270406T090000 RDATE;VALUE=PERIOD:20270110T080000Z/PT3H,20270111T080000Z/20270111T083000Z";
    let expected = "01-04T08:00/01-04T09:00 01-10T08:00/01-10T11:00 01-11T08:00/01-11T08:30 \
                    04-05T07:00/04-05T08:00 04-06T07:00/04-06T08:00";
    assert_eq!(told(&[daily(1, more)]), expected);
}

#[test]
fn until_ends_a_rule_inclusively_in_every_form() {
    let expected = "01-04T08:00/01-04T09:00 01-05T08:00/01-05T09:00";
    for until in ["20270105T080000Z", "20270105T090000", "20270105"] {
        assert_eq!(told(&[daily(9, &format!(";UNTIL={until}"))]), expected, "{until}");
    }
    assert_eq!(
        told(&[daily(9, ";UNTIL=20270103T080000Z")]),
        "",
        "a rule that ended before its start"
    );
}

#[test]
fn dates_that_do_not_exist_are_no_occurrences() {
    let last = event("DTSTART:20270131T090000Z DURATION:PT1H RRULE:FREQ=MONTHLY;COUNT=3");
    assert_eq!(
        told(&[last]),
        "01-31T09:00/01-31T10:00 03-31T09:00/03-31T10:00 05-31T09:00/05-31T10:00"
    );
    let leap = event("DTSTART:20240229T090000Z DURATION:PT1H RRULE:FREQ=YEARLY");
    assert_eq!(told(&[leap]), "");
}

#[test]
fn a_length_is_exact_and_days_are_nominal_across_a_change_of_the_clock() {
    // The night of 28 March has 23 hours in Berlin.
    let night = "DTSTART@20270326T220000 RRULE:FREQ=DAILY;COUNT=2";
    let exact = "03-26T21:00/03-27T05:00 03-27T21:00/03-28T05:00";
    assert_eq!(told(&[event(&format!("{night} DURATION:PT8H"))]), exact);
    assert_eq!(told(&[event(&format!("{night} DTEND@20270327T060000"))]), exact);
    let day = event("DTSTART@20270327T220000 DURATION:P1D");
    assert_eq!(told(&[day]), "03-27T21:00/03-28T20:00");
}

#[test]
fn a_time_in_a_gap_uses_the_offset_before_it_and_an_ambiguous_one_is_its_first() {
    let gap = event("DTSTART@20270327T023000 DTEND@20270327T033000 RRULE:FREQ=DAILY;COUNT=3");
    assert_eq!(
        told(&[gap]),
        "03-27T01:30/03-27T02:30 03-28T01:30/03-28T02:30 03-29T00:30/03-29T01:30"
    );
    assert_eq!(
        told(&[event("DTSTART@20271031T023000 DURATION:PT1H")]),
        "10-31T00:30/10-31T01:30"
    );
}

#[test]
fn whole_days_and_floating_times_are_the_consultants_own() {
    let day = event("DTSTART;VALUE=DATE:20270327 DTEND;VALUE=DATE:20270329");
    assert_eq!(told(&[day]), "03-26T23:00/03-28T22:00");
    for single in ["DTSTART;VALUE=DATE:20270327", "DTSTART:20270327 DTEND:20270327"] {
        assert_eq!(told(&[event(single)]), "03-26T23:00/03-27T23:00", "{single}");
    }
    assert_eq!(
        told(&[event("DTSTART:20270401T090000 DURATION:PT1H")]),
        "04-01T07:00/04-01T08:00"
    );
}

#[test]
fn a_zone_that_is_nowhere_known_is_the_consultants_own_with_one_warning() {
    let mars = event("DTSTART;TZID=Mars/Olympus:20270301T090000 DURATION:PT1H RDATE;TZID=Mars/Olympus:20270302T090000");
    let answer = ask(&[mars], "America/New_York");
    assert_eq!(answer.busy[0].0.to_string(), "2027-03-01T14:00:00Z");
    assert_eq!(
        (answer.busy.len(), answer.warnings.len()),
        (2, 1),
        "{:?}",
        answer.warnings
    );
}

#[test]
fn a_zone_of_the_file_has_its_gaps_and_folds() {
    let zone = "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:16011001T030000\r\nTZOFFSETFROM:+0500\r\n\
        TZOFFSETTO:+0400\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010401T020000\r\n\
        TZOFFSETFROM:+0400\r\nTZOFFSETTO:+0500\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=4\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
    let at = |stamp: &str| event(&format!("DTSTART;TZID=Own:{stamp} DURATION:PT1H"));
    for (stamp, expected) in [
        ("20270410T090000", "04-10T05:00/04-10T06:00"),
        ("20270411T023000", "04-10T22:30/04-10T23:30"),
        ("20270411T090000", "04-11T04:00/04-11T05:00"),
        ("20271003T023000", "10-02T21:30/10-02T22:30"),
        ("20271003T090000", "10-03T05:00/10-03T06:00"),
    ] {
        assert_eq!(told(&[zone.to_owned(), at(stamp)]), expected, "{stamp}");
    }
}

#[test]
fn of_two_events_with_one_uid_the_newer_counts_and_equals_both() {
    let at = |day: u32, sequence: u32| {
        event(&format!(
            "DTSTART:202701{day:02}T090000Z DURATION:PT1H SEQUENCE:{sequence}"
        ))
    };
    assert_eq!(told(&[at(4, 1), at(5, 0)]), "01-04T09:00/01-04T10:00");
    assert_eq!(
        told(&[at(4, 1), at(6, 1)]),
        "01-04T09:00/01-04T10:00 01-06T09:00/01-06T10:00"
    );
}

#[test]
fn a_broken_event_is_told_of_and_the_others_count() {
    for broken in [
        "DTSTART:20270230T090000Z DURATION:PT1H",
        "DTSTART:tomorrow",
        "SUMMARY:no",
        "DTSTART:20270105T090000Z DTEND:late",
        "DTSTART:20270105T090000Z DURATION:long",
        "DTSTART:20270105T090000Z DTEND:20270105T080000Z",
    ] {
        let good = daily(1, "").replace("UID:x", "UID:y");
        let answer = ask(&[event(broken), good], "Europe/Berlin");
        assert_eq!(
            (answer.busy.len(), answer.warnings.len()),
            (1, 1),
            "{broken}: {answer:?}"
        );
    }
}

#[test]
fn a_rule_that_is_not_understood_leaves_the_start_and_a_warning() {
    let answer = ask(
        &[event("DTSTART:20270104T090000Z DURATION:PT1H RRULE:FREQ=FORTNIGHTLY")],
        "UTC",
    );
    assert_eq!((answer.busy.len(), answer.warnings.len()), (1, 1));
}

#[test]
fn free_busy_periods_count_unless_they_are_free() {
    let part = "BEGIN:VFREEBUSY\r\nFREEBUSY:20270104T090000Z/PT1H,20270104T093000Z/20270104T110000Z\r\n\
        FREEBUSY;FBTYPE=FREE:20270105T090000Z/PT1H\r\nFREEBUSY;FBTYPE=BUSY-TENTATIVE:20270106T090000Z/PT1H\r\nEND:VFREEBUSY\r\n";
    assert_eq!(
        told(&[part.to_owned()]),
        "01-04T09:00/01-04T11:00 01-06T09:00/01-06T10:00"
    );
}

#[test]
fn events_without_a_uid_have_nothing_to_do_with_each_other() {
    let at = |day: u32| {
        event(&format!("DTSTART:202701{day:02}T090000Z DURATION:PT1H SEQUENCE:{day}")).replace("UID:x\r\n", "")
    };
    assert_eq!(told(&[at(4), at(6)]), "01-04T09:00/01-04T10:00 01-06T09:00/01-06T10:00");
}
