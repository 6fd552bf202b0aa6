//! `/media/{file}`: pictures of letters and articles. A picture never changes under its address, so it is kept for ever.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;

use super::Answer;
use crate::error::PageError;
use crate::extract::Path;
use crate::state::App;

/// The largest upload, with what a browser sends around it.
pub const LARGEST_UPLOAD: usize = mailing::letters::LARGEST_PICTURE + 1024 * 1024;

/// The picture.
pub async fn show(State(app): State<App>, headers: HeaderMap, Path(file): Path) -> Answer {
    let tag = format!("\"{file}\"");
    let kept = [(CACHE_CONTROL, "public, max-age=31536000, immutable")];
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .any(|value| value.as_bytes() == tag.as_bytes());
    if known && app.mailing().has_picture(&file).await? {
        return Ok((StatusCode::NOT_MODIFIED, kept, [(ETAG, tag)]).into_response());
    }
    let Some(picture) = app.mailing().picture(&file).await? else {
        return Err(PageError::NotFound);
    };
    let kind = if picture.kind == "png" {
        "image/png"
    } else {
        "image/jpeg"
    };
    let headers = [(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, "default-src 'none'")];
    // Mail programs on the web show it on pages of theirs.
    let lent = [("cross-origin-resource-policy", "cross-origin")];
    Ok((kept, headers, lent, [(ETAG, tag)], picture.bytes).into_response())
}
