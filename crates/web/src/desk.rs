//! The desk: the consultant's pages. No handler here runs without a session; the extractor [`SignedIn`] sees to it,
//! and [`door`] is what stands before it.

pub mod appointment;
pub mod appointments;
mod asked;
pub mod asks;
pub mod by_hand;
pub mod came;
mod consent;
pub mod door;
pub mod family;
pub mod feed;
mod held;
pub mod hours;
pub mod imports;
mod intake;
pub mod ledger;
pub mod letter_words;
pub mod letters;
pub mod money;
pub mod moving;
pub mod offering;
pub mod offerings;
pub mod outbox;
pub mod person;
mod preflight;
pub mod preview;
pub mod purchase;
pub mod purchases;
mod question;
pub mod receipts;
pub mod refunds;
pub mod returned;
pub mod selection;
mod sent;
pub mod settings;
pub mod silence;
pub mod sources;
pub mod story;
pub mod subscribers;
pub mod today;
mod typed;
mod unfit;

use axum::response::Response;
use booking::appointment::{AppointmentFacts, AppointmentView, Held, Home, State as Lifecycle};
use booking::practice::{Office, Practice};
use kernel::instant::Instant;
use mailing::outbox::Trouble;

use crate::error::PageError;
use crate::pages::show_privately;
use crate::shown;
use crate::state::App;
use crate::view::Page;
use crate::view::desk::{Banner, Desk, MailsWhy, Payment, Phone, State, Tab, Way};
use crate::view::format::Locale;
use crate::view::pages::link;

/// What a desk page's handler answers.
pub type Answer = Result<Response, PageError>;

/// So many mails are looked through for one that was tried in vain.
const LOOKED_AT: u64 = 100;
/// Mails that are tried in vain for longer than this, in minutes, are worth a banner.
const WORRY_MINUTES: i64 = 120;
/// A mail server that is away for less than this, in minutes, is not.
const MOMENT_MINUTES: i64 = 2;

/// What she has just done, carried over a redirect as one word.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Done {
    /// The word; the page that reads it knows which there are.
    pub done: String,
}

/// The desk around a page: the practice, and how it writes dates.
pub struct Room {
    /// The practice.
    pub practice: Practice,
    /// How its dates are written.
    pub locale: Locale,
    /// The moment that counts for the whole request.
    pub now: Instant,
    desk: Desk,
}

impl Room {
    /// Reads the practice, and whether anything is broken.
    pub async fn enter(app: &App, now: Instant) -> Result<Self, PageError> {
        let practice = app.booking().practice().await?;
        let locale = Locale::named(&practice.locale);
        let desk = Desk {
            name: practice.discreet_name.clone(),
            tab: Tab::Door,
            banner: banner(app, locale, &practice, now).await?,
            colour_sheet: crate::pages::colour::sheet_url(&practice.colour),
        };
        Ok(Self {
            practice,
            locale,
            now,
            desk,
        })
    }

    /// The frame at one of the desk's parts. Nothing is said of the desk at its door.
    pub fn at(&self, tab: Tab) -> Desk {
        let mut desk = self.desk.at(tab);
        if tab == Tab::Door {
            desk.banner = None;
        }
        desk
    }

    /// "Tuesday, November 24, 9:12 am", where the practice is.
    pub fn moment(&self, at: Instant) -> String {
        self.locale.moment(at, &self.practice.zone)
    }
}

/// Shows a desk page, which no cache keeps.
pub fn show<P: Page>(app: &App, page: &P) -> Answer {
    show_privately(app, page)
}

/// The worst thing that is broken: nothing leaves, the mail server cannot be used, a calendar cannot be read, there is no copy.
async fn banner(app: &App, locale: Locale, practice: &Practice, now: Instant) -> Result<Option<Banner>, PageError> {
    if let Some(parked) = app.mailing().parked().await? {
        return Ok(Some(Banner::Parked {
            copied: parked.copied_at.map(|at| locale.moment(at, &practice.zone)),
            waiting: parked.waiting,
            waited: parked.waited_in_copy,
        }));
    }
    if let Some(banner) = mails_waiting(app, locale, practice, now).await? {
        return Ok(Some(banner));
    }
    if let Some(away) = app.booking().sources_failing().await?.into_iter().next()
        && let Some((trouble, since)) = away.trouble
    {
        return Ok(Some(Banner::CalendarAway {
            name: away.name,
            trouble: trouble.code().into(),
            since: locale.moment(since, &practice.zone),
        }));
    }
    Ok(app.daily().failed().map(|failed| Banner::NoCopy {
        folder: app.config().backup_folder.display().to_string(),
        since: locale.moment(failed.since, &practice.zone),
        no_room: failed.no_room,
    }))
}

