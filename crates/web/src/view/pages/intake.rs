//! What is asked before a visit: fields of the booking form, and the page on which they are filled in later.

use serde::Serialize;

use super::super::Page;
use super::super::frame::Frame;
use super::parts::{How, Visit};

/// Questions and consents of one form, and what of them is to be looked at.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Asked {
    /// The questions, in the offering's order.
    pub questions: Vec<QuestionField>,
    /// The consents, in the offering's order.
    pub consents: Vec<ConsentField>,
    /// What is to be looked at, for the notice above the form.
    pub looks: Vec<Look>,
}

/// A question as a field.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionField {
    /// `answers.worry`: what the form sends it as.
    pub name: String,
    /// `answer-worry`.
    pub id: String,
    /// What an answer is.
    pub kind: QuestionKind,
    /// The practice's own words.
    pub label: String,
    /// A quiet line under it; may be empty.
    pub help: String,
    /// Whether an answer is needed.
    pub needed: bool,
    /// What stands behind the label.
    pub mark: Mark,
    /// As it was typed; for a text, a date or a number.
    pub value: String,
    /// The choices; for yes or no `yes` and `no`.
    pub choices: Vec<ChoiceField>,
    /// What is wrong with what was typed.
    pub problem: Option<AnswerProblem>,
    /// What would be wrong with it, for a script that shows it.
    pub if_wrong: AnswerProblem,
}

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionKind {
    /// Lines of text.
    Text,
    /// One of the choices.
    Choice,
    /// A day.
    Date,
    /// Yes or no.
    YesNo,
    /// A number.
    Number,
}

/// What stands behind a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Nothing.
    None,
    /// "(if you like)".
    Voluntary,
    /// "(I need this one)".
    Needed,
}

/// One of the choices.
#[derive(Debug, Clone, Serialize)]
pub struct ChoiceField {
    /// What the form sends, and for a choice what it is called.
    pub value: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A consent as a tick.
#[derive(Debug, Clone, Serialize)]
pub struct ConsentField {
    /// `photos`.
    pub key: String,
    /// `consents.photos`: what the form sends it as.
    pub name: String,
    /// `consent-photos`.
    pub id: String,
    /// The exact words.
    pub wording: String,
    /// What recognises these words: the tick's value.
    pub mark: String,
    /// Whether it is needed.
    pub needed: bool,
    /// Whether it is ticked.
    pub given: bool,
    /// What is to be looked at.
    pub problem: Option<AnswerProblem>,
}

/// What is to be looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Look {
    /// The field's id.
    pub id: String,
    /// The question; none for a consent, whose words are too long for a line.
    pub label: Option<String>,
}

/// What is wrong with an answer or a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerProblem {
    /// It is needed now.
    Missing,
    /// No text.
    NotAText,
    /// None of the choices.
    NotAChoice,
    /// No day that exists.
    NotADate,
    /// Neither of them.
    NotYesOrNo,
    /// No number.
    NotANumber,
    /// More than can be kept.
    TooLong,
    /// A consent whose words were others.
    Changed,
}

/// `/appointments/{token}/intake`.
#[derive(Debug, Clone, Serialize)]
pub struct IntakePage {
    /// The frame.
    pub frame: Frame,
    /// The visit.
    pub visit: Visit,
    /// The appointment's page.
    pub back_url: String,
    /// Where the form posts to.
    pub action: String,
    /// Whether it can be filled in; afterwards it is only read.
    pub open: bool,
    /// The fields, while it is open.
    pub asked: Asked,
    /// Whether everything was saved in this browser a moment ago.
    pub saved: bool,
    /// How many needed ones are missing.
    pub missing: usize,
    /// What was answered, when it can only be read.
    pub told: Vec<Told>,
    /// What was asked to be agreed to, when it can only be read.
    pub agreed: Vec<Agreed>,
}

/// A question and its answer.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// The question.
    pub question: String,
    /// The answer; `yes` or `no` when it is one of them.
    pub text: String,
    /// Whether it is one of them.
    pub yes_no: bool,
}

/// A consent.
#[derive(Debug, Clone, Serialize)]
pub struct Agreed {
    /// Its words.
    pub wording: String,
    /// "Tuesday, November 24, 9:12 am"; none when it was not given.
    pub when: Option<String>,
}

/// The row on the appointment's page.
#[derive(Debug, Clone, Serialize)]
pub struct IntakeRow {
    /// `/appointments/{token}/intake`.
    pub url: String,
    /// How much of it is there.
    pub state: IntakeRowState,
    /// How many needed ones are missing.
    pub missing: usize,
}

/// How much of the intake is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntakeRowState {
    /// Needed ones are missing.
    Missing,
    /// Nothing is needed, and nothing is there.
    Untouched,
    /// All that is needed is there.
    Complete,
    /// The visit is over: it can only be read.
    Told,
}

