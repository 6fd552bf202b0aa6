//! `/admin/purchases`: packages that were bought, and her mark that one is paid.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect};
use booking::money::{Owner, PayPurchaseError, PurchaseState, PurchaseView};
use kernel::id::PurchaseId;
use kernel::instant::Instant;
use kernel::money::Money;
use serde::Deserialize;

use super::appointment::Paid;
use super::story::paid_how;
use super::{Answer, Room, refunds, show};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::state::App;
use crate::view::desk::{CreditLine, PurchaseNotice, PurchaseRow, Purchases, Tab};

/// How many stand on a page.
const A_PAGE: u64 = 30;

/// What stands behind the question mark.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    done: String,
    before: String,
}

/// The page.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(asked): Query<Asked>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let found = app.booking().purchases(before(&asked.before), A_PAGE, now).await?;
    let full = u64::try_from(found.len()).is_ok_and(|count| count == A_PAGE);
    let last = found.last().filter(|_| full);
    let page = Purchases {
        desk: room.at(Tab::Appointments),
        notice: match asked.done.as_str() {
            "paid" => Some(PurchaseNotice::Paid),
            "refund" => Some(PurchaseNotice::Refunded),
            "not-that-much" => Some(PurchaseNotice::NotThatMuch),
            "paid-already" => Some(PurchaseNotice::PaidAlready),
            _ => None,
        },
        earlier_url: last.map(|view| {
            let key = format!("{}.{}", view.facts.created_at.micros(), view.facts.id);
            format!("/admin/purchases?before={key}")
        }),
        rows: {
            let mut rows = Vec::with_capacity(found.len());
            for view in &found {
                rows.push(row(&app, &room, view).await?);
            }
            rows
        },
    };
    show(&app, &page)
}

/// The key of the last one of the page before: its instant and its id. What is none begins at the latest.
fn before(text: &str) -> Option<(Instant, PurchaseId)> {
    let (at, id) = text.split_once('.')?;
    Some((Instant::from_micros(at.parse().ok()?), id.parse().ok()?))
}

pub(super) async fn row(app: &App, room: &Room, view: &PurchaseView) -> Result<PurchaseRow, PageError> {
    let facts = &view.facts;
    let paid = view.paid_by.zip(facts.paid_at);
    let credits = view.credits.iter().map(|credits| CreditLine {
        name: credits.offering_name.clone(),
        left: credits.left,
        of: credits.bought,
    });
    let paid_minor = facts.paid_at.map_or(0, |_| facts.price.minor - facts.refunded_minor);
    let left = Money::new(paid_minor, facts.price.currency);
    Ok(PurchaseRow {
        refund: refunds::form(room, Owner::Purchase(facts.id), left),
        refunds: refunds::rows(app, room, Owner::Purchase(facts.id)).await?,
        refunded: view.state == PurchaseState::Refunded,
        url: format!("/admin/purchases/{}", facts.id),
        name: facts.buyer_name.clone(),
        email: facts.buyer_email.as_str().to_owned(),
        package: facts.package_name.clone(),
        price: room.locale.price(facts.price),
        bought: room.moment(facts.created_at),
        pay_url: paid.is_none().then(|| format!("/admin/purchases/{}/paid", facts.id)),
        paid: paid.map(|(by, at)| paid_how(room, by, at).trim_end_matches('.').to_owned()),
        until: view
            .expires_at
            .map(|at| room.locale.date_with_year(room.practice.zone.date(at))),
        over: view.state == PurchaseState::Expired,
        credits: credits.collect(),
    })
}

/// Marks it as paid, which grants its credits and sends the link.
pub async fn paid(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(id): Path,
    Form(paid): Form<Paid>,
) -> Answer {
    let practice = app.booking().practice().await?;
    let mark = match paid.mark(&practice.zone, now) {
        Ok(mark) => mark,
        Err(problem) => return super::purchase::mark_again(&app, now, &id, &paid, problem?).await,
    };
    let id: PurchaseId = id.parse().map_err(|_| PageError::NotFound)?;
    let done = match app.booking().mark_purchase_paid(id, mark, signed_in.0.login, now).await {
        Ok(_) => "paid",
        Err(PayPurchaseError::AlreadyPaid) => "paid-already",
        Err(PayPurchaseError::NotFound) => return Err(PageError::NotFound),
        Err(error @ PayPurchaseError::Database(_)) => return Err(error.into()),
    };
    Ok(Redirect::to(&format!("/admin/purchases?done={done}")).into_response())
}
