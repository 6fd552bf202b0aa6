//! A question or a consent as it is typed at the desk, read with the same eyes as a practice file.

use super::draft::{Fault, Part, Reading, word};
use super::file::value::{Brief, Line, Prose};
use super::intake::{AnswerKind, Consent, IntakeError, Question, When, check_consents, check_questions};
use super::slug::Slug;
use super::unfit::Unfit;

/// The longest list of choices.
const MOST_CHOICES: usize = 60;

/// What was typed of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionDraft {
    /// The question.
    pub label: String,
    /// The quiet line under it.
    pub help: String,
    /// A word of [`AnswerKind`].
    pub kind: String,
    /// One choice a line; read only for [`AnswerKind::Choice`].
    pub choices: String,
    /// Whether it must be answered.
    pub required: bool,
    /// A word of [`super::intake::Ask`].
    pub ask: String,
    /// A word of [`When`], or nothing: for every visit.
    pub when: String,
}

/// What was typed of a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentDraft {
    /// The exact words.
    pub wording: String,
    /// Whether the visit needs it.
    pub required: bool,
    /// A word of [`super::intake::Ask`].
    pub ask: String,
    /// A word of [`When`], or nothing: for every visit.
    pub when: String,
}

impl QuestionDraft {
    /// What a new question begins with.
    pub fn blank() -> Self {
        Self {
            label: String::new(),
            help: String::new(),
            kind: "text".into(),
            choices: String::new(),
            required: false,
            ask: "later".into(),
            when: String::new(),
        }
    }

    /// A question as it would be typed.
    pub fn of(q: &Question) -> Self {
        Self {
            label: q.label.clone(),
            help: q.help.clone(),
            kind: q.kind.to_string(),
            choices: q.choices.join("\n"),
            required: q.required,
            ask: q.ask.to_string(),
            when: q.when.map(|w| w.to_string()).unwrap_or_default(),
        }
    }

    /// The question that was typed: under its old key, or under one made of its words.
    pub(super) fn read(&self, key: Option<&Slug>, others: &[Question]) -> Result<Question, Vec<Fault>> {
        let mut read = Reading::default();
        let label = read.take(Part::Label, Line::try_from(self.label.clone()).map(|t| t.0));
        let help = read.take(Part::Help, Brief::try_from(self.help.clone()).map(|t| t.0));
        let kind = read.take(Part::Kind, word::<AnswerKind>(&self.kind));
        let choices = if kind == Some(AnswerKind::Choice) {
            read.take(Part::Choices, choices(&self.choices))
        } else {
            Some(Vec::new())
        };
        let ask = read.take(Part::Ask, word(&self.ask));
        let when = read.take(Part::When, when(&self.when));
        let (Some(label), Some(help), Some(kind), Some(choices), Some(ask), Some(when)) =
            (label, help, kind, choices, ask, when)
        else {
            return Err(read.faults);
        };
        let taken = |slug: &Slug| others.iter().any(|q| q.key == *slug);
        let question = Question {
            key: key.cloned().unwrap_or_else(|| Slug::made_of(&label, "question", taken)),
            kind,
            label,
            help,
            choices,
            required: self.required,
            ask,
            when,
        };
        check_questions(std::slice::from_ref(&question)).map_err(|e| vec![fault(&e)])?;
        Ok(question)
    }
}

impl ConsentDraft {
    /// What a new consent begins with.
    pub fn blank() -> Self {
        Self {
            wording: String::new(),
            required: true,
            ask: "later".into(),
            when: String::new(),
        }
    }

    /// A consent as it would be typed.
    pub fn of(c: &Consent) -> Self {
        Self {
            wording: c.wording.clone(),
            required: c.required,
            ask: c.ask.to_string(),
            when: c.when.map(|w| w.to_string()).unwrap_or_default(),
        }
    }

    /// The consent that was typed: under its old key, or under one made of its first words. Its version is raised by
    /// [`super::intake::carry_versions`], where its words are others than before.
    pub(super) fn read(&self, old: Option<&Consent>, others: &[Consent]) -> Result<Consent, Vec<Fault>> {
        let mut read = Reading::default();
        let wording = Prose::try_from(self.wording.clone()).map(|t| t.0);
        let wording = read.take(
            Part::Wording,
            wording.and_then(|t| if t.is_empty() { Err(Unfit::Empty) } else { Ok(t) }),
        );
        let ask = read.take(Part::Ask, word(&self.ask));
        let when = read.take(Part::When, when(&self.when));
        let (Some(wording), Some(ask), Some(when)) = (wording, ask, when) else {
            return Err(read.faults);
        };
        let taken = |slug: &Slug| others.iter().any(|c| c.key == *slug);
        let first_words = || wording.split_whitespace().take(5).collect::<Vec<_>>().join(" ");
        let consent = Consent {
            key: old.map_or_else(|| Slug::made_of(&first_words(), "consent", taken), |c| c.key.clone()),
            version: old.map_or(1, |c| c.version),
            wording,
            required: self.required,
            ask,
            when,
        };
        check_consents(std::slice::from_ref(&consent)).map_err(|e| vec![fault(&e)])?;
        Ok(consent)
    }
}

fn choices(text: &str) -> Result<Vec<String>, Unfit> {
    let mut choices: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Line(choice) = Line::try_from(line.to_owned())?;
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    match choices.len() {
        0 | 1 => Err(Unfit::TooFew(2)),
        n if n > MOST_CHOICES => Err(Unfit::TooMany(MOST_CHOICES)),
        _ => Ok(choices),
    }
}

fn when(text: &str) -> Result<Option<When>, Unfit> {
    if text.is_empty() {
        return Ok(None);
    }
    word(text).map(Some)
}

/// What the practice file would be told, at the field that is meant.
fn fault(error: &IntakeError) -> Fault {
    let (part, why) = match error {
        IntakeError::NoChoices(_) | IntakeError::Choices(_) => (Part::Choices, Unfit::TooFew(2)),
        IntakeError::NoWording(_) | IntakeError::Version(_) => (Part::Wording, Unfit::Empty),
        IntakeError::Control(_) => (Part::Label, Unfit::Control),
        IntakeError::NoLabel(_) | IntakeError::Twice(_) => (Part::Label, Unfit::Empty),
    };
    Fault { part, why }
}
