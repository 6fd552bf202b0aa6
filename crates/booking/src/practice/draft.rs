//! An offering as it is typed at the desk: every value a text, read with the same eyes as a practice file.
//!
//! What is wrong stands as a [`Fault`] at its [`Part`]; nothing is taken over then, and everything typed is kept by whoever asked.

use kernel::money::{Currency, Money};

use super::file::amount;
use super::file::value::{
    Amount, Brief, Buffer, Cap, Horizon, Length, Line, Notice, Prose, Reminder, Step, Within, whole,
};
use super::mode::{Channel, Mode, Modes, NoSuchWord, PlaceKind};
use super::offering::{NotHeld, Offering};
use super::unfit::Unfit;

/// A part of an offering, a question or a consent that something can be wrong with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The name.
    Name,
    /// The one sentence.
    Summary,
    /// The paragraphs.
    Description,
    /// The price.
    Price,
    /// When it is paid.
    Terms,
    /// How long a visit is.
    Minutes,
    /// The grid of starts.
    Step,
    /// What is kept free before.
    BufferBefore,
    /// What is kept free after.
    BufferAfter,
    /// The minimum notice.
    Notice,
    /// How far ahead.
    Horizon,
    /// How many a day.
    Cap,
    /// By video, by telephone, at the office, at home.
    Ways,
    /// Who may book.
    Audience,
    /// The reminders.
    Reminders,
    /// A question.
    Label,
    /// The line under it.
    Help,
    /// What its answer is.
    Kind,
    /// Its choices.
    Choices,
    /// A consent's words.
    Wording,
    /// When something is asked.
    Ask,
    /// For which visits.
    When,
}

/// Something that is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub part: Part,
    /// What.
    pub why: Unfit,
}

/// What a length of time is typed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Minutes.
    Minutes,
    /// Hours.
    #[default]
    Hours,
    /// Days of 24 hours.
    Days,
}

super::mode::words!(
    Unit,
    "minutes, hours, days",
    Minutes = "minutes",
    Hours = "hours",
    Days = "days"
);

impl Unit {
    const fn minutes(self) -> u32 {
        match self {
            Self::Minutes => 1,
            Self::Hours => 60,
            Self::Days => 1440,
        }
    }
}

/// What was typed, or would have to be typed for an offering as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferingDraft {
    /// Its name on pages.
    pub name: String,
    /// One sentence.
    pub summary: String,
    /// Paragraphs.
    pub description: String,
    /// In the practice's currency: "120" or "120.00".
    pub price: String,
    /// A word of [`super::Terms`].
    pub terms: String,
    /// Minutes.
    pub minutes: String,
    /// Minutes.
    pub step_minutes: String,
    /// Minutes.
    pub buffer_before_minutes: String,
    /// Minutes.
    pub buffer_after_minutes: String,
    /// The minimum notice, in `notice_unit`.
    pub notice: String,
    /// A word of [`Unit`].
    pub notice_unit: String,
    /// Days.
    pub horizon_days: String,
    /// Empty or 0: as many as fit.
    pub daily_cap: String,
    /// Words of [`Channel`]; any of them makes it telehealth.
    pub channels: Vec<String>,
    /// Words of [`PlaceKind`]; any of them makes it in person.
    pub places: Vec<String>,
    /// A word of [`super::Audience`].
    pub audience: String,
    /// Whether a family may have it only once.
    pub once_per_family: bool,
    /// Minutes before the start.
    pub reminder_minutes: Vec<String>,
}

impl OfferingDraft {
    /// What a new offering begins with: an hour by video, with room to breathe after it.
    pub fn blank() -> Self {
        Self {
            name: String::new(),
            summary: String::new(),
            description: String::new(),
            price: String::new(),
            terms: "before".into(),
            minutes: "60".into(),
            step_minutes: "30".into(),
            buffer_before_minutes: "0".into(),
            buffer_after_minutes: "15".into(),
            notice: "12".into(),
            notice_unit: Unit::Hours.to_string(),
            horizon_days: "30".into(),
            daily_cap: String::new(),
            channels: vec![Channel::Video.to_string()],
            places: Vec::new(),
            audience: "everyone".into(),
            once_per_family: false,
            reminder_minutes: vec!["1440".into(), "120".into()],
        }
    }

    /// An offering as it would be typed.
    pub fn of(o: &Offering) -> Self {
        let unit = match o.notice_minutes {
            n if n >= 2 * 1440 && n.is_multiple_of(1440) => Unit::Days,
            n if n.is_multiple_of(60) => Unit::Hours,
            _ => Unit::Minutes,
        };
        let words = |mode: Mode, words: Vec<String>| if o.modes.has(mode) { words } else { Vec::new() };
        Self {
            name: o.name.clone(),
            summary: o.summary.clone(),
            description: o.description.clone(),
            price: amount(o.price),
            terms: o.terms.to_string(),
            minutes: o.minutes.to_string(),
            step_minutes: o.step_minutes.to_string(),
            buffer_before_minutes: o.buffer_before_minutes.to_string(),
            buffer_after_minutes: o.buffer_after_minutes.to_string(),
            notice: (o.notice_minutes / unit.minutes()).to_string(),
            notice_unit: unit.to_string(),
            horizon_days: o.horizon_days.to_string(),
            daily_cap: o.daily_cap.map(|n| n.to_string()).unwrap_or_default(),
            channels: words(Mode::Telehealth, o.channels.iter().map(ToString::to_string).collect()),
            places: words(Mode::InPerson, o.places.iter().map(ToString::to_string).collect()),
            audience: o.audience.to_string(),
            once_per_family: o.once_per_family,
            reminder_minutes: o.reminder_minutes.iter().map(ToString::to_string).collect(),
        }
    }

