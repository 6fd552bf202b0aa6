//! iCalendar (RFC 5545): what Goldenhour writes and what it reads.
//!
//! Written: the invitation of a mail ([`invitation`], iTIP), the file behind "add to my calendar"
//! ([`download`]) and the consultant's feed ([`feed`]); all three are made from one
//! [`event::VisitEvent`], so that UID and SEQUENCE are the same everywhere. Their times are UTC.
//!
//! Read: her other calendars, for the time that they take ([`busy`]). Bytes become lines, lines pass a
//! filter in front of the `ical` crate's parser, its structs become entries on the clocks of their
//! zones, the entries of a UID become a series, and a series becomes intervals.
//!
//! The model on both ways is that of the `ical` crate; an emitter of ours stands behind it because the crate's
//! own generator neither escapes nor folds by octets, the filter before it because its parser refuses
//! much of what real files hold. Everything here is pure: no clock, no query, no network.

pub mod busy;
mod day_filter;
pub mod download;
mod effort;
mod emit;
mod entry;
pub mod event;
pub mod feed;
mod filter;
pub mod invitation;
mod observance;
mod offsets;
mod parse;
mod property;
mod recur;
mod rule;
mod series;
mod unfold;
mod value;
mod wall;
mod windows;
mod zone_names;
mod zones;

#[cfg(test)]
mod examples;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod semantics;
