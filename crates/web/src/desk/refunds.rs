//! Money that goes back, waiving what is owed, and money that came in and fits nothing: one tap each.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use booking::money::{Owner, RefundError, RefundState, RefundView, Trouble, TroubleKind, WaiveError};
use booking::practice::typed_sum;
use kernel::id::{PurchaseId, RefundId, TroubleId};
use kernel::money::Money;
use serde::Deserialize;

use super::appointment::{back, find, shown};
use super::{Answer, Room, show};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk as view;
use crate::view::desk::{Need, RefundForm, RefundRow};

/// So many of each kind are told at once.
const AT_ONCE: usize = 10;

/// What goes back of it, row by row.
pub async fn rows(app: &App, room: &Room, of: Owner) -> Result<Vec<RefundRow>, PageError> {
    let all = app.booking().refunds_of(of).await?;
    Ok(all.iter().map(|refund| row(room, refund)).collect())
}

fn row(room: &Room, refund: &RefundView) -> RefundRow {
    let to = |end: &str| format!("/admin/refunds/{}/{end}", refund.id);
    let hers = matches!(refund.state, RefundState::ByHand | RefundState::Failed);
    RefundRow {
        amount: room.locale.price(refund.amount),
        state: match refund.state {
            RefundState::Due | RefundState::Asked => view::RefundState::OnItsWay,
            RefundState::ByHand => view::RefundState::ByHand,
            RefundState::Done => view::RefundState::Done,
            RefundState::Failed => view::RefundState::Failed,
        },
        since: room.moment(refund.since),
        given_url: hers.then(|| to("given")),
        again_url: (refund.state == RefundState::Failed).then(|| to("again")),
        failure: refund.failure.clone(),
    }
}

/// The form to give back what is left; none when nothing is.
pub fn form(room: &Room, of: Owner, left: Money) -> Option<RefundForm> {
    (!left.is_zero()).then(|| RefundForm {
        id: match of {
            Owner::Appointment(id) => format!("refund-{id}"),
            Owner::Purchase(id) => format!("refund-{id}"),
        },
        url: match of {
            Owner::Appointment(id) => format!("/admin/appointments/{id}/refund"),
            Owner::Purchase(id) => format!("/admin/purchases/{id}/refund"),
        },
        left: room.locale.price(left),
        amount: String::new(),
        problem: None,
    })
}

/// What waits for her of money: what she has to give back, what did not go back, what fits nothing.
pub async fn needs(app: &App, room: &Room) -> Result<Vec<Need>, PageError> {
    let mut needs = Vec::new();
    let open = app.booking().open_refunds().await?;
    let hers = open
        .iter()
        .filter(|r| matches!(r.state, RefundState::ByHand | RefundState::Failed));
    for refund in hers.take(AT_ONCE) {
        needs.push(Need::GiveBack {
            name: refund.name.clone(),
            url: url_of(refund.of),
            refund: row(room, refund),
        });
    }
    for trouble in app.booking().payment_troubles().await?.into_iter().take(AT_ONCE) {
        needs.push(odd(room, &trouble));
    }
    Ok(needs)
}

fn url_of(of: Owner) -> String {
    match of {
        Owner::Appointment(id) => format!("/admin/appointments/{id}"),
        Owner::Purchase(_) => "/admin/purchases".to_owned(),
    }
}

fn odd(room: &Room, trouble: &Trouble) -> Need {
    Need::OddPayment {
        url: trouble.of.map(url_of),
        what: match trouble.what {
            TroubleKind::Amount => "another amount than was asked for",
            TroubleKind::Currency => "another currency than was asked for",
            TroubleKind::Session => "it belongs to something else",
            TroubleKind::Unknown => "nothing here waits for it",
        },
        amount: trouble.amount.map(|amount| room.locale.price(amount)),
        session: trouble.session.clone(),
        when: room.moment(trouble.at),
        seen_url: format!("/admin/payments/{}/seen", trouble.id),
    }
}

/// What she types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    amount: String,
    end: Option<String>,
}

