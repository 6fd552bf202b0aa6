//! Appointments: booking them, showing them, moving and cancelling them, and what becomes of them by itself.

mod answer;
mod book;
mod cancel;
mod complete;
pub mod contact;
mod expire;
pub mod facts;
mod feed;
pub mod intake;
pub mod lifecycle;
mod list;
pub mod notice;
mod past;
mod refusal;
pub mod reminders;
mod reschedule;
mod save_intake;
mod silence;
mod view;
mod wish;

pub use answer::{Answer, LONGEST_ANSWER, Wrong};
pub use book::Booked;
pub use cancel::{CancelError, CancelReason, Cancelled};
pub use contact::{HomeAddress, NotAnAddress, ParentName, PhoneNumber};
pub use facts::{AppointmentFacts, AppointmentView, CancelTerms, EventTexts, Held, Home, Moving};
pub use feed::{FeedData, FeedInfo};
pub use intake::{Given, Intake, IntakeProblem, IntakeState, Tick};
pub use lifecycle::{Party, Reason, State};
pub use list::{Page, PageKey};
pub use notice::{Notice, NoticeKind, Notices, Silence};
pub use past::{Event, EventKind, PaidHow};
pub use refusal::{BookError, NotBookable};
pub use reschedule::{DeskMove, RescheduleError};
pub use save_intake::SaveIntakeError;
pub use silence::SilenceError;
pub use wish::{BookSlot, IdempotencyKey, Visit};