    fn money(&self, currency: Currency) -> Result<Money, Unfit> {
        let minor = Amount::typed(&self.price, currency)?.minor(currency)?;
        Ok(Money::new(minor, currency))
    }

    /// Lays what was typed over an offering; its slug, questions and consents stay.
    pub(super) fn lay_over(&self, o: &mut Offering) -> Result<(), Vec<Fault>> {
        let mut read = Reading::default();
        let f = &mut read;
        f.set(&mut o.name, Part::Name, Line::try_from(self.name.clone()).map(|t| t.0));
        f.set(
            &mut o.summary,
            Part::Summary,
            Brief::try_from(self.summary.clone()).map(|t| t.0),
        );
        let description = Prose::try_from(self.description.clone()).map(|t| t.0);
        f.set(&mut o.description, Part::Description, description);
        let price = self.money(o.price.currency);
        f.set(&mut o.price, Part::Price, price);
        f.set(&mut o.terms, Part::Terms, word(&self.terms));
        f.set(&mut o.minutes, Part::Minutes, Length::typed(&self.minutes).map(|n| n.0));
        f.set(
            &mut o.step_minutes,
            Part::Step,
            Step::typed(&self.step_minutes).map(|n| n.0),
        );
        let (before, after) = (&self.buffer_before_minutes, &self.buffer_after_minutes);
        f.set(
            &mut o.buffer_before_minutes,
            Part::BufferBefore,
            or_none(before, Buffer::typed),
        );
        f.set(
            &mut o.buffer_after_minutes,
            Part::BufferAfter,
            or_none(after, Buffer::typed),
        );
        f.set(&mut o.notice_minutes, Part::Notice, self.notice());
        f.set(
            &mut o.horizon_days,
            Part::Horizon,
            Horizon::typed(&self.horizon_days).map(|n| n.0),
        );
        let cap = or_none(&self.daily_cap, Cap::typed).map(|n| Some(n).filter(|n| *n > 0));
        f.set(&mut o.daily_cap, Part::Cap, cap);
        f.set(&mut o.audience, Part::Audience, word(&self.audience));
        o.once_per_family = self.once_per_family;
        let reminders = self.reminder_minutes.iter().map(|n| Reminder::typed(n).map(|n| n.0));
        f.set(&mut o.reminder_minutes, Part::Reminders, reminders.collect());
        let channels = self.channels.iter().map(|w| word::<Channel>(w)).collect();
        let places = self.places.iter().map(|w| word::<PlaceKind>(w)).collect();
        if let (Some(channels), Some(places)) = (f.take(Part::Ways, channels), f.take(Part::Ways, places)) {
            ways(o, channels, places);
            if let Err(NotHeld::Mode(_) | NotHeld::Channel(_) | NotHeld::Place(_)) = o.check() {
                f.faults.push(Fault {
                    part: Part::Ways,
                    why: Unfit::Empty,
                });
            }
        }
        o.tidy();
        read.done(())
    }

    fn notice(&self) -> Result<u32, Unfit> {
        let unit: Unit = word(&self.notice_unit)?;
        let typed = if self.notice.trim().is_empty() {
            0
        } else {
            whole(&self.notice)?
        };
        Ok(Notice::new(typed.saturating_mul(i64::from(unit.minutes())))?.0)
    }
}

/// The channels of an offering that is not by telehealth are kept for the day it is again; its places likewise.
fn ways(o: &mut Offering, channels: Vec<Channel>, places: Vec<PlaceKind>) {
    let telehealth = (!channels.is_empty()).then_some(Mode::Telehealth);
    let in_person = (!places.is_empty()).then_some(Mode::InPerson);
    o.modes = telehealth.into_iter().chain(in_person).collect::<Modes>();
    if telehealth.is_some() {
        o.channels = channels;
    }
    if in_person.is_some() {
        o.places = places;
    }
}

/// A number that is 0 when nothing is typed.
fn or_none<const MIN: u32, const MAX: u32>(
    text: &str,
    read: impl Fn(&str) -> Result<Within<MIN, MAX>, Unfit>,
) -> Result<u32, Unfit> {
    if text.trim().is_empty() {
        Ok(0)
    } else {
        read(text).map(|n| n.0)
    }
}

/// One of the words that a form offers.
pub(super) fn word<T: std::str::FromStr<Err = NoSuchWord>>(text: &str) -> Result<T, Unfit> {
    Ok(text.parse::<T>()?)
}

/// Collects what is wrong, so that all of it is said at once.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) faults: Vec<Fault>,
}

impl Reading {
    pub(super) fn take<T>(&mut self, part: Part, value: Result<T, Unfit>) -> Option<T> {
        value.map_err(|why| self.faults.push(Fault { part, why })).ok()
    }

    fn set<T>(&mut self, place: &mut T, part: Part, value: Result<T, Unfit>) {
        if let Some(value) = self.take(part, value) {
            *place = value;
        }
    }

    pub(super) fn done<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.faults.is_empty() {
            Ok(value)
        } else {
            Err(self.faults)
        }
    }
}
