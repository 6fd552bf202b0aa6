//! The booking form: her time first, then three fields.

use serde::Serialize;

use super::super::Page;
use super::super::frame::Frame;
use super::family::FamilyFields;
use super::intake::Asked;
use super::parts::{How, Office, Visit};

/// `/book/{offering}?start=…`, and the same again when something has to be looked at.
#[derive(Debug, Clone, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a template asks each of them, and none depends on another"
)]
pub struct FormPage {
    /// The frame.
    pub frame: Frame,
    /// The offering's slug: the form posts to `/book/{slug}`.
    pub slug: String,
    /// What is to be booked.
    pub visit: Visit,
    /// The office, for a visit there.
    pub office: Option<Office>,
    /// "Wednesday 10:15 am", on the button: [`super::super::format::Locale::short`], which may say "tomorrow".
    pub button_time: String,
    /// Whether a credit of a package pays the visit: then `price` is the trip's alone.
    pub by_credit: bool,
    /// "$220", the trip included; none when it is free.
    pub price: Option<String>,
    /// What of it is for the trip to her home.
    pub trip: Option<TripFee>,
    /// Whether it has to be paid before it is confirmed: then the page says what comes next.
    pub pay_before: bool,
    /// Whether that is paid online, right after booking.
    pub pay_online: bool,
    /// The last moment to cancel without cost, "Tuesday, November 24, 10:15 am"; none when it is free, or that is past.
    pub cancel_until: Option<String>,
    /// The page of times, at that day.
    pub back_url: String,
    /// Hidden: `telehealth` or `in_person`.
    pub mode: String,
    /// Hidden: `home` for a visit there, else empty.
    pub place: String,
    /// Hidden, and shown beside her address: the postcode for which the times were offered.
    pub postcode: String,
    /// Her address, for a visit at her home.
    pub address: Option<Field>,
    /// What is to be looked at in it.
    pub address_problem: Option<Problem>,
    /// Hidden: what proves that she is a client, for what only clients book.
    pub client: Option<String>,
    /// What she may say of her family.
    pub family: FamilyFields,
    /// Whether anything in it is to be looked at.
    pub family_problem: bool,
    /// Hidden: the start, RFC 3339 with `Z`.
    pub start: String,
    /// Hidden: her zone, an IANA name.
    pub zone: String,
    /// Hidden: the idempotency key, fresh for each form that is shown.
    pub key: String,
    /// The channels of a telehealth visit; one or none: nothing is asked.
    pub channels: Vec<ChannelChoice>,
    /// Said at the channels when what was sent is none of them.
    pub channel_problem: Option<Problem>,
    /// Her name.
    pub name: Field,
    /// Her address.
    pub email: Field,
    /// Her number: asked for when she shall be called, voluntary otherwise.
    pub phone: Field,
    /// Whether the number is needed whatever is chosen (the only channel is the phone).
    pub phone_needed: bool,
    /// Whether she ticked the newsletter.
    pub letters: bool,
    /// What the offering asks at booking.
    pub asked: Asked,
    /// The time was taken while she typed; everything typed stays, three times are buttons.
    pub taken: Option<TakenAgain>,
    /// It cannot be booked for another reason.
    pub refused: Option<Refused>,
}

/// `video` or `phone`.
#[derive(Debug, Clone, Serialize)]
pub struct ChannelChoice {
    /// What the form sends.
    pub value: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A price in its two parts.
#[derive(Debug, Clone, Serialize)]
pub struct TripFee {
    /// "$195".
    pub visit: String,
    /// "$25".
    pub trip: String,
}

/// What was typed, and what is wrong with it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Field {
    /// As it was typed.
    pub value: String,
    /// What is to be looked at.
    pub problem: Option<Problem>,
}

/// What is to be looked at in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// Nothing was typed or chosen.
    Missing,
    /// No name (a link, several lines), no address, no number.
    Unusable,
    /// More than can be kept.
    TooLong,
}

/// Somebody else has the time.
#[derive(Debug, Clone, Serialize)]
pub struct TakenAgain {
    /// "10:15 am".
    pub time: String,
    /// The nearest free ones of the same mode, at most three; each books with one tap. May be empty.
    pub nearest: Vec<Retry>,
}

