//! The states of an appointment and the ways between them; there are no others.
//!
//! `awaiting_payment → confirmed → completed | no_show | cancelled`, or `expired`. A transition
//! consumes the state it leaves. The row's UPDATE repeats that state's name and demands one affected
//! row, so that of two transitions out of one state only the first happens.

use kernel::instant::Instant;
use serde::{Deserialize, Serialize};

use crate::practice::mode::words;
use crate::practice::offering::Terms;

/// Where an appointment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum State {
    /// Kept until it is paid.
    AwaitingPayment {
        /// Until when.
        hold_until: Instant,
    },
    /// It takes place.
    Confirmed,
    /// It took place.
    Completed,
    /// Nobody came.
    NoShow,
    /// It does not take place.
    Cancelled {
        /// By whom.
        by: Party,
        /// Why, when the parent said so.
        reason: Option<Reason>,
    },
    /// It was not paid in time.
    Expired,
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The family.
    Parent,
    /// The consultant.
    Consultant,
    /// The program itself.
    Program,
}

/// Why a parent cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The baby came.
    Birth,
    /// Someone is ill.
    Illness,
    /// Someone is in hospital.
    Hospital,
    /// A loss.
    Loss,
    /// Something else; her words are kept sealed.
    Other,
}

words!(
    Party,
    "parent, consultant, program",
    Parent = "parent",
    Consultant = "consultant",
    Program = "program"
);
words!(
    Reason,
    "birth, illness, hospital, loss, other",
    Birth = "birth",
    Illness = "illness",
    Hospital = "hospital",
    Loss = "loss",
    Other = "other"
);

impl Reason {
    /// Birth, illness, hospital and loss: nothing is taken automatically.
    pub const fn is_neutral(self) -> bool {
        !matches!(self, Self::Other)
    }
}

/// The appointment is in no state from which that is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an appointment that is {from} cannot do that")]
pub struct NoSuchWay {
    /// The state it is in.
    pub from: &'static str,
}

impl State {
    /// The state in which a booking begins.
    pub fn at_booking(free: bool, terms: Terms, start: Instant, now: Instant, hold_minutes: i64) -> Self {
        if free || terms == Terms::AtVisit {
            return Self::Confirmed;
        }
        let hold_until = now.plus_minutes(hold_minutes).min(start);
        Self::AwaitingPayment { hold_until }
    }

    /// The state's word in the database, the API and the contexts of mails.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwaitingPayment { .. } => "awaiting_payment",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Whether its time is taken.
    pub const fn blocks(self) -> bool {
        matches!(self, Self::AwaitingPayment { .. } | Self::Confirmed | Self::Completed)
    }

    /// Whether it may still take place.
    pub const fn is_coming(self) -> bool {
        matches!(self, Self::AwaitingPayment { .. } | Self::Confirmed)
    }

    /// It was paid: what waited is confirmed, what is confirmed or over stays so.
    pub fn pay(self) -> Result<Self, NoSuchWay> {
        match self {
            Self::AwaitingPayment { .. } => Ok(Self::Confirmed),
            Self::Confirmed | Self::Completed | Self::NoShow => Ok(self),
            Self::Cancelled { .. } | Self::Expired => Err(NoSuchWay { from: self.name() }),
        }
    }

    /// It was paid when its hold was over already, and its time is still free.
    pub fn paid_late(self) -> Result<Self, NoSuchWay> {
        match self {
            Self::Expired => Ok(Self::Confirmed),
            _ => Err(NoSuchWay { from: self.name() }),
        }
    }

    /// It takes place at another time. A hold keeps its end, but never lasts past the new start.
    pub fn reschedule(self, start: Instant, now: Instant) -> Result<Self, NoSuchWay> {
        match self {
            Self::AwaitingPayment { hold_until } if hold_until > now => Ok(Self::AwaitingPayment {
                hold_until: hold_until.min(start),
            }),
            Self::AwaitingPayment { .. } => Err(NoSuchWay {
                from: Self::Expired.name(),
            }),
            Self::Confirmed => Ok(self),
            _ => Err(NoSuchWay { from: self.name() }),
        }
    }

    /// It shall not take place.
    pub fn cancel(self, by: Party, reason: Option<Reason>) -> Result<Self, NoSuchWay> {
        if self.is_coming() {
            Ok(Self::Cancelled { by, reason })
        } else {
            Err(NoSuchWay { from: self.name() })
        }
    }

    /// It was not paid in time.
    pub fn expire(self, now: Instant) -> Result<Self, NoSuchWay> {
        match self {
            Self::AwaitingPayment { hold_until } if hold_until <= now => Ok(Self::Expired),
            _ => Err(NoSuchWay { from: self.name() }),
        }
    }

