//! Stripe behind the port of payments: plain HTTPS calls, nothing of Stripe's own code.
//!
//! Four calls: make a Checkout Session, look at one, end one, give money back. What is sent holds amounts, our own ids, the address
//! of the parent's page and a discreet line, never a name, an address or a health word. Whatever takes longer than
//! [`PATIENCE`] counts as away: the question stands in the database and is asked again.

mod amount;
pub mod signature;
pub mod wire;

use std::sync::Arc;
use std::time::Duration;

use booking::money::Owner;
use booking::money::service::{Asking, GiveBack, GivenBack, Order, Payments, ServiceError, Session};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Method};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::config::PublicUrl;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(4);
/// The longest answer, in bytes.
const LONGEST: usize = 512 * 1024;
/// Whose page it is when the service is not a fake on this machine.
const PAGE_ORIGIN: &str = "https://checkout.stripe.com";

/// `payments.stripe.*`
#[derive(Clone, Debug)]
pub struct StripeSettings {
    /// Signs in at the API.
    pub secret_key: SecretString,
    /// Under which webhooks are signed.
    pub webhook_secret: SecretString,
    /// Where the API is.
    pub api_base: PublicUrl,
}

impl StripeSettings {
    /// The origin to which a form's answer may lead the browser.
    pub fn page_origin(&self) -> &str {
        if self.api_base.is_loopback() {
            self.api_base.origin()
        } else {
            PAGE_ORIGIN
        }
    }
}

