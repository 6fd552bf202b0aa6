//! What a letter says of itself: `title`, `slug`, `topic`, `summary`, `published`, in TOML between two lines `+++`.

use kernel::instant::Instant;
use serde::Deserialize;

use crate::consent::{Topic, UnknownTopic};

/// The longest title, in characters.
const TITLE: usize = 200;
/// The longest slug, in characters.
const SLUG: usize = 80;
/// The longest summary, in characters.
const SUMMARY: usize = 300;

/// A letter as its file says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub slug: String,
    pub title: String,
    pub topic: Topic,
    pub summary: Option<String>,
    pub published: Published,
    pub markdown: String,
}

/// Whether the site shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Published {
    /// A draft.
    No,
    /// From the moment it is added, or since it first was.
    Yes,
    /// From this moment on.
    At(Instant),
}

/// What is wrong with a letter's file.
#[derive(Debug, thiserror::Error)]
pub enum FrontMatterError {
    /// The file does not begin with front matter.
    #[error("a letter begins with a line +++, then title, topic and published, then another line +++")]
    Missing,
    /// The front matter is no TOML, or has a key that means nothing here.
    #[error("the front matter cannot be read: {0}")]
    Toml(String),
    /// No title.
    #[error("title: a letter needs a title of one line, at most {TITLE} characters long")]
    Title,
    /// No such topic.
    #[error("topic: {0}")]
    Topic(#[source] UnknownTopic),
    /// No address can be made of it.
    #[error(
        "slug: lower-case letters a to z, digits and single hyphens, at most {SLUG} of them; set one if the title has none"
    )]
    Slug,
    /// Too long for a list.
    #[error("summary: at most {SUMMARY} characters")]
    Summary,
    /// Neither yes, no nor a moment.
    #[error("published: true, false, a date such as 2026-11-24, or a time such as 2026-11-24T09:00:00Z")]
    Published,
    /// Nothing to read.
    #[error("the letter has no text below its front matter")]
    Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    title: String,
    slug: Option<String>,
    topic: String,
    summary: Option<String>,
    published: Option<toml::Value>,
}

/// Reads and checks a letter's file.
pub(super) fn parse(file: &str) -> Result<Source, FrontMatterError> {
    let file = file.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let rest = file.trim_start().strip_prefix("+++").ok_or(FrontMatterError::Missing)?;
    let rest = rest.trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix('\n').ok_or(FrontMatterError::Missing)?;
    let (front, markdown) = split(rest).ok_or(FrontMatterError::Missing)?;
    let keys: Keys = toml::from_str(front).map_err(|e| {
        // The library shows the line with a caret below; one line is enough here.
        let line = e
            .span()
            .map_or(0, |s| front[..s.start.min(front.len())].matches('\n').count() + 2);
        FrontMatterError::Toml(format!("line {line}: {}", e.message()))
    })?;

    let slug = keys.slug.unwrap_or_else(|| slug_of(keys.title.trim()));
    let topic = keys.topic.parse().map_err(FrontMatterError::Topic);
    let published = published(keys.published);
    // What stands first in the file is told first.
    let checked = Source::checked(
        &keys.title,
        slug,
        Topic::OtherNews,
        keys.summary,
        Published::No,
        markdown,
    )?;
    Ok(Source {
        topic: topic?,
        published: published?,
        ..checked
    })
}

impl Source {
    /// What was written, once it is fit to be kept.
    pub fn checked(
        title: &str,
        slug: String,
        topic: Topic,
        summary: Option<String>,
        published: Published,
        markdown: &str,
    ) -> Result<Self, FrontMatterError> {
        let title = title.trim().to_owned();
        if title.is_empty() || title.chars().count() > TITLE || title.chars().any(char::is_control) {
            return Err(FrontMatterError::Title);
        }
        if !is_slug(&slug) {
            return Err(FrontMatterError::Slug);
        }
        let summary = summary.map(|s| s.split_whitespace().collect::<Vec<_>>().join(" "));
        if summary.as_ref().is_some_and(|s| s.chars().count() > SUMMARY) {
            return Err(FrontMatterError::Summary);
        }
        let markdown = markdown.trim();
        if markdown.is_empty() {
            return Err(FrontMatterError::Text);
        }
        Ok(Self {
            slug,
            title,
            topic,
            summary: summary.filter(|s| !s.is_empty()),
            published,
            markdown: format!("{markdown}\n"),
        })
    }
}

/// What stands before and after the second line `+++`.
fn split(rest: &str) -> Option<(&str, &str)> {
    let mut start = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "+++" {
            return Some((&rest[..start], &rest[start + line.len()..]));
        }
        start += line.len();
    }
    None
}

