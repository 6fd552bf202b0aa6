//! What a parent types about herself, parsed once: her name, her telephone number, her address.

use std::fmt;

/// A name as mails may carry it: one line, at most 60 characters, nothing like a link.
#[derive(Clone, PartialEq, Eq)]
pub struct ParentName(String);

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAName {
    #[error("a name is needed")]
    Empty,
    #[error("a name has at most 60 characters")]
    Length,
    #[error("a name is one line of letters")]
    Control,
    #[error("a name holds no link")]
    Link,
}

impl ParentName {
    /// Parses a name; white space at its ends and doubled within is dropped.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        let text = text.trim();
        if text.chars().any(is_dangerous) {
            return Err(NotAName::Control);
        }
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err(NotAName::Empty);
        }
        if name.chars().count() > 60 {
            return Err(NotAName::Length);
        }
        if looks_like_a_link(&name) {
            return Err(NotAName::Link);
        }
        if !name.chars().any(char::is_alphanumeric) {
            return Err(NotAName::Empty);
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ParentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParentName(…)")
    }
}

/// Control characters, and those that turn or hide what follows them.
fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
}

/// Endings of words that mail programs turn into links.
const ENDINGS: [&str; 22] = [
    "com", "net", "org", "info", "biz", "io", "co", "ru", "cn", "xyz", "top", "shop", "site", "online", "club", "link",
    "click", "app", "dev", "me", "ly", "uk",
];

/// A scheme, `www.`, an address, or a word such as `example.org`; "J. R. Lee" and "Mary St.John" hold none.
fn looks_like_a_link(text: &str) -> bool {
    let lower = text.to_lowercase();
    if lower.contains("www.") || lower.contains(['@', '/', '\\']) {
        return true;
    }
    let dots = text.char_indices().filter(|(_, c)| *c == '.');
    dots.into_iter().any(|(at, dot)| {
        let end: String = text[at + dot.len_utf8()..]
            .chars()
            .take_while(|c| c.is_alphanumeric())
            .collect();
        let before = text[..at].chars().rev().take_while(|c| c.is_alphanumeric()).count();
        let small = before >= 2 && end.chars().count() >= 2 && end.chars().next().is_some_and(char::is_lowercase);
        small || (before >= 1 && ENDINGS.contains(&end.to_lowercase().as_str()))
    })
}

/// A telephone number as typed, and its digits for recognising it.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber {
    typed: String,
    digits: String,
}

/// Why a text is no telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number has 7 to 15 digits, such as 828-555-0142")]
pub struct NotAPhone;

impl PhoneNumber {
    /// Parses digits with the usual signs between them.
    pub fn parse(text: &str) -> Result<Self, NotAPhone> {
        let typed = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let usual = |c: char| c.is_ascii_digit() || " -().+/".contains(c);
        let plus_inside = typed.trim_start_matches(['(', ' ']).chars().skip(1).any(|c| c == '+');
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let right = typed.len() <= 40 && (7..=15).contains(&digits.len());
        if !right || plus_inside || !typed.chars().all(usual) {
            return Err(NotAPhone);
        }
        Ok(Self { typed, digits })
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// For recognising it whether or not the country was typed: its last nine digits.
    pub fn key(&self) -> &str {
        &self.digits[self.digits.len().saturating_sub(9)..]
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

/// The address of a home visit, in one or several lines.
#[derive(Clone, PartialEq, Eq)]
pub struct HomeAddress(String);

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    #[error("the address of the visit is needed")]
    Empty,
    #[error("an address has at most 300 characters")]
    Length,
    #[error("an address holds letters, digits and the usual signs")]
    Control,
}

impl HomeAddress {
    /// Parses an address; empty lines are dropped.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
        let address = lines.collect::<Vec<_>>().join("\n");
        if address.is_empty() {
            return Err(NotAnAddress::Empty);
        }
        if address.chars().count() > 300 {
            return Err(NotAnAddress::Length);
        }
        if address.chars().any(|c| c != '\n' && is_dangerous(c)) {
            return Err(NotAnAddress::Control);
        }
        Ok(Self(address))
    }

    /// The address, its lines parted by `\n`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HomeAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HomeAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_and_what_is_none_is_refused_with_its_reason() {
        for (typed, name) in [
            (" Ana  Lee ", "Ana Lee"),
            ("J. R. O'Neil-Smith", "J. R. O'Neil-Smith"),
            ("Zoë Åström", "Zoë Åström"),
            ("Mary St.John", "Mary St.John"),
            ("张伟", "张伟"),
        ] {
            assert_eq!(ParentName::parse(typed).unwrap().as_str(), name);
        }
        let refused = |t: &str| ParentName::parse(t).unwrap_err();
        assert_eq!(refused("  "), NotAName::Empty);
        assert_eq!(refused("..."), NotAName::Empty);
        assert_eq!(refused(&"a".repeat(61)), NotAName::Length);
        assert_eq!(refused("Ana\r\nBcc: x@example.org"), NotAName::Control);
        assert_eq!(refused("Ana\u{202e}eeL"), NotAName::Control);
        for link in [
            "https://evil.example",
            "see www.evil",
            "win.com now",
            "buy at Evil.Shop!",
            "evil.example,hi",
            "(evil.com)",
            "http:evil.test",
            "a@b",
            "bit.ly/x",
        ] {
            assert_eq!(refused(link), NotAName::Link, "{link}");
        }
    }

    #[test]
    fn a_telephone_number_is_recognised_however_it_is_typed() {
        let key = |t: &str| PhoneNumber::parse(t).unwrap().key().to_owned();
        for same in ["(828) 555-0142", "+1 828 555 0142", "828.555.0142", "18285550142"] {
            assert_eq!(key(same), key("828-555-0142"), "{same}");
        }
        assert_eq!(key("+49 171 123 45 67"), key("0171/1234567"));
        assert_ne!(key("828-555-0142"), key("828-555-0143"));
        for bad in [
            "",
            "12345",
            "1234567890123456",
            "call me",
            "555-0142 x3",
            "828+5550142",
            "828\n5550142;",
        ] {
            assert!(PhoneNumber::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_address_may_have_lines_but_no_tricks() {
        assert_eq!(
            HomeAddress::parse(" 4 Elm Ct \r\n\r\n Apt 2 ").unwrap().as_str(),
            "4 Elm Ct\nApt 2"
        );
        assert_eq!(HomeAddress::parse("\n").unwrap_err(), NotAnAddress::Empty);
        assert_eq!(HomeAddress::parse("4 Elm\u{0}").unwrap_err(), NotAnAddress::Control);
        assert_eq!(HomeAddress::parse(&"x".repeat(301)).unwrap_err(), NotAnAddress::Length);
    }
}
