//! Keeping a family's answers, sealed, and what it agreed to, word for word; reading them for it and for the desk.

use std::collections::{HashMap, HashSet};

use kernel::db::write;
use kernel::id::{AnswerId, AppointmentId, ConsentId};
use kernel::instant::Instant;
use kernel::seal::Sealed;
use kernel::token::Token;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::facts::AppointmentFacts;
use super::intake::{Given, GivenConsent, Intake, IntakeProblem, IntakeState, Questions, Read, state_of};
use super::lifecycle::State;
use crate::Booking;
use crate::practice::intake::Question;
use crate::practice::{Offering, Slug};
use crate::store::{self, appointment::Model, corrupt, intake_answer, intake_consent, to_int};

/// So many appointments are asked about in one query.
const AT_ONCE: usize = 500;

/// What is sealed: the question in the words in which it was asked, for it may be taken out of the offering.
#[derive(Serialize, Deserialize)]
struct Kept {
    question: String,
    answer: Answer,
}

/// Why nothing of an intake was kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveIntakeError {
    /// No appointment has this link.
    #[error("no such appointment")]
    NotFound,
    /// The visit is over, or was cancelled.
    #[error("the visit is over, or was cancelled")]
    Closed,
    /// The database failed.
    #[error("the answers could not be written")]
    Database(#[from] DbErr),
}

impl AppointmentFacts {
    /// Whether the family may fill its intake in: while the visit is to come or lasts.
    pub fn intake_is_open(&self, now: Instant) -> bool {
        self.state.is_coming() && now < self.ends
    }

    /// Whether the family may still read it: not after a cancellation.
    pub fn intake_is_shown(&self) -> bool {
        !matches!(self.state, State::Cancelled { .. } | State::Expired)
    }
}

impl Booking {
    /// The intake of an appointment: what it asks and what was given.
    pub async fn intake(&self, of: &AppointmentFacts) -> Result<Intake, DbErr> {
        let db = self.0.db.reader();
        let offering = offering(db, &of.offering).await?;
        let asked = Questions::of(&offering, of.held.mode(), of.held.place());
        let mut answers = Vec::new();
        for row in intake_answer::of(db, of.id).await? {
            let text = self.0.keys.seal.open(&Sealed::from_bytes(row.sealed), row.id.0);
            let kept: Kept = serde_json::from_str(&text.map_err(corrupt)?).map_err(corrupt)?;
            answers.push((row.question_key, kept));
        }
        let mut given = given(db, vec![of.id]).await?.remove(&of.id).unwrap_or_default();
        let mut take = |key: &Slug| {
            let at = answers.iter().position(|(k, _)| k == key)?;
            Some(answers.remove(at).1.answer)
        };
        Ok(Intake {
            questions: asked.questions.iter().map(|q| ((*q).clone(), take(&q.key))).collect(),
            consents: asked
                .consents
                .iter()
                .map(|c| {
                    let found = given.iter().position(|g| g.is(c));
                    ((*c).clone(), found.map(|at| given.remove(at).at))
                })
                .collect(),
            earlier_answers: answers
                .into_iter()
                .map(|(_, kept)| (kept.question, kept.answer))
                .collect(),
            earlier_consents: given,
        })
    }

    /// How much of the intake of each of these is there; no answer is opened for it.
    pub async fn intake_states(&self, of: &[&AppointmentFacts]) -> Result<HashMap<AppointmentId, IntakeState>, DbErr> {
        states(self.0.db.reader(), of).await
    }

    /// Keeps what the family that holds this link typed. What makes no sense is left as it was and comes back as a problem;
    /// what was not given stays; an answer that was emptied goes.
    pub async fn save_intake(
        &self,
        token: &Token,
        given: Given,
        now: Instant,
    ) -> Result<Vec<IntakeProblem>, SaveIntakeError> {
        write(&self.0.db, (self.clone(), token.clone(), given, now), save).await
    }

    /// Keeps what was given with the booking and checked before.
    pub(super) async fn keep_intake(
        &self,
        tx: &DatabaseTransaction,
        id: AppointmentId,
        read: Read<'_>,
        now: Instant,
    ) -> Result<(), DbErr> {
        if read.answers.is_empty() && read.consents.is_empty() {
            return Ok(());
        }
        let rows = intake_answer::of(tx, id).await?;
        let rows: HashMap<&Slug, AnswerId> = rows.iter().map(|row| (&row.question_key, row.id)).collect();
        for (question, answer) in read.answers {
            match (answer, rows.get(&question.key)) {
                (None, None) => {}
                (None, Some(row)) => intake_answer::remove(tx, *row).await?,
                (Some(answer), row) => {
                    let row = row.copied().unwrap_or_else(|| AnswerId::new(now, &self.0.chance));
                    intake_answer::put(tx, self.sealed(row, id, question, answer, now)?).await?;
                }
            }
        }
        let before = given(tx, vec![id]).await?.remove(&id).unwrap_or_default();
        for (consent, agreed) in read.consents {
            let held = before.iter().find(|g| g.key == consent.key);
            let same = held.is_some_and(|g| g.is(consent));
            let line = match (agreed, held) {
                (true, _) if !same => (consent.version, consent.wording.clone(), true),
                // What she takes back is what she had agreed to.
                (false, Some(held)) => (held.version, held.wording.clone(), false),
                _ => continue,
            };
            let row = intake_consent::Model {
                id: ConsentId::new(now, &self.0.chance),
                appointment_id: id,
                number: 0,
                consent_key: consent.key.clone(),
                version: to_int(line.0)?,
                wording: line.1,
                given: line.2,
                at: now,
            };
            intake_consent::add(tx, row).await?;
        }
        Ok(())
    }

