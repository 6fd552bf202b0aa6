//! Changing what is offered, at the desk: one transaction a change, under the same claim as a practice file.
//!
//! An offering is never deleted: archived, it leaves the pages, and the appointments that were booked of it stay as they were agreed.

use kernel::db::{claim, write};
use kernel::id::OfferingId;
use kernel::instant::Instant;
use kernel::money::{Currency, Money};
use sea_orm::{DatabaseTransaction, DbErr};

use super::draft::{Fault, OfferingDraft};
use super::intake::carry_versions;
use super::intake_draft::{ConsentDraft, QuestionDraft};
use super::mode::Modes;
use super::offering::Offering;
use super::slug::Slug;
use crate::appointment::reminders;
use crate::{Booking, store};

/// Up or down in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Towards {
    /// One place sooner.
    Up,
    /// One place later.
    Down,
}

super::mode::words!(Towards, "up, down", Up = "up", Down = "down");

/// A change of a list of an offering; what is named by a key that is gone changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListChange<D> {
    /// One more, at the end.
    Add(D),
    /// Other words for the one of this key.
    Edit(Slug, D),
    /// Without the one of this key.
    Remove(Slug),
    /// The one of this key at another place.
    Move(Slug, Towards),
}

/// A change of one offering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferingChange {
    /// All but its slug, its questions and its consents.
    Edit(Box<OfferingDraft>),
    /// Its questions.
    Questions(ListChange<QuestionDraft>),
    /// Its consents.
    Consents(ListChange<ConsentDraft>),
    /// Off the pages.
    Archive,
    /// On the pages again.
    BringBack,
}

/// An offering after a change.
#[derive(Clone, Debug)]
pub struct Edited {
    /// As it is now.
    pub offering: Offering,
    /// Whether anything is different from before.
    pub changed: bool,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// There is no practice yet, or no such offering, question or consent.
    #[error("there is nothing of this name to change")]
    NotFound,
    /// What was typed cannot be meant.
    #[error("what was typed cannot be taken")]
    Unfit(Vec<Fault>),
    /// The database failed.
    #[error("the offering could not be written")]
    Database(#[from] DbErr),
}

impl Booking {
    /// An id for an offering that shall be made: a form carries it, so that sending it twice makes one.
    pub fn new_offering_id(&self, now: Instant) -> OfferingId {
        OfferingId::new(now, &self.0.chance)
    }

    /// A new offering under this id, after the others; its slug is made of its name, once. One that is there already is left as it is.
    pub async fn make_offering(&self, id: OfferingId, draft: OfferingDraft) -> Result<Edited, EditError> {
        write(&self.0.db, (id, draft), make).await
    }

    /// Changes an offering. What is booked of it stays as it was agreed.
    /// Other reminders count only for moments that are still to come.
    pub async fn change_offering(
        &self,
        id: OfferingId,
        change: OfferingChange,
        now: Instant,
    ) -> Result<Edited, EditError> {
        write(&self.0.db, (self.clone(), id, change, now), change_one).await
    }

