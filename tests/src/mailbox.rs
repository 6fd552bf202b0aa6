//! The mails that the program captured, as their readers get them.

use mail_parser::{Message, MessageParser, MimeHeaders};
use reqwest::Url;

use crate::{page::fold, visitor::Visitor};

/// A captured mail, newest first in [`read`].
#[derive(Clone, Debug)]
pub struct Mail {
    /// Its id at `/outbox`.
    pub id: String,
    /// The bare address.
    pub to: String,
    /// The decoded subject.
    pub subject: String,
    /// The decoded plain part.
    pub text: String,
    /// Its bytes on the wire.
    pub eml: Vec<u8>,
}

/// Everything at `/outbox.json`, with the bytes of each.
pub async fn read(visitor: &Visitor) -> Vec<Mail> {
    let page = visitor.get("/outbox.json").await.expect(200);
    let list: Vec<serde_json::Value> = serde_json::from_str(&page.body).expect("a JSON list");
    let mut mails = Vec::new();
    for entry in list {
        let field = |name: &str| match &entry[name] {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let id = field("id");
        let answer = visitor
            .request(reqwest::Method::GET, &format!("/outbox/{id}.eml"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200, "/outbox/{id}.eml");
        let eml = answer.bytes().await.expect("its bytes").to_vec();
        mails.push(Mail {
            id,
            to: field("to"),
            subject: field("subject"),
            text: field("text"),
            eml,
        });
    }
    mails
}

impl Mail {
    /// The MIME structure.
    pub fn message(&self) -> Message<'_> {
        MessageParser::default()
            .parse(&self.eml)
            .expect("a mail that can be parsed")
    }

    /// The decoded HTML part.
    pub fn html(&self) -> String {
        self.message().body_html(0).expect("an HTML part").into_owned()
    }

    /// The calendar part that a calendar program acts on, if the mail has one.
    pub fn calendar(&self) -> Option<String> {
        let message = self.message();
        let part = message.parts.iter().find(|p| {
            p.content_type()
                .is_some_and(|t| t.ctype() == "text" && t.subtype() == Some("calendar"))
        })?;
        Some(String::from_utf8_lossy(part.contents()).into_owned())
    }

    /// A header as the parser reads it.
    pub fn header(&self, name: &str) -> String {
        let message = self.message();
        message.header_raw(name.to_owned()).map(fold).unwrap_or_default()
    }

    /// Every link of the plain part.
    pub fn links(&self) -> Vec<Url> {
        let starts = self.text.match_indices("http").map(|(at, _)| &self.text[at..]);
        starts
            .filter(|t| t.starts_with("http://") || t.starts_with("https://"))
            .map(|t| {
                t.split(|c: char| c.is_whitespace() || c == '>' || c == ')')
                    .next()
                    .unwrap_or(t)
            })
            .map(|t| t.parse().unwrap_or_else(|e| panic!("{t} in the mail is no link: {e}")))
            .collect()
    }

    /// The link whose path begins like this.
    #[track_caller]
    pub fn link(&self, path: &str) -> Url {
        let links = self.links();
        let found = links.iter().find(|url| url.path().starts_with(path));
        found
            .unwrap_or_else(|| {
                panic!(
                    "the mail {:?} has no link to {path}, only {links:?}:\n{}",
                    self.subject, self.text
                )
            })
            .clone()
    }
}
