//! An appointment as pages, mails, calendars and the desk need it.
//!
//! [`AppointmentFacts`] holds what a mail may keep until it is sent: facts and ids, no link and no
//! address in clear. [`AppointmentView`] adds what is derived or opened at the moment of showing.

use std::fmt;

use kernel::email::EmailAddress;
use kernel::id::{AppointmentId, ConsultantId};
use kernel::instant::Instant;
use kernel::money::Money;
use kernel::token::Token;
use kernel::zone::Zone;
use serde::{Deserialize, Serialize};

use super::fee::{Fee, FeeDecision};
use super::lifecycle::{Reason, State};
use crate::calendar::event::{Status, VisitEvent, discreet_title};
use crate::money::Receipt;
use crate::practice::{Channel, Mode, Office, PlaceKind, Policy, Slug, Terms};

/// How and where the visit is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Held {
    /// By a meeting link.
    Video,
    /// The consultant calls.
    Phone,
    /// At the consultant's office.
    Office {
        /// The office as it is now.
        office: Office,
    },
    /// At the family's home.
    Home {
        /// The sealed address, in hexadecimal digits.
        sealed: String,
    },
}

impl Held {
    /// Its mode.
    pub const fn mode(&self) -> Mode {
        match self {
            Self::Video | Self::Phone => Mode::Telehealth,
            Self::Office { .. } | Self::Home { .. } => Mode::InPerson,
        }
    }

    /// Its channel, by telehealth.
    pub const fn channel(&self) -> Option<Channel> {
        match self {
            Self::Video => Some(Channel::Video),
            Self::Phone => Some(Channel::Phone),
            _ => None,
        }
    }

    /// Its place, in person.
    pub const fn place(&self) -> Option<PlaceKind> {
        match self {
            Self::Office { .. } => Some(PlaceKind::Office),
            Self::Home { .. } => Some(PlaceKind::Home),
            _ => None,
        }
    }
}

/// What a mail says about an appointment. `Debug` shows its id alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentFacts {
    /// The appointment.
    pub id: AppointmentId,
    /// `<appointment uuid>@<domain>`: the same in mail, download and feed, for ever.
    pub uid: String,
    /// 0, and one more for every change of start, end or place and for the cancellation.
    pub sequence: u32,
    /// Which generation of its link holds.
    pub generation: i32,
    /// When it was booked.
    pub created_at: Instant,
    /// When it last changed.
    pub changed_at: Instant,
    /// The offering.
    pub offering: Slug,
    /// The offering's name: for the page and the inside of mails, never for subjects or calendars.
    pub offering_name: String,
    /// Start, UTC.
    pub starts: Instant,
    /// End, UTC.
    pub ends: Instant,
    /// Where it stands.
    pub state: State,
    /// How and where it is.
    pub held: Held,
    /// The parent's name.
    pub parent_name: String,
    /// The parent's address.
    pub parent_email: EmailAddress,
    /// The parent's number, when she gave it.
    pub phone: Option<String>,
    /// Who else gets the invitation, what changes it, and reminders; never the manage link. Absent in older rows.
    #[serde(default)]
    pub second_recipient: Option<EmailAddress>,
    /// The parent's zone.
    pub parent_zone: Zone,
    /// The consultant.
    pub consultant: ConsultantId,
    /// The consultant's name.
    pub consultant_name: String,
    /// The consultant's zone: that of places and of the practice's side.
    pub consultant_zone: Zone,
    /// The name that may stand where others look.
    pub discreet_name: String,
    /// Where the practice reads mail.
    pub practice_email: EmailAddress,
    /// The agreed price.
    pub price: Money,
    /// What the trip costs on top of it.
    pub trip_fee: Money,
    /// Whether a credit of a package paid the price.
    #[serde(default)]
    pub by_credit: bool,
    /// When the price is paid.
    pub terms: Terms,
    /// When it was paid.
    pub paid_at: Option<Instant>,
    /// How much came in for it, in minor units of its currency.
    #[serde(default)]
    pub paid_minor: i64,
    /// How much of that went back, or shall.
    #[serde(default)]
    pub refunded_minor: i64,
    /// Whether the consultant has waived what it costs.
    #[serde(default)]
    pub waived: bool,
    /// Until when (inclusive) the parent cancels freely, and may move it: the policy's moment, or the start when the
    /// consultant has moved it.
    pub free_until: Instant,
    /// The policy that was agreed to when it was booked. Absent in older rows.
    #[serde(default)]
    pub policy: Option<Policy>,
    /// What is kept, or owed, of a visit that was cancelled late or missed.
    #[serde(default)]
    pub fee: Option<Fee>,
    /// Its receipt, with the notice that a payment has confirmed it; none otherwise.
    #[serde(default)]
    pub receipt: Option<Receipt>,
}

impl fmt::Debug for AppointmentFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AppointmentFacts({})", self.id)
    }
}

/// What cancelling would mean at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CancelTerms {
    /// Whether the parent can still cancel: a coming visit that has not started.
    pub possible: bool,
    /// Whether that is later than the policy's last free moment.
    pub late: bool,
    /// The last free moment.
    pub free_until: Instant,
    /// What is kept, or owed, without one of the neutral reasons.
    pub kept: Money,
    /// What was paid and comes back, without one of the neutral reasons.
    pub refund: Money,
    /// Whether the credit that paid it is kept: whole, or not at all.
    pub credit_kept: bool,
}

/// Whether the parent may move it at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// Until then (inclusive).
    Until(Instant),
    /// It is nearer than the policy allows.
    TooLate,
    /// It is not coming any more: the state's word.
    Over(&'static str),
}

