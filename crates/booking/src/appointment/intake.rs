//! What a visit asks of a family, what of it was given with the booking, and how much is still missing: pure.
//!
//! A visit asks what its offering asks now, of its mode and place. With the booking everything given is checked, and what is
//! needed `at_booking` must be there; later nothing is ever needed, so that what is typed is kept. How it is kept stands in
//! `save_intake.rs`.

use std::collections::{BTreeMap, HashSet};

use kernel::instant::Instant;
use serde_json::Value;

use super::answer::{Answer, Wrong};
use crate::practice::intake::{Ask, Consent, Question};
use crate::practice::{Mode, Offering, PlaceKind, Slug};

/// What somebody gave, by the names of questions and consents. `Debug` shows no answer.
#[derive(Clone, Default, PartialEq)]
pub struct Given {
    /// JSON of the answer's kind, or text as a form sends it.
    pub answers: BTreeMap<String, Value>,
    /// Ticked or not.
    pub consents: BTreeMap<String, Tick>,
}

impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Given({} answers)", self.answers.len())
    }
}

/// What stood in the box of a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tick {
    /// Nothing.
    Off,
    /// A tick at the words of this [`Consent::mark`].
    Words(String),
    /// Agreed to by name, to the words that hold now.
    Present,
}

/// What is wrong with one answer or consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeProblem {
    /// Which part.
    pub part: Part,
    /// Its name in the offering, or what was given as one.
    pub key: String,
    /// Why.
    pub wrong: Wrong,
}

/// A question or a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// A question.
    Answer,
    /// A consent.
    Consent,
}

impl IntakeProblem {
    fn new(part: Part, key: &str, wrong: Wrong) -> Self {
        Self {
            part,
            // Whatever was sent as a name comes back in the answer: no more of it than a name can have.
            key: key.chars().take(64).collect(),
            wrong,
        }
    }

    /// The field's name in the API and in forms: `answers.worry`, `consents.care`.
    pub fn field(&self) -> String {
        match self.part {
            Part::Answer => format!("answers.{}", self.key),
            Part::Consent => format!("consents.{}", self.key),
        }
    }
}

/// What a visit of this mode at this place asks.
#[derive(Clone, Debug)]
pub struct Questions<'a> {
    /// In the offering's order.
    pub questions: Vec<&'a Question>,
    /// In the offering's order.
    pub consents: Vec<&'a Consent>,
}

impl<'a> Questions<'a> {
    /// All that the offering asks of such a visit.
    pub fn of(offering: &'a Offering, mode: Mode, place: Option<PlaceKind>) -> Self {
        Self {
            questions: offering.questions.iter().filter(|q| q.is_for(mode, place)).collect(),
            consents: offering.consents.iter().filter(|c| c.is_for(mode, place)).collect(),
        }
    }

    /// What of it stands in the booking form.
    #[must_use]
    pub fn at_booking(mut self) -> Self {
        self.questions.retain(|q| q.ask == Ask::AtBooking);
        self.consents.retain(|c| c.ask == Ask::AtBooking);
        self
    }

    /// What was given, as far as it is asked and makes sense; the rest as problems.
    pub(super) fn read(&self, given: &Given) -> (Read<'a>, Vec<IntakeProblem>) {
        let (mut read, mut problems) = (Read::default(), Vec::new());
        for (key, value) in &given.answers {
            match self.questions.iter().find(|q| q.key.as_str() == key) {
                None => problems.push(IntakeProblem::new(Part::Answer, key, Wrong::Unknown)),
                Some(question) => match Answer::parse(question, value) {
                    Ok(answer) => read.answers.push((question, answer)),
                    Err(wrong) => problems.push(IntakeProblem::new(Part::Answer, key, wrong)),
                },
            }
        }
        for (key, tick) in &given.consents {
            match (self.consents.iter().find(|c| c.key.as_str() == key), tick) {
                (None, _) => problems.push(IntakeProblem::new(Part::Consent, key, Wrong::Unknown)),
                (Some(consent), Tick::Words(mark)) if *mark != consent.mark() => {
                    problems.push(IntakeProblem::new(Part::Consent, key, Wrong::Changed));
                }
                (Some(consent), tick) => read.consents.push((consent, *tick != Tick::Off)),
            }
        }
        (read, problems)
    }
}

