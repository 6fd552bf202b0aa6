//! A letter, made once for everybody: its links hold a place where each recipient's own token goes.

use serde::Serialize;

use super::{MailFacts, Signature};

/// The consultant's own words, and below them why they come and how to stop them.
#[derive(Debug, Clone, Serialize)]
pub struct LetterWords {
    /// Who writes.
    pub signature: Signature,
    /// The subject, and the heading: her own words.
    pub title: String,
    /// What she wrote, as sanitised HTML with whole addresses.
    pub html: String,
    /// The same as plain text.
    pub plain: String,
    /// The topic as the subscriber chose it: "Free offerings".
    pub topic: String,
    /// The article, if the site shows it.
    pub web_url: Option<String>,
    /// Where she leaves with one tap.
    pub unsubscribe_url: String,
    /// Where she chooses topics.
    pub preferences_url: String,
}

impl MailFacts for LetterWords {
    const KIND: &'static str = "letter";

    fn samples() -> Vec<Self> {
        let sample = Self {
            signature: Signature::sample(),
            title: "Four free hours in December".into(),
            html: "<p>December is short, and I have kept <strong>four mornings</strong> free.</p>\
                <h2>When</h2><ul><li>Tuesday the 8th</li><li>Friday the 11th</li></ul><blockquote><p>Come as you are.</p></blockquote>"
                .into(),
            plain: "December is short, and I have kept four mornings free.\n\nWhen\n====\n\n- Tuesday the 8th\n- Friday the 11th\n\n> Come as you are."
                .into(),
            topic: "Free offerings".into(),
            web_url: Some("https://slowlantern.example/posts/four-free-hours".into()),
            unsubscribe_url: "https://slowlantern.example/newsletter/unsubscribe/mzxw6ytboi2dgnbvgy3tqojqmzxw6ytb".into(),
            preferences_url: "https://slowlantern.example/newsletter/preferences/mzxw6ytboi2dgnbvgy3tqojqmzxw6ytb".into(),
        };
        let only_mailed = Self {
            web_url: None,
            ..sample.clone()
        };
        vec![sample, only_mailed]
    }
}
