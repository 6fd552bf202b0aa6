//! What pages ask of the practice.

use std::sync::Arc;

use kernel::id::OfferingId;
use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DbErr};

use super::file::{self, Setup};
use super::{Consultant, Offering, Package, Practice};
use crate::{Booking, ReadError, store};

impl Booking {
    /// The practice.
    pub async fn practice(&self) -> Result<Practice, ReadError> {
        self.setup().await?.practice.clone().ok_or(ReadError::NoPractice)
    }

    /// Whether there is one.
    pub async fn has_practice(&self) -> Result<bool, DbErr> {
        store::practice::exists(self.0.db.reader()).await
    }

    /// Its consultants, in order.
    pub async fn consultants(&self) -> Result<Vec<Consultant>, ReadError> {
        let setup = self.setup().await?;
        Ok(setup
            .consultants
            .iter()
            .map(|(consultant, _)| consultant.clone())
            .collect())
    }

    /// What can be booked now, in order.
    pub async fn offerings(&self) -> Result<Vec<Offering>, ReadError> {
        let setup = self.setup().await?;
        Ok(setup.offerings.iter().filter(|o| !o.archived).cloned().collect())
    }

    /// The offering of this slug; archived ones are none.
    pub async fn offering(&self, slug: &str) -> Result<Option<Offering>, ReadError> {
        Ok(self.setup().await?.offering(slug).cloned())
    }

    /// Every offering, archived ones too, in order: for the desk.
    pub async fn every_offering(&self) -> Result<Vec<Offering>, ReadError> {
        Ok(self.setup().await?.offerings.clone())
    }

    /// The offering of this id, archived or not.
    pub async fn offering_by_id(&self, id: OfferingId) -> Result<Option<Offering>, ReadError> {
        let setup = self.setup().await?;
        Ok(setup.offerings.iter().find(|o| o.id == id).cloned())
    }

    /// How many appointments of an offering are coming.
    pub async fn coming_of(&self, id: OfferingId, now: Instant) -> Result<u64, DbErr> {
        store::appointment::count_coming_of(self.0.db.reader(), id, now).await
    }

    /// What is sold together now, in order.
    pub async fn packages(&self) -> Result<Vec<Package>, ReadError> {
        let setup = self.setup().await?;
        Ok(setup.packages.iter().filter(|p| !p.archived).cloned().collect())
    }

    /// Everything as a practice file that would change nothing.
    pub async fn show_practice(&self) -> Result<String, ReadError> {
        let setup = self.setup().await?;
        if setup.practice.is_none() {
            return Err(ReadError::NoPractice);
        }
        Ok(file::show(&setup))
    }

    /// Everything that a practice file speaks of, as it is in force now.
    pub(crate) async fn setup(&self) -> Result<Arc<Setup>, DbErr> {
        let db = &self.0.db;
        self.0.setup.get(db, |_| true, async || setup(db.reader()).await).await
    }
}

impl Setup {
    /// The offering of this slug that can be booked.
    pub(crate) fn offering(&self, slug: &str) -> Option<&Offering> {
        self.offerings.iter().find(|o| o.slug.as_str() == slug && !o.archived)
    }
}

/// Everything that a practice file speaks of.
pub(super) async fn setup(db: &impl ConnectionTrait) -> Result<Setup, DbErr> {
    let Some(practice) = store::practice::load(db).await? else {
        return Ok(Setup::default());
    };
    let mut consultants = Vec::new();
    for consultant in store::consultant::all(db).await? {
        let hours = store::weekly_window::hours(db, consultant.id).await?;
        consultants.push((consultant, hours));
    }
    Ok(Setup {
        consultants,
        offerings: store::offering::all(db, practice.currency).await?,
        packages: store::package::all(db, practice.currency).await?,
        practice: Some(practice),
    })
}
