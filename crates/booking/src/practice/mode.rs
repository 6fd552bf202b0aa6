//! How and where a visit happens: mode, channel, place.

use serde::{Deserialize, Serialize};

/// By telehealth or in person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By video or telephone.
    Telehealth,
    /// At the office or at the family's home.
    InPerson,
}

/// How a telehealth visit is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By a meeting link.
    Video,
    /// The consultant calls the parent.
    Phone,
}

/// Where a visit in person is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// The consultant's office.
    Office,
    /// The family's address.
    Home,
}

/// The text names none of the words that are allowed here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is none of {allowed}")]
pub struct NoSuchWord {
    /// What was written, shortened.
    pub text: String,
    /// What could have been written.
    pub allowed: &'static str,
}

macro_rules! words {
    ($name:ident, $allowed:literal, $($variant:ident = $word:literal),+) => {
        impl $name {
            /// The word of pages, files and the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::practice::mode::NoSuchWord;
            fn from_str(text: &str) -> Result<Self, $crate::practice::mode::NoSuchWord> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::practice::mode::NoSuchWord { text: text.chars().take(40).collect(), allowed: $allowed }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words!(
    Mode,
    "telehealth, in_person",
    Telehealth = "telehealth",
    InPerson = "in_person"
);
words!(Channel, "video, phone", Video = "video", Phone = "phone");
words!(PlaceKind, "office, home", Office = "office", Home = "home");

/// A set of modes: those of a weekly window, or of an offering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Mode>", into = "Vec<Mode>")]
pub struct Modes {
    telehealth: bool,
    in_person: bool,
}

impl Modes {
    /// Both of them.
    pub const BOTH: Self = Self {
        telehealth: true,
        in_person: true,
    };

    /// Whether `mode` is among them.
    pub const fn has(self, mode: Mode) -> bool {
        match mode {
            Mode::Telehealth => self.telehealth,
            Mode::InPerson => self.in_person,
        }
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        !self.telehealth && !self.in_person
    }

    /// Them, telehealth first.
    pub fn iter(self) -> impl Iterator<Item = Mode> {
        [Mode::Telehealth, Mode::InPerson]
            .into_iter()
            .filter(move |m| self.has(*m))
    }
}

impl FromIterator<Mode> for Modes {
    fn from_iter<I: IntoIterator<Item = Mode>>(modes: I) -> Self {
        let mut out = Self {
            telehealth: false,
            in_person: false,
        };
        for mode in modes {
            match mode {
                Mode::Telehealth => out.telehealth = true,
                Mode::InPerson => out.in_person = true,
            }
        }
        out
    }
}

impl From<Vec<Mode>> for Modes {
    fn from(modes: Vec<Mode>) -> Self {
        modes.into_iter().collect()
    }
}

impl From<Modes> for Vec<Mode> {
    fn from(modes: Modes) -> Self {
        modes.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for mode in Modes::BOTH.iter() {
            assert_eq!(mode.as_str().parse::<Mode>().unwrap(), mode);
        }
        assert!("Telehealth".parse::<Mode>().is_err());
        assert_eq!(
            "car".parse::<PlaceKind>().unwrap_err().to_string(),
            "\"car\" is none of office, home"
        );
    }

    #[test]
    fn modes_are_a_set() {
        let one: Modes = [Mode::InPerson, Mode::InPerson].into_iter().collect();
        assert!(one.has(Mode::InPerson) && !one.has(Mode::Telehealth) && !one.is_empty());
        assert_eq!(
            serde_json::to_string(&Modes::BOTH).unwrap(),
            r#"["telehealth","in_person"]"#
        );
        assert_eq!(serde_json::from_str::<Modes>(r#"["in_person"]"#).unwrap(), one);
    }
}
