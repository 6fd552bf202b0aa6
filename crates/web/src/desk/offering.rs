//! `/admin/offerings/new` and `/admin/offerings/{id}`: the form of one offering.

use access::audit::Action;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use booking::practice::{
    Audience, Channel, EditError, Fault, Offering, OfferingChange, OfferingDraft, Part, PlaceKind, Terms, Unit,
};

use super::offerings::{id, note_change, refused, url};
use super::typed::Typed;
use super::{Answer, Done, Room, asked, show, unfit};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::{Choice, Choices, Input, KeptOffering, OfferingForm, OfferingNotice, OfferingPage, Tab};
use crate::view::format;

/// Reminders that are offered to be ticked, in minutes before the start; her own others stand among them.
const REMINDERS: [u32; 4] = [2 * 1440, 1440, 120, 60];

/// The form of a new one.
pub async fn new(State(app): State<App>, Now(now): Now, _: SignedIn) -> Answer {
    let room = Room::enter(&app, now).await?;
    let id = app.booking().new_offering_id(now).to_string();
    show(&app, &blank(&room, id, &OfferingDraft::blank(), &[]))
}

/// Puts a new one on the pages.
pub async fn make(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Form(typed): Form<Typed>) -> Answer {
    let id = typed
        .text("id")
        .parse()
        .unwrap_or_else(|_| app.booking().new_offering_id(now));
    let draft = draft(&typed);
    match app.booking().make_offering(id, draft.clone()).await {
        Ok(made) => {
            note_change(&app, &signed_in, Action::OfferingMade, &made, now).await?;
            Ok(Redirect::to(&format!("{}?done=made", url(id))).into_response())
        }
        Err(EditError::Unfit(faults)) => {
            let room = Room::enter(&app, now).await?;
            again(&app, &blank(&room, id.to_string(), &draft, &faults))
        }
        Err(error) => Err(refused(error)),
    }
}

/// The form of one that is kept.
pub async fn page(
    State(app): State<App>,
    Now(now): Now,
    _: SignedIn,
    Path(path): Path,
    Query(done): Query<Done>,
) -> Answer {
    let offering = find(&app, &path).await?;
    let room = Room::enter(&app, now).await?;
    let mut page = kept(&app, &room, &offering, &OfferingDraft::of(&offering), &[]).await?;
    page.notice = match done.done.as_str() {
        "made" => Some(OfferingNotice::Made),
        "saved" => Some(OfferingNotice::Saved),
        "same" => Some(OfferingNotice::Same),
        _ => None,
    };
    show(&app, &page)
}

/// Saves what was typed.
pub async fn save(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(path): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let (id, draft) = (id(&path)?, draft(&typed));
    let change = OfferingChange::Edit(Box::new(draft.clone()));
    match app.booking().change_offering(id, change, now).await {
        Ok(edited) => {
            note_change(&app, &signed_in, Action::OfferingChanged, &edited, now).await?;
            let done = if edited.changed { "saved" } else { "same" };
            Ok(Redirect::to(&format!("{}?done={done}", url(id))).into_response())
        }
        Err(EditError::Unfit(faults)) => {
            let offering = find(&app, &path).await?;
            let room = Room::enter(&app, now).await?;
            again(&app, &kept(&app, &room, &offering, &draft, &faults).await?)
        }
        Err(error) => Err(refused(error)),
    }
}

/// The offering of a path, archived or not.
pub async fn find(app: &App, path: &str) -> Result<Offering, PageError> {
    app.booking()
        .offering_by_id(id(path)?)
        .await?
        .ok_or(PageError::NotFound)
}

