//! `/outbox`: the captured mails, on this machine only (see [`crate::net`]).

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Json, Response};
use kernel::id::MailId;
use mailing::outbox::{CapturedHead, CapturedMail};
use serde::Serialize;

use super::{Answer, keep_private, show_privately};
use crate::error::PageError;
use crate::extract::Path;
use crate::guest::Guest;
use crate::state::App;
use crate::view::frame::Nav;
use crate::view::pages::{MailLine, MailPage, OutboxPage, TextPiece};

/// How many the list shows, and how many the JSON holds.
const LIST: u64 = 200;
const ALL: u64 = 100_000;

/// The list.
pub async fn list(State(app): State<App>, guest: Guest) -> Answer {
    let mails = app.mailing().captured(LIST).await?;
    let line = |mail: &CapturedHead| MailLine {
        url: format!("/outbox/{}", mail.id),
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        when: guest.locale.moment(mail.at, &guest.practice.zone),
    };
    let mails = mails.iter().map(line).collect();
    show_privately(
        &app,
        &OutboxPage {
            frame: guest.frame(Nav::Elsewhere),
            mails,
            older: None,
        },
    )
}

/// One mail for other programs: bare address, decoded plain part.
#[derive(Serialize)]
struct Line {
    id: MailId,
    to: String,
    subject: String,
    text: String,
}

/// All of them for other programs, newest first.
pub async fn json(State(app): State<App>) -> Answer {
    let line = |mail: CapturedHead| Line {
        id: mail.id,
        to: mail.to,
        subject: mail.subject,
        text: mail.text,
    };
    let all: Vec<Line> = app.mailing().captured(ALL).await?.into_iter().map(line).collect();
    let mut answer = Json(all).into_response();
    keep_private(&mut answer);
    Ok(answer)
}

async fn find(app: &App, id: &str) -> Result<CapturedMail, PageError> {
    let id: MailId = id.parse().map_err(|_| PageError::NotFound)?;
    app.mailing().captured_mail(id).await?.ok_or(PageError::NotFound)
}

/// One mail as a mail program would show it; with `.eml` its bytes, with `.html` its HTML part alone.
pub async fn one(State(app): State<App>, guest: Guest, Path(id): Path) -> Answer {
    if let Some(id) = id.strip_suffix(".eml") {
        return Ok(eml(find(&app, id).await?));
    }
    if let Some(id) = id.strip_suffix(".html") {
        return html(find(&app, id).await?);
    }
    let mail = find(&app, &id).await?;
    let calendar = mail
        .calendar
        .iter()
        .map(|part| format!("text/calendar; method={}", part.method));
    let page = MailPage {
        frame: guest.frame(Nav::Elsewhere),
        from: mail.header("From").unwrap_or_default().to_owned(),
        reply_to: mail.header("Reply-To").map(str::to_owned),
        to: mail.head.to,
        subject: mail.head.subject,
        when: guest.locale.moment(mail.head.at, &guest.practice.zone),
        html_url: mail.html.as_ref().map(|_| format!("/outbox/{id}.html")),
        text: TextPiece::split(&mail.head.text),
        attachments: calendar.chain(mail.attachments.iter().cloned()).collect(),
        eml_url: format!("/outbox/{id}.eml"),
    };
    show_privately(&app, &page)
}

fn eml(mail: CapturedMail) -> Response {
    let head = [
        (CONTENT_TYPE, "message/rfc822"),
        (CONTENT_DISPOSITION, "attachment; filename=\"mail.eml\""),
    ];
    let mut answer = (head, mail.raw).into_response();
    keep_private(&mut answer);
    answer
}

/// Mails carry inline styles, so this one document has a policy of its own: styles, and nothing else.
fn html(mail: CapturedMail) -> Answer {
    let html = mail.html.ok_or(PageError::NotFound)?;
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation";
    let mut answer = ([(CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response();
    keep_private(&mut answer);
    Ok(answer)
}
