//! The mails that ask for a tap: before anybody gets letters, and before they go to another address.

use serde::Serialize;

use super::{MailFacts, Signature};

/// The tap that is missing. It holds nothing that a visitor typed: whoever typed the address may not own it.
#[derive(Debug, Clone, Serialize)]
pub struct NewsletterConfirm {
    /// Who writes.
    pub signature: Signature,
    /// The page with the button.
    pub confirm_url: String,
    /// The last day the link works, in the practice's zone: "Tuesday, December 1".
    pub valid_until: String,
}

impl MailFacts for NewsletterConfirm {
    const KIND: &'static str = "newsletter-confirm";

    fn samples() -> Vec<Self> {
        vec![Self {
            signature: Signature::sample(),
            confirm_url: "https://slowlantern.example/newsletter/confirm/mzxw6ytboi2dgnbvgy3tqojqmzxw6ytb".into(),
            valid_until: "Tuesday, December 1".into(),
        }]
    }
}

/// The tap at the new address. It says nothing of who asked.
#[derive(Debug, Clone, Serialize)]
pub struct NewsletterAddress {
    /// Who writes.
    pub signature: Signature,
    /// The page with the button.
    pub confirm_url: String,
    /// The last day the link works, in the practice's zone: "Tuesday, December 1".
    pub valid_until: String,
}

impl MailFacts for NewsletterAddress {
    const KIND: &'static str = "newsletter-address";

    fn samples() -> Vec<Self> {
        vec![Self {
            signature: Signature::sample(),
            confirm_url: "https://slowlantern.example/newsletter/address/mzxw6ytboi2dgnbvgy3tqojqmzxw6ytb".into(),
            valid_until: "Tuesday, December 1".into(),
        }]
    }
}
