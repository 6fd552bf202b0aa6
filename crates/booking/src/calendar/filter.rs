//! From bytes to a text that the `ical` crate's parser accepts, or the reason why they are no calendar.
//!
//! That parser refuses byte order marks, unknown components, lower-case names and parameters without a
//! value, and reads no quoting but its own. So only the components and properties that tell when
//! somebody is busy pass, rewritten in one form. What is not whole is refused whole: half a file would
//! free the time that its other half blocks.

use super::unfold::unfold;

/// The largest file, in bytes.
const LARGEST: usize = 20 * 1024 * 1024;

/// Why bytes are no calendar. The last good import stays in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotACalendar {
    /// More than 20 MB.
    #[error("the file is larger than 20 MB")]
    TooLarge,
    /// Nothing but blanks.
    #[error("the file is empty")]
    Empty,
    /// Gzip without the header that says so.
    #[error("the file is compressed")]
    Compressed,
    /// UTF-16, or NUL bytes.
    #[error("the file is not text in UTF-8")]
    NotText,
    /// A login page, most often.
    #[error("this is a web page, not a calendar")]
    WebPage,
    /// JSON, a vCard, anything else.
    #[error("the file holds no calendar: it has no BEGIN:VCALENDAR")]
    NoCalendar,
    /// The end is missing.
    #[error("the calendar is cut off: its end is missing")]
    CutOff,
    /// Its parts do not fit into each other.
    #[error("the calendar is broken: BEGIN and END do not match")]
    Unbalanced,
    /// More recurrences than can be worked out in time.
    #[error("the calendar has more recurring events than can be worked out")]
    TooMuch,
}

/// What passes; everything else says nothing about when.
const WANTED: &[&str] = &[
    "DTEND",
    "DTSTAMP",
    "DTSTART",
    "DURATION",
    "EXDATE",
    "EXRULE",
    "FREEBUSY",
    "LAST-MODIFIED",
    "RDATE",
    "RECURRENCE-ID",
    "RRULE",
    "SEQUENCE",
    "STATUS",
    "TRANSP",
    "TZID",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "UID",
    "X-LIC-LOCATION",
];

/// The file in one form: known components, wanted properties, quoted parameters.
pub(super) fn filter(bytes: &[u8]) -> Result<String, NotACalendar> {
    check(bytes)?;
    let lines = unfold(bytes);
    let begins = |line: &&String| line.eq_ignore_ascii_case("BEGIN:VCALENDAR");
    if lines.is_empty() {
        return Err(NotACalendar::Empty);
    }
    if lines[0].starts_with('<') {
        return Err(NotACalendar::WebPage);
    }
    if lines[0].starts_with(['{', '[']) || !lines.iter().any(|l| begins(&l)) {
        return Err(NotACalendar::NoCalendar);
    }
    let mut out = Filtered::default();
    for line in lines.iter().skip_while(|l| !begins(l)) {
        out.line(line)?;
    }
    if out.open.is_empty() {
        Ok(out.text)
    } else {
        Err(NotACalendar::CutOff)
    }
}

fn check(bytes: &[u8]) -> Result<(), NotACalendar> {
    if bytes.len() > LARGEST {
        return Err(NotACalendar::TooLarge);
    }
    if bytes.starts_with(b"\x1F\x8B") {
        return Err(NotACalendar::Compressed);
    }
    if bytes.contains(&0) || bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(NotACalendar::NotText);
    }
    Ok(())
}

#[derive(Default)]
struct Filtered {
    text: String,
    /// The names of the open components, outermost first.
    open: Vec<String>,
    /// How many of them pass; the others are left out with all that is in them.
    passing: usize,
}

