//! A letter's words as a mail carries them: HTML with whole addresses, and a plain part that reads well.

use std::collections::HashSet;
use std::fmt::Write as _;

use ammonia::{Builder, Url, UrlRelative};
use kernel::id::LetterId;
use kernel::instant::Instant;
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::{Article, Draft, markdown, personal};
use crate::Mailing;
use crate::consent::Topic;
use crate::store::letter as rows;

/// A letter that is to be put into a mail. As the context of a test mail it holds everything that the mail needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LetterText {
    /// The row.
    pub id: LetterId,
    /// Its address.
    pub slug: String,
    /// One line: the subject.
    pub title: String,
    /// What it is about.
    pub topic: Topic,
    /// Whether the site shows it, so that a mail may lead there.
    pub published: bool,
    pub(crate) markdown: String,
}

impl LetterText {
    /// Sanitised HTML whose links and pictures lead to `base`, an absolute address, when the letter names only a path.
    pub fn html(&self, base: &str) -> String {
        with_whole_addresses(&markdown::render_for_mail(&self.markdown).html, base)
    }

    /// Her text, for a look before it goes out.
    pub fn markdown(&self) -> &str {
        &self.markdown
    }

    /// The plain part: paragraphs parted by empty lines, links numbered and listed below the paragraph that has them.
    pub fn plain(&self, base: &str) -> String {
        plain(&self.markdown, base)
    }
}

impl Mailing {
    /// The words of a letter as a mail would carry them at `now`.
    pub async fn letter_text(&self, slug: &str, now: Instant) -> Result<Option<LetterText>, DbErr> {
        let found = rows::by_slug(self.db.reader(), slug).await?;
        Ok(found.map(|row| text(row, now)))
    }

    /// The words of a letter that is still being written.
    pub fn draft_text(&self, draft: &Draft, now: Instant) -> LetterText {
        LetterText {
            id: LetterId::new(now, &self.chance),
            slug: "draft".to_owned(),
            title: draft.title.trim().to_owned(),
            topic: draft.topic,
            published: false,
            markdown: draft.markdown.clone(),
        }
    }

    /// A letter that is still being written, as the article that the site would show.
    pub fn draft_article(&self, draft: &Draft, now: Instant) -> Article {
        let rendered = markdown::render(&draft.markdown);
        Article {
            slug: "draft".to_owned(),
            title: draft.title.trim().to_owned(),
            topic: draft.topic,
            summary: String::new(),
            published_at: now,
            changed_at: now,
            html: rendered.html,
            contents: rendered.contents,
        }
    }

    pub(crate) async fn text_of(&self, id: LetterId, now: Instant) -> Result<Option<LetterText>, DbErr> {
        let found = rows::by_id(self.db.reader(), id).await?;
        Ok(found.map(|row| text(row, now)))
    }
}

fn text(row: rows::Letter, now: Instant) -> LetterText {
    LetterText {
        id: row.id,
        published: row.published_at.is_some_and(|at| at <= now),
        slug: row.slug,
        title: row.title,
        topic: row.topic,
        markdown: row.markdown,
    }
}

/// A mail has no page that a path could be below. Ids are of no use in it either.
fn with_whole_addresses(html: &str, base: &str) -> String {
    let mut builder = Builder::default();
    builder
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .link_rel(None);
    if let Ok(base) = Url::parse(base) {
        builder.url_relative(UrlRelative::RewriteWithBase(base));
    }
    builder.clean(html).to_string()
}

/// A list being written: the number of its next item, or bullets.
type List = Option<u64>;

/// Plain text from Markdown, block by block.
#[derive(Default)]
struct Plain {
    out: String,
    line: String,
    lists: Vec<List>,
    quotes: usize,
    /// Links of the block, and of the letter so far.
    links: Vec<(usize, String)>,
    count: usize,
    open: Vec<(String, usize)>,
}

fn plain(markdown: &str, base: &str) -> String {
    let mut plain = Plain::default();
    for event in markdown::parser(markdown) {
        plain.take(event, base);
    }
    plain.end_block();
    plain.out.trim_end().to_owned()
}

