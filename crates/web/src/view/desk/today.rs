//! Today: her visits around *now*, what needs her, how many read her letters.

use serde::Serialize;

use super::{Banner, Counts, Desk, IntakeMark, MailsWhy, Payment, Phone, RefundRow, Tab, Way};
use crate::view::Page;

/// `/admin`.
#[derive(Debug, Clone, Serialize)]
pub struct Today {
    /// The frame, at [`Tab::Today`].
    pub desk: Desk,
    /// The heading: "Tuesday, November 24".
    pub date: String,
    /// How long until the next of today's visits begins: "25 minutes"; none if none is to come.
    pub next_in: Option<String>,
    /// "9:50 am".
    pub now: String,
    /// Today's visits that have begun, in order. Cancelled and expired ones are in neither list.
    pub begun: Vec<Visit>,
    /// Today's visits still to come, in order. The first one stands at the top of the page, with the gold button.
    pub coming: Vec<Visit>,
    /// The next visit after today.
    pub later: Option<Later>,
    /// What waits for her, the most urgent first.
    pub needs: Vec<Need>,
    /// Subscribers by state.
    pub subscribers: Counts,
    /// Where parents book: the address of `/services`.
    pub services_url: String,
}

/// One visit on the timeline.
#[derive(Debug, Clone, Serialize)]
pub struct Visit {
    /// The appointment's page, `/admin/appointments/{id}`.
    pub url: String,
    /// "10:15 am", in the practice's zone.
    pub time: String,
    /// How long it takes.
    pub minutes: u32,
    /// The parent's name.
    pub name: String,
    /// "Free mini-consult".
    pub offering: String,
    /// How the two meet.
    pub way: Way,
    /// What became of the price.
    pub payment: Payment,
    /// Whether what it asks is there.
    pub intake: IntakeMark,
    /// Where marking it as paid posts to, while that is possible.
    pub pay_url: Option<String>,
    /// Her number, if she gave one.
    pub phone: Option<Phone>,
    /// Its place on a map, in person.
    pub map_url: Option<String>,
    /// When to leave for it, when it is at a home.
    pub leave: Option<Leave>,
    /// Whether its end has passed: then there is no room to join and no call to make.
    pub over: bool,
}

/// When to set out for a visit at a home.
#[derive(Debug, Clone, Serialize)]
pub struct Leave {
    /// "9:40 am"; none when that has passed: then it is now.
    pub at: Option<String>,
    /// "35 minutes": what the practice's zones say of its postcode.
    pub travel: String,
}

/// The next visit after today.
#[derive(Debug, Clone, Serialize)]
pub struct Later {
    /// "Tomorrow, Wednesday, November 25, 10:15 am".
    pub when: String,
    /// The appointment's page.
    pub url: String,
    /// The parent's name.
    pub name: String,
    /// "Initial consultation".
    pub offering: String,
    /// How the two meet.
    pub way: Way,
}

/// Something that waits for her: what, since or until when, and its remedy.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Need {
    /// A time is kept until it is paid.
    AwaitingPayment {
        /// The appointment's page.
        url: String,
        /// The parent's name.
        name: String,
        /// Her address.
        email: String,
        /// "Friday, November 27, 9:00 am".
        when: String,
        /// "$195".
        amount: String,
        /// "tomorrow, 12:00 pm".
        kept_until: String,
        /// Where marking it as paid posts to.
        pay_url: String,
    },
    /// A visit that was to be paid on the spot is over, and no mark was made.
    NotPaid {
        /// The appointment's page.
        url: String,
        /// The parent's name.
        name: String,
        /// Her address.
        email: String,
        /// "Monday, November 23, 11:00 am".
        when: String,
        /// "$110".
        amount: String,
        /// Where marking it as paid posts to.
        pay_url: String,
    },
    /// A visit was cancelled late for a reason for which nothing is taken by itself.
    FeeOpen {
        /// The appointment's page.
        url: String,
        /// The parent's name.
        name: String,
        /// "Friday, November 27, 9:00 am".
        when: String,
        /// "$97.50".
        amount: String,
        /// Where her decision posts to (`fee`: `keep` or `waive`).
        fee_url: String,
    },
    /// Money that is hers to give back, or that did not go back.
    GiveBack {
        /// To whom.
        name: String,
        /// Where what was paid is shown.
        url: String,
        /// How much, since when, and what can be done.
        refund: RefundRow,
    },
    /// Money came in and fits nothing: nothing was confirmed by it.
    OddPayment {
        /// Where it should have belonged to, when that is known.
        url: Option<String>,
        /// What is wrong, as the rest of a sentence.
        what: &'static str,
        /// "$90", when that is an amount.
        amount: Option<String>,
        /// The payment service's name of it.
        session: String,
        /// "Tuesday, November 24, 9:12 am".
        when: String,
        /// Where "I have seen it" posts to.
        seen_url: String,
    },
    /// An address refused a mail for good.
    MailNotDelivered {
        /// The address.
        to: String,
        /// When it was promised: "yesterday, 6:12 pm".
        when: String,
    },
    /// The transport is `capture`: no mail leaves the house.
    MailsStayHere {
        /// The outbox.
        url: String,
    },
}

