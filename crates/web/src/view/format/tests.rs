use jiff::civil::date;

use super::*;

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn money(minor: i64, code: &str) -> Money {
    Money::new(minor, code.parse().unwrap())
}

#[test]
fn a_date_is_written_as_the_place_writes_it() {
    let day = date(2026, 11, 25);
    assert_eq!(Locale::EnUs.date(day), "Wednesday, November 25");
    assert_eq!(Locale::EnGb.date(day), "Wednesday 25 November");
    assert_eq!(Locale::EnUs.date_with_year(day), "November 25, 2026");
    assert_eq!(Locale::EnGb.date_with_year(day), "25 November 2026");
    assert_eq!(Locale::named("en-US"), Locale::EnUs);
    assert_eq!(Locale::named("en-IE"), Locale::EnGb);
}

#[test]
fn today_and_tomorrow_are_named_in_the_readers_own_zone() {
    let (now, start) = (at("2026-11-25T03:30:00Z"), at("2026-11-25T15:15:00Z"));
    // In New York it is still the evening of the 24th.
    assert_eq!(
        Locale::EnUs.day_soon(start, now, &zone("America/New_York")),
        "Tomorrow, Wednesday, November 25"
    );
    assert_eq!(
        Locale::EnGb.day_soon(start, now, &zone("Europe/Dublin")),
        "Today, Wednesday 25 November"
    );
    assert_eq!(
        Locale::EnUs.moment_soon(start, now, &zone("America/New_York")),
        "Tomorrow, Wednesday, November 25, 10:15 am"
    );
    assert_eq!(
        Locale::EnGb.day_soon(start.plus_minutes(3 * 1440), now, &zone("Europe/Dublin")),
        "Saturday 28 November"
    );
}

#[test]
fn times_have_twelve_or_twenty_four_hours() {
    let clock = |hour, minute| Locale::EnUs.clock(Time::constant(hour, minute, 0, 0));
    assert_eq!(
        [clock(0, 5), clock(9, 0), clock(11, 59), clock(12, 0), clock(15, 31)],
        ["12:05 am", "9:00 am", "11:59 am", "12:00 pm", "3:31 pm"]
    );
    assert_eq!(Locale::EnGb.clock(Time::constant(9, 5, 0, 0)), "9:05");
    assert_eq!(Locale::EnGb.clock(Time::constant(0, 0, 0, 0)), "0:00");
}

#[test]
fn a_range_names_the_half_of_the_day_once_when_it_can() {
    let ny = zone("America/New_York");
    assert_eq!(
        Locale::EnUs.time_range(at("2026-11-25T15:15:00Z"), at("2026-11-25T15:30:00Z"), &ny),
        "10:15 to 10:30 am"
    );
    assert_eq!(
        Locale::EnUs.time_range(at("2026-11-25T16:45:00Z"), at("2026-11-25T17:15:00Z"), &ny),
        "11:45 am to 12:15 pm"
    );
    assert_eq!(
        Locale::EnGb.time_range(at("2026-11-25T16:45:00Z"), at("2026-11-25T17:15:00Z"), &ny),
        "11:45 to 12:15"
    );
}

#[test]
fn clocks_that_change_are_followed_on_each_date() {
    let ny = zone("America/New_York");
    assert_eq!(
        Locale::EnUs.moment(at("2026-11-01T05:30:00Z"), &ny),
        "Sunday, November 1, 1:30 am EDT"
    );
    assert_eq!(
        Locale::EnUs.moment(at("2026-11-01T06:30:00Z"), &ny),
        "Sunday, November 1, 1:30 am EST"
    );
    assert_eq!(
        Locale::EnUs.moment(at("2026-11-01T14:30:00Z"), &ny),
        "Sunday, November 1, 9:30 am"
    );
    assert_eq!(
        Locale::EnUs.moment(at("2026-10-31T14:30:00Z"), &ny),
        "Saturday, October 31, 10:30 am"
    );
    // The night that is an hour short still has one tomorrow.
    assert_eq!(
        Locale::EnUs.short(at("2026-03-08T13:00:00Z"), at("2026-03-08T04:59:00Z"), &ny),
        "tomorrow 9:00 am"
    );
}

