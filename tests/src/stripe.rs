//! A Stripe on this machine, as strict as the real one in what the program uses: who asks, form encoding, idempotency keys, the bounds
//! of `expires_at`, states of sessions, refunds that are larger than the payment. It can be down, slow, answer nonsense or lose its
//! answer; and it signs webhooks, which a test delivers as often and in whichever order it likes.

#![expect(clippy::result_large_err, reason = "what is refused is a whole answer")]

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use hmac::{Hmac, KeyInit, Mac};
use kernel::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{page::Page, visitor::Visitor};

/// The API key it knows.
pub const SECRET: &str = "sk_test_lantern";
/// What it signs webhooks with.
pub const WEBHOOK_SECRET: &str = "whsec_lantern";
/// Its bounds for `expires_at`, in seconds from now.
const BOUNDS: (i64, i64) = (30 * 60, 24 * 60 * 60);
/// What is charged at least.
const LEAST: [(&str, i64); 4] = [("usd", 50), ("eur", 50), ("jpy", 50), ("gbp", 30)];

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It does what it is asked.
    Well,
    /// It answers 503 and does nothing.
    Down,
    /// It answers a page of HTML and does nothing.
    Nonsense,
    /// It does it, and answers only after so long.
    Slow(Duration),
    /// It does it, and its answer is lost.
    Mute,
}

#[derive(Clone)]
struct Session {
    form: BTreeMap<String, String>,
    expires_at: i64,
    status: &'static str,
    payment_status: &'static str,
    intent: Option<String>,
}

impl Session {
    fn amount(&self) -> i64 {
        self.form["line_items[0][price_data][unit_amount]"].parse().unwrap()
    }
}

/// A refund that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id.
    pub id: String,
    /// Of which payment.
    pub intent: String,
    /// How much, in the smallest unit.
    pub amount: i64,
}

struct Books {
    clock: Option<Clock>,
    mood: Mood,
    sessions: BTreeMap<String, Session>,
    refunds: Vec<Refund>,
    keys: HashMap<String, (String, Vec<u8>, Value)>,
    asked: Vec<String>,
    events: u32,
    refuse_refunds: bool,
}

impl Books {
    fn now(&self) -> i64 {
        let micros = match &self.clock {
            Some(clock) => clock.now().micros(),
            None => Clock::system().now().micros(),
        };
        micros.div_euclid(1_000_000)
    }
}

/// The running fake.
pub struct Stripe {
    /// Where its API is.
    pub base: String,
    books: Arc<Mutex<Books>>,
    server: JoinHandle<()>,
}

impl Drop for Stripe {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Stripe {
    /// By the machine's own clock, until [`Stripe::follow`] says otherwise.
    pub async fn start() -> Self {
        let books = Arc::new(Mutex::new(Books {
            clock: None,
            mood: Mood::Well,
            sessions: BTreeMap::new(),
            refunds: Vec::new(),
            keys: HashMap::new(),
            asked: Vec::new(),
            events: 0,
            refuse_refunds: false,
        }));
        let routes = Router::new()
            .route("/v1/checkout/sessions", post(create))
            .route("/v1/checkout/sessions/{id}", get(show))
            .route("/v1/checkout/sessions/{id}/expire", post(expire))
            .route("/v1/refunds", post(refund))
            .with_state(books.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { base, books, server }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// The settings of a program that is paid by it, as TOML.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let quoted = |text: &str| format!("\"{text}\"");
        vec![
            ("payments.provider", quoted("stripe")),
            ("payments.stripe.secret_key", quoted(SECRET)),
            ("payments.stripe.webhook_secret", quoted(WEBHOOK_SECRET)),
            ("payments.stripe.api_base", quoted(&self.base)),
        ]
    }

    /// Its time is that of a test.
    pub fn follow(&self, clock: &Clock) {
        self.books().clock = Some(clock.clone());
    }

    /// From now on it is like that.
    pub fn is(&self, mood: Mood) {
        self.books().mood = mood;
    }

    /// From now on it refuses refunds, or takes them again.
    pub fn refuses_refunds(&self, refuses: bool) {
        self.books().refuse_refunds = refuses;
    }

    /// What it was asked so far: method and path of each call.
    pub fn asked(&self) -> Vec<String> {
        self.books().asked.clone()
    }

    /// The sessions it has made, the oldest first.
    pub fn sessions(&self) -> Vec<String> {
        self.books().sessions.keys().cloned().collect()
    }

    /// The only session.
    #[track_caller]
    pub fn session(&self) -> String {
        let all = self.sessions();
        assert_eq!(all.len(), 1, "{all:?}");
        all[0].clone()
    }

    /// A field of the form with which a session was asked for.
    pub fn field(&self, session: &str, name: &str) -> String {
        self.books().sessions[session].form[name].clone()
    }

    /// Where a session stands: `open`, `complete` or `expired`.
    pub fn status(&self, session: &str) -> &'static str {
        self.books().sessions[session].status
    }

