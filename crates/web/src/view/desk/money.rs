//! Money: what is owed, what came in, one purchase with its ledger, receipts.

use serde::Serialize;

use super::{Choice, Desk, PurchaseRow, Tab};
use crate::view::Page;

/// `/admin/money`.
#[derive(Debug, Clone, Serialize)]
pub struct MoneyPage {
    /// The frame, at [`Tab::Settings`].
    pub desk: Desk,
    /// What is owed, and by whom.
    pub owed: Vec<OwedRow>,
    /// "November 2026": the month of the takings.
    pub month: String,
    /// They as a file.
    pub file_url: String,
    /// The month before.
    pub earlier_url: Option<String>,
    /// The month after, unless it is still to come.
    pub later_url: Option<String>,
    /// "$1,204.50": what came in, less what went back.
    pub total: Option<String>,
    /// The takings, by day.
    pub takings: Vec<TakingRow>,
}

/// Something that is owed.
#[derive(Debug, Clone, Serialize)]
pub struct OwedRow {
    /// Where it is marked as paid.
    pub url: String,
    /// Who owes it.
    pub name: String,
    /// "$195.00".
    pub amount: String,
    /// The offering's or the package's name.
    pub what: String,
    /// When the visit is, or the package was bought.
    pub when: String,
    /// `awaiting`, `third_party`, `at_visit`, `fee` or `package`.
    pub why: &'static str,
    /// Until when it is kept, while it waits.
    pub until: Option<String>,
}

/// Money that came in or went back.
#[derive(Debug, Clone, Serialize)]
pub struct TakingRow {
    /// "Tuesday, November 24".
    pub date: String,
    /// What it was for.
    pub what: String,
    /// Who paid.
    pub payer: String,
    /// "$195.00".
    pub amount: String,
    /// Whether it went back.
    pub back: bool,
    /// In which way.
    pub method: String,
    /// The receipt's number and file.
    pub receipt: Option<(i64, String)>,
}

/// A receipt at the desk.
#[derive(Debug, Clone, Serialize)]
pub struct ReceiptLine {
    /// Its number.
    pub number: i64,
    /// "$195.00".
    pub amount: String,
    /// "November 24, 2026".
    pub date: String,
    /// Its file; `/send` below it sends it once more.
    pub url: String,
}

/// What was typed into the form of a mark that could not be taken.
#[derive(Debug, Clone, Serialize)]
pub struct PayTyped {
    /// The way.
    pub method: String,
    /// The day.
    pub day: String,
    /// The note.
    pub note: String,
    /// What is wrong, as a sentence.
    pub problem: String,
}

/// `/admin/purchases/{id}`.
#[derive(Debug, Clone, Serialize)]
pub struct PurchaseDetail {
    /// The frame, at [`Tab::Settings`].
    pub desk: Desk,
    /// What she has just done.
    pub done: Option<PurchaseDone>,
    /// The purchase.
    pub row: PurchaseRow,
    /// What was typed when it could not be marked.
    pub pay_typed: Option<PayTyped>,
    /// The buyer's page.
    pub public_url: String,
    /// Its receipts.
    pub receipts: Vec<ReceiptLine>,
    /// Every line, the oldest first.
    pub ledger: Vec<LedgerRow>,
    /// Giving or taking credits, while it is active.
    pub adjust: Option<Adjust>,
}

/// What the last action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseDone {
    /// Credits were given or taken.
    Adjusted,
    /// The receipt is on its way.
    Receipt,
}

/// A line of the ledger.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerRow {
    /// "Tuesday, November 24, 9:12 am".
    pub when: String,
    /// `granted`, `spent`, `returned`, `expired`, `given` or `taken`.
    pub event: &'static str,
    /// Of which offering.
    pub offering: String,
    /// How many.
    pub count: u32,
    /// The visit's page.
    pub visit_url: Option<String>,
    /// Her note.
    pub note: Option<String>,
}

