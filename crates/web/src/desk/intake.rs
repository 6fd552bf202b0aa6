//! What was answered and agreed to before a visit, as the desk shows it: in whole on the visit's page, in a word in lists.

use std::collections::HashMap;

use booking::appointment::{Answer, AppointmentFacts, AppointmentView, Intake, IntakeState};
use kernel::id::AppointmentId;

use super::Room;
use crate::error::PageError;
use crate::state::App;
use crate::view::desk as view;
use crate::view::desk::{Agreed, IntakeMark};

/// For each visit of a list, whether its intake is there.
pub struct Marks(HashMap<AppointmentId, IntakeState>);

impl Marks {
    /// Reads them at once; no answer is opened.
    pub async fn of<'a>(app: &App, views: impl Iterator<Item = &'a AppointmentView>) -> Result<Self, PageError> {
        let facts: Vec<&AppointmentFacts> = views.map(|view| &view.facts).collect();
        Ok(Self(app.booking().intake_states(&facts).await?))
    }

    /// That of one visit.
    pub fn mark(&self, facts: &AppointmentFacts) -> IntakeMark {
        mark(self.0.get(&facts.id).copied().unwrap_or(IntakeState::NotAsked))
    }
}

const fn mark(state: IntakeState) -> IntakeMark {
    match state {
        IntakeState::NotAsked => IntakeMark::NotAsked,
        IntakeState::Complete => IntakeMark::There,
        IntakeState::Missing(_) | IntakeState::Untouched => IntakeMark::Missing,
    }
}

/// The whole of it; none when the visit asks nothing and nothing was given.
pub async fn whole(app: &App, room: &Room, facts: &AppointmentFacts) -> Result<Option<view::Intake>, PageError> {
    let intake = app.booking().intake(facts).await?;
    let (answers, consents) = (answers(&intake), consents(room, &intake));
    let mark = mark(intake.state());
    let nothing = mark == IntakeMark::NotAsked && answers.is_empty() && consents.is_empty();
    Ok((!nothing).then(|| view::Intake {
        mark,
        missing: crate::shown::intake::missing(intake.state()),
        answers,
        consents,
    }))
}

fn answers(intake: &Intake) -> Vec<view::Answer> {
    let now = intake.questions.iter().map(|(q, a)| (q.label.as_str(), a.as_ref()));
    let earlier = intake.earlier_answers.iter().map(|(q, a)| (q.as_str(), Some(a)));
    now.chain(earlier)
        .filter_map(|(question, answer)| {
            let text = match answer? {
                Answer::YesNo(true) => "Yes".into(),
                Answer::YesNo(false) => "No".into(),
                other => other.as_typed(),
            };
            Some(view::Answer {
                question: question.to_owned(),
                text,
            })
        })
        .collect()
}

fn consents(room: &Room, intake: &Intake) -> Vec<Agreed> {
    let now = intake.consents.iter().map(|(consent, at)| Agreed {
        wording: consent.wording.clone(),
        version: consent.version,
        when: at.map(|at| room.moment(at)),
        needed: consent.required,
        asked: true,
    });
    let earlier = intake.earlier_consents.iter().map(|given| Agreed {
        wording: given.wording.clone(),
        version: given.version,
        when: Some(room.moment(given.at)),
        needed: false,
        asked: false,
    });
    now.chain(earlier).collect()
}
