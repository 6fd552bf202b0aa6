//! The newsletter in two steps, and the ways out of it.

use serde::Serialize;

use super::super::Page;
use super::super::frame::{Frame, Nav};
use super::article::PostTeaser;
use super::form::{Field, Problem};

/// Step 1, 0 %: one field.
#[derive(Debug, Clone, Serialize)]
pub struct NewsletterPage {
    /// The frame.
    pub frame: Frame,
    /// Her address.
    pub email: Field,
}

/// 50 %: one more step. The same for every address.
#[derive(Debug, Clone, Serialize)]
pub struct CheckInboxPage {
    /// The frame.
    pub frame: Frame,
    /// The address as it was typed, shown back; none when this browser does not know it any more.
    pub email: Option<String>,
    /// Whom the mail comes from: the discreet name.
    pub from_name: String,
    /// When it can be sent again, "10:25 am"; none shows the button.
    pub again_at: Option<String>,
    /// Whether it was sent again a moment ago.
    pub sent_again: bool,
    /// Same-origin address that answers JSON `{"confirmed": bool}`; the script asks it, and loads `/newsletter/check-inbox`
    /// anew once it is true. None: nothing is promised.
    pub poll_url: Option<String>,
}

/// The link in the mail: one large button, and nothing else above the fold.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmPage {
    /// The frame.
    pub frame: Frame,
    /// `/newsletter/confirm/{token}`.
    pub action: String,
    /// Whether this browser signed up (its cookie says so), so that the script may post by itself.
    pub same_browser: bool,
}

/// 100 %: welcome; now the topics.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmedPage {
    /// The frame.
    pub frame: Frame,
    /// `/newsletter/preferences/{token}`; none on the page that followed by itself, whose browser may not hold the link.
    pub action: Option<String>,
    /// The four topics.
    pub topics: Vec<TopicChoice>,
    /// The newest article.
    pub newest: Option<PostTeaser>,
}

/// One topic.
#[derive(Debug, Clone, Serialize)]
pub struct TopicChoice {
    /// `blog-posts`, `free-offerings`, `paid-offerings` or `other-news`.
    pub slug: String,
    /// Whether she gets it.
    pub chosen: bool,
}

impl TopicChoice {
    /// The four in their order, those named in `chosen` ticked.
    pub fn all(chosen: &[&str]) -> Vec<Self> {
        ["blog-posts", "free-offerings", "paid-offerings", "other-news"]
            .into_iter()
            .map(|slug| Self {
                slug: slug.into(),
                chosen: chosen.contains(&slug),
            })
            .collect()
    }
}

/// A newsletter link that leads nowhere.
#[derive(Debug, Clone, Serialize)]
pub struct LostLinkPage {
    /// The frame.
    pub frame: Frame,
    /// Whether it is too old (otherwise it is unknown).
    pub expired: bool,
}

/// What she gets, and the way out.
#[derive(Debug, Clone, Serialize)]
pub struct PreferencesPage {
    /// The frame.
    pub frame: Frame,
    /// Whose they are, shown back: "aoife.daly@example.com".
    pub email: String,
    /// `/newsletter/preferences/{token}`.
    pub action: String,
    /// The four topics.
    pub topics: Vec<TopicChoice>,
    /// What she has just done.
    pub said: Option<PreferencesSaid>,
    /// Until when she has paused: "February 24".
    pub paused_until: Option<String>,
    /// The address she asked for, which has not answered yet.
    pub asked_for: Option<String>,
    /// Whether she has left: then the page only says so, and how to come back.
    pub left: bool,
}

/// What she has just done on her page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PreferencesSaid {
    /// What she chose is kept.
    Saved,
    /// A link is on its way to the other address, if mail may go there.
    Asked,
}

/// Where she asks for letters at another address.
#[derive(Debug, Clone, Serialize)]
pub struct OtherAddressPage {
    /// The frame.
    pub frame: Frame,
    /// `/newsletter/preferences/{token}`.
    pub action: String,
    /// Where they go.
    pub email: String,
    /// The address she asked for, which has not answered yet.
    pub asked_for: Option<String>,
    /// What she typed.
    pub new_email: Field,
    /// Letters go to what she typed already.
    pub same: bool,
}

/// The link in the mail to another address: one button, or that it is over.
#[derive(Debug, Clone, Serialize)]
pub struct NewAddressPage {
    /// The frame.
    pub frame: Frame,
    /// `/newsletter/address/{token}`.
    pub action: String,
    /// The new address, while the button would make it hers.
    pub email: Option<String>,
}

/// The link at the end of every letter: one button.
#[derive(Debug, Clone, Serialize)]
pub struct UnsubscribePage {
    /// The frame.
    pub frame: Frame,
    /// `/newsletter/unsubscribe/{token}`.
    pub action: String,
    /// `/newsletter/preferences/{token}`: fewer letters instead.
    pub preferences_url: String,
}

/// She is out.
#[derive(Debug, Clone, Serialize)]
pub struct LeftPage {
    /// The frame.
    pub frame: Frame,
    /// `/newsletter/undo/{token}`, for ten minutes.
    pub undo_action: Option<String>,
    /// "10:25 am"; present exactly when `undo_action` is.
    pub undo_until: Option<String>,
    /// Whether she undid it: the letters go on.
    pub undone: bool,
}

