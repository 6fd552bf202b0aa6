//! Whether she came, and what is kept when she did not.

use serde::Serialize;

/// Saying whether she came.
#[derive(Debug, Clone, Serialize)]
pub struct Came {
    /// Where "she came" posts to, unless that is how it stands.
    pub done_url: Option<String>,
    /// Where "she did not come" posts to (`fee`: `keep` or `waive`), unless that is how it stands.
    pub missed_url: Option<String>,
    /// "$195": what her policy keeps then; none when it keeps nothing.
    pub fee: Option<String>,
    /// Whether it is paid, so that it is kept and not owed.
    pub paid: bool,
}

/// What her policy keeps, and her decision about it.
#[derive(Debug, Clone, Serialize)]
pub struct FeePanel {
    /// "$97.50".
    pub amount: String,
    /// `open`, `kept` or `waived`.
    pub decision: &'static str,
    /// Why nothing is taken without her: "Someone is ill".
    pub reason: Option<String>,
    /// Whether money for it is there, so that it is kept and not owed.
    pub paid: bool,
    /// Where her decision posts to (`fee`: `keep` or `waive`).
    pub url: String,
}
