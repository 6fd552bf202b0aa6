//! `POST /webhooks/stripe`: what the payment service tells of its own accord.
//!
//! Only what it has signed, now, is heard; what was heard is not heard again. Whoever is answered with 200 need not tell it once more.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret;

use crate::error::Problem;
use crate::extract::Now;
use crate::state::App;
use crate::stripe::{signature, wire};

/// Checks the signature, then hears it.
pub async fn stripe(
    State(app): State<App>,
    Now(now): Now,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let bad = |code, detail: &str| Problem::new(StatusCode::BAD_REQUEST, code, detail);
    let settings = app.config().stripe.as_ref();
    let settings = settings.ok_or_else(|| bad("not_expected", "No payment service is set up here."))?;
    let header = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    signature::check(header, &body, settings.webhook_secret.expose_secret(), now).map_err(|why| {
        tracing::warn!(%why, "a webhook was refused");
        bad("not_signed", &format!("This is not believed: {why}."))
    })?;
    let told = wire::event(&body).ok_or_else(|| bad("unreadable", "This is no event."))?;
    tracing::info!(kind = told.kind, "the payment service tells something");
    app.booking().hear(told, now).await?;
    Ok(StatusCode::OK)
}
