//! `/admin/write-letter` and `/admin/letters/{slug}/words`: the form in which a letter is written.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use mailing::consent::Topic;
use mailing::letters::{AddLetterError, Draft, FrontMatterError, KeptLetter, LetterState};

use super::letters::{find, topic, url};
use super::typed::Typed;
use super::{Answer, Room, show};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::{Choice, Choices, Input, LetterForm, LetterProblem, Tab};

/// An empty form.
pub async fn new(State(app): State<App>, Now(now): Now, _: SignedIn) -> Answer {
    let room = Room::enter(&app, now).await?;
    let draft = Draft {
        title: String::new(),
        topic: Topic::BlogPosts,
        markdown: String::new(),
        published: false,
    };
    show(&app, &form(&app, &room, None, &draft)?)
}

/// Keeps a new letter.
pub async fn make(State(app): State<App>, Now(now): Now, _: SignedIn, Form(typed): Form<Typed>) -> Answer {
    let draft = draft(&typed, Topic::BlogPosts);
    match app.mailing().write_letter(draft.clone(), now).await {
        Ok(slug) => Ok(Redirect::to(&format!("{}?done=saved", url(&slug))).into_response()),
        Err(error) => {
            let room = Room::enter(&app, now).await?;
            again(&app, form(&app, &room, None, &draft)?, error)
        }
    }
}

/// The form of a letter that is kept.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Path(slug): Path) -> Answer {
    let kept = find(&app, &slug).await?;
    let room = Room::enter(&app, now).await?;
    show(&app, &form(&app, &room, Some(&kept), &kept.draft)?)
}

/// Keeps what was changed.
pub async fn save(
    State(app): State<App>,
    Now(now): Now,
    _: SignedIn,
    Path(slug): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let kept = find(&app, &slug).await?;
    let draft = draft(&typed, kept.draft.topic);
    match app.mailing().rewrite_letter(&slug, draft.clone(), now).await {
        Ok(true) => Ok(Redirect::to(&format!("{}?done=saved", url(&slug))).into_response()),
        Ok(false) => Err(PageError::NotFound),
        Err(error) => {
            let room = Room::enter(&app, now).await?;
            again(&app, form(&app, &room, Some(&kept), &draft)?, error)
        }
    }
}

fn draft(typed: &Typed, otherwise: Topic) -> Draft {
    Draft {
        title: typed.text("title"),
        topic: typed.text("topic").parse().unwrap_or(otherwise),
        markdown: typed.text("text"),
        published: typed.is_set("published"),
    }
}

fn form(app: &App, room: &Room, kept: Option<&KeptLetter>, draft: &Draft) -> Result<LetterForm, PageError> {
    let fixed = kept.is_some_and(|k| k.state.is_fixed());
    let mut topics = Vec::new();
    for one in Topic::ALL.into_iter().filter(|_| !fixed) {
        let hint = app.view().words(&format!("topic-{one}-hint"))?;
        topics.push(Choice::new(one.slug(), topic(app, one)?, one == draft.topic).hinted(hint));
    }
    let own = kept.map(|k| url(&k.slug));
    Ok(LetterForm {
        desk: room.at(Tab::Letters),
        url: own
            .as_ref()
            .map_or_else(|| "/admin/write-letter".into(), |own| format!("{own}/words")),
        back_url: own.unwrap_or_else(|| "/admin/letters".into()),
        kept: kept.is_some(),
        sending: kept.is_some_and(|k| matches!(k.state, LetterState::Sending | LetterState::Paused)),
        problems: Vec::new(),
        title: Input::of(&*draft.title),
        topics: Choices::of(topics),
        text: Input::of(&*draft.markdown),
        published: draft.published,
    })
}

/// The form once more, with everything that was typed and the reason beside its field.
fn again(app: &App, mut form: LetterForm, error: AddLetterError) -> Answer {
    let (id, text) = match error {
        AddLetterError::File(FrontMatterError::Text) => ("text", "Write something: the letter is empty."),
        AddLetterError::File(_) => (
            "title",
            "A letter needs a title of its own: one line, at most 200 characters.",
        ),
        AddLetterError::Topic(_) => (
            "title",
            "It is being sent to those who chose its topic, so the topic stays.",
        ),
        error @ AddLetterError::Database(_) => return Err(error.into()),
    };
    let field = if id == "text" { &mut form.text } else { &mut form.title };
    field.problem = Some(text.to_owned());
    form.problems.push(LetterProblem {
        id: id.to_owned(),
        text: text.to_owned(),
    });
    let mut answer = show(app, &form)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}
