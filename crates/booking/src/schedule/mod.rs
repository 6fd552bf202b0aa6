//! Slots: pure functions from hours, rules and what is in the way to the starts that can be booked.

pub mod offered;
mod open_dates;
pub mod scenario;
pub mod slots;
pub mod wall;
pub mod windows;

pub use offered::{NextFree, Offered, SlotsAsked, SlotsError};
pub use slots::{Asked, Busy, Rules, Slot, WhyNot, slots, why_not};
