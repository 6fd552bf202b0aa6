//! The mail with a receipt, when nothing else is told with it.

use serde::Serialize;

use super::{MailFacts, Signature};

/// A receipt, as the file that goes with it.
#[derive(Debug, Clone, Serialize)]
pub struct ReceiptMail {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,", from [`super::greeting_name`].
    pub name: Option<String>,
    /// Its number.
    pub number: i64,
    /// "$195.00".
    pub amount: String,
    /// "November 24, 2026".
    pub date: String,
}

impl MailFacts for ReceiptMail {
    const KIND: &'static str = "receipt";

    fn samples() -> Vec<Self> {
        let paid = Self {
            signature: Signature::sample(),
            name: Some("Aoife".into()),
            number: 12,
            amount: "$195.00".into(),
            date: "November 24, 2026".into(),
        };
        vec![
            Self {
                name: None,
                ..paid.clone()
            },
            paid,
        ]
    }
}