fn frame() -> Frame {
    Frame::sample().at(Nav::Newsletter)
}

impl Page for NewsletterPage {
    const TEMPLATE: &'static str = "pages/newsletter.html";

    fn samples() -> Vec<Self> {
        let field = |value: &str, problem| Self {
            frame: frame(),
            email: Field {
                value: value.into(),
                problem,
            },
        };
        vec![
            field("", None),
            field("aoife.daly@", Some(Problem::Unusable)),
            field("", Some(Problem::Missing)),
            field("a@example.com", Some(Problem::TooLong)),
        ]
    }
}

impl Page for CheckInboxPage {
    const TEMPLATE: &'static str = "pages/check-inbox.html";

    fn samples() -> Vec<Self> {
        let waiting = Self {
            frame: Frame {
                outbox: true,
                ..frame()
            },
            email: Some("aoife.daly@example.com".into()),
            from_name: "Nora Tillery".into(),
            again_at: Some("10:25 am".into()),
            sent_again: false,
            poll_url: Some("/newsletter/check-inbox/state".into()),
        };
        let again = Self {
            again_at: None,
            ..waiting.clone()
        };
        let sent = Self {
            sent_again: true,
            ..waiting.clone()
        };
        vec![
            waiting,
            again.clone(),
            sent,
            Self {
                frame: frame(),
                email: None,
                poll_url: None,
                ..again
            },
        ]
    }
}

impl Page for ConfirmPage {
    const TEMPLATE: &'static str = "pages/confirm.html";

    fn samples() -> Vec<Self> {
        [false, true]
            .map(|same_browser| Self {
                frame: frame(),
                action: "/newsletter/confirm/abc".into(),
                same_browser,
            })
            .into()
    }
}

impl Page for ConfirmedPage {
    const TEMPLATE: &'static str = "pages/confirmed.html";

    fn samples() -> Vec<Self> {
        let full = Self {
            frame: frame(),
            action: Some("/newsletter/preferences/abc".into()),
            topics: TopicChoice::all(&["blog-posts", "free-offerings", "paid-offerings", "other-news"]),
            newest: PostTeaser::some().into_iter().next(),
        };
        vec![
            full.clone(),
            Self {
                action: None,
                newest: None,
                ..full
            },
        ]
    }
}

impl Page for LostLinkPage {
    const TEMPLATE: &'static str = "pages/lost-link.html";

    fn samples() -> Vec<Self> {
        [false, true]
            .map(|expired| Self {
                frame: frame(),
                expired,
            })
            .into()
    }
}

impl Page for PreferencesPage {
    const TEMPLATE: &'static str = "pages/preferences.html";

    fn samples() -> Vec<Self> {
        let one = |said, left| Self {
            frame: frame(),
            email: "aoife.daly@example.com".into(),
            action: "/newsletter/preferences/abc".into(),
            topics: TopicChoice::all(&["blog-posts", "free-offerings"]),
            said,
            left,
            paused_until: None,
            asked_for: None,
        };
        let paused = Self {
            paused_until: Some("February 24".into()),
            asked_for: Some("aoife@example.org".into()),
            ..one(None, false)
        };
        vec![
            one(None, false),
            one(Some(PreferencesSaid::Saved), false),
            one(Some(PreferencesSaid::Asked), false),
            one(None, true),
            paused,
        ]
    }
}

impl Page for OtherAddressPage {
    const TEMPLATE: &'static str = "pages/other-address.html";

    fn samples() -> Vec<Self> {
        let one = |value: &str, problem, same: bool| Self {
            frame: frame(),
            action: "/newsletter/preferences/abc".into(),
            email: "aoife.daly@example.com".into(),
            asked_for: same.then(|| "aoife@example.org".into()),
            new_email: Field {
                value: value.into(),
                problem,
            },
            same,
        };
        vec![
            one("", None, false),
            one("aoife@", Some(Problem::Unusable), false),
            one("", Some(Problem::Missing), false),
            one("aoife.daly@example.com", None, true),
        ]
    }
}

impl Page for NewAddressPage {
    const TEMPLATE: &'static str = "pages/new-address.html";

    fn samples() -> Vec<Self> {
        [Some("aoife@example.org"), None]
            .map(|email| Self {
                frame: frame(),
                action: "/newsletter/address/abc".into(),
                email: email.map(str::to_owned),
            })
            .into()
    }
}

impl Page for UnsubscribePage {
    const TEMPLATE: &'static str = "pages/unsubscribe.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            frame: frame(),
            action: "/newsletter/unsubscribe/abc".into(),
            preferences_url: "/newsletter/preferences/abc".into(),
        }]
    }
}

impl Page for LeftPage {
    const TEMPLATE: &'static str = "pages/left.html";

    fn samples() -> Vec<Self> {
        let one = |undo: bool, undone| Self {
            frame: frame(),
            undo_action: undo.then(|| "/newsletter/undo/abc".into()),
            undo_until: undo.then(|| "10:25 am".into()),
            undone,
        };
        vec![one(true, false), one(false, false), one(false, true)]
    }
}