    fn sealed(
        &self,
        row: AnswerId,
        appointment: AppointmentId,
        question: &Question,
        answer: Answer,
        now: Instant,
    ) -> Result<intake_answer::Model, DbErr> {
        let kept = Kept {
            question: question.label.clone(),
            answer,
        };
        let text = serde_json::to_string(&kept).map_err(corrupt)?;
        Ok(intake_answer::Model {
            id: row,
            appointment_id: appointment,
            question_key: question.key.clone(),
            sealed: self.0.keys.seal.seal(&text, row.0, &self.0.chance).into_bytes(),
            changed_at: now,
        })
    }
}

async fn save(
    tx: &DatabaseTransaction,
    (booking, token, given, now): &(Booking, Token, Given, Instant),
) -> Result<Vec<IntakeProblem>, SaveIntakeError> {
    let row = store::appointment::lock_by_link(tx, token.hash())
        .await?
        .ok_or(SaveIntakeError::NotFound)?;
    if !row.state()?.is_coming() || *now >= row.ends_at {
        return Err(SaveIntakeError::Closed);
    }
    let offerings = offerings(tx).await?;
    let (read, problems) = asked(&offerings, &row)?.read(given);
    booking.keep_intake(tx, row.id, read, *now).await?;
    Ok(problems)
}

/// How much of the intake of each of these is there.
pub(crate) async fn states(
    db: &impl ConnectionTrait,
    of: &[&AppointmentFacts],
) -> Result<HashMap<AppointmentId, IntakeState>, DbErr> {
    let mut states = HashMap::with_capacity(of.len());
    if of.is_empty() {
        return Ok(states);
    }
    let offerings = offerings(db).await?;
    for some in of.chunks(AT_ONCE) {
        let ids: Vec<AppointmentId> = some.iter().map(|facts| facts.id).collect();
        let mut answered: HashMap<AppointmentId, HashSet<Slug>> = HashMap::new();
        for (id, key) in intake_answer::keys(db, ids.clone()).await? {
            answered.entry(id).or_default().insert(key);
        }
        let mut given = given(db, ids).await?;
        for facts in some {
            let offering = offerings.iter().find(|o| o.slug == facts.offering);
            let offering = offering.ok_or_else(|| corrupt("an appointment without its offering"))?;
            let asked = Questions::of(offering, facts.held.mode(), facts.held.place());
            let answered = answered.remove(&facts.id).unwrap_or_default();
            let given = given.remove(&facts.id).unwrap_or_default();
            states.insert(facts.id, state_of(&asked, &answered, &given));
        }
    }
    Ok(states)
}

/// What an appointment asks.
fn asked<'a>(offerings: &'a [Offering], row: &Model) -> Result<Questions<'a>, DbErr> {
    let offering = offerings.iter().find(|o| o.id == row.offering_id);
    let offering = offering.ok_or_else(|| corrupt(format!("appointment {} without its offering", row.id)))?;
    let mode = row.mode.parse().map_err(corrupt)?;
    let place = row.place.as_deref().map(str::parse).transpose().map_err(corrupt)?;
    Ok(Questions::of(offering, mode, place))
}

async fn offerings(db: &impl ConnectionTrait) -> Result<Vec<Offering>, DbErr> {
    let practice = store::practice::load(db).await?;
    let practice = practice.ok_or_else(|| corrupt("appointments without a practice"))?;
    store::offering::all(db, practice.currency).await
}

async fn offering(db: &impl ConnectionTrait, slug: &Slug) -> Result<Offering, DbErr> {
    let found = offerings(db).await?.into_iter().find(|o| o.slug == *slug);
    found.ok_or_else(|| corrupt("an appointment without its offering"))
}

/// What is agreed to: the last line of each consent, unless it takes it back.
async fn given(
    db: &impl ConnectionTrait,
    ids: Vec<AppointmentId>,
) -> Result<HashMap<AppointmentId, Vec<GivenConsent>>, DbErr> {
    let mut given: HashMap<AppointmentId, Vec<GivenConsent>> = HashMap::new();
    for row in intake_consent::of(db, ids).await? {
        let held = given.entry(row.appointment_id).or_default();
        held.retain(|g| g.key != row.consent_key);
        if row.given {
            held.push(GivenConsent {
                key: row.consent_key,
                version: store::count(row.version)?,
                wording: row.wording,
                at: row.at,
            });
        }
    }
    Ok(given)
}
