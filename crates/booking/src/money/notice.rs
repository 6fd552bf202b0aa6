//! What others are told of a purchase, inside the transaction that made it so.

use kernel::instant::Instant;
use kernel::money::Money;
use serde::{Deserialize, Serialize};

use super::purchase::PurchaseFacts;
use crate::practice::mode::words;

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
        /// Whether it is paid online, from its own page.
        #[serde(default)]
        online: bool,
    },
    /// Paid: its credits can be used.
    Paid,
    /// Money that was paid goes back.
    GivenBack {
        /// How much.
        amount: Money,
        /// Why.
        why: BackWhy,
    },
    /// What is left of it ends soon.
    Ending {
        /// When: a visit has to start before.
        until: Instant,
        /// What is left.
        left: Vec<Left>,
    },
    /// Somebody who gave the buyer's address asked for its link.
    Asked,
}

/// Visits of one offering that are left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The offering's name.
    pub name: String,
    /// How many.
    pub count: u32,
}

/// Why money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackWhy {
    /// The practice's policy, at a cancellation: the mail about that says so.
    Policy,
    /// The consultant gives it back.
    Consultant,
    /// It came when the time was over, and somebody else has it.
    TooLate,
    /// It had been paid before.
    Twice,
    /// It came for something that was cancelled.
    Cancelled,
}

words!(
    BackWhy,
    "policy, consultant, too_late, twice, cancelled",
    Policy = "policy",
    Consultant = "consultant",
    TooLate = "too_late",
    Twice = "twice",
    Cancelled = "cancelled"
);
