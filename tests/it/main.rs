//! The integration suite: one binary. `architecture` reads the source; everything else talks to the real program from outside.
//! `browser` and `judges` need programs that `tests/run` installs, and have a step of their own there.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "this crate is tests throughout: a helper that fails should stop the test where it stands"
)]

mod api;
mod architecture;
mod backup;
mod bad_input;
mod booking;
mod bounces;
mod by_hand;
mod desk;
mod desk_came;
mod desk_find;
mod editor;
mod family;
mod feed;
mod home_visit;
mod hours;
mod intake;
mod letters;
mod mail_server;
mod moves;
mod newsletter;
mod offerings;
mod openapi;
mod packages;
mod paying;
mod program;
mod receipts;
mod refunds;
mod reminders;
mod safety;
mod sources;
mod storms;
mod stripe;
mod subscribers;

#[path = "../browser/mod.rs"]
mod browser;
#[path = "../judges/mod.rs"]
mod judges;
