//! The mails about money that goes back, when no other mail says so.

use serde::Serialize;

use super::{MailFacts, Signature, When};

/// Money of a visit goes back.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentRefund {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,".
    pub name: Option<String>,
    /// When the visit is, was, or would have been.
    pub when: When,
    /// Whether it does not take place.
    pub gone: bool,
    /// "$195".
    pub amount: String,
    /// Why.
    pub why: Why,
    /// Where to try to take it again, when somebody else was quicker; none when it has begun.
    pub again_url: Option<String>,
}

/// Money of a package goes back.
#[derive(Debug, Clone, Serialize)]
pub struct PurchaseRefund {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,".
    pub name: Option<String>,
    /// The package's name.
    pub package: String,
    /// "$375".
    pub amount: String,
    /// Why.
    pub why: Why,
    /// Whether what was left of it has ended with it.
    pub ended: bool,
}

/// Why it goes back, as the mails say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// She gives it back.
    Hers,
    /// It came when the time was no longer kept, and it was not free any more.
    TooLate,
    /// It had been paid before.
    Twice,
    /// It came for what was cancelled.
    Cancelled,
}

impl MailFacts for AppointmentRefund {
    const KIND: &'static str = "appointment-refund";

    fn samples() -> Vec<Self> {
        let hers = Self {
            signature: Signature::sample(),
            name: Some("Grace".into()),
            when: When::sample(),
            gone: false,
            amount: "$97.50".into(),
            why: Why::Hers,
            again_url: None,
        };
        let late = Self {
            gone: true,
            why: Why::TooLate,
            again_url: Some("https://slowlantern.example/book/initial-consultation".into()),
            ..hers.clone()
        };
        let begun = Self {
            name: None,
            when: When::abroad(),
            again_url: None,
            ..late.clone()
        };
        let twice = Self {
            why: Why::Twice,
            ..hers.clone()
        };
        let cancelled = Self {
            why: Why::Cancelled,
            gone: true,
            ..hers.clone()
        };
        vec![hers, late, begun, twice, cancelled]
    }
}

impl MailFacts for PurchaseRefund {
    const KIND: &'static str = "purchase-refund";

    fn samples() -> Vec<Self> {
        let hers = Self {
            signature: Signature::sample(),
            name: Some("Aoife".into()),
            package: "First weeks".into(),
            amount: "$375".into(),
            why: Why::Hers,
            ended: true,
        };
        let twice = Self {
            name: None,
            why: Why::Twice,
            ended: false,
            ..hers.clone()
        };
        vec![hers, twice]
    }
}
