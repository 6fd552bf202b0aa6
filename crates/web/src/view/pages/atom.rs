//! `/posts/feed.xml`: the articles for feed readers (RFC 4287).

use serde::Serialize;

use super::super::Page;

/// The feed.
#[derive(Debug, Clone, Serialize)]
pub struct AtomFeed {
    /// Language of the articles, `en`.
    pub language: String,
    /// The practice's name.
    pub title: String,
    /// Who writes.
    pub author: String,
    /// The absolute address of `/posts`, which is also the feed's id.
    pub home_url: String,
    /// The absolute address of the feed.
    pub self_url: String,
    /// When the newest article appeared, RFC 3339.
    pub updated: String,
    /// Newest first.
    pub entries: Vec<AtomEntry>,
}

/// One article.
#[derive(Debug, Clone, Serialize)]
pub struct AtomEntry {
    /// Its title.
    pub title: String,
    /// Its absolute address, which is also its id.
    pub url: String,
    /// When it appeared, RFC 3339.
    pub published: String,
    /// A sentence or two.
    pub summary: String,
}

impl Page for AtomFeed {
    const TEMPLATE: &'static str = "pages/feed.xml";

    fn samples() -> Vec<Self> {
        let entry = AtomEntry {
            title: "Sore & tired <at night>".into(),
            url: "https://slowlantern.example/posts/sore".into(),
            published: "2026-11-03T09:00:00Z".into(),
            summary: "What helps.".into(),
        };
        let feed = |entries| Self {
            language: "en".into(),
            title: "Slow Lantern Lactation".into(),
            author: "Nora Tillery".into(),
            home_url: "https://slowlantern.example/posts".into(),
            self_url: "https://slowlantern.example/posts/feed.xml".into(),
            updated: "2026-11-03T09:00:00Z".into(),
            entries,
        };
        vec![feed(vec![entry]), feed(vec![])]
    }
}
