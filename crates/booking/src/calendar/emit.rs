//! Writing the `ical` crate's structs as strict iCalendar text (RFC 5545, 3.1 and RFC 6868).
//!
//! Lines end with CRLF and are folded at 75 octets, never inside a character and never between a
//! backslash or a caret and its partner. Parameter values are quoted where they have to be. Whatever a
//! value holds, it cannot end its line: control characters are dropped here, once, for all.

use ical::parser::ical::component::{IcalAlarm, IcalCalendar, IcalEvent};
use ical::property::Property;

/// The longest line in octets, without its line break.
const LINE: usize = 75;

/// The bytes of a whole calendar with its events.
pub fn calendar(calendar: &IcalCalendar) -> Vec<u8> {
    let mut out = String::new();
    open(&mut out, &calendar.properties);
    for one in &calendar.events {
        event(&mut out, one);
    }
    close(&mut out);
    out.into_bytes()
}

/// The first lines of a calendar, up to its first event.
pub(super) fn open(out: &mut String, properties: &[Property]) {
    line(out, "BEGIN:VCALENDAR");
    for one in properties {
        property(out, one);
    }
}

/// The last line of a calendar.
pub(super) fn close(out: &mut String) {
    line(out, "END:VCALENDAR");
}

/// One event with its alarms.
pub(super) fn event(out: &mut String, event: &IcalEvent) {
    line(out, "BEGIN:VEVENT");
    for one in &event.properties {
        property(out, one);
    }
    for one in &event.alarms {
        alarm(out, one);
    }
    line(out, "END:VEVENT");
}

fn alarm(out: &mut String, alarm: &IcalAlarm) {
    line(out, "BEGIN:VALARM");
    for one in &alarm.properties {
        property(out, one);
    }
    line(out, "END:VALARM");
}

/// One content line. The value stands as it is, its escaping being the business of its type.
fn property(out: &mut String, property: &Property) {
    let mut text = token(&property.name);
    for (name, values) in property.params.iter().flatten() {
        text.push(';');
        text.push_str(&token(name));
        for (i, value) in values.iter().enumerate() {
            text.push(if i == 0 { '=' } else { ',' });
            text.push_str(&parameter(name, value));
        }
    }
    text.push(':');
    text.extend(
        property
            .value
            .iter()
            .flat_map(|v| v.chars())
            .filter(|c| !is_control(*c)),
    );
    line(out, &text);
}

/// A name is letters, digits and hyphens (`iana-token`, `x-name`).
fn token(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect()
}

/// A parameter's value: free text is always quoted, a plain word never (some readers compare with the quotes).
fn parameter(name: &str, value: &str) -> String {
    let free = matches!(name, "CN" | "LABEL");
    let plain = value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.' | '_'));
    if plain && !free {
        return value.to_owned();
    }
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '^' => out.push_str("^^"),
            '"' => out.push_str("^'"),
            '\n' => out.push_str("^n"),
            c if is_control(c) => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What may stand in no line: control characters but the tab, and the two separators that many readers take for a line break.
pub(super) fn is_control(c: char) -> bool {
    (c.is_control() && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Folds one line (RFC 5545, 3.1).
fn line(out: &mut String, line: &str) {
    let mut used = 0;
    let mut rest = line.char_indices();
    while let Some((start, c)) = rest.next() {
        let mut end = start + c.len_utf8();
        if matches!(c, '\\' | '^')
            && let Some((at, partner)) = rest.next()
        {
            end = at + partner.len_utf8();
        }
        let unit = &line[start..end];
        if used + unit.len() > LINE {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push_str(unit);
        used += unit.len();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> String {
        let mut out = String::new();
        line(&mut out, text);
        out
    }

    fn one(name: &str, params: &[(&str, &[&str])], value: &str) -> String {
        let params = params
            .iter()
            .map(|(n, v)| ((*n).to_owned(), v.iter().map(|x| (*x).to_owned()).collect()))
            .collect();
        let mut out = String::new();
        property(
            &mut out,
            &Property {
                name: name.to_owned(),
                params: Some(params),
                value: Some(value.to_owned()),
            },
        );
        out
    }

    #[test]
    fn a_line_of_75_octets_is_not_folded_and_one_of_76_is() {
        assert_eq!(folded(&"x".repeat(75)), format!("{}\r\n", "x".repeat(75)));
        assert_eq!(folded(&"x".repeat(76)), format!("{}\r\n x\r\n", "x".repeat(75)));
    }

    #[test]
    fn a_fold_splits_neither_a_character_nor_an_escape() {
        let emoji = folded(&format!("{}🍼", "x".repeat(73)));
        assert_eq!(emoji, format!("{}\r\n 🍼\r\n", "x".repeat(73)));
        let escape = folded(&format!("{}\\n", "x".repeat(74)));
        assert_eq!(escape, format!("{}\r\n \\n\r\n", "x".repeat(74)));
        let caret = folded(&format!("{}^'", "x".repeat(74)));
        assert_eq!(caret, format!("{}\r\n ^'\r\n", "x".repeat(74)));
    }

    #[test]
    fn a_name_in_a_parameter_is_quoted_as_rfc_6868_says() {
        assert_eq!(
            one("ATTENDEE", &[("CN", &["Anna \"A^\" Berg\nX"])], "mailto:a@b.example"),
            "ATTENDEE;CN=\"Anna ^'A^^^' Berg^nX\":mailto:a@b.example\r\n"
        );
        assert_eq!(
            one(
                "CONFERENCE",
                &[("VALUE", &["URI"]), ("FEATURE", &["AUDIO", "VIDEO"])],
                "https://x.example/"
            ),
            "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:https://x.example/\r\n"
        );
    }

    #[test]
    fn no_value_can_begin_a_line_of_its_own() {
        let out = one(
            "URL\r\nX",
            &[("CN", &["a\r\nATTENDEE:mailto:x@y.example"])],
            "https://x.example/\r\nATTENDEE:mailto:x@y.example\0",
        );
        assert_eq!(out.replace("\r\n ", "").matches("\r\n").count(), 1, "{out}");
    }

    proptest! {
        #[test]
        fn folding_keeps_every_line_short_and_loses_nothing(text in "\\PC{0,300}") {
            let out = folded(&text);
            prop_assert!(out.ends_with("\r\n"));
            prop_assert!(out.split("\r\n").all(|l| l.len() <= LINE));
            prop_assert_eq!(out.trim_end_matches("\r\n").replace("\r\n ", ""), text);
        }
    }
}
