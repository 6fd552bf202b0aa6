//! A mail as MIME: RFC 5322 headers, RFC 2047 names, no line longer than 998 octets.
//!
//! Without a calendar part `multipart/alternative(text, html)`. With one, as calendar programs need it (RFC 6047):
//! `multipart/mixed(alternative(text, html, text/calendar; method=…), application/ics)`, both with the same bytes, in base64.
//! The same mail becomes the same bytes but for its Date: the Message-ID and the boundaries follow from the outbox's row.

use std::time::{Duration, SystemTime};

use kernel::email::EmailAddress;
use kernel::id::MailId;
use kernel::instant::Instant;
use kernel::token::LinkKey;
use lettre::Address;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Message, MultiPart, MultiPartKind, SinglePart};

use super::compose::{CalendarPart, Mail, Mailbox};

/// A message ready to be handed over.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    /// The outbox's row.
    pub id: MailId,
    /// The envelope's sender.
    pub from: EmailAddress,
    /// The envelope's one recipient.
    pub to: EmailAddress,
    /// The message without dot-stuffing, CRLF lines.
    pub bytes: Vec<u8>,
}

/// Why a mail in words is no message.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// A line break or another control character where a header would take it.
    #[error("{0} has a line break or another control character in it")]
    Control(&'static str),
    /// The unsubscribe link is no plain https or http URL.
    #[error("the unsubscribe link is no URL")]
    Link,
    /// The library refused it.
    #[error("the message cannot be made: {0}")]
    Library(String),
}

/// Makes the message of a mail that is handed over `now`.
pub(super) fn build(mail: &Mail, id: MailId, links: &LinkKey, now: Instant) -> Result<Parcel, MessageError> {
    if mail.subject.chars().any(char::is_control) {
        return Err(MessageError::Control("the subject"));
    }
    let unique = links.link("message-id", id.0, 0);
    let unique = unique.reveal();
    let mut builder = Message::builder()
        .message_id(Some(format!("<{unique}@{}>", mail.from.address.domain())))
        .date(system_time(now))
        .from(mailbox(&mail.from, "the sender's name")?)
        .to(mailbox(&mail.to, "the recipient's name")?)
        .subject(mail.subject.clone());
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(mailbox(reply_to, "the reply name")?);
    }
    if mail.auto_submitted {
        builder = builder.raw_header(one_line("Auto-Submitted", "auto-generated".into()));
    }
    if let Some(link) = &mail.list_unsubscribe {
        let plain = link.starts_with("https://") || link.starts_with("http://");
        if !plain || !link.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>') {
            return Err(MessageError::Link);
        }
        builder = builder
            .raw_header(one_line("List-Unsubscribe", format!("<{link}>")))
            .raw_header(one_line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()));
    }
    let words = multipart(MultiPartKind::Alternative, &format!("{unique}-words"))
        .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
        .singlepart(part(ContentType::TEXT_HTML, &mail.html));
    let body = match &mail.calendar {
        None => words,
        Some(calendar) => with_calendar(words, calendar, unique)?,
    };
    let message = builder
        .multipart(body)
        .map_err(|e| MessageError::Library(e.to_string()))?;
    Ok(Parcel {
        id,
        from: mail.from.address.clone(),
        to: mail.to.address.clone(),
        bytes: message.formatted(),
    })
}

fn with_calendar(words: MultiPart, calendar: &CalendarPart, unique: &str) -> Result<MultiPart, MessageError> {
    let kind = |text: &str| ContentType::parse(text).map_err(|e| MessageError::Library(e.to_string()));
    let method = calendar.method.as_str();
    let inline = kind(&format!("text/calendar; charset=UTF-8; method={method}"))?;
    let attached = kind("application/ics; name=invite.ics")?;
    let base64 = |kind: ContentType| {
        SinglePart::builder()
            .content_type(kind)
            .header(ContentTransferEncoding::Base64)
    };
    let words = words.singlepart(base64(inline).body(calendar.bytes.clone()));
    let attachment = base64(attached)
        .header(ContentDisposition::attachment("invite.ics"))
        .body(calendar.bytes.clone());
    Ok(multipart(MultiPartKind::Mixed, &format!("{unique}-mixed"))
        .multipart(words)
        .singlepart(attachment))
}

fn multipart(kind: MultiPartKind, boundary: &str) -> MultiPart {
    MultiPart::builder().kind(kind).boundary(boundary).build()
}

fn part(kind: ContentType, text: &str) -> SinglePart {
    SinglePart::builder()
        .content_type(kind)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(text.to_owned())
}

fn mailbox(m: &Mailbox, what: &'static str) -> Result<lettre::message::Mailbox, MessageError> {
    if m.name.as_deref().unwrap_or_default().chars().any(char::is_control) {
        return Err(MessageError::Control(what));
    }
    Ok(lettre::message::Mailbox::new(m.name.clone(), address(&m.address)?))
}

/// The library's form of an address that was parsed before.
pub(super) fn address(address: &EmailAddress) -> Result<Address, MessageError> {
    address
        .as_str()
        .parse()
        .map_err(|e: lettre::address::AddressError| MessageError::Library(e.to_string()))
}

/// A header that mail programs want unfolded (RFC 8058); its value is ASCII and ours.
fn one_line(name: &'static str, value: String) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value)
}

fn system_time(now: Instant) -> SystemTime {
    let micros = u64::try_from(now.micros()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_micros(micros)
}
