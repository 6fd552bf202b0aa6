//! What somebody agreed to, in the exact words that stood beside the button, and the page on which she did.

use axum::http::HeaderMap;
use axum::http::header::REFERER;
use mailing::consent::Wording;
use sha2::{Digest, Sha256};

use crate::state::App;
use crate::view::ViewError;

/// The page from which a form was sent, without what follows its first part: a path may hold a token.
pub fn page_of(headers: &HeaderMap) -> &'static str {
    let referer = headers
        .get(REFERER)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let path = referer
        .split_once("://")
        .map_or("", |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    match path.split(['/', '?', '#']).next().unwrap_or_default() {
        "services" => "/services",
        "posts" => "/posts",
        "appointments" => "/appointments",
        "newsletter" => "/newsletter",
        "embed" => "/embed/newsletter",
        _ => "/",
    }
}

/// Joining the list on this page: the form of `/newsletter` and the tick of a booking have words of their own, the panel of every other
/// page others.
pub fn joining(app: &App, page: &str) -> Result<Wording, ViewError> {
    let keys: &[&str] = match page {
        "/newsletter" => &[
            "letter-title",
            "letter-lead",
            "letter-two-steps",
            "letter-topics",
            "letter-next",
        ],
        "/embed/newsletter" => &["letter-title", "letter-lead", "letter-small", "letter-button"],
        "/book" => &["form-letters", "form-letters-hint"],
        _ => &["letter-title", "letter-small", "letter-button"],
    };
    wording(app, keys)
}

/// Choosing topics on the preferences page.
pub fn topics(app: &App) -> Result<Wording, ViewError> {
    let all = ["blog-posts", "free-offerings", "paid-offerings", "other-news"];
    let keys: Vec<String> = all.iter().map(|slug| format!("topic-{slug}")).collect();
    let mut asked = vec!["topics-question"];
    asked.extend(keys.iter().map(String::as_str));
    wording(app, &asked)
}

/// The words as they stand on the page; their version is their fingerprint, so that it changes whenever they do.
fn wording(app: &App, keys: &[&str]) -> Result<Wording, ViewError> {
    let lines = keys
        .iter()
        .map(|key| app.view().words(key))
        .collect::<Result<Vec<_>, _>>()?;
    let text = lines.join("\n");
    let version = crate::view::assets::hex(&Sha256::digest(&text)[..6]);
    Ok(Wording { version, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_named_without_its_token() {
        let page = |referer: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REFERER, referer.parse().unwrap());
            page_of(&headers)
        };
        assert_eq!(page("https://example.org/appointments/secret"), "/appointments");
        assert_eq!(page("http://127.0.0.1:8080/newsletter?x=y"), "/newsletter");
        assert_eq!(page("http://127.0.0.1:8080/"), "/");
        assert_eq!(page("nonsense"), "/");
        assert_eq!(page_of(&HeaderMap::new()), "/");
    }
}
