//! From a context to the three parts of a mail.

use std::borrow::Cow;

use serde::Serialize;

use super::MailFacts;
use crate::view::{View, ViewError};

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MailParts {
    /// One line, without control characters.
    pub subject: String,
    /// The plain part: lines end in `\n`, every link stands alone on its line.
    pub text: String,
    /// The HTML part, its styles written into the elements.
    pub html: String,
}

/// The three parts of a mail.
pub fn render<M: MailFacts>(view: &View, mail: &M) -> Result<MailParts, ViewError> {
    let part = |name: &str| format!("mail/{}/{name}", M::KIND);
    Ok(MailParts {
        subject: one_line(&view.render_as(&part("subject.txt"), mail)?),
        text: paragraphs(&view.render_as(&part("text.txt"), mail)?),
        html: view.render_inlined(&part("html.html"), mail)?,
    })
}

/// Words parted by single blanks: a line break from a template, or from a name that tries to add a header, is gone.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Paragraphs parted by one empty line, however many the template's conditions left; a wider gap is kept as two, so that the
/// foot stands off. The signature mark `-- ` keeps its blank (RFC 3676, section 4.3).
fn paragraphs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        let line = if line == "-- " { line } else { line.trim() };
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() && empty > 0 {
            out.push('\n');
        }
        empty = 0;
        for (at, word) in line.split(' ').enumerate() {
            if at > 0 {
                out.push(' ');
            }
            out.push_str(&apart(word));
        }
        out.push('\n');
    }
    out
}

/// A link in the practice's own words ("pay at https://….") stands apart from the point that ends its sentence.
fn apart(word: &str) -> Cow<'_, str> {
    let end = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '”', '"']);
    if end.len() < word.len() && (end.contains("https://") || end.contains("http://")) {
        Cow::Owned(format!("{end} {}", &word[end.len()..]))
    } else {
        Cow::Borrowed(word)
    }
}
