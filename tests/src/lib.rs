//! The tests of Goldenhour from the outside: the real program, its real pages and mails, real clients.
//!
//! `tests/run` is the command; this crate is what its integration suite is made of. [`architecture`] reads the source and holds the
//! arrows between the crates. The suite itself is one binary, `it/`, with the browser tests and the calendar judges as modules of it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "this crate is tests throughout: a helper that fails should stop the test where it stands"
)]

pub mod app;
pub mod architecture;
pub mod browser;
pub mod calendar_server;
pub mod child;
pub mod database;
pub mod form;
pub mod journey;
pub mod judge;
pub mod mailbox;
pub mod page;
pub mod patience;
pub mod program;
pub mod schema;
pub mod sink;
pub mod stripe;
pub mod visitor;
