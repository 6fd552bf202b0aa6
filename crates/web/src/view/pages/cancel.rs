//! `/appointments/{token}/cancel`: a reason is one tap, and what it costs stands above it.

use serde::Serialize;

use super::super::Page;
use super::super::frame::Frame;
use super::parts::{How, Visit};

/// The question before a visit is cancelled.
#[derive(Debug, Clone, Serialize)]
pub struct CancelPage {
    /// The frame.
    pub frame: Frame,
    /// What would be cancelled.
    pub visit: Visit,
    /// Where the reasons post to: `/appointments/{token}/cancel`.
    pub action: String,
    /// Back to the appointment.
    pub back_url: String,
    /// What it costs for any other reason than birth, illness, hospital or loss, which cost nothing.
    pub charge: Charge,
    /// "$97.50", with [`Charge::Part`] and [`Charge::Whole`].
    pub fee: Option<String>,
    /// What was typed as a note.
    pub note: String,
}

/// It has begun: why it can no longer be cancelled here, and the way out.
#[derive(Debug, Clone, Serialize)]
pub struct CancelLatePage {
    /// The frame.
    pub frame: Frame,
    /// What would be cancelled.
    pub visit: Visit,
    /// "Tuesday, November 24, 10:15 am": when it began.
    pub began: String,
    /// Back to the appointment.
    pub back_url: String,
}

/// What her policy keeps when the visit is cancelled now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charge {
    /// Nothing was paid, and nothing is owed: free visits, and holds that were not paid.
    NothingPaid,
    /// It is in time: nothing is kept.
    InTime,
    /// It is late: a part of the price is kept.
    Part,
    /// It is late: the whole price is kept.
    Whole,
    /// It is in time: the credit can be used again.
    CreditBack,
    /// It is late: the credit counts as used.
    CreditUsed,
}

impl Page for CancelLatePage {
    const TEMPLATE: &'static str = "pages/cancel-late.html";

    fn samples() -> Vec<Self> {
        let late = Self {
            frame: Frame::sample(),
            visit: Visit::sample(How::Video),
            began: "Tuesday, November 24, 10:15 am".into(),
            back_url: "/appointments/abc".into(),
        };
        let without_phone = Self {
            frame: Frame {
                phone: None,
                phone_link: None,
                ..Frame::sample()
            },
            ..late.clone()
        };
        vec![late, without_phone]
    }
}

impl Page for CancelPage {
    const TEMPLATE: &'static str = "pages/cancel.html";

    fn samples() -> Vec<Self> {
        let one = |charge, fee: Option<&str>| Self {
            frame: Frame::sample(),
            visit: Visit::sample(if charge == Charge::NothingPaid {
                How::Video
            } else {
                How::Office
            }),
            action: "/appointments/abc/cancel".into(),
            back_url: "/appointments/abc".into(),
            charge,
            fee: fee.map(Into::into),
            note: String::new(),
        };
        vec![
            one(Charge::NothingPaid, None),
            one(Charge::InTime, None),
            one(Charge::Part, Some("$97.50")),
            one(Charge::Whole, Some("$195")),
            one(Charge::CreditBack, None),
            one(Charge::CreditUsed, None),
        ]
    }
}
