//! Pieces that several pages share.

use jiff::civil::Time;
use kernel::zone::Zone;
use serde::Serialize;

/// The next time an offering can be booked, with one button.
#[derive(Debug, Clone, Serialize)]
pub struct NextFree {
    /// "tomorrow 10:15 am", from [`super::super::format::Locale::short`].
    pub when: String,
    /// The same as the start of a sentence: "Tomorrow 10:15 am".
    pub when_capital: String,
    /// Where the button leads: the form of that time.
    pub url: String,
}

impl NextFree {
    /// From a short moment such as "tomorrow 10:15 am".
    pub fn new(when: String, url: String) -> Self {
        Self {
            when_capital: super::super::format::capitalised(&when),
            when,
            url,
        }
    }

    pub(super) fn sample() -> Self {
        Self::new(
            "tomorrow 10:15 am".into(),
            "/book/free-mini-consult?mode=telehealth&start=2026-11-25T15:15:00Z".into(),
        )
    }
}

/// The ways in which an offering can be booked here, as the name of one phrase: "video-phone-office-home" and every part of
/// it, so that each language can say each of them as it likes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Ways(String);

impl Ways {
    /// The phrase for what is possible; nothing at all reads as a visit at the office.
    #[expect(clippy::fn_params_excessive_bools, reason = "four ways, each there or not")]
    pub fn of(video: bool, phone: bool, office: bool, home: bool) -> Self {
        let words = [(video, "video"), (phone, "phone"), (office, "office"), (home, "home")];
        let said: Vec<&str> = words.iter().filter(|(said, _)| *said).map(|(_, word)| *word).collect();
        Self(if said.is_empty() {
            "office".into()
        } else {
            said.join("-")
        })
    }

    /// Every phrase.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (1..16_u8).map(|bits| Self::of(bits & 1 > 0, bits & 2 > 0, bits & 4 > 0, bits & 8 > 0))
    }
}

/// How one visit is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// By video.
    Video,
    /// She calls the parent.
    Phone,
    /// By telehealth, the channel not chosen yet.
    Telehealth,
    /// At her office.
    Office,
    /// At the family's home.
    Home,
}

/// The office, as directions show it.
#[derive(Debug, Clone, Serialize)]
pub struct Office {
    /// What it is called: "The office on Ember Row".
    pub name: String,
    /// The postal address, line by line.
    pub lines: Vec<String>,
    /// How to get in, in paragraphs.
    pub directions: Vec<String>,
}

impl Office {
    pub(super) fn sample() -> Self {
        Self {
            name: "The office on Ember Row".into(),
            lines: vec!["12 Ember Row, Suite 3".into(), "Asheville, NC 28801".into()],
            directions: vec![
                "The brick house with the green door. Suite 3 is on the ground floor, and the stroller fits.".into(),
            ],
        }
    }
}

/// Paying online, as the page of something unpaid says it.
#[derive(Debug, Clone, Serialize)]
pub struct PayOnline {
    /// The service's page, when it is there.
    pub url: Option<String>,
    /// Where a form posts that makes that page and leads there.
    pub action: String,
    /// How it stands.
    pub state: PayState,
}

/// How paying online stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PayState {
    /// It can be paid.
    Open,
    /// She says that she has paid, and the service has not said so yet.
    Checking,
    /// The service says that the money is on its way.
    Pending,
    /// The service could not be reached a moment ago.
    Away,
}

impl PayOnline {
    /// One for each state.
    pub fn samples() -> [Self; 4] {
        [PayState::Open, PayState::Checking, PayState::Pending, PayState::Away].map(|state| Self {
            url: (state == PayState::Open).then(|| "https://checkout.example/pay/7f3k".into()),
            action: "/appointments/abc/pay".into(),
            state,
        })
    }
}

/// One visit as every page about it says it.
#[derive(Debug, Clone, Serialize)]
pub struct Visit {
    /// The offering's name.
    pub offering: String,
    /// "15 minutes".
    pub minutes: String,
    /// How it is held.
    pub how: How,
    /// "Tomorrow, Wednesday, November 25", in the zone below.
    pub day: String,
    /// "10:15 to 10:30 am", in the zone below.
    pub time: String,
    /// The zone of both: "New York time" (the parent's for telehealth, the place's in person).
    pub zone_name: String,
    /// The same start where the practice is, when its clock differs: "4:15 pm in Dublin time".
    pub other_time: Option<String>,
}

