//! The transport `capture`: mails stay in the database, where a newcomer reads them as a mail program would show them.
//!
//! What is shown is decoded from the bytes that would have been sent, by another library than the one that made them.

use kernel::db::{Db, write};
use kernel::id::MailId;
use kernel::instant::Instant;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use sea_orm::{DbErr, FromQueryResult};
use serde::Serialize;

use super::message::Parcel;
use crate::Mailing;
use crate::store::captured_mail::{self, Captured};

/// A captured mail in a list; its fields are those of `/outbox.json`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct CapturedHead {
    /// The outbox's row.
    pub id: MailId,
    /// When it was captured.
    #[serde(skip)]
    pub at: Instant,
    /// The bare address.
    pub to: String,
    /// Decoded.
    pub subject: String,
    /// The plain part, decoded, with `\n` at line ends.
    pub text: String,
}

/// A captured mail as a mail program reads it.
#[derive(Clone, Debug)]
pub struct CapturedMail {
    /// What the list shows.
    pub head: CapturedHead,
    /// Every header in its order, decoded: its name and its value on one line.
    pub headers: Vec<(String, String)>,
    /// The HTML part, as it is: show it only in a sandbox.
    pub html: Option<String>,
    /// The calendar part, if any.
    pub calendar: Option<CapturedCalendar>,
    /// The names of the attachments.
    pub attachments: Vec<String>,
    /// The message, byte for byte.
    pub raw: Vec<u8>,
}

impl CapturedMail {
    /// The value of the first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// The calendar part of a captured mail.
#[derive(Clone, Debug)]
pub struct CapturedCalendar {
    /// The MIME parameter `method`.
    pub method: String,
    /// The iCalendar object.
    pub text: String,
}

impl Mailing {
    /// The captured mails, newest first.
    pub async fn captured(&self, limit: u64) -> Result<Vec<CapturedHead>, DbErr> {
        captured_mail::list(self.db.reader(), limit).await
    }

    /// One captured mail, read from its bytes.
    pub async fn captured_mail(&self, id: MailId) -> Result<Option<CapturedMail>, DbErr> {
        let found = captured_mail::read(self.db.reader(), id).await?;
        Ok(found.map(|(at, raw)| read(id, at, raw)))
    }
}

/// Keeps a parcel; the answer is the commit.
pub(super) async fn keep(db: &Db, parcel: &Parcel, now: Instant) -> Result<(), DbErr> {
    let message = MessageParser::default().parse(&parcel.bytes);
    let head = head(parcel.id, now, message.as_ref());
    let mail = Captured {
        head,
        raw: parcel.bytes.clone(),
    };
    write::<_, (), DbErr, _>(db, mail, async |tx, mail| captured_mail::insert(tx, mail).await).await
}

fn head(id: MailId, at: Instant, message: Option<&Message<'_>>) -> CapturedHead {
    let to = message.and_then(|m| m.to()?.first()?.address());
    let text = message.and_then(|m| m.body_text(0)).unwrap_or_default();
    CapturedHead {
        id,
        at,
        to: to.unwrap_or_default().to_owned(),
        subject: message.and_then(Message::subject).unwrap_or_default().to_owned(),
        text: text.replace("\r\n", "\n"),
    }
}

fn read(id: MailId, at: Instant, raw: Vec<u8>) -> CapturedMail {
    let message = MessageParser::default().parse(&raw);
    let (mut html, mut calendar, mut attachments) = (None, None, Vec::new());
    for part in message.iter().flat_map(|m| &m.parts) {
        if part
            .content_disposition()
            .is_some_and(mail_parser::ContentType::is_attachment)
        {
            attachments.push(part.attachment_name().unwrap_or("attachment").to_owned());
        } else if let PartType::Html(text) = &part.body {
            html = Some(text.to_string());
        } else if part.is_content_type("text", "calendar") {
            let method = part.content_type().and_then(|c| c.attribute("method"));
            calendar = Some(CapturedCalendar {
                method: method.unwrap_or_default().to_owned(),
                text: part.text_contents().unwrap_or_default().to_owned(),
            });
        }
    }
    CapturedMail {
        head: head(id, at, message.as_ref()),
        headers: headers(&raw),
        html,
        calendar,
        attachments,
        raw,
    }
}

/// The header block, unfolded, with encoded words decoded.
fn headers(raw: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(raw);
    let block = text.split("\r\n\r\n").next().unwrap_or_default();
    let unfolded = block.replace("\r\n ", " ").replace("\r\n\t", " ");
    let lines = unfolded.split("\r\n").filter_map(|line| line.split_once(':'));
    lines
        .map(|(name, value)| (name.to_owned(), decoded(value.trim())))
        .collect()
}

fn decoded(value: &str) -> String {
    let line = format!("Subject: {value}\r\n\r\n");
    let message = MessageParser::default().parse(line.as_bytes());
    message.as_ref().and_then(Message::subject).unwrap_or(value).to_owned()
}
