//! What pages ask of the practice.

use sea_orm::{ConnectionTrait, DbErr};

use super::file::{self, Setup};
use super::{Consultant, Offering, Package, Practice};
use crate::{Booking, ReadError, store};

impl Booking {
    /// The practice.
    pub async fn practice(&self) -> Result<Practice, ReadError> {
        load(self.0.db.reader()).await
    }

    /// Whether there is one.
    pub async fn has_practice(&self) -> Result<bool, DbErr> {
        store::practice::exists(self.0.db.reader()).await
    }

    /// Its consultants, in order.
    pub async fn consultants(&self) -> Result<Vec<Consultant>, ReadError> {
        Ok(store::consultant::all(self.0.db.reader()).await?)
    }

    /// What can be booked now, in order.
    pub async fn offerings(&self) -> Result<Vec<Offering>, ReadError> {
        let db = self.0.db.reader();
        let practice = load(db).await?;
        let all = store::offering::all(db, practice.currency).await?;
        Ok(all.into_iter().filter(|o| !o.archived).collect())
    }

    /// The offering of this slug; archived ones are none.
    pub async fn offering(&self, slug: &str) -> Result<Option<Offering>, ReadError> {
        let db = self.0.db.reader();
        let practice = load(db).await?;
        let found = store::offering::by_slug(db, slug, practice.currency).await?;
        Ok(found.filter(|o| !o.archived))
    }

    /// What is sold together now, in order.
    pub async fn packages(&self) -> Result<Vec<Package>, ReadError> {
        let db = self.0.db.reader();
        let practice = load(db).await?;
        let all = store::package::all(db, practice.currency).await?;
        Ok(all.into_iter().filter(|p| !p.archived).collect())
    }

    /// Everything as a practice file that would change nothing.
    pub async fn show_practice(&self) -> Result<String, ReadError> {
        let setup = setup(self.0.db.reader()).await?;
        if setup.practice.is_none() {
            return Err(ReadError::NoPractice);
        }
        Ok(file::show(&setup))
    }
}

async fn load(db: &impl ConnectionTrait) -> Result<Practice, ReadError> {
    store::practice::load(db).await?.ok_or(ReadError::NoPractice)
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
