//! One answer of a family: parsed against its question, and written again as it was typed.
//!
//! Refused is what the question cannot mean: letters for a number, a day that does not exist, a choice that is none of them,
//! more text than anybody reads. Nothing typed is no answer, and whether one is needed is decided elsewhere.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::practice::intake::{AnswerKind, Question};

/// The longest text, in characters.
pub const LONGEST_ANSWER: usize = 4_000;
/// The largest number, either way.
const LARGEST: f64 = 1_000_000_000.0;
/// The years in which a date of a family may lie.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// What was answered. `Debug` shows its kind alone.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Answer {
    /// Free text, its lines parted by `\n`.
    Text(String),
    /// One of the choices, as it was offered.
    Choice(String),
    /// A date.
    Date(Date),
    /// Yes or no.
    YesNo(bool),
    /// A number.
    Number(f64),
}

/// What is wrong with an answer or a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It is needed for the booking, and not there.
    #[error("this is needed")]
    Missing,
    /// The visit asks nothing of this name.
    #[error("this visit asks nothing of this name")]
    Unknown,
    /// A text was asked for.
    #[error("a text is needed")]
    NotAText,
    /// None of the choices.
    #[error("one of the choices is needed")]
    NotAChoice,
    /// No date, or one that does not exist.
    #[error("a date that exists is needed, such as 2026-11-24")]
    NotADate,
    /// Neither yes nor no.
    #[error("yes or no is needed")]
    NotYesOrNo,
    /// No number, or one beyond all measure.
    #[error("a number is needed, such as 38 or 3.5")]
    NotANumber,
    /// More than can be kept.
    #[error("at most {LONGEST_ANSWER} characters are kept")]
    TooLong,
    /// The words of the consent were others when the page was shown.
    #[error("the words of this consent have changed: read them again")]
    Changed,
}

impl Answer {
    /// What was given to this question: JSON of the answer's kind, or text as a form sends it. `None`: nothing.
    pub fn parse(question: &Question, given: &Value) -> Result<Option<Self>, Wrong> {
        let kind = question.kind;
        match given {
            Value::Null => Ok(None),
            Value::String(text) if text.chars().all(|c| c.is_whitespace() || c.is_control()) => Ok(None),
            Value::String(text) => Self::typed(question, text.trim()).map(Some),
            Value::Bool(yes) if kind == AnswerKind::YesNo => Ok(Some(Self::YesNo(*yes))),
            Value::Number(number) if kind == AnswerKind::Number => {
                number.as_f64().map_or(Err(Wrong::NotANumber), bounded)
            }
            _ => Err(not_a(kind)),
        }
    }

    fn typed(question: &Question, text: &str) -> Result<Self, Wrong> {
        Ok(match question.kind {
            AnswerKind::Text => Self::Text(tidy(text)?),
            AnswerKind::Choice => {
                let choice = question.choices.iter().find(|choice| choice.trim() == text);
                Self::Choice(choice.ok_or(Wrong::NotAChoice)?.clone())
            }
            AnswerKind::Date => {
                let date: Option<Date> = (text.len() == 10).then(|| text.parse().ok()).flatten();
                let date = date.filter(|date| YEARS.contains(&date.year()));
                Self::Date(date.ok_or(Wrong::NotADate)?)
            }
            AnswerKind::YesNo if text == "yes" => Self::YesNo(true),
            AnswerKind::YesNo if text == "no" => Self::YesNo(false),
            AnswerKind::Number => return number(text)?.ok_or(Wrong::NotANumber),
            AnswerKind::YesNo => return Err(Wrong::NotYesOrNo),
        })
    }

    /// As a form field holds it: `yes`, `2026-11-24`, `3.5`, the text or the choice itself.
    pub fn as_typed(&self) -> String {
        match self {
            Self::Text(text) | Self::Choice(text) => text.clone(),
            Self::Date(date) => date.to_string(),
            Self::YesNo(yes) => (if *yes { "yes" } else { "no" }).into(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Choice(_) => "Choice(…)",
            Self::Date(_) => "Date(…)",
            Self::YesNo(_) => "YesNo(…)",
            Self::Number(_) => "Number(…)",
        })
    }
}

const fn not_a(kind: AnswerKind) -> Wrong {
    match kind {
        AnswerKind::Text => Wrong::NotAText,
        AnswerKind::Choice => Wrong::NotAChoice,
        AnswerKind::Date => Wrong::NotADate,
        AnswerKind::YesNo => Wrong::NotYesOrNo,
        AnswerKind::Number => Wrong::NotANumber,
    }
}

/// Lines as they were typed, without the characters that nobody types.
fn tidy(text: &str) -> Result<String, Wrong> {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let tidy: String = lines
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    if tidy.chars().count() > LONGEST_ANSWER {
        return Err(Wrong::TooLong);
    }
    Ok(tidy.trim().to_owned())
}