impl Filtered {
    fn line(&mut self, line: &str) -> Result<(), NotACalendar> {
        let end = line.find([':', ';']).unwrap_or(line.len());
        let name = line[..end].trim().to_ascii_uppercase();
        match name.as_str() {
            "BEGIN" => self.begin(component(line, end)),
            "END" => self.end(&component(line, end))?,
            _ if self.passing < self.open.len() || self.open.is_empty() => {}
            name if WANTED.binary_search(&name).is_ok() => self.property(name, &line[end..]),
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, name: String) {
        let parent = self.open.last().map(String::as_str);
        let known = matches!(
            (parent, name.as_str()),
            (None, "VCALENDAR")
                | (Some("VCALENDAR"), "VEVENT" | "VFREEBUSY" | "VTIMEZONE")
                | (Some("VTIMEZONE"), "STANDARD" | "DAYLIGHT")
        );
        if known && self.passing == self.open.len() {
            self.passing += 1;
            self.text.extend(["BEGIN:", &name, "\n"]);
        }
        self.open.push(name);
    }

    fn end(&mut self, name: &str) -> Result<(), NotACalendar> {
        if self.open.pop().as_deref() != Some(name) {
            return Err(NotACalendar::Unbalanced);
        }
        if self.passing > self.open.len() {
            self.passing = self.open.len();
            self.text.extend(["END:", name, "\n"]);
        }
        Ok(())
    }

    /// `rest` begins with `;` or `:`. A line without a value says nothing.
    fn property(&mut self, name: &str, rest: &str) {
        // No value that is wanted here has a colon in it, but for identifiers, while zone names may have one unquoted.
        let free = matches!(name, "UID" | "TZID" | "X-LIC-LOCATION");
        let Some(colon) = split(rest, free) else {
            return;
        };
        let value = rest[colon + 1..].trim();
        self.text.push_str(name);
        for (key, value) in parameters(&rest[..colon]) {
            self.text.extend([";", &key, "=\"", &value, "\""]);
        }
        self.text.extend([":", value, "\n"]);
    }
}

/// The name behind BEGIN or END.
fn component(line: &str, end: usize) -> String {
    line[end..].trim_start_matches(':').trim().to_ascii_uppercase()
}

/// Where the value begins: at the first or the last colon outside quotes; if the quotes are broken, at any.
fn split(rest: &str, first: bool) -> Option<usize> {
    let mut quoted = false;
    let mut found = None;
    for (at, c) in rest.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ':' if !quoted => {
                found = Some(at);
                if first {
                    break;
                }
            }
            _ => {}
        }
    }
    found.or_else(|| if first { rest.find(':') } else { rest.rfind(':') })
}

/// Names in upper case with their values, quotes removed; those without a value are left out.
fn parameters(head: &str) -> Vec<(String, String)> {
    let mut quoted = false;
    let parts = head.split(|c: char| {
        quoted ^= c == '"';
        c == ';' && !quoted
    });
    parts
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| {
            let name = name.trim().to_ascii_uppercase();
            (name, value.replace('"', "").trim().to_owned())
        })
        .filter(|(name, value)| !name.is_empty() && !name.contains([':', ';']) && !value.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wanted_properties_are_in_order() {
        assert!(WANTED.is_sorted());
    }

    #[test]
    fn what_is_no_calendar_says_what_it_is() {
        use NotACalendar as N;
        for (bytes, reason) in [
            (&b""[..], N::Empty),
            (b" \r\n\r\n", N::Empty),
            (b"<!doctype html><p>BEGIN:VCALENDAR", N::WebPage),
            (b"<?xml version='1.0'?><rss/>", N::WebPage),
            (b"{\"a\":1}", N::NoCalendar),
            (b"BEGIN:VCARD\r\nEND:VCARD\r\n", N::NoCalendar),
            (b"\x1F\x8B\x08\0", N::Compressed),
            (b"\xFF\xFEB\0", N::NotText),
            (b"BEGIN:VCALENDAR\r\n\0END:VCALENDAR\r\n", N::NotText),
            (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", N::CutOff),
            (b"BEGIN:VCALENDAR\r\n", N::CutOff),
            (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", N::Unbalanced),
            (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n", N::Unbalanced),
        ] {
            assert_eq!(filter(bytes), Err(reason), "{bytes:?}");
        }
        assert_eq!(filter(&vec![b' '; LARGEST + 1]), Err(N::TooLarge));
    }

    #[test]
    fn everything_comes_in_one_form() {
        let bytes = b"junk\r\nBegin:vcalendar\r\nX-WR-CALNAME:x\r\nbegin:vevent\r\ndtstart;tzid=Europe/Berlin;BAD;X=:20270101T090000\r\n\
            DTEND;TZID=(UTC+01:00) Berlin, Rome:20270101T100000\r\nUID:a:b\r\nBEGIN:VALARM\r\nTRANSP:OPAQUE\r\nBEGIN:X-A\r\nEND:X-A\r\nEND:VALARM\r\n\
            no colon\r\nEXDATE;TZID=\"A;B:C\r\nEND:vEvent\r\nBEGIN:VTODO\r\nDTSTART:1\r\nEND:VTODO\r\nEND:VCALENDAR\r\ntrailing";
        assert_eq!(
            filter(bytes).unwrap(),
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=\"Europe/Berlin\":20270101T090000\n\
             DTEND;TZID=\"(UTC+01:00) Berlin, Rome\":20270101T100000\nUID:a:b\nEXDATE;TZID=\"A;B\":C\nEND:VEVENT\nEND:VCALENDAR\n"
        );
    }
}
