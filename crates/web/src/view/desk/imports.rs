//! Taking in a file of subscribers: the form, how far it is, and what was passed over.

use serde::Serialize;

use super::{Count, Desk, Tab};
use crate::view::Page;

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportStage {
    /// It is being read.
    Running,
    /// It is in.
    Done,
    /// It cannot be read.
    Failed,
}

/// A file that was taken in, or is.
#[derive(Debug, Clone, Serialize)]
pub struct ImportRow {
    /// Its page.
    pub url: String,
    /// What it is called.
    pub name: String,
    /// How far it is.
    pub stage: ImportStage,
    /// When it came.
    pub when: String,
    /// "100,000".
    pub rows: String,
}

/// `/admin/subscribers/import`.
#[derive(Debug, Clone, Serialize)]
pub struct ImportForm {
    /// The frame.
    pub desk: Desk,
    /// Why the file was not taken.
    pub problem: Option<String>,
    /// The earlier ones, the newest first.
    pub earlier: Vec<ImportRow>,
}

/// `/admin/subscribers/imports/{id}`.
#[derive(Debug, Clone, Serialize)]
pub struct ImportPage {
    /// The frame.
    pub desk: Desk,
    /// This page.
    pub url: String,
    /// What the file is called.
    pub name: String,
    /// How far it is.
    pub stage: ImportStage,
    /// How much of it was read, of a hundred.
    pub percent: u64,
    /// Rows so far: "12,500".
    pub rows: String,
    /// What became of them.
    pub became: Vec<Count>,
    /// Why rows were passed over.
    pub refused: Vec<Count>,
    /// Why the file cannot be read.
    pub problem: Option<String>,
}

impl Page for ImportForm {
    const TEMPLATE: &'static str = "desk/import.html";

    fn samples() -> Vec<Self> {
        let row = |stage| ImportRow {
            url: "/admin/subscribers/imports/0199a3c2-0000-7000-8000-000000000000".into(),
            name: "subscribed_email_audience_export.csv".into(),
            stage,
            when: "Tuesday, November 24, 9:12 am".into(),
            rows: "100,000".into(),
        };
        let full = Self {
            desk: Desk::sample(Tab::Subscribers),
            problem: None,
            earlier: vec![
                row(ImportStage::Running),
                row(ImportStage::Done),
                row(ImportStage::Failed),
            ],
        };
        let wrong = Self {
            problem: Some("Choose a file first.".into()),
            earlier: Vec::new(),
            ..full.clone()
        };
        vec![full, wrong]
    }
}

impl Page for ImportPage {
    const TEMPLATE: &'static str = "desk/importing.html";

    fn samples() -> Vec<Self> {
        let count = |count, words: &str| Count {
            count,
            words: words.into(),
        };
        let running = Self {
            desk: Desk::sample(Tab::Subscribers),
            url: "/admin/subscribers/imports/0199a3c2-0000-7000-8000-000000000000".into(),
            name: "subscribed_email_audience_export.csv".into(),
            stage: ImportStage::Running,
            percent: 42,
            rows: "12,500".into(),
            became: vec![count(12_400, "new: they get your letters")],
            refused: Vec::new(),
            problem: None,
        };
        let done = Self {
            stage: ImportStage::Done,
            percent: 100,
            refused: vec![count(3, "no e-mail address that mail could go to")],
            ..running.clone()
        };
        let failed = Self {
            stage: ImportStage::Failed,
            became: Vec::new(),
            problem: Some("no column is called email: the first line has mail, name".into()),
            ..running.clone()
        };
        vec![running, done, failed]
    }
}
