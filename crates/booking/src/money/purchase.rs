//! A purchase: a package that somebody bought, what is left of it, and until when.
//!
//! It is bought like this: [`Booking::buy`] writes it down and says how to pay; the consultant's mark ([`Booking::mark_purchase_paid`])
//! grants its credits. What was bought keeps its terms, whatever becomes of the package.

use std::collections::HashMap;
use std::fmt;

use kernel::db::{claim, write};
use kernel::email::EmailAddress;
use kernel::id::{LoginId, OfferingId, PurchaseId};
use kernel::instant::Instant;
use kernel::money::{Currency, Money};
use kernel::token::Token;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use super::account::{Account, key};
use super::notice::{PurchaseNotice, PurchaseNoticeKind};
use super::paid::{Received, pay_purchase};
use super::payment::Mark;
use super::{PaidBy, Receipt};
use crate::appointment::{IdempotencyKey, ParentName, PhoneNumber};
use crate::practice::{Offering, Practice, Slug, Ways};
use crate::store::idempotency::Known;
use crate::store::purchase::{Bought, Model};
use crate::store::{self, corrupt, credit_ledger, to_int};
use crate::{Booking, ReadError};

/// A wish to buy a package, parsed.
#[derive(Clone, Debug)]
pub struct BuyPackage {
    /// The package's slug.
    pub package: String,
    /// Who buys it.
    pub name: ParentName,
    /// Her address.
    pub email: EmailAddress,
    /// Her number.
    pub phone: Option<PhoneNumber>,
    /// Under which the answer is repeated.
    pub key: Option<IdempotencyKey>,
}

/// Why a package was not bought.
#[derive(Debug, thiserror::Error)]
pub enum BuyError {
    /// There is no practice yet.
    #[error("there is no practice yet")]
    NoPractice,
    /// No package of this slug is sold.
    #[error("no such package is sold")]
    UnknownPackage,
    /// The key was used for something else.
    #[error("this idempotency key was used for another request")]
    IdempotencyMismatch,
    /// The database failed.
    #[error("the purchase could not be written")]
    Database(#[from] DbErr),
}

/// Why a purchase was not marked as paid.
#[derive(Debug, thiserror::Error)]
pub enum PayPurchaseError {
    /// There is none of this id.
    #[error("no such purchase")]
    NotFound,
    /// It is paid.
    #[error("the purchase is paid already")]
    AlreadyPaid,
    /// The database failed.
    #[error("the payment could not be written")]
    Database(#[from] DbErr),
}

/// Where a purchase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PurchaseState {
    /// Nothing is granted before it is paid.
    AwaitingPayment,
    /// Visits can be booked from it.
    Active,
    /// Its time is over.
    Expired,
    /// Its money was given back, and what was left of it ended.
    Refunded,
}

impl PurchaseState {
    /// Its word in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwaitingPayment => "awaiting_payment",
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
        }
    }
}

/// What a mail says about a purchase: ids and facts. `Debug` shows its id alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseFacts {
    /// The purchase.
    pub id: PurchaseId,
    /// Which generation of its link holds.
    pub generation: i32,
    /// The package's name when it was bought: for pages and the inside of mails.
    pub package_name: String,
    /// Who bought it.
    pub buyer_name: String,
    /// Her address.
    pub buyer_email: EmailAddress,
    /// Her number, when she gave it.
    pub phone: Option<String>,
    /// What it costs.
    pub price: Money,
    /// When it was bought.
    pub created_at: Instant,
    /// When it was paid.
    pub paid_at: Option<Instant>,
    /// Whether its money was given back, and what was left of it ended.
    #[serde(default)]
    pub refunded: bool,
    /// How much was given back, in minor units of its currency.
    #[serde(default)]
    pub refunded_minor: i64,
    /// Months of validity from the first visit.
    pub valid_months: u32,
    /// Where the practice reads mail.
    pub practice_email: EmailAddress,
    /// Its receipt, with the notice that it was paid; none otherwise.
    #[serde(default)]
    pub receipt: Option<Receipt>,
}

impl fmt::Debug for PurchaseFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PurchaseFacts({})", self.id)
    }
}

