//! What is owed and how it was paid.

pub mod payment;

pub use payment::{PaidBy, PayError};