/// A free time that books with one tap.
#[derive(Debug, Clone, Serialize)]
pub struct Retry {
    /// The value of `start` that its button sends.
    pub start: String,
    /// "10:45 am" on the same day, "Thursday 9:00 am" on another.
    pub label: String,
}

/// Why it cannot be booked, and where to go instead.
#[derive(Debug, Clone, Serialize)]
pub struct Refused {
    /// Why.
    pub why: Refusal,
    /// The next step: the times of this offering, or all services.
    pub url: String,
    /// The paid next step after a second mini-consult: a button there sends what was typed along.
    pub carry_url: Option<String>,
}

/// Why it cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The free mini-consult was had already. Names no person and no visit.
    OncePerFamily,
    /// The start is past, or sooner than she can be ready.
    TooSoon,
    /// The start is beyond the horizon.
    TooFar,
    /// The start is none that is offered: off the grid, outside her hours.
    NotOffered,
    /// The postcode is farther than she drives.
    OutsideArea,
    /// Only families she has met can book it.
    ClientsOnly,
    /// Two visits of that address wait for payment or a first tap on a link.
    TwoWaiting,
    /// Too many bookings from this network within the hour.
    TooMany,
    /// The package whose link she came by has no visit of this kind left.
    NoCredit,
    /// Its time is over when the visit would start.
    CreditOver,
    /// It does not pay a visit that is held this way.
    CreditWay,
    /// It is not paid.
    CreditUnpaid,
    /// It holds no visit of this offering.
    CreditOther,
}

impl FormPage {
    /// A credit pays the visit; the trip to her home may still cost something.
    pub fn pay_by_credit(&mut self, trip: Option<String>) {
        self.by_credit = true;
        self.price = trip;
        self.trip = None;
        self.pay_before = false;
    }
}

impl Page for FormPage {
    const TEMPLATE: &'static str = "pages/form.html";

