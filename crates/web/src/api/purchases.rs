//! Buying a package, and what is left of it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use booking::appointment::{IdempotencyKey, ParentName, PhoneNumber};
use booking::money::{BuyError, BuyPackage, Owner, PurchaseState, PurchaseView};
use kernel::email::EmailAddress;
use kernel::instant::Instant;
use kernel::token::Token;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Answer;
use super::appointments::{checkout_url, idempotency_key, idempotency_mismatch, keep};
use crate::error::{FieldProblem, Problem};
use crate::extract::{Body, Now, Path};
use crate::net::ClientNetwork;
use crate::state::App;

/// A purchase as it is asked for.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = Buying)]
pub struct Asked {
    package: String,
    name: String,
    email: String,
    phone: Option<String>,
}

/// A purchase that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bought {
    token: String,
    state: &'static str,
    /// The page on which it is paid, while it waits to be paid there.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_url: Option<String>,
}

/// What is left of a purchase.
#[derive(Debug, Serialize, ToSchema)]
pub struct Purchase {
    state: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Instant>,
    credits: Vec<Credits>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Credits {
    offering: String,
    granted: u32,
    left: u32,
}

impl From<PurchaseView> for Purchase {
    fn from(view: PurchaseView) -> Self {
        let credits = view.credits.into_iter().map(|c| Credits {
            offering: c.offering.to_string(),
            granted: c.granted,
            left: c.left,
        });
        Self {
            state: view.state.name(),
            expires_at: view.expires_at,
            credits: credits.collect(),
        }
    }
}

/// `POST /purchases`
pub async fn buy(
    State(app): State<App>,
    Now(now): Now,
    network: ClientNetwork,
    headers: HeaderMap,
    Body(asked): Body<Asked>,
) -> Answer<(StatusCode, Json<Bought>)> {
    let key = idempotency_key("api-purchases", &headers, &asked)?;
    let wish = checked(asked, key)?;
    if !app.limits().booking(&network, now) {
        return Err(Problem::too_many());
    }
    let bargain = app.booking().buy(wish, now).await.map_err(refused)?;
    let checkout_url = match bargain.purchase.state {
        PurchaseState::AwaitingPayment => {
            let of = Owner::Purchase(bargain.purchase.facts.id);
            checkout_url(app.booking().begin_payment(of, now).await?)
        }
        _ => None,
    };
    let bought = Bought {
        checkout_url,
        token: bargain.purchase.token.reveal().to_owned(),
        state: bargain.purchase.state.name(),
    };
    Ok((StatusCode::CREATED, Json(bought)))
}

fn checked(asked: Asked, key: Option<IdempotencyKey>) -> Answer<BuyPackage> {
    let mut wrong = Vec::new();
    let name = keep(&mut wrong, "name", ParentName::parse(&asked.name));
    let email = keep(&mut wrong, "email", EmailAddress::parse(&asked.email));
    let phone = asked.phone.as_deref().filter(|p| !p.trim().is_empty());
    let phone = phone.map(|p| keep(&mut wrong, "phone", PhoneNumber::parse(p)));
    let (Some(name), Some(email), true) = (name, email, wrong.is_empty()) else {
        return Err(Problem::invalid(&wrong));
    };
    Ok(BuyPackage {
        package: asked.package,
        name,
        email,
        phone: phone.flatten(),
        key,
    })
}

fn refused(error: BuyError) -> Problem {
    match error {
        BuyError::UnknownPackage => Problem::invalid(&[FieldProblem {
            field: "package".into(),
            message: "no such package is sold".into(),
        }]),
        BuyError::IdempotencyMismatch => idempotency_mismatch(),
        other => other.into(),
    }
}

/// `GET /purchases/{token}`
pub async fn one(State(app): State<App>, Now(now): Now, Path(token): Path) -> Answer<Json<Purchase>> {
    let view = app.booking().purchase(&Token::presented(&token), now).await?;
    Ok(Json(view.ok_or_else(Problem::not_found)?.into()))
}
