//! The crate as its callers see it, on a fresh database a test: SQLite, or PostgreSQL when `GOLDENHOUR_TEST_POSTGRES` names a server.

mod consent;
mod outbox;
mod server;
mod smtp;
mod support;