/// What is in the way of every mail, or that one has not left for long.
async fn mails_waiting(
    app: &App,
    locale: Locale,
    practice: &Practice,
    now: Instant,
) -> Result<Option<Banner>, PageError> {
    let counts = app.mailing().outbox_counts().await?;
    let count = counts.queued + counts.retry;
    if let Some(trouble) = app.mailing().mail_trouble().await? {
        let why = match trouble.kind {
            Trouble::Unreachable => MailsWhy::Unreachable,
            Trouble::Certificate => MailsWhy::Certificate,
            Trouble::Login => MailsWhy::Login,
            Trouble::Limit => MailsWhy::Limit,
            Trouble::Sender => MailsWhy::Sender,
        };
        // A server that is started again is away for a moment; a password does not mend itself.
        let passes = matches!(why, MailsWhy::Unreachable | MailsWhy::Limit);
        if !passes || trouble.since <= now.plus_minutes(-MOMENT_MINUTES) {
            return Ok(Some(Banner::MailsWaiting {
                why,
                count,
                since: locale.moment_soon(trouble.since, now, &practice.zone),
                again: Some(locale.time(trouble.again_at, &practice.zone)),
                said: Some(trouble.said),
            }));
        }
    }
    let waiting = app.mailing().waiting(now, LOOKED_AT).await?;
    let tried = waiting.iter().find(|mail| mail.due.is_some() && mail.attempts > 0);
    let old = tried.filter(|mail| mail.queued_at <= now.plus_minutes(-WORRY_MINUTES));
    Ok(old.map(|oldest| Banner::MailsWaiting {
        why: MailsWhy::Each,
        count,
        since: locale.moment_soon(oldest.queued_at, now, &practice.zone),
        again: oldest.due.map(|due| locale.time(due, &practice.zone)),
        said: None,
    }))
}

/// Where an appointment stands.
pub fn state(facts: &AppointmentFacts) -> State {
    match facts.state {
        Lifecycle::AwaitingPayment { .. } => State::AwaitingPayment,
        Lifecycle::Confirmed => State::Confirmed,
        Lifecycle::Completed => State::Completed,
        Lifecycle::NoShow => State::NoShow,
        Lifecycle::Cancelled { .. } => State::Cancelled,
        Lifecycle::Expired => State::Expired,
    }
}

/// How the two meet.
pub fn way(room: &Room, view: &AppointmentView) -> Way {
    match &view.facts.held {
        Held::Video => Way::Video {
            join_url: view.join_url.clone().unwrap_or_default(),
        },
        Held::Phone => Way::Phone,
        Held::Office { office } => Way::Place {
            address: Office::in_one_line(office),
        },
        Held::Home { .. } => {
            let address = view.home.as_ref().map(Home::in_one_line).unwrap_or_default();
            let trip = view
                .home
                .as_ref()
                .and_then(|home| room.practice.trip_to(&home.postcode));
            Way::Home {
                address,
                travel_minutes: trip.map(|trip| trip.travel_minutes),
            }
        }
    }
}

/// What became of the price.
pub fn payment(room: &Room, facts: &AppointmentFacts) -> Payment {
    let total = facts.total();
    if total.is_zero() {
        return if facts.by_credit {
            Payment::Credit
        } else {
            Payment::Free
        };
    }
    let amount = room.locale.price(total);
    match facts.state {
        _ if facts.paid_at.is_some() && facts.owed().is_zero() => Payment::Paid { amount },
        Lifecycle::Confirmed | Lifecycle::Completed if facts.waived => Payment::Waived { amount },
        Lifecycle::AwaitingPayment { hold_until } => {
            let kept_until = room.locale.until(hold_until, room.now, &room.practice.zone);
            Payment::Awaiting { amount, kept_until }
        }
        Lifecycle::Confirmed | Lifecycle::Completed => Payment::Owed { amount },
        _ if !facts.owed().is_zero() => Payment::Fee {
            amount: room.locale.price(facts.owed()),
        },
        Lifecycle::Cancelled { .. } | Lifecycle::NoShow | Lifecycle::Expired => Payment::Dropped { amount },
    }
}

/// Where marking as paid posts to, while something is to be paid.
pub fn pay_url(room: &Room, facts: &AppointmentFacts) -> Option<String> {
    let open = matches!(
        payment(room, facts),
        Payment::Awaiting { .. } | Payment::Owed { .. } | Payment::Fee { .. }
    );
    open.then(|| format!("{}/paid", url(facts)))
}

/// The appointment's page at the desk.
pub fn url(facts: &AppointmentFacts) -> String {
    format!("/admin/appointments/{}", facts.id)
}

/// Her number to tap, with discreet words begun.
pub fn phone(room: &Room, facts: &AppointmentFacts) -> Option<Phone> {
    let number = facts.phone.as_deref()?;
    let dialable = shown::tel(&room.practice, number);
    let about = format!(
        "About our appointment at {}: ",
        room.locale.time(facts.starts, facts.shown_zone())
    );
    Some(Phone::new(number, dialable.trim_start_matches("tel:"), &about))
}

/// The place of a visit in person on a map.
pub fn map_url(room: &Room, view: &AppointmentView) -> Option<String> {
    match way(room, view) {
        Way::Place { address } | Way::Home { address, .. } if !address.is_empty() => Some(link::map(&address)),
        _ => None,
    }
}

/// How long a visit is, in minutes.
pub fn minutes(facts: &AppointmentFacts) -> u32 {
    u32::try_from((facts.ends - facts.starts).as_mins()).unwrap_or(0)
}
