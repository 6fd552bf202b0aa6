//! Money that goes back, as the desk shows it.

use serde::Serialize;

/// Giving back what was paid.
#[derive(Debug, Clone, Serialize)]
pub struct RefundForm {
    /// The field's own name on the page.
    pub id: String,
    /// Where it posts to (`amount`; of a package `end`, too).
    pub url: String,
    /// "$195": what is left of what was paid.
    pub left: String,
    /// What stands in the field.
    pub amount: String,
    /// What is wrong with it, as a sentence.
    pub problem: Option<String>,
}

/// Something that goes back, or shall.
#[derive(Debug, Clone, Serialize)]
pub struct RefundRow {
    /// "$97.50".
    pub amount: String,
    /// Where it stands.
    pub state: RefundState,
    /// "Tuesday, November 24, 9:12 am".
    pub since: String,
    /// Where "I have given it back" posts to, when that is hers to say.
    pub given_url: Option<String>,
    /// Where "try again" posts to, when it failed.
    pub again_url: Option<String>,
    /// The service's word for the reason, when it failed.
    pub failure: Option<String>,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// The service is asked.
    OnItsWay,
    /// She has to give it back.
    ByHand,
    /// It went back.
    Done,
    /// It did not go back.
    Failed,
}

impl RefundForm {
    /// For samples.
    pub fn sample(url: &str) -> Self {
        Self {
            id: format!("refund{}", url.replace('/', "-")),
            url: url.into(),
            left: "$195".into(),
            amount: "500".into(),
            problem: Some("At most $195 can go back.".into()),
        }
    }
}

impl RefundRow {
    /// One for each state.
    pub fn samples() -> Vec<Self> {
        use RefundState::{ByHand, Done, Failed, OnItsWay};
        let url = |end: &str| Some(format!("/admin/refunds/019ab6a0/{end}"));
        let row = |state| Self {
            amount: "$97.50".into(),
            state,
            since: "Tuesday, November 24, 9:12 am".into(),
            given_url: matches!(state, ByHand | Failed).then(|| url("given")).flatten(),
            again_url: (state == Failed).then(|| url("again")).flatten(),
            failure: (state == Failed).then(|| "balance_insufficient".into()),
        };
        [OnItsWay, ByHand, Done, Failed].map(row).to_vec()
    }
}
