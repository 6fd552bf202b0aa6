//! Papers: receipts and what else is printed, as PDF.
//!
//! A paper is a context with samples and a template, like a page; its template writes lines of a small language, one a line: a word,
//! a tab, and texts parted by tabs (`fact`, label, value). [`Sheet::read`] reads them and [`Sheet::draw`] sets them on paper. Names are
//! shaped with the first font that has their letters, so that a reader finds them again as text.

mod receipt;
mod set;

pub use receipt::{ReceiptPaper, ReceiptRow};

use serde::Serialize;

use super::{View, ViewError};

/// A paper: the template of its lines.
pub trait Paper: Serialize {
    /// Below `templates/`.
    const TEMPLATE: &'static str;

    /// One value for every state worth looking at.
    fn samples() -> Vec<Self>
    where
        Self: Sized;

    /// Whether it is set on letter paper; else on A4.
    fn on_letter(&self) -> bool;
}

/// Why a paper cannot be printed.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// Its words.
    #[error("the paper has no words")]
    Words(#[from] ViewError),
    /// A font is missing or broken.
    #[error("a font of the paper cannot be read")]
    Font,
    /// The template writes a line of no known kind.
    #[error("the paper has a line that cannot be set: {0:?}")]
    Line(String),
    /// The PDF could not be written.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}

/// Prints a paper.
pub fn print<P: Paper>(view: &View, paper: &P) -> Result<Vec<u8>, PaperError> {
    let text = view.render_as(P::TEMPLATE, paper)?;
    Sheet::read(&text)?.draw(paper.on_letter())
}

/// One line that can stand in a paper: control signs are blanks, because a tab or a break would be another line.
pub fn cell(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What stands on a paper, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sheet {
    title: String,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    /// The issuer: bold, then the rest.
    Issuer(String),
    Head(String),
    Heading(String),
    Fact(String, String),
    Row(String, String),
    Total(String, String),
    Note(String),
}

impl Sheet {
    fn read(text: &str) -> Result<Self, PaperError> {
        let (mut title, mut lines) = (String::new(), Vec::new());
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let parts: Vec<&str> = line.split('\t').map(str::trim).collect();
            match parts.as_slice() {
                ["title", text] => (*text).clone_into(&mut title),
                ["issuer", text] => lines.push(Line::Issuer((*text).into())),
                ["head", text] => lines.push(Line::Head((*text).into())),
                ["heading", text] => lines.push(Line::Heading((*text).into())),
                ["fact", label, value] => lines.push(Line::Fact((*label).into(), (*value).into())),
                ["row", text, amount] => lines.push(Line::Row((*text).into(), (*amount).into())),
                ["total", label, amount] => lines.push(Line::Total((*label).into(), (*amount).into())),
                ["note", text] => lines.push(Line::Note((*text).into())),
                _ => return Err(PaperError::Line(line.to_owned())),
            }
        }
        Ok(Self { title, lines })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paper_is_printed_with_every_sample() {
        let view = View::load().unwrap();
        for paper in ReceiptPaper::samples() {
            let pdf = print(&view, &paper).unwrap();
            assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 2_000);
        }
    }

    #[test]
    fn a_line_of_no_kind_is_an_error_and_a_name_cannot_begin_one() {
        assert!(matches!(Sheet::read("stamp\tx"), Err(PaperError::Line(_))));
        assert_eq!(cell(" Ana\tLee\nrow\t9 "), "Ana Lee row 9");
    }
}
