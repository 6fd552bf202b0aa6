//! `/book/{offering}`: how, which day, which time.

use serde::Serialize;

use super::super::Page;
use super::super::frame::Frame;
use super::calendar::Calendar;
use super::parts::{NextFree, Office, Part, ZoneChoice};

/// The times of one offering.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a sentence of the page that is said or not"
)]
#[derive(Debug, Clone, Serialize)]
pub struct BookPage {
    /// The frame.
    pub frame: Frame,
    /// The offering's slug, for the forms on the page.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its one sentence.
    pub summary: String,
    /// What happens in it, in paragraphs; may be empty.
    pub description: Vec<String>,
    /// The practice's words on cancelling, in paragraphs; empty for what is free, and while only families she has met can book.
    pub policy: Vec<String>,
    /// "90 minutes".
    pub minutes: String,
    /// "$195" or "Free".
    pub price: String,
    /// Whether it costs nothing, so that no word is lost about cancelling costs.
    pub is_free: bool,
    /// Whether a family gets it once.
    pub once_per_family: bool,
    /// Until how many hours before a visit cancelling costs nothing.
    pub free_until_hours: u32,
    /// Whether only families she has met can book it: then the page says how, and shows neither days nor times.
    pub clients_only: bool,
    /// Hidden in the forms: what proves that she is a client, where one is needed and she is.
    pub client: Option<String>,
    /// Whether what she typed before is kept for the next form.
    pub carried: bool,
    /// The modes to choose from; empty when there is only one.
    pub modes: Vec<ModeChoice>,
    /// In person: `office` and `home` to choose from; empty when there is only one of them.
    pub places: Vec<ModeChoice>,
    /// What is said of a visit at her home, while that is chosen.
    pub at_home: Option<AtHome>,
    /// The mode in use: `telehealth` or `in_person`.
    pub mode: String,
    /// What the words call the way in use: `telehealth`, `in_person` (at the office) or `home`.
    pub way: String,
    /// Whether times can be shown: at home once the postcode lies in the area.
    pub has_times: bool,
    /// The office, while the visit would be there.
    pub office: Option<Office>,
    /// The chosen day as the form sends it, "2026-11-25"; none while no day is chosen.
    pub day: Option<String>,
    /// "Tomorrow, Wednesday, November 25"; none while nothing is free (then `empty` is set).
    pub day_title: Option<String>,
    /// The free times of that day under their horizons, without empty ones.
    pub horizons: Vec<Horizon>,
    /// The days to choose from.
    pub calendar: Calendar,
    /// The zone in which times are shown, an IANA name.
    pub zone: String,
    /// "New York time".
    pub zone_name: String,
    /// Whether the zone is known to be hers (cookie or choice), so that "yours" may be said.
    pub zone_is_hers: bool,
    /// The zones for the list; empty for visits in person, whose times are the place's.
    pub zones: Vec<ZoneChoice>,
    /// A time that was taken meanwhile, said above everything.
    pub taken: Option<Taken>,
    /// Set when no time is free.
    pub empty: Option<Empty>,
}

/// One of two modes, or of two places.
#[derive(Debug, Clone, Serialize)]
pub struct ModeChoice {
    /// `telehealth` or `in_person`; `office` or `home`.
    pub value: String,
    /// Whether it is in use.
    pub chosen: bool,
    /// The quiet line below its name where it is no fixed words: the office's street.
    pub hint: Option<String>,
}

/// A visit at her home, before a time is chosen.
#[derive(Debug, Clone, Serialize)]
pub struct AtHome {
    /// As she typed it.
    pub postcode: String,
    /// Whether it lies in the area.
    pub answer: HomeAnswer,
    /// "$25", what the trip costs; none where it costs nothing.
    pub trip_fee: Option<String>,
    /// Outside the area: the times at the office, where it is held there.
    pub office_url: Option<String>,
    /// Outside the area: the times of telehealth, where it is held so.
    pub telehealth_url: Option<String>,
}

/// Whether a postcode lies in the area of home visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HomeAnswer {
    /// She has typed none yet; the page shows no times.
    NotYet,
    /// It is farther than she drives; the page shows the other ways instead of times.
    Outside,
    /// It does.
    Inside,
}

/// The times of one part of the day.
#[derive(Debug, Clone, Serialize)]
pub struct Horizon {
    /// Which part.
    pub part: Part,
    /// Ascending.
    pub times: Vec<TimeChoice>,
}

