//! `/admin/offerings/{id}/questions` and below: the form of a question, its place among the others, and its end.

use axum::extract::State;
use booking::practice::intake::Question;
use booking::practice::{Fault, ListChange, Offering, OfferingChange, Part, QuestionDraft, Slug};

use super::asked::{self, Keyed, simply};
use super::offering::{again, find};
use super::offerings::url;
use super::typed::Typed;
use super::{Answer, Room, show, unfit};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::{QuestionPage, Tab};

/// The form of a new one.
pub async fn new(State(app): State<App>, Now(now): Now, _: SignedIn, Path(path): Path) -> Answer {
    let offering = find(&app, &path).await?;
    let room = Room::enter(&app, now).await?;
    show(&app, &form(&room, &offering, None, &QuestionDraft::blank(), &[]))
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
    let change = OfferingChange::Questions(ListChange::Add(draft.clone()));
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
    show(&app, &form(&room, &offering, Some(kept), &QuestionDraft::of(kept), &[]))
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
    let change = OfferingChange::Questions(ListChange::Edit(slug(&key)?, draft.clone()));
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
    let change = OfferingChange::Questions(ListChange::Move(slug(&key)?, towards));
    simply(&app, &signed_in, &path, change, now).await
}

/// Takes it away.
pub async fn delete(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    axum::extract::Path((path, key)): Keyed,
) -> Answer {
    let change = OfferingChange::Questions(ListChange::Remove(slug(&key)?));
    simply(&app, &signed_in, &path, change, now).await
}

fn slug(key: &str) -> Result<Slug, PageError> {
    key.parse().map_err(|_| PageError::NotFound)
}

fn kept<'a>(offering: &'a Offering, key: &str) -> Result<&'a Question, PageError> {
    let found = offering.questions.iter().find(|one| one.key.as_str() == key);
    found.ok_or(PageError::NotFound)
}

fn draft(typed: &Typed) -> QuestionDraft {
    QuestionDraft {
        label: typed.text("label"),
        help: typed.text("help"),
        kind: typed.text("kind"),
        choices: typed.text("choices"),
        required: typed.is_set("required"),
        ask: typed.text("ask"),
        when: typed.text("when"),
    }
}

fn form(
    room: &Room,
    offering: &Offering,
    kept: Option<&Question>,
    draft: &QuestionDraft,
    faults: &[Fault],
) -> QuestionPage {
    let back_url = url(offering.id);
    let url = kept.map_or_else(
        || format!("{back_url}/questions"),
        |q| asked::question(&back_url, q).url,
    );
    QuestionPage {
        desk: room.at(Tab::Offerings),
        problems: faults.iter().map(unfit::problem).collect(),
        offering: offering.name.clone(),
        back_url,
        delete_url: kept.map(|_| format!("{url}/delete")),
        url,
        label: asked::input(faults, Part::Label, &draft.label),
        help: asked::input(faults, Part::Help, &draft.help),
        kind: asked::kinds(faults, &draft.kind),
        choices: asked::input(faults, Part::Choices, &draft.choices),
        required: draft.required,
        ask: asked::ask(faults, &draft.ask),
        when: asked::when(faults, &draft.when),
    }
}
