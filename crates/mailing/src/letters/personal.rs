//! The personal fields of a letter, a fixed little language: `{{first name}}`, `{{name}}`, each with what stands there when no name is known:
//! `{{first name|there}}`. Nothing else is read between such braces; a name never becomes markup or a link.
//!
//! A letter is rendered once. A field becomes a mark of private characters, which no sanitiser touches, and is filled in for each recipient.

use kernel::called;

/// Around a field: its first letter, what stands there without a name, and the end.
const BEGIN: char = '\u{E000}';
const END: char = '\u{E002}';
/// The longest text between braces, in bytes.
const LONGEST: usize = 80;

/// What a field stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    First,
    Whole,
}

impl Field {
    fn named(word: &str) -> Option<Self> {
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        match word.as_str() {
            "first name" => Some(Self::First),
            "name" => Some(Self::Whole),
            _ => None,
        }
    }

    fn letter(self) -> char {
        match self {
            Self::First => 'f',
            Self::Whole => 'n',
        }
    }
}

/// A piece of a text.
enum Piece<'a> {
    Words(&'a str),
    Field(Field, &'a str),
    Unknown(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut all, mut rest) = (Vec::new(), text);
    while let Some(start) = rest.find("{{") {
        let (before, from) = rest.split_at(start);
        let inside = &from[2..];
        let Some(length) = inside
            .find("}}")
            .filter(|&n| n <= LONGEST && !inside[..n].contains('\n'))
        else {
            all.push(Piece::Words(&rest[..start + 2]));
            rest = inside;
            continue;
        };
        all.push(Piece::Words(before));
        let (whole, content) = (&from[..length + 4], &inside[..length]);
        let (word, or) = content.split_once('|').unwrap_or((content, ""));
        all.push(Field::named(word).map_or(Piece::Unknown(whole), |field| Piece::Field(field, or.trim())));
        rest = &inside[length + 2..];
    }
    all.push(Piece::Words(rest));
    all
}

/// The text with marks in the places of its fields.
pub(super) fn marked(text: &str) -> String {
    let private = |c: &char| !matches!(*c, BEGIN | END);
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) | Piece::Unknown(words) => out.extend(words.chars().filter(private)),
            Piece::Field(field, or) => {
                out.extend([BEGIN, field.letter()]);
                out.extend(or.chars().filter(private));
                out.push(END);
            }
        }
    }
    out
}

/// The text as somebody without a name reads it: an article, a preview.
pub(super) fn without_name(text: &str) -> String {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) | Piece::Unknown(words) | Piece::Field(_, words) => words,
        })
        .collect()
}

/// What stands between braces and is no field.
pub(super) fn unknown(text: &str) -> Vec<String> {
    pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Unknown(whole) => Some(whole.to_owned()),
            _ => None,
        })
        .collect()
}

/// Fills the marks in for one recipient; `html`: her name is escaped.
pub fn filled(text: &str, name: Option<&str>, html: bool) -> String {
    if !text.contains(BEGIN) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(BEGIN) {
        out.push_str(&rest[..start]);
        let mark = &rest[start + BEGIN.len_utf8()..];
        let end = mark.find(END).unwrap_or(mark.len());
        let mut content = mark[..end].chars();
        let called = match content.next() {
            Some('f') => name.and_then(called::greeting_name),
            _ => name.and_then(called::listed_name),
        };
        match called {
            Some(name) if html => out.push_str(&escaped(&name)),
            Some(name) => out.push_str(&name),
            None => out.push_str(content.as_str()),
        }
        rest = mark.get(end + END.len_utf8()..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_field_is_filled_with_a_name_or_with_what_stands_for_it() {
        let text = "Hello {{first name|there}}, dear {{ Name }}. {{age}} {{{{";
        let fill = |name| filled(&marked(text), name, false);
        assert_eq!(fill(Some("Ana Lee")), "Hello Ana, dear Ana Lee. {{age}} {{{{");
        assert_eq!(fill(None), "Hello there, dear . {{age}} {{{{");
        assert_eq!(without_name(text), fill(None));
        assert_eq!(unknown(text), ["{{age}}"]);
    }

    #[test]
    fn a_name_never_becomes_markup_or_a_link() {
        let fill = |name| filled(&marked("{{name|you}}"), Some(name), true);
        assert_eq!(fill("<b>Ana</b>"), "you");
        assert_eq!(fill("http://evil.example Ana"), "Ana");
        assert_eq!(fill("O'Nualláin"), "O'Nualláin");
        assert_eq!(filled(&marked("a\u{E000}n\u{E002}b"), Some("Ana"), false), "anb");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_no_mark_is_left(text in "(\\{\\{|\\}\\}|first name|name|\\||\u{E000}|\u{E002}|[a-z\n]){0,30}") {
            let text = filled(&marked(&text), Some("Ana"), true);
            prop_assert!(!text.contains([BEGIN, END]));
        }
    }
}