    #[expect(clippy::too_many_lines, reason = "one value for every state")]
    fn samples() -> Vec<Self> {
        use Refusal::{
            ClientsOnly, CreditOther, CreditOver, CreditUnpaid, CreditWay, NoCredit, NotOffered, OncePerFamily,
            OutsideArea, TooFar, TooMany, TooSoon, TwoWaiting,
        };
        let channel = |value: &str, chosen| ChannelChoice {
            value: value.into(),
            chosen,
        };
        let typed = |value: &str| Field {
            value: value.into(),
            problem: None,
        };
        let mini = Self {
            frame: Frame::sample(),
            slug: "free-mini-consult".into(),
            visit: Visit {
                other_time: Some("3:15 pm in Dublin time".into()),
                ..Visit::sample(How::Telehealth)
            },
            office: None,
            button_time: "tomorrow 10:15 am".into(),
            price: None,
            trip: None,
            pay_before: false,
            pay_online: false,
            cancel_until: None,
            back_url: "/book/free-mini-consult?day=2026-11-25".into(),
            mode: "telehealth".into(),
            place: String::new(),
            postcode: String::new(),
            address: None,
            address_problem: None,
            by_credit: false,
            client: None,
            family: FamilyFields::blank(),
            family_problem: false,
            start: "2026-11-25T15:15:00Z".into(),
            zone: "America/New_York".into(),
            key: "0192f0c0-7b7a-7000-8000-000000000001".into(),
            channels: vec![channel("video", true), channel("phone", false)],
            channel_problem: None,
            name: Field::default(),
            email: Field::default(),
            phone: Field::default(),
            phone_needed: false,
            letters: false,
            asked: Asked::default(),
            taken: None,
            refused: None,
        };
        let office = Self {
            visit: Visit::sample(How::Office),
            office: Some(Office::sample()),
            button_time: "December 1, 2:00 pm".into(),
            price: Some("$195".into()),
            pay_before: true,
            pay_online: false,
            asked: Asked::sample(),
            cancel_until: Some("Monday, November 30, 2:00 pm".into()),
            mode: "in_person".into(),
            channels: vec![],
            slug: "initial-consultation".into(),
            ..mini.clone()
        };
        let home = |address: Field| Self {
            visit: Visit::sample(How::Home),
            office: None,
            price: Some("$220".into()),
            trip: Some(TripFee {
                visit: "$195".into(),
                trip: "$25".into(),
            }),
            place: "home".into(),
            postcode: "28704".into(),
            address_problem: address.problem,
            address: Some(address),
            ..office.clone()
        };
        let wrong_home = |why| {
            home(Field {
                value: "41".into(),
                problem: Some(why),
            })
        };
        let homes = [
            home(Field::default()),
            wrong_home(Problem::Missing),
            wrong_home(Problem::Unusable),
            wrong_home(Problem::TooLong),
        ];
        let wrong = Self {
            name: typed("Aoife Daly"),
            email: Field {
                value: "aoife.daly@".into(),
                problem: Some(Problem::Unusable),
            },
            ..mini.clone()
        };
        let all_wrong = Self {
            channels: vec![channel("video", false), channel("phone", false)],
            channel_problem: Some(Problem::Unusable),
            asked: Asked::wrong_sample(),
            name: Field {
                value: String::new(),
                problem: Some(Problem::Missing),
            },
            email: Field {
                value: "x".repeat(300),
                problem: Some(Problem::TooLong),
            },
            phone: Field {
                value: "call me".into(),
                problem: Some(Problem::Unusable),
            },
            ..mini.clone()
        };
        let retry = |start: &str, label: &str| Retry {
            start: start.into(),
            label: label.into(),
        };
        let filled = Self {
            name: typed("Aoife Daly"),
            email: typed("aoife.daly@example.com"),
            phone: typed("828-555-0199"),
            ..mini.clone()
        };
        let taken = Self {
            taken: Some(TakenAgain {
                time: "10:15 am".into(),
                nearest: vec![
                    retry("2026-11-25T15:30:00Z", "10:30 am"),
                    retry("2026-11-25T14:45:00Z", "9:45 am"),
                    retry("2026-11-26T14:00:00Z", "Thursday 9:00 am"),
                ],
            }),
            ..filled.clone()
        };
        let taken_and_full = Self {
            taken: Some(TakenAgain {
                time: "10:15 am".into(),
                nearest: vec![],
            }),
            ..filled.clone()
        };
        let phone_only = Self {
            channels: vec![channel("phone", true)],
            phone_needed: true,
            letters: true,
            visit: Visit::sample(How::Phone),
            ..mini.clone()
        };
        let mut named = FamilyFields::blank();
        named.open = true;
        named.babies[0].name = typed("Mia");
        let mut unusable = named.clone();
        unusable.babies[0].name.problem = Some(Problem::Unusable);
        unusable.babies[0].born.problem = Some(Problem::Unusable);
        unusable.babies[1].name.problem = Some(Problem::TooLong);
        unusable.babies[1].born.problem = Some(Problem::TooLong);
        unusable.second.problem = Some(Problem::Unusable);
        let mut too_long = named.clone();
        too_long.second.problem = Some(Problem::TooLong);
        let with_family = |family: FamilyFields| Self {
            family_problem: family.has_problem(),
            client: Some("c7k2mq9x4".into()),
            family,
            ..filled.clone()
        };
        let families = [with_family(named), with_family(unusable), with_family(too_long)];
        let mut all = vec![mini, office, wrong, all_wrong, taken, taken_and_full, phone_only];
        all.extend(homes);
        all.extend(families);
        for trip in [None, Some("$25".to_owned())] {
            let mut by_credit = filled.clone();
            by_credit.client = Some("7f3k2mq9x4".into());
            by_credit.pay_by_credit(trip);
            all.push(by_credit);
        }
        all.push(Self {
            refused: Some(Refused {
                why: OncePerFamily,
                url: "/services".into(),
                carry_url: Some("/book/initial-consultation/carry".into()),
            }),
            ..filled.clone()
        });
        for why in [
            OncePerFamily,
            TooSoon,
            TooFar,
            NotOffered,
            OutsideArea,
            ClientsOnly,
            TwoWaiting,
            TooMany,
            NoCredit,
            CreditOver,
            CreditWay,
            CreditUnpaid,
            CreditOther,
        ] {
            all.push(Self {
                refused: Some(Refused {
                    why,
                    url: "/services".into(),
                    carry_url: None,
                }),
                ..filled.clone()
            });
        }
        all
    }
}
