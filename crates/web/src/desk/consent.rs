//! `/admin/offerings/{id}/consents` and below: the form of a consent, its place among the others, and its end.

use axum::extract::State;
use booking::practice::intake::Consent;
use booking::practice::{ConsentDraft, Fault, ListChange, Offering, OfferingChange, Part, Slug};

use super::asked::{self, Keyed, simply};
use super::offering::{again, find};
use super::offerings::url;
use super::typed::Typed;
use super::{Answer, Room, show, unfit};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::{ConsentPage, Tab};

/// The form of a new one.
pub async fn new(State(app): State<App>, Now(now): Now, _: SignedIn, Path(path): Path) -> Answer {
    let offering = find(&app, &path).await?;
    let room = Room::enter(&app, now).await?;
    show(&app, &form(&room, &offering, None, &ConsentDraft::blank(), &[]))
}

/// Adds one, after the others.
pub async fn add(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(path): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let draft = draft(&typed);
    let change = OfferingChange::Consents(ListChange::Add(draft.clone()));
    match asked::change(&app, &signed_in, &path, change, now).await {
        Ok(answer) => answer,
        Err(faults) => {
            let offering = find(&app, &path).await?;
            let room = Room::enter(&app, now).await?;
            again(&app, &form(&room, &offering, None, &draft, &faults))
        }
    }
}

/// The form of one that is there.
pub async fn page(
    State(app): State<App>,
    Now(now): Now,
    _: SignedIn,
    axum::extract::Path((path, key)): Keyed,
) -> Answer {
    let offering = find(&app, &path).await?;
    let kept = kept(&offering, &key)?;
    let room = Room::enter(&app, now).await?;
    show(&app, &form(&room, &offering, Some(kept), &ConsentDraft::of(kept), &[]))
}

/// Saves what was typed.
pub async fn save(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    axum::extract::Path((path, key)): Keyed,
    Form(typed): Form<Typed>,
) -> Answer {
    let draft = draft(&typed);
    let change = OfferingChange::Consents(ListChange::Edit(slug(&key)?, draft.clone()));
    match asked::change(&app, &signed_in, &path, change, now).await {
        Ok(answer) => answer,
        Err(faults) => {
            let offering = find(&app, &path).await?;
            let room = Room::enter(&app, now).await?;
            again(
                &app,
                &form(&room, &offering, Some(kept(&offering, &key)?), &draft, &faults),
            )
        }
    }
}

/// One place up or down.
pub async fn shift(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    axum::extract::Path((path, key)): Keyed,
    Form(typed): Form<Typed>,
) -> Answer {
    let towards = typed.text("to").parse().map_err(|_| PageError::Unreadable)?;
    let change = OfferingChange::Consents(ListChange::Move(slug(&key)?, towards));
    simply(&app, &signed_in, &path, change, now).await
}

/// Takes it away.
pub async fn delete(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    axum::extract::Path((path, key)): Keyed,
) -> Answer {
    let change = OfferingChange::Consents(ListChange::Remove(slug(&key)?));
    simply(&app, &signed_in, &path, change, now).await
}

fn slug(key: &str) -> Result<Slug, PageError> {
    key.parse().map_err(|_| PageError::NotFound)
}

fn kept<'a>(offering: &'a Offering, key: &str) -> Result<&'a Consent, PageError> {
    let found = offering.consents.iter().find(|one| one.key.as_str() == key);
    found.ok_or(PageError::NotFound)
}

fn draft(typed: &Typed) -> ConsentDraft {
    ConsentDraft {
        wording: typed.text("wording"),
        required: typed.is_set("required"),
        ask: typed.text("ask"),
        when: typed.text("when"),
    }
}

fn form(
    room: &Room,
    offering: &Offering,
    kept: Option<&Consent>,
    draft: &ConsentDraft,
    faults: &[Fault],
) -> ConsentPage {
    let back_url = url(offering.id);
    let url = kept.map_or_else(|| format!("{back_url}/consents"), |c| asked::consent(&back_url, c).url);
    ConsentPage {
        desk: room.at(Tab::Offerings),
        problems: faults.iter().map(unfit::problem).collect(),
        offering: offering.name.clone(),
        back_url,
        delete_url: kept.map(|_| format!("{url}/delete")),
        url,
        version: kept.map(|c| c.version),
        wording: asked::input(faults, Part::Wording, &draft.wording),
        required: draft.required,
        ask: asked::ask(faults, &draft.ask),
        when: asked::when(faults, &draft.when),
    }
}
