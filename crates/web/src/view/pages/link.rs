//! Addresses inside the site, with everything in them that has to be escaped.

use std::fmt::{self, Write};

use jiff::civil::Date;
use kernel::instant::Instant;
use kernel::zone::Zone;

/// `/book/{offering}` with its question: without `start` the page of times, with it the form.
#[derive(Debug, Clone, Copy, Default)]
pub struct Book<'a> {
    /// The offering's slug.
    pub offering: &'a str,
    /// `telehealth` or `in_person`.
    pub mode: Option<&'a str>,
    /// `home` for a visit there; left out for the office.
    pub place: Option<&'a str>,
    /// Where her home is.
    pub postcode: Option<&'a str>,
    /// The chosen time.
    pub start: Option<Instant>,
    /// The chosen day, in the zone of the page.
    pub day: Option<Date>,
    /// Any day of the month to begin the calendar with.
    pub month: Option<Date>,
    /// What proves a client: a link's token.
    pub client: Option<&'a str>,
    /// A zone that she chose; left out while the cookie or the practice decides.
    pub zone: Option<&'a Zone>,
}

impl fmt::Display for Book<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/book/")?;
        escaped(f, self.offering)?;
        let mut sign = '?';
        let mut add = |f: &mut fmt::Formatter<'_>, name: &str, value: &str| {
            write!(f, "{sign}{name}=")?;
            sign = '&';
            escaped(f, value)
        };
        if let Some(mode) = self.mode {
            add(f, "mode", mode)?;
        }
        if let Some(place) = self.place {
            add(f, "place", place)?;
        }
        if let Some(postcode) = self.postcode {
            add(f, "postcode", postcode)?;
        }
        if let Some(start) = self.start {
            add(f, "start", &start.to_string())?;
        }
        if let Some(day) = self.day {
            add(f, "day", &day.to_string())?;
        }
        if let Some(month) = self.month {
            add(f, "month", &format!("{:04}-{:02}", month.year(), month.month()))?;
        }
        if let Some(client) = self.client {
            add(f, "client", client)?;
        }
        if let Some(zone) = self.zone {
            add(f, "zone", zone.name())?;
        }
        Ok(())
    }
}

/// Letters, digits and `-._~/:` as they are, every other byte as `%XX`; all of them may stand in a query.
fn escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.bytes().try_for_each(|b| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' => {
            write!(f, "{}", char::from(b))
        }
        _ => write!(f, "%{b:02X}"),
    })
}

/// Adds an appointment to a Google calendar: a link she taps, nothing is loaded from there. Title and place hold no
/// health word; `place` is the meeting link, the office, or nothing.
pub fn google_calendar(title: &str, start: Instant, end: Instant, details: &str, place: &str) -> String {
    let compact = |at: Instant| at.whole_second().to_string().replace(['-', ':'], "");
    let dates = format!("{}/{}", compact(start), compact(end));
    query(
        "https://calendar.google.com/calendar/render?action=TEMPLATE",
        &[
            ("text", title),
            ("dates", &dates),
            ("details", details),
            ("location", place),
        ],
    )
}

/// Adds an appointment to a calendar at outlook.com: a link she taps.
pub fn outlook_calendar(title: &str, start: Instant, end: Instant, details: &str, place: &str) -> String {
    let (start, end) = (start.whole_second().to_string(), end.whole_second().to_string());
    query(
        "https://outlook.live.com/calendar/0/deeplink/compose?rru=addevent&path=/calendar/action/compose",
        &[
            ("subject", title),
            ("startdt", &start),
            ("enddt", &end),
            ("body", details),
            ("location", place),
        ],
    )
}

/// Where an address lies, on a map that she opens with a tap: nothing is loaded from there before.
pub fn map(address: &str) -> String {
    query("https://www.openstreetmap.org/search?", &[("query", address)]).replacen("?&", "?", 1)
}

