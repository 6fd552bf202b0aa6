//! What is asked before a visit, as fields; and what was typed into them, as it is handed to the appointment book.

use std::collections::{BTreeMap, BTreeSet};

use booking::appointment::intake::{Part, Questions};
use booking::appointment::{Answer, AppointmentView, Given, Intake, IntakeProblem, IntakeState, Tick, Wrong};
use booking::practice::intake::{AnswerKind, Consent, Question};
use serde_json::Value;

use super::appointment::booked;
use crate::guest::Guest;
use crate::view::frame::Nav;
use crate::view::pages::{
    Agreed, AnswerProblem, Asked, ChoiceField, ConsentField, IntakePage, IntakeRow, IntakeRowState, Look, Mark,
    QuestionField, QuestionKind, Told,
};

/// What a form sent, by field: the last one of a name counts.
pub type Fields = BTreeMap<String, String>;

/// What the booking form sent: of what is asked there, no more.
pub fn typed_at_booking(asked: &Questions<'_>, fields: &Fields) -> Given {
    let mut given = Given::default();
    for question in &asked.questions {
        if let Some(text) = fields.get(&answer_name(question)) {
            given
                .answers
                .insert(question.key.to_string(), Value::String(text.clone()));
        }
    }
    for consent in &asked.consents {
        given.consents.insert(consent.key.to_string(), tick(consent, fields));
    }
    given
}

/// What the page before the visit sent: the fields that it held. `shown` names the consents that stood on it, because an empty
/// box sends nothing.
pub fn typed_later(intake: &Intake, fields: &Fields, shown: &BTreeSet<String>) -> Given {
    let mut given = Given::default();
    for (question, _) in &intake.questions {
        if let Some(text) = fields.get(&answer_name(question)) {
            given
                .answers
                .insert(question.key.to_string(), Value::String(text.clone()));
        }
    }
    for (consent, _) in intake.consents.iter().filter(|(c, _)| shown.contains(c.key.as_str())) {
        given.consents.insert(consent.key.to_string(), tick(consent, fields));
    }
    given
}

fn tick(consent: &Consent, fields: &Fields) -> Tick {
    match fields.get(&consent_name(consent)) {
        Some(mark) if !mark.is_empty() => Tick::Words(mark.clone()),
        _ => Tick::Off,
    }
}

/// The fields of the booking form, with what was typed and what is wrong with it.
pub fn at_booking(asked: &Questions<'_>, fields: &Fields, problems: &[IntakeProblem]) -> Asked {
    let mut page = Asked::default();
    for question in &asked.questions {
        let typed = fields.get(&answer_name(question)).cloned().unwrap_or_default();
        let mark = if question.required { Mark::None } else { Mark::Voluntary };
        page.question(question, typed, mark, problems);
    }
    for consent in &asked.consents {
        let given = fields.get(&consent_name(consent)) == Some(&consent.mark());
        page.consent(consent, given, problems);
    }
    page
}

/// The page before the visit: what is kept, over it what was typed and could not be kept.
pub fn page(
    guest: &Guest,
    view: &AppointmentView,
    intake: &Intake,
    fields: &Fields,
    problems: &[IntakeProblem],
) -> IntakePage {
    let path = format!("/appointments/{}", view.token.reveal());
    let open = view.facts.intake_is_open(guest.now);
    let mut asked = Asked::default();
    if open {
        for (question, answer) in &intake.questions {
            let kept = || answer.as_ref().map(Answer::as_typed).unwrap_or_default();
            let typed = fields.get(&answer_name(question)).cloned().unwrap_or_else(kept);
            let mark = if question.required { Mark::Needed } else { Mark::None };
            asked.question(question, typed, mark, problems);
        }
        for (consent, at) in &intake.consents {
            asked.consent(consent, at.is_some(), problems);
        }
    }
    IntakePage {
        frame: guest.frame(Nav::Elsewhere),
        visit: booked(guest, &view.facts),
        action: format!("{path}/intake"),
        back_url: path,
        open,
        asked,
        saved: false,
        missing: missing(intake.state()),
        told: if open { Vec::new() } else { told(intake) },
        agreed: if open { Vec::new() } else { agreed(guest, view, intake) },
    }
}

/// The row on the appointment's page; none where nothing is asked and nothing was told, or after a cancellation.
pub fn row(guest: &Guest, view: &AppointmentView, intake: &Intake) -> Option<IntakeRow> {
    if !view.facts.intake_is_shown() {
        return None;
    }
    let state = match intake.state() {
        _ if !view.facts.intake_is_open(guest.now) => {
            if told(intake).is_empty() {
                return None;
            }
            IntakeRowState::Told
        }
        IntakeState::NotAsked => return None,
        IntakeState::Missing(_) => IntakeRowState::Missing,
        IntakeState::Untouched => IntakeRowState::Untouched,
        IntakeState::Complete => IntakeRowState::Complete,
    };
    Some(IntakeRow {
        url: format!("/appointments/{}/intake", view.token.reveal()),
        state,
        missing: missing(intake.state()),
    })
}

