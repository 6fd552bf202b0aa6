//! The one way to the newsletter's first step, for every form, the API, the embedded form and the tick of a booking.
//!
//! Whoever fills in the field that no person sees gets the answer of everybody, and no mail. A network may give so many addresses; one
//! whose forms come back faster than a person types, or that sends no form at all, fewer. After that mailing decides by address and by
//! domain. Nothing of this shows in the answer but "too many".

use jiff::SignedDuration;
use kernel::email::EmailAddress;
use kernel::instant::Instant;
use kernel::token::Token;
use mailing::consent::{Subscribe, Subscribed, Topics};
use sea_orm::DbErr;

use crate::consents;
use crate::net::ClientNetwork;
use crate::state::App;
use crate::view::ViewError;

/// A person needs longer than this to read a form and type an address.
const HASTE: SignedDuration = SignedDuration::from_secs(2);

/// Somebody's wish to get letters.
pub struct Wish<'a> {
    /// Whose.
    pub address: EmailAddress,
    /// If it was asked for.
    pub name: Option<String>,
    /// `None` means all four.
    pub topics: Option<Topics>,
    /// The page with the form: a name of ours.
    pub page: &'a str,
    /// What came in the field that no person sees.
    pub trap: &'a str,
    /// When the form was shown, in seconds since 1970, if it says so.
    pub shown: &'a str,
}

/// Why nobody was asked.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// This network gives too many addresses.
    #[error("too many addresses from one network")]
    TooMany,
    /// The words beside the button.
    #[error("the words of the form cannot be read")]
    Words(#[from] ViewError),
    /// The database.
    #[error("the request could not be kept")]
    Database(#[from] DbErr),
}

/// Asks the owner of the address by mail, if all rules let one go; the answer is the same for every address.
pub async fn join(app: &App, network: &ClientNetwork, wish: Wish<'_>, now: Instant) -> Result<Subscribed, JoinError> {
    if !app.limits().subscribing(network, is_hasty(wish.shown, now), now) {
        return Err(JoinError::TooMany);
    }
    if !wish.trap.is_empty() {
        return Ok(Subscribed {
            marker: Token::random(app.chance()),
            again_at: now.plus_minutes(10),
        });
    }
    let request = Subscribe {
        address: wish.address,
        name: wish.name,
        topics: wish.topics,
        page: wish.page.to_owned(),
        wording: consents::joining(app, wish.page)?,
        limited: app.config().limits,
    };
    Ok(app.mailing().subscribe(request, now).await?)
}

fn is_hasty(shown: &str, now: Instant) -> bool {
    let shown: Option<i64> = shown.parse().ok();
    let shown = shown
        .and_then(|seconds| seconds.checked_mul(1_000_000))
        .map(Instant::from_micros);
    shown.is_none_or(|shown| now - shown < HASTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_comes_back_at_once_or_says_nothing_is_hasty() {
        let now = Instant::from_micros(1_000_000_000_000_000);
        assert!(
            is_hasty("", now) && is_hasty("soon", now) && is_hasty("1000000000", now) && is_hasty("999999999", now)
        );
        assert!(is_hasty("9223372036854775807", now));
        assert!(!is_hasty("999999998", now));
    }
}
