use kernel::instant::Instant;
use kernel::zone::Zone;
use proptest::prelude::*;

use super::{APART, EVENING, MORNING, NIGHT, Reminder, due};

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// The wall clock of every reminder in New York; booked a week before.
fn plan(start: &str, minutes: &[u32]) -> Vec<String> {
    planned(start, minutes, "America/New_York", at(start).plus_minutes(-7 * 1440))
}

fn planned(start: &str, minutes: &[u32], name: &str, since: Instant) -> Vec<String> {
    let zone = zone(name);
    let due = due(at(start), minutes, since, Some(&zone));
    due.iter().map(|r| zone.civil(r.at).to_string()).collect()
}

#[test]
fn a_visit_in_the_afternoon_is_told_a_day_and_two_hours_before() {
    let told = plan("2026-03-12T14:00:00-04:00", &[1440, 120]);
    assert_eq!(told, ["2026-03-11T14:00:00", "2026-03-12T12:00:00"]);
}

#[test]
fn what_would_be_due_in_the_night_goes_at_half_past_eight_before() {
    let told = plan("2026-03-12T08:30:00-04:00", &[1440, 120]);
    assert_eq!(told, ["2026-03-11T08:30:00", "2026-03-11T20:30:00"]);
    let told = plan("2026-03-12T23:00:00-04:00", &[1440, 120]);
    assert_eq!(told, ["2026-03-11T20:30:00", "2026-03-12T20:30:00"]);
}

#[test]
fn seven_in_the_morning_is_day_and_nine_in_the_evening_is_night() {
    assert_eq!(plan("2026-03-12T09:00:00-04:00", &[120]), ["2026-03-12T07:00:00"]);
    assert_eq!(plan("2026-03-12T08:59:00-04:00", &[120]), ["2026-03-11T20:30:00"]);
    assert_eq!(plan("2026-03-12T22:59:00-04:00", &[120]), ["2026-03-12T20:59:00"]);
    assert_eq!(plan("2026-03-12T23:00:00-04:00", &[120]), ["2026-03-12T20:30:00"]);
}

#[test]
fn one_put_forward_is_left_out_when_another_is_near() {
    // 20:00, and 6:00 put forward to 20:30.
    assert_eq!(plan("2026-03-12T08:00:00-04:00", &[720, 120]), ["2026-03-11T20:00:00"]);
    // Exactly six hours are near; a minute more is not.
    assert_eq!(plan("2026-03-12T08:00:00-04:00", &[1050, 120]), ["2026-03-11T14:30:00"]);
    let told = plan("2026-03-12T08:00:00-04:00", &[1051, 120]);
    assert_eq!(told, ["2026-03-11T14:29:00", "2026-03-11T20:30:00"]);
    // Two put forward to one moment are one.
    assert_eq!(plan("2026-03-12T07:30:00-04:00", &[120, 60]), ["2026-03-11T20:30:00"]);
}

#[test]
fn nothing_goes_before_the_booking_nor_late_because_of_it() {
    let start = "2026-03-12T08:00:00-04:00";
    let booked = at("2026-03-11T20:30:00-04:00");
    assert!(planned(start, &[1440, 120], "America/New_York", booked).is_empty());
    let earlier = booked.plus_minutes(-1);
    assert_eq!(
        planned(start, &[1440, 120], "America/New_York", earlier),
        ["2026-03-11T20:30:00"]
    );
    // Booked an hour before: both moments are over.
    let start = "2026-03-12T15:00:00-04:00";
    assert!(planned(start, &[1440, 120], "America/New_York", at(start).plus_minutes(-60)).is_empty());
}

#[test]
fn one_before_the_booking_is_no_other_that_is_near() {
    let (start, booked) = ("2026-03-12T08:00:00-04:00", at("2026-03-11T20:10:00-04:00"));
    let told = planned(start, &[720, 120], "America/New_York", booked);
    assert_eq!(told, ["2026-03-11T20:30:00"]);
}

#[test]
fn a_day_before_is_24_hours_also_when_the_clocks_change() {
    // Forward in the night of March 8, back in that of November 1.
    assert_eq!(plan("2026-03-08T14:00:00-04:00", &[1440]), ["2026-03-07T13:00:00"]);
    assert_eq!(plan("2026-11-01T14:00:00-05:00", &[1440]), ["2026-10-31T15:00:00"]);
}

