//! Her calendar feed: its address, what it shows, how each calendar program takes it.

use std::fmt::Write as _;

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;
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
    /// The same address as a picture for a phone's camera; none where it is too long for one.
    pub qr: Option<Qr>,
    /// Whether the address leads to this computer only (a loopback `public_url`).
    pub only_here: bool,
    /// How much it shows.
    pub detail: FeedDetail,
    /// Where a new choice of `detail` (`busy`, `initials` or `full`) posts to; none where it cannot be changed.
    pub detail_url: Option<String>,
    /// "today, 9:41 am, by Thunderbird", "yesterday, 6:12 pm"; none if it never was.
    pub last_fetched: Option<String>,
}

/// A QR code, to be drawn as one path on squares of 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Qr {
    /// Its width with the quiet zone of four squares on each side.
    pub side: usize,
    /// The dark squares, for an SVG path: "M4 4h7v1h-7z…".
    pub path: String,
}

impl Qr {
    /// The code of this text; none where it is too long.
    pub fn of(text: &str) -> Option<Self> {
        const QUIET: usize = 4;
        let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
        let mut path = String::new();
        for y in 0..code.size {
            let mut x = 0;
            while x < code.size {
                let run = code[y][x..code.size].iter().take_while(|square| square.value()).count();
                if run > 0 {
                    let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
                }
                x += run.max(1);
            }
        }
        Some(Self {
            side: code.size + 2 * QUIET,
            path,
        })
    }
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
            qr: Qr::of("webcal://slowlantern.example/calendar/mzxw6ytboi2dgnbvgy3tqojqmzxw6ytb.ics"),
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
                qr: None,
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
