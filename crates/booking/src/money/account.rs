//! What is left of a purchase, what it pays, and until when: computed from its ledger and its visits, never stored.

use std::collections::HashMap;

use jiff::Span;
use kernel::id::{AppointmentId, OfferingId, PurchaseId};
use kernel::instant::Instant;
use kernel::zone::Zone;
use sea_orm::{ConnectionTrait, DbErr};

use super::PurchaseState;
use crate::practice::{Mode, PlaceKind};
use crate::store::purchase::{Bought, Model};
use crate::store::{self, credit_ledger};

/// Nobody's credits are valid longer than that, counted from their payment.
const LONGEST_MONTHS: u32 = 12;

/// The claim of a purchase: whoever adds a line to its ledger holds it.
pub(crate) fn key(id: PurchaseId) -> String {
    format!("purchase:{id}")
}

/// What is left of a purchase, and until when: computed from its ledger and its visits, never stored.
pub(crate) struct Account {
    zone: Zone,
    paid_at: Option<Instant>,
    valid_months: u32,
    first_visit: Option<Instant>,
    ended: bool,
    refunded: bool,
    bought: Vec<Bought>,
    pub(super) granted: HashMap<OfferingId, i64>,
    pub(super) left: HashMap<OfferingId, i64>,
}

/// A visit for which a credit shall pay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// What it is.
    pub(crate) offering: OfferingId,
    /// How it is held.
    pub(crate) mode: Mode,
    /// Where, in person.
    pub(crate) place: Option<PlaceKind>,
    /// When it starts.
    pub(crate) start: Instant,
}

/// Why a credit does not pay a visit. No variant tells whose purchase it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCredit {
    /// No purchase has this link.
    #[error("no package has this link")]
    Unknown,
    /// Nothing is granted before it is paid.
    #[error("the package is not paid yet")]
    Unpaid,
    /// The package holds no visit of this offering.
    #[error("the package holds no such visit")]
    OtherOffering,
    /// Its visits of this offering are held in other ways, or at other places.
    #[error("the package does not pay this visit when it is held that way")]
    OtherWay,
    /// They are used.
    #[error("the visits of this kind that the package holds are used")]
    NoneLeft,
    /// It would start when the credits are over.
    #[error("the visits of the package start before {0}")]
    Over(Instant),
}

impl NoCredit {
    /// Its stable word in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Unpaid => "unpaid",
            Self::OtherOffering => "other_offering",
            Self::OtherWay => "other_way",
            Self::NoneLeft => "none_left",
            Self::Over(_) => "over",
        }
    }
}

impl Account {
    /// Reads it; inside a write after the claim.
    pub(crate) async fn load(db: &impl ConnectionTrait, row: &Model, zone: Zone) -> Result<Self, DbErr> {
        let (mut granted, mut left) = (HashMap::new(), HashMap::new());
        for line in credit_ledger::of(db, row.id).await? {
            *left.entry(line.offering_id).or_default() += i64::from(line.amount);
            if line.event == "granted" {
                *granted.entry(line.offering_id).or_default() += i64::from(line.amount);
            }
        }
        Ok(Self {
            zone,
            paid_at: row.paid_at,
            valid_months: store::count(row.valid_months)?,
            first_visit: store::appointment::first_of(db, row.id, None).await?,
            ended: row.ended_at.is_some(),
            refunded: row.refunded_at.is_some(),
            bought: row.bought()?,
            granted,
            left,
        })
    }

    /// The same without one of its visits, which shall take place at another time.
    pub(crate) async fn without(
        db: &impl ConnectionTrait,
        row: &Model,
        zone: Zone,
        visit: AppointmentId,
    ) -> Result<Self, DbErr> {
        let first_visit = store::appointment::first_of(db, row.id, Some(visit)).await?;
        Ok(Self {
            first_visit,
            ..Self::load(db, row, zone).await?
        })
    }

    /// How many credits of an offering are left.
    pub(crate) fn left(&self, offering: OfferingId) -> i64 {
        self.left.get(&offering).copied().unwrap_or_default()
    }

    /// All that is left.
    pub(crate) fn rest(&self) -> impl Iterator<Item = (OfferingId, i64)> {
        self.left
            .iter()
            .map(|(of, left)| (*of, *left))
            .filter(|(_, left)| *left > 0)
    }

    /// Until when (exclusive) its visits start: so many months after the first one, and at most twelve after it was paid.
    pub(crate) fn expires_at(&self) -> Option<Instant> {
        self.expires_with(None)
    }

    /// The same if a visit started at `start`, which may be the first.
    fn expires_with(&self, start: Option<Instant>) -> Option<Instant> {
        let longest = self.months_after(self.paid_at?, LONGEST_MONTHS);
        let first = self.first_visit.into_iter().chain(start).min();
        let valid = first.map(|first| self.months_after(first, self.valid_months));
        Some(valid.map_or(longest, |valid| valid.min(longest)))
    }

    /// The line of the package that pays this visit, or why none does.
    pub(crate) fn pays(&self, wanted: Wanted) -> Result<&Bought, NoCredit> {
        let ends = self.expires_with(Some(wanted.start)).ok_or(NoCredit::Unpaid)?;
        let line = self.bought.iter().find(|line| line.offering == wanted.offering);
        let line = line.ok_or(NoCredit::OtherOffering)?;
        if !line.ways.allow(wanted.mode, wanted.place) {
            return Err(NoCredit::OtherWay);
        }
        if self.ended || wanted.start >= ends {
            return Err(NoCredit::Over(ends));
        }
        if self.left(wanted.offering) <= 0 {
            return Err(NoCredit::NoneLeft);
        }
        Ok(line)
    }

    /// When its credits are over, if a visit that starts then starts too late.
    pub(crate) fn over(&self, start: Instant) -> Option<Instant> {
        self.expires_with(Some(start)).filter(|ends| start >= *ends)
    }

    /// Where the purchase stands.
    pub(crate) fn state(&self, now: Instant) -> PurchaseState {
        match self.expires_at() {
            _ if self.refunded => PurchaseState::Refunded,
            None => PurchaseState::AwaitingPayment,
            Some(ends) if self.ended || ends <= now => PurchaseState::Expired,
            Some(_) => PurchaseState::Active,
        }
    }

    /// The same time of day so many months later in the practice's zone; the last day of a shorter month.
    fn months_after(&self, at: Instant, months: u32) -> Instant {
        let civil = self.zone.civil(at);
        let later = civil.checked_add(Span::new().months(i64::from(months.min(1_200))));
        self.zone.instant(later.unwrap_or(civil))
    }
}