/// The form that gives or takes credits.
#[derive(Debug, Clone, Serialize)]
pub struct Adjust {
    /// Where it posts to.
    pub url: String,
    /// Its visits.
    pub offerings: Vec<Choice>,
    /// How many.
    pub amount: String,
    /// The note.
    pub note: String,
    /// What is wrong, as a sentence.
    pub problem: Option<String>,
}

impl ReceiptLine {
    /// One of an invented practice.
    pub fn sample() -> Self {
        Self {
            number: 12,
            amount: "$195.00".into(),
            date: "November 24, 2026".into(),
            url: "/admin/receipts/12".into(),
        }
    }
}

impl PayTyped {
    /// One with something wrong.
    pub fn sample() -> Self {
        Self {
            method: "cash".into(),
            day: "2027-01-01".into(),
            note: "Handed over at the door".into(),
            problem: "That day is still to come: it cannot have been paid then.".into(),
        }
    }
}

impl Page for MoneyPage {
    const TEMPLATE: &'static str = "desk/money.html";

    fn samples() -> Vec<Self> {
        let owed = |why, until: Option<&str>| OwedRow {
            url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000001".into(),
            name: "Grace Lynch".into(),
            amount: "$195.00".into(),
            what: "Initial consultation".into(),
            when: "Friday, November 27, 9:00 am".into(),
            why,
            until: until.map(Into::into),
        };
        let taking = |back, amount: &str| TakingRow {
            date: "Tuesday, November 24".into(),
            what: "Initial consultation".into(),
            payer: "Aoife Daly".into(),
            amount: amount.into(),
            back,
            method: "transfer".into(),
            receipt: (!back).then(|| (12, "/admin/receipts/12".into())),
        };
        let full = Self {
            desk: Desk::sample(Tab::Settings),
            owed: vec![
                owed("awaiting", Some("tomorrow, 12:00 pm")),
                owed("third_party", None),
                owed("at_visit", None),
                owed("fee", None),
                owed("package", None),
            ],
            month: "November 2026".into(),
            file_url: "/admin/takings/2026-11.csv".into(),
            earlier_url: Some("/admin/money?month=2026-10".into()),
            later_url: Some("/admin/money?month=2026-12".into()),
            total: Some("$97.50".into()),
            takings: vec![taking(false, "$195.00"), taking(true, "-$97.50")],
        };
        let empty = Self {
            owed: Vec::new(),
            takings: Vec::new(),
            later_url: None,
            total: None,
            ..full.clone()
        };
        vec![full, empty]
    }
}

impl Page for PurchaseDetail {
    const TEMPLATE: &'static str = "desk/purchase.html";

    fn samples() -> Vec<Self> {
        let line = |event, note: Option<&str>| LedgerRow {
            when: "Tuesday, November 24, 9:12 am".into(),
            event,
            offering: "Follow-up visit".into(),
            count: 1,
            visit_url: matches!(event, "spent" | "returned").then(|| "/admin/appointments/1".into()),
            note: note.map(Into::into),
        };
        let events = ["granted", "spent", "returned", "expired", "given", "taken"];
        PurchaseRow::samples()
            .into_iter()
            .map(|row| Self {
                desk: Desk::sample(Tab::Settings),
                done: row.until.as_ref().map(|_| PurchaseDone::Adjusted),
                pay_typed: row.pay_url.as_ref().map(|_| PayTyped::sample()),
                public_url: "/purchases/7f3k2mq9x4".into(),
                receipts: row.paid.iter().map(|_| ReceiptLine::sample()).collect(),
                ledger: events
                    .map(|event| line(event, (event == "given").then_some("A gift")))
                    .into(),
                adjust: row.until.as_ref().map(|_| Adjust {
                    url: format!("{}/credits", row.url),
                    offerings: vec![Choice::new("follow-up", "Follow-up visit: 1 left", true)],
                    amount: "1".into(),
                    note: String::new(),
                    problem: row.over.then(|| "None of these is left to take.".into()),
                }),
                row,
            })
            .collect()
    }
}