/// The credits of one offering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credits {
    /// The offering's slug.
    pub offering: Slug,
    /// Its name.
    pub offering_name: String,
    /// How many the package holds.
    pub bought: u32,
    /// How many were granted.
    pub granted: u32,
    /// How many are left.
    pub left: u32,
    /// How their visits may be held.
    pub ways: Ways,
    /// Whether those at home cost no trip fee.
    pub trip_fee_included: bool,
}

/// A purchase as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseView {
    /// Its facts.
    pub facts: PurchaseFacts,
    /// Its link, which is also the credit.
    pub token: Token,
    /// Where it stands.
    pub state: PurchaseState,
    /// Until when a visit booked from it has to start; `None` before it is paid.
    pub expires_at: Option<Instant>,
    /// How it was paid.
    pub paid_by: Option<PaidBy>,
    /// Its credits, in the package's order.
    pub credits: Vec<Credits>,
}

/// A purchase that was made, now or before under the same key.
#[derive(Clone, Debug)]
pub struct Bargain {
    /// The purchase.
    pub purchase: PurchaseView,
    /// Whether it was made before, by a request with the same key and content.
    pub repeated: bool,
}

impl Booking {
    /// Buys a package: written down, and told how to pay. One that costs nothing is granted at once.
    pub async fn buy(&self, wish: BuyPackage, now: Instant) -> Result<Bargain, BuyError> {
        write(&self.0.db, (self.clone(), wish, now), buy).await
    }

    /// The consultant's mark: it is paid, its credits are granted, and the buyer gets her link. The second mark is refused.
    pub async fn mark_purchase_paid(
        &self,
        id: PurchaseId,
        how: impl Into<Mark>,
        login: LoginId,
        now: Instant,
    ) -> Result<PurchaseView, PayPurchaseError> {
        write(&self.0.db, (self.clone(), id, how.into(), login, now), mark).await
    }

    /// The purchase of this link.
    pub async fn purchase(&self, token: &Token, now: Instant) -> Result<Option<PurchaseView>, ReadError> {
        let db = self.0.db.reader();
        match store::purchase::by_link(db, token.hash()).await? {
            Some(row) => Ok(Some(self.purchase_view(db, &row, now).await?)),
            None => Ok(None),
        }
    }

    /// All purchases, the latest first, before one of them: for the desk.
    pub async fn purchases(
        &self,
        before: Option<(Instant, PurchaseId)>,
        limit: u64,
        now: Instant,
    ) -> Result<Vec<PurchaseView>, ReadError> {
        let db = self.0.db.reader();
        let mut all = Vec::new();
        for row in store::purchase::latest(db, before, limit).await? {
            all.push(self.purchase_view(db, &row, now).await?);
        }
        Ok(all)
    }

    /// The link of a purchase, which is also the credit.
    pub fn purchase_token(&self, facts: &PurchaseFacts) -> Token {
        self.purchase_link(facts.id, facts.generation)
    }

    pub(super) fn purchase_link(&self, id: PurchaseId, generation: i32) -> Token {
        self.0.keys.links.link("purchase", id.0, generation)
    }

    pub(super) async fn purchase_view(
        &self,
        db: &impl ConnectionTrait,
        row: &Model,
        now: Instant,
    ) -> Result<PurchaseView, DbErr> {
        let practice = store::practice::load(db).await?;
        let practice = practice.ok_or_else(|| corrupt("purchases without a practice"))?;
        let offerings = store::offering::all(db, practice.currency).await?;
        let account = Account::load(db, row, practice.zone.clone()).await?;
        let facts = facts(db, &practice, row).await?;
        Ok(PurchaseView {
            token: self.purchase_token(&facts),
            state: account.state(now),
            expires_at: account.expires_at(),
            paid_by: row.paid_by.as_deref().map(str::parse).transpose().map_err(corrupt)?,
            credits: credits(&account, row, &offerings)?,
            facts,
        })
    }
}