/// A path of ours with a question.
pub fn asking(path: &str, pairs: &[(&str, &str)]) -> String {
    query(&format!("{path}?"), pairs).replacen("?&", "?", 1)
}

fn query(base: &str, pairs: &[(&str, &str)]) -> String {
    struct Escaped<'a>(&'a str);
    impl fmt::Display for Escaped<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            escaped(f, self.0)
        }
    }
    let mut url = base.to_owned();
    for (name, value) in pairs.iter().filter(|(_, v)| !v.is_empty()) {
        // Writing to a String cannot fail.
        let _ = write!(url, "&{name}={}", Escaped(value));
    }
    url
}

/// `tel:+18285550142` for "828-555-0142": digits and a leading plus. A number of ten digits in a practice of the United
/// States gets its country; others are dialled as they are written.
pub fn tel(phone: &str, american: bool) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let plus = phone.trim_start().starts_with('+');
    match (plus, american, digits.len()) {
        (true, ..) => format!("tel:+{digits}"),
        (false, true, 10) => format!("tel:+1{digits}"),
        _ => format!("tel:{digits}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_time_holds_what_was_chosen() {
        let zone = Zone::named("Etc/GMT+5").unwrap();
        let book = Book {
            offering: "free-mini-consult",
            mode: Some("telehealth"),
            start: "2026-11-25T15:15:00Z".parse().ok(),
            zone: Some(&zone),
            ..Book::default()
        };
        assert_eq!(
            book.to_string(),
            "/book/free-mini-consult?mode=telehealth&start=2026-11-25T15:15:00Z&zone=Etc/GMT%2B5"
        );
        let day = Book {
            offering: "a b",
            day: "2026-11-25".parse().ok(),
            month: "2026-12-25".parse().ok(),
            ..Book::default()
        };
        assert_eq!(day.to_string(), "/book/a%20b?day=2026-11-25&month=2026-12");
        assert_eq!(
            Book {
                offering: "x",
                ..Book::default()
            }
            .to_string(),
            "/book/x"
        );
    }

    #[test]
    fn calendar_links_escape_what_stands_in_them() {
        let (start, end) = (
            "2026-11-25T15:15:00Z".parse().unwrap(),
            "2026-11-25T15:30:00Z".parse().unwrap(),
        );
        let google = google_calendar("Appointment with Nora & co", start, end, "", "12 Ember Row, Suite 3");
        assert_eq!(
            google,
            "https://calendar.google.com/calendar/render?action=TEMPLATE&text=Appointment%20with%20Nora%20%26%20co&dates=20261125T151500Z/20261125T153000Z&location=12%20Ember%20Row%2C%20Suite%203"
        );
        assert!(
            outlook_calendar("A", start, end, "d", "")
                .ends_with("&subject=A&startdt=2026-11-25T15:15:00Z&enddt=2026-11-25T15:30:00Z&body=d")
        );
    }

    #[test]
    fn a_visit_at_home_is_asked_for_with_its_postcode_and_found_on_a_map() {
        let book = Book {
            offering: "initial-consultation",
            mode: Some("in_person"),
            place: Some("home"),
            postcode: Some("EC1A 1BB"),
            day: "2026-11-25".parse().ok(),
            ..Book::default()
        };
        assert_eq!(
            book.to_string(),
            "/book/initial-consultation?mode=in_person&place=home&postcode=EC1A%201BB&day=2026-11-25"
        );
        assert_eq!(
            map("4 Elm Ct & Co, 28704"),
            "https://www.openstreetmap.org/search?query=4%20Elm%20Ct%20%26%20Co%2C%2028704"
        );
    }

    #[test]
    fn a_phone_number_can_be_tapped() {
        assert_eq!(tel("828-555-0142", true), "tel:+18285550142");
        assert_eq!(tel("+353 91 555 014", true), "tel:+35391555014");
        assert_eq!(tel("091 555 0142", false), "tel:0915550142");
    }
}
