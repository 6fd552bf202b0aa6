//! The TOML text as structs: every key known, every value of its kind, lengths in their bounds.

use jiff::civil::Date;
use kernel::email::EmailAddress;
use kernel::money::Currency;
use kernel::zone::Zone;
use serde::Deserialize;
use toml::Spanned;

use super::FileError;
use super::value::{
    Amount, Brief, Buffer, Cap, Colour, Horizon, Length, Line, Locale, Moment, Notice, Prose, Reminder, Step, Windows,
    Within,
};
use crate::practice::hours::{TimeOff, Window};
use crate::practice::intake::{Consent, Question, check_consents, check_questions};
use crate::practice::mode::{Channel, Modes, PlaceKind};
use crate::practice::offering::{Audience, Terms};
use crate::practice::slug::Slug;

/// A practice file; `None` is a key that is absent.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub(super) practice: Option<Spanned<PracticePart>>,
    pub(super) policy: Option<PolicyPart>,
    pub(super) home_zones: Option<Vec<Spanned<HomeZonePart>>>,
    #[serde(default)]
    pub(super) consultants: Vec<ConsultantPart>,
    #[serde(default)]
    pub(super) offerings: Vec<OfferingPart>,
    #[serde(default)]
    pub(super) packages: Vec<PackagePart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PracticePart {
    pub(super) name: Option<Line>,
    pub(super) discreet_name: Option<Line>,
    pub(super) tagline: Option<Brief>,
    pub(super) welcome: Option<Prose>,
    pub(super) about: Option<Prose>,
    pub(super) how_to_pay: Option<Prose>,
    pub(super) emergency_line: Option<Line>,
    pub(super) phone: Option<Brief>,
    pub(super) email: Option<EmailAddress>,
    pub(super) postal_address: Option<Vec<Line>>,
    pub(super) timezone: Option<Zone>,
    pub(super) currency: Option<Spanned<Currency>>,
    pub(super) locale: Option<Locale>,
    pub(super) colour: Option<Colour>,
    pub(super) office: Option<OfficePart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfficePart {
    pub(super) name: Option<Brief>,
    pub(super) address: Option<Vec<Line>>,
    pub(super) directions: Option<Prose>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyPart {
    pub(super) free_until_hours: Option<Within<0, 720>>,
    pub(super) late_percent: Option<Within<0, 100>>,
    pub(super) no_show_percent: Option<Within<0, 100>>,
    pub(super) grace_minutes: Option<Within<0, 720>>,
    pub(super) words: Option<Prose>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HomeZonePart {
    pub(super) name: Line,
    pub(super) postcodes: Vec<Line>,
    pub(super) travel_minutes: Within<0, 120>,
    pub(super) trip_fee: Option<Spanned<Amount>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsultantPart {
    pub(super) slug: Spanned<Slug>,
    pub(super) name: Option<Line>,
    pub(super) credentials: Option<Brief>,
    pub(super) timezone: Option<Zone>,
    #[serde(default)]
    pub(super) hours: WeekPart,
    pub(super) overrides: Option<Vec<Spanned<OverridePart>>>,
    pub(super) time_off: Option<Vec<Spanned<TimeOffPart>>>,
}

/// A day that is absent stays.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeekPart {
    mon: Option<Windows>,
    tue: Option<Windows>,
    wed: Option<Windows>,
    thu: Option<Windows>,
    fri: Option<Windows>,
    sat: Option<Windows>,
    sun: Option<Windows>,
}

impl WeekPart {
    pub(super) fn days(&self) -> [Option<&[Window]>; 7] {
        [
            &self.mon, &self.tue, &self.wed, &self.thu, &self.fri, &self.sat, &self.sun,
        ]
        .map(|day| day.as_ref().map(|w| w.0.as_slice()))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OverridePart {
    pub(super) date: Date,
    pub(super) hours: Windows,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeOffPart {
    pub(super) from: Moment,
    pub(super) to: Moment,
}

impl TimeOffPart {
    /// A date as `to` is that whole day too.
    pub(super) fn stretch(&self) -> Option<TimeOff> {
        let midnight = |date: Date| date.to_datetime(jiff::civil::Time::midnight());
        let from = match self.from {
            Moment::Date(date) => midnight(date),
            Moment::Time(time) => time,
        };
        let until = match self.to {
            Moment::Date(date) => midnight(date.tomorrow().ok()?),
            Moment::Time(time) => time,
        };
        (from < until).then_some(TimeOff { from, until })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfferingPart {
    pub(super) slug: Spanned<Slug>,
    pub(super) name: Option<Line>,
    pub(super) summary: Option<Brief>,
    pub(super) description: Option<Prose>,
    pub(super) minutes: Option<Length>,
    pub(super) step_minutes: Option<Step>,
    pub(super) buffer_before_minutes: Option<Buffer>,
    pub(super) buffer_after_minutes: Option<Buffer>,
    pub(super) notice_minutes: Option<Notice>,
    pub(super) horizon_days: Option<Horizon>,
    pub(super) daily_cap: Option<Cap>,
    pub(super) price: Option<Spanned<Amount>>,
    pub(super) terms: Option<Terms>,
    pub(super) modes: Option<Spanned<Modes>>,
    pub(super) channels: Option<Vec<Channel>>,
    pub(super) places: Option<Vec<PlaceKind>>,
    pub(super) audience: Option<Audience>,
    pub(super) once_per_family: Option<bool>,
    pub(super) reminder_minutes: Option<Vec<Reminder>>,
    pub(super) questions: Option<Spanned<Vec<Question>>>,
    pub(super) consents: Option<Spanned<Vec<Consent>>>,
    pub(super) archived: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PackagePart {
    pub(super) slug: Spanned<Slug>,
    pub(super) name: Option<Line>,
    pub(super) summary: Option<Brief>,
    pub(super) description: Option<Prose>,
    pub(super) price: Option<Spanned<Amount>>,
    pub(super) valid_months: Option<Within<1, 120>>,
    pub(super) trip_fee_included: Option<bool>,
    pub(super) visits: Option<Vec<VisitsPart>>,
    pub(super) archived: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VisitsPart {
    pub(super) offering: Spanned<Slug>,
    pub(super) count: Within<1, 100>,
    pub(super) modes: Option<Modes>,
    pub(super) places: Option<Vec<PlaceKind>>,
    pub(super) trip_fee_included: Option<bool>,
}

/// Reads a practice file. What needs the rest of the practice to be judged is judged by [`super::merge`].
pub fn read(text: &str) -> Result<File, FileError> {
    let file: File =
        toml::from_str(text).map_err(|e| FileError::at(text, e.span().map_or(text.len(), |s| s.start), e.message()))?;
    let slugs = file.offerings.iter().map(|o| &o.slug);
    once_each(text, "offering", slugs)?;
    once_each(text, "consultant", file.consultants.iter().map(|c| &c.slug))?;
    once_each(text, "package", file.packages.iter().map(|p| &p.slug))?;
    for offering in &file.offerings {
        if let Some(questions) = &offering.questions {
            check_questions(questions.get_ref()).map_err(|e| FileError::at(text, questions.span().start, e))?;
        }
        if let Some(consents) = &offering.consents {
            check_consents(consents.get_ref()).map_err(|e| FileError::at(text, consents.span().start, e))?;
        }
    }
    Ok(file)
}

fn once_each<'a>(text: &str, kind: &str, slugs: impl Iterator<Item = &'a Spanned<Slug>>) -> Result<(), FileError> {
    let mut seen = std::collections::HashSet::new();
    for slug in slugs {
        if !seen.insert(slug.get_ref()) {
            let why = format!("the {kind} {} is named twice", slug.get_ref());
            return Err(FileError::at(text, slug.span().start, why));
        }
    }
    Ok(())
}