/// Digits with at most one point, or one comma that cannot stand for thousands.
fn number(text: &str) -> Result<Option<Answer>, Wrong> {
    let text = match text.split_once(',') {
        Some((whole, part)) if part.len() < 3 => format!("{whole}.{part}"),
        _ => text.to_owned(),
    };
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.bytes().any(|b| b.is_ascii_digit());
    if !plain {
        return Err(Wrong::NotANumber);
    }
    bounded(text.parse().map_err(|_| Wrong::NotANumber)?)
}

fn bounded(number: f64) -> Result<Option<Answer>, Wrong> {
    if number.is_finite() && number.abs() <= LARGEST {
        Ok(Some(Answer::Number(number)))
    } else {
        Err(Wrong::NotANumber)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn question(kind: AnswerKind) -> Question {
        Question {
            key: "q".parse().unwrap(),
            kind,
            label: "?".into(),
            help: String::new(),
            choices: vec!["At the breast".into(), "A mix".into()],
            required: false,
            ask: crate::practice::intake::Ask::Later,
            when: None,
        }
    }

    fn parse(kind: AnswerKind, given: &Value) -> Result<Option<Answer>, Wrong> {
        Answer::parse(&question(kind), given)
    }

    #[test]
    fn an_answer_is_of_its_questions_kind() {
        for (kind, given, typed) in [
            (
                AnswerKind::Text,
                json!(" It hurts.\r\nMostly left. "),
                "It hurts.\nMostly left.",
            ),
            (AnswerKind::Choice, json!("A mix"), "A mix"),
            (AnswerKind::Date, json!("2024-02-29"), "2024-02-29"),
            (AnswerKind::YesNo, json!(true), "yes"),
            (AnswerKind::YesNo, json!("no"), "no"),
            (AnswerKind::Number, json!(38), "38"),
            (AnswerKind::Number, json!(" 3.5"), "3.5"),
            (AnswerKind::Number, json!("3,5"), "3.5"),
            (AnswerKind::Number, json!("-2"), "-2"),
        ] {
            assert_eq!(parse(kind, &given).unwrap().unwrap().as_typed(), typed, "{given}");
        }
    }

    #[test]
    fn nothing_typed_is_no_answer() {
        for nothing in [json!(null), json!(""), json!(" \n ")] {
            assert_eq!(parse(AnswerKind::Date, &nothing), Ok(None));
        }
    }

    #[test]
    fn what_the_question_cannot_mean_is_refused_with_the_reason() {
        for (kind, given, wrong) in [
            (AnswerKind::Text, json!(7), Wrong::NotAText),
            (AnswerKind::Text, json!(["a"]), Wrong::NotAText),
            (AnswerKind::Text, json!("x".repeat(LONGEST_ANSWER + 1)), Wrong::TooLong),
            (AnswerKind::Choice, json!("Neither"), Wrong::NotAChoice),
            (AnswerKind::Choice, json!(true), Wrong::NotAChoice),
            (AnswerKind::Date, json!("2026-02-30"), Wrong::NotADate),
            (AnswerKind::Date, json!("0001-01-01"), Wrong::NotADate),
            (AnswerKind::Date, json!("2026-02-03T10:00"), Wrong::NotADate),
            (AnswerKind::YesNo, json!("perhaps"), Wrong::NotYesOrNo),
            (AnswerKind::YesNo, json!(1), Wrong::NotYesOrNo),
            (AnswerKind::Number, json!("many"), Wrong::NotANumber),
            (AnswerKind::Number, json!("NaN"), Wrong::NotANumber),
            (AnswerKind::Number, json!("inf"), Wrong::NotANumber),
            (AnswerKind::Number, json!("1e5"), Wrong::NotANumber),
            (AnswerKind::Number, json!("3,500"), Wrong::NotANumber),
            (AnswerKind::Number, json!("1.2.3"), Wrong::NotANumber),
            (AnswerKind::Number, json!("."), Wrong::NotANumber),
            (AnswerKind::Number, json!(1e300), Wrong::NotANumber),
            (AnswerKind::Number, json!(true), Wrong::NotANumber),
            (AnswerKind::Number, json!({"n": 1}), Wrong::NotANumber),
        ] {
            assert_eq!(parse(kind, &given), Err(wrong), "{given}");
        }
    }

    #[test]
    fn the_log_never_shows_an_answer() {
        let answer = parse(AnswerKind::Text, &json!("It hurts")).unwrap().unwrap();
        assert_eq!(format!("{answer:?}"), "Text(…)");
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_an_answer_that_reads_back_the_same_or_refused(text in any::<String>(), which in 0_usize..5) {
            use AnswerKind::{Choice, Date, Number, Text, YesNo};
            let kind = [Text, Choice, Date, YesNo, Number][which];
            if let Ok(Some(answer)) = parse(kind, &json!(text)) {
                prop_assert!(parse(kind, &json!(answer.as_typed())) == Ok(Some(answer.clone())));
                let sealed = serde_json::to_string(&answer).unwrap();
                prop_assert!(serde_json::from_str::<Answer>(&sealed).unwrap() == answer);
            }
        }
    }
}
