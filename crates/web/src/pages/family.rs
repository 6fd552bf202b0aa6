//! The voluntary part of the booking form: babies and a second recipient; and that recipient on her appointment's page.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use booking::appointment::{Baby, NotABaby, NotAName, SecondError};
use jiff::civil::Date;
use kernel::email::{EmailAddress, NotAnEmail};
use serde::{Deserialize, Serialize};

use super::appointment::find;
use super::{Answer, show_privately};
use crate::error::PageError;
use crate::extract::{Form, Path};
use crate::guest::Guest;
use crate::shown;
use crate::state::App;
use crate::view::pages::{BabyFields, FamilyFields, Field, Problem};

/// What was typed of the family.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Typed {
    baby1: String,
    born1: String,
    baby2: String,
    born2: String,
    baby3: String,
    born3: String,
    second_recipient: String,
}

/// What it means, as far as it can be used.
pub struct Named {
    /// The babies.
    pub babies: Vec<Baby>,
    /// Who else gets the invitation.
    pub second: Option<EmailAddress>,
}

impl Typed {
    /// The fields with what was typed.
    pub fn fields(&self) -> FamilyFields {
        let field = |value: &str| Field {
            value: value.to_owned(),
            problem: None,
        };
        let pairs = self.pairs();
        let typed = pairs.iter().any(|(name, born)| !(name.is_empty() && born.is_empty()));
        FamilyFields {
            open: typed || !self.second_recipient.is_empty(),
            babies: (1..)
                .zip(pairs)
                .map(|(number, (name, born))| BabyFields {
                    number,
                    name: field(name),
                    born: field(born),
                })
                .collect(),
            second: field(&self.second_recipient),
        }
    }

    fn pairs(&self) -> [(&str, &str); 3] {
        [
            (&self.baby1, &self.born1),
            (&self.baby2, &self.born2),
            (&self.baby3, &self.born3),
        ]
    }

    /// Parses it; what is wrong stands at its field, and then there is no answer. `today` is the parent's date.
    pub fn checked(&self, fields: &mut FamilyFields, today: Date) -> Option<Named> {
        let mut babies = Vec::new();
        for ((name, born), field) in self.pairs().into_iter().zip(&mut fields.babies) {
            // Each by itself, so that both are looked at in one go.
            for (name, born) in [(name, ""), ("", born)] {
                match Baby::parse(name, born, today) {
                    Ok(_) => {}
                    Err(NotABaby::Name(why)) => field.name.problem = Some(of_name(why)),
                    Err(NotABaby::Date) => field.born.problem = Some(Problem::Unusable),
                    Err(NotABaby::TooFar) => field.born.problem = Some(Problem::TooLong),
                }
            }
            babies.extend(Baby::parse(name, born, today).ok().flatten());
        }
        let second = second(&self.second_recipient, &mut fields.second);
        if fields.has_problem() {
            fields.open = true;
            return None;
        }
        Some(Named { babies, second })
    }
}

fn of_name(why: NotAName) -> Problem {
    match why {
        NotAName::Length => Problem::TooLong,
        NotAName::Empty | NotAName::Control | NotAName::Link => Problem::Unusable,
    }
}

fn second(typed: &str, field: &mut Field) -> Option<EmailAddress> {
    if typed.trim().is_empty() {
        return None;
    }
    let address = EmailAddress::parse(typed);
    field.problem = address.as_ref().err().map(|why| match why {
        NotAnEmail::Length => Problem::TooLong,
        _ => Problem::Unusable,
    });
    address.ok()
}

/// Who shall get the invitation too.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    second_recipient: String,
    nobody: String,
}

/// `POST /appointments/{token}/second-recipient`: names another one, or nobody.
pub async fn send(State(app): State<App>, guest: Guest, Path(token): Path, Form(chosen): Form<Chosen>) -> Answer {
    let view = find(&app, &token).await?;
    let mut field = Field {
        value: chosen.second_recipient.clone(),
        problem: None,
    };
    let address = if chosen.nobody.is_empty() {
        second(&chosen.second_recipient, &mut field)
    } else {
        None
    };
    if field.problem.is_some() && chosen.nobody.is_empty() {
        let mut page = shown::appointment::page(&guest, &view);
        if let Some(second) = &mut page.second {
            second.field = field;
        }
        let mut answer = show_privately(&app, &page)?;
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(answer);
    }
    let changed = app
        .booking()
        .set_second_recipient(&view.token, address, guest.now)
        .await;
    match changed {
        // Over meanwhile: the page says what it is now.
        Ok(_) | Err(SecondError::NotActive(_)) => {
            let path = format!("/appointments/{}?saved=1", view.token.reveal());
            Ok(Redirect::to(&path).into_response())
        }
        Err(SecondError::NotFound) => Err(PageError::NotFound),
        Err(error) => Err(error.into()),
    }
}