impl AppointmentFacts {
    /// Price and trip together.
    pub fn total(&self) -> Money {
        self.price.checked_add(self.trip_fee).unwrap_or(self.price)
    }

    /// What came in for it and is still here.
    pub fn received(&self) -> Money {
        Money::new((self.paid_minor - self.refunded_minor).max(0), self.price.currency)
    }

    /// What is still to be paid: the whole for a visit that takes or took place, the fee that is kept for one that does not.
    pub fn owed(&self) -> Money {
        let nothing = Money::zero(self.price.currency);
        match self.state {
            State::Cancelled { .. } | State::NoShow => {
                Money::new((self.kept().minor - self.received().minor).max(0), nothing.currency)
            }
            State::Expired => nothing,
            _ if self.paid_at.is_some() || self.waived => nothing,
            State::AwaitingPayment { .. } | State::Confirmed | State::Completed => self.total(),
        }
    }

    /// What she keeps of a visit that was cancelled late or missed: nothing while she has not decided.
    pub fn kept(&self) -> Money {
        let kept = self.fee.filter(|fee| fee.decision == FeeDecision::Kept);
        kept.map_or(Money::zero(self.price.currency), |fee| fee.amount)
    }

    /// Whether the consultant can cancel it at `now`: it is coming and has not started.
    pub fn can_be_called_off(&self, now: Instant) -> bool {
        self.state.is_coming() && now < self.starts
    }

    /// The zone in which the parent is told the time: the place's in person, hers by telehealth.
    pub fn shown_zone(&self) -> &Zone {
        match self.held.mode() {
            Mode::Telehealth => &self.parent_zone,
            Mode::InPerson => &self.consultant_zone,
        }
    }

    /// What cancelling at `now` would mean.
    pub fn cancel_terms(&self, now: Instant) -> CancelTerms {
        self.cancel_terms_for(None, now)
    }

    /// What cancelling at `now` for this reason would mean: a neutral one keeps nothing.
    pub fn cancel_terms_for(&self, reason: Option<Reason>, now: Instant) -> CancelTerms {
        let late = now > self.free_until;
        let nothing = Money::zero(self.price.currency);
        let late_percent = self.policy.as_ref().map_or(0, |policy| policy.late_percent);
        let neutral = reason.is_some_and(Reason::is_neutral);
        let waiting = matches!(self.state, State::AwaitingPayment { .. });
        let kept = if !late || waiting || self.waived || neutral {
            nothing
        } else {
            self.price.share(late_percent)
        };
        let refund = Money::new((self.received().minor - kept.minor).max(0), nothing.currency);
        let possible = self.state.is_coming() && now < self.starts;
        CancelTerms {
            possible,
            late,
            free_until: self.free_until,
            kept,
            refund,
            credit_kept: self.by_credit && late && !neutral && late_percent > 0,
        }
    }

    /// What is kept of the price when nobody comes.
    pub fn no_show_fee(&self) -> Money {
        let percent = self.policy.as_ref().map_or(0, |policy| policy.no_show_percent);
        self.price.share(percent)
    }

    /// Whether the credit that paid it is kept when nobody comes: whole, or not at all.
    pub fn keeps_credit_of_no_show(&self) -> bool {
        self.by_credit && self.policy.as_ref().is_some_and(|policy| policy.no_show_percent > 0)
    }

    /// Whether the parent may move it at `now`.
    pub fn moving(&self, now: Instant) -> Moving {
        match self.state {
            State::AwaitingPayment { hold_until } if hold_until <= now => Moving::Over(State::Expired.name()),
            state if !state.is_coming() => Moving::Over(state.name()),
            _ if now > self.free_until || now >= self.starts => Moving::TooLate,
            _ => Moving::Until(self.free_until),
        }
    }

    /// The calendar event of this version, with the words and links that its reader shall see.
    pub fn event(&self, texts: EventTexts) -> VisitEvent {
        let status = match self.state {
            State::AwaitingPayment { .. } => Status::Tentative,
            State::Confirmed | State::Completed => Status::Confirmed,
            State::NoShow | State::Cancelled { .. } | State::Expired => Status::Cancelled,
        };
        VisitEvent {
            uid: self.uid.clone(),
            sequence: self.sequence,
            starts: self.starts,
            ends: self.ends,
            created: self.created_at,
            changed: self.changed_at,
            title: discreet_title(&self.discreet_name),
            description: texts.description,
            location: texts.location,
            url: texts.manage_url,
            conference: texts.join_url,
            status,
            alarm_minutes_before: texts.alarm_minutes_before,
        }
    }
}

/// The words and links of a calendar event, which are rendered when it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventTexts {
    /// Plain text.
    pub description: String,
    /// The address, or the video link.
    pub location: Option<String>,
    /// The manage link.
    pub manage_url: Option<String>,
    /// The video link.
    pub join_url: Option<String>,
    /// One alarm, so many minutes before.
    pub alarm_minutes_before: Option<u32>,
}

/// The address of a home visit, opened.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Its lines.
    pub address: String,
    /// Its postcode.
    pub postcode: String,
}

impl Home {
    /// Address and postcode in one line, for a list or a calendar.
    pub fn in_one_line(&self) -> String {
        format!("{}, {}", self.address.replace('\n', ", "), self.postcode)
    }
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Home(…)")
    }
}

/// An appointment as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppointmentView {
    /// Its facts.
    pub facts: AppointmentFacts,
    /// Its manage link.
    pub token: Token,
    /// Where to join, by video, while it is confirmed.
    pub join_url: Option<String>,
    /// Where the home is.
    pub home: Option<Home>,
    /// The parent's own words on why she cancelled.
    pub cancel_words: Option<String>,
}
