//! What is asked of a family before a visit: questions and consents of an offering, checked in shape.

use std::fmt::Write as _;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::mode::{Mode, PlaceKind, words};
use super::slug::Slug;

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// Free text.
    Text,
    /// One of several choices.
    Choice,
    /// A date.
    Date,
    /// Yes or no.
    YesNo,
    /// A number.
    Number,
}

/// When something is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// In the booking form.
    AtBooking,
    /// On the manage page, before the visit.
    #[default]
    Later,
}

/// Which visits something is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// By video or telephone.
    Telehealth,
    /// At the office or at home.
    InPerson,
    /// At the office.
    Office,
    /// At the family's home.
    Home,
}

words!(
    AnswerKind,
    "text, choice, date, yes_no, number",
    Text = "text",
    Choice = "choice",
    Date = "date",
    YesNo = "yes_no",
    Number = "number"
);
words!(Ask, "at_booking, later", AtBooking = "at_booking", Later = "later");
words!(
    When,
    "telehealth, in_person, office, home",
    Telehealth = "telehealth",
    InPerson = "in_person",
    Office = "office",
    Home = "home"
);

impl When {
    /// Whether a visit of this mode at this place is meant.
    pub fn is_for(self, mode: Mode, place: Option<PlaceKind>) -> bool {
        match self {
            Self::Telehealth => mode == Mode::Telehealth,
            Self::InPerson => mode == Mode::InPerson,
            Self::Office => place == Some(PlaceKind::Office),
            Self::Home => place == Some(PlaceKind::Home),
        }
    }
}

/// One question of an offering's intake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name in the offering; answers are kept under it.
    pub key: Slug,
    /// What an answer is.
    pub kind: AnswerKind,
    /// The question itself.
    pub label: String,
    /// A quiet line under it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// For [`AnswerKind::Choice`] alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whether it must be answered.
    #[serde(default)]
    pub required: bool,
    /// When it is asked.
    #[serde(default)]
    pub ask: Ask,
    /// For which visits; `None`: for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// One consent that an offering asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Its name in the offering.
    pub key: Slug,
    /// Raised whenever the wording changes.
    pub version: u32,
    /// The exact words that are agreed to.
    pub wording: String,
    /// Whether the visit needs it; an optional one stands unticked.
    #[serde(default)]
    pub required: bool,
    /// When it is asked.
    #[serde(default)]
    pub ask: Ask,
    /// For which visits; `None`: for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

impl Question {
    /// Whether a visit of this mode at this place is asked it.
    pub fn is_for(&self, mode: Mode, place: Option<PlaceKind>) -> bool {
        self.when.is_none_or(|when| when.is_for(mode, place))
    }
}

impl Consent {
    /// Whether a visit of this mode at this place is asked for it.
    pub fn is_for(&self, mode: Mode, place: Option<PlaceKind>) -> bool {
        self.when.is_none_or(|when| when.is_for(mode, place))
    }

    /// Recognises its very words: a page that showed others cannot agree to these.
    pub fn mark(&self) -> String {
        let digest = Sha256::digest(&self.wording);
        digest
            .iter()
            .take(6)
            .fold(format!("{}-", self.version), |mut mark, byte| {
                // Writing to a String cannot fail.
                let _ = write!(mark, "{byte:02x}");
                mark
            })
    }
}

/// Why questions or consents make no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    #[error("the key {0} is used twice")]
    Twice(Slug),
    #[error("the question {0} has no label")]
    NoLabel(Slug),
    #[error("the question {0} is a choice and needs at least two choices")]
    NoChoices(Slug),
    #[error("the question {0} has choices but is no choice")]
    Choices(Slug),
    #[error("the texts of {0} hold control characters")]
    Control(Slug),
    #[error("the consent {0} has no wording")]
    NoWording(Slug),
    #[error("the consent {0} needs a version of at least 1")]
    Version(Slug),
}

