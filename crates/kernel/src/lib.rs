//! The words that every other crate of Goldenhour shares.
//!
//! Here stand typed ids, addresses, tokens, sealed texts, instants, zones, money and the one way to
//! write to the database. The kernel decides nothing about appointments, consent or logins: it owns
//! no table and no query. Start reading at [`db::write`], which every use case passes through, and
//! at [`keys::Keys`], from which every secret of an installation is derived.
//!
//! Time and chance are arguments: [`clock::Clock`] and [`chance::Chance`] are read at the edge, in
//! `web` or in a worker, and handed down as [`instant::Instant`] and `&Chance`.

pub mod called;
pub mod chance;
pub mod clock;
pub mod db;
pub mod email;
pub mod fold;
pub mod id;
pub mod instant;
pub mod keys;
pub mod money;
pub mod rate;
pub mod seal;
pub mod token;
pub mod zone;
