//! The states of a subscriber and the ways between them. Pure.

use jiff::SignedDuration;
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{LINK_VALID, UNDO};

/// What is known of an address's consent.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Asked for, not confirmed.
    #[sea_orm(string_value = "pending")]
    Pending,
    /// Said yes through the link in a mail.
    #[sea_orm(string_value = "confirmed")]
    Confirmed,
    /// Left.
    #[sea_orm(string_value = "unsubscribed")]
    Unsubscribed,
    /// Her mailbox refused mail for good.
    #[sea_orm(string_value = "bounced")]
    Bounced,
    /// She called a mail unwanted.
    #[sea_orm(string_value = "complained")]
    Complained,
}

/// What a request to sign up leads to, apart from the answer, which is always the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignUp {
    /// A confirmation mail; the address is then in this state until she confirms.
    Ask(State),
    /// No mail.
    Leave,
}

impl State {
    /// As files and the API spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// Signing up, from any state or none. A bounced address gets one attempt as long as a link lasts: `tried_again` was the last.
pub(super) fn sign_up(state: Option<State>, tried_again: Option<Instant>, now: Instant) -> SignUp {
    match state {
        None | Some(State::Pending | State::Unsubscribed) => SignUp::Ask(State::Pending),
        Some(State::Bounced) if tried_again.is_none_or(|at| now - at >= LINK_VALID) => SignUp::Ask(State::Bounced),
        Some(State::Confirmed | State::Bounced | State::Complained) => SignUp::Leave,
    }
}

/// Following an open link: whether it confirms. It does from `pending`, and from `bounced`, since the mail has arrived after all.
pub(super) fn confirms(state: State) -> bool {
    matches!(state, State::Pending | State::Bounced)
}

/// Leaving: until when it can be undone, or `None` if there was nothing to come back to.
pub(super) fn leave(state: State, now: Instant) -> Leaving {
    match state {
        State::Confirmed => Leaving::Leaves {
            undo_until: Some(now + UNDO),
        },
        State::Pending => Leaving::Leaves { undo_until: None },
        State::Unsubscribed | State::Bounced | State::Complained => Leaving::IsOut,
    }
}

/// What leaving does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// To `unsubscribed`.
    Leaves {
        /// Set only when she was confirmed.
        undo_until: Option<Instant>,
    },
    /// She gets no letters already.
    IsOut,
}

/// Whether leaving can still be undone.
pub(super) fn can_undo(state: State, undo_until: Option<Instant>, now: Instant) -> bool {
    state == State::Unsubscribed && undo_until.is_some_and(|until| until - now >= SignedDuration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_micros(1_000_000_000_000_000);

    #[test]
    fn only_confirmed_complained_and_lately_tried_bounced_addresses_get_no_confirmation_mail() {
        let asks = |state| sign_up(state, None, NOW);
        assert_eq!(asks(None), SignUp::Ask(State::Pending));
        assert_eq!(asks(Some(State::Pending)), SignUp::Ask(State::Pending));
        assert_eq!(asks(Some(State::Unsubscribed)), SignUp::Ask(State::Pending));
        assert_eq!(asks(Some(State::Bounced)), SignUp::Ask(State::Bounced));
        assert_eq!(asks(Some(State::Confirmed)), SignUp::Leave);
        assert_eq!(asks(Some(State::Complained)), SignUp::Leave);
        let bounced = |at| sign_up(Some(State::Bounced), Some(at), NOW);
        assert_eq!(bounced(NOW - SignedDuration::from_hours(6 * 24)), SignUp::Leave);
        assert_eq!(bounced(NOW - LINK_VALID), SignUp::Ask(State::Bounced));
    }

    #[test]
    fn no_way_leads_back_to_confirmed_but_a_link_or_an_undo_in_time() {
        for state in [State::Confirmed, State::Unsubscribed, State::Complained] {
            assert!(!confirms(state));
        }
        let Leaving::Leaves { undo_until } = leave(State::Confirmed, NOW) else {
            panic!()
        };
        assert!(can_undo(State::Unsubscribed, undo_until, NOW + UNDO));
        assert!(!can_undo(
            State::Unsubscribed,
            undo_until,
            NOW + UNDO + SignedDuration::from_secs(1)
        ));
        assert_eq!(leave(State::Pending, NOW), Leaving::Leaves { undo_until: None });
        assert!(!can_undo(State::Unsubscribed, None, NOW));
        assert!(!can_undo(State::Pending, Some(NOW), NOW));
        assert_eq!(leave(State::Complained, NOW), Leaving::IsOut);
    }
}
