//! A package: its page to buy it, and the page of one that was bought.

use serde::Serialize;

use super::super::Page;
use super::super::frame::{Frame, Nav};
use super::form::{Field, Problem};
use super::parts::{PayOnline, ReceiptLink};
use super::services::{PackageRow, PackageVisit};

/// `/packages/{slug}`.
#[derive(Debug, Clone, Serialize)]
pub struct PackagePage {
    /// The frame.
    pub frame: Frame,
    /// What it is.
    pub package: PackageRow,
    /// Its description, in paragraphs.
    pub description: Vec<String>,
    /// Until how many hours before a visit cancelling costs nothing.
    pub free_until_hours: u32,
    /// Whether it is paid online, right after buying.
    pub pay_online: bool,
    /// Hidden: the idempotency key, fresh for each form that is shown.
    pub key: String,
    /// Her name.
    pub name: Field,
    /// Her address.
    pub email: Field,
    /// Her number, if she likes.
    pub phone: Field,
    /// Whether her network has asked too often.
    pub too_many: bool,
}

/// `/purchases`: the link of a package, for who has lost it.
#[derive(Debug, Clone, Serialize)]
pub struct MyPackagePage {
    /// The frame.
    pub frame: Frame,
    /// Whether it was asked for: the same for every address.
    pub asked: bool,
    /// Her address.
    pub email: Field,
    /// Whether her network has asked too often.
    pub too_many: bool,
}

impl Page for MyPackagePage {
    const TEMPLATE: &'static str = "pages/my-package.html";

    fn samples() -> Vec<Self> {
        let blank = Self {
            frame: Frame::sample().at(Nav::Services),
            asked: false,
            email: Field::default(),
            too_many: false,
        };
        let wrong = Self {
            email: Field {
                value: "aoife@".into(),
                problem: Some(Problem::Unusable),
            },
            ..blank.clone()
        };
        let asked = Self {
            asked: true,
            ..blank.clone()
        };
        let too_many = Self {
            too_many: true,
            ..blank.clone()
        };
        vec![blank, wrong, asked, too_many]
    }
}

/// `/purchases/{token}`: how to pay, and then what is left of it.
#[derive(Debug, Clone, Serialize)]
pub struct PurchasePage {
    /// The frame.
    pub frame: Frame,
    /// Where it stands.
    pub state: PurchaseState,
    /// The package's name.
    pub package: String,
    /// "$375".
    pub price: String,
    /// Her words on how to pay, in paragraphs; while it is not paid, and is not paid online.
    pub how: Vec<String>,
    /// The way to the page on which it is paid, while it is not.
    pub online: Option<PayOnline>,
    /// Until when visits can be used: "March 1, 2027"; once it is paid.
    pub until: Option<String>,
    /// Months from the first visit.
    pub valid_months: u32,
    /// Its visits.
    pub credits: Vec<CreditRow>,
    /// Its receipts.
    pub receipts: Vec<ReceiptLink>,
}

/// Where a purchase stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PurchaseState {
    /// Not paid yet.
    AwaitingPayment,
    /// Visits can be booked.
    Active,
    /// Its time is over.
    Expired,
    /// Its money was given back.
    Refunded,
}

/// The visits of one offering.
#[derive(Debug, Clone, Serialize)]
pub struct CreditRow {
    /// The offering's name.
    pub name: String,
    /// Drawn as a full disc each.
    pub left: Vec<u32>,
    /// Drawn as an outline each.
    pub used: Vec<u32>,
    /// How many are left.
    pub count: u32,
    /// How many the package holds.
    pub of: u32,
    /// Where the next one is booked; none when nothing is left.
    pub url: Option<String>,
    /// Whether it is the first that can be booked: the page's next step.
    pub first: bool,
    /// How alone they are held, as in [`PackageVisit::ways`].
    pub ways: Vec<&'static str>,
    /// Whether the trip to a visit at home costs nothing more.
    pub trip_included: bool,
}

impl Page for PackagePage {
    const TEMPLATE: &'static str = "pages/package.html";

    fn samples() -> Vec<Self> {
        let visits = vec![
            PackageVisit {
                count: 1,
                name: "Initial consultation".into(),
                ways: vec!["office", "home"],
                trip_included: true,
            },
            PackageVisit {
                count: 2,
                name: "Follow-up".into(),
                ways: Vec::new(),
                trip_included: false,
            },
        ];
        let plain = Self {
            frame: Frame::sample().at(Nav::Services),
            package: PackageRow {
                slug: "first-weeks".into(),
                name: "First weeks".into(),
                summary: "One long visit, two short ones.".into(),
                price: "$375".into(),
                discs: PackageRow::discs(&visits),
                visits,
                valid_months: 3,
                saves: Some("$40".into()),
            },
            description: vec!["For the weeks in which everything changes every few days.".into()],
            free_until_hours: 24,
            pay_online: false,
            key: "3nhy8pcs4e".into(),
            name: Field::default(),
            email: Field::default(),
            phone: Field::default(),
            too_many: false,
        };
        let problems = Self {
            description: Vec::new(),
            name: Field {
                value: String::new(),
                problem: Some(Problem::Missing),
            },
            email: Field {
                value: "aoife@".into(),
                problem: Some(Problem::Unusable),
            },
            phone: Field {
                value: "12".into(),
                problem: Some(Problem::Unusable),
            },
            ..plain.clone()
        };
        let too_many = Self {
            too_many: true,
            ..plain.clone()
        };
        let online = Self {
            pay_online: true,
            ..plain.clone()
        };
        vec![plain, problems, too_many, online]
    }
}

impl Page for PurchasePage {
    const TEMPLATE: &'static str = "pages/purchase.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, left: u32, of: u32, url: Option<&str>| CreditRow {
            name: name.into(),
            left: (0..left).collect(),
            used: (left..of).collect(),
            count: left,
            of,
            first: url.is_some(),
            ways: if left == 0 { Vec::new() } else { vec!["home"] },
            trip_included: left > 0,
            url: url.map(str::to_owned),
        };
        let waiting = Self {
            frame: Frame::sample().at(Nav::Elsewhere),
            state: PurchaseState::AwaitingPayment,
            package: "First weeks".into(),
            price: "$375".into(),
            how: vec!["By bank transfer, with your name as the reference.".into()],
            online: None,
            until: None,
            valid_months: 3,
            credits: vec![row("Initial consultation", 0, 1, None), row("Follow-up", 0, 2, None)],
            receipts: Vec::new(),
        };
        let active = Self {
            state: PurchaseState::Active,
            how: Vec::new(),
            until: Some("March 1, 2027".into()),
            receipts: vec![ReceiptLink::sample()],
            credits: vec![
                row("Initial consultation", 0, 1, None),
                row("Follow-up", 1, 2, Some("/book/follow-up?credit=7f3k2mq9x4")),
            ],
            ..waiting.clone()
        };
        let expired = Self {
            state: PurchaseState::Expired,
            credits: vec![row("Follow-up", 0, 2, None)],
            ..active.clone()
        };
        let refunded = Self {
            state: PurchaseState::Refunded,
            ..expired.clone()
        };
        let online = PayOnline::samples().map(|online| Self {
            how: Vec::new(),
            online: Some(online),
            ..waiting.clone()
        });
        let mut all = vec![waiting, active, expired, refunded];
        all.extend(online);
        all
    }
}
