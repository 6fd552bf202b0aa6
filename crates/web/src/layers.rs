//! What every request passes through, outermost first: it is given an id and counted; its answer gets the headers that browsers are told
//! to keep visitors safe by, is compressed, and is given a body if it is a fault; it has a time limit, and comes from a page of ours.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant as Stopwatch;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{
    ALLOW, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH,
    REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use kernel::id::uuid_v7;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument;
use uuid::Uuid;

use crate::config::Config;
use crate::error::{BUSY_SECONDS, Fault, PageError};
use crate::metrics;
use crate::net::{check_origin, find_client};
use crate::shown;
use crate::state::App;
use crate::view::format::Locale;
use crate::view::pages::{ErrorKind, ErrorPage};

/// What a page may load: nothing but what we serve, no inline script and no inline style; and nobody may frame it. A form leads to us,
/// and from there at most to the page on which she pays: browsers hold a form's redirects to this rule, too.
fn policy(config: &Config) -> HeaderValue {
    let page = config.stripe.as_ref().map_or("", |stripe| stripe.page_origin());
    let text = format!(
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self' {page}; frame-ancestors 'none'"
    )
    .replace(" ;", ";");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// The same for what another site may frame (`frame-ancestors` alone says so: CSP 3, 6.4.2).
pub const FRAMED_POLICY: &str =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors *";

/// The request's id, which also stands in the log.
#[derive(Clone, Copy, Debug)]
struct RequestId(Uuid);

impl RequestId {
    /// Short enough to be read out on the telephone.
    fn reference(self) -> String {
        let digits = self.0.simple().to_string();
        format!("{}-{}", &digits[24..28], &digits[28..])
    }
}

/// Puts all of them around the routes.
pub fn around(routes: Router, app: &App) -> Router {
    let config = app.config();
    let proxies: Arc<[ipnet::IpNet]> = config.server.trusted_proxies.clone().into();
    routes
        .layer(DefaultBodyLimit::max(config.server.max_body))
        .layer(from_fn_with_state(proxies, find_client))
        .layer(from_fn_with_state(app.clone(), check_origin))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            config.server.request,
        ))
        .layer(CatchPanicLayer::custom(|_| {
            PageError::Broken(Arc::new(Panicked)).into_response()
        }))
        .layer(from_fn_with_state(app.clone(), show_faults))
        .layer(CompressionLayer::new())
        .layer(from_fn(compare_weakly))
        .layer(from_fn_with_state(
            (config.server.public_url.is_https(), policy(config)),
            protect,
        ))
        .layer(from_fn_with_state(app.clone(), observe))
}

/// A handler's own fault; its words are on standard error already.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked;

/// Gives the request an id, counts it, and logs it by its route: a path may hold a token.
async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = RequestId(uuid_v7(app.clock().now(), app.chance()));
    request.extensions_mut().insert(id);
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!("request", id = %id.0, %method, route);
    let begun = Stopwatch::now();
    let answer = next.run(request).instrument(span.clone()).await;
    let (status, took) = (answer.status().as_u16(), begun.elapsed());
    metrics::request(method.as_str(), &route, status, took);
    span.in_scope(|| tracing::debug!(status, milliseconds = took.as_millis(), "answered"));
    answer
}

