//! How often an address may be written to because somebody typed it: one confirmation mail in ten minutes, three a day. Never switched off.
//! And how often a domain may: somebody who types one invented address after the other still fills one mailbox, or one server.
//!
//! It counts the requests that were let through, whatever they led to, so that "send again" becomes possible at the same time for
//! every address. It knows addresses and domains by their keyed hashes. Networks are counted before a request comes here.

use jiff::SignedDuration;
use kernel::email::EmailAddress;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::Mailing;
use crate::store::signup;

/// Between two confirmation mails to one address.
const GAP: SignedDuration = SignedDuration::from_mins(10);
/// The day in which [`A_DAY`] mails are allowed: the last 24 hours.
const DAY: SignedDuration = SignedDuration::from_hours(24);
const A_DAY: usize = 3;
/// The hour in which a domain may get so many.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const A_DOMAIN: u64 = 30;
/// The same for those where everybody has a mailbox.
const A_PROVIDER: u64 = 300;
const PROVIDERS: [&str; 30] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "hotmail.co.uk",
    "live.com",
    "msn.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.fr",
    "yahoo.de",
    "ymail.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "proton.me",
    "protonmail.com",
    "fastmail.com",
    "gmx.com",
    "gmx.net",
    "gmx.de",
    "web.de",
    "t-online.de",
    "orange.fr",
    "comcast.net",
    "att.net",
    "verizon.net",
    "btinternet.com",
    "libero.it",
];

/// The answer of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Admission {
    /// Whether this request may lead to a mail.
    pub allowed: bool,
    /// When the next one may, this one counted.
    pub again_at: Instant,
}

/// What is known of a request after the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// The rule of the address, whose answer may be told.
    pub address: Admission,
    /// Whether a mail may go: the rule of the domain too, whose answer is told to nobody.
    pub mails: bool,
}

/// Counts a request for this address, which the caller has claimed. `limited`: the limit per domain holds.
pub(super) async fn let_through(
    tx: &DatabaseTransaction,
    mailing: &Mailing,
    address: &EmailAddress,
    limited: bool,
    now: Instant,
) -> Result<Passage, DbErr> {
    let hash = mailing.keys.hash_of(address.key());
    let earlier = signup::attempts_since(tx, &hash, now - DAY).await?;
    let admission = admit(&earlier, now);
    if !admission.allowed {
        return Ok(Passage {
            address: admission,
            mails: false,
        });
    }
    let domain = mailing.keys.hash_of(&format!("@{}", address.domain()));
    let most = if PROVIDERS.contains(&address.domain()) {
        A_PROVIDER
    } else {
        A_DOMAIN
    };
    let mails = !limited || signup::mails_to_domain(tx, &domain, now - HOUR).await? < most;
    signup::insert_attempt(tx, mailing, &hash, mails.then_some(domain), now).await?;
    Ok(Passage {
        address: admission,
        mails,
    })
}

/// Decides by the requests of the last 24 hours that were let through, oldest first.
pub(super) fn admit(earlier: &[Instant], now: Instant) -> Admission {
    let opens = opens_at(earlier);
    if opens.is_some_and(|at| at > now) {
        return Admission {
            allowed: false,
            again_at: opens.unwrap_or(now),
        };
    }
    let with_this: Vec<Instant> = earlier.iter().copied().chain([now]).collect();
    Admission {
        allowed: true,
        again_at: opens_at(&with_this).unwrap_or(now),
    }
}

fn opens_at(earlier: &[Instant]) -> Option<Instant> {
    let after_last = earlier.last().map(|&last| last + GAP);
    let third = earlier.len().checked_sub(A_DAY).and_then(|i| earlier.get(i));
    after_last.max(third.map(|&third| third + DAY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn minute(n: i64) -> Instant {
        Instant::from_micros(0).plus_minutes(n)
    }

    #[test]
    fn one_confirmation_mail_in_ten_minutes_and_three_a_day() {
        let first = admit(&[], minute(0));
        assert_eq!(
            first,
            Admission {
                allowed: true,
                again_at: minute(10)
            }
        );
        assert_eq!(
            admit(&[minute(0)], minute(9)),
            Admission {
                allowed: false,
                again_at: minute(10)
            }
        );
        assert_eq!(
            admit(&[minute(0)], minute(10)),
            Admission {
                allowed: true,
                again_at: minute(20)
            }
        );
        let three = [minute(0), minute(10), minute(20)];
        assert_eq!(admit(&three[..2], minute(20)).again_at, minute(24 * 60));
        assert_eq!(
            admit(&three, minute(60)),
            Admission {
                allowed: false,
                again_at: minute(24 * 60)
            }
        );
        assert!(admit(&three, minute(24 * 60)).allowed);
    }

    proptest! {
        #[test]
        fn whatever_is_typed_no_day_has_more_than_three(gaps in proptest::collection::vec(0_i64..400, 0..60)) {
            let (mut now, mut let_through) = (0, Vec::<Instant>::new());
            for gap in gaps {
                now += gap;
                let lately: Vec<_> = let_through.iter().copied().filter(|&at| at > minute(now) - DAY).collect();
                if admit(&lately, minute(now)).allowed {
                    let_through.push(minute(now));
                }
            }
            for (i, &at) in let_through.iter().enumerate() {
                let later = &let_through[i..];
                prop_assert!(later.iter().filter(|&&l| l - at < DAY).count() <= A_DAY);
                prop_assert!(later.iter().skip(1).all(|&l| l - at >= GAP));
            }
        }
    }
}
