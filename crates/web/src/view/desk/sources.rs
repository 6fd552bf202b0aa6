//! Her other calendars: what is read where, how that went, and what it takes of her week.

use booking::source::Trouble;
use serde::Serialize;

use super::{Choice, Desk, Tab};
use crate::view::Page;

/// `/admin/other-calendars`.
#[derive(Debug, Clone, Serialize)]
pub struct OtherCalendars {
    /// The frame, at [`Tab::Feed`].
    pub desk: Desk,
    /// What she has just done.
    pub notice: Option<SourcesNotice>,
    /// Whose they are: a slug.
    pub who: String,
    /// To choose from, where there are several consultants.
    pub consultants: Vec<Choice>,
    /// Those that are there.
    pub calendars: Vec<OtherCalendar>,
    /// What was typed for a new one, when it could not be added.
    pub name: String,
    /// The same.
    pub name_problem: Option<String>,
    /// The same.
    pub address: String,
    /// Why nothing could be read there, in words.
    pub address_problem: Option<String>,
    /// Whether the new one shall take time.
    pub blocks: bool,
    /// The coming days.
    pub week: Vec<BusyDay>,
}

/// One that is there.
#[derive(Debug, Clone, Serialize)]
pub struct OtherCalendar {
    /// Where its actions post to: `{url}/test` and so on.
    pub url: String,
    /// What she calls it.
    pub name: String,
    /// The host, which is no secret.
    pub host: String,
    /// Whether it takes time from her hours.
    pub blocks: bool,
    /// Whether it is read no more.
    pub paused: bool,
    /// "4 minutes ago"; none if it never was.
    pub read: Option<String>,
    /// Why it cannot be read: the word by which `source-…` is found.
    pub trouble: Option<String>,
    /// Since when it cannot.
    pub since: Option<String>,
    /// What could not be understood of it.
    pub warnings: Vec<String>,
    /// What is known of how late its provider publishes changes.
    pub late: Option<String>,
}

/// One day of the coming ones.
#[derive(Debug, Clone, Serialize)]
pub struct BusyDay {
    /// "Tuesday, November 24".
    pub title: String,
    /// Whether she has hours then.
    pub open: bool,
    /// Ascending.
    pub lines: Vec<BusyLine>,
}

/// Time that a calendar takes.
#[derive(Debug, Clone, Serialize)]
pub struct BusyLine {
    /// "9:00 to 10:30 am", or "all day".
    pub time: String,
    /// Which calendar.
    pub name: String,
    /// Whether it takes something of her hours.
    pub takes: bool,
    /// Whether that calendar blocks at all.
    pub blocks: bool,
}

/// What the last action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourcesNotice {
    /// There is one more.
    Added,
    /// It was read just now.
    ReadWell,
    /// It was tried just now in vain; its row says why.
    ReadBadly,
    /// It is read no more.
    Paused,
    /// It is read again.
    Resumed,
    /// It takes time, or takes none any more.
    Saved,
    /// It is gone.
    Removed,
}

impl Page for OtherCalendars {
    const TEMPLATE: &'static str = "desk/other-calendars.html";

    fn samples() -> Vec<Self> {
        let line = |time: &str, takes, blocks| BusyLine {
            time: time.into(),
            name: "Private".into(),
            takes,
            blocks,
        };
        let day = |title: &str, open, lines| BusyDay {
            title: title.into(),
            open,
            lines,
        };
        let well = OtherCalendar {
            url: "/admin/other-calendars/019ab6a0-0000-7000-8000-000000000001".into(),
            name: "Private".into(),
            host: "calendar.google.com".into(),
            blocks: true,
            paused: false,
            read: Some("4 minutes ago".into()),
            trouble: None,
            since: None,
            warnings: Vec::new(),
            late: Some("Google can be some hours late with what you change.".into()),
        };
        let bad = |trouble: Trouble| OtherCalendar {
            name: "Choir".into(),
            host: "cloud.example".into(),
            trouble: Some(trouble.code().into()),
            since: Some("today, 3:10 am".into()),
            late: None,
            ..well.clone()
        };
        let first = Self {
            desk: Desk::sample(Tab::Feed),
            notice: None,
            who: "nora-tillery".into(),
            consultants: Vec::new(),
            calendars: Vec::new(),
            name: String::new(),
            name_problem: None,
            address: String::new(),
            address_problem: None,
            blocks: true,
            week: vec![day("Tuesday, November 24", true, Vec::new())],
        };
        let full = Self {
            notice: Some(SourcesNotice::Added),
            consultants: vec![Choice::new("nora-tillery", "Nora Tillery", true)],
            calendars: vec![
                well.clone(),
                OtherCalendar {
                    blocks: false,
                    paused: true,
                    read: None,
                    warnings: vec!["the time zone \"Mars\" is unknown: its times are read as America/New_York".into()],
                    ..well.clone()
                },
            ]
            .into_iter()
            .chain(Trouble::ALL.map(bad))
            .collect(),
            week: vec![
                day(
                    "Tuesday, November 24",
                    true,
                    vec![
                        line("9:00 to 10:30 am", true, true),
                        line("8:00 to 9:00 pm", false, true),
                    ],
                ),
                day("Wednesday, November 25", false, vec![line("all day", true, false)]),
                day("Thursday, November 26", false, Vec::new()),
            ],
            ..first.clone()
        };
        let refused = Self {
            name_problem: Some("Give it a name of at most 60 characters.".into()),
            address: "http://calendar.example/a.ics".into(),
            address_problem: Some("The address is not a secure one.".into()),
            blocks: false,
            ..first.clone()
        };
        let mut all = vec![first, full.clone(), refused];
        for notice in [
            SourcesNotice::ReadWell,
            SourcesNotice::ReadBadly,
            SourcesNotice::Paused,
            SourcesNotice::Resumed,
            SourcesNotice::Saved,
            SourcesNotice::Removed,
        ] {
            all.push(Self {
                notice: Some(notice),
                ..full.clone()
            });
        }
        all
    }
}
