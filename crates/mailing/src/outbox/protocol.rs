//! The states of a mail, and which answer leads where. Pure: no database and no network.
//!
//! `queued → leased → handing over → sent | retry | bounced | uncertain`, and `cancelled` or `withdrawn` instead of being sent.
//! Every transition is a compare-and-swap on the lease: a mail whose row has left it is dropped.
//!
//! The gap between the server's acceptance and our record of it cannot be closed (RFC 1047). So the row says durably that the message
//! is being handed over before its first byte leaves; a row found there after a crash, and a message whose final dot was not answered,
//! is *uncertain*: it is sent again with the same Message-ID, by which mail programs and servers recognise a copy. After
//! [`UNANSWERED_LIMIT`] hand-overs without an answer ([`LETTER_UNANSWERED_LIMIT`] of a letter) it stays uncertain, is counted, and the
//! desk lists it.

use kernel::chance::Chance;
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::backoff::Retry;
use super::breaker::Away;

/// After so many hand-overs without an answer a mail is not sent again.
pub const UNANSWERED_LIMIT: i16 = 3;
/// The same for a letter, which is sent again once: nobody waits for it.
pub const LETTER_UNANSWERED_LIMIT: i16 = 2;
/// The same for a letter whose hand-over a crash of ours cut short, mostly before the message had left: a copy more is a smaller evil than
/// a reader without it.
pub const LETTER_CRASH_LIMIT: i16 = 5;

/// Where a mail stands. The numbers are the table's: one statement moves a row from 1 to 2 and from 2 to 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for its first try.
    #[sea_orm(num_value = 0)]
    Queued,
    /// An instance has taken it and not begun.
    #[sea_orm(num_value = 1)]
    Leased,
    /// The message may be on its way.
    #[sea_orm(num_value = 2)]
    HandingOver,
    /// The server has accepted it.
    #[sea_orm(num_value = 3)]
    Sent,
    /// Waits to be tried again.
    #[sea_orm(num_value = 4)]
    Retry,
    /// Refused for good, or given up.
    #[sea_orm(num_value = 5)]
    Bounced,
    /// A newer one took its place, or its time was over.
    #[sea_orm(num_value = 6)]
    Cancelled,
    /// Handed over without an answer, as often as the rule allows.
    #[sea_orm(num_value = 7)]
    Uncertain,
    /// The recipient no longer wants it.
    #[sea_orm(num_value = 8)]
    Withdrawn,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted: the final dot was answered with 2xx.
    Accepted,
    /// Not now: 4xx, no connection, or a connection lost before the final dot.
    NotNow(String),
    /// Never: 5xx to the recipient or the message.
    Never(String),
    /// Never, because there is no such address: nothing else will arrive there either.
    NoSuchAddress(String),
    /// The final dot was sent and no answer came.
    Unanswered(String),
    /// The server could not be used, which says nothing about the mail.
    Away(Away),
}

/// What has happened to the mail before this try.
#[derive(Clone, Copy, Debug)]
pub struct Past {
    /// Tries before this one.
    pub attempts: u32,
    /// The first of them.
    pub first_tried: Option<Instant>,
    /// Hand-overs without an answer so far.
    pub unanswered: i16,
    /// After so many of them it is not sent again.
    pub unanswered_limit: i16,
}

/// Where the mail goes from *leased* or *handing over*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// To `sent`.
    Sent,
    /// Back to waiting.
    Wait {
        /// Until then.
        due: Instant,
        /// Whether this hand-over stayed without an answer.
        unanswered: bool,
        /// In the server's words or ours.
        error: String,
    },
    /// Back to waiting, as if it had not been tried.
    Back {
        /// Until then.
        due: Instant,
        /// In the server's words or ours.
        error: String,
    },
    /// To a final state other than `sent`.
    Settled {
        /// `Bounced` or `Uncertain`.
        state: State,
        /// Whether the address does not exist, as far as its server knows.
        gone: bool,
        /// In the server's words or ours.
        error: String,
    },
}

/// Decides what follows an outcome. A mail that met no server is due again at once: when that may be is the breaker's to say.
pub fn next(outcome: Outcome, past: Past, retry: &Retry, now: Instant, chance: &Chance) -> Next {
    let first = past.first_tried.unwrap_or(now);
    let again = || retry.after(past.attempts.saturating_add(1), first, now, chance);
    match outcome {
        Outcome::Accepted => Next::Sent,
        Outcome::Away(away) => Next::Back {
            due: now,
            error: away.said,
        },
        Outcome::Never(error) => bounced(false, error),
        Outcome::NoSuchAddress(error) => bounced(true, error),
        Outcome::NotNow(error) => match again() {
            Some(due) => Next::Wait {
                due,
                unanswered: false,
                error,
            },
            None => bounced(false, format!("given up: {error}")),
        },
        Outcome::Unanswered(error) => match again() {
            Some(due) if past.unanswered + 1 < past.unanswered_limit => Next::Wait {
                due,
                unanswered: true,
                error,
            },
            _ => Next::Settled {
                state: State::Uncertain,
                gone: false,
                error,
            },
        },
    }
}

fn bounced(gone: bool, error: String) -> Next {
    Next::Settled {
        state: State::Bounced,
        gone,
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(outcome: Outcome, past: Past, now: Instant) -> Next {
        next(outcome, past, &Retry::default(), now, &Chance::seeded(1))
    }

    const FRESH: Past = Past {
        attempts: 0,
        first_tried: None,
        unanswered: 0,
        unanswered_limit: UNANSWERED_LIMIT,
    };

    #[test]
    fn a_refusal_for_now_waits_and_a_refusal_for_good_bounces() {
        let now = Instant::from_micros(0);
        assert_eq!(follow(Outcome::Accepted, FRESH, now), Next::Sent);
        let Next::Wait { due, unanswered, .. } = follow(Outcome::NotNow("451".into()), FRESH, now) else {
            panic!("waits")
        };
        assert!(due >= now.plus_minutes(1) && due <= now.plus_minutes(2) && !unanswered);
        assert_eq!(
            follow(Outcome::Never("550".into()), FRESH, now),
            bounced(false, "550".into())
        );
        assert_eq!(
            follow(Outcome::NoSuchAddress("550".into()), FRESH, now),
            bounced(true, "550".into())
        );
    }

    #[test]
    fn after_five_days_of_refusals_a_mail_is_given_up() {
        let past = Past {
            attempts: 40,
            first_tried: Some(Instant::from_micros(0)),
            ..FRESH
        };
        let late = Instant::from_micros(0).plus_minutes(60 * 120);
        assert!(
            matches!(follow(Outcome::NotNow("451".into()), past, late), Next::Settled { state: State::Bounced, gone: false, error } if error == "given up: 451")
        );
    }

    #[test]
    fn a_message_without_an_answer_is_sent_again_twice_and_then_stays_uncertain() {
        let now = Instant::from_micros(0);
        for unanswered in 0..2 {
            let past = Past { unanswered, ..FRESH };
            assert!(matches!(
                follow(Outcome::Unanswered("lost".into()), past, now),
                Next::Wait { unanswered: true, .. }
            ));
        }
        for past in [
            Past { unanswered: 2, ..FRESH },
            Past {
                unanswered: 1,
                unanswered_limit: LETTER_UNANSWERED_LIMIT,
                ..FRESH
            },
        ] {
            assert!(matches!(
                follow(Outcome::Unanswered("lost".into()), past, now),
                Next::Settled {
                    state: State::Uncertain,
                    ..
                }
            ));
        }
    }
}