/// One time.
#[derive(Debug, Clone, Serialize)]
pub struct TimeChoice {
    /// "10:15 am".
    pub label: String,
    /// The form for it; none when it was taken a moment ago (it keeps its place, struck through).
    pub url: Option<String>,
}

impl Horizon {
    /// Puts times, ascending, under their parts of the day.
    pub fn stand(times: impl IntoIterator<Item = (Part, TimeChoice)>) -> Vec<Self> {
        let mut horizons: Vec<Self> = Vec::new();
        for (part, time) in times {
            match horizons.iter_mut().find(|h| h.part == part) {
                Some(horizon) => horizon.times.push(time),
                None => horizons.push(Self {
                    part,
                    times: vec![time],
                }),
            }
        }
        horizons
    }
}

/// A time that somebody else took.
#[derive(Debug, Clone, Serialize)]
pub struct Taken {
    /// "10:15 am".
    pub time: String,
    /// The nearest free ones of the same mode, at most three; may be empty.
    pub nearest: Vec<NextFree>,
}

/// Nothing is free.
#[derive(Debug, Clone, Serialize)]
pub struct Empty {
    /// Over which span.
    pub span: EmptySpan,
    /// The next time all the same.
    pub next: Option<NextFree>,
    /// That time in full, "Thursday, December 3, 9:00 am".
    pub next_in_full: Option<String>,
    /// The page of that day.
    pub next_day_url: Option<String>,
    /// A time of the other mode that is sooner.
    pub other_mode: Option<NextFree>,
}

/// How long nothing is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmptySpan {
    /// On the day that was asked for.
    Day,
    /// In the coming seven days.
    Week,
    /// As far as can be booked.
    All,
}

impl Page for BookPage {
    const TEMPLATE: &'static str = "pages/book.html";