impl Visit {
    pub(super) fn sample(how: How) -> Self {
        let office = matches!(how, How::Office | How::Home);
        Self {
            offering: if office {
                "Initial consultation"
            } else {
                "Free mini-consult"
            }
            .into(),
            minutes: if office { "90 minutes" } else { "15 minutes" }.into(),
            how,
            day: if office {
                "Tuesday, December 1"
            } else {
                "Tomorrow, Wednesday, November 25"
            }
            .into(),
            time: if office { "2:00 to 3:30 pm" } else { "10:15 to 10:30 am" }.into(),
            zone_name: "New York time".into(),
            other_time: None,
        }
    }
}

/// Which of the three horizons a time of day stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Before noon.
    Morning,
    /// From noon to five.
    Afternoon,
    /// From five on.
    Evening,
}

impl Part {
    /// The part of the day that a wall-clock time lies in.
    pub fn of(time: Time) -> Self {
        match time.hour() {
            ..12 => Self::Morning,
            12..17 => Self::Afternoon,
            17.. => Self::Evening,
        }
    }
}

/// One entry of the list of zones.
#[derive(Debug, Clone, Serialize)]
pub struct ZoneChoice {
    /// The IANA name, which the form sends.
    pub value: String,
    /// "New York (America)".
    pub label: String,
    /// Whether it is the one in use.
    pub chosen: bool,
}

/// Every zone worth offering: hers first, the practice's second, then all that are named after a place.
pub fn zone_choices(hers: &Zone, practice: &Zone) -> Vec<ZoneChoice> {
    const AREAS: [&str; 10] = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    let choice = |name: &str, chosen| ZoneChoice {
        value: name.to_owned(),
        label: label(name),
        chosen,
    };
    let mut all = vec![choice(hers.name(), true)];
    if practice != hers {
        all.push(choice(practice.name(), false));
    }
    let mut rest: Vec<ZoneChoice> = Zone::all_names()
        .iter()
        .filter(|n| AREAS.iter().any(|a| n.starts_with(a)) && *n != hers.name() && *n != practice.name())
        .map(|n| choice(n, false))
        .collect();
    rest.sort_by(|a, b| a.label.cmp(&b.label));
    all.extend(rest);
    all
}

fn label(name: &str) -> String {
    match name.split_once('/') {
        Some((area, place)) => format!("{} ({area})", place.replace('_', " ").replace('/', ", ")),
        None => name.to_owned(),
    }
}

/// A text of the practice's own, parted at its empty lines.
pub fn paragraphs(text: &str) -> Vec<String> {
    let unified = text.replace("\r\n", "\n");
    unified
        .split("\n\n")
        .map(|p| p.trim().replace('\n', " "))
        .filter(|p| !p.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn her_own_zone_stands_first_and_nothing_stands_twice() {
        let (hers, practice) = (
            Zone::named("Europe/Dublin").unwrap(),
            Zone::named("America/New_York").unwrap(),
        );
        let all = zone_choices(&hers, &practice);
        assert_eq!(
            [all[0].value.as_str(), all[1].value.as_str()],
            ["Europe/Dublin", "America/New_York"]
        );
        assert_eq!(all.iter().filter(|z| z.value == "Europe/Dublin").count(), 1);
        assert_eq!(all.iter().filter(|z| z.chosen).count(), 1);
        assert!(all.len() > 300 && all.iter().all(|z| Zone::named(&z.value).is_ok()));
        assert_eq!(zone_choices(&practice, &practice)[0].label, "New York (America)");
        assert_ne!(zone_choices(&practice, &practice)[1].value, "America/New_York");
    }

    #[test]
    fn a_text_falls_into_its_paragraphs() {
        assert_eq!(paragraphs("one\ntwo\r\n\r\nthree\n\n\n"), ["one two", "three"]);
        assert!(paragraphs(" \n ").is_empty());
    }

    #[test]
    fn the_day_has_three_parts() {
        let part = |h| Part::of(Time::constant(h, 59, 0, 0));
        assert_eq!([part(0), part(11), part(12), part(16), part(17), part(23)], {
            use Part::{Afternoon, Evening, Morning};
            [Morning, Morning, Afternoon, Afternoon, Evening, Evening]
        });
    }
}

/// A receipt that can be downloaded.
#[derive(Debug, Clone, Serialize)]
pub struct ReceiptLink {
    /// Its number.
    pub number: i64,
    /// "$195.00".
    pub amount: String,
    /// The file.
    pub url: String,
}

impl ReceiptLink {
    /// One of an invented practice.
    pub fn sample() -> Self {
        Self {
            number: 12,
            amount: "$195.00".into(),
            url: "/appointments/abc/receipts/12".into(),
        }
    }
}
