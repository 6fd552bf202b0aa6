//! The mails about a package: to the buyer, and to the consultant.

use serde::Serialize;

use super::{MailFacts, Signature};

/// It is bought, and waits to be paid.
#[derive(Debug, Clone, Serialize)]
pub struct PurchaseRequested {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,", from [`super::greeting_name`].
    pub name: Option<String>,
    /// The package's name.
    pub package: String,
    /// "$375".
    pub price: String,
    /// The practice's own words on how to pay; may be empty.
    pub how_to_pay: String,
    /// Whether it is paid behind the link.
    pub online: bool,
    /// The purchase's page.
    pub purchase_url: String,
}

/// It is paid: visits can be booked from it.
#[derive(Debug, Clone, Serialize)]
pub struct PurchasePaid {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,", from [`super::greeting_name`].
    pub name: Option<String>,
    /// The package's name.
    pub package: String,
    /// "$375".
    pub price: String,
    /// Months of validity from the first visit.
    pub valid_months: u32,
    /// Whether the receipt goes with it.
    pub receipt: bool,
    /// The purchase's page, from which its visits are booked.
    pub purchase_url: String,
}

/// Somebody has bought a package.
#[derive(Debug, Clone, Serialize)]
pub struct DeskPurchase {
    /// Whose desk it is.
    pub signature: Signature,
    /// The buyer's name, from [`super::listed_name`], or a word in its place.
    pub name: String,
    /// The package's name.
    pub package: String,
    /// "$375"; none when it costs nothing.
    pub price: Option<String>,
    /// The list of purchases at the desk.
    pub desk_url: String,
}

/// What is left of it ends soon.
#[derive(Debug, Clone, Serialize)]
pub struct PurchaseEnding {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,", from [`super::greeting_name`].
    pub name: Option<String>,
    /// The package's name.
    pub package: String,
    /// What is left: how many, and of what.
    pub left: Vec<(u32, String)>,
    /// "March 1, 2027": visits start before.
    pub until: String,
    /// The purchase's page.
    pub purchase_url: String,
}

/// Its link, for who asked for it.
#[derive(Debug, Clone, Serialize)]
pub struct PurchaseLink {
    /// Who signs.
    pub signature: Signature,
    /// For "Hello …,", from [`super::greeting_name`].
    pub name: Option<String>,
    /// The package's name.
    pub package: String,
    /// The purchase's page.
    pub purchase_url: String,
}

impl MailFacts for PurchaseEnding {
    const KIND: &'static str = "purchase-ending";

    fn samples() -> Vec<Self> {
        let two = Self {
            signature: Signature::sample(),
            name: Some("Aoife".into()),
            package: "First weeks".into(),
            left: vec![(1, "Long visit".into()), (2, "Follow-up".into())],
            until: "March 1, 2027".into(),
            purchase_url: PURCHASE.into(),
        };
        let one = Self {
            name: None,
            left: vec![(1, "Follow-up".into())],
            ..two.clone()
        };
        vec![two, one]
    }
}

impl MailFacts for PurchaseLink {
    const KIND: &'static str = "purchase-link";

    fn samples() -> Vec<Self> {
        let asked = Self {
            signature: Signature::sample(),
            name: Some("Aoife".into()),
            package: "First weeks".into(),
            purchase_url: PURCHASE.into(),
        };
        vec![
            Self {
                name: None,
                ..asked.clone()
            },
            asked,
        ]
    }
}

const PURCHASE: &str = "https://slowlantern.example/purchases/7f3k2mq9x4bt6zr5wd2vaj3nhy8pcs4e";

impl MailFacts for PurchaseRequested {
    const KIND: &'static str = "purchase-requested";

    fn samples() -> Vec<Self> {
        let transfer = Self {
            signature: Signature::sample(),
            name: Some("Aoife".into()),
            package: "First weeks".into(),
            price: "$375".into(),
            how_to_pay: "By bank transfer, with your name as the reference.\n\nOr in person, in cash or by card."
                .into(),
            online: false,
            purchase_url: PURCHASE.into(),
        };
        let wordless = Self {
            name: None,
            how_to_pay: String::new(),
            ..transfer.clone()
        };
        let online = Self {
            online: true,
            ..wordless.clone()
        };
        vec![transfer, wordless, online]
    }
}

impl MailFacts for PurchasePaid {
    const KIND: &'static str = "purchase-paid";

    fn samples() -> Vec<Self> {
        let paid = Self {
            signature: Signature::sample(),
            name: Some("Aoife".into()),
            package: "First weeks".into(),
            price: "$375".into(),
            valid_months: 3,
            receipt: true,
            purchase_url: PURCHASE.into(),
        };
        let nobody = Self {
            name: None,
            valid_months: 1,
            receipt: false,
            ..paid.clone()
        };
        vec![paid, nobody]
    }
}

impl MailFacts for DeskPurchase {
    const KIND: &'static str = "desk-purchase";

    fn samples() -> Vec<Self> {
        let waiting = Self {
            signature: Signature::sample(),
            name: "Aoife Lynch".into(),
            package: "First weeks".into(),
            price: Some("$375".into()),
            desk_url: "https://slowlantern.example/admin/purchases".into(),
        };
        let free = Self {
            price: None,
            ..waiting.clone()
        };
        vec![waiting, free]
    }
}