/// Checks a list of questions.
pub fn check_questions(questions: &[Question]) -> Result<(), IntakeError> {
    once_each(questions.iter().map(|q| &q.key))?;
    for q in questions {
        let key = q.key.clone();
        if [&q.label, &q.help]
            .into_iter()
            .chain(&q.choices)
            .any(|text| has_control(text))
        {
            return Err(IntakeError::Control(key));
        }
        match (q.kind, q.choices.len()) {
            _ if q.label.trim().is_empty() => return Err(IntakeError::NoLabel(key)),
            (AnswerKind::Choice, 0 | 1) => return Err(IntakeError::NoChoices(key)),
            (AnswerKind::Choice, _) | (_, 0) => {}
            _ => return Err(IntakeError::Choices(key)),
        }
    }
    Ok(())
}

/// Checks a list of consents.
pub fn check_consents(consents: &[Consent]) -> Result<(), IntakeError> {
    once_each(consents.iter().map(|c| &c.key))?;
    for c in consents {
        if c.wording.trim().is_empty() {
            return Err(IntakeError::NoWording(c.key.clone()));
        }
        if has_control(&c.wording) {
            return Err(IntakeError::Control(c.key.clone()));
        }
        if c.version == 0 {
            return Err(IntakeError::Version(c.key.clone()));
        }
    }
    Ok(())
}

/// Other words under the same key are another version, never a lower one; the same words keep theirs.
pub(super) fn carry_versions(before: &[Consent], after: &mut [Consent]) {
    for consent in after {
        let Some(old) = before.iter().find(|c| c.key == consent.key) else {
            continue;
        };
        let least = old.version + u32::from(old.wording != consent.wording);
        consent.version = consent.version.max(least);
    }
}

fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n')
}

fn once_each<'a>(keys: impl Iterator<Item = &'a Slug>) -> Result<(), IntakeError> {
    let mut seen = HashSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(IntakeError::Twice(key.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(json: &str) -> Question {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_question_is_checked_in_shape() {
        let text = question(r#"{"key":"goal","kind":"text","label":"Your goal?"}"#);
        assert_eq!((text.ask, text.required, text.when), (Ask::Later, false, None));
        check_questions(std::slice::from_ref(&text)).unwrap();
        let twice = check_questions(&[text.clone(), text]).unwrap_err();
        assert_eq!(twice.to_string(), "the key goal is used twice");
        for bad in [
            r#"{"key":"a","kind":"choice","label":"?","choices":["one"]}"#,
            r#"{"key":"a","kind":"date","label":"?","choices":["x","y"]}"#,
            r#"{"key":"a","kind":"text","label":" "}"#,
            r#"{"key":"a","kind":"text","label":"x\u0007"}"#,
        ] {
            assert!(check_questions(&[question(bad)]).is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<Question>(r#"{"key":"a","kind":"text","label":"?","x":1}"#).is_err());
    }

    #[test]
    fn a_consent_is_recognised_by_its_version_and_its_very_words() {
        let consent = |version: u32, wording: &str| Consent {
            key: "care".parse().unwrap(),
            version,
            wording: wording.into(),
            required: true,
            ask: Ask::Later,
            when: None,
        };
        assert_eq!(consent(2, "I agree.").mark(), consent(2, "I agree.").mark());
        assert!(consent(2, "I agree.").mark().starts_with("2-"));
        assert_ne!(consent(2, "I agree.").mark(), consent(3, "I agree.").mark());
        assert_ne!(consent(2, "I agree.").mark(), consent(2, "I agree!").mark());
    }

    #[test]
    fn what_is_asked_only_of_home_visits_is_not_asked_at_the_office() {
        assert!(When::Home.is_for(Mode::InPerson, Some(PlaceKind::Home)));
        assert!(!When::Home.is_for(Mode::InPerson, Some(PlaceKind::Office)));
        assert!(When::InPerson.is_for(Mode::InPerson, Some(PlaceKind::Office)));
        assert!(!When::Telehealth.is_for(Mode::InPerson, None));
    }
}
