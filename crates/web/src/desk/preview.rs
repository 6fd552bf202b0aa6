//! How a letter would look: as a mail, as its plain part, and as an article. Each fills a frame of the form in which it is written, also
//! without script: the form posts into the frame.

use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse};
use mailing::consent::Topic;

use super::Answer;
use super::letter_words::draft;
use super::sent::Sent;
use crate::compose;
use crate::extract::SignedIn;
use crate::guest::Guest;
use crate::pages::{article, keep_private};
use crate::state::App;

/// A mail carries inline styles, so its document has a policy of its own.
pub const MAIL_POLICY: &str =
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups";
const TEXT_POLICY: &str = "default-src 'none'; frame-ancestors 'self'";
const PAGE_POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups";

/// What is written, as it stands in the form; nothing is kept.
pub async fn show(State(app): State<App>, guest: Guest, _: SignedIn, sent: Sent) -> Answer {
    let draft = draft(&sent.typed, Topic::BlogPosts);
    let mut answer = match sent.typed.text("as").as_str() {
        "page" => {
            let shown = app.mailing().draft_article(&draft, guest.now);
            let page = article::page_of(&app, &guest, shown).await?;
            (
                [(CONTENT_SECURITY_POLICY, PAGE_POLICY)],
                Html(app.view().render(&page)?),
            )
                .into_response()
        }
        form => {
            let mail = compose::preview(&app, &app.mailing().draft_text(&draft, guest.now)).await?;
            if form == "text" {
                let headers = [
                    (CONTENT_SECURITY_POLICY, TEXT_POLICY),
                    (CONTENT_TYPE, "text/plain; charset=utf-8"),
                ];
                (headers, mail.text).into_response()
            } else {
                ([(CONTENT_SECURITY_POLICY, MAIL_POLICY)], Html(mail.html)).into_response()
            }
        }
    };
    keep_private(&mut answer);
    Ok(answer)
}
