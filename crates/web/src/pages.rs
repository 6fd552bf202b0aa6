//! The public pages: a handler extracts, calls one service, shows one view.

pub mod appointment;
pub mod article;
pub mod assets;
pub mod book;
pub mod carry;
pub mod colour;
mod credit;
pub mod embed;
pub mod family;
pub mod feed;
pub mod form;
pub mod home;
pub mod intake;
pub mod media;
pub mod moving;
pub mod my_package;
pub mod newsletter;
pub mod outbox;
pub mod package;
pub mod pay;
pub mod practice;
pub mod receipt;

use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::{Html, IntoResponse, Response};

use crate::error::PageError;
use crate::state::App;
use crate::view::Page;

/// What a page's handler answers.
pub type Answer = Result<Response, PageError>;

/// A page that anybody may see, and that changes as times are taken.
pub fn show<P: Page>(app: &App, page: &P) -> Answer {
    let html = Html(app.view().render(page)?);
    Ok(([(CACHE_CONTROL, HeaderValue::from_static("no-cache"))], html).into_response())
}

/// A page that is one person's: kept by no cache, named to no search engine.
pub fn show_privately<P: Page>(app: &App, page: &P) -> Answer {
    let mut answer = show(app, page)?;
    keep_private(&mut answer);
    Ok(answer)
}

/// Marks an answer as one person's.
pub fn keep_private(answer: &mut Response) {
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
}