#[test]
fn a_short_moment_is_as_long_as_it_has_to_be() {
    let (ny, now) = (zone("America/New_York"), at("2026-11-24T15:00:00Z"));
    let short = |days: i64| Locale::EnUs.short(now.plus_minutes(days * 1440 + 15), now, &ny);
    assert_eq!(
        [short(0), short(1), short(3), short(6), short(7)],
        [
            "today 10:15 am",
            "tomorrow 10:15 am",
            "Friday 10:15 am",
            "Monday 10:15 am",
            "December 1, 10:15 am"
        ]
    );
    assert_eq!(capitalised(&short(1)), "Tomorrow 10:15 am");
    // Over New Year the distance is still counted in days.
    assert_eq!(
        Locale::EnGb.short(
            at("2027-01-01T10:00:00Z"),
            at("2026-12-31T10:00:00Z"),
            &zone("Europe/Dublin")
        ),
        "tomorrow 10:00"
    );
}

#[test]
fn what_is_kept_says_until_when() {
    let (ny, now) = (zone("America/New_York"), at("2026-11-24T20:00:00Z"));
    assert_eq!(Locale::EnUs.until(now.plus_minutes(31), now, &ny), "3:31 pm");
    assert_eq!(
        Locale::EnUs.until(now.plus_minutes(1440), now, &ny),
        "tomorrow, 3:00 pm"
    );
    assert_eq!(
        Locale::EnUs.until(now.plus_minutes(2880), now, &ny),
        "Thursday, November 26, 3:00 pm"
    );
}

#[test]
fn money_is_written_with_its_own_decimals() {
    let price = |m| Locale::EnUs.price(m);
    assert_eq!(price(money(0, "USD")), "Free");
    assert_eq!(price(money(19_500, "USD")), "$195");
    assert_eq!(price(money(19_505, "USD")), "$195.05");
    assert_eq!(price(money(5_000, "JPY")), "¥5,000");
    assert_eq!(price(money(1_250, "KWD")), "KWD 1.250");
    assert_eq!(price(money(120_450, "EUR")), "€1,204.50");
    assert_eq!(price(money(12_000, "CHF")), "CHF 120");
    assert_eq!(amount(money(0, "USD")), "$0");
    assert_eq!(amount(money(-19_500, "USD")), "-$195");
    assert_eq!(amount(money(i64::MIN, "JPY")), "-¥9,223,372,036,854,775,808");
}

#[test]
fn a_zone_is_called_by_its_place() {
    for (name, said) in [
        ("America/New_York", "New York time"),
        ("Europe/Dublin", "Dublin time"),
        ("America/Indiana/Knox", "Knox, Indiana time"),
        ("America/Port-au-Prince", "Port-au-Prince time"),
        ("US/Eastern", "US Eastern time"),
        ("UTC", "UTC"),
        ("Etc/GMT+5", "UTC−5"),
        ("Etc/GMT-14", "UTC+14"),
    ] {
        assert_eq!(zone_name(&zone(name)), said);
    }
}

#[test]
fn months_are_named_alone_or_in_pairs() {
    assert_eq!(months(date(2026, 11, 24), date(2026, 11, 30)), "November 2026");
    assert_eq!(months(date(2026, 11, 23), date(2026, 12, 27)), "November, December");
    assert_eq!(months(date(2026, 12, 28), date(2027, 1, 31)), "December, January");
    assert_eq!(months(date(2028, 2, 28), date(2028, 4, 2)), "February – April");
    assert_eq!(
        (month_short(date(2026, 12, 1)), weekday_short(Weekday::Wednesday)),
        ("Dec", "Wed")
    );
}

#[test]
fn no_line_ends_inside_a_date_or_a_time() {
    assert_eq!(
        keep("Tomorrow, Wednesday, November 25, 10:15 am"),
        "Tomorrow, Wednesday, November\u{a0}25, 10:15\u{a0}am"
    );
    assert_eq!(
        keep("Wednesday 25 November, 10:15 to 10:30"),
        "Wednesday 25\u{a0}November, 10:15 to 10:30"
    );
    assert_eq!(
        keep("In May we meet 3 times. I am here."),
        "In May we meet 3 times. I am here."
    );
    assert_eq!(keep(""), "");
}

#[test]
fn a_wait_is_told_in_minutes_until_it_is_long() {
    assert_eq!(
        [wait(-3), wait(1), wait(25), wait(119), wait(120), wait(468)],
        [
            "1 minute",
            "1 minute",
            "25 minutes",
            "119 minutes",
            "2 hours",
            "7 hours"
        ]
    );
}
