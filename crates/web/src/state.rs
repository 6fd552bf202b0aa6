//! What every handler may ask for: the services, the clock, the settings.

use std::sync::Arc;

use access::Access;
use booking::Booking;
use booking::money::service::Payments;
use kernel::chance::Chance;
use kernel::clock::Clock;
use kernel::db::Db;
use kernel::keys::Keys;
use mailing::Mailing;

use crate::backup::Daily;
use crate::bridge::Bridge;
use crate::config::{Config, Telehealth};
use crate::limits::Limits;
use crate::view::{View, ViewError};

/// The running program, cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    config: Arc<Config>,
    clock: Clock,
    chance: Chance,
    db: Db,
    keys: Keys,
    view: View,
    booking: Booking,
    mailing: Mailing,
    access: Access,
    limits: Limits,
    daily: Daily,
}

impl App {
    /// Puts the services together over an open, migrated database.
    pub fn new(
        config: Arc<Config>,
        db: Db,
        keys: Keys,
        clock: Clock,
        chance: Chance,
        payments: Arc<dyn Payments>,
    ) -> Result<Self, ViewError> {
        let view = View::load()?;
        let mailing = Mailing::new(db.clone(), keys.clone(), chance.clone());
        let notices = Arc::new(Bridge::new(mailing.clone()));
        let booking = Booking::new(
            db.clone(),
            keys.clone(),
            chance.clone(),
            booking_settings(&config),
            notices,
            payments,
        );
        let access = Access::new(db.clone(), &keys, chance.clone(), config.limits);
        let limits = Limits::new(config.limits);
        let parts = Parts {
            config,
            clock,
            chance,
            db,
            keys,
            view,
            booking,
            mailing,
            access,
            limits,
            daily: Daily::default(),
        };
        Ok(Self(Arc::new(parts)))
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Where `now` comes from.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Where random bytes come from.
    pub fn chance(&self) -> &Chance {
        &self.0.chance
    }

    /// The database, for what looks after it.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The installation's keys.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Templates and words.
    pub fn view(&self) -> &View {
        &self.0.view
    }

    /// The appointment book.
    pub fn booking(&self) -> &Booking {
        &self.0.booking
    }

    /// Consent, outbox, letters.
    pub fn mailing(&self) -> &Mailing {
        &self.0.mailing
    }

    /// Logins and sessions.
    pub fn access(&self) -> &Access {
        &self.0.access
    }

    /// How the daily copy went.
    pub fn daily(&self) -> &Daily {
        &self.0.daily
    }

    /// Limits per network.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }
}

fn booking_settings(config: &Config) -> booking::Settings {
    let telehealth = match &config.telehealth {
        Telehealth::Jitsi(base_url) => booking::Telehealth::Jitsi {
            base_url: base_url.clone(),
        },
        Telehealth::Fixed(link) => booking::Telehealth::Fixed { link: link.clone() },
    };
    booking::Settings {
        uid_domain: config.server.public_url.host().to_owned(),
        hold_hours: u32::try_from(config.hold.as_hours()).unwrap_or(u32::MAX),
        telehealth,
        limits: config.limits,
    }
}
