//! The JSON API, version 1. Errors are [`crate::error::Problem`]; instants are RFC 3339 with `Z`.

pub mod appointments;
pub mod moving;
pub mod offerings;
pub mod subscribers;

use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::Response;
use kernel::money::Money;
use serde::Serialize;

use crate::error::Problem;

/// What a handler of the API answers.
pub type Answer<T> = Result<T, Problem>;

/// An amount as the API writes it.
#[derive(Debug, Serialize)]
pub struct Amount {
    minor: i64,
    currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self {
            minor: money.minor,
            currency: money.currency.code().to_owned(),
        }
    }
}

/// Nothing that the API says is kept by a cache.
pub async fn uncached(mut answer: Response) -> Response {
    answer
        .headers_mut()
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    answer
}