    #[expect(clippy::too_many_lines, reason = "one value for every state")]
    fn samples() -> Vec<Self> {
        let time = |part, label: &str| {
            (
                part,
                TimeChoice {
                    label: label.into(),
                    url: Some("/book/initial-consultation?start=2026-11-25T15:15:00Z".into()),
                },
            )
        };
        let times = || {
            use Part::{Afternoon, Evening, Morning};
            vec![
                time(Morning, "9:00 am"),
                time(Morning, "10:15 am"),
                time(Morning, "10:45 am"),
                time(Morning, "11:15 am"),
                time(Afternoon, "1:00 pm"),
                time(Afternoon, "1:30 pm"),
                time(Evening, "7:30 pm"),
            ]
        };
        let zones = [
            ("Europe/Dublin", "Dublin (Europe)"),
            ("America/New_York", "New York (America)"),
            ("Asia/Tokyo", "Tokyo (Asia)"),
        ];
        let two = |chosen: &str, values: [&str; 2], hints: [Option<&str>; 2]| {
            let choice = |(value, hint): (&str, Option<&str>)| ModeChoice {
                value: value.into(),
                chosen: chosen == value,
                hint: hint.map(Into::into),
            };
            values.into_iter().zip(hints).map(choice).collect::<Vec<_>>()
        };
        let street = Some("12 Ember Row, Suite 3");
        let modes = |chosen: &str| two(chosen, ["telehealth", "in_person"], [None, street]);
        let places = |chosen: &str| two(chosen, ["office", "home"], [street, None]);
        let full = Self {
            frame: Frame::sample(),
            slug: "initial-consultation".into(),
            name: "Initial consultation".into(),
            summary: "A whole feed from start to finish, and a plan for the two of you that fits your days.".into(),
            description: vec!["Ninety minutes. I hear how it has gone so far, and we look at a whole feed.".into()],
            policy: vec!["If the baby comes, nothing is charged, whatever the hour.".into()],
            minutes: "90 minutes".into(),
            price: "$195".into(),
            is_free: false,
            once_per_family: false,
            free_until_hours: 24,
            clients_only: false,
            client: None,
            carried: false,
            modes: modes("telehealth"),
            places: vec![],
            at_home: None,
            mode: "telehealth".into(),
            way: "telehealth".into(),
            has_times: true,
            office: None,
            day: Some("2026-11-25".into()),
            day_title: Some("Tomorrow, Wednesday, November 25".into()),
            horizons: Horizon::stand(times()),
            calendar: Calendar::sample(true),
            zone: "America/New_York".into(),
            zone_name: "New York time".into(),
            zone_is_hers: true,
            zones: zones
                .iter()
                .map(|(value, label)| ZoneChoice {
                    value: (*value).into(),
                    label: (*label).into(),
                    chosen: *value == "America/New_York",
                })
                .collect(),
            taken: None,
            empty: None,
        };
        let mini = Self {
            slug: "free-mini-consult".into(),
            name: "Free mini-consult".into(),
            minutes: "15 minutes".into(),
            price: "Free".into(),
            is_free: true,
            once_per_family: true,
            modes: vec![],
            zone_is_hers: false,
            ..full.clone()
        };
        let mut struck = times();
        struck[1].1.url = None;
        let nearest = |when: &str| {
            NextFree::new(
                when.into(),
                "/book/initial-consultation?start=2026-11-25T15:45:00Z".into(),
            )
        };
        let taken = Self {
            horizons: Horizon::stand(struck),
            taken: Some(Taken {
                time: "10:15 am".into(),
                nearest: vec![nearest("10:45 am"), nearest("9:00 am"), nearest("11:15 am")],
            }),
            ..full.clone()
        };
        let office = Self {
            modes: modes("in_person"),
            mode: "in_person".into(),
            way: "in_person".into(),
            places: places("office"),
            office: Some(Office::sample()),
            zones: vec![],
            ..full.clone()
        };
        let home = |postcode: &str, answer, fee: Option<&str>| Self {
            places: places("home"),
            at_home: Some(AtHome {
                postcode: postcode.into(),
                answer,
                trip_fee: fee.map(Into::into),
                office_url: (answer == HomeAnswer::Outside).then(|| "/book/initial-consultation?mode=in_person".into()),
                telehealth_url: (answer == HomeAnswer::Outside)
                    .then(|| "/book/initial-consultation?mode=telehealth".into()),
            }),
            way: "home".into(),
            has_times: answer == HomeAnswer::Inside,
            office: None,
            ..office.clone()
        };
        let without_times = |page: Self| Self {
            day: None,
            day_title: None,
            horizons: vec![],
            calendar: Calendar::sample(false),
            ..page
        };
        let nowhere = without_times(Self {
            modes: vec![],
            places: vec![],
            at_home: Some(AtHome {
                postcode: "99999".into(),
                answer: HomeAnswer::Outside,
                trip_fee: None,
                office_url: None,
                telehealth_url: None,
            }),
            ..home("", HomeAnswer::Outside, None)
        });
        let full_at_home = Self {
            empty: Some(Empty {
                span: EmptySpan::Day,
                next: Some(NextFree::sample()),
                next_in_full: None,
                next_day_url: None,
                other_mode: Some(NextFree::sample()),
            }),
            ..without_times(home("28704", HomeAnswer::Inside, Some("$25")))
        };
        let full_for_now = Self {
            empty: full_at_home.empty.clone().map(|empty| Empty {
                span: EmptySpan::All,
                ..empty
            }),
            ..full_at_home.clone()
        };
        let empty = Self {
            day: None,
            day_title: None,
            horizons: vec![],
            calendar: Calendar::sample(false),
            empty: Some(Empty {
                span: EmptySpan::Week,
                next: Some(NextFree::new(
                    "December 3, 9:00 am".into(),
                    "/book/initial-consultation?start=2026-12-03T14:00:00Z".into(),
                )),
                next_in_full: Some("Thursday, December 3, 9:00 am".into()),
                next_day_url: Some("/book/initial-consultation?day=2026-12-03".into()),
                other_mode: Some(NextFree::sample()),
            }),
            ..office.clone()
        };
        let nothing = Self {
            empty: Some(Empty {
                span: EmptySpan::All,
                next: None,
                next_in_full: None,
                next_day_url: None,
                other_mode: None,
            }),
            ..empty.clone()
        };
        let clients = Self {
            clients_only: true,
            slug: "follow-up".into(),
            name: "Follow-up visit".into(),
            price: "$110".into(),
            ..nothing.clone()
        };
        let follow_up = Self {
            client: Some("c7k2mq9x4".into()),
            carried: true,
            ..full.clone()
        };
        vec![
            follow_up,
            home("28704", HomeAnswer::Inside, Some("$25")),
            home("28801", HomeAnswer::Inside, None),
            without_times(home("", HomeAnswer::NotYet, None)),
            without_times(home("99999", HomeAnswer::Outside, None)),
            nowhere,
            full_at_home,
            full_for_now,
            full,
            mini,
            taken,
            office,
            empty,
            nothing,
            clients,
        ]
    }
}
