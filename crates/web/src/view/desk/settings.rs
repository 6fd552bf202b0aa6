//! Her account: who is signed in, a new password, signing out.

use serde::Serialize;

use super::{Desk, Tab};
use crate::view::Page;

/// `/admin/settings`.
#[derive(Debug, Clone, Serialize)]
pub struct Settings {
    /// The frame, at [`Tab::Settings`].
    pub desk: Desk,
    /// What she has just done.
    pub notice: Option<SettingsNotice>,
    /// The address she signs in with.
    pub email: String,
    /// "today, 9:12 am".
    pub signed_in_since: String,
    /// What she can put into the pages of another site.
    pub embeds: Vec<Embed>,
}

/// A page of hers in a page of another site.
#[derive(Debug, Clone, Serialize)]
pub struct Embed {
    /// "Free mini-consult".
    pub name: String,
    /// What is to be copied.
    pub code: String,
}

/// What the last action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingsNotice {
    /// A link for a new password is on its way.
    LinkSent,
}

impl Page for Settings {
    const TEMPLATE: &'static str = "desk/settings.html";

    fn samples() -> Vec<Self> {
        [None, Some(SettingsNotice::LinkSent)]
            .map(|notice| Self {
                desk: Desk::sample(Tab::Settings),
                notice,
                email: "nora@slowlantern.example".into(),
                signed_in_since: "today, 9:12 am".into(),
                embeds: vec![Embed {
                    name: "Free mini-consult".into(),
                    code: "<div data-goldenhour=\"book/free-mini-consult\"></div>".into(),
                }],
            })
            .into()
    }
}
