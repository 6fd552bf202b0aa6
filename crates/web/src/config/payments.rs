//! `payments.*`: who takes payments.

use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};

use super::layers::Layers;
use super::{ConfigError, PublicUrl, seconds};
use crate::stripe::StripeSettings;

/// How long an unpaid appointment is kept, and Stripe when it takes the payments.
pub(super) fn payments(layers: &mut Layers) -> Result<(SignedDuration, Option<StripeSettings>), ConfigError> {
    const SECRET: &str = "payments.stripe.secret_key";
    const WEBHOOK: &str = "payments.stripe.webhook_secret";
    let online = layers.parsed("payments.provider", |text| match text {
        "manual" => Ok(false),
        "stripe" => Ok(true),
        _ => Err("is manual or stripe"),
    });
    let hours = layers.number("payments.manual.hold_hours", 1, 8760);
    let secret_key = layers.secret(SECRET, "payments.stripe.secret_key_file");
    let webhook_secret = layers.secret(WEBHOOK, "payments.stripe.webhook_secret_file");
    let api_base = layers.parsed("payments.stripe.api_base", |text| {
        let base = PublicUrl::parse(text)?;
        if base.is_https() || base.is_loopback() {
            Ok(base)
        } else {
            Err("begins with https://; http:// is only for this machine")
        }
    });
    let hold = seconds(hours?.saturating_mul(3600));
    let (secret_key, webhook_secret, api_base) = (secret_key?, webhook_secret?, api_base?);
    if !online? {
        return Ok((hold, None));
    }
    let given = |secret: Option<SecretString>, key| match secret {
        Some(secret) if secret.expose_secret().trim().is_empty() => Err(ConfigError::Missing { key }),
        Some(secret) if secret.expose_secret().chars().all(|c| c.is_ascii_graphic()) => Ok(secret),
        Some(_) => Err(ConfigError::bad(key, "is one word of visible characters")),
        None => Err(ConfigError::Missing { key }),
    };
    let stripe = StripeSettings {
        secret_key: given(secret_key, SECRET)?,
        webhook_secret: given(webhook_secret, WEBHOOK)?,
        api_base,
    };
    Ok((hold, Some(stripe)))
}
