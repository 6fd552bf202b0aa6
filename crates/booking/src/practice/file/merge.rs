//! A practice file over what is there: what is absent stays, lists are replaced whole.

use kernel::chance::Chance;
use kernel::id::{ConsultantId, PracticeId};
use kernel::instant::Instant;
use kernel::money::{Currency, Money};
use toml::Spanned;

use super::read::{ConsultantPart, File, HomeZonePart, PolicyPart, PracticePart};
use super::value::{Amount, Line};
use super::{Change, FileError, Setup, change};
use crate::practice::hours::Hours;
use crate::practice::{Consultant, HomeZone, Offering, Package, Policy, Practice};

/// What merging needs beside the file.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// For the ids of what is new.
    pub now: Instant,
    /// For the ids of what is new.
    pub chance: &'a Chance,
    /// The domain of UIDs, for a practice that is new.
    pub uid_domain: &'a str,
    /// Whether anything was paid: then the currency stays.
    pub anything_paid: bool,
}

/// The setup after the file was laid over `old`, and what changed.
pub fn merge(text: &str, file: &File, old: &Setup, given: Given) -> Result<(Setup, Vec<Change>), FileError> {
    let merging = Merging { text, given };
    let mut new = old.clone();
    let practice = merging.practice(file, old)?;
    let currency = practice.currency;
    for part in &file.consultants {
        let place = new.consultants.iter().position(|(c, _)| c.slug == *part.slug.get_ref());
        let after = merging.consultant(part, place.map(|i| &new.consultants[i]), &practice)?;
        put(&mut new.consultants, place, after);
    }
    for part in &file.offerings {
        let place = new.offerings.iter().position(|o| o.slug == *part.slug.get_ref());
        let after = merging.offering(part, place.map(|i| &new.offerings[i]), currency)?;
        put(&mut new.offerings, place, after);
    }
    for part in &file.packages {
        let place = new.packages.iter().position(|p| p.slug == *part.slug.get_ref());
        let before = place.map(|i| &new.packages[i]);
        let after = merging.package(part, before, &new.offerings, currency)?;
        put(&mut new.packages, place, after);
    }
    new.practice = Some(practice);
    let changes = change::between(old, &new);
    Ok((new, changes))
}

fn put<T>(list: &mut Vec<T>, place: Option<usize>, item: T) {
    match place {
        Some(i) => list[i] = item,
        None => list.push(item),
    }
}

pub(super) fn set<T>(place: &mut T, part: Option<T>) {
    if let Some(value) = part {
        *place = value;
    }
}

#[derive(Clone, Copy)]
pub(super) struct Merging<'a> {
    text: &'a str,
    pub(super) given: Given<'a>,
}