/// Tells the browser how to keep the visitor safe. A handler that set a policy of its own knows better.
async fn protect(State((https, policy)): State<(bool, HeaderValue)>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    let framed = headers.contains_key(CONTENT_SECURITY_POLICY);
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not "no-referrer": with it browsers say "Origin: null" for our own forms (Fetch, "append a request Origin header").
    set(REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=()",
    );
    if !framed {
        set(X_FRAME_OPTIONS, "DENY");
    }
    if https {
        set(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    answer
}

/// Compression changes the bytes and not their meaning, so a compressed answer's tag is weak (RFC 9110, 8.8.1), and comparing for
/// `If-None-Match` is weak anyway (13.1.2): handlers only ever see and set strong tags.
async fn compare_weakly(mut request: Request, next: Next) -> Response {
    let known: Vec<HeaderValue> = request
        .headers()
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(strong)
        .collect();
    request.headers_mut().remove(IF_NONE_MATCH);
    for tag in known {
        request.headers_mut().append(IF_NONE_MATCH, tag);
    }
    let mut answer = next.run(request).await;
    if answer.headers().contains_key(CONTENT_ENCODING)
        && let Some(weak) = answer.headers().get(ETAG).and_then(weak)
    {
        answer.headers_mut().insert(ETAG, weak);
    }
    answer
}

fn strong(tags: &HeaderValue) -> Option<HeaderValue> {
    HeaderValue::from_str(&tags.to_str().ok()?.replace("W/\"", "\"")).ok()
}

fn weak(tag: &HeaderValue) -> Option<HeaderValue> {
    let tag = tag.to_str().ok()?;
    if tag.starts_with("W/") {
        None
    } else {
        HeaderValue::from_str(&format!("W/{tag}")).ok()
    }
}

/// Gives a fault its body: a page, or JSON below `/api/`. What is broken is logged here, once, under the reference that the guest reads.
async fn show_faults(State(app): State<App>, request: Request, next: Next) -> Response {
    let for_program = request.uri().path().starts_with("/api/");
    let id = request.extensions().get::<RequestId>().copied();
    let mut answer = next.run(request).await;
    let Some(fault) = answer.extensions_mut().remove::<Fault>().or_else(|| unspoken(&answer)) else {
        return answer;
    };
    let reference = fault.cause.as_deref().zip(id).map(|(cause, id)| {
        tracing::error!(reference = id.reference(), error = %one_line(cause), "broken");
        id.reference()
    });
    let mut shown = if for_program {
        let problem = fault.problem();
        match reference {
            Some(reference) => problem.with("reference", reference).into_response(),
            None => problem.into_response(),
        }
    } else {
        page(&app, &fault, reference).await
    };
    keep(ALLOW, answer.headers(), shown.headers_mut());
    if fault.kind == ErrorKind::Unavailable {
        shown.headers_mut().insert(RETRY_AFTER, BUSY_SECONDS.into());
    }
    if let Some(again_at) = fault.again_at {
        let wait = (again_at - app.clock().now()).as_secs().max(1);
        shown.headers_mut().insert(RETRY_AFTER, wait.into());
    }
    shown
}

/// The fault of an answer that the framework wrote by itself: in plain text, or without a word.
fn unspoken(answer: &Response) -> Option<Fault> {
    let kind = answer.headers().get(CONTENT_TYPE);
    let wordless = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    wordless.then(|| Fault::of(answer.status())).flatten()
}

fn keep(name: HeaderName, from: &HeaderMap, to: &mut HeaderMap) {
    if let Some(value) = from.get(&name) {
        to.insert(name, value.clone());
    }
}

/// The fault in the practice's frame; in plain words when even that cannot be had.
async fn page(app: &App, fault: &Fault, reference: Option<String>) -> Response {
    let plain = || (fault.status(), fault.problem().detail().to_owned()).into_response();
    let Ok(practice) = app.booking().practice().await else {
        return plain();
    };
    let Ok(consultants) = app.booking().consultants().await else {
        return plain();
    };
    let locale = Locale::named(&practice.locale);
    let page = ErrorPage {
        frame: shown::frame(&practice, consultants.first(), app.config()),
        kind: fault.kind,
        reference,
        again_at: fault.again_at.map(|at| locale.time(at, &practice.zone)),
    };
    match app.view().render(&page) {
        Ok(html) => (fault.status(), Html(html)).into_response(),
        Err(error) => {
            tracing::error!(error = %one_line(&error), "the page for faults is at fault");
            plain()
        }
    }
}

/// An error and all its sources in one line.
pub fn one_line(error: &(dyn Error + 'static)) -> String {
    let mut line = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let words = error.to_string();
        // A transparent error says what its source says.
        if !line.ends_with(&words) {
            if !line.is_empty() {
                line.push_str(": ");
            }
            line.push_str(&words);
        }
        next = error.source();
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
