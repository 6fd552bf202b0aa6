//! Goldenhour on the web: pages, desk, API, workers and commands.

pub mod config;
pub mod view;
