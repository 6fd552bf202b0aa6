//! From rows to facts and views: the names and prices of the practice, derived links, opened addresses.

use std::collections::HashMap;

use kernel::email::EmailAddress;
use kernel::id::{AppointmentId, ConsultantId, FamilyId, OfferingId};
use kernel::money::{Currency, Money};
use kernel::seal::Sealed;
use kernel::token::Token;
use sea_orm::{ConnectionTrait, DbErr};

use super::facts::{AppointmentFacts, AppointmentView, Held, Home};
use super::fee::Fee;
use super::lifecycle::State;
use crate::practice::{Channel, Consultant, Offering, PlaceKind, Policy, Practice};
use crate::store::{self, appointment::Model, corrupt};
use crate::{Booking, Telehealth};

/// What every view needs, loaded once for a list.
pub(super) struct Lookups {
    pub(super) practice: Practice,
    consultants: HashMap<ConsultantId, Consultant>,
    offerings: HashMap<OfferingId, Offering>,
    emails: HashMap<FamilyId, EmailAddress>,
    policies: HashMap<i32, Policy>,
}

impl Lookups {
    /// For these rows.
    pub(super) async fn load(db: &impl ConnectionTrait, rows: &[Model]) -> Result<Self, DbErr> {
        let practice = store::practice::load(db).await?;
        let practice = practice.ok_or_else(|| corrupt("appointments without a practice"))?;
        let consultants = store::consultant::all(db).await?;
        let offerings = store::offering::all(db, practice.currency).await?;
        let mut families: Vec<FamilyId> = rows.iter().map(|r| r.family_id).collect();
        families.sort_unstable();
        families.dedup();
        let mut emails = HashMap::with_capacity(families.len());
        for some in families.chunks(500) {
            emails.extend(store::family::emails(db, some.to_vec()).await?);
        }
        let mut versions: Vec<i32> = rows.iter().map(|r| r.policy_version).collect();
        versions.sort_unstable();
        versions.dedup();
        Ok(Self {
            policies: store::policy_version::of(db, versions).await?,
            practice,
            consultants: consultants.into_iter().map(|c| (c.id, c)).collect(),
            offerings: offerings.into_iter().map(|o| (o.id, o)).collect(),
            emails,
        })
    }

    /// The facts of one of the rows.
    pub(super) fn facts(&self, row: &Model) -> Result<AppointmentFacts, DbErr> {
        let missing = |what: &str| corrupt(format!("appointment {} without its {what}", row.id));
        let practice = &self.practice;
        let consultant = self
            .consultants
            .get(&row.consultant_id)
            .ok_or_else(|| missing("consultant"))?;
        let offering = self
            .offerings
            .get(&row.offering_id)
            .ok_or_else(|| missing("offering"))?;
        let email = self.emails.get(&row.family_id).ok_or_else(|| missing("family"))?;
        let policy = self
            .policies
            .get(&row.policy_version)
            .ok_or_else(|| missing("policy"))?;
        let currency: Currency = row.currency.parse().map_err(corrupt)?;
        Ok(AppointmentFacts {
            id: row.id,
            uid: format!("{}@{}", row.id, practice.uid_domain),
            sequence: u32::try_from(row.sequence).map_err(corrupt)?,
            generation: row.generation,
            created_at: row.created_at,
            changed_at: row.changed_at,
            offering: offering.slug.clone(),
            offering_name: offering.name.clone(),
            starts: row.starts_at,
            ends: row.ends_at,
            state: row.state()?,
            held: self.held(row)?,
            parent_name: row.parent_name.clone(),
            parent_email: email.clone(),
            phone: row.phone.clone(),
            second_recipient: row.second_email.clone(),
            parent_zone: row.parent_zone.parse().map_err(corrupt)?,
            consultant: consultant.id,
            consultant_name: consultant.name.clone(),
            consultant_zone: consultant.zone.clone(),
            discreet_name: practice.discreet_name.clone(),
            practice_email: practice.email.clone(),
            price: Money::new(row.price_minor, currency),
            trip_fee: Money::new(row.trip_fee_minor, currency),
            by_credit: row.purchase_id.is_some(),
            terms: row.terms.parse().map_err(corrupt)?,
            paid_at: row.paid_at,
            paid_minor: row.paid_minor,
            refunded_minor: row.refunded_minor,
            waived: row.waived_at.is_some(),
            free_until: if row.moved_by_consultant {
                row.starts_at
            } else {
                policy.free_until(row.starts_at)
            },
            policy: Some(policy.clone()),
            fee: Fee::of(row, currency)?,
            receipt: None,
        })
    }