/// A date alone is noon UTC, so that it is the same day in nearly every zone; a time without offset is UTC.
fn published(value: Option<toml::Value>) -> Result<Published, FrontMatterError> {
    let text = match value {
        None => return Ok(Published::No),
        Some(toml::Value::Boolean(yes)) => {
            return Ok(if yes { Published::Yes } else { Published::No });
        }
        Some(toml::Value::Datetime(at)) => at.to_string(),
        Some(toml::Value::String(text)) => text,
        Some(_) => return Err(FrontMatterError::Published),
    };
    let wrong = |_| FrontMatterError::Published;
    let noon = |text: &str| format!("{text}T12:00:00Z").parse();
    let utc = |text: &str| format!("{text}Z").parse();
    text.parse()
        .or_else(|_| if text.contains([':']) { utc(&text) } else { noon(&text) })
        .map(Published::At)
        .map_err(wrong)
}

/// An address made of a title: `Is it enough?` becomes `is-it-enough`.
pub(super) fn slug_of(title: &str) -> String {
    let mut slug = String::new();
    for c in title.chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => slug.push(c),
            '\'' | '’' => {}
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(SLUG);
    slug.trim_end_matches('-').to_owned()
}

fn is_slug(slug: &str) -> bool {
    let fits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    slug.len() <= SLUG && slug.split('-').all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LETTER: &str =
        "+++\ntitle = \"Is it enough?\"\ntopic = \"blog-posts\"\npublished = 2026-11-20\n+++\n\nSix wet nappies.\n";

    #[test]
    fn a_letter_is_read_with_what_it_says_of_itself() {
        let source = parse(LETTER).unwrap();
        assert_eq!(source.slug, "is-it-enough");
        assert_eq!(source.title, "Is it enough?");
        assert_eq!(source.topic, Topic::BlogPosts);
        assert_eq!(source.published, Published::At("2026-11-20T12:00:00Z".parse().unwrap()));
        assert_eq!(source.markdown, "Six wet nappies.\n");
        assert_eq!(parse(&LETTER.replace('\n', "\r\n")).unwrap(), source);
        assert_eq!(parse(&format!("\u{feff}{LETTER}")).unwrap(), source);
    }

    #[test]
    fn published_is_yes_no_a_date_or_a_time() {
        let read = |value: &str| parse(&LETTER.replace("published = 2026-11-20", value)).map(|s| s.published);
        let at = |text: &str| Published::At(text.parse().unwrap());
        assert_eq!(read("published = true").unwrap(), Published::Yes);
        assert_eq!(read("published = false").unwrap(), Published::No);
        assert_eq!(read("").unwrap(), Published::No);
        assert_eq!(
            read("published = 2026-11-20T09:00:00-05:00").unwrap(),
            at("2026-11-20T14:00:00Z")
        );
        assert_eq!(
            read("published = 2026-11-20T09:00:00").unwrap(),
            at("2026-11-20T09:00:00Z")
        );
        assert_eq!(
            read("published = \"2026-11-20T09:00:00Z\"").unwrap(),
            at("2026-11-20T09:00:00Z")
        );
        for wrong in ["published = \"soon\"", "published = 7", "published = 09:00:00"] {
            assert!(matches!(read(wrong), Err(FrontMatterError::Published)), "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_at_its_place() {
        let wrong = |from: &str, to: &str| parse(&LETTER.replace(from, to)).unwrap_err().to_string();
        assert!(
            parse("# Hello")
                .unwrap_err()
                .to_string()
                .starts_with("a letter begins with")
        );
        assert!(wrong("+++\n\nSix", "Six").starts_with("a letter begins with"));
        assert!(wrong("\"Is it enough?\"", "\" \"").starts_with("title:"));
        assert!(wrong("title = \"Is it enough?\"", "").contains("missing field `title`"));
        assert!(wrong("blog-posts", "gossip").starts_with("topic: there is no topic \"gossip\""));
        assert!(wrong("topic", "slug = \"Not a slug\"\ntopic").starts_with("slug:"));
        assert!(wrong("Is it enough?", "¿…?").starts_with("slug:"));
        assert!(wrong("topic", "tpoic").starts_with("the front matter cannot be read: line 3: unknown field `tpoic`"));
        assert!(wrong("Six wet nappies.", " ").starts_with("the letter has no text"));
    }

    proptest! {
        #[test]
        fn a_slug_made_of_a_title_is_a_slug_or_nothing(title in "\\PC{0,120}") {
            let slug = slug_of(&title);
            prop_assert!(slug.is_empty() || is_slug(&slug), "{}", slug);
        }

        #[test]
        fn no_file_makes_the_reader_panic(file in "(\\+\\+\\+\n)?\\PC{0,40}\n(\\+\\+\\+\n)?\\PC{0,40}") {
            let _ = parse(&file);
        }
    }
}
