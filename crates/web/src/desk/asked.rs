//! What an offering asks of a family: its questions and its consents, as they stand in lists and forms.

use access::audit::Action;
use axum::response::{IntoResponse, Redirect};
use booking::practice::intake::{AnswerKind, Ask, Consent, Question, When};
use booking::practice::{EditError, Fault, OfferingChange, Part};
use kernel::instant::Instant;

use super::offerings::{id, note_change, refused, url};
use super::{Answer, unfit};
use crate::error::PageError;
use crate::extract::SignedIn;
use crate::state::App;
use crate::view::desk::{AskedRow, Choice, Choices, Input};

/// An offering and the key of something that it asks.
pub type Keyed = axum::extract::Path<(String, String)>;

/// Makes a change of the offering of this path: back at its lists, or what was wrong with it.
pub async fn change(
    app: &App,
    signed_in: &SignedIn,
    path: &str,
    change: OfferingChange,
    now: Instant,
) -> Result<Answer, Vec<Fault>> {
    let id = match id(path) {
        Ok(id) => id,
        Err(error) => return Ok(Err(error)),
    };
    match app.booking().change_offering(id, change, now).await {
        Ok(edited) => {
            let noted = note_change(app, signed_in, Action::OfferingChanged, &edited, now).await;
            Ok(noted.map(|()| Redirect::to(&format!("{}#asked", url(id))).into_response()))
        }
        Err(EditError::Unfit(faults)) => Err(faults),
        Err(error) => Ok(Err(refused(error))),
    }
}

/// The same for a change with which nothing can be wrong.
pub async fn simply(app: &App, signed_in: &SignedIn, path: &str, wish: OfferingChange, now: Instant) -> Answer {
    change(app, signed_in, path, wish, now)
        .await
        .unwrap_or(Err(PageError::Unreadable))
}

/// A question in the list of its offering.
pub fn question(url: &str, q: &Question) -> AskedRow {
    let kind = match q.kind {
        AnswerKind::Text => "Words",
        AnswerKind::Choice => "A choice",
        AnswerKind::Date => "A date",
        AnswerKind::YesNo => "Yes or no",
        AnswerKind::Number => "A number",
    };
    AskedRow {
        url: format!("{url}/questions/{}", q.key),
        text: q.label.clone(),
        facts: facts(kind, q.required, q.ask, q.when),
    }
}

/// A consent in the list of its offering.
pub fn consent(url: &str, c: &Consent) -> AskedRow {
    AskedRow {
        url: format!("{url}/consents/{}", c.key),
        text: c.wording.clone(),
        facts: facts(&format!("Version {}", c.version), c.required, c.ask, c.when),
    }
}

fn facts(first: &str, required: bool, ask: Ask, when: Option<When>) -> String {
    let needed = if required { "needed" } else { "free to leave" };
    let ask = match ask {
        Ask::AtBooking => "when booking",
        Ask::Later => "before the visit",
    };
    let when = when.map(|when| match when {
        When::Telehealth => ", by video or phone",
        When::InPerson => ", in person",
        When::Office => ", at your office",
        When::Home => ", at the family’s home",
    });
    format!("{first}, {needed}, asked {ask}{}", when.unwrap_or_default())
}

/// A field with what was typed.
pub fn input(faults: &[Fault], part: Part, value: &str) -> Input {
    Input {
        value: value.to_owned(),
        problem: unfit::of(faults, part),
    }
}

/// When something is asked.
pub fn ask(faults: &[Fault], chosen: &str) -> Choices {
    let choice =
        |ask: Ask, label: &str, hint: &str| Choice::new(ask.as_str(), label, chosen == ask.as_str()).hinted(hint);
    Choices {
        all: vec![
            choice(
                Ask::Later,
                "Before the visit",
                "On her own page, once the visit is booked.",
            ),
            choice(Ask::AtBooking, "When booking", "Keep these few: she may hold a baby."),
        ],
        problem: unfit::of(faults, Part::Ask),
    }
}

/// For which visits.
pub fn when(faults: &[Fault], chosen: &str) -> Choices {
    let choice = |when: When, label: &str| Choice::new(when.as_str(), label, chosen == when.as_str());
    Choices {
        all: vec![
            Choice::new("", "Every visit", chosen.is_empty()),
            choice(When::Telehealth, "Visits by video or phone"),
            choice(When::InPerson, "Visits in person"),
            choice(When::Office, "Visits at your office"),
            choice(When::Home, "Visits at the family’s home"),
        ],
        problem: unfit::of(faults, Part::When),
    }
}

/// What an answer can be.
pub fn kinds(faults: &[Fault], chosen: &str) -> Choices {
    let choice = |kind: AnswerKind, label: &str| Choice::new(kind.as_str(), label, chosen == kind.as_str());
    Choices {
        all: vec![
            choice(AnswerKind::Text, "Words"),
            choice(AnswerKind::Choice, "One of several choices"),
            choice(AnswerKind::YesNo, "Yes or no"),
            choice(AnswerKind::Date, "A date"),
            choice(AnswerKind::Number, "A number"),
        ],
        problem: unfit::of(faults, Part::Kind),
    }
}
