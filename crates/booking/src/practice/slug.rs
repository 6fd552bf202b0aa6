//! The short name of a thing in addresses and files.

use std::fmt;
use std::str::FromStr;

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// `free-mini-consult`: small letters, digits and single hyphens, at most 64 of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Where a slug that is made of a name is cut.
const LONGEST_MADE: usize = 48;

/// The text is no slug.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no slug; write small letters, digits and hyphens, such as first-visit")]
pub struct NotASlug(pub String);

impl Slug {
    /// Makes one of a name: "Erstgespräch (90 min)" is `erstgesprach-90-min`; a number is added while it is `taken`.
    pub(crate) fn made_of(name: &str, otherwise: &str, taken: impl Fn(&Self) -> bool) -> Self {
        let mut text = String::new();
        for c in name.to_lowercase().chars().map(plain) {
            if c.is_ascii_alphanumeric() {
                text.push(c);
            } else if c != '\'' && !text.is_empty() && !text.ends_with('-') {
                text.push('-');
            }
            if text.len() >= LONGEST_MADE {
                // A word that was cut is left out, unless it is the only one.
                text.truncate(text.rfind('-').unwrap_or(text.len()));
                break;
            }
        }
        let text = text.trim_end_matches('-');
        let text = if text.is_empty() { otherwise } else { text };
        let made = Self(text.to_owned());
        let numbered = (2_u32..).map(|n| Self(format!("{text}-{n}")));
        std::iter::once(made.clone())
            .chain(numbered)
            .find(|slug| !taken(slug))
            .unwrap_or(made)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A letter without its mark.
fn plain(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ì'..='ï' | 'ī' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ß' => 's',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        '\u{2019}' => '\'',
        other => other,
    }
}

impl FromStr for Slug {
    type Err = NotASlug;
    fn from_str(text: &str) -> Result<Self, NotASlug> {
        let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if text.len() <= 64 && text.split('-').all(word) {
            Ok(Self(text.into()))
        } else {
            Err(NotASlug(text.chars().take(64).collect()))
        }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = NotASlug;
    fn try_from(text: String) -> Result<Self, NotASlug> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_of_a_name_once() {
        let made = |name: &str, taken: &[&str]| {
            let slug = Slug::made_of(name, "visit", |s| taken.contains(&s.as_str()));
            assert!(slug.as_str().parse::<Slug>().is_ok(), "{slug}");
            slug.to_string()
        };
        assert_eq!(made("Initial consultation", &[]), "initial-consultation");
        assert_eq!(made(" Erstgespräch (90 min)! ", &[]), "erstgesprach-90-min");
        assert_eq!(made("Mother\u{2019}s hour", &[]), "mothers-hour");
        assert_eq!(made("Follow-up", &["follow-up", "follow-up-2"]), "follow-up-3");
        assert_eq!(made("授乳相談", &[]), "visit");
        assert_eq!(
            made(&"long words ".repeat(9), &[]),
            "long-words-long-words-long-words-long-words"
        );
        assert_eq!(made(&"x".repeat(90), &[]).len(), 48);
    }

    #[test]
    fn a_slug_is_words_and_single_hyphens() {
        assert_eq!("follow-up-2".parse::<Slug>().unwrap().as_str(), "follow-up-2");
        for bad in ["", "-a", "a-", "a--b", "A", "a b", "ä", "a/b", &"a".repeat(65)] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }
}