    /// The consultant says that it took place, or that it did after all.
    pub fn came(self) -> Result<Self, NoSuchWay> {
        match self {
            Self::Confirmed | Self::NoShow => Ok(Self::Completed),
            _ => Err(NoSuchWay { from: self.name() }),
        }
    }

    /// The consultant says that nobody came, or that nobody did after all.
    pub fn missed(self) -> Result<Self, NoSuchWay> {
        match self {
            Self::Confirmed | Self::Completed => Ok(Self::NoShow),
            _ => Err(NoSuchWay { from: self.name() }),
        }
    }

    /// It took place.
    pub fn complete(self) -> Result<Self, NoSuchWay> {
        match self {
            Self::Confirmed => Ok(Self::Completed),
            _ => Err(NoSuchWay { from: self.name() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn a_free_visit_and_one_paid_at_the_visit_are_confirmed_at_once() {
        let (now, start) = (at("2026-03-02T10:00:00Z"), at("2026-03-10T10:00:00Z"));
        let begins = |free, terms| State::at_booking(free, terms, start, now, 48 * 60);
        assert_eq!(begins(true, Terms::Before), State::Confirmed);
        assert_eq!(begins(false, Terms::AtVisit), State::Confirmed);
        for terms in [Terms::Before, Terms::ThirdParty] {
            let hold_until = at("2026-03-04T10:00:00Z");
            assert_eq!(begins(false, terms), State::AwaitingPayment { hold_until });
        }
    }

    #[test]
    fn a_hold_never_lasts_past_the_start() {
        let (now, start) = (at("2026-03-02T10:00:00Z"), at("2026-03-03T10:00:00Z"));
        let begins = State::at_booking(false, Terms::Before, start, now, 48 * 60);
        assert_eq!(begins, State::AwaitingPayment { hold_until: start });
    }

    #[test]
    fn a_moved_hold_keeps_its_end_unless_the_new_start_is_sooner() {
        let (now, until) = (at("2026-03-02T10:00:00Z"), at("2026-03-04T10:00:00Z"));
        let kept = State::AwaitingPayment { hold_until: until };
        let sooner = at("2026-03-03T10:00:00Z");
        assert_eq!(kept.reschedule(at("2026-03-09T10:00:00Z"), now), Ok(kept));
        assert_eq!(
            kept.reschedule(sooner, now),
            Ok(State::AwaitingPayment { hold_until: sooner })
        );
        assert!(kept.reschedule(at("2026-03-09T10:00:00Z"), until).is_err());
    }

    #[test]
    fn no_way_leads_out_of_an_end() {
        let by = Party::Parent;
        let ended = [
            State::Completed,
            State::NoShow,
            State::Cancelled { by, reason: None },
            State::Expired,
        ];
        for state in ended {
            assert!(state.cancel(Party::Consultant, None).is_err());
            assert!(state.expire(at("2030-01-01T00:00:00Z")).is_err());
            assert!(state.complete().is_err());
            assert!(
                state
                    .reschedule(at("2030-01-02T00:00:00Z"), at("2030-01-01T00:00:00Z"))
                    .is_err()
            );
        }
        assert!(State::Expired.pay().is_err());
        assert_eq!(State::Expired.paid_late(), Ok(State::Confirmed));
        assert!(State::Confirmed.paid_late().is_err());
        assert!(State::Cancelled { by, reason: None }.pay().is_err());
    }

    #[test]
    fn whether_she_came_is_hers_to_say_and_to_correct() {
        assert_eq!(State::Confirmed.came(), Ok(State::Completed));
        assert_eq!(State::Confirmed.missed(), Ok(State::NoShow));
        assert_eq!(State::NoShow.came(), Ok(State::Completed));
        assert_eq!(State::Completed.missed(), Ok(State::NoShow));
        let by = Party::Parent;
        let hold_until = at("2026-03-04T10:00:00Z");
        for state in [
            State::AwaitingPayment { hold_until },
            State::Cancelled { by, reason: None },
            State::Expired,
        ] {
            assert!(state.came().is_err() && state.missed().is_err());
        }
    }

    #[test]
    fn a_hold_expires_when_its_time_has_come_and_not_before() {
        let hold_until = at("2026-03-04T10:00:00Z");
        let kept = State::AwaitingPayment { hold_until };
        assert!(kept.expire(hold_until.plus_minutes(-1)).is_err());
        assert_eq!(kept.expire(hold_until), Ok(State::Expired));
        assert_eq!(kept.pay(), Ok(State::Confirmed));
    }
}
