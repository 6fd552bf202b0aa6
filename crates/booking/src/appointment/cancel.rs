//! Cancelling: by the parent until the start, by the consultant with a message.

use kernel::db::write;
use kernel::id::{AppointmentId, LoginId};
use kernel::instant::Instant;
use kernel::money::Money;
use kernel::token::Token;
use sea_orm::{DatabaseTransaction, DbErr};

use super::facts::AppointmentView;
use super::fee::FeeDecision;
use super::lifecycle::{Party, Reason, State};
use super::notice::{Notice, NoticeKind};
use super::silence;
use crate::store::{self, appointment::Model, history};
use crate::{Booking, money};

/// Why a parent cancels, as she said it.
#[derive(Clone, PartialEq, Eq)]
pub struct CancelReason {
    reason: Reason,
    words: Option<String>,
}

impl CancelReason {
    /// `birth`, `illness`, `hospital`, `loss`, or her own words, of which 1,000 characters are kept; `None` for no text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let reason = text.parse().unwrap_or(Reason::Other);
        let words: String = text
            .chars()
            .filter(|c| !c.is_control() || *c == '\n')
            .take(1000)
            .collect();
        Some(Self {
            reason,
            words: (reason == Reason::Other).then_some(words),
        })
    }

    /// Which of the reasons it is.
    pub const fn reason(&self) -> Reason {
        self.reason
    }
}

impl std::fmt::Debug for CancelReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CancelReason({})", self.reason)
    }
}

/// A visit that was cancelled.
#[derive(Clone, Debug)]
pub struct Cancelled {
    /// As it is now.
    pub appointment: AppointmentView,
    /// What was paid and comes back.
    pub refund: Money,
    /// What is kept of what was paid, or owed.
    pub kept: Money,
    /// Whether the credit that had paid it can be used again.
    pub credit_returned: bool,
}

