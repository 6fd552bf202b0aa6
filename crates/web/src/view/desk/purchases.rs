//! Packages that were bought.

use serde::Serialize;

use super::{Desk, RefundForm, RefundRow, Tab};
use crate::view::Page;

/// `/admin/purchases`.
#[derive(Debug, Clone, Serialize)]
pub struct Purchases {
    /// The frame, at [`Tab::Appointments`].
    pub desk: Desk,
    /// What she has just done.
    pub notice: Option<PurchaseNotice>,
    /// The latest first.
    pub rows: Vec<PurchaseRow>,
    /// Those before, if there are any.
    pub earlier_url: Option<String>,
}

/// What the last action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseNotice {
    /// Paid: the buyer has her link.
    Paid,
    /// It was paid already.
    PaidAlready,
    /// Money goes back.
    Refunded,
    /// Nothing goes back: it was no amount, or more than is left.
    NotThatMuch,
}

/// One purchase.
#[derive(Debug, Clone, Serialize)]
pub struct PurchaseRow {
    /// Its page, `/admin/purchases/{id}`.
    pub url: String,
    /// Who bought it.
    pub name: String,
    /// Her address.
    pub email: String,
    /// The package's name.
    pub package: String,
    /// "$375".
    pub price: String,
    /// "Tuesday, November 24, 9:12 am".
    pub bought: String,
    /// "By transfer, Tuesday, November 24, 9:40 am"; none while it is not paid.
    pub paid: Option<String>,
    /// Where marking as paid posts to; none once it is paid.
    pub pay_url: Option<String>,
    /// "March 1, 2027"; none while it is not paid.
    pub until: Option<String>,
    /// Whether its time is over.
    pub over: bool,
    /// Whether its money went back, and what was left of it ended.
    pub refunded: bool,
    /// Giving back what was paid, while anything of it is left.
    pub refund: Option<RefundForm>,
    /// What went back, or shall, the oldest first.
    pub refunds: Vec<RefundRow>,
    /// "Follow-up: 1 of 2 left".
    pub credits: Vec<CreditLine>,
}

/// The visits of one offering.
#[derive(Debug, Clone, Serialize)]
pub struct CreditLine {
    /// The offering's name.
    pub name: String,
    /// How many are left.
    pub left: u32,
    /// How many the package holds.
    pub of: u32,
}

impl Page for Purchases {
    const TEMPLATE: &'static str = "desk/purchases.html";

    fn samples() -> Vec<Self> {
        let [waiting, paid, over] = PurchaseRow::samples();
        let page = |notice, rows: Vec<PurchaseRow>, earlier: Option<&str>| Self {
            desk: Desk::sample(Tab::Appointments),
            notice,
            rows,
            earlier_url: earlier.map(str::to_owned),
        };
        vec![
            page(None, Vec::new(), None),
            page(
                Some(PurchaseNotice::Paid),
                vec![waiting, paid.clone(), over],
                Some("/admin/purchases?before=1.2"),
            ),
            page(Some(PurchaseNotice::PaidAlready), vec![paid.clone()], None),
            page(Some(PurchaseNotice::NotThatMuch), vec![paid.clone()], None),
            page(
                Some(PurchaseNotice::Refunded),
                vec![PurchaseRow {
                    refunded: true,
                    refund: None,
                    refunds: RefundRow::samples(),
                    ..paid
                }],
                None,
            ),
        ]
    }
}

impl PurchaseRow {
    /// One that waits, one that is paid, and one whose time is over.
    pub fn samples() -> [Self; 3] {
        let waiting = PurchaseRow {
            url: "/admin/purchases/019ab6a0-0000-7000-8000-000000000001".into(),
            name: "Aoife Lynch".into(),
            email: "aoife@example.org".into(),
            package: "First weeks".into(),
            price: "$375".into(),
            bought: "Tuesday, November 24, 9:12 am".into(),
            paid: None,
            pay_url: Some("/admin/purchases/019ab6a0-0000-7000-8000-000000000001/paid".into()),
            until: None,
            over: false,
            refunded: false,
            refund: None,
            refunds: Vec::new(),
            credits: vec![CreditLine {
                name: "Follow-up".into(),
                left: 0,
                of: 2,
            }],
        };
        let paid = PurchaseRow {
            paid: Some("By transfer, Tuesday, November 24, 9:40 am".into()),
            pay_url: None,
            until: Some("November 24, 2027".into()),
            refund: Some(RefundForm::sample("/admin/purchases/1/refund")),
            ..waiting.clone()
        };
        let over = PurchaseRow {
            over: true,
            refund: Some(RefundForm::sample("/admin/purchases/2/refund")),
            ..paid.clone()
        };
        [waiting, paid, over]
    }
}