    /// The parent pays, if she still can.
    pub fn pay(&self, session: &str) -> bool {
        self.finish(session, "paid")
    }

    /// The parent pays in a way that takes days.
    pub fn pay_slowly(&self, session: &str) -> bool {
        self.finish(session, "unpaid")
    }

    fn finish(&self, id: &str, payment_status: &'static str) -> bool {
        let mut books = self.books();
        let now = books.now();
        let session = books.sessions.get_mut(id).unwrap();
        if session.status != "open" || session.expires_at <= now {
            return false;
        }
        session.status = "complete";
        session.payment_status = payment_status;
        session.intent = Some(id.replace("cs_", "pi_"));
        true
    }

    /// The money of a slow payment is there.
    pub fn arrives(&self, session: &str) {
        self.books().sessions.get_mut(session).unwrap().payment_status = "paid";
    }

    /// The refunds, the oldest first.
    pub fn refunds(&self) -> Vec<Refund> {
        self.books().refunds.clone()
    }

    /// What it has taken, less what it has given back.
    pub fn keeps(&self) -> i64 {
        let books = self.books();
        let paid = books.sessions.values().filter(|s| s.payment_status == "paid");
        paid.map(Session::amount).sum::<i64>() - books.refunds.iter().map(|r| r.amount).sum::<i64>()
    }

    /// What it has taken.
    pub fn took(&self) -> i64 {
        let books = self.books();
        let paid = books.sessions.values().filter(|s| s.payment_status == "paid");
        paid.map(Session::amount).sum()
    }

    /// An event about a session as it is now.
    pub fn event(&self, kind: &str, session: &str) -> Value {
        let mut books = self.books();
        books.events += 1;
        let object = shown(session, &books.sessions[session]);
        json!({ "id": format!("evt_{}", books.events), "type": kind, "data": { "object": object } })
    }

    /// An event about a refund that failed.
    pub fn refund_failed(&self, refund: &Refund) -> Value {
        let mut books = self.books();
        books.events += 1;
        let object = json!({ "id": refund.id, "object": "refund", "status": "failed", "failure_reason": "expired_or_canceled_card" });
        json!({ "id": format!("evt_{}", books.events), "type": "refund.failed", "data": { "object": object } })
    }

    /// Signs a body at this time: the header.
    pub fn sign(body: &str, at: i64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).unwrap();
        mac.update(format!("{at}.{body}").as_bytes());
        format!("t={at},v1={}", web::view::assets::hex(&mac.finalize().into_bytes()))
    }

    /// Delivers an event, signed now.
    pub async fn deliver(&self, visitor: &Visitor, event: &Value) -> Page {
        let body = event.to_string();
        let signature = Self::sign(&body, self.books().now());
        let request = visitor
            .request(Method::POST, "/webhooks/stripe")
            .header("stripe-signature", signature)
            .header("content-type", "application/json")
            .body(body);
        visitor.send(request).await
    }
}

