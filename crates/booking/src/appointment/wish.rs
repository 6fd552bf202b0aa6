//! A wish to book, parsed: who, what, how, where and when, and the key under which the answer is repeated.

use kernel::email::EmailAddress;
use kernel::instant::Instant;
use kernel::token::Token;
use kernel::zone::Zone;
use sea_orm::prelude::Uuid;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::baby::Baby;
use super::contact::{HomeAddress, ParentName, PhoneNumber};
use super::intake::Given;
use crate::practice::{Channel, Mode, PlaceKind};
use crate::store;

/// A wish to book, parsed.
#[derive(Clone, Debug)]
pub struct BookSlot {
    /// The offering's slug.
    pub offering: String,
    /// How and where.
    pub visit: Visit,
    /// The start of the slot that was offered.
    pub start: Instant,
    /// The parent's name.
    pub name: ParentName,
    /// Her address.
    pub email: EmailAddress,
    /// Her number.
    pub phone: Option<PhoneNumber>,
    /// Her zone.
    pub zone: Zone,
    /// Her babies, as far as she names them.
    pub babies: Vec<Baby>,
    /// Who else gets invitations and reminders, without a link.
    pub second_recipient: Option<EmailAddress>,
    /// Whether somebody at her address is known to have followed a link of ours, such as that of a newsletter.
    pub address_proved: bool,
    /// What proves a client: the manage link of a completed visit, or a link that the consultant gave.
    pub client: Option<Token>,
    /// Answers and consents that were given with the booking.
    pub intake: Given,
    /// What pays it: the link of a purchase.
    pub credit: Option<Token>,
    /// Under which the answer is repeated.
    pub key: Option<IdempotencyKey>,
}

/// How and where a visit shall be held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visit {
    /// By video or telephone.
    Telehealth(Channel),
    /// At the consultant's office.
    Office,
    /// At the family's home.
    Home {
        /// Where that is.
        address: HomeAddress,
        /// In which zone.
        postcode: String,
    },
}

impl Visit {
    /// Its mode.
    pub const fn mode(&self) -> Mode {
        match self {
            Self::Telehealth(_) => Mode::Telehealth,
            Self::Office | Self::Home { .. } => Mode::InPerson,
        }
    }

    /// Its place, in person.
    pub const fn place(&self) -> Option<PlaceKind> {
        match self {
            Self::Telehealth(_) => None,
            Self::Office => Some(PlaceKind::Office),
            Self::Home { .. } => Some(PlaceKind::Home),
        }
    }
}

/// An idempotency key: route, key, and what was asked, all but the route hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    route: &'static str,
    key: Vec<u8>,
    request: Vec<u8>,
}

impl IdempotencyKey {
    /// For this key of a route and the request as it was parsed.
    pub fn new(route: &'static str, key: &str, request: &impl Serialize) -> Self {
        let request = serde_json::to_vec(request).unwrap_or_default();
        Self {
            route,
            key: Sha256::digest(key.as_bytes()).to_vec(),
            request: Sha256::digest(&request).to_vec(),
        }
    }

    /// Its row, for a new resource of this id.
    pub(crate) fn row(&self, id: Uuid, now: Instant) -> store::idempotency::Model {
        store::idempotency::Model {
            route: self.route.into(),
            key_hash: self.key.clone(),
            request_hash: self.request.clone(),
            resource_id: id,
            created_at: now,
        }
    }
}
