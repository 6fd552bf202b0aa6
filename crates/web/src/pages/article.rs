//! `/posts`: the articles, and their Atom feed.

use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Deserialize;

use super::{Answer, home, show};
use crate::error::PageError;
use crate::extract::Path;
use crate::guest::Guest;
use crate::shown::offers::Offer;
use crate::state::App;
use crate::view::frame::Nav;
use crate::view::pages::{ArticlePage, Heading, PostTeaser, PostsPage};
use crate::view::pages::{AtomEntry, AtomFeed};
use mailing::letters::{Article, Cursor, LetterHead};

/// Articles a page.
const PAGE: u64 = 20;
/// Words a minute, read on a phone at night.
const READING_SPEED: usize = 200;

/// The newest articles, for other pages.
pub async fn teasers(app: &App, guest: &Guest, limit: u64) -> Result<Vec<PostTeaser>, PageError> {
    let heads = app.mailing().published(limit, None, guest.now).await?;
    Ok(heads.iter().map(|h| teaser(guest, h)).collect())
}

fn teaser(guest: &Guest, head: &LetterHead) -> PostTeaser {
    PostTeaser {
        title: head.title.clone(),
        url: format!("/posts/{}", head.slug),
        date: guest.locale.date_with_year(guest.practice.zone.date(head.published_at)),
        summary: head.summary.clone(),
    }
}

/// Where a list goes on: after this moment and id.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct After {
    published: String,
    id: String,
}

impl After {
    fn cursor(&self) -> Option<Cursor> {
        Some(Cursor {
            published_at: self.published.parse().ok()?,
            id: self.id.parse().ok()?,
        })
    }
}

/// `/posts`
pub async fn list(State(app): State<App>, guest: Guest, Query(asked): Query<After>) -> Answer {
    let heads = app.mailing().published(PAGE, asked.cursor(), guest.now).await?;
    let full = heads.len() as u64 == PAGE;
    let older = heads
        .last()
        .filter(|_| full)
        .map(|h| format!("/posts?published={}&id={}", h.published_at, h.id));
    let posts = heads.iter().map(|h| teaser(&guest, h)).collect();
    show(
        &app,
        &PostsPage {
            frame: guest.frame(Nav::Articles),
            posts,
            older,
        },
    )
}

/// `/posts/{slug}`
pub async fn one(State(app): State<App>, guest: Guest, Path(slug): Path) -> Answer {
    let article = app
        .mailing()
        .article(&slug, guest.now)
        .await?
        .ok_or(PageError::NotFound)?;
    show(&app, &page_of(&app, &guest, article).await?)
}

/// An article as its page.
pub async fn page_of(app: &App, guest: &Guest, article: Article) -> Result<ArticlePage, PageError> {
    let offers = home::offers(app, guest.now).await?;
    let date = guest.practice.zone.date(article.published_at);
    let words = article.html.split_whitespace().count();
    Ok(ArticlePage {
        frame: guest.frame(Nav::Articles),
        title: article.title,
        date: guest.locale.date_with_year(date),
        date_iso: date.to_string(),
        summary: article.summary,
        reading_minutes: u32::try_from(words.div_ceil(READING_SPEED)).unwrap_or(u32::MAX).max(1),
        contents: article
            .contents
            .into_iter()
            .filter(|h| h.level == 2)
            .map(|h| Heading { id: h.id, text: h.text })
            .collect(),
        html: article.html,
        zone: guest.zone.name().to_owned(),
        offer: offers.iter().find(|o| Offer::is_first(o)).map(|o| o.teaser(guest)),
    })
}

/// `/posts/feed.xml`
pub async fn feed(State(app): State<App>, guest: Guest) -> Answer {
    let heads = app.mailing().published(PAGE, None, guest.now).await?;
    let url = |path: &str| app.config().server.public_url.at(path);
    let entry = |head: &LetterHead| AtomEntry {
        title: head.title.clone(),
        url: url(&format!("/posts/{}", head.slug)),
        published: head.published_at.whole_second().to_string(),
        summary: head.summary.clone(),
    };
    let newest = heads.first().map_or(guest.now, |h| h.published_at);
    let page = AtomFeed {
        language: "en".into(),
        title: guest.practice.name.clone(),
        author: guest.practice.discreet_name.clone(),
        home_url: url("/posts"),
        self_url: url("/posts/feed.xml"),
        updated: newest.whole_second().to_string(),
        entries: heads.iter().map(entry).collect(),
    };
    Ok((
        [(CONTENT_TYPE, "application/atom+xml; charset=utf-8")],
        app.view().render(&page)?,
    )
        .into_response())
}
