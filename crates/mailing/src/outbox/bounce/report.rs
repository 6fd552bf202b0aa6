//! What a mail in the mailbox for bounces says, read from its structure and never from its prose. Pure.
//!
//! A report that a mail did not arrive is `multipart/report` with a part `message/delivery-status` (RFC 3464), a complaint one with a
//! part `message/feedback-report` (RFC 5965). Everything else is an answer that a machine wrote (RFC 3834), which means nothing, or
//! something that a person has to read.

use std::panic::catch_unwind;

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::verp::{Origin, ReturnPath};
use crate::outbox::smtp::gone_for_good;

/// What a mail says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// There is no such address.
    Hard,
    /// It could not be delivered, and the address may be good.
    Soft,
    /// The reader called it unwanted.
    Complaint,
    /// Nothing that counts: an absence note, a receipt, a delay.
    Nothing,
    /// It is no report.
    Unread,
}

/// A mail, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub says: Says,
    /// The mail that it is about, proved by its return path.
    pub about: Option<Origin>,
    /// What the desk shows: `5.1.1 550 no such user`.
    pub reason: String,
}

/// The longest reason that is kept.
const REASON: usize = 200;
/// Where the address stands to which the report came, depending on who delivered it.
const ARRIVED_AT: [&str; 5] = ["To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"];

/// Reads any bytes.
pub(super) fn read(bytes: &[u8], paths: &ReturnPath) -> Report {
    // The parser is somebody else's, and the bytes are anybody's.
    let read = catch_unwind(|| {
        let message = MessageParser::default().parse(bytes)?;
        (!message.headers().is_empty()).then(|| of(&message, paths))
    });
    read.ok().flatten().unwrap_or_else(unread)
}

fn unread() -> Report {
    Report {
        says: Says::Unread,
        about: None,
        reason: String::new(),
    }
}

fn of(message: &Message<'_>, paths: &ReturnPath) -> Report {
    let part = |subtype: &str| message.parts.iter().find(|p| p.is_content_type("message", subtype));
    let (says, reason, own) = if let Some(status) = part("delivery-status").or_else(|| part("global-delivery-status")) {
        let (says, reason) = delivery_status(status.contents());
        (says, reason, String::new())
    } else if let Some(feedback) = part("feedback-report") {
        let fields = blocks(feedback.contents()).into_iter().flatten().collect::<Vec<_>>();
        let kind = field(&fields, "Feedback-Type").unwrap_or_default();
        // "not-spam" takes a complaint back, and is none.
        let says = if kind.eq_ignore_ascii_case("not-spam") {
            Says::Nothing
        } else {
            Says::Complaint
        };
        (
            says,
            kind.to_owned(),
            field(&fields, "Original-Mail-From").unwrap_or_default().to_owned(),
        )
    } else if part("disposition-notification").is_some() || is_automatic(message) {
        (Says::Nothing, String::new(), String::new())
    } else {
        return unread();
    };
    let arrived = message
        .headers_raw()
        .filter(|(name, _)| ARRIVED_AT.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .map(|(_, value)| value.to_owned());
    let places = std::iter::once(own).chain(originals(message)).chain(arrived);
    Report {
        says,
        about: places.into_iter().find_map(|text| paths.find(&text)),
        reason: one_line(&reason),
    }
}

/// The return path in the copy of the mail that a report carries, whole or as headers.
fn originals(message: &Message<'_>) -> Vec<String> {
    message.parts.iter().filter_map(original).collect()
}

fn original(part: &MessagePart<'_>) -> Option<String> {
    if let PartType::Message(message) = &part.body {
        return message.header_raw("Return-Path").map(str::to_owned);
    }
    if !part.is_content_type("text", "rfc822-headers") && !part.is_content_type("message", "rfc822") {
        return None;
    }
    let headers = MessageParser::default().parse_headers(part.contents())?;
    headers.header_raw("Return-Path").map(str::to_owned)
}

/// Whether a machine wrote it by itself.
fn is_automatic(message: &Message<'_>) -> bool {
    let raw = |name: &str| message.header_raw(name).map(|v| v.trim().to_ascii_lowercase());
    if raw("X-Failed-Recipients").is_some() {
        // A bounce in the prose of its server: somebody has to read it.
        return false;
    }
    raw("Auto-Submitted").is_some_and(|value| !value.starts_with("no"))
        || ["X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"]
            .iter()
            .any(|name| raw(name).is_some())
        || raw("Precedence").is_some_and(|value| matches!(value.as_str(), "auto_reply" | "bulk" | "junk" | "list"))
}

/// What a `message/delivery-status` says of its first recipient who got nothing, else of its first.
fn delivery_status(body: &[u8]) -> (Says, String) {
    let recipients: Vec<_> = blocks(body)
        .into_iter()
        .filter(|fields| field(fields, "Action").is_some() || field(fields, "Final-Recipient").is_some())
        .collect();
    let is = |fields: &[Field], action: &str| field(fields, "Action").is_some_and(|a| a.eq_ignore_ascii_case(action));
    let Some(fields) = recipients.iter().find(|r| is(r, "failed")).or(recipients.first()) else {
        return (Says::Unread, String::new());
    };
    let status = field(fields, "Status").unwrap_or_default();
    // "smtp; 550 5.1.1 no such user"
    let said = field(fields, "Diagnostic-Code").unwrap_or_default();
    let said = said.split_once(';').map_or(said, |(_, said)| said.trim());
    let reason = format!("{status} {said}");
    if !is(fields, "failed") {
        // Delayed, relayed, expanded, delivered: it may have arrived, or a later report says that it has not.
        return (Says::Nothing, reason);
    }
    let says = if is_hard(status, said) { Says::Hard } else { Says::Soft };
    (says, reason)
}

/// Whether a failure says that there is no such address. Servers that do not know why write 5.0.0; then the answer of the server
/// before them counts.
fn is_hard(status: &str, said: &str) -> bool {
    let mut parts = status.split([' ', '(']).next().unwrap_or_default().split('.');
    let class = parts.next().unwrap_or_default();
    let subject = parts.next().and_then(|n| n.parse().ok());
    let detail = parts.next().and_then(|n| n.parse().ok());
    let code = said.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0_u16);
    match (class, subject, detail) {
        ("5", Some(0) | None, _) | ("", ..) => {
            let told = said.split([' ', '-']).nth(1).filter(|word| word.starts_with("5."));
            match told {
                Some(told) if told != status => is_hard(told, ""),
                _ => code == 0 && class == "5" || matches!(code, 550 | 551 | 553 | 556),
            }
        }
        // Said by one large provider of addresses that it does not have.
        ("5", Some(4), Some(1)) => said.to_ascii_lowercase().contains("recipient address rejected"),
        ("5", Some(subject), Some(detail)) => gone_for_good(subject, detail),
        _ => false,
    }
}

type Field = (String, String);

fn field<'a>(fields: &'a [Field], name: &str) -> Option<&'a str> {
    let found = fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// Groups of fields with blank lines between them (RFC 3464, section 2.1), unfolded.
fn blocks(body: &[u8]) -> Vec<Vec<Field>> {
    let text = String::from_utf8_lossy(body);
    let mut blocks: Vec<Vec<Field>> = vec![Vec::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            blocks.push(Vec::new());
            continue;
        }
        let Some(block) = blocks.last_mut() else { continue };
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = block.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            block.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    blocks
}

fn one_line(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    clean.take(REASON).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests;
