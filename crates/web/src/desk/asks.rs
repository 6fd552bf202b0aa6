//! `/admin/offerings/{id}/questions`, `…/consents` and below: the form of one thing that an offering asks, its place among the others,
//! and its end. What the two have in common stands here; what is a question's or a consent's own, in [`Asks`].

use axum::extract::Path as Parts;
use axum::extract::State;
use booking::practice::{Fault, ListChange, Offering, OfferingChange, Slug};

use super::asked::{Keyed, change, simply};
use super::offering::{again, find};
use super::typed::Typed;
use super::{Answer, Room, show};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::Page;

/// Something that an offering asks: a question, a consent.
pub trait Asks: Sized + Send + Sync + 'static {
    /// What is typed to make or change one.
    type Draft: Clone + Send + Sync;
    /// Its form.
    type Form: Page + Send;

    /// Those of an offering.
    fn all(offering: &Offering) -> &[Self];
    /// What it is found by.
    fn key(&self) -> &Slug;
    /// What stands in the form of a new one.
    fn blank() -> Self::Draft;
    /// What stands in the form of this one.
    fn draft(&self) -> Self::Draft;
    /// What was typed.
    fn typed(typed: &Typed) -> Self::Draft;
    /// The change of its offering.
    fn change(change: ListChange<Self::Draft>) -> OfferingChange;
    /// The form: of a new one, or of one that is kept.
    fn form(room: &Room, offering: &Offering, kept: Option<&Self>, draft: &Self::Draft, faults: &[Fault])
    -> Self::Form;
}

/// The form of a new one.
pub async fn new<A: Asks>(State(app): State<App>, Now(now): Now, _: SignedIn, Path(path): Path) -> Answer {
    let offering = find(&app, &path).await?;
    let room = Room::enter(&app, now).await?;
    show(&app, &A::form(&room, &offering, None, &A::blank(), &[]))
}

/// Adds one, after the others.
pub async fn add<A: Asks>(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(path): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let draft = A::typed(&typed);
    let wish = A::change(ListChange::Add(draft.clone()));
    match change(&app, &signed_in, &path, wish, now).await {
        Ok(answer) => answer,
        Err(faults) => {
            let offering = find(&app, &path).await?;
            let room = Room::enter(&app, now).await?;
            again(&app, &A::form(&room, &offering, None, &draft, &faults))
        }
    }
}

/// The form of one that is there.
pub async fn page<A: Asks>(State(app): State<App>, Now(now): Now, _: SignedIn, Parts((path, key)): Keyed) -> Answer {
    let offering = find(&app, &path).await?;
    let kept = kept::<A>(&offering, &key)?;
    let room = Room::enter(&app, now).await?;
    show(&app, &A::form(&room, &offering, Some(kept), &kept.draft(), &[]))
}

/// Saves what was typed.
pub async fn save<A: Asks>(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Parts((path, key)): Keyed,
    Form(typed): Form<Typed>,
) -> Answer {
    let draft = A::typed(&typed);
    let wish = A::change(ListChange::Edit(slug(&key)?, draft.clone()));
    match change(&app, &signed_in, &path, wish, now).await {
        Ok(answer) => answer,
        Err(faults) => {
            let offering = find(&app, &path).await?;
            let kept = kept::<A>(&offering, &key)?;
            let room = Room::enter(&app, now).await?;
            again(&app, &A::form(&room, &offering, Some(kept), &draft, &faults))
        }
    }
}

/// One place up or down.
pub async fn shift<A: Asks>(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Parts((path, key)): Keyed,
    Form(typed): Form<Typed>,
) -> Answer {
    let towards = typed.text("to").parse().map_err(|_| PageError::Unreadable)?;
    let wish = A::change(ListChange::Move(slug(&key)?, towards));
    simply(&app, &signed_in, &path, wish, now).await
}

/// Takes it away.
pub async fn delete<A: Asks>(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Parts((path, key)): Keyed,
) -> Answer {
    let wish = A::change(ListChange::Remove(slug(&key)?));
    simply(&app, &signed_in, &path, wish, now).await
}

fn slug(key: &str) -> Result<Slug, PageError> {
    key.parse().map_err(|_| PageError::NotFound)
}

fn kept<'a, A: Asks>(offering: &'a Offering, key: &str) -> Result<&'a A, PageError> {
    let found = A::all(offering).iter().find(|one| one.key().as_str() == key);
    found.ok_or(PageError::NotFound)
}
