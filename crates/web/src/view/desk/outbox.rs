//! What stands in the outbox and why, and addresses that take no mail any more.

use serde::Serialize;

use super::{Desk, Tab};
use crate::view::Page;

/// `/admin/outbox`.
#[derive(Debug, Clone, Serialize)]
pub struct Outbox {
    /// The frame, at [`Tab::Today`].
    pub desk: Desk,
    /// Mails that wait, the oldest first.
    pub waiting: Vec<OutboxRow>,
    /// Mails that did not arrive, the oldest first.
    pub refused: Vec<OutboxRow>,
    /// How many may or may not have arrived.
    pub uncertain: u64,
    /// Those, once she has asked for them.
    pub uncertain_rows: Option<Vec<OutboxRow>>,
}

/// One mail.
#[derive(Debug, Clone, Serialize)]
pub struct OutboxRow {
    /// "Confirmation".
    pub about: String,
    /// The address it goes to.
    pub to: String,
    /// When it was promised.
    pub when: String,
    /// Why it stands here.
    pub why: OutboxWhy,
    /// What the server said, word for word.
    pub said: Option<String>,
    /// When it is tried again.
    pub again: Option<String>,
}

/// Why a mail has not arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxWhy {
    /// It goes at once.
    NotTried,
    /// It is being handed over.
    UnderWay,
    /// There is no such address.
    NoSuchAddress,
    /// The mailbox is full.
    Full,
    /// The recipient's server does not want it.
    Unwanted,
    /// The recipient's server asks for patience.
    Later,
    /// The connection was lost, or no answer came.
    Lost,
    /// Its words could not be made.
    Words,
    /// Something else.
    Other,
}

impl Page for Outbox {
    const TEMPLATE: &'static str = "desk/outbox.html";

    fn samples() -> Vec<Self> {
        let row = |why, said: Option<&str>, again: Option<&str>| OutboxRow {
            about: "Confirmation".into(),
            to: "emer@exmaple.com".into(),
            when: "yesterday, 6:12 pm".into(),
            why,
            said: said.map(Into::into),
            again: again.map(Into::into),
        };
        let full = Self {
            desk: Desk::sample(Tab::Today),
            waiting: vec![
                row(OutboxWhy::NotTried, None, None),
                row(OutboxWhy::UnderWay, None, None),
                row(OutboxWhy::Later, Some("451 4.7.1 greylisted"), Some("9:52 am")),
                row(OutboxWhy::Full, Some("452 4.2.2 mailbox full"), Some("9:52 am")),
                row(
                    OutboxWhy::Lost,
                    Some("the server does not answer in time"),
                    Some("9:52 am"),
                ),
                row(OutboxWhy::Words, Some("no mail is called x"), Some("9:52 am")),
                row(OutboxWhy::Other, Some("?"), None),
            ],
            refused: vec![
                row(OutboxWhy::NoSuchAddress, Some("550 5.1.1 no such user"), None),
                row(OutboxWhy::Unwanted, Some("554 5.7.1 unwanted"), None),
            ],
            uncertain: 1,
            uncertain_rows: None,
        };
        let asked = Self {
            uncertain_rows: Some(vec![row(
                OutboxWhy::Lost,
                Some("connection lost after the message"),
                None,
            )]),
            ..full.clone()
        };
        let empty = Self {
            waiting: Vec::new(),
            refused: Vec::new(),
            uncertain: 0,
            ..full.clone()
        };
        vec![full, asked, empty]
    }
}

/// `/admin/returned`.
#[derive(Debug, Clone, Serialize)]
pub struct Returned {
    /// The frame, at [`Tab::Subscribers`].
    pub desk: Desk,
    /// What she has just done.
    pub notice: Option<ReturnedNotice>,
    /// The latest first.
    pub rows: Vec<ReturnedRow>,
    /// Mails in the mailbox for bounces that nobody but she can read.
    pub unread: u64,
    /// Where they are kept.
    pub folder: Option<String>,
}

/// An address.
#[derive(Debug, Clone, Serialize)]
pub struct ReturnedRow {
    /// Whose.
    pub address: String,
    /// Since when.
    pub since: String,
    /// She called a letter unwanted; otherwise the address takes no mail.
    pub complained: bool,
    /// Where writing to it again posts to; none after a complaint.
    pub reinstate_url: Option<String>,
}

/// What the last action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnedNotice {
    /// It gets mail again.
    Reinstated,
    /// It stood differently meanwhile.
    Nothing,
}

impl Page for Returned {
    const TEMPLATE: &'static str = "desk/returned.html";

    fn samples() -> Vec<Self> {
        let row = |address: &str, complained: bool| ReturnedRow {
            address: address.into(),
            since: "Tuesday, November 24, 3:12 am".into(),
            complained,
            reinstate_url: (!complained)
                .then(|| "/admin/returned/019ab6a0-0000-7000-8000-000000000001/reinstate".into()),
        };
        let full = Self {
            desk: Desk::sample(Tab::Subscribers),
            notice: Some(ReturnedNotice::Reinstated),
            rows: vec![row("emer@exmaple.com", false), row("cross@example.com", true)],
            unread: 2,
            folder: Some("/var/mail/bounces/.Unparsed".into()),
        };
        let empty = Self {
            notice: Some(ReturnedNotice::Nothing),
            rows: Vec::new(),
            unread: 1,
            ..full.clone()
        };
        let quiet = Self {
            notice: None,
            unread: 0,
            folder: None,
            ..empty.clone()
        };
        vec![full, empty, quiet]
    }
}