    /// The reminders of the row's offering, in minutes before the start.
    pub(super) fn reminder_minutes(&self, row: &Model) -> Result<&[u32], DbErr> {
        let offering = self.offerings.get(&row.offering_id);
        let offering = offering.ok_or_else(|| corrupt(format!("appointment {} without its offering", row.id)))?;
        Ok(&offering.reminder_minutes)
    }

    fn held(&self, row: &Model) -> Result<Held, DbErr> {
        let missing = || corrupt(format!("appointment {} is held nowhere", row.id));
        if let Some(channel) = &row.channel {
            return Ok(match channel.parse().map_err(corrupt)? {
                Channel::Video => Held::Video,
                Channel::Phone => Held::Phone,
            });
        }
        match row.place.as_deref().ok_or_else(missing)?.parse().map_err(corrupt)? {
            PlaceKind::Office => Ok(Held::Office {
                office: self.practice.office.clone().unwrap_or_default(),
            }),
            PlaceKind::Home => Ok(Held::Home {
                sealed: hex(row.home.as_deref().ok_or_else(missing)?),
            }),
        }
    }
}

impl Booking {
    /// The manage link of an appointment.
    pub fn token_of(&self, facts: &AppointmentFacts) -> Token {
        self.link(facts.id, facts.generation)
    }

    pub(super) fn link(&self, id: AppointmentId, generation: i32) -> Token {
        self.0.keys.links.link("appointment", id.0, generation)
    }

    /// Where to join, by video, while the appointment is confirmed. The room is the same for its whole life.
    pub fn join_url_of(&self, facts: &AppointmentFacts) -> Option<String> {
        if facts.held != Held::Video || facts.state != State::Confirmed {
            return None;
        }
        Some(match &self.0.settings.telehealth {
            Telehealth::Fixed { link } => link.clone(),
            Telehealth::Jitsi { base_url } => {
                let room = self.0.keys.links.link("meeting", facts.id.0, 1);
                format!("{}/{}", base_url.trim_end_matches('/'), room.reveal())
            }
        })
    }

    /// The address of a home visit, opened with the installation's key.
    pub fn home_of(&self, facts: &AppointmentFacts) -> Option<Home> {
        let Held::Home { sealed } = &facts.held else {
            return None;
        };
        let text = self.0.keys.seal.open(&Sealed::from_bytes(unhex(sealed)?), facts.id.0);
        serde_json::from_str(&text.ok()?).ok()
    }

    /// The facts of one row.
    pub(crate) async fn facts(&self, db: &impl ConnectionTrait, row: &Model) -> Result<AppointmentFacts, DbErr> {
        Lookups::load(db, std::slice::from_ref(row)).await?.facts(row)
    }

    pub(crate) fn view(&self, facts: AppointmentFacts, row: &Model) -> AppointmentView {
        let words = row.cancel_words.clone().map(Sealed::from_bytes);
        AppointmentView {
            token: self.token_of(&facts),
            join_url: self.join_url_of(&facts),
            home: self.home_of(&facts),
            cancel_words: words.and_then(|w| self.0.keys.seal.open(&w, row.id.0).ok()),
            facts,
        }
    }

    /// Views of rows, in their order.
    pub(crate) async fn views(&self, db: &impl ConnectionTrait, rows: &[Model]) -> Result<Vec<AppointmentView>, DbErr> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let lookups = Lookups::load(db, rows).await?;
        rows.iter().map(|row| Ok(self.view(lookups.facts(row)?, row))).collect()
    }

    pub(super) async fn one_view(
        &self,
        db: &impl ConnectionTrait,
        row: Option<Model>,
    ) -> Result<Option<AppointmentView>, DbErr> {
        Ok(self.views(db, row.as_slice()).await?.pop())
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|p| Some(digit(*p.first()?)? << 4 | digit(*p.get(1)?)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_give_back_their_bytes() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        assert_eq!(unhex("0g"), None);
        assert_eq!(unhex("012"), None);
    }
}
