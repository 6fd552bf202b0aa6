//! `/posts` and one article.

use serde::Serialize;

use super::super::Page;
use super::super::frame::{Frame, Nav};
use super::home::{HomePage, OfferTeaser};

/// The list of articles.
#[derive(Debug, Clone, Serialize)]
pub struct PostsPage {
    /// The frame.
    pub frame: Frame,
    /// Newest first.
    pub posts: Vec<PostTeaser>,
    /// The next page of older ones.
    pub older: Option<String>,
}

/// An article in a list.
#[derive(Debug, Clone, Serialize)]
pub struct PostTeaser {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// "November 18, 2026".
    pub date: String,
    /// A sentence or two; may be empty.
    pub summary: String,
}

/// One article.
#[derive(Debug, Clone, Serialize)]
pub struct ArticlePage {
    /// The frame.
    pub frame: Frame,
    /// Its title.
    pub title: String,
    /// "November 18, 2026".
    pub date: String,
    /// For `<time datetime>`: "2026-11-18".
    pub date_iso: String,
    /// For the description in search results; may be empty.
    pub summary: String,
    /// How many minutes it takes to read, at least 1.
    pub reading_minutes: u32,
    /// Its second-level headings; the list of contents is shown from two on.
    pub contents: Vec<Heading>,
    /// The text as HTML that was rendered from Markdown and made safe. A quotation is a warning: it stands at a red rule.
    pub html: String,
    /// The zone in which the time below is shown, an IANA name.
    pub zone: String,
    /// The offering at the end: the free one, with its next time.
    pub offer: Option<OfferTeaser>,
}

/// A heading of an article.
#[derive(Debug, Clone, Serialize)]
pub struct Heading {
    /// The `id` it has in the HTML.
    pub id: String,
    /// Its text.
    pub text: String,
}

impl PostTeaser {
    pub(super) fn some() -> Vec<Self> {
        let post = |title: &str, slug: &str, date: &str, summary: &str| Self {
            title: title.into(),
            url: format!("/posts/{slug}"),
            date: date.into(),
            summary: summary.into(),
        };
        vec![
            post(
                "Beginning again",
                "beginning-again",
                "November 3, 2026",
                "You stopped, and you would like to try once more. What helps, and what counts as a success.",
            ),
            post(
                "Is it enough?",
                "is-it-enough",
                "September 29, 2026",
                "You cannot see how much goes in. You can see what comes out, and how your baby is.",
            ),
            post(
                "Milk coming in on day three",
                "milk-coming-in-on-day-three",
                "September 1, 2026",
                "",
            ),
        ]
    }
}

impl Page for PostsPage {
    const TEMPLATE: &'static str = "pages/posts.html";

    fn samples() -> Vec<Self> {
        let full = Self {
            frame: Frame::sample().at(Nav::Articles),
            posts: PostTeaser::some(),
            older: Some("/posts?before=0192".into()),
        };
        vec![
            full.clone(),
            Self {
                posts: vec![],
                older: None,
                ..full
            },
        ]
    }
}

impl Page for ArticlePage {
    const TEMPLATE: &'static str = "pages/article.html";

    fn samples() -> Vec<Self> {
        let offer = HomePage::samples().into_iter().find_map(|home| home.first);
        let heading = |id: &str, text: &str| Heading {
            id: id.into(),
            text: text.into(),
        };
        let full = Self {
            frame: Frame::sample().at(Nav::Articles),
            title: "Is it enough?".into(),
            date: "September 29, 2026".into(),
            date_iso: "2026-09-29".into(),
            summary: "You cannot see how much goes in. You can see what comes out, and how your baby is.".into(),
            reading_minutes: 6,
            contents: vec![
                heading("count", "What you can count"),
                heading("see", "What you can see and hear"),
                heading("nothing", "What tells you nothing"),
            ],
            html: SAMPLE.into(),
            zone: "America/New_York".into(),
            offer: offer.clone(),
        };
        let short = Self {
            reading_minutes: 1,
            contents: vec![],
            html: "<p>The office is closed next week.</p>".into(),
            offer: offer.map(|o| OfferTeaser { next: None, ..o }),
            ..full.clone()
        };
        vec![full, short.clone(), Self { offer: None, ..short }]
    }
}

const SAMPLE: &str = "<p>You cannot see how much milk goes in. You can see what comes out, and how your baby is. That is enough to know.</p>
<h2 id=\"count\">What you can count</h2>
<p>Most newborns feed eight to twelve times in a day and a night, and not at even distances. Four feeds in one evening and then a long sleep is <em>ordinary</em>. <a href=\"/posts/beginning-again\">Count diapers</a>, not minutes.</p>
<table><thead><tr><th>Day</th><th>Wet diapers</th><th>Stools</th></tr></thead><tbody><tr><td>1</td><td>1</td><td>1, black and sticky</td></tr><tr><td>5 and after</td><td>6, heavy and pale</td><td>3, yellow and soft</td></tr></tbody></table>
<h2 id=\"see\">What you can see and hear</h2>
<ul><li>You hear or see <strong>swallowing</strong>, above all in the first minutes.</li><li>The hands open and the arms grow heavy as the feed goes on.</li></ul>
<h3>And then</h3>
<ol><li>Feed your baby first.</li><li>Protect your supply.</li></ol>
<h2 id=\"nothing\">What tells you nothing</h2>
<p>A soft breast after six weeks. A short feed. Each of them is worrying, and none of them is a measure.</p>
<blockquote><p><strong>Call today if</strong></p><ul><li>there are fewer wet diapers than in the list above;</li><li>your baby is hard to wake.</li></ul><p>If your baby is limp or blue, call 911.</p></blockquote>";