async fn buy(
    tx: &DatabaseTransaction,
    (booking, wish, now): &(Booking, BuyPackage, Instant),
) -> Result<Bargain, BuyError> {
    let id = PurchaseId::new(*now, &booking.0.chance);
    if let Some(key) = &wish.key {
        match store::idempotency::begin(tx, &key.row(id.0, *now)).await? {
            Known::Fresh => {}
            Known::Mismatch => return Err(BuyError::IdempotencyMismatch),
            Known::Answered(id) => {
                let row = store::purchase::find(tx, PurchaseId(id)).await?;
                let row = row.ok_or_else(|| corrupt("a purchase that was answered is missing"))?;
                return Ok(Bargain {
                    purchase: booking.purchase_view(tx, &row, *now).await?,
                    repeated: true,
                });
            }
        }
    }
    let practice = store::practice::load(tx).await?.ok_or(BuyError::NoPractice)?;
    let packages = store::package::all(tx, practice.currency).await?;
    let package = packages
        .into_iter()
        .find(|p| p.slug.as_str() == wish.package && !p.archived);
    let package = package.ok_or(BuyError::UnknownPackage)?;
    let offerings = store::offering::all(tx, practice.currency).await?;
    let mut bought = Vec::with_capacity(package.visits.len());
    for visits in &package.visits {
        let offering = offerings.iter().find(|o| o.slug == visits.offering);
        let offering = offering.ok_or_else(|| corrupt("a package without its offering"))?.id;
        bought.push(Bought {
            offering,
            count: to_int(visits.count)?,
            ways: visits.ways.clone(),
            trip_fee_included: visits.trip_fee_included,
        });
    }
    let keys = &booking.0.keys;
    let row = Model {
        id,
        package_id: package.id,
        family_id: store::family::find_or_make(tx, &wish.email, *now, &booking.0.chance).await?,
        package_name: package.name,
        buyer_name: wish.name.as_str().into(),
        phone: wish.phone.as_ref().map(|p| p.as_str().into()),
        currency: practice.currency.code().into(),
        price_minor: package.price.minor,
        valid_months: to_int(package.valid_months)?,
        visits: store::to_json(&bought)?,
        created_at: *now,
        paid_at: None,
        paid_by: None,
        ended_at: None,
        end_told_at: None,
        generation: 1,
        key_version: i16::from(keys.version),
        link_hash: booking.purchase_link(id, 1).hash(),
        refunded_minor: 0,
        refunded_at: None,
    };
    store::purchase::add(tx, row.clone()).await?;
    let purchase = if package.price.is_zero() {
        let received = Received::by_hand(booking, PaidBy::Other, package.price, None, *now);
        pay_purchase(tx, booking, id, &received, *now).await?
    } else {
        let kind = PurchaseNoticeKind::Requested {
            how_to_pay: practice.how_to_pay.clone(),
            online: booking.pays_online(),
        };
        {
            let facts = facts(tx, &practice, &row).await?;
            tell(tx, booking, &row, kind, facts, *now).await?
        }
    };
    Ok(Bargain {
        purchase,
        repeated: false,
    })
}

async fn mark(
    tx: &DatabaseTransaction,
    (booking, id, how, login, now): &(Booking, PurchaseId, Mark, LoginId, Instant),
) -> Result<PurchaseView, PayPurchaseError> {
    claim(tx, &[key(*id)]).await?;
    let row = store::purchase::find(tx, *id)
        .await?
        .ok_or(PayPurchaseError::NotFound)?;
    if row.paid_at.is_some() {
        return Err(PayPurchaseError::AlreadyPaid);
    }
    let price = Money::new(row.price_minor, row.currency.parse().map_err(corrupt)?);
    let received = how.received(booking, price, *login, *now);
    let paid = pay_purchase(tx, booking, *id, &received, *now).await?;
    if !price.is_zero() {
        how.keep_note(tx, booking, received.id).await?;
    }
    Ok(paid)
}

/// The credits of a purchase that was just paid, and the word of it.
pub(super) async fn grant(
    tx: &DatabaseTransaction,
    booking: &Booking,
    id: PurchaseId,
    login: Option<LoginId>,
    receipt: Option<Receipt>,
    now: Instant,
) -> Result<PurchaseView, DbErr> {
    let row = store::purchase::find(tx, id).await?;
    let row = row.ok_or_else(|| corrupt("a purchase that was paid is missing"))?;
    for bought in row.bought()? {
        let line = credit_ledger::Line {
            purchase: row.id,
            event: "granted",
            offering: bought.offering,
            amount: bought.count,
            appointment: None,
            login,
        };
        credit_ledger::add(tx, line, now, &booking.0.chance).await?;
    }
    let practice = store::practice::load(tx).await?;
    let practice = practice.ok_or_else(|| corrupt("a purchase without a practice"))?;
    let facts = PurchaseFacts {
        receipt,
        ..facts(tx, &practice, &row).await?
    };
    tell(tx, booking, &row, PurchaseNoticeKind::Paid, facts, now).await
}

