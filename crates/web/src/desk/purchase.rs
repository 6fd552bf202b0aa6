//! `/admin/purchases/{id}`: one package that was bought, its ledger and receipts, and credits given or taken.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use booking::money::{
    AdjustError, Adjustment, LONGEST_NOTE, LedgerEvent, LedgerLine, Owner, PurchaseState, PurchaseView,
};
use kernel::id::PurchaseId;
use serde::Deserialize;

use super::appointment::Paid;
use super::{Answer, Done, Room, purchases, receipts, show};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::{Adjust, Choice, LedgerRow, PayTyped, PurchaseDetail, PurchaseDone, Tab};

async fn find(app: &App, id: &str, now: kernel::instant::Instant) -> Result<PurchaseView, PageError> {
    let id: PurchaseId = id.parse().map_err(|_| PageError::NotFound)?;
    app.booking().purchase_by_id(id, now).await?.ok_or(PageError::NotFound)
}

/// The page.
pub async fn page(
    State(app): State<App>,
    Now(now): Now,
    _: SignedIn,
    Path(id): Path,
    Query(done): Query<Done>,
) -> Answer {
    let view = find(&app, &id, now).await?;
    let room = Room::enter(&app, now).await?;
    let mut page = shown(&app, &room, &view).await?;
    page.done = match done.done.as_str() {
        "adjusted" => Some(PurchaseDone::Adjusted),
        "receipt" => Some(PurchaseDone::Receipt),
        _ => None,
    };
    show(&app, &page)
}

async fn shown(app: &App, room: &Room, view: &PurchaseView) -> Result<PurchaseDetail, PageError> {
    let facts = &view.facts;
    let ledger = app.booking().ledger(facts.id).await?;
    let choice = |credits: &booking::money::Credits| {
        let label = format!("{}: {} left", credits.offering_name, credits.left);
        Choice::new(credits.offering.as_str(), label, false)
    };
    let mut offerings: Vec<Choice> = view.credits.iter().map(choice).collect();
    if let Some(first) = offerings.first_mut() {
        first.chosen = true;
    }
    Ok(PurchaseDetail {
        desk: room.at(Tab::Settings),
        done: None,
        row: purchases::row(app, room, view).await?,
        pay_typed: None,
        public_url: format!("/purchases/{}", view.token.reveal()),
        receipts: receipts::lines(app, room, Owner::Purchase(facts.id)).await?,
        ledger: ledger.iter().map(|line| ledger_row(room, line)).collect(),
        adjust: (view.state == PurchaseState::Active).then(|| Adjust {
            url: format!("/admin/purchases/{}/credits", facts.id),
            offerings,
            amount: "1".into(),
            note: String::new(),
            problem: None,
        }),
    })
}

fn ledger_row(room: &Room, line: &LedgerLine) -> LedgerRow {
    LedgerRow {
        when: room.moment(line.at),
        event: match line.event {
            LedgerEvent::Granted => "granted",
            LedgerEvent::Spent => "spent",
            LedgerEvent::Returned => "returned",
            LedgerEvent::Expired => "expired",
            LedgerEvent::Adjusted if line.amount > 0 => "given",
            LedgerEvent::Adjusted => "taken",
        },
        offering: line.offering.clone(),
        count: line.amount.unsigned_abs(),
        visit_url: line.appointment.map(|id| format!("/admin/appointments/{id}")),
        note: line.note.clone(),
    }
}

/// What she gives or takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    offering: String,
    way: String,
    amount: String,
    note: String,
}

/// Gives or takes credits.
pub async fn adjust(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(id): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let view = find(&app, &id, now).await?;
    let amount: i32 = typed.amount.trim().parse().ok().filter(|n| *n > 0).unwrap_or(0);
    let amount = match typed.way.as_str() {
        "give" => amount,
        "take" => -amount,
        _ => return Err(PageError::Unreadable),
    };
    let what = Adjustment {
        purchase: view.facts.id,
        offering: typed.offering.clone(),
        amount,
        note: typed.note.clone(),
    };
    let problem = match app.booking().adjust_credits(what, signed_in.0.login, now).await {
        Ok(()) => {
            let to = format!("/admin/purchases/{}?done=adjusted", view.facts.id);
            return Ok(Redirect::to(&to).into_response());
        }
        Err(AdjustError::NotFound) => return Err(PageError::NotFound),
        Err(error @ AdjustError::Database(_)) => return Err(error.into()),
        Err(AdjustError::Amount) => "Write a whole number from 1 to 20.".to_owned(),
        Err(AdjustError::Note) => format!("The note is too long: {LONGEST_NOTE} characters at most."),
        Err(AdjustError::NotSoMany { left: 0 }) => "None of these is left to take.".to_owned(),
        Err(AdjustError::NotSoMany { left }) => format!("Only {left} are left to take."),
        Err(AdjustError::OtherOffering) => "Choose one of its visits.".to_owned(),
        Err(AdjustError::Unpaid) => "It is not paid yet: nothing is granted before.".to_owned(),
        Err(AdjustError::Over) => "Its time is over.".to_owned(),
    };
    let room = Room::enter(&app, now).await?;
    let mut page = shown(&app, &room, &view).await?;
    if let Some(form) = &mut page.adjust {
        for choice in &mut form.offerings {
            choice.chosen = choice.value == typed.offering;
        }
        (form.amount, form.note, form.problem) = (typed.amount, typed.note, Some(problem));
    }
    refused(&app, &page)
}

/// The page of one whose mark could not be taken, with what was typed.
pub async fn mark_again(app: &App, now: kernel::instant::Instant, id: &str, typed: &Paid, problem: String) -> Answer {
    let view = find(app, id, now).await?;
    let room = Room::enter(app, now).await?;
    let mut page = shown(app, &room, &view).await?;
    page.pay_typed = Some(PayTyped {
        problem,
        ..typed.shown()
    });
    refused(app, &page)
}

fn refused(app: &App, page: &PurchaseDetail) -> Answer {
    let mut answer = show(app, page)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}
