//! Rows and queries, one file a table. Queries take any connection and return domain types.

pub(crate) mod appointment;
pub(crate) mod baby;
pub(crate) mod blocking;
pub(crate) mod checkout;
pub(crate) mod client_link;
pub(crate) mod consultant;
pub(crate) mod credit_ledger;
pub(crate) mod date_override;
pub(crate) mod family;
pub(crate) mod feed;
pub(crate) mod found;
pub(crate) mod history;
pub(crate) mod idempotency;
pub(crate) mod intake_answer;
pub(crate) mod intake_consent;
pub(crate) mod note;
pub(crate) mod offering;
pub(crate) mod package;
pub(crate) mod package_visit;
pub(crate) mod payment;
pub(crate) mod payment_event;
pub(crate) mod payment_history;
pub(crate) mod payment_trouble;
pub(crate) mod policy_version;
pub(crate) mod practice;
pub(crate) mod purchase;
pub(crate) mod receipt;
pub(crate) mod refund;
pub(crate) mod reminding;
pub(crate) mod source;
pub(crate) mod source_busy;
pub(crate) mod takings;
pub(crate) mod time_off;
pub(crate) mod weekly_window;

use sea_orm::DbErr;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A row holds what this program never writes.
pub(crate) fn corrupt(error: impl std::fmt::Display) -> DbErr {
    DbErr::Type(error.to_string())
}

/// A value as a JSON column.
pub(crate) fn to_json(value: &impl Serialize) -> Result<serde_json::Value, DbErr> {
    serde_json::to_value(value).map_err(corrupt)
}

/// A value out of a JSON column.
pub(crate) fn from_json<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, DbErr> {
    serde_json::from_value(value).map_err(corrupt)
}

/// A length in minutes or a count out of an INTEGER column.
pub(crate) fn count(value: i32) -> Result<u32, DbErr> {
    u32::try_from(value).map_err(corrupt)
}

/// A length in minutes or a count for an INTEGER column.
pub(crate) fn to_int(value: u32) -> Result<i32, DbErr> {
    i32::try_from(value).map_err(corrupt)
}
