//! What a parent may say of her family when she books, and the second recipient on her appointment's page.

use serde::Serialize;

use super::form::Field;

/// How many babies the form has room for: twins and one more.
pub const BABIES_ON_FORM: usize = 3;

/// The voluntary part of the booking form.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FamilyFields {
    /// Whether it stands open: something was typed in it.
    pub open: bool,
    /// As many as the form has room for.
    pub babies: Vec<BabyFields>,
    /// The second recipient.
    pub second: Field,
}

/// One baby.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BabyFields {
    /// 1, 2, 3: the fields are called `baby1`, `born1` and so on.
    pub number: usize,
    /// Her name.
    pub name: Field,
    /// Her date of birth or due date, as a date field sends it.
    pub born: Field,
}

impl FamilyFields {
    /// Nothing typed yet.
    pub fn blank() -> Self {
        Self {
            babies: (1..=BABIES_ON_FORM)
                .map(|number| BabyFields {
                    number,
                    ..BabyFields::default()
                })
                .collect(),
            ..Self::default()
        }
    }

    /// Whether anything in it is to be looked at.
    pub fn has_problem(&self) -> bool {
        let babies = self.babies.iter();
        self.second.problem.is_some()
            || babies
                .clone()
                .any(|b| b.name.problem.is_some() || b.born.problem.is_some())
    }
}

/// The second recipient, on the page of a coming appointment.
#[derive(Debug, Clone, Serialize)]
pub struct SecondRecipient {
    /// Where it posts to: `second_recipient`, empty for nobody.
    pub action: String,
    /// Who it is now, or what was typed.
    pub field: Field,
    /// Whether somebody is named now.
    pub named: bool,
}
