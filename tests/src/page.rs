//! A page as a visitor gets it: its words, its links and its forms.

use reqwest::{Url, header::HeaderMap};
use scraper::{ElementRef, Html, Selector};

use crate::form::Form;

/// An answer of the program.
#[derive(Clone, Debug)]
pub struct Page {
    /// The status code.
    pub status: u16,
    /// Where it came from.
    pub url: Url,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; bytes that are no UTF-8 are replaced.
    pub body: String,
}

impl Page {
    /// This page, if its status is the expected one; otherwise the test ends with what it says.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "the demand alone is often the point")]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status,
            status,
            "{} answered {}, not {status}:\n{}",
            self.url,
            self.status,
            self.excerpt()
        );
        self
    }

    fn excerpt(&self) -> String {
        let words = self.words();
        let text = if words.is_empty() { &self.body } else { &words };
        text.chars().take(1500).collect()
    }

    /// A header's text, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// Where a redirect leads, as a whole address.
    #[track_caller]
    pub fn location(&self) -> Url {
        let to = self.header("location");
        assert!(
            !to.is_empty(),
            "{} answered {} and leads nowhere:\n{}",
            self.url,
            self.status,
            self.excerpt()
        );
        self.url.join(to).unwrap()
    }

    /// The words of the page as they are read, white space folded; without its scripts, styles and templates.
    pub fn words(&self) -> String {
        let html = Html::parse_document(&self.body);
        let mut words = String::new();
        read_words(html.root_element(), &mut words);
        fold(&words)
    }

    /// Whether these words stand on the page.
    pub fn says(&self, words: &str) -> bool {
        self.words().contains(&fold(words))
    }

    /// Demands that these words stand on the page.
    #[track_caller]
    pub fn must_say(&self, words: &str) -> &Self {
        assert!(
            self.says(words),
            "{} does not say {words:?}:\n{}",
            self.url,
            self.words()
        );
        self
    }

    /// Demands that these words do not stand on the page.
    #[track_caller]
    pub fn must_not_say(&self, words: &str) -> &Self {
        assert!(!self.says(words), "{} says {words:?}:\n{}", self.url, self.words());
        self
    }

    /// How many elements match.
    pub fn count(&self, css: &str) -> usize {
        Html::parse_document(&self.body).select(&selector(css)).count()
    }

    /// The words of every element that matches.
    pub fn texts(&self, css: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        html.select(&selector(css))
            .map(|element| {
                let mut words = String::new();
                read_words(element, &mut words);
                fold(&words)
            })
            .collect()
    }

    /// The words of the one element that matches.
    #[track_caller]
    pub fn text(&self, css: &str) -> String {
        let mut all = self.texts(css);
        assert_eq!(
            all.len(),
            1,
            "{} has {} elements {css}: {all:?}\n{}",
            self.url,
            all.len(),
            self.excerpt()
        );
        all.remove(0)
    }

    /// An attribute of every element that matches and has it.
    pub fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        html.select(&selector(css))
            .filter_map(|e| e.attr(name))
            .map(str::to_owned)
            .collect()
    }

    /// The first link that matches, as a whole address.
    #[track_caller]
    pub fn link(&self, css: &str) -> Url {
        let found = self.attributes(css, "href");
        let href = found
            .first()
            .unwrap_or_else(|| panic!("{} has no link {css}:\n{}", self.url, self.body));
        self.url.join(href).unwrap()
    }

    /// The one form that matches, with everything filled in that the page filled in.
    #[track_caller]
    pub fn form(&self, css: &str) -> Form {
        let html = Html::parse_document(&self.body);
        let forms: Vec<_> = html.select(&selector(css)).collect();
        assert_eq!(
            forms.len(),
            1,
            "{} has {} forms {css}:\n{}",
            self.url,
            forms.len(),
            self.excerpt()
        );
        Form::read(&html, forms[0], &self.url)
    }
}

#[track_caller]
pub(crate) fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|e| panic!("{css} is no selector: {e}"))
}

fn read_words(element: ElementRef<'_>, words: &mut String) {
    if matches!(element.value().name(), "script" | "style" | "template" | "head") {
        return;
    }
    for child in element.children() {
        if let Some(text) = child.value().as_text() {
            words.push_str(text);
        } else if let Some(inner) = ElementRef::wrap(child) {
            let inline = [
                "a", "b", "strong", "em", "i", "span", "time", "small", "abbr", "sup", "code",
            ];
            let apart = !inline.contains(&inner.value().name());
            if apart {
                words.push(' ');
            }
            read_words(inner, words);
            if apart {
                words.push(' ');
            }
        }
    }
}

/// White space folded to single spaces, no-break spaces and typographic isolates among it.
pub fn fold(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{2066}'..='\u{2069}' | '\u{200b}'))
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const BOOKING: &str = r#"<!doctype html><head><title>no words</title></head><body><h1>Book  your
        visit</h1><script>no words</script><p>See <a href="/services">all</a>.</p>
        <form id="book" method="post" action="?step=2">
          <input type="hidden" name="key" value="k1"><input name="name" value="Ada">
          <input type="radio" name="channel" value="phone"><input type="radio" name="channel" value="video" checked>
          <input type="checkbox" name="news" value="yes"><textarea name="note">
hello</textarea>
          <select name="zone"><option>UTC</option><option value="Europe/Paris" selected>Paris</option></select>
          <input name="off" value="x" disabled><button name="go" value="1">Book</button><button name="go" value="2">Other</button>
        </form><input name="late" value="z" form="book"></body>"#;

    pub(crate) fn page() -> Page {
        let url = "http://127.0.0.1/book/mini?day=1".parse().unwrap();
        Page {
            status: 200,
            url,
            headers: HeaderMap::new(),
            body: BOOKING.to_owned(),
        }
    }

    #[test]
    fn the_words_of_a_page_are_those_that_are_read() {
        assert!(page().words().starts_with("Book your visit See all."));
        assert_eq!(page().text("h1"), "Book your visit");
        assert_eq!(page().link("p a").as_str(), "http://127.0.0.1/services");
        page().must_say("See all.").must_not_say("no words");
    }
}
