//! Slots: pure functions from hours, rules and what is in the way to the starts that can be booked.

pub mod explain;
pub mod explained;
pub(crate) mod held;
pub mod offered;
mod open_dates;
mod outside;
pub mod scenario;
pub mod slots;
pub mod wall;
pub mod windows;

pub use explain::{InTheWay, Kind, Obstacle, Reason, Why, explain, explain_one};
pub use explained::{Explained, NotOffered, Reasons};
pub use offered::{NextFree, Offered, SlotsAsked, SlotsError};
pub use outside::{ComingVisit, outside};
pub use slots::{Asked, Busy, Rules, Slot, WhyNot, slots, why_not};
