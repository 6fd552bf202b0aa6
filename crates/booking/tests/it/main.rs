//! The appointment book against a fresh database for each test: SQLite, or PostgreSQL when
//! `GOLDENHOUR_TEST_POSTGRES` names a server (`postgres://user@host/db`) on which databases may be made.

#![expect(clippy::unwrap_used, reason = "the helpers of tests stop at the first surprise")]

mod app;
mod booking;
mod by_hand;
mod came;
mod credits;
mod desk;
mod explain;
mod family;
mod file;
mod find;
mod hours;
mod intake;
mod kept;
mod life;
mod moves;
mod offerings;
mod oracle;
mod receipts;
mod reminders;
mod scenarios;
mod sources;
mod storm;
mod terms;
mod who;
