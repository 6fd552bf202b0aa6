//! Goldenhour on the web: pages, desk, API, workers and commands.
//!
//! This crate ties the others together and decides nothing itself: a handler extracts, calls one service of `booking`,
//! `mailing` or `access`, and shows one view. Start reading at [`routes`], where every address stands, then follow one
//! down: [`pages`] and [`desk`] answer people, [`api`] answers programs, [`shown`] turns what the crates know into what a
//! page says, [`view`] holds templates and words. [`bridge`] and [`compose`] lead from an appointment to its mail;
//! [`workers`] sends it. [`start`] puts everything together.

pub mod api;
pub mod backup;
pub mod bounces;
mod bridge;
pub mod cli;
pub mod compose;
pub mod config;
pub mod consents;
pub mod cookie;
pub mod demo;
pub mod desk;
pub mod error;
pub mod events;
pub mod extract;
pub mod fetch;
pub mod guest;
pub mod health;
pub mod joining;
mod keys;
pub mod layers;
pub mod limits;
pub mod metrics;
pub mod net;
pub mod pages;
pub mod printed;
pub mod restore;
pub mod routes;
pub mod serve;
pub mod shown;
pub mod sources;
pub mod start;
pub mod state;
pub mod stripe;
pub mod view;
pub mod webhook;
pub mod workers;

pub use start::{Running, StartError, start};
