//! The JSON API, version 1. Errors are [`crate::error::Problem`]; instants are RFC 3339 with `Z`.

pub mod appointments;
pub mod moving;
pub mod offerings;
pub mod openapi;
pub mod purchases;
pub mod subscribers;

use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::Response;
use kernel::money::Money;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Problem;

/// What a handler of the API answers.
pub type Answer<T> = Result<T, Problem>;

/// An amount of money.
#[derive(Debug, Serialize, ToSchema)]
pub struct Amount {
    /// In the smallest unit of the currency: 19500 is $195.
    minor: i64,
    /// ISO 4217, such as `USD`.
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
