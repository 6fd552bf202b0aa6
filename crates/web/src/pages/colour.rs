//! `/colour/{hex}.css`: the practice's own colour as a style sheet.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

use super::Answer;
use crate::error::PageError;
use crate::extract::Path;
use crate::view::colour::{Rgb, style_sheet};

/// The colour that the main style sheet holds already.
const DEFAULT: &str = "#f4b73f";

/// The address of the sheet for her colour; none when it is the default, or no colour at all.
pub fn sheet_url(colour: &str) -> Option<String> {
    let colour: Rgb = colour.parse().ok()?;
    let text = colour.to_string();
    (text != DEFAULT).then(|| format!("/colour/{}.css", &text[1..]))
}

/// The sheet of any colour: it depends on its address alone.
pub async fn sheet(Path(file): Path) -> Answer {
    let hex = file.strip_suffix(".css").ok_or(PageError::NotFound)?;
    let colour: Rgb = format!("#{hex}").parse().map_err(|_| PageError::NotFound)?;
    let head = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((head, style_sheet(colour)).into_response())
}