/// How many needed ones are missing.
pub fn missing(state: IntakeState) -> usize {
    match state {
        IntakeState::Missing(count) => count,
        _ => 0,
    }
}

fn told(intake: &Intake) -> Vec<Told> {
    let now = intake.questions.iter().map(|(q, a)| (q.label.as_str(), a.as_ref()));
    let earlier = intake.earlier_answers.iter().map(|(q, a)| (q.as_str(), Some(a)));
    now.chain(earlier)
        .filter_map(|(question, answer)| {
            let answer = answer?;
            Some(Told {
                question: question.to_owned(),
                text: answer.as_typed(),
                yes_no: matches!(answer, Answer::YesNo(_)),
            })
        })
        .collect()
}

fn agreed(guest: &Guest, view: &AppointmentView, intake: &Intake) -> Vec<Agreed> {
    let moment = |at| guest.locale.moment(at, view.facts.shown_zone());
    let now = intake
        .consents
        .iter()
        .map(|(c, at)| (c.wording.clone(), at.map(moment)));
    let earlier = intake
        .earlier_consents
        .iter()
        .map(|g| (g.wording.clone(), Some(moment(g.at))));
    now.chain(earlier)
        .map(|(wording, when)| Agreed { wording, when })
        .collect()
}

fn answer_name(question: &Question) -> String {
    format!("answers.{}", question.key)
}

fn consent_name(consent: &Consent) -> String {
    format!("consents.{}", consent.key)
}

impl Asked {
    fn question(&mut self, question: &Question, typed: String, mark: Mark, problems: &[IntakeProblem]) {
        let id = format!("answer-{}", question.key);
        let problem = find(problems, Part::Answer, question.key.as_str());
        if problem.is_some() {
            self.looks.push(Look {
                id: id.clone(),
                label: Some(question.label.clone()),
            });
        }
        let (kind, if_wrong) = kind(question.kind);
        let choices: Vec<&str> = match question.kind {
            AnswerKind::YesNo => vec!["yes", "no"],
            _ => question.choices.iter().map(String::as_str).collect(),
        };
        self.questions.push(QuestionField {
            name: answer_name(question),
            id,
            kind,
            label: question.label.clone(),
            help: question.help.clone(),
            needed: question.required,
            mark,
            choices: choices
                .into_iter()
                .map(|value| ChoiceField {
                    value: value.to_owned(),
                    chosen: value == typed,
                })
                .collect(),
            value: typed,
            problem,
            if_wrong,
        });
    }

    fn consent(&mut self, consent: &Consent, given: bool, problems: &[IntakeProblem]) {
        let id = format!("consent-{}", consent.key);
        let problem = find(problems, Part::Consent, consent.key.as_str());
        if problem.is_some() {
            self.looks.push(Look {
                id: id.clone(),
                label: None,
            });
        }
        self.consents.push(ConsentField {
            key: consent.key.to_string(),
            name: consent_name(consent),
            id,
            wording: consent.wording.clone(),
            mark: consent.mark(),
            needed: consent.required,
            given,
            problem,
        });
    }
}

const fn kind(kind: AnswerKind) -> (QuestionKind, AnswerProblem) {
    match kind {
        AnswerKind::Text => (QuestionKind::Text, AnswerProblem::TooLong),
        AnswerKind::Choice => (QuestionKind::Choice, AnswerProblem::NotAChoice),
        AnswerKind::Date => (QuestionKind::Date, AnswerProblem::NotADate),
        AnswerKind::YesNo => (QuestionKind::YesNo, AnswerProblem::NotYesOrNo),
        AnswerKind::Number => (QuestionKind::Number, AnswerProblem::NotANumber),
    }
}

fn find(problems: &[IntakeProblem], part: Part, key: &str) -> Option<AnswerProblem> {
    let found = problems.iter().find(|p| p.part == part && p.key == key)?;
    match found.wrong {
        Wrong::Missing => Some(AnswerProblem::Missing),
        Wrong::NotAText => Some(AnswerProblem::NotAText),
        Wrong::NotAChoice => Some(AnswerProblem::NotAChoice),
        Wrong::NotADate => Some(AnswerProblem::NotADate),
        Wrong::NotYesOrNo => Some(AnswerProblem::NotYesOrNo),
        Wrong::NotANumber => Some(AnswerProblem::NotANumber),
        Wrong::TooLong => Some(AnswerProblem::TooLong),
        Wrong::Changed => Some(AnswerProblem::Changed),
        // What is not asked has no field.
        Wrong::Unknown => None,
    }
}