#[test]
fn the_quiet_hours_are_the_wall_clocks_in_the_nights_of_both_changes() {
    // 2 hours before 9:00 is 7:00 on the wall clock in either night, 3 hours before 9:00 the quiet 6:00.
    assert_eq!(plan("2026-03-08T09:00:00-04:00", &[120]), ["2026-03-08T07:00:00"]);
    assert_eq!(plan("2026-03-08T09:00:00-04:00", &[180]), ["2026-03-07T20:30:00"]);
    assert_eq!(plan("2026-11-01T09:00:00-05:00", &[120]), ["2026-11-01T07:00:00"]);
    assert_eq!(plan("2026-11-01T09:00:00-05:00", &[180]), ["2026-10-31T20:30:00"]);
    // In the repeated hour, both times.
    for start in ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"] {
        assert_eq!(plan(start, &[15]), ["2026-10-31T20:30:00"], "{start}");
    }
    // Half an hour on Lord Howe.
    let since = at("2026-09-01T00:00:00Z");
    let told = planned("2026-10-04T09:00:00+11:00", &[125], "Australia/Lord_Howe", since);
    assert_eq!(told, ["2026-10-03T20:30:00"]);
}

#[test]
fn an_evening_that_a_zone_left_out_is_none() {
    // Samoa had no December 30, 2011.
    let told = planned(
        "2011-12-31T08:00:00+14:00",
        &[120],
        "Pacific/Apia",
        at("2011-12-01T00:00:00Z"),
    );
    assert_eq!(told, ["2011-12-29T20:30:00"]);
}

#[test]
fn without_quiet_hours_every_moment_is_as_named() {
    let start = at("2026-03-12T03:00:00-04:00");
    let due = due(start, &[1440, 120], start.plus_minutes(-3000), None);
    let minutes: Vec<_> = due.iter().map(|r| (r.minutes, (start - r.at).as_mins())).collect();
    assert_eq!(minutes, [(1440, 1440), (120, 120)]);
}

/// Starts around the changes of 2026 and 2027, to the minute.
fn start() -> impl Strategy<Value = Instant> {
    (0_i64..730 * 1440).prop_map(|m| at("2026-01-01T00:00:00Z").plus_minutes(m))
}

proptest! {
    #[test]
    fn every_reminder_keeps_every_rule(
        start in start(),
        minutes in prop::collection::btree_set(1_u32..10_000, 0..6),
        ahead in 0_i64..12_000,
        zone in prop::sample::select(vec![
            "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Honolulu", "Europe/Lisbon", "Africa/Casablanca",
            "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu", "Antarctica/Troll",
        ]),
    ) {
        let zone: Zone = zone.parse().unwrap();
        let minutes: Vec<u32> = minutes.into_iter().rev().collect();
        let since = start.plus_minutes(-ahead);
        let all = due(start, &minutes, since, Some(&zone));
        prop_assert!(all.is_sorted_by_key(|r| r.at));
        for r in &all {
            let named = start.plus_minutes(-i64::from(r.minutes));
            let (then, meant) = (zone.civil(r.at), zone.civil(named));
            prop_assert!(minutes.contains(&r.minutes) && r.at <= named && r.at < start && r.at > since);
            prop_assert!((MORNING..NIGHT).contains(&then.time()), "{then} is in the night");
            if r.at != named {
                prop_assert!(!(MORNING..NIGHT).contains(&meant.time()), "{meant} was put forward to {then}");
                prop_assert_eq!(then.time(), EVENING);
                prop_assert!((named - r.at).as_hours() < 13, "{} to {}", then, meant);
                let near = |o: &&Reminder| o.minutes != r.minutes && (o.at - r.at).abs() <= APART;
                prop_assert!(all.iter().find(near).is_none());
            }
        }
        // What is missing has a reason.
        for m in minutes.iter().filter(|m| all.iter().all(|r| r.minutes != **m)) {
            let named = start.plus_minutes(-i64::from(*m));
            let day = (MORNING..NIGHT).contains(&zone.civil(named).time());
            prop_assert!(!day || named <= since, "{m} minutes before {start} is missing");
        }
        // Twice the same question, twice the same answer; a later `since` only takes away or lets another speak.
        prop_assert_eq!(&all, &due(start, &minutes, since, Some(&zone)));
    }
}
