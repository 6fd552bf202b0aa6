//! `/assets/…`: style sheets, scripts and fonts.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;

use super::Answer;
use crate::error::PageError;
use crate::extract::Path;
use crate::view::assets::Assets;

/// One file.
pub async fn file(Path(path): Path, headers: HeaderMap) -> Answer {
    answer(&path, &headers)
}

/// A file by its name; under today's hash it may be kept for ever.
pub fn answer(path: &str, headers: &HeaderMap) -> Answer {
    let asset = Assets::find(path).ok_or(PageError::NotFound)?;
    let keep = if asset.immutable {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|seen| seen.as_bytes() == asset.etag.as_bytes());
    let head = [
        (CACHE_CONTROL, keep.to_owned()),
        (ETAG, asset.etag),
        (CONTENT_TYPE, asset.mime.to_owned()),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    Ok((head, asset.bytes).into_response())
}