/// Why a visit was not cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// No appointment has this link or id.
    #[error("no such appointment")]
    NotFound,
    /// It has started.
    #[error("the visit has started")]
    TooLate,
    /// It is cancelled, expired or over already.
    #[error("the appointment is {0} already")]
    NotActive(&'static str),
    /// The database failed.
    #[error("the cancellation could not be written")]
    Database(#[from] DbErr),
}

/// So many appointments are cancelled at once at most.
pub const SELECTION: usize = 100;

impl Booking {
    /// Cancels for the parent who holds the link, until the start. Being late only changes what is kept.
    pub async fn cancel(
        &self,
        token: &Token,
        reason: Option<CancelReason>,
        now: Instant,
    ) -> Result<Cancelled, CancelError> {
        write(&self.0.db, (self.clone(), token.clone(), reason, now), by_parent).await
    }

    /// Cancels for the family at the consultant's wish until the start, with what she says to them; everything comes back.
    pub async fn cancel_for_family(
        &self,
        id: AppointmentId,
        message: Option<String>,
        login: LoginId,
        now: Instant,
    ) -> Result<Cancelled, CancelError> {
        write(&self.0.db, (self.clone(), id, message, login, now), by_consultant).await
    }
}

impl Booking {
    /// Cancels each of these that can be cancelled, one transaction for each, with the same message to every family. What could
    /// not be cancelled shows it by its state; a second time changes nothing more. At most [`SELECTION`] of them are looked at.
    pub async fn cancel_each(
        &self,
        ids: &[AppointmentId],
        message: Option<&str>,
        login: LoginId,
        now: Instant,
    ) -> Result<(), DbErr> {
        for id in ids.iter().take(SELECTION) {
            match self
                .cancel_for_family(*id, message.map(str::to_owned), login, now)
                .await
            {
                Ok(_) | Err(CancelError::NotFound | CancelError::TooLate | CancelError::NotActive(_)) => {}
                Err(CancelError::Database(error)) => return Err(error),
            }
        }
        Ok(())
    }
}

async fn by_parent(
    tx: &DatabaseTransaction,
    (booking, token, why, now): &(Booking, Token, Option<CancelReason>, Instant),
) -> Result<Cancelled, CancelError> {
    let row = store::appointment::lock_by_link(tx, token.hash())
        .await?
        .ok_or(CancelError::NotFound)?;
    let reason = why.as_ref().map(CancelReason::reason);
    let state = cancelled(&row, Party::Parent, reason)?;
    if row.starts_at <= *now {
        return Err(CancelError::TooLate);
    }
    let facts = booking.facts(tx, &row).await?;
    let terms = facts.cancel_terms_for(reason, *now);
    let mut new = store::appointment::moved(&row, state, *now);
    new.refunded_minor += terms.refund.minor;
    // What the policy would keep stands there also for a reason for which nothing is taken unless she decides so.
    let fee = facts.cancel_terms(*now).kept;
    if !fee.is_zero() {
        new.fee_minor = Some(fee.minor);
        let decision = if terms.kept.is_zero() {
            FeeDecision::Open
        } else {
            FeeDecision::Kept
        };
        new.fee_decision = decision.stored();
    }
    if let Some(words) = why.as_ref().and_then(|why| why.words.as_deref()) {
        let sealed = booking.0.keys.seal.seal(words, row.id.0, &booking.0.chance);
        new.cancel_words = Some(sealed.into_bytes());
    }
    let kind = NoticeKind::CancelledByParent {
        was_confirmed: was_confirmed(&row)?,
    };
    let by = By {
        party: Party::Parent,
        login: None,
        now: *now,
    };
    let appointment = write_down(tx, booking, &row, new, kind, by).await?;
    money::refund_by_policy(tx, booking, row.id, (terms.refund, None), *now).await?;
    if reason == Some(Reason::Loss) {
        silence::set(tx, booking, &row, true, None, *now).await?;
    }
    let credit_returned = !terms.credit_kept && money::give_back(tx, booking, &row, *now).await?;
    Ok(Cancelled {
        appointment,
        refund: terms.refund,
        kept: terms.kept,
        credit_returned,
    })
}

async fn by_consultant(
    tx: &DatabaseTransaction,
    (booking, id, message, login, now): &(Booking, AppointmentId, Option<String>, LoginId, Instant),
) -> Result<Cancelled, CancelError> {
    let row = store::appointment::lock(tx, *id).await?.ok_or(CancelError::NotFound)?;
    let state = cancelled(&row, Party::Consultant, None)?;
    if row.starts_at <= *now {
        return Err(CancelError::TooLate);
    }
    let refund = booking.facts(tx, &row).await?.received();
    let mut new = store::appointment::moved(&row, state, *now);
    new.refunded_minor += refund.minor;
    let message = message
        .as_deref()
        .map(str::trim)
        .filter(|m| !m.is_empty())
        .map(str::to_owned);
    let kind = NoticeKind::CancelledByConsultant {
        message,
        was_confirmed: was_confirmed(&row)?,
    };
    let by = By {
        party: Party::Consultant,
        login: Some(*login),
        now: *now,
    };
    let appointment = write_down(tx, booking, &row, new, kind, by).await?;
    let credit_returned = money::give_back(tx, booking, &row, *now).await?;
    money::refund_by_policy(tx, booking, row.id, (refund, Some(*login)), *now).await?;
    Ok(Cancelled {
        appointment,
        refund,
        kept: Money::zero(refund.currency),
        credit_returned,
    })
}

fn cancelled(row: &Model, by: Party, reason: Option<Reason>) -> Result<State, CancelError> {
    row.state()?
        .cancel(by, reason)
        .map_err(|e| CancelError::NotActive(e.from))
}

fn was_confirmed(row: &Model) -> Result<bool, DbErr> {
    Ok(row.state()? == State::Confirmed)
}

struct By {
    party: Party,
    login: Option<LoginId>,
    now: Instant,
}

/// Row, history and notice of a cancellation; its SEQUENCE rises, so that calendars take it for newer.
async fn write_down(
    tx: &DatabaseTransaction,
    booking: &Booking,
    old: &Model,
    mut new: Model,
    kind: NoticeKind,
    by: By,
) -> Result<AppointmentView, CancelError> {
    new.sequence = old.sequence + 1;
    if !store::appointment::change(tx, old, &new).await? {
        return Err(CancelError::NotActive(old.state()?.name()));
    }
    let line = history::Line {
        appointment: old.id,
        event: "cancelled",
        who: by.party,
        login: by.login,
        facts: serde_json::json!({
            "reason": new.cancel_reason, "sequence": new.sequence, "fee": new.fee_minor, "fee_decision": new.fee_decision,
        }),
    };
    history::add(tx, line, by.now, &booking.0.chance).await?;
    money::stop(tx, old.id, by.now).await?;
    let facts = booking.facts(tx, &new).await?;
    let notice = Notice { kind, facts };
    booking.0.notices.notify(tx, &notice, by.now).await?;
    Ok(booking.view(notice.facts, &new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_of_four_words_or_her_own() {
        assert_eq!(CancelReason::parse(" birth ").unwrap().reason(), Reason::Birth);
        assert!(CancelReason::parse("loss").unwrap().reason().is_neutral());
        assert_eq!(CancelReason::parse("  "), None);
        let own = CancelReason::parse("the car broke down").unwrap();
        assert_eq!(
            (own.reason(), own.words.as_deref()),
            (Reason::Other, Some("the car broke down"))
        );
        assert_eq!(
            CancelReason::parse(&"x".repeat(2000)).unwrap().words.unwrap().len(),
            1000
        );
        assert_eq!(format!("{own:?}"), "CancelReason(other)");
    }
}