/// The adapter.
pub struct Stripe {
    client: Client,
    settings: StripeSettings,
    public_url: PublicUrl,
}

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("no client for the payment service can be made")]
pub struct NoClient(#[source] Box<dyn std::error::Error + Send + Sync>);

impl Stripe {
    /// Over these settings; nothing is asked yet.
    pub fn new(settings: StripeSettings, public_url: PublicUrl) -> Result<Self, NoClient> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| NoClient(error.into()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .timeout(PATIENCE)
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| NoClient(error.into()))?;
        Ok(Self {
            client,
            settings,
            public_url,
        })
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        form: &[(String, String)],
    ) -> Result<Value, ServiceError> {
        let away = |error: reqwest::Error| ServiceError::Away(kind_of(&error).to_owned());
        let mut headers = HeaderMap::new();
        let secret = self.settings.secret_key.expose_secret();
        let mut bearer = HeaderValue::from_str(&format!("Bearer {secret}")).map_err(|_| ServiceError::Key)?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
        if let Some(key) = key {
            let key = HeaderValue::from_str(key).map_err(|_| ServiceError::Nonsense("the key".into()))?;
            headers.insert("idempotency-key", key);
        }
        let mut request = self.client.request(method.clone(), self.settings.api_base.at(path));
        if method == Method::POST {
            let body = serde_urlencoded::to_string(form).map_err(|e| ServiceError::Nonsense(e.to_string()))?;
            headers.insert(
                CONTENT_TYPE,
                HeaderValue::from_static("application/x-www-form-urlencoded"),
            );
            request = request.body(body);
        }
        let mut answer = request.headers(headers).send().await.map_err(away)?;
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(away)? {
            if body.len() + chunk.len() > LONGEST {
                return Err(ServiceError::Nonsense("a very long answer".into()));
            }
            body.extend_from_slice(&chunk);
        }
        let value: Option<Value> = serde_json::from_slice(&body).ok();
        match status.as_u16() {
            200..=299 => value.ok_or_else(|| ServiceError::Nonsense("no JSON".into())),
            401 | 403 => Err(ServiceError::Key),
            // 409: the same question is being answered right now.
            409 | 429 | 500..=599 => Err(ServiceError::Away(status.as_u16().to_string())),
            400 | 402 | 404 => {
                let error = value.as_ref().and_then(|v| v.get("error"));
                let error =
                    error.ok_or_else(|| ServiceError::Nonsense(format!("{} without a reason", status.as_u16())))?;
                let word = |name: &str| error.get(name).and_then(Value::as_str);
                let word = word("code").or_else(|| word("type")).unwrap_or("refused");
                Err(ServiceError::Refused(word.chars().take(80).collect()))
            }
            other => Err(ServiceError::Nonsense(other.to_string())),
        }
    }

    /// A session out of an answer: the one that was asked for, on a page to which a parent may be sent.
    fn session(&self, value: &Value, asked: Option<&str>) -> Result<Session, ServiceError> {
        let nonsense = |what: &str| ServiceError::Nonsense(what.to_owned());
        let session = wire::session(value).ok_or_else(|| nonsense("no session"))?;
        if asked.is_some_and(|asked| asked != session.id) {
            return Err(nonsense("another session"));
        }
        let safe = session.url.as_deref().is_none_or(|url| {
            url.starts_with("https://") || self.settings.api_base.is_loopback() && url.starts_with("http://")
        });
        if !safe {
            return Err(nonsense("a page without TLS"));
        }
        Ok(session)
    }

    async fn make(&self, order: &Order) -> Result<Session, ServiceError> {
        let amount = amount::to_stripe(order.amount).ok_or_else(|| ServiceError::Refused("amount".into()))?;
        let page = match order.of {
            Owner::Appointment(_) => "appointments",
            Owner::Purchase(_) => "purchases",
        };
        let page = self.public_url.at(&format!("/{page}/{}", order.token.reveal()));
        let payment = order.payment.to_string();
        let form = [
            ("mode", "payment".to_owned()),
            ("client_reference_id", payment.clone()),
            (
                "expires_at",
                order.expires_at.micros().div_euclid(1_000_000).to_string(),
            ),
            ("success_url", format!("{page}?paid=yes")),
            ("cancel_url", format!("{page}?paid=no")),
            ("line_items[0][quantity]", "1".to_owned()),
            (
                "line_items[0][price_data][currency]",
                order.amount.currency.code().to_ascii_lowercase(),
            ),
            ("line_items[0][price_data][unit_amount]", amount.to_string()),
            ("line_items[0][price_data][product_data][name]", order.title.clone()),
            ("metadata[goldenhour_payment]", payment.clone()),
            ("payment_intent_data[metadata][goldenhour_payment]", payment.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        let value = self
            .ask(Method::POST, "/v1/checkout/sessions", Some(&payment), &form)
            .await?;
        let session = self.session(&value, None)?;
        if session.url.is_none() && session.status == booking::money::service::SessionStatus::Open {
            return Err(ServiceError::Nonsense("a session without its page".into()));
        }
        Ok(session)
    }
}

/// What kept an answer away, without the address.
fn kind_of(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "too slow"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    }
}

fn session_path(session: &str) -> Result<String, ServiceError> {
    let plain = session
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if plain && !session.is_empty() {
        Ok(format!("/v1/checkout/sessions/{session}"))
    } else {
        Err(ServiceError::Nonsense("the id of a session".into()))
    }
}

impl Payments for Stripe {
    fn name(&self) -> &'static str {
        "stripe"
    }

    fn online(&self) -> bool {
        true
    }

    fn begin<'a>(&'a self, order: &'a Order) -> Asking<'a, Session> {
        Box::pin(self.make(order))
    }

    fn look<'a>(&'a self, session: &'a str) -> Asking<'a, Session> {
        Box::pin(async move {
            let value = self.ask(Method::GET, &session_path(session)?, None, &[]).await?;
            self.session(&value, Some(session))
        })
    }

    fn close<'a>(&'a self, session: &'a str) -> Asking<'a, Session> {
        Box::pin(async move {
            let path = format!("{}/expire", session_path(session)?);
            match self.ask(Method::POST, &path, None, &[]).await {
                Ok(value) => self.session(&value, Some(session)),
                // Only what is open can be ended: what it is instead is told.
                Err(ServiceError::Refused(_)) => self.look(session).await,
                Err(error) => Err(error),
            }
        })
    }

    fn give_back<'a>(&'a self, ask: &'a GiveBack) -> Asking<'a, GivenBack> {
        Box::pin(async move {
            let amount = amount::to_stripe(ask.amount).ok_or_else(|| ServiceError::Refused("amount".into()))?;
            let form = [
                ("payment_intent", ask.intent.clone()),
                ("amount", amount.to_string()),
                ("metadata[goldenhour_refund]", ask.refund.to_string()),
            ]
            .map(|(name, value)| (name.to_owned(), value));
            let value = self.ask(Method::POST, "/v1/refunds", Some(&ask.key), &form).await?;
            wire::refund(&value).ok_or_else(|| ServiceError::Nonsense("no refund".into()))
        })
    }
}