impl Plain {
    fn take(&mut self, event: Event<'_>, base: &str) {
        match event {
            Event::Text(text) => self.line.push_str(&personal::marked(&text)),
            Event::Code(text) => self.line.push_str(&text),
            Event::SoftBreak => self.line.push(' '),
            Event::HardBreak => self.line.push('\n'),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                self.open.push((whole(&dest_url, base), self.line.len()));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => self.end_link(),
            Event::Start(Tag::List(first)) => {
                self.end_block();
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.end_block();
                self.lists.pop();
            }
            Event::Start(Tag::Item) => self.begin_item(),
            Event::End(TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead) => self.end_line(),
            Event::Start(Tag::BlockQuote(_)) => {
                self.end_block();
                self.quotes += 1;
            }
            Event::End(TagEnd::BlockQuote(_)) => {
                self.end_block();
                self.quotes = self.quotes.saturating_sub(1);
            }
            Event::End(TagEnd::Heading(level)) => {
                let mark = if level <= HeadingLevel::H2 { "=" } else { "-" };
                let width = self.line.chars().count().min(60);
                if width > 0 {
                    let _ = write!(self.line, "\n{}", mark.repeat(width));
                }
                self.end_block();
            }
            Event::End(TagEnd::TableCell) => self.line.push_str("  "),
            Event::Rule => {
                self.end_block();
                self.line.push_str("* * *");
                self.end_block();
            }
            Event::End(TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::Table | TagEnd::HtmlBlock) => self.end_block(),
            _ => {}
        }
    }

    fn begin_item(&mut self) {
        self.end_line();
        let depth = self.lists.len().saturating_sub(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        self.line = format!("{}{mark}", "  ".repeat(depth));
    }

    /// A link whose words are its address needs no number.
    fn end_link(&mut self) {
        let Some((url, start)) = self.open.pop() else { return };
        if url.is_empty() || self.line.get(start..).is_some_and(|words| words.trim() == url) {
            return;
        }
        self.count += 1;
        let _ = write!(self.line, " [{}]", self.count);
        self.links.push((self.count, url));
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        for part in line.trim_end().lines() {
            self.out.push_str(&"> ".repeat(self.quotes));
            self.out.push_str(part);
            self.out.push('\n');
        }
    }

    fn end_block(&mut self) {
        self.end_line();
        if self.lists.is_empty() {
            for (number, url) in std::mem::take(&mut self.links) {
                let _ = writeln!(self.out, "[{number}] {url}");
            }
        }
        if !self.out.is_empty() && !self.out.ends_with("\n\n") && self.lists.is_empty() {
            self.out.push('\n');
        }
    }
}

fn whole(url: &str, base: &str) -> String {
    match Url::parse(base).and_then(|base| base.join(url)) {
        Ok(whole) if matches!(whole.scheme(), "http" | "https" | "mailto" | "tel") => whole.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASE: &str = "https://practice.example/";

    #[test]
    fn the_plain_part_reads_well_and_every_link_stands_alone() {
        let markdown = "# Day three\n\nIt comes [in a rush](/posts/day-three), *really*.\nCall.\n\n- one\n- two [x](https://x.example/)\n\n\
            1. a\n2. b\n\n> quoted\n\n![chart](/media/c.png)\n\n<https://y.example/>\n\n[bad](javascript:x)\n";
        let expected = "Day three\n=========\n\nIt comes in a rush [1], really. Call.\n[1] https://practice.example/posts/day-three\n\n\
            - one\n- two x [2]\n[2] https://x.example/\n\n1. a\n2. b\n\n> quoted\n\nchart [3]\n[3] https://practice.example/media/c.png\n\n\
            https://y.example/\n\nbad";
        assert_eq!(plain(markdown, BASE), expected);
    }

    #[test]
    fn in_a_mail_every_address_is_whole() {
        let letter = "[a](/book/x) ![b](/media/b.png) [c](mailto:n@p.example) <img src=\"https://t.example/p.gif\">";
        let html = with_whole_addresses(&markdown::render(letter).html, BASE);
        assert!(html.contains("href=\"https://practice.example/book/x\""), "{html}");
        assert!(html.contains("src=\"https://practice.example/media/b.png\""), "{html}");
        assert!(
            html.contains("mailto:n@p.example") && !html.contains("t.example"),
            "{html}"
        );
    }

    proptest! {
        #[test]
        fn any_markdown_has_a_plain_part(markdown in "([-*>#1. \\[\\]()|`\n a-z]|https://x.example){0,60}") {
            let text = plain(&markdown, BASE);
            prop_assert!(!text.contains("\n\n\n\n"));
        }
    }
}