/// Answers and ticks that make sense.
#[derive(Debug, Default)]
pub(super) struct Read<'a> {
    pub(super) answers: Vec<(&'a Question, Option<Answer>)>,
    pub(super) consents: Vec<(&'a Consent, bool)>,
}

/// What is wrong with what was given for a booking: wrong kinds, names that are not asked, and what is needed at booking and
/// not there.
pub fn problems_at_booking(
    offering: &Offering,
    mode: Mode,
    place: Option<PlaceKind>,
    given: &Given,
) -> Vec<IntakeProblem> {
    let asked = Questions::of(offering, mode, place);
    let (read, mut problems) = asked.read(given);
    for question in asked.questions.iter().filter(|q| q.required && q.ask == Ask::AtBooking) {
        let answered = read.answers.iter().any(|(q, a)| q.key == question.key && a.is_some());
        let wrong = problems
            .iter()
            .any(|p| p.part == Part::Answer && p.key == question.key.as_str());
        if !answered && !wrong {
            problems.push(IntakeProblem::new(Part::Answer, question.key.as_str(), Wrong::Missing));
        }
    }
    for consent in asked.consents.iter().filter(|c| c.required && c.ask == Ask::AtBooking) {
        let agreed = read.consents.iter().any(|(c, yes)| c.key == consent.key && *yes);
        let wrong = problems
            .iter()
            .any(|p| p.part == Part::Consent && p.key == consent.key.as_str());
        if !agreed && !wrong {
            problems.push(IntakeProblem::new(Part::Consent, consent.key.as_str(), Wrong::Missing));
        }
    }
    problems
}

/// How much of an intake is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntakeState {
    /// The visit asks nothing.
    NotAsked,
    /// Nothing is needed, and nothing was filled in.
    Untouched,
    /// So many needed answers and consents are missing.
    Missing(usize),
    /// All that is needed is there.
    Complete,
}

/// The intake of one appointment: what it asks, with what was given, and what was given to what it asks no longer.
#[derive(Clone, Debug, PartialEq)]
pub struct Intake {
    /// Each question, and its answer.
    pub questions: Vec<(Question, Option<Answer>)>,
    /// Each consent, and since when these very words are agreed to.
    pub consents: Vec<(Consent, Option<Instant>)>,
    /// Questions that are no longer asked, as they were asked, and their answers.
    pub earlier_answers: Vec<(String, Answer)>,
    /// What was agreed to in words that are no longer asked.
    pub earlier_consents: Vec<GivenConsent>,
}

/// A consent that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenConsent {
    /// Its name in the offering.
    pub key: Slug,
    /// Which version.
    pub version: u32,
    /// The words that were agreed to.
    pub wording: String,
    /// Since when, UTC.
    pub at: Instant,
}

impl GivenConsent {
    /// Whether it says what this one asks.
    pub(super) fn is(&self, asked: &Consent) -> bool {
        self.key == asked.key && self.version == asked.version && self.wording == asked.wording
    }
}

impl Intake {
    /// How much of it is there.
    pub fn state(&self) -> IntakeState {
        let answers = self.questions.iter().map(|(q, answer)| (q.required, answer.is_some()));
        let consents = self.consents.iter().map(|(c, at)| (c.required, at.is_some()));
        state(answers.chain(consents))
    }
}

/// Whether each thing that is asked is needed, and whether it is there.
fn state(asked: impl Iterator<Item = (bool, bool)>) -> IntakeState {
    let (mut missing, mut any, mut there) = (0, false, false);
    for (needed, given) in asked {
        any = true;
        there |= given;
        missing += usize::from(needed && !given);
    }
    match missing {
        _ if !any => IntakeState::NotAsked,
        0 if there => IntakeState::Complete,
        0 => IntakeState::Untouched,
        missing => IntakeState::Missing(missing),
    }
}

/// The same without reading an answer: from which questions have one.
pub(super) fn state_of(asked: &Questions<'_>, answered: &HashSet<Slug>, given: &[GivenConsent]) -> IntakeState {
    let answers = asked.questions.iter().map(|q| (q.required, answered.contains(&q.key)));
    let consents = asked
        .consents
        .iter()
        .map(|c| (c.required, given.iter().any(|g| g.is(c))));
    state(answers.chain(consents))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intake_is_complete_when_nothing_needed_is_missing_and_something_is_there() {
        let of = |asked: &[(bool, bool)]| state(asked.iter().copied());
        assert_eq!(of(&[]), IntakeState::NotAsked);
        assert_eq!(of(&[(false, false)]), IntakeState::Untouched);
        assert_eq!(
            of(&[(true, false), (false, true), (true, false)]),
            IntakeState::Missing(2)
        );
        assert_eq!(of(&[(true, true), (false, false)]), IntakeState::Complete);
        assert_eq!(of(&[(false, true)]), IntakeState::Complete);
    }
}