impl Merging<'_> {
    pub(super) fn refuse(&self, byte: usize, why: impl std::fmt::Display) -> FileError {
        FileError::at(self.text, byte, why)
    }

    /// A key that something new cannot do without.
    pub(super) fn needed<T: Clone>(&self, part: Option<&T>, byte: usize, key: &str) -> Result<T, FileError> {
        part.cloned()
            .ok_or_else(|| self.refuse(byte, format!("{key} is missing")))
    }

    pub(super) fn minor(&self, amount: &Spanned<Amount>, currency: Currency) -> Result<i64, FileError> {
        let minor = amount.get_ref().minor(currency);
        minor.map_err(|why| self.refuse(amount.span().start, why))
    }

    pub(super) fn price(&self, part: Option<&Spanned<Amount>>, currency: Currency) -> Result<Option<Money>, FileError> {
        let minor = part.map(|amount| self.minor(amount, currency)).transpose()?;
        Ok(minor.map(|minor| Money::new(minor, currency)))
    }

    fn practice(&self, file: &File, old: &Setup) -> Result<Practice, FileError> {
        let mut practice = match (&old.practice, &file.practice) {
            (Some(practice), None) => practice.clone(),
            (Some(practice), Some(part)) => {
                let mut practice = practice.clone();
                self.currency(part.get_ref(), &mut practice, file, old)?;
                practice
            }
            (None, Some(part)) => self.new_practice(part)?,
            (None, None) => return Err(self.refuse(0, "there is no practice yet, and [practice] is missing")),
        };
        if let Some(part) = &file.practice {
            texts(&mut practice, part.get_ref());
        }
        if let Some(part) = &file.policy {
            policy(&mut practice.policy, part);
        }
        if let Some(zones) = &file.home_zones {
            practice.home_zones = self.home_zones(zones, practice.currency)?;
        }
        Ok(practice)
    }

    fn new_practice(&self, part: &Spanned<PracticePart>) -> Result<Practice, FileError> {
        let (at, part) = (part.span().start, part.get_ref());
        let currency = part.currency.as_ref().map(Spanned::get_ref);
        Ok(Practice {
            id: PracticeId::new(self.given.now, self.given.chance),
            name: self.needed(part.name.as_ref(), at, "practice.name")?.0,
            discreet_name: self
                .needed(part.discreet_name.as_ref(), at, "practice.discreet_name")?
                .0,
            tagline: String::new(),
            welcome: String::new(),
            about: String::new(),
            how_to_pay: String::new(),
            emergency_line: String::new(),
            phone: String::new(),
            email: self.needed(part.email.as_ref(), at, "practice.email")?,
            postal_address: Vec::new(),
            zone: self.needed(part.timezone.as_ref(), at, "practice.timezone")?,
            currency: self.needed(currency, at, "practice.currency")?,
            locale: "en-US".into(),
            colour: "#f4b73f".into(),
            office: None,
            policy: Policy::default(),
            home_zones: Vec::new(),
            uid_domain: self.given.uid_domain.into(),
        })
    }

    /// Another currency only before the first payment, and only with every price stated anew.
    fn currency(
        &self,
        part: &PracticePart,
        practice: &mut Practice,
        file: &File,
        old: &Setup,
    ) -> Result<(), FileError> {
        let Some(currency) = part.currency.as_ref() else {
            return Ok(());
        };
        if *currency.get_ref() == practice.currency {
            return Ok(());
        }
        let at = currency.span().start;
        if self.given.anything_paid {
            let why = format!("the currency stays {}: something was paid in it", practice.currency);
            return Err(self.refuse(at, why));
        }
        let offering = |o: &&Offering| {
            !file
                .offerings
                .iter()
                .any(|p| *p.slug.get_ref() == o.slug && p.price.is_some())
        };
        let package = |o: &&Package| {
            !file
                .packages
                .iter()
                .any(|p| *p.slug.get_ref() == o.slug && p.price.is_some())
        };
        let offering = old.offerings.iter().find(offering).map(|o| o.slug.to_string());
        let package = old.packages.iter().find(package).map(|p| p.slug.to_string());
        let zones = (!practice.home_zones.is_empty() && file.home_zones.is_none()).then(|| "home_zones".to_owned());
        if let Some(what) = offering.or(package).or(zones) {
            let why = format!("another currency needs every price anew; that of {what} is missing");
            return Err(self.refuse(at, why));
        }
        practice.currency = *currency.get_ref();
        Ok(())
    }

    fn home_zones(&self, parts: &[Spanned<HomeZonePart>], currency: Currency) -> Result<Vec<HomeZone>, FileError> {
        let mut zones: Vec<HomeZone> = Vec::new();
        for spanned in parts {
            let part = spanned.get_ref();
            for postcode in &part.postcodes {
                if crate::practice::place::zone_of(&zones, &postcode.0).is_some() {
                    let why = format!("the postcode {} is in two home zones", postcode.0);
                    return Err(self.refuse(spanned.span().start, why));
                }
            }
            zones.push(HomeZone {
                name: part.name.0.clone(),
                postcodes: part.postcodes.iter().map(|p| p.0.clone()).collect(),
                travel_minutes: part.travel_minutes.0,
                trip_fee: part.trip_fee.as_ref().map_or(Ok(0), |fee| self.minor(fee, currency))?,
            });
        }
        Ok(zones)
    }

    fn consultant(
        &self,
        part: &ConsultantPart,
        before: Option<&(Consultant, Hours)>,
        practice: &Practice,
    ) -> Result<(Consultant, Hours), FileError> {
        let at = part.slug.span().start;
        let (mut consultant, mut hours) = if let Some(before) = before {
            before.clone()
        } else {
            let new = Consultant {
                id: ConsultantId::new(self.given.now, self.given.chance),
                slug: part.slug.get_ref().clone(),
                name: self.needed(part.name.as_ref(), at, "the new consultant's name")?.0,
                credentials: String::new(),
                zone: practice.zone.clone(),
            };
            (new, Hours::default())
        };
        set(&mut consultant.name, part.name.as_ref().map(|n| n.0.clone()));
        set(
            &mut consultant.credentials,
            part.credentials.as_ref().map(|c| c.0.clone()),
        );
        set(&mut consultant.zone, part.timezone.clone());
        for (day, windows) in part.hours.days().into_iter().enumerate() {
            if let Some(windows) = windows {
                hours.set_weekly(day, windows.to_vec());
            }
        }
        if let Some(overrides) = &part.overrides {
            hours.clear_overrides();
            for one in overrides {
                let (date, windows) = (one.get_ref().date, one.get_ref().hours.0.clone());
                if hours.overrides().any(|(other, _)| other == date) {
                    let why = format!("{date} has two overrides");
                    return Err(self.refuse(one.span().start, why));
                }
                hours.add_override(date, windows);
            }
        }
        if let Some(parts) = &part.time_off {
            let mut time_off: Vec<crate::practice::hours::TimeOff> = Vec::new();
            for one in parts {
                let at = one.span().start;
                let stretch = one.get_ref().stretch();
                let stretch = stretch.ok_or_else(|| self.refuse(at, "time off ends before it starts"))?;
                if time_off.iter().any(|other| other.from == stretch.from) {
                    return Err(self.refuse(at, "two times off start at the same moment"));
                }
                time_off.push(stretch);
            }
            hours.set_time_off(time_off);
        }
        Ok((consultant, hours))
    }
}

