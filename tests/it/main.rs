//! The integration suite: one binary. `architecture` reads the source; everything else talks to the real program from outside.
#![expect(clippy::unwrap_used, reason = "this crate is tests throughout")]

mod architecture;
