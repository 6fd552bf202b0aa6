//! Pieces of the desk's long forms: what was typed, what can be chosen, and what is wrong with it.

use serde::Serialize;

/// What stands in a field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Input {
    /// What was typed, or stands there already.
    pub value: String,
    /// What is wrong with it, as a sentence.
    pub problem: Option<String>,
}

impl Input {
    /// With nothing wrong.
    pub fn of(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            problem: None,
        }
    }
}

/// One of the things that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What it is called.
    pub label: String,
    /// A quiet line under it.
    pub hint: Option<String>,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// One without a hint.
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: bool) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: None,
            chosen,
        }
    }

    /// With a quiet line under it.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Several things to choose from, and what is wrong with the choice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Choices {
    /// In the order in which they are offered.
    pub all: Vec<Choice>,
    /// As a sentence.
    pub problem: Option<String>,
}

impl Choices {
    /// With nothing wrong.
    pub fn of(all: Vec<Choice>) -> Self {
        Self { all, problem: None }
    }
}
