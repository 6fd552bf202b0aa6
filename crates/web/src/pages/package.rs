//! `/packages/{slug}`: buying a package; `/purchases/{token}`: one that was bought.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use booking::appointment::{IdempotencyKey, ParentName, PhoneNumber};
use booking::money::{self, BuyError, BuyPackage, Credits, Owner};
use booking::practice::{Offering, Package};
use kernel::email::EmailAddress;
use kernel::token::Token;
use serde::{Deserialize, Serialize};

use super::form::problem;
use super::{Answer, keep_private, pay, receipt, show, show_privately};
use crate::error::PageError;
use crate::extract::{Form, Path};
use crate::guest::Guest;
use crate::net::ClientNetwork;
use crate::shown::offers::{package_row, ways_alone};
use crate::state::App;
use crate::view::frame::Nav;
use crate::view::pages::{CreditRow, Field, PackagePage, PurchasePage, PurchaseState, paragraphs};

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    email: String,
    phone: String,
    key: String,
    website: String,
}

/// The package, and the form to buy it.
pub async fn page(State(app): State<App>, guest: Guest, Path(slug): Path) -> Answer {
    let package = sold(&app, &slug).await?;
    show(&app, &form(&app, &guest, &package, &Typed::default()).await?)
}

/// Buys it, or shows the form again.
pub async fn send(
    State(app): State<App>,
    guest: Guest,
    network: ClientNetwork,
    Path(slug): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let package = sold(&app, &slug).await?;
    if !typed.website.is_empty() {
        return Err(PageError::Unreadable);
    }
    let mut page = form(&app, &guest, &package, &typed).await?;
    let Some(wish) = checked(&mut page, &package, &typed) else {
        return answer(&app, StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    if !app.limits().booking(&network, guest.now) {
        page.too_many = true;
        return answer(&app, StatusCode::TOO_MANY_REQUESTS, &page);
    }
    match app.booking().buy(wish, guest.now).await {
        Ok(bargain) => {
            let mut answer = pay::lead_to_purchase(&app, &bargain.purchase, guest.now)
                .await?
                .into_response();
            keep_private(&mut answer);
            Ok(answer)
        }
        // The form of another purchase, sent again with other words: a fresh key stands in it now.
        Err(BuyError::IdempotencyMismatch) => answer(&app, StatusCode::CONFLICT, &page),
        Err(BuyError::UnknownPackage) => Err(PageError::NotFound),
        Err(other) => Err(other.into()),
    }
}

/// How to pay, and then what is left of it.
pub async fn bought(State(app): State<App>, guest: Guest, Path(token): Path, Query(back): Query<pay::Back>) -> Answer {
    let token = Token::presented(&token);
    let view = app.booking().purchase(&token, guest.now).await?;
    let view = view.ok_or(PageError::NotFound)?;
    let of = Owner::Purchase(view.facts.id);
    let view = if back.says_paid() && view.state == money::PurchaseState::AwaitingPayment {
        pay::look(&app, of, guest.now).await;
        app.booking()
            .purchase(&token, guest.now)
            .await?
            .ok_or(PageError::NotFound)?
    } else {
        view
    };
    let online = match view.state {
        money::PurchaseState::AwaitingPayment => {
            pay::panel(
                &app,
                of,
                format!("/purchases/{}/pay", token.reveal()),
                (&back, guest.now),
            )
            .await?
        }
        _ => None,
    };
    let (state, how) = match view.state {
        money::PurchaseState::AwaitingPayment => {
            let how = if online.is_some() {
                ""
            } else {
                guest.practice.how_to_pay.as_str()
            };
            (PurchaseState::AwaitingPayment, paragraphs(how))
        }
        money::PurchaseState::Active => (PurchaseState::Active, Vec::new()),
        money::PurchaseState::Expired => (PurchaseState::Expired, Vec::new()),
        money::PurchaseState::Refunded => (PurchaseState::Refunded, Vec::new()),
    };
    let offerings = app.booking().offerings().await?;
    let mut page = PurchasePage {
        frame: guest.frame(Nav::Elsewhere),
        package: view.facts.package_name.clone(),
        price: guest.locale.price(view.facts.price),
        how,
        online,
        until: view
            .expires_at
            .map(|at| guest.locale.date_with_year(guest.practice.zone.date(at))),
        valid_months: view.facts.valid_months,
        credits: view
            .credits
            .iter()
            .map(|c| row(c, state, &view.token, &offerings))
            .collect(),
        state,
        receipts: receipt::links(&app, &view.token, &format!("/purchases/{}", view.token.reveal())).await?,
    };
    if let Some(first) = page.credits.iter_mut().find(|row| row.url.is_some()) {
        first.first = true;
    }
    show_privately(&app, &page)
}

fn row(credits: &Credits, state: PurchaseState, token: &Token, offerings: &[Offering]) -> CreditRow {
    let offering = offerings.iter().find(|o| o.slug == credits.offering);
    let ways = ways_alone(&credits.ways, offering);
    let book = |way: &str| format!("/book/{}?{way}client={}", credits.offering, token.reveal());
    let usable = state == PurchaseState::Active && credits.left > 0;
    CreditRow {
        name: credits.offering_name.clone(),
        left: (0..credits.left).collect(),
        used: (credits.left..credits.bought).collect(),
        count: credits.left,
        of: credits.bought,
        first: false,
        // Where only one way is paid, its times are shown at once.
        url: usable.then(|| match ways.as_slice() {
            [] => book(""),
            ["office", ..] => book("mode=in_person&"),
            ["home", ..] => book("mode=in_person&place=home&"),
            _ => book("mode=telehealth&"),
        }),
        ways,
        trip_included: credits.trip_fee_included,
    }
}

async fn sold(app: &App, slug: &str) -> Result<Package, PageError> {
    let packages = app.booking().packages().await?;
    packages
        .into_iter()
        .find(|p| p.slug.as_str() == slug)
        .ok_or(PageError::NotFound)
}

/// The page with what was typed, nothing said about it yet, and a fresh key.
async fn form(app: &App, guest: &Guest, package: &Package, typed: &Typed) -> Result<PackagePage, PageError> {
    let offerings = app.booking().offerings().await?;
    let field = |value: &str| Field {
        value: value.to_owned(),
        problem: None,
    };
    Ok(PackagePage {
        frame: guest.frame(Nav::Services),
        package: package_row(guest, package, &offerings),
        description: paragraphs(&package.description),
        free_until_hours: guest.practice.policy.free_until_hours,
        pay_online: app.booking().pays_online(),
        key: Token::random(app.chance()).reveal().to_owned(),
        name: field(&typed.name),
        email: field(&typed.email),
        phone: field(&typed.phone),
        too_many: false,
    })
}

/// What was typed as a purchase; otherwise what is wrong stands at its field.
fn checked(page: &mut PackagePage, package: &Package, typed: &Typed) -> Option<BuyPackage> {
    let name = ParentName::parse(&typed.name);
    page.name.problem = name.as_ref().err().map(|_| problem(&typed.name, 200));
    let email = EmailAddress::parse(&typed.email);
    page.email.problem = email.as_ref().err().map(|_| problem(&typed.email, 254));
    let phone = Some(typed.phone.as_str()).filter(|p| !p.trim().is_empty());
    let phone = phone.map(PhoneNumber::parse).transpose();
    page.phone.problem = phone.as_ref().err().map(|_| problem(&typed.phone, 40));
    let body = Typed {
        key: package.slug.to_string(),
        ..typed.clone()
    };
    let key = (!typed.key.is_empty()).then(|| IdempotencyKey::new("form-packages", &typed.key, &body));
    Some(BuyPackage {
        package: package.slug.to_string(),
        name: name.ok()?,
        email: email.ok()?,
        phone: phone.ok()?,
        key,
    })
}

fn answer(app: &App, status: StatusCode, page: &PackagePage) -> Answer {
    let mut answer: Response = show_privately(app, page)?;
    *answer.status_mut() = status;
    Ok(answer)
}
