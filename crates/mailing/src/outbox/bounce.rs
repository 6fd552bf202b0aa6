//! What comes back: reports that a mail did not arrive, complaints, and the noise between them.
//!
//! Every mail leaves with a return path of its own ([`verp`]), a worker reads the mailbox where they end ([`maildir`]), [`report`] says
//! what a mail there means, and [`effect`] what follows: an address that does not exist is written to no more, one that cannot take
//! mails for weeks neither, and whoever complained never again. Suppression is kept as a keyed hash, so that it outlives the person's
//! row; [`suppressed`] is for the desk.

pub(super) mod effect;
mod maildir;
mod report;
mod suppressed;
mod verp;

pub use maildir::{MailboxError, ReadReports};
pub use suppressed::{Suppressed, SuppressedLine};
pub use verp::{NotAReturnAddress, ReturnAddress, ReturnPath};