    /// Gives an offering that is not archived another place among those; whether that changed anything.
    pub async fn move_offering(&self, id: OfferingId, towards: Towards) -> Result<bool, EditError> {
        write(&self.0.db, (id, towards), shift).await
    }
}

/// Every offering, nobody else changing any of them until the transaction ends.
async fn all(tx: &DatabaseTransaction) -> Result<(Currency, Vec<Offering>), EditError> {
    claim(tx, &["practice".to_owned()]).await?;
    let practice = store::practice::load(tx).await?.ok_or(EditError::NotFound)?;
    Ok((practice.currency, store::offering::all(tx, practice.currency).await?))
}

async fn make(tx: &DatabaseTransaction, (id, draft): &(OfferingId, OfferingDraft)) -> Result<Edited, EditError> {
    let (currency, offerings) = all(tx).await?;
    if let Some(there) = offerings.iter().find(|o| o.id == *id) {
        return Ok(Edited {
            offering: there.clone(),
            changed: false,
        });
    }
    let slug = Slug::made_of(&draft.name, "visit", |slug| offerings.iter().any(|o| o.slug == *slug));
    let mut offering = Offering::begin(*id, slug, String::new(), 60, Money::zero(currency), Modes::default());
    draft.lay_over(&mut offering).map_err(EditError::Unfit)?;
    let place = u32::try_from(offerings.len()).unwrap_or(u32::MAX);
    store::offering::save(tx, &offering, place).await?;
    Ok(Edited {
        offering,
        changed: true,
    })
}

async fn change_one(
    tx: &DatabaseTransaction,
    (booking, id, change, now): &(Booking, OfferingId, OfferingChange, Instant),
) -> Result<Edited, EditError> {
    let (_, offerings) = all(tx).await?;
    let (before, place) = offerings
        .iter()
        .zip(0_u32..)
        .find(|(o, _)| o.id == *id)
        .ok_or(EditError::NotFound)?;
    let mut offering = before.clone();
    change.make(&mut offering)?;
    let changed = offering != *before;
    if offering.reminder_minutes != before.reminder_minutes {
        reminders::redefine(tx, booking, *id, *now).await?;
    }
    if changed {
        store::offering::save(tx, &offering, place).await?;
    }
    Ok(Edited { offering, changed })
}

impl OfferingChange {
    fn make(&self, o: &mut Offering) -> Result<(), EditError> {
        match self {
            Self::Edit(draft) => draft.lay_over(o).map_err(EditError::Unfit),
            Self::Archive => {
                o.archived = true;
                Ok(())
            }
            Self::BringBack => {
                o.archived = false;
                Ok(())
            }
            Self::Questions(change) => change.make(
                &mut o.questions,
                |q| &q.key,
                |draft, old, others| draft.read(old.map(|q| &q.key), others),
            ),
            Self::Consents(change) => {
                let before = o.consents.clone();
                change.make(&mut o.consents, |c| &c.key, ConsentDraft::read)?;
                carry_versions(&before, &mut o.consents);
                Ok(())
            }
        }
    }
}

impl<D> ListChange<D> {
    fn make<T>(
        &self,
        list: &mut Vec<T>,
        key: impl Fn(&T) -> &Slug,
        read: impl Fn(&D, Option<&T>, &[T]) -> Result<T, Vec<Fault>>,
    ) -> Result<(), EditError> {
        let place = |slug: &Slug| list.iter().position(|item| key(item) == slug);
        match self {
            Self::Add(draft) => {
                let item = read(draft, None, list).map_err(EditError::Unfit)?;
                list.push(item);
            }
            Self::Edit(slug, draft) => {
                let at = place(slug).ok_or(EditError::NotFound)?;
                list[at] = read(draft, Some(&list[at]), list).map_err(EditError::Unfit)?;
            }
            Self::Remove(slug) => list.retain(|item| key(item) != slug),
            Self::Move(slug, towards) => {
                if let Some((at, to)) = place(slug).and_then(|at| Some((at, towards.from(at, list.len())?))) {
                    list.swap(at, to);
                }
            }
        }
        Ok(())
    }
}

impl Towards {
    /// The place beside `at`, unless that is an end.
    fn from(self, at: usize, length: usize) -> Option<usize> {
        match self {
            Self::Up => at.checked_sub(1),
            Self::Down => Some(at + 1).filter(|to| *to < length),
        }
    }
}

async fn shift(tx: &DatabaseTransaction, (id, towards): &(OfferingId, Towards)) -> Result<bool, EditError> {
    let (_, mut offerings) = all(tx).await?;
    // Among those on the pages; archived ones keep their places between them.
    let live: Vec<usize> = (0..offerings.len()).filter(|i| !offerings[*i].archived).collect();
    let at = live
        .iter()
        .position(|i| offerings[*i].id == *id)
        .ok_or(EditError::NotFound)?;
    let Some(to) = towards.from(at, live.len()) else {
        return Ok(false);
    };
    offerings.swap(live[at], live[to]);
    for (offering, place) in offerings.iter().zip(0_u32..) {
        store::offering::place(tx, offering.id, place).await?;
    }
    Ok(true)
}