impl Asked {
    /// One of every kind, empty.
    pub(super) fn sample() -> Self {
        let question = |key: &str, kind, label: &str, if_wrong| QuestionField {
            name: format!("answers.{key}"),
            id: format!("answer-{key}"),
            kind,
            label: label.into(),
            help: String::new(),
            needed: false,
            mark: Mark::Voluntary,
            value: String::new(),
            choices: vec![],
            problem: None,
            if_wrong,
        };
        let choice = |value: &str, chosen| ChoiceField {
            value: value.into(),
            chosen,
        };
        let consent = |key: &str, wording: &str, needed| ConsentField {
            key: key.into(),
            name: format!("consents.{key}"),
            id: format!("consent-{key}"),
            wording: wording.into(),
            mark: "1-0123456789ab".into(),
            needed,
            given: false,
            problem: None,
        };
        Self {
            questions: vec![
                QuestionField {
                    help: "One sentence is plenty.".into(),
                    needed: true,
                    mark: Mark::None,
                    ..question(
                        "worry",
                        QuestionKind::Text,
                        "What worries you most?",
                        AnswerProblem::TooLong,
                    )
                },
                QuestionField {
                    choices: vec![choice("At the breast", false), choice("A mix", true)],
                    ..question(
                        "feeding",
                        QuestionKind::Choice,
                        "How do you feed now?",
                        AnswerProblem::NotAChoice,
                    )
                },
                question(
                    "born",
                    QuestionKind::Date,
                    "When was your baby born?",
                    AnswerProblem::NotADate,
                ),
                QuestionField {
                    choices: vec![choice("yes", false), choice("no", false)],
                    help: "A yes is no trouble.".into(),
                    needed: true,
                    mark: Mark::Needed,
                    ..question(
                        "unwell",
                        QuestionKind::YesNo,
                        "Is anyone unwell?",
                        AnswerProblem::NotYesOrNo,
                    )
                },
                question(
                    "weeks",
                    QuestionKind::Number,
                    "How many weeks?",
                    AnswerProblem::NotANumber,
                ),
            ],
            consents: vec![
                consent("privacy", "I have read the privacy notice.", true),
                ConsentField {
                    given: true,
                    ..consent("photos", "Nora may take photos for my chart.", false)
                },
            ],
            looks: vec![],
        }
    }

    /// The same with something wrong everywhere.
    pub(super) fn wrong_sample() -> Self {
        let mut asked = Self::sample();
        for q in &mut asked.questions {
            q.problem = Some(q.if_wrong);
            asked.looks.push(Look {
                id: q.id.clone(),
                label: Some(q.label.clone()),
            });
        }
        asked.questions[0].problem = Some(AnswerProblem::Missing);
        asked.questions[4].problem = Some(AnswerProblem::NotAText);
        asked.consents[0].problem = Some(AnswerProblem::Missing);
        asked.consents[1].problem = Some(AnswerProblem::Changed);
        asked.looks.push(Look {
            id: "consent-privacy".into(),
            label: None,
        });
        asked
    }
}

impl Page for IntakePage {
    const TEMPLATE: &'static str = "pages/intake.html";

    fn samples() -> Vec<Self> {
        let open = Self {
            frame: Frame::sample(),
            visit: Visit::sample(How::Video),
            back_url: "/appointments/abc".into(),
            action: "/appointments/abc/intake".into(),
            open: true,
            asked: Asked::sample(),
            saved: false,
            missing: 2,
            told: vec![],
            agreed: vec![],
        };
        let saved = Self {
            saved: true,
            ..open.clone()
        };
        let complete = Self {
            missing: 0,
            ..saved.clone()
        };
        let wrong = Self {
            asked: Asked::wrong_sample(),
            ..open.clone()
        };
        let nothing = Self {
            asked: Asked::default(),
            ..open.clone()
        };
        let told = Self {
            open: false,
            asked: Asked::default(),
            told: vec![
                Told {
                    question: "What worries you most?".into(),
                    text: "It hurts on the left,\nand she falls asleep.".into(),
                    yes_no: false,
                },
                Told {
                    question: "Is anyone unwell?".into(),
                    text: "no".into(),
                    yes_no: true,
                },
            ],
            agreed: vec![
                Agreed {
                    wording: "I have read the privacy notice.".into(),
                    when: Some("Tuesday, November 24, 9:12 am".into()),
                },
                Agreed {
                    wording: "Nora may take photos for my chart.".into(),
                    when: None,
                },
            ],
            ..open.clone()
        };
        let untold = Self {
            told: vec![],
            agreed: vec![],
            ..told.clone()
        };
        vec![open, saved, complete, wrong, nothing, told, untold]
    }
}
