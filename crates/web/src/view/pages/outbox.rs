//! `/outbox`: the mails of an installation that only captures them, for trying things out.

use serde::Serialize;

use super::super::Page;
use super::super::frame::Frame;

/// All captured mails.
#[derive(Debug, Clone, Serialize)]
pub struct OutboxPage {
    /// The frame.
    pub frame: Frame,
    /// Newest first.
    pub mails: Vec<MailLine>,
    /// The next page of older ones.
    pub older: Option<String>,
}

/// One mail in the list.
#[derive(Debug, Clone, Serialize)]
pub struct MailLine {
    /// `/outbox/{id}`.
    pub url: String,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// "Tomorrow"-free moment in the practice's zone: "Tuesday, November 24, 3:31 pm".
    pub when: String,
}

/// One mail, as a mail program would show it.
#[derive(Debug, Clone, Serialize)]
pub struct MailPage {
    /// The frame.
    pub frame: Frame,
    /// From whom, with name.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Where answers go, if not to `from`.
    pub reply_to: Option<String>,
    /// Its subject.
    pub subject: String,
    /// When it was captured: "Tuesday, November 24, 3:31 pm".
    pub when: String,
    /// The address of its HTML part, a document of its own with a policy of its own (mails carry inline styles, which
    /// the pages' policy forbids), shown in a frame that runs no script; none if the mail has no HTML part.
    pub html_url: Option<String>,
    /// Its text part, links apart.
    pub text: Vec<TextPiece>,
    /// The names of its attachments and calendar parts.
    pub attachments: Vec<String>,
    /// `/outbox/{id}.eml`.
    pub eml_url: String,
}

/// A piece of a text: as it is, or an address to tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextPiece {
    /// The piece.
    pub text: String,
    /// Whether it is an address.
    pub link: bool,
}

impl TextPiece {
    /// Takes a plain text apart at its `http://` and `https://` addresses, each of which ends at white space.
    pub fn split(text: &str) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = ["http://", "https://"].iter().filter_map(|s| rest.find(s)).min() {
            let (before, from) = rest.split_at(at);
            let (link, after) = from.split_at(from.find(char::is_whitespace).unwrap_or(from.len()));
            if !before.is_empty() {
                pieces.push(Self {
                    text: before.into(),
                    link: false,
                });
            }
            pieces.push(Self {
                text: link.into(),
                link: true,
            });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Self {
                text: rest.into(),
                link: false,
            });
        }
        pieces
    }
}

impl Page for OutboxPage {
    const TEMPLATE: &'static str = "pages/outbox.html";

    fn samples() -> Vec<Self> {
        let line = |subject: &str| MailLine {
            url: "/outbox/01".into(),
            to: "aoife.daly@example.com".into(),
            subject: subject.into(),
            when: "Tuesday, November 24, 3:31 pm".into(),
        };
        let frame = Frame {
            outbox: true,
            ..Frame::sample()
        };
        let full = Self {
            frame,
            mails: vec![
                line("Appointment with Nora Tillery, Wednesday, November 25, 10:15 am"),
                line("One more step: please confirm"),
            ],
            older: Some("/outbox?before=01".into()),
        };
        vec![
            full.clone(),
            Self {
                mails: vec![],
                older: None,
                ..full
            },
        ]
    }
}

impl Page for MailPage {
    const TEMPLATE: &'static str = "pages/mail.html";

    fn samples() -> Vec<Self> {
        let full = Self {
            frame: Frame {
                outbox: true,
                ..Frame::sample()
            },
            from: "Nora Tillery <hello@slowlantern.example>".into(),
            to: "aoife.daly@example.com".into(),
            reply_to: Some("nora@slowlantern.example".into()),
            subject: "Appointment with Nora Tillery, Wednesday, November 25, 10:15 am".into(),
            when: "Tuesday, November 24, 3:31 pm".into(),
            html_url: Some("/outbox/01.html".into()),
            text: TextPiece::split(
                "Hello Aoife,\n\nit is booked. Open the appointment:\nhttp://127.0.0.1:8080/appointments/abc\n\nNora",
            ),
            attachments: vec!["invite.ics".into()],
            eml_url: "/outbox/01.eml".into(),
        };
        vec![
            full.clone(),
            Self {
                reply_to: None,
                html_url: None,
                attachments: vec![],
                ..full
            },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_a_text_can_be_tapped() {
        let piece = |text: &str, link| TextPiece {
            text: text.into(),
            link,
        };
        assert_eq!(
            TextPiece::split("see http://a/b\nor https://c d"),
            [
                piece("see ", false),
                piece("http://a/b", true),
                piece("\nor ", false),
                piece("https://c", true),
                piece(" d", false)
            ]
        );
        assert_eq!(TextPiece::split("none"), [piece("none", false)]);
        assert!(TextPiece::split("").is_empty());
    }
}
