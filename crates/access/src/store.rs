//! The tables of this crate, one file each: its entity and its queries.

pub(crate) mod audit;
pub(crate) mod key_fingerprint;
pub(crate) mod login;
pub(crate) mod one_time_link;
pub(crate) mod session;
