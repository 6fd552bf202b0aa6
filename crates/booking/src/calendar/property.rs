//! Making properties of the `ical` crate's model, one function for each value type of RFC 5545, 3.3.

use ical::property::Property;
use kernel::email::EmailAddress;
use kernel::instant::Instant;

use super::emit::is_control;

/// A property whose value is a fixed word or number of ours.
pub(super) fn word(name: &str, value: impl Into<String>) -> Property {
    Property {
        name: name.to_owned(),
        params: None,
        value: Some(value.into()),
    }
}

/// TEXT (3.3.11): backslash, semicolon, comma and line break are escaped; other control characters are dropped.
pub(super) fn text(name: &str, value: &str) -> Property {
    let value = value
        .replace("\r\n", "\n")
        .replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\\' | ';' | ',' => out.extend(['\\', c]),
            c if is_control(c) => {}
            c => out.push(c),
        }
    }
    word(name, out)
}

/// DATE-TIME in UTC, to the second (3.3.5, form 2).
pub(super) fn instant(name: &str, at: Instant) -> Property {
    word(name, at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string())
}

/// URI (3.3.13): no escaping, no blanks.
pub(super) fn uri(name: &str, value: &str) -> Property {
    let value: String = value
        .chars()
        .filter(|c| !c.is_whitespace() && !is_control(*c))
        .collect();
    word(name, value)
}

/// CAL-ADDRESS (3.3.3) with the person's name as `CN` behind the other parameters.
pub(super) fn person(name: &str, params: &[(&str, &str)], common_name: &str, email: &EmailAddress) -> Property {
    let mut all: Vec<(String, Vec<String>)> = params
        .iter()
        .map(|(n, v)| ((*n).to_owned(), vec![(*v).to_owned()]))
        .collect();
    if !common_name.trim().is_empty() {
        all.push(("CN".to_owned(), vec![common_name.trim().to_owned()]));
    }
    let mut property = word(name, format!("mailto:{}", address(email)));
    property.params = Some(all).filter(|p| !p.is_empty());
    property
}

/// Adds a parameter with one or several values.
pub(super) fn with(mut property: Property, name: &str, values: &[&str]) -> Property {
    property
        .params
        .get_or_insert_default()
        .push((name.to_owned(), values.iter().map(|v| (*v).to_owned()).collect()));
    property
}

/// The address in a `mailto:` URI (RFC 6068): what ends or escapes a URI is percent-encoded, the rest stays readable.
fn address(email: &EmailAddress) -> String {
    email
        .as_str()
        .chars()
        .map(|c| match c {
            '%' | '?' | '#' | '`' | '{' | '|' | '}' | '^' => format!("%{:02X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_loses_its_control_characters() {
        let p = text("SUMMARY", "a;b,c\\d\r\ne\u{0}\u{7}f\u{2028}g");
        assert_eq!(p.value.unwrap(), "a\\;b\\,c\\\\d\\nef\\ng");
    }

    #[test]
    fn an_instant_is_utc_to_the_second() {
        let at: Instant = "2026-03-09T10:00:00.75-04:00".parse().unwrap();
        assert_eq!(instant("DTSTART", at).value.unwrap(), "20260309T140000Z");
    }

    #[test]
    fn a_person_is_one_bare_address_with_a_name() {
        let email = EmailAddress::parse("o%k@example.org").unwrap();
        let p = person("ORGANIZER", &[], " Mira ", &email);
        assert_eq!(p.value.unwrap(), "mailto:o%25k@example.org");
        assert_eq!(p.params.unwrap(), vec![("CN".to_owned(), vec!["Mira".to_owned()])]);
        assert!(person("ORGANIZER", &[], "", &email).params.is_none());
    }
}