async fn tell(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &Model,
    kind: PurchaseNoticeKind,
    facts: PurchaseFacts,
    now: Instant,
) -> Result<PurchaseView, DbErr> {
    let notice = PurchaseNotice { kind, facts };
    booking.0.notices.purchase(tx, &notice, now).await?;
    booking.purchase_view(tx, row, now).await
}

/// Tells of something that happened to a purchase.
pub(super) async fn tell_of(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &Model,
    kind: PurchaseNoticeKind,
    now: Instant,
) -> Result<(), DbErr> {
    let practice = store::practice::load(tx).await?;
    let practice = practice.ok_or_else(|| corrupt("a purchase without a practice"))?;
    let facts = facts(tx, &practice, row).await?;
    tell(tx, booking, row, kind, facts, now).await.map(drop)
}

/// So much of its money goes back; when `ends`, what is left of its visits ends with it. The caller holds its claim.
pub(super) async fn refunded(
    tx: &DatabaseTransaction,
    booking: &Booking,
    row: &Model,
    minor: i64,
    ends: bool,
    login: LoginId,
    now: Instant,
) -> Result<Model, DbErr> {
    let new = Model {
        refunded_minor: row.refunded_minor + minor,
        refunded_at: row.refunded_at.or(ends.then_some(now)),
        ended_at: row.ended_at.or(ends.then_some(now)),
        ..row.clone()
    };
    store::purchase::refund(tx, &new).await?;
    if ends {
        let practice = store::practice::load(tx).await?;
        let zone = practice.ok_or_else(|| corrupt("a purchase without a practice"))?.zone;
        for (offering, left) in Account::load(tx, row, zone).await?.rest() {
            let line = credit_ledger::Line {
                purchase: row.id,
                event: "expired",
                offering,
                amount: -i32::try_from(left).map_err(corrupt)?,
                appointment: None,
                login: Some(login),
            };
            credit_ledger::add(tx, line, now, &booking.0.chance).await?;
        }
    }
    Ok(new)
}

async fn facts(db: &impl ConnectionTrait, practice: &Practice, row: &Model) -> Result<PurchaseFacts, DbErr> {
    let emails = store::family::emails(db, vec![row.family_id]).await?;
    let (_, buyer_email) = emails
        .into_iter()
        .next()
        .ok_or_else(|| corrupt("a purchase without its family"))?;
    let currency: Currency = row.currency.parse().map_err(corrupt)?;
    Ok(PurchaseFacts {
        id: row.id,
        generation: row.generation,
        package_name: row.package_name.clone(),
        buyer_name: row.buyer_name.clone(),
        buyer_email,
        phone: row.phone.clone(),
        price: Money::new(row.price_minor, currency),
        created_at: row.created_at,
        paid_at: row.paid_at,
        refunded: row.refunded_at.is_some(),
        refunded_minor: row.refunded_minor,
        valid_months: store::count(row.valid_months)?,
        practice_email: practice.email.clone(),
        receipt: None,
    })
}

fn credits(account: &Account, row: &Model, offerings: &[Offering]) -> Result<Vec<Credits>, DbErr> {
    let count = |sums: &HashMap<OfferingId, i64>, of| {
        let sum = sums.get(&of).copied().unwrap_or_default();
        u32::try_from(sum).map_err(|_| corrupt("a credit balance below zero"))
    };
    let bought = row.bought()?.into_iter().map(|bought| {
        let offering = offerings.iter().find(|o| o.id == bought.offering);
        let offering = offering.ok_or_else(|| corrupt("a purchase without its offering"))?;
        Ok(Credits {
            offering: offering.slug.clone(),
            offering_name: offering.name.clone(),
            bought: store::count(bought.count)?,
            granted: count(&account.granted, bought.offering)?,
            left: count(&account.left, bought.offering)?,
            ways: bought.ways,
            trip_fee_included: bought.trip_fee_included,
        })
    });
    bought.collect()
}
