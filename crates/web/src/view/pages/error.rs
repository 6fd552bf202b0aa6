//! What is said when a page cannot be shown.

use serde::Serialize;

use super::super::Page;
use super::super::frame::Frame;

/// Any answer that is not the page asked for.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorPage {
    /// The frame.
    pub frame: Frame,
    /// What happened.
    pub kind: ErrorKind,
    /// A short reference that also stands in the log, for the practice to be told; only with [`ErrorKind::Broken`].
    pub reference: Option<String>,
    /// When to try again, as a finished text such as "10:15 am"; only with [`ErrorKind::TooMany`].
    pub again_at: Option<String>,
}

/// What happened, in the order of the status codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// 403: a form came from another site.
    Forbidden,
    /// 404, and links that lead nowhere any more.
    NotFound,
    /// 405: the address exists, but not for this.
    WrongWay,
    /// 413: more than a form may hold.
    TooLarge,
    /// 422 or 400: what was sent cannot be read.
    Unreadable,
    /// 429.
    TooMany,
    /// 500.
    Broken,
    /// 503: starting, stopping or the database cannot be reached.
    Unavailable,
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "pages/error.html";

    fn samples() -> Vec<Self> {
        use ErrorKind::{Broken, Forbidden, NotFound, TooLarge, TooMany, Unavailable, Unreadable, WrongWay};
        [
            Forbidden,
            NotFound,
            WrongWay,
            TooLarge,
            Unreadable,
            TooMany,
            Broken,
            Unavailable,
        ]
        .into_iter()
        .map(|kind| Self {
            frame: Frame::sample(),
            kind,
            reference: (kind == Broken).then(|| "7f3a-19c2".into()),
            again_at: (kind == TooMany).then(|| "10:15 am".into()),
        })
        .collect()
    }
}
