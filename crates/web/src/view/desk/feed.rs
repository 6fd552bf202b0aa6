//! Her calendar feed: its address, what it shows, how each calendar program takes it.

use serde::Serialize;

use super::{Desk, Tab};
use crate::view::Page;

/// `/admin/calendar`.
#[derive(Debug, Clone, Serialize)]
pub struct Feed {
    /// The frame, at [`Tab::Feed`].
    pub desk: Desk,
    /// What she has just done.
    pub notice: Option<FeedNotice>,
    /// The secret address.
    pub url: String,
    /// The same with `webcal://`, which calendar programs open.
    pub webcal_url: String,
    /// Whether the address leads to this computer only (a loopback `public_url`).
    pub only_here: bool,
    /// How much it shows.
    pub detail: FeedDetail,
    /// Where a new choice of `detail` (`busy`, `initials` or `full`) posts to; none where it cannot be changed.
    pub detail_url: Option<String>,
    /// "today, 9:41 am, by Thunderbird", "yesterday, 6:12 pm"; none if it never was.
    pub last_fetched: Option<String>,
}

/// How much the feed shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedDetail {
    /// "Booked".
    Busy,
    /// Initials.
    Initials,
    /// Everything.
    Full,
}

/// What the last action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedNotice {
    /// There is a new address.
    Rotated,
    /// Another level of detail.
    DetailSaved,
}

impl Page for Feed {
    const TEMPLATE: &'static str = "desk/feed.html";

    fn samples() -> Vec<Self> {
        let read = Self {
            desk: Desk::sample(Tab::Feed),
            notice: None,
            url: "https://slowlantern.example/calendar/mzxw6ytboi2dgnbvgy3tqojqmzxw6ytb.ics".into(),
            webcal_url: "webcal://slowlantern.example/calendar/mzxw6ytboi2dgnbvgy3tqojqmzxw6ytb.ics".into(),
            only_here: false,
            detail: FeedDetail::Initials,
            detail_url: Some("/admin/calendar/detail".into()),
            last_fetched: Some("today, 9:41 am".into()),
        };
        vec![
            read.clone(),
            Self {
                notice: Some(FeedNotice::Rotated),
                url: "http://127.0.0.1:8080/calendar/mzxw6ytboi2dgnbvgy3tqojqmzxw6ytb.ics".into(),
                webcal_url: "webcal://127.0.0.1:8080/calendar/mzxw6ytboi2dgnbvgy3tqojqmzxw6ytb.ics".into(),
                only_here: true,
                detail: FeedDetail::Busy,
                last_fetched: None,
                ..read.clone()
            },
            Self {
                notice: Some(FeedNotice::DetailSaved),
                detail: FeedDetail::Full,
                ..read.clone()
            },
            Self {
                detail_url: None,
                ..read
            },
        ]
    }
}
