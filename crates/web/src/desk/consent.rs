//! A consent of an offering, as its form knows it.

use booking::practice::intake::Consent;
use booking::practice::{ConsentDraft, Fault, ListChange, Offering, OfferingChange, Part, Slug};

use super::asks::Asks;
use super::offerings::url;
use super::typed::Typed;
use super::{Room, asked, unfit};
use crate::view::desk::{ConsentPage, Tab};

impl Asks for Consent {
    type Draft = ConsentDraft;
    type Form = ConsentPage;

    fn all(offering: &Offering) -> &[Self] {
        &offering.consents
    }

    fn key(&self) -> &Slug {
        &self.key
    }

    fn blank() -> ConsentDraft {
        ConsentDraft::blank()
    }

    fn draft(&self) -> ConsentDraft {
        ConsentDraft::of(self)
    }

    fn typed(typed: &Typed) -> ConsentDraft {
        ConsentDraft {
            wording: typed.text("wording"),
            required: typed.is_set("required"),
            ask: typed.text("ask"),
            when: typed.text("when"),
        }
    }

    fn change(change: ListChange<ConsentDraft>) -> OfferingChange {
        OfferingChange::Consents(change)
    }

    fn form(
        room: &Room,
        offering: &Offering,
        kept: Option<&Self>,
        draft: &ConsentDraft,
        faults: &[Fault],
    ) -> ConsentPage {
        let back_url = url(offering.id);
        let url = kept.map_or_else(|| format!("{back_url}/consents"), |c| asked::consent(&back_url, c).url);
        ConsentPage {
            desk: room.at(Tab::Offerings),
            problems: faults.iter().map(unfit::problem).collect(),
            offering: offering.name.clone(),
            back_url,
            delete_url: kept.map(|_| format!("{url}/delete")),
            url,
            version: kept.map(|c| c.version),
            wording: asked::input(faults, Part::Wording, &draft.wording),
            required: draft.required,
            ask: asked::ask(faults, &draft.ask),
            when: asked::when(faults, &draft.when),
        }
    }
}