impl Page for Today {
    const TEMPLATE: &'static str = "desk/today.html";

    #[expect(clippy::too_many_lines, reason = "one value for every state worth looking at")]
    fn samples() -> Vec<Self> {
        let phone = Phone::new("828-555-0199", "+18285550199", "About our appointment at 10:15 am: ");
        let visit = |time: &str, minutes, name: &str, offering: &str, way, payment| Visit {
            url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000001".into(),
            time: time.into(),
            minutes,
            name: name.into(),
            offering: offering.into(),
            way,
            payment,
            intake: IntakeMark::There,
            pay_url: None,
            phone: Some(phone.clone()),
            map_url: None,
            leave: None,
            over: false,
        };
        let video = || Way::Video {
            join_url: "https://meet.example/slow-lantern-7f3k".into(),
        };
        let office = || Way::Place {
            address: "41 Haywood Road, Asheville".into(),
        };
        let give_back = |which: usize| Need::GiveBack {
            name: "Grace Lynch".into(),
            url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000001".into(),
            refund: RefundRow::samples().swap_remove(which),
        };
        let odd = |amount: Option<&str>| Need::OddPayment {
            url: amount.map(|_| "/admin/purchases".into()),
            what: "another amount than was asked for",
            amount: amount.map(Into::into),
            session: "cs_live_7f3k".into(),
            when: "Tuesday, November 24, 9:12 am".into(),
            seen_url: "/admin/payments/019ab6a0/seen".into(),
        };
        let first = visit(
            "9:00 am",
            60,
            "Sinéad Walsh",
            "Follow-up",
            video(),
            Payment::Paid { amount: "$110".into() },
        );
        let second = visit(
            "10:15 am",
            15,
            "Aoife Daly",
            "Free mini-consult",
            video(),
            Payment::Credit,
        );
        let third = visit(
            "11:00 am",
            15,
            "Marta Nowak",
            "Free mini-consult",
            Way::Phone,
            Payment::Free,
        );
        let fourth = Visit {
            map_url: Some("https://map.example/search?query=41%20Haywood%20Road%2C%20Asheville".into()),
            pay_url: Some("/admin/appointments/019ab6a0-0000-7000-8000-000000000004/paid".into()),
            phone: None,
            intake: IntakeMark::Missing,
            ..visit(
                "1:30 pm",
                60,
                "Ciara Byrne",
                "Follow-up",
                office(),
                Payment::Owed { amount: "$110".into() },
            )
        };
        let awaiting = Need::AwaitingPayment {
            url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000005".into(),
            name: "Grace Lynch".into(),
            email: "grace@example.com".into(),
            when: "Friday, November 27, 9:00 am".into(),
            amount: "$195".into(),
            kept_until: "tomorrow, 12:00 pm".into(),
            pay_url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000005/paid".into(),
        };
        let not_paid = Need::NotPaid {
            url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000006".into(),
            name: "Hannah Burke".into(),
            email: "hannah@example.com".into(),
            when: "Monday, November 23, 11:00 am".into(),
            amount: "$110".into(),
            pay_url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000006/paid".into(),
        };
        let fee_open = Need::FeeOpen {
            url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000008".into(),
            name: "Roisin Kelly".into(),
            when: "Wednesday, November 25, 1:00 pm".into(),
            amount: "$97.50".into(),
            fee_url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000008/fee".into(),
        };
        let refused = Need::MailNotDelivered {
            to: "emer@exmaple.com".into(),
            when: "yesterday, 6:12 pm".into(),
        };
        let later = Later {
            when: "Tomorrow, Wednesday, November 25, 12:15 pm".into(),
            url: "/admin/appointments/019ab6a0-0000-7000-8000-000000000007".into(),
            name: "Emer Casey".into(),
            offering: "Initial consultation".into(),
            way: office(),
        };
        let broken = |why, count, said: Option<&str>| Banner::MailsWaiting {
            why,
            count,
            since: "9:40 am".into(),
            again: Some("9:52 am".into()),
            said: said.map(str::to_owned),
        };
        let parked = |copied: Option<&str>, waiting, waited| Banner::Parked {
            copied: copied.map(str::to_owned),
            waiting,
            waited,
        };
        let no_copy = |no_room| Banner::NoCopy {
            folder: "data/backups".into(),
            since: "Tuesday, November 24, 3:12 am".into(),
            no_room,
        };
        let busy = Self {
            desk: Desk::sample(Tab::Today),
            date: "Tuesday, November 24".into(),
            next_in: Some("25 minutes".into()),
            now: "9:50 am".into(),
            begun: vec![first],
            coming: vec![second, third, fourth],
            later: Some(later),
            needs: vec![
                awaiting,
                not_paid,
                fee_open,
                give_back(1),
                give_back(3),
                odd(Some("$90")),
                odd(None),
                refused,
                Need::MailsStayHere { url: "/outbox".into() },
            ],
            subscribers: Counts::sample(),
            services_url: "https://slowlantern.example/services".into(),
        };
        let driving = |at: Option<&str>| Self {
            coming: vec![Visit {
                way: Way::Place {
                    address: "12 Fern Hollow Lane, Weaverville, 28787".into(),
                },
                leave: Some(Leave {
                    at: at.map(Into::into),
                    travel: "35 minutes".into(),
                }),
                phone: Some(phone.clone()),
                ..busy.coming[2].clone()
            }],
            ..busy.clone()
        };
        let over = [busy.begun.clone(), busy.coming.clone()]
            .concat()
            .into_iter()
            .map(|v| Visit { over: true, ..v })
            .collect();
        let evening = Self {
            next_in: None,
            now: "6:30 pm".into(),
            begun: over,
            coming: Vec::new(),
            needs: Vec::new(),
            ..busy.clone()
        };
        let empty = Self {
            begun: Vec::new(),
            later: None,
            subscribers: Counts::default(),
            ..evening.clone()
        };
        let banners = [
            broken(MailsWhy::Unreachable, 3, Some("mail.example:587 cannot be reached")),
            broken(MailsWhy::Certificate, 1, Some("mail.example:587 cannot be trusted")),
            broken(MailsWhy::Login, 0, Some("535 5.7.8 bad password")),
            broken(MailsWhy::Limit, 3, Some("452 4.5.3 too many mails")),
            broken(MailsWhy::Sender, 3, Some("550 5.7.1 sender not allowed")),
            broken(MailsWhy::Each, 3, None),
            parked(Some("Monday, November 23, 3:12 am"), 12, 9),
            parked(None, 1, 1),
            parked(Some("Tuesday, November 3, 3:12 am"), 0, 0),
            no_copy(true),
            no_copy(false),
        ];
        let mut samples = vec![busy.clone(), evening, empty];
        samples.extend(banners.map(|banner| Self {
            desk: Desk {
                banner: Some(banner),
                ..busy.desk.clone()
            },
            needs: busy.needs[..1].to_vec(),
            ..busy.clone()
        }));
        samples.extend([driving(Some("12:55 pm")), driving(None)]);
        samples
    }
}
