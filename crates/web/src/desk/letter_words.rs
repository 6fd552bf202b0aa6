//! `/admin/write-letter` and `/admin/letters/{slug}/words`: the form in which a letter is written.

use access::audit::Action;
use axum::extract::State;
use axum::http::StatusCode;
use mailing::consent::Topic;
use mailing::letters::{AddLetterError, Draft, FrontMatterError, KeptLetter, LetterState, PictureError};

use super::letters::{after, find, topic, url};
use super::sent::Sent;
use super::typed::Typed;
use super::{Answer, Room, show};
use crate::error::PageError;
use crate::extract::{Now, Path, SignedIn};
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
pub async fn make(State(app): State<App>, Now(now): Now, signed_in: SignedIn, sent: Sent) -> Answer {
    let draft = draft(&sent.typed, Topic::BlogPosts);
    if sent.typed.text("do") == "picture" {
        let room = Room::enter(&app, now).await?;
        return with_picture(&app, (&room, None), draft, &signed_in, sent).await;
    }
    match app.mailing().write_letter(draft.clone(), now).await {
        Ok(slug) => after(&app, &signed_in, &slug, (Ok(()), Action::LetterWritten, "saved"), now).await,
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
pub async fn save(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(slug): Path, sent: Sent) -> Answer {
    let kept = find(&app, &slug).await?;
    let draft = draft(&sent.typed, kept.draft.topic);
    if sent.typed.text("do") == "picture" {
        let room = Room::enter(&app, now).await?;
        return with_picture(&app, (&room, Some(&kept)), draft, &signed_in, sent).await;
    }
    match app.mailing().rewrite_letter(&slug, draft.clone(), now).await {
        Ok(true) => after(&app, &signed_in, &slug, (Ok(()), Action::LetterWritten, "saved"), now).await,
        Ok(false) => Err(PageError::NotFound),
        Err(error) => {
            let room = Room::enter(&app, now).await?;
            again(&app, form(&app, &room, Some(&kept), &draft)?, error)
        }
    }
}

/// The form once more, with the picture at the end of the text, or with what is wrong with it. Nothing is kept but the picture.
async fn with_picture(
    app: &App,
    (room, kept): (&Room, Option<&KeptLetter>),
    mut draft: Draft,
    signed_in: &SignedIn,
    sent: Sent,
) -> Answer {
    let alt = sent.typed.text("alt");
    let added = match sent.file {
        Some(bytes) => app.mailing().add_picture(bytes, &alt, room.now).await,
        None => Err(PictureError::NotAPicture),
    };
    let problem = match added {
        Ok(picture) => {
            let login = signed_in.0.login;
            app.access().audit(login, Action::PictureAdded, None, room.now).await?;
            draft.markdown = format!("{}\n\n{}\n", draft.markdown.trim_end(), picture.markdown());
            let mut page = form(app, room, kept, &draft)?;
            page.picture_added = true;
            return show(app, &page);
        }
        Err(PictureError::NotAPicture) => "Choose a picture: a JPEG, PNG or WebP.",
        Err(PictureError::TooLarge) => "This picture is too large: at most 20 MB and 60 megapixels.",
        Err(PictureError::Alt) => "Say in a few words what the picture shows, for those who do not see it.",
        Err(error @ PictureError::Database(_)) => return Err(error.into()),
    };
    let mut page = form(app, room, kept, &draft)?;
    page.alt = Input {
        value: alt,
        problem: Some(problem.to_owned()),
    };
    page.problems.push(LetterProblem {
        id: "alt".to_owned(),
        text: problem.to_owned(),
    });
    let mut answer = show(app, &page)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// What was typed.
pub fn draft(typed: &Typed, otherwise: Topic) -> Draft {
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
        alt: Input::default(),
        picture_added: false,
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
