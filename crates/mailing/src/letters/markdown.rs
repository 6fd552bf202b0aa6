//! Markdown to HTML: headings get ids and a list of contents; what could run, or tell another site who reads, is taken out.
//!
//! Raw HTML is allowed and sanitised. A picture from another site becomes a link to it: opening a page asks nobody else for anything.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream, html};

use super::front_matter::slug_of;
use super::personal;

/// A heading of a letter's list of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 2 or 3: the title of the page is 1.
    pub level: u8,
    /// Where a link `#id` leads.
    pub id: String,
    /// Without markup.
    pub text: String,
}

/// A letter's text as a page shows it.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub html: String,
    pub contents: Vec<Heading>,
}

/// The classes of highlighted quotations, such as `> [!WARNING]`.
const ALERTS: [&str; 5] = [
    "markdown-alert-note",
    "markdown-alert-tip",
    "markdown-alert-important",
    "markdown-alert-warning",
    "markdown-alert-caution",
];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .add_allowed_classes("blockquote", ALERTS)
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(|element, attribute, value| {
            let foreign = element == "img" && attribute == "src" && !is_ours(value);
            (!foreign).then_some(value.into())
        });
    for heading in ["h2", "h3", "h4", "h5", "h6"] {
        builder.add_tag_attributes(heading, ["id"]);
    }
    builder.rm_tags(["h1"]);
    builder
});

/// Renders a letter's Markdown.
pub(super) fn render(markdown: &str) -> Rendered {
    rendered(markdown, personal::without_name)
}

/// Renders it for a mail: personal fields become marks that are filled in for each recipient.
pub(super) fn render_for_mail(markdown: &str) -> Rendered {
    rendered(markdown, personal::marked)
}

fn rendered(markdown: &str, names: fn(&str) -> String) -> Rendered {
    let mut contents = Vec::new();
    let mut ids = HashMap::new();
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut heading: Option<usize> = None;
    let mut foreign = false;
    for event in parser(markdown) {
        match event {
            Event::Start(Tag::Heading { level, classes, .. }) => {
                heading = Some(events.len());
                events.push(Event::Start(Tag::Heading {
                    level: below_title(level),
                    id: None,
                    classes,
                    attrs: Vec::new(),
                }));
            }
            Event::End(TagEnd::Heading(level)) => {
                if let Some(start) = heading.take() {
                    name(&mut events, start, &mut ids, &mut contents);
                }
                events.push(Event::End(TagEnd::Heading(below_title(level))));
            }
            Event::Start(Tag::Image { dest_url, .. }) if !is_ours(&dest_url) => {
                foreign = true;
                events.push(Event::Start(Tag::Link {
                    link_type: LinkType::Inline,
                    dest_url,
                    title: CowStr::Borrowed(""),
                    id: CowStr::Borrowed(""),
                }));
            }
            Event::End(TagEnd::Image) if std::mem::take(&mut foreign) => {
                events.push(Event::End(TagEnd::Link));
            }
            Event::Text(words) if words.contains("{{") => events.push(Event::Text(names(&words).into())),
            other => events.push(other),
        }
    }
    let mut out = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut out, events.into_iter());
    Rendered {
        html: SANITISER.clean(&out).to_string(),
        contents,
    }
}

