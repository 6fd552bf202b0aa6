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

use super::compose::{Attachment, CalendarPart, Mail, Mailbox};

/// A message ready to be handed over.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    /// The outbox's row.
    pub id: MailId,
    /// The envelope's sender: where it comes back to when it cannot be delivered.
    pub from: EmailAddress,
    /// The domain of the visible sender, which signs.
    pub domain: String,
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
    if let Some(list) = &mail.list {
        let link = &list.unsubscribe;
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
        if !(link.starts_with("https://") || link.starts_with("http://")) || !plain(link) {
            return Err(MessageError::Link);
        }
        if !plain(&list.id) || !plain(&list.feedback_id) {
            return Err(MessageError::Control("the name of the list"));
        }
        builder = builder
            .raw_header(one_line("List-Id", format!("<{}>", list.id)))
            .raw_header(one_line("List-Unsubscribe", format!("<{link}>")))
            .raw_header(one_line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()))
            .raw_header(one_line("Feedback-ID", list.feedback_id.clone()));
    }
    let words = multipart(MultiPartKind::Alternative, &format!("{unique}-words"))
        .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
        .singlepart(part(ContentType::TEXT_HTML, &mail.html));
    let body = match &mail.calendar {
        None => words,
        Some(calendar) => with_calendar(words, calendar, unique)?,
    };
    let body = match &mail.attachment {
        None => body,
        Some(file) => with_file(body, file, unique)?,
    };
    let message = builder
        .multipart(body)
        .map_err(|e| MessageError::Library(e.to_string()))?;
    Ok(Parcel {
        id,
        from: mail.from.address.clone(),
        domain: mail.from.address.domain().to_owned(),
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

/// The file comes last, as mail programs show it.
fn with_file(body: MultiPart, file: &Attachment, unique: &str) -> Result<MultiPart, MessageError> {
    let kind = ContentType::parse(file.kind).map_err(|e| MessageError::Library(e.to_string()))?;
    let part = SinglePart::builder()
        .content_type(kind)
        .header(ContentTransferEncoding::Base64)
        .header(ContentDisposition::attachment(file.name))
        .body(file.bytes.clone());
    Ok(multipart(MultiPartKind::Mixed, &format!("{unique}-file"))
        .multipart(body)
        .singlepart(part))
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

#[cfg(test)]
mod tests {
    use kernel::chance::Chance;
    use kernel::keys::Keys;
    use mail_parser::{MessageParser, MimeHeaders};
    use proptest::prelude::*;

    use super::*;
    use crate::outbox::{CalendarMethod, ListHeaders};

    const NOW: Instant = Instant::from_micros(1_795_521_600_000_000);

    fn links() -> LinkKey {
        Keys::from_hex(&"5a".repeat(32)).unwrap().links
    }

    fn mail() -> Mail {
        let practice: EmailAddress = "nora@practice.example".parse().unwrap();
        Mail {
            from: Mailbox::named("Nora Tillery", practice.clone()),
            reply_to: Some(Mailbox::named("Nora", practice)),
            to: Mailbox::named("Ana Lee", "ana@example.org".parse().unwrap()),
            subject: "Appointment with Nora Tillery".into(),
            text: "Hello Ana".into(),
            html: "<p>Hello Ana</p>".into(),
            calendar: None,
            attachment: None,
            list: None,
            auto_submitted: true,
        }
    }

    fn list(unsubscribe: &str) -> ListHeaders {
        ListHeaders {
            unsubscribe: unsubscribe.into(),
            id: "letters.practice.example".into(),
            feedback_id: "7:blog-posts:letter:practice.example".into(),
        }
    }

    fn id() -> MailId {
        MailId::new(NOW, &Chance::seeded(1))
    }

    fn message(mail: &Mail) -> String {
        let parcel = build(mail, id(), &links(), NOW).unwrap();
        String::from_utf8(parcel.bytes).unwrap()
    }

    #[test]
    fn an_invitation_has_the_structure_that_calendar_programs_need() {
        let ics = "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nSUMMARY:Besuch ü\r\nEND:VCALENDAR\r\n";
        let invitation = Mail {
            calendar: Some(CalendarPart {
                method: CalendarMethod::Cancel,
                bytes: ics.into(),
            }),
            attachment: None,
            ..mail()
        };
        let text = message(&invitation);
        let read = MessageParser::default().parse(text.as_bytes()).unwrap();
        let kinds: Vec<String> = read
            .parts
            .iter()
            .map(|p| {
                let kind = p.content_type().unwrap();
                format!("{}/{}", kind.ctype(), kind.subtype().unwrap())
            })
            .collect();
        assert_eq!(
            kinds,
            [
                "multipart/mixed",
                "multipart/alternative",
                "text/plain",
                "text/html",
                "text/calendar",
                "application/ics"
            ]
        );
        let (calendar, attachment) = (&read.parts[4], &read.parts[5]);
        assert_eq!(calendar.content_type().unwrap().attribute("method"), Some("CANCEL"));
        assert!(calendar.content_disposition().is_none());
        assert_eq!(calendar.text_contents(), Some(ics));
        assert_eq!(attachment.contents(), ics.as_bytes());
        assert_eq!(attachment.attachment_name(), Some("invite.ics"));
        assert!(attachment.content_disposition().unwrap().is_attachment());
        assert_eq!(text.matches("Content-Transfer-Encoding: base64").count(), 2);
        assert!(
            text.contains("Content-Type: text/calendar; charset=utf-8; method=CANCEL\r\n"),
            "{text}"
        );
    }

    #[test]
    fn a_letter_says_how_to_leave_on_one_line_each() {
        let link = format!("https://practice.example/newsletter/unsubscribe/{}", "a".repeat(120));
        let letter = Mail {
            list: Some(list(&link)),
            auto_submitted: false,
            ..mail()
        };
        let text = message(&letter);
        assert!(text.contains(&format!("\r\nList-Unsubscribe: <{link}>\r\n")));
        assert!(text.contains("\r\nList-Id: <letters.practice.example>\r\n"));
        assert!(text.contains("\r\nFeedback-ID: 7:blog-posts:letter:practice.example\r\n"));
        assert!(text.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert!(!text.contains("Auto-Submitted"));
        for wrong in [
            "mailto:x@example.org",
            "https://x.example/ a",
            "https://x.example/>\r\nBcc: y",
        ] {
            let letter = Mail {
                list: Some(list(wrong)),
                ..mail()
            };
            assert!(matches!(build(&letter, id(), &links(), NOW), Err(MessageError::Link)));
        }
    }

    #[test]
    fn the_same_mail_is_the_same_message() {
        assert_eq!(message(&mail()), message(&mail()));
        let other = build(&mail(), MailId::new(NOW, &Chance::seeded(2)), &links(), NOW).unwrap();
        assert_ne!(message(&mail()).into_bytes(), other.bytes);
        assert!(
            message(&mail()).contains("\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n"),
            "{}",
            message(&mail())
        );
    }

    proptest! {
        #[test]
        fn whatever_is_written_no_line_is_long_no_header_is_added_and_it_reads_back(
            subject in "\\PC{0,300}", name in "\\PC{0,80}", text in "(\\PC|\n){0,2000}",
        ) {
            let written = Mail {
                to: Mailbox::named(name.clone(), "ana@example.org".parse().unwrap()),
                subject: subject.clone(),
                text: text.clone(),
                ..mail()
            };
            let built = build(&written, id(), &links(), NOW);
            // Format characters such as U+00AD are no control characters; all of \PC is allowed.
            let bytes = built.unwrap().bytes;
            prop_assert!(bytes.is_ascii());
            prop_assert!(bytes.split(|&b| b == b'\n').all(|line| line.len() <= 998));
            let read = MessageParser::default().parse(&bytes).unwrap();
            let expected = ["Message-ID", "Date", "From", "To", "Subject", "Reply-To", "Auto-Submitted", "MIME-Version", "Content-Type"];
            prop_assert_eq!(read.parts[0].headers().len(), expected.len());
            let to = read.to().unwrap().first().unwrap();
            prop_assert_eq!(to.address(), Some("ana@example.org"));
            let lines = |t: &str| t.replace("\r\n", "\n").trim_end().to_owned();
            prop_assert_eq!(lines(&read.body_text(0).unwrap()), lines(&text));
        }

        #[test]
        fn a_line_break_in_a_header_is_refused(before in "\\PC{0,9}", after in "\\PC{0,9}", control in "[\r\n\t\x00-\x1f\x7f]") {
            let evil = format!("{before}x{control}x{after}");
            let subject = Mail { subject: evil.clone(), ..mail() };
            prop_assert!(matches!(build(&subject, id(), &links(), NOW), Err(MessageError::Control(_))));
            let name = Mail { to: Mailbox { name: Some(evil), ..mail().to }, ..mail() };
            prop_assert!(matches!(build(&name, id(), &links(), NOW), Err(MessageError::Control(_))));
        }
    }
}
