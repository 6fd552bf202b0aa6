//! A purchase whose link a visitor came by: which visits it pays, and what is said when it does not.

use booking::money::{Credits, NoCredit, PurchaseState, PurchaseView};
use booking::practice::Offering;
use kernel::instant::Instant;
use kernel::token::Token;

use crate::error::PageError;
use crate::guest::Guest;
use crate::shown::meeting::Meeting;
use crate::state::App;
use crate::view::pages::{Refusal, Refused};

/// The purchase, and the link that is its credit.
pub struct Credit {
    /// Its link.
    pub token: Token,
    purchase: PurchaseView,
}

impl Credit {
    /// The purchase of a link, if it is one.
    pub async fn of(app: &App, guest: &Guest, link: Option<&str>) -> Result<Option<Self>, PageError> {
        let Some(link) = link.filter(|link| !link.is_empty()) else {
            return Ok(None);
        };
        let token = Token::presented(link);
        let found = app.booking().purchase(&token, guest.now).await?;
        Ok(found.map(|purchase| Self { token, purchase }))
    }

    fn line(&self, offering: &Offering) -> Option<&Credits> {
        self.purchase.credits.iter().find(|line| line.offering == offering.slug)
    }

    /// Whether a visit that starts then starts early enough.
    pub fn lasts(&self, start: Instant) -> bool {
        self.purchase.expires_at.is_none_or(|ends| start < ends)
    }

    /// Why it does not pay a visit, as far as that can be seen beforehand.
    pub fn refusal(&self, offering: &Offering, meeting: &Meeting, start: Instant) -> Option<Refusal> {
        let Some(line) = self.line(offering) else {
            return Some(Refusal::CreditOther);
        };
        if self.purchase.state == PurchaseState::AwaitingPayment {
            return Some(Refusal::CreditUnpaid);
        }
        if !line.ways.allow(meeting.mode(), meeting.place()) {
            return Some(Refusal::CreditWay);
        }
        if self.purchase.state == PurchaseState::Expired || !self.lasts(start) {
            return Some(Refusal::CreditOver);
        }
        (line.left == 0).then_some(Refusal::NoCredit)
    }

    /// The refusal with the way to the purchase's page.
    pub fn refused(&self, why: Refusal) -> Refused {
        Refused {
            why,
            url: format!("/purchases/{}", self.token.reveal()),
            carry_url: None,
        }
    }

    /// What the trip to her home costs beside the credit, where it costs anything.
    pub fn trip_alone(&self, guest: &Guest, offering: &Offering, meeting: &Meeting) -> Option<String> {
        let included = self.line(offering).is_some_and(|line| line.trip_fee_included);
        let fee = meeting.trip(&guest.practice)?.fee;
        (!included && !fee.is_zero()).then(|| guest.locale.price(fee))
    }
}

/// What is said when a credit does not pay a visit.
pub fn refusal(why: NoCredit) -> Refusal {
    match why {
        NoCredit::Unpaid => Refusal::CreditUnpaid,
        NoCredit::Unknown | NoCredit::OtherOffering => Refusal::CreditOther,
        NoCredit::OtherWay => Refusal::CreditWay,
        NoCredit::NoneLeft => Refusal::NoCredit,
        NoCredit::Over(_) => Refusal::CreditOver,
    }
}

/// Whether it is said of a credit.
pub fn is_about(why: Refusal) -> bool {
    matches!(
        why,
        Refusal::NoCredit | Refusal::CreditOver | Refusal::CreditWay | Refusal::CreditUnpaid | Refusal::CreditOther
    )
}