/// The first paragraph as plain text, cut at a word at about `length` characters.
pub(super) fn first_words(markdown: &str, length: usize) -> String {
    let mut text = String::new();
    let mut inside = false;
    for event in parser(markdown) {
        match event {
            Event::Start(Tag::Paragraph) => inside = true,
            Event::End(TagEnd::Paragraph) if !text.trim().is_empty() => break,
            Event::Text(t) | Event::Code(t) if inside => text.push_str(&personal::without_name(&t)),
            Event::SoftBreak | Event::HardBreak if inside => text.push(' '),
            _ => {}
        }
    }
    let mut out = String::new();
    for word in text.split_whitespace() {
        if out.chars().count() + word.chars().count() + 1 > length {
            out.push('…');
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

pub(super) fn parser(markdown: &str) -> TextMergeStream<'_, Parser<'_>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_SMART_PUNCTUATION
        | Options::ENABLE_GFM;
    TextMergeStream::new(Parser::new_ext(markdown, options))
}

/// Gives the heading that begins at `start` its id, and puts it into the contents.
fn name(events: &mut [Event<'_>], start: usize, ids: &mut HashMap<String, u32>, contents: &mut Vec<Heading>) {
    let text: String = events[start..]
        .iter()
        .filter_map(|e| match e {
            Event::Text(t) | Event::Code(t) => Some(t.as_ref()),
            Event::SoftBreak | Event::HardBreak => Some(" "),
            _ => None,
        })
        .collect();
    let text = text.trim().to_owned();
    let slug = Some(slug_of(&text)).filter(|s| !s.is_empty());
    let slug = slug.unwrap_or_else(|| "part".to_owned());
    let count = ids.entry(slug.clone()).or_insert(0);
    *count += 1;
    let id = if *count == 1 { slug } else { format!("{slug}-{count}") };
    if let Some(Event::Start(Tag::Heading { level, id: place, .. })) = events.get_mut(start) {
        *place = Some(CowStr::from(id.clone()));
        if *level <= HeadingLevel::H3 && !text.is_empty() {
            let level = if *level == HeadingLevel::H3 { 3 } else { 2 };
            contents.push(Heading { level, id, text });
        }
    }
}

/// The page's title is the only heading of the first level.
fn below_title(level: HeadingLevel) -> HeadingLevel {
    if level == HeadingLevel::H1 {
        HeadingLevel::H2
    } else {
        level
    }
}

/// A path on this site.
fn is_ours(url: &str) -> bool {
    url.starts_with('/') && !url.starts_with("//") && !url.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn headings_get_ids_and_stand_in_the_contents() {
        let rendered = render("# When to call\n\nText.\n\n## *Today*: `38 °C`\n\n### When to call\n\n#### Deep\n");
        let contents: Vec<_> = rendered
            .contents
            .iter()
            .map(|h| (h.level, h.id.as_str(), h.text.as_str()))
            .collect();
        assert_eq!(
            contents,
            [
                (2, "when-to-call", "When to call"),
                (2, "today-38-c", "Today: 38 °C"),
                (3, "when-to-call-2", "When to call"),
            ]
        );
        assert!(
            rendered.html.contains("<h2 id=\"when-to-call\">When to call</h2>"),
            "{}",
            rendered.html
        );
        assert!(rendered.html.contains("<h3 id=\"when-to-call-2\">"));
        assert!(!rendered.html.contains("<h1"));
    }

    #[test]
    fn what_could_run_or_ask_another_site_is_taken_out() {
        let markdown = "<script>alert(1)</script>\n\n<p onclick=\"x()\" style=\"color:red\">Hi</p>\n\n\
            [a](javascript:alert(1)) ![chart](https://tracker.example/p.gif) ![ours](/media/a.png)\n\n\
            <img src=\"//tracker.example/q.gif\" alt=\"q\"> <iframe src=\"https://x.example\"></iframe> <a href=\"https://y.example\">y</a>\n";
        let html = render(markdown).html;
        for gone in [
            "script",
            "onclick",
            "style=",
            "javascript:",
            "iframe",
            "src=\"https:",
            "src=\"//",
        ] {
            assert!(!html.contains(gone), "{gone} in {html}");
        }
        assert!(
            html.contains("<a href=\"https://tracker.example/p.gif\" rel=\"noopener noreferrer\">chart</a>"),
            "{html}"
        );
        assert!(html.contains("src=\"/media/a.png\"") && html.contains("<p>Hi</p>"));
        assert!(html.contains("href=\"https://y.example\""));
    }

    #[test]
    fn a_warning_is_a_quotation_with_a_class() {
        let html = render("> [!WARNING]\n> Call today.\n\n> An old saying.\n").html;
        assert!(html.contains("<blockquote class=\"markdown-alert-warning\">"), "{html}");
        assert!(html.contains("<blockquote>\n<p>An old saying."), "{html}");
    }

    #[test]
    fn the_first_words_are_a_summary_without_markup() {
        let markdown = "## Title\n\nMilk comes *in* on\nday [three](/x), in a rush.\n\nMore.";
        assert_eq!(first_words(markdown, 100), "Milk comes in on day three, in a rush.");
        assert_eq!(first_words(markdown, 19), "Milk comes in on…");
        assert_eq!(first_words("## Only a title", 20), "");
    }

    proptest! {
        #[test]
        fn no_markdown_makes_a_script_or_a_foreign_picture(markdown in "(<(script|img|svg|p)[ =\"a-z:/]{0,12}>?|[\\[\\]()!#*>`\\n a-z]|javascript:|onload=){0,40}") {
            let html = render(&markdown).html;
            prop_assert!(!html.contains("<script") && !html.contains("<svg"));
            for img in html.split("<img").skip(1) {
                let tag = img.split('>').next().unwrap_or_default();
                prop_assert!(!tag.contains("src=\"") || tag.contains("src=\"/"));
            }
        }
    }
}