/// `POST /admin/appointments/{id}/refund`
pub async fn appointment(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(id): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let found = find(&app, &id).await?;
    let of = Owner::Appointment(found.facts.id);
    let left = found.facts.received();
    let problem = match give_back(&app, of, left, &typed, (signed_in.0.login, now)).await? {
        Ok(()) => return Ok(back(&found, "refund")),
        Err(problem) => problem,
    };
    let room = Room::enter(&app, now).await?;
    let mut page = shown(&app, &room, &found).await?;
    let problem = words(&room, &problem);
    match &mut page.refund {
        Some(form) => (form.amount, form.problem) = (typed.amount, Some(problem)),
        None => return Ok(back(&found, "over")),
    }
    let mut answer = show(&app, &page)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// `POST /admin/purchases/{id}/refund`
pub async fn purchase(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(id): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let id: PurchaseId = id.parse().map_err(|_| PageError::NotFound)?;
    let room = Room::enter(&app, now).await?;
    let left = Money::zero(room.practice.currency);
    let done = match give_back(&app, Owner::Purchase(id), left, &typed, (signed_in.0.login, now)).await? {
        Ok(()) => "refund",
        Err(_) => "not-that-much",
    };
    Ok(Redirect::to(&format!("/admin/purchases?done={done}")).into_response())
}

/// Why nothing goes back.
enum Wrong {
    Text(booking::practice::Unfit),
    TooMuch(Money),
}

fn words(room: &Room, wrong: &Wrong) -> String {
    match wrong {
        Wrong::Text(why) => format!("This is no amount: {why}."),
        Wrong::TooMuch(left) => format!("At most {} can go back.", room.locale.price(*left)),
    }
}

async fn give_back(
    app: &App,
    of: Owner,
    left: Money,
    typed: &Typed,
    (login, now): (kernel::id::LoginId, kernel::instant::Instant),
) -> Result<Result<(), Wrong>, PageError> {
    let amount = match typed.amount.trim() {
        "" => None,
        text => match typed_sum(text, left.currency) {
            Ok(amount) => Some(amount.minor),
            Err(why) => return Ok(Err(Wrong::Text(why))),
        },
    };
    match app.booking().refund(of, amount, typed.end.is_some(), login, now).await {
        Ok(_) => Ok(Ok(())),
        Err(RefundError::NotThatMuch { left }) => Ok(Err(Wrong::TooMuch(left))),
        Err(RefundError::NotFound) => Err(PageError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/appointments/{id}/waive`
pub async fn waive(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(id): Path) -> Answer {
    let found = find(&app, &id).await?;
    let done = match app.booking().waive(found.facts.id, signed_in.0.login, now).await {
        Ok(_) => "waived",
        Err(WaiveError::NothingOwed) => "over",
        Err(WaiveError::NotFound) => return Err(PageError::NotFound),
        Err(error) => return Err(error.into()),
    };
    Ok(back(&found, done))
}

/// `POST /admin/refunds/{id}/given`: she has given it back herself.
pub async fn given(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(id): Path) -> Answer {
    let id: RefundId = id.parse().map_err(|_| PageError::NotFound)?;
    to_today(app.booking().refund_given(id, signed_in.0.login, now).await)
}

/// `POST /admin/refunds/{id}/again`: the service is asked once more.
pub async fn again(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(id): Path) -> Answer {
    let id: RefundId = id.parse().map_err(|_| PageError::NotFound)?;
    to_today(app.booking().refund_again(id, signed_in.0.login, now).await)
}

/// A second tap finds nothing to do.
fn to_today(done: Result<(), RefundError>) -> Answer {
    match done {
        Ok(()) | Err(RefundError::NotNow(_)) => Ok(Redirect::to("/admin#needs").into_response()),
        Err(RefundError::NotFound) => Err(PageError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/payments/{id}/seen`: she knows of money that fits nothing.
pub async fn seen(State(app): State<App>, Now(now): Now, _: SignedIn, Path(id): Path) -> Answer {
    let id: TroubleId = id.parse().map_err(|_| PageError::NotFound)?;
    app.booking().payment_trouble_seen(id, now).await?;
    Ok(Redirect::to("/admin#needs").into_response())
}
