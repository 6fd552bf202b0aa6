//! What a long form sends: pairs of a name and a text, of which a name may stand several times.

use serde::Deserialize;

/// The pairs, as they came.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// Of these pairs.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The text of this name; empty when there is none. Line ends are `\n`.
    pub fn text(&self, name: &str) -> String {
        let found = self.0.iter().find(|(n, _)| n == name);
        found.map(|(_, text)| text.replace("\r\n", "\n")).unwrap_or_default()
    }

    /// Every text of this name.
    pub fn all(&self, name: &str) -> Vec<String> {
        let same = self.0.iter().filter(|(n, _)| n == name);
        same.map(|(_, text)| text.clone()).collect()
    }

    /// Whether a tick of this name is set.
    pub fn is_set(&self, name: &str) -> bool {
        self.0.iter().any(|(n, text)| n == name && !text.is_empty())
    }
}
