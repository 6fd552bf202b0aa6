//! Offerings and packages of a practice file over those that are there.

use kernel::id::{OfferingId, PackageId};
use kernel::money::Currency;
use toml::Spanned;

use super::FileError;
use super::merge::{Merging, set};
use super::read::{OfferingPart, PackagePart};
use crate::practice::intake::carry_versions;
use crate::practice::slug::Slug;
use crate::practice::{Offering, Package, PackageVisits, Ways};

impl Merging<'_> {
    pub(super) fn offering(
        &self,
        part: &OfferingPart,
        before: Option<&Offering>,
        currency: Currency,
    ) -> Result<Offering, FileError> {
        let mut o = match before {
            Some(before) => before.clone(),
            None => self.new_offering(part, currency)?,
        };
        set(&mut o.name, part.name.as_ref().map(|t| t.0.clone()));
        set(&mut o.summary, part.summary.as_ref().map(|t| t.0.clone()));
        set(&mut o.description, part.description.as_ref().map(|t| t.0.clone()));
        set(&mut o.minutes, part.minutes.map(|n| n.0));
        set(&mut o.step_minutes, part.step_minutes.map(|n| n.0));
        set(&mut o.buffer_before_minutes, part.buffer_before_minutes.map(|n| n.0));
        set(&mut o.buffer_after_minutes, part.buffer_after_minutes.map(|n| n.0));
        set(&mut o.notice_minutes, part.notice_minutes.map(|n| n.0));
        set(&mut o.horizon_days, part.horizon_days.map(|n| n.0));
        set(&mut o.daily_cap, part.daily_cap.map(|n| Some(n.0).filter(|n| *n > 0)));
        o.price.currency = currency;
        set(&mut o.price, self.price(part.price.as_ref(), currency)?);
        set(&mut o.terms, part.terms);
        set(&mut o.modes, part.modes.as_ref().map(|m| *m.get_ref()));
        set(&mut o.channels, part.channels.clone());
        set(&mut o.places, part.places.clone());
        set(&mut o.audience, part.audience);
        set(&mut o.once_per_family, part.once_per_family);
        let reminders = part.reminder_minutes.as_ref();
        set(
            &mut o.reminder_minutes,
            reminders.map(|list| list.iter().map(|n| n.0).collect()),
        );
        set(&mut o.questions, part.questions.as_ref().map(|q| q.get_ref().clone()));
        set(&mut o.consents, part.consents.as_ref().map(|c| c.get_ref().clone()));
        set(&mut o.archived, part.archived);
        if let Some(before) = before {
            carry_versions(&before.consents, &mut o.consents);
        }
        o.tidy();
        o.check().map_err(|why| self.refuse(part.slug.span().start, why))?;
        Ok(o)
    }

    fn new_offering(&self, part: &OfferingPart, currency: Currency) -> Result<Offering, FileError> {
        let at = part.slug.span().start;
        let modes = part.modes.as_ref().map(Spanned::get_ref);
        let modes = self.needed(modes, at, "the new offering's modes")?;
        let price = self.price(part.price.as_ref(), currency)?;
        Ok(Offering::begin(
            OfferingId::new(self.given.now, self.given.chance),
            part.slug.get_ref().clone(),
            self.needed(part.name.as_ref(), at, "the new offering's name")?.0,
            self.needed(part.minutes.as_ref(), at, "the new offering's minutes")?.0,
            self.needed(price.as_ref(), at, "the new offering's price")?,
            modes,
        ))
    }

    pub(super) fn package(
        &self,
        part: &PackagePart,
        before: Option<&Package>,
        offerings: &[Offering],
        currency: Currency,
    ) -> Result<Package, FileError> {
        let at = part.slug.span().start;
        let price = self.price(part.price.as_ref(), currency)?;
        let visits = self.visits(part, offerings)?;
        let mut p = match before {
            Some(before) => before.clone(),
            None => Package {
                id: PackageId::new(self.given.now, self.given.chance),
                slug: part.slug.get_ref().clone(),
                name: self.needed(part.name.as_ref(), at, "the new package's name")?.0,
                summary: String::new(),
                description: String::new(),
                price: self.needed(price.as_ref(), at, "the new package's price")?,
                valid_months: self
                    .needed(part.valid_months.as_ref(), at, "the new package's valid_months")?
                    .0,
                visits: self.needed(visits.as_ref(), at, "what the new package holds (visits)")?,
                archived: false,
            },
        };
        set(&mut p.name, part.name.as_ref().map(|t| t.0.clone()));
        set(&mut p.summary, part.summary.as_ref().map(|t| t.0.clone()));
        set(&mut p.description, part.description.as_ref().map(|t| t.0.clone()));
        p.price.currency = currency;
        set(&mut p.price, price);
        set(&mut p.valid_months, part.valid_months.map(|n| n.0));
        set(&mut p.visits, visits);
        // For every line that does not say it itself.
        if let (Some(included), None) = (part.trip_fee_included, &part.visits) {
            p.visits.iter_mut().for_each(|line| line.trip_fee_included = included);
        }
        set(&mut p.archived, part.archived);
        if p.visits.is_empty() {
            return Err(self.refuse(at, format!("the package {} holds no visits", p.slug)));
        }
        Ok(p)
    }

    fn visits(&self, part: &PackagePart, offerings: &[Offering]) -> Result<Option<Vec<PackageVisits>>, FileError> {
        let Some(parts) = &part.visits else { return Ok(None) };
        let mut visits: Vec<PackageVisits> = Vec::new();
        for one in parts {
            let (at, slug): (usize, &Slug) = (one.offering.span().start, one.offering.get_ref());
            let Some(offering) = offerings.iter().find(|o| o.slug == *slug) else {
                return Err(self.refuse(at, format!("no offering is called {slug}")));
            };
            if visits.iter().any(|v| v.offering == *slug) {
                return Err(self.refuse(at, format!("the offering {slug} is named twice")));
            }
            let ways = Ways {
                modes: one.modes.unwrap_or_default(),
                places: one.places.clone().unwrap_or_default(),
            };
            ways.check(offering).map_err(|why| self.refuse(at, why))?;
            visits.push(PackageVisits {
                offering: slug.clone(),
                count: one.count.0,
                ways,
                trip_fee_included: one.trip_fee_included.or(part.trip_fee_included).unwrap_or_default(),
            });
        }
        Ok(Some(visits))
    }
}