fn texts(practice: &mut Practice, part: &PracticePart) {
    set(&mut practice.name, part.name.as_ref().map(|t| t.0.clone()));
    set(
        &mut practice.discreet_name,
        part.discreet_name.as_ref().map(|t| t.0.clone()),
    );
    set(&mut practice.tagline, part.tagline.as_ref().map(|t| t.0.clone()));
    set(&mut practice.welcome, part.welcome.as_ref().map(|t| t.0.clone()));
    set(&mut practice.about, part.about.as_ref().map(|t| t.0.clone()));
    set(&mut practice.how_to_pay, part.how_to_pay.as_ref().map(|t| t.0.clone()));
    set(
        &mut practice.emergency_line,
        part.emergency_line.as_ref().map(|t| t.0.clone()),
    );
    set(&mut practice.phone, part.phone.as_ref().map(|t| t.0.clone()));
    set(&mut practice.email, part.email.clone());
    let lines = |lines: &Vec<Line>| lines.iter().map(|l| l.0.clone()).collect();
    set(&mut practice.postal_address, part.postal_address.as_ref().map(lines));
    set(&mut practice.zone, part.timezone.clone());
    set(&mut practice.locale, part.locale.as_ref().map(|t| t.0.clone()));
    set(&mut practice.colour, part.colour.as_ref().map(|t| t.0.clone()));
    if let Some(part) = &part.office {
        let office = practice.office.get_or_insert_default();
        set(&mut office.name, part.name.as_ref().map(|t| t.0.clone()));
        set(&mut office.address, part.address.as_ref().map(lines));
        set(&mut office.directions, part.directions.as_ref().map(|t| t.0.clone()));
    }
}

fn policy(policy: &mut Policy, part: &PolicyPart) {
    let percent = |n: u32| u8::try_from(n).unwrap_or(100);
    set(&mut policy.free_until_hours, part.free_until_hours.map(|n| n.0));
    set(&mut policy.late_percent, part.late_percent.map(|n| percent(n.0)));
    set(&mut policy.no_show_percent, part.no_show_percent.map(|n| percent(n.0)));
    set(&mut policy.grace_minutes, part.grace_minutes.map(|n| n.0));
    set(&mut policy.words, part.words.as_ref().map(|t| t.0.clone()));
}
