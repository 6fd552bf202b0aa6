//! A question of an offering, as its form knows it.

use booking::practice::intake::Question;
use booking::practice::{Fault, ListChange, Offering, OfferingChange, Part, QuestionDraft, Slug};

use super::asks::Asks;
use super::offerings::url;
use super::typed::Typed;
use super::{Room, asked, unfit};
use crate::view::desk::{QuestionPage, Tab};

impl Asks for Question {
    type Draft = QuestionDraft;
    type Form = QuestionPage;

    fn all(offering: &Offering) -> &[Self] {
        &offering.questions
    }

    fn key(&self) -> &Slug {
        &self.key
    }

    fn blank() -> QuestionDraft {
        QuestionDraft::blank()
    }

    fn draft(&self) -> QuestionDraft {
        QuestionDraft::of(self)
    }

    fn typed(typed: &Typed) -> QuestionDraft {
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

    fn change(change: ListChange<QuestionDraft>) -> OfferingChange {
        OfferingChange::Questions(change)
    }

    fn form(
        room: &Room,
        offering: &Offering,
        kept: Option<&Self>,
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
}