/// A form again, with what is wrong in it.
pub fn again<P: crate::view::Page>(app: &App, page: &P) -> Answer {
    let mut answer = show(app, page)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

fn draft(typed: &Typed) -> OfferingDraft {
    OfferingDraft {
        name: typed.text("name"),
        summary: typed.text("summary"),
        description: typed.text("description"),
        price: typed.text("price"),
        terms: typed.text("terms"),
        minutes: typed.text("minutes"),
        step_minutes: typed.text("step"),
        buffer_before_minutes: typed.text("before"),
        buffer_after_minutes: typed.text("after"),
        notice: typed.text("notice"),
        notice_unit: typed.text("notice_unit"),
        horizon_days: typed.text("horizon"),
        daily_cap: typed.text("cap"),
        channels: typed.all("channel"),
        places: typed.all("place"),
        audience: typed.text("audience"),
        once_per_family: typed.is_set("once"),
        reminder_minutes: typed.all("remind"),
    }
}

fn blank(room: &Room, new_id: String, draft: &OfferingDraft, faults: &[Fault]) -> OfferingPage {
    OfferingPage {
        desk: room.at(Tab::Offerings),
        notice: None,
        problems: faults.iter().map(unfit::problem).collect(),
        title: None,
        url: "/admin/offerings/new".into(),
        new_id: Some(new_id),
        form: form(room, draft, faults),
        kept: None,
    }
}

async fn kept(
    app: &App,
    room: &Room,
    offering: &Offering,
    draft: &OfferingDraft,
    faults: &[Fault],
) -> Result<OfferingPage, PageError> {
    let url = url(offering.id);
    Ok(OfferingPage {
        title: Some(offering.name.clone()),
        url: url.clone(),
        new_id: None,
        kept: Some(KeptOffering {
            public_url: (!offering.archived).then(|| format!("/book/{}", offering.slug)),
            questions: offering.questions.iter().map(|q| asked::question(&url, q)).collect(),
            consents: offering.consents.iter().map(|c| asked::consent(&url, c)).collect(),
            url,
            coming: app.booking().coming_of(offering.id, room.now).await?,
            archived: offering.archived,
        }),
        ..blank(room, String::new(), draft, faults)
    })
}

fn form(room: &Room, draft: &OfferingDraft, faults: &[Fault]) -> OfferingForm {
    let input = |part: Part, value: &String| Input {
        value: value.clone(),
        problem: unfit::of(faults, part),
    };
    let choices = |part: Part, all: Vec<Choice>| Choices {
        all,
        problem: unfit::of(faults, part),
    };
    OfferingForm {
        name: input(Part::Name, &draft.name),
        summary: input(Part::Summary, &draft.summary),
        description: input(Part::Description, &draft.description),
        price: input(Part::Price, &draft.price),
        currency: room.practice.currency.code().to_owned(),
        terms: choices(Part::Terms, terms(&draft.terms)),
        minutes: input(Part::Minutes, &draft.minutes),
        step: input(Part::Step, &draft.step_minutes),
        before: input(Part::BufferBefore, &draft.buffer_before_minutes),
        after: input(Part::BufferAfter, &draft.buffer_after_minutes),
        notice: input(Part::Notice, &draft.notice),
        notice_unit: [Unit::Minutes, Unit::Hours, Unit::Days]
            .map(|unit| Choice::new(unit.as_str(), unit.as_str(), draft.notice_unit == unit.as_str()))
            .into(),
        horizon: input(Part::Horizon, &draft.horizon_days),
        cap: input(Part::Cap, &draft.daily_cap),
        channels: channels(&draft.channels),
        places: places(room, &draft.places),
        ways_problem: unfit::of(faults, Part::Ways),
        audience: choices(Part::Audience, audience(&draft.audience)),
        once: draft.once_per_family,
        reminders: choices(Part::Reminders, reminders(&draft.reminder_minutes)),
    }
}

fn terms(chosen: &str) -> Vec<Choice> {
    let choice = |terms: Terms, label: &str, hint: &str| {
        Choice::new(terms.as_str(), label, chosen == terms.as_str()).hinted(hint)
    };
    vec![
        choice(
            Terms::Before,
            "Before the visit",
            "The time is kept for a while and confirmed when it is paid.",
        ),
        choice(
            Terms::AtVisit,
            "At the visit",
            "Confirmed at once, and shown to you as owed.",
        ),
        choice(
            Terms::ThirdParty,
            "By somebody else, such as an insurance",
            "It waits until you mark it as paid.",
        ),
    ]
}

fn channels(chosen: &[String]) -> Vec<Choice> {
    let choice = |channel: Channel, label: &str| {
        let chosen = chosen.iter().any(|c| c == channel.as_str());
        Choice::new(channel.as_str(), label, chosen)
    };
    vec![
        choice(Channel::Video, "By video"),
        choice(Channel::Phone, "By phone").hinted("You call the number that she gives."),
    ]
}

fn places(room: &Room, chosen: &[String]) -> Vec<Choice> {
    let choice = |place: PlaceKind, label: &str, hint: String| {
        let chosen = chosen.iter().any(|p| p == place.as_str());
        Choice::new(place.as_str(), label, chosen).hinted(hint)
    };
    let office = room
        .practice
        .office
        .as_ref()
        .map(booking::practice::Office::in_one_line);
    let office = office.filter(|line| !line.is_empty());
    let office = office.unwrap_or_else(|| "Your practice has no office address yet.".into());
    let home = if room.practice.home_zones.is_empty() {
        "Your practice has no area for home visits yet: every postcode would be refused."
    } else {
        "Inside your area; the way there is kept free by itself."
    };
    vec![
        choice(PlaceKind::Office, "At your office", office),
        choice(PlaceKind::Home, "At the family’s home", home.into()),
    ]
}

fn audience(chosen: &str) -> Vec<Choice> {
    let choice = |audience: Audience, label: &str, hint: &str| {
        Choice::new(audience.as_str(), label, chosen == audience.as_str()).hinted(hint)
    };
    vec![
        choice(Audience::Everyone, "Everyone", "Anybody who opens your page."),
        choice(
            Audience::Clients,
            "Clients only",
            "Families who have been with you, or whom you sent a link.",
        ),
    ]
}

fn reminders(chosen: &[String]) -> Vec<Choice> {
    let own = chosen.iter().filter_map(|n| n.parse::<u32>().ok());
    let mut all: Vec<u32> = REMINDERS.into_iter().chain(own).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    let choice = |minutes: u32| {
        let value = minutes.to_string();
        let chosen = chosen.contains(&value);
        Choice::new(value, format!("{} before", length(minutes)), chosen)
    };
    all.into_iter().map(choice).collect()
}

/// "1 day", "2 hours", "90 minutes".
fn length(minutes: u32) -> String {
    let plural = |n: u32, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match minutes {
        n if n >= 1440 && n.is_multiple_of(1440) => plural(n / 1440, "day"),
        n if n >= 60 && n.is_multiple_of(60) => plural(n / 60, "hour"),
        n => format::minutes(i64::from(n)),
    }
}
