//! Whether she came, and what is kept when she did not: one tap each, and each can be corrected.

use axum::extract::State;
use axum::response::Response;
use booking::appointment::{
    AppointmentFacts, AppointmentView, CORRECTABLE_DAYS, CameError, FeeDecision, FeeError, State as Lifecycle,
};
use kernel::money::Money;
use serde::Deserialize;

use super::appointment::{back, find};
use super::{Answer, Room, story, url};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::{Came, FeePanel};

/// Saying whether she came, from the start until it can no longer be corrected.
pub fn form(room: &Room, facts: &AppointmentFacts) -> Option<Came> {
    let open = room.now >= facts.starts && room.now <= facts.ends.plus_minutes(CORRECTABLE_DAYS * 1440);
    let happened = matches!(
        facts.state,
        Lifecycle::Confirmed | Lifecycle::Completed | Lifecycle::NoShow
    );
    let fee = facts.no_show_fee();
    (open && happened).then(|| Came {
        done_url: (facts.state != Lifecycle::Completed).then(|| format!("{}/done", url(facts))),
        missed_url: (facts.state != Lifecycle::NoShow).then(|| format!("{}/missed", url(facts))),
        fee: (!fee.is_zero()).then(|| room.locale.price(fee)),
        paid: facts.paid_at.is_some(),
    })
}

/// What is kept of it, and her decision about it.
pub fn panel(room: &Room, facts: &AppointmentFacts) -> Option<FeePanel> {
    let fee = facts.fee?;
    let reason = match facts.state {
        Lifecycle::Cancelled { reason, .. } => reason.filter(|r| r.is_neutral()),
        _ => None,
    };
    Some(FeePanel {
        amount: room.locale.price(fee.amount),
        decision: match fee.decision {
            FeeDecision::Open => "open",
            FeeDecision::Kept => "kept",
            FeeDecision::Waived => "waived",
        },
        reason: reason.map(|r| story::reason_words(r).into()),
        paid: facts.paid_at.is_some(),
        url: format!("{}/fee", url(facts)),
    })
}

/// What is the family's again of what was paid for a visit that did not take place.
pub fn goes_back(room: &Room, facts: &AppointmentFacts) -> Option<String> {
    let back = facts.received().minor - facts.kept().minor;
    let missed = facts.state == Lifecycle::NoShow;
    (missed && back > 0).then(|| room.locale.price(Money::new(back, facts.price.currency)))
}

/// It took place.
pub async fn done(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(id): Path) -> Answer {
    let found = find(&app, &id).await?;
    let said = app.booking().came(found.facts.id, signed_in.0.login, now).await;
    answer(&found, said, "done")
}

/// Whether the fee is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Decided {
    fee: String,
}

impl Decided {
    fn keep(&self) -> Result<bool, PageError> {
        match self.fee.as_str() {
            "keep" => Ok(true),
            "waive" => Ok(false),
            _ => Err(PageError::Unreadable),
        }
    }
}

/// Nobody came.
pub async fn missed(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(id): Path,
    Form(decided): Form<Decided>,
) -> Answer {
    let found = find(&app, &id).await?;
    let said = app
        .booking()
        .missed(found.facts.id, decided.keep()?, signed_in.0.login, now)
        .await;
    answer(&found, said, "missed")
}

fn answer(
    found: &AppointmentView,
    said: Result<AppointmentView, CameError>,
    done: &str,
) -> Result<Response, PageError> {
    match said {
        Ok(_) => Ok(back(found, done)),
        Err(CameError::TooEarly | CameError::TooLate) => Ok(back(found, "not-now")),
        Err(CameError::NotActive(_)) => Ok(back(found, "over")),
        Err(CameError::NotFound) => Err(PageError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// Her decision about the fee of a late cancellation or a missed visit.
pub async fn fee(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(id): Path,
    Form(decided): Form<Decided>,
) -> Answer {
    let found = find(&app, &id).await?;
    let keep = decided.keep()?;
    match app
        .booking()
        .decide_fee(found.facts.id, keep, signed_in.0.login, now)
        .await
    {
        Ok(_) => Ok(back(&found, "fee")),
        Err(FeeError::NoFee) => Ok(back(&found, "over")),
        Err(FeeError::NotFound) => Err(PageError::NotFound),
        Err(error) => Err(error.into()),
    }
}
