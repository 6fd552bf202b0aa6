//! The mail that asks, once, for what is still open before a visit.

use serde::Serialize;

use super::appointment::MANAGE;
use super::{MailFacts, Signature, When};

/// Something of what the visit asks is not there. What that is stands behind the link alone.
#[derive(Debug, Clone, Serialize)]
pub struct IntakeNudge {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,", from [`super::greeting_name`].
    pub name: Option<String>,
    /// When they meet.
    pub when: When,
    /// The manage page.
    pub manage_url: String,
}

impl MailFacts for IntakeNudge {
    const KIND: &'static str = "intake-nudge";

    fn samples() -> Vec<Self> {
        let here = Self {
            signature: Signature::sample(),
            name: Some("Aoife".into()),
            when: When::sample(),
            manage_url: MANAGE.into(),
        };
        let abroad = Self {
            name: None,
            when: When::abroad(),
            ..here.clone()
        };
        vec![here, abroad]
    }
}
