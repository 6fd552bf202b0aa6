//! A long form that may bring a file along: pairs of a name and a text, and the bytes of one file.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;

use super::typed::Typed;
use crate::error::PageError;
use crate::extract::Form;
use crate::state::App;

/// What was sent, as a form with or without a file.
#[derive(Debug, Default)]
pub struct Sent {
    /// The pairs.
    pub typed: Typed,
    /// The file, if one was chosen.
    pub file: Option<Vec<u8>>,
}

impl FromRequest<App> for Sent {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
            let Form(typed) = Form::from_request(request, app).await?;
            return Ok(Self { typed, file: None });
        }
        let mut parts = Multipart::from_request(request, app)
            .await
            .map_err(|_| PageError::Unreadable)?;
        let (mut pairs, mut file) = (Vec::new(), None);
        let refused = |error: axum::extract::multipart::MultipartError| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
            _ => PageError::Unreadable,
        };
        while let Some(part) = parts.next_field().await.map_err(refused)? {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let bytes = part.bytes().await.map_err(refused)?;
            if is_file {
                file = Some(bytes.to_vec()).filter(|bytes| !bytes.is_empty());
            } else {
                let text = String::from_utf8(bytes.to_vec()).map_err(|_| PageError::Unreadable)?;
                pairs.push((name, text));
            }
        }
        Ok(Self {
            typed: Typed::of(pairs),
            file,
        })
    }
}