type Shared = State<Arc<Mutex<Books>>>;

fn fault(status: StatusCode, kind: &str, code: &str) -> Response {
    let body = json!({ "error": { "type": kind, "code": code, "message": code } });
    (status, axum::Json(body)).into_response()
}

fn invalid(code: &str) -> Response {
    fault(StatusCode::BAD_REQUEST, "invalid_request_error", code)
}

fn shown(id: &str, session: &Session) -> Value {
    let metadata: BTreeMap<&str, &String> = session
        .form
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("metadata[")?.strip_suffix(']')?, value)))
        .collect();
    json!({
        "id": id, "object": "checkout.session", "mode": "payment", "status": session.status,
        "payment_status": session.payment_status, "amount_total": session.amount(),
        "currency": session.form["line_items[0][price_data][currency]"], "expires_at": session.expires_at,
        "client_reference_id": session.form.get("client_reference_id"), "payment_intent": session.intent,
        "url": (session.status == "open").then(|| format!("http://127.0.0.1:9/pay/{id}")), "metadata": metadata,
    })
}

/// What every call goes through: the key, the mood, the idempotency key; `act` changes the books and answers, or refuses.
async fn call(
    books: Arc<Mutex<Books>>,
    headers: HeaderMap,
    (name, body): (String, Bytes),
    act: impl FnOnce(&mut Books, BTreeMap<String, String>) -> Result<Value, Response>,
) -> Response {
    let (answer, mood) = {
        let mut books = books.lock().unwrap();
        books.asked.push(name.clone());
        let mood = books.mood;
        match mood {
            Mood::Down => return fault(StatusCode::SERVICE_UNAVAILABLE, "api_error", "down"),
            Mood::Nonsense => return (StatusCode::OK, "<!doctype html><p>Hello").into_response(),
            _ => {}
        }
        (answer(&mut books, &headers, &name, &body, act), mood)
    };
    match mood {
        Mood::Slow(pause) => tokio::time::sleep(pause).await,
        Mood::Mute => return (StatusCode::INTERNAL_SERVER_ERROR, "").into_response(),
        _ => {}
    }
    answer
}

fn answer(
    books: &mut Books,
    headers: &HeaderMap,
    name: &str,
    body: &Bytes,
    act: impl FnOnce(&mut Books, BTreeMap<String, String>) -> Result<Value, Response>,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if header("authorization") != Some(format!("Bearer {SECRET}").as_str()) {
        return fault(StatusCode::UNAUTHORIZED, "invalid_request_error", "api_key");
    }
    if !body.is_empty() && header("content-type") != Some("application/x-www-form-urlencoded") {
        return invalid("encoding");
    }
    let Ok(form) = serde_urlencoded::from_bytes::<BTreeMap<String, String>>(body) else {
        return invalid("form");
    };
    let key = header("idempotency-key").map(str::to_owned);
    if let Some((to, sent, answered)) = key.as_ref().and_then(|key| books.keys.get(key)) {
        if to != name || sent != body {
            return fault(StatusCode::BAD_REQUEST, "idempotency_error", "idempotency_key_in_use");
        }
        return axum::Json(answered.clone()).into_response();
    }
    match act(books, form) {
        Ok(value) => {
            if let Some(key) = key {
                books.keys.insert(key, (name.to_owned(), body.to_vec(), value.clone()));
            }
            axum::Json(value).into_response()
        }
        Err(refused) => refused,
    }
}

