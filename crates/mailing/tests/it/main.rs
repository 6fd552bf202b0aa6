//! The crate as its callers see it, on a fresh database a test: SQLite, or PostgreSQL when `GOLDENHOUR_TEST_POSTGRES` names a server.

#![expect(clippy::unwrap_used, reason = "the helpers of tests stop at the first surprise")]

mod again;
mod consent;
mod import;
mod letters;
mod mute;
mod outbox;
mod preferences;
mod sending;
mod server;
mod several;
mod smtp;
mod support;
