//! What others are told of a purchase, inside the transaction that made it so.

use serde::{Deserialize, Serialize};

use super::purchase::PurchaseFacts;

/// Something that happened to a purchase; facts and ids, no links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseNotice {
    /// What happened.
    pub kind: PurchaseNoticeKind,
    /// The purchase after it happened.
    pub facts: PurchaseFacts,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PurchaseNoticeKind {
    /// Bought, and waiting to be paid.
    Requested {
        /// The practice's own words on how to pay.
        how_to_pay: String,
    },
    /// Paid: its credits can be used.
    Paid,
}
