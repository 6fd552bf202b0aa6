//! A receipt.

use serde::Serialize;

use super::Paper;

/// A receipt. Its texts are single lines: see [`super::cell`].
#[derive(Debug, Clone, Serialize)]
pub struct ReceiptPaper {
    /// Its number.
    pub number: i64,
    /// The practice's name.
    pub issuer: String,
    /// Its address, number and e-mail, in lines.
    pub head: Vec<String>,
    /// Who paid.
    pub payer: String,
    /// "November 24, 2026".
    pub issued: String,
    /// "November 24, 2026".
    pub paid: String,
    /// `cash`, `transfer`, `card` or `other`, or a payment service's word.
    pub method: String,
    /// What was paid for.
    pub rows: Vec<ReceiptRow>,
    /// "$195.00".
    pub total: String,
    /// Whether it is set on letter paper.
    pub letter: bool,
}

/// A line of a receipt.
#[derive(Debug, Clone, Serialize)]
pub struct ReceiptRow {
    /// `visit`, `trip`, `fee` or `package`.
    pub kind: &'static str,
    /// The offering's or the package's name.
    pub name: String,
    /// "December 1, 2026", of a visit.
    pub date: String,
    /// "$195.00".
    pub amount: String,
}

impl Paper for ReceiptPaper {
    const TEMPLATE: &'static str = "paper/receipt.txt";

    fn samples() -> Vec<Self> {
        let row = |kind, name: &str, amount: &str| ReceiptRow {
            kind,
            name: name.into(),
            date: "December 1, 2026".into(),
            amount: amount.into(),
        };
        let visit = Self {
            number: 12,
            issuer: "Slow Lantern Lactation".into(),
            head: vec![
                "12 Ember Row, Suite 3".into(),
                "Asheville, NC 28801".into(),
                "nora@slowlantern.example".into(),
            ],
            payer: "Aoife Daly".into(),
            issued: "November 24, 2026".into(),
            paid: "November 24, 2026".into(),
            method: "transfer".into(),
            rows: vec![
                row("visit", "Initial consultation", "$195.00"),
                row("trip", "", "$25.00"),
            ],
            total: "$220.00".into(),
            letter: true,
        };
        let other = |kind, payer: &str, method: &str| Self {
            payer: payer.into(),
            method: method.into(),
            rows: vec![row(kind, "First weeks", "¥5,000")],
            total: "¥5,000".into(),
            letter: false,
            ..visit.clone()
        };
        let long = Self {
            rows: (0..60)
                .map(|_| row("visit", &"A very long name of a visit ".repeat(5), "KWD 12.500"))
                .collect(),
            ..other("visit", &"Wolfeschlegelsteinhausenbergerdorff ".repeat(3), "card")
        };
        vec![
            other("package", "田中 さくら", "card"),
            other("fee", "ליאת כהן", "cash"),
            other("visit", "Юлия Ким 김유리 Łucja", "other"),
            other("visit", "ليلى حداد", "online"),
            long,
            visit,
        ]
    }

    fn on_letter(&self) -> bool {
        self.letter
    }
}