async fn create(State(books): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let keyed = headers.contains_key("idempotency-key");
    call(
        books,
        headers,
        ("POST /v1/checkout/sessions".into(), body),
        move |books, form| {
            let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
            let price = "line_items[0][price_data]";
            let currency = field(&format!("{price}[currency]")).to_owned();
            let amount: i64 = field(&format!("{price}[unit_amount]"))
                .parse()
                .map_err(|_| invalid("parameter_invalid_integer"))?;
            let least = LEAST
                .iter()
                .find(|(code, _)| *code == currency)
                .map_or(1, |(_, least)| *least);
            let expires_at: i64 = field("expires_at").parse().map_err(|_| invalid("expires_at"))?;
            let ahead = expires_at - books.now();
            if !keyed {
                return Err(invalid("this suite always sends a key"));
            }
            if field("mode") != "payment" || field("line_items[0][quantity]") != "1" {
                return Err(invalid("mode"));
            }
            if currency.len() != 3 || currency.chars().any(|c| !c.is_ascii_lowercase()) {
                return Err(invalid("currency"));
            }
            if amount < least {
                return Err(invalid("amount_too_small"));
            }
            if !(BOUNDS.0..=BOUNDS.1).contains(&ahead) {
                return Err(invalid("expires_at"));
            }
            if field(&format!("{price}[product_data][name]")).is_empty() || !field("success_url").starts_with("http") {
                return Err(invalid("parameter_missing"));
            }
            let id = format!("cs_test_{:04}", books.sessions.len() + 1);
            let session = Session {
                form,
                expires_at,
                status: "open",
                payment_status: "unpaid",
                intent: None,
            };
            let value = shown(&id, &session);
            books.sessions.insert(id, session);
            Ok(value)
        },
    )
    .await
}

async fn show(State(books): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    call(
        books,
        headers,
        (format!("GET /v1/checkout/sessions/{id}"), Bytes::new()),
        move |books, _| {
            let now = books.now();
            let session = books.sessions.get_mut(&id);
            let session =
                session.ok_or_else(|| fault(StatusCode::NOT_FOUND, "invalid_request_error", "resource_missing"))?;
            if session.status == "open" && session.expires_at <= now {
                session.status = "expired";
            }
            Ok(shown(&id, session))
        },
    )
    .await
}

async fn expire(State(books): Shared, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    call(
        books,
        headers,
        (format!("POST /v1/checkout/sessions/{id}/expire"), body),
        move |books, _| {
            let session = books.sessions.get_mut(&id);
            let session =
                session.ok_or_else(|| fault(StatusCode::NOT_FOUND, "invalid_request_error", "resource_missing"))?;
            if session.status != "open" {
                return Err(invalid("only_open_sessions"));
            }
            session.status = "expired";
            Ok(shown(&id, session))
        },
    )
    .await
}

async fn refund(State(books): Shared, headers: HeaderMap, body: Bytes) -> Response {
    call(books, headers, ("POST /v1/refunds".into(), body), move |books, form| {
        let intent = form.get("payment_intent").cloned().unwrap_or_default();
        let amount: i64 = form
            .get("amount")
            .and_then(|a| a.parse().ok())
            .ok_or_else(|| invalid("amount"))?;
        let paid = books
            .sessions
            .values()
            .find(|s| s.intent.as_deref() == Some(&intent) && s.payment_status == "paid");
        let paid = paid.ok_or_else(|| invalid("resource_missing"))?.amount();
        let gone: i64 = books
            .refunds
            .iter()
            .filter(|r| r.intent == intent)
            .map(|r| r.amount)
            .sum();
        if books.refuse_refunds {
            return Err(invalid("balance_insufficient"));
        }
        if amount < 1 || amount > paid - gone {
            return Err(invalid(if paid == gone {
                "charge_already_refunded"
            } else {
                "amount_too_large"
            }));
        }
        let id = format!("re_{:04}", books.refunds.len() + 1);
        books.refunds.push(Refund {
            id: id.clone(),
            intent: intent.clone(),
            amount,
        });
        Ok(json!({ "id": id, "object": "refund", "status": "succeeded", "amount": amount, "payment_intent": intent }))
    })
    .await
}
