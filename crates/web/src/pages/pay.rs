//! The way to the page on which something is paid, and back from it.
//!
//! Who comes back is not believed: the service is asked. It is the one GET that may lead to a change: what is learnt there.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use booking::appointment::{AppointmentView, State as Lifecycle};
use booking::money::{Begun, Owner, PurchaseState, PurchaseView};
use kernel::instant::Instant;
use kernel::token::Token;
use serde::Deserialize;

use super::appointment::find;
use super::{Answer, keep_private};
use crate::error::PageError;
use crate::extract::{Now, Path};
use crate::net::ClientNetwork;
use crate::state::App;
use crate::stripe::StripeSettings;
use crate::view::pages::{PayOnline, PayState};

/// How long a parent who comes back waits for the service's answer; it is looked for on after that.
const PATIENCE: Duration = Duration::from_secs(4);

/// From where she comes: from the service's page, or from a try to get there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Back {
    paid: Option<String>,
}

impl Back {
    /// She says that she has paid.
    pub fn says_paid(&self) -> bool {
        self.paid.as_deref() == Some("yes")
    }
}

/// Where the browser goes once a visit is booked: to the page on which it is paid, or to its own.
pub async fn lead_to(app: &App, view: &AppointmentView, now: Instant) -> Result<Redirect, PageError> {
    let own = format!("/appointments/{}", view.token.reveal());
    match view.facts.state {
        Lifecycle::AwaitingPayment { .. } => lead(app, Owner::Appointment(view.facts.id), own, now).await,
        _ => Ok(Redirect::to(&own)),
    }
}

/// The same for a package.
pub async fn lead_to_purchase(app: &App, view: &PurchaseView, now: Instant) -> Result<Redirect, PageError> {
    let own = format!("/purchases/{}", view.token.reveal());
    match view.state {
        PurchaseState::AwaitingPayment => lead(app, Owner::Purchase(view.facts.id), own, now).await,
        _ => Ok(Redirect::to(&own)),
    }
}

async fn lead(app: &App, of: Owner, own: String, now: Instant) -> Result<Redirect, PageError> {
    Ok(match app.booking().begin_payment(of, now).await? {
        // Browsers follow a form's answer only where the policy lets them; elsewhere the page shows a link.
        Begun::Page(url) if may_follow(app, &url) => Redirect::to(&url),
        Begun::Page(_) | Begun::Pending | Begun::Nothing => Redirect::to(&own),
        Begun::Away | Begun::Refused => Redirect::to(&format!("{own}?paid=away")),
    })
}

fn may_follow(app: &App, url: &str) -> bool {
    let origin = app.config().stripe.as_ref().map(StripeSettings::page_origin);
    origin.is_some_and(|origin| url.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/')))
}

/// Asks how a payment stands, for as long as she can wait. The answer is written down even when she does not wait for it.
pub async fn look(app: &App, of: Owner, now: Instant) {
    let booking = app.booking().clone();
    let asking = tokio::spawn(async move { booking.look_at_payment(of, now).await });
    if let Ok(Ok(Err(error))) = tokio::time::timeout(PATIENCE, asking).await {
        tracing::error!(%error, "a payment could not be looked at");
    }
}

/// What the page of something unpaid says about paying online; none when it is not paid so.
pub async fn panel(
    app: &App,
    of: Owner,
    action: String,
    (back, now): (&Back, Instant),
) -> Result<Option<PayOnline>, PageError> {
    if !app.booking().pays_online() {
        return Ok(None);
    }
    let way = app.booking().payment_way(of, now).await?;
    let state = match (way.pending, back.paid.as_deref()) {
        (true, _) => PayState::Pending,
        (false, Some("yes")) => PayState::Checking,
        (false, Some("away")) => PayState::Away,
        _ => PayState::Open,
    };
    Ok(Some(PayOnline {
        url: way.page,
        action,
        state,
    }))
}

/// `POST /appointments/{token}/pay`
pub async fn appointment(State(app): State<App>, Now(now): Now, network: ClientNetwork, Path(token): Path) -> Answer {
    let view = find(&app, &token).await?;
    may_try(&app, &network, now)?;
    let mut answer = lead_to(&app, &view, now).await?.into_response();
    keep_private(&mut answer);
    Ok(answer)
}

/// `POST /purchases/{token}/pay`
pub async fn purchase(State(app): State<App>, Now(now): Now, network: ClientNetwork, Path(token): Path) -> Answer {
    let view = app.booking().purchase(&Token::presented(&token), now).await?;
    let view = view.ok_or(PageError::NotFound)?;
    may_try(&app, &network, now)?;
    let mut answer = lead_to_purchase(&app, &view, now).await?.into_response();
    keep_private(&mut answer);
    Ok(answer)
}

/// Each try may ask the service.
fn may_try(app: &App, network: &ClientNetwork, now: Instant) -> Result<(), PageError> {
    if app.limits().booking(network, now) {
        Ok(())
    } else {
        Err(PageError::TooMany(None))
    }
}
