//! iCalendar (RFC 5545): what Goldenhour writes and what it reads.
//!
//! Written: the invitation of a mail ([`invitation`], iTIP), the file behind "add to my calendar"
//! ([`download`]) and the consultant's feed ([`feed`]); all three are made from one
//! [`event::VisitEvent`], so that UID and SEQUENCE are the same everywhere. Their times are UTC.
//!
//! The model in between is that of the `ical` crate; [`emit`] stands behind it because the crate's
//! own generator neither escapes nor folds by octets. Everything here is pure: no clock, no query,
//! no network.

pub mod download;
pub mod emit;
pub mod event;
pub mod feed;
pub mod invitation;
mod property;
#[cfg(test)]
mod unfold;

#[cfg(test)]
mod samples;
