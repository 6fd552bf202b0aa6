//! Where a request comes from, and whether it may change anything.
//!
//! Behind a proxy every peer is this machine, so `X-Forwarded-For` says who asks, but only as far as listed proxies wrote it: it is read
//! from the right, and the first address that is no proxy of ours is the visitor's. Limits are counted by network: an IPv4 address, or an
//! IPv6 /64, of which one household has a whole one.
//!
//! A browser says with every request that changes something from which site it comes. A form of ours is only taken from a page of ours;
//! programs, which send neither header, may use the API, the webhooks and one-click unsubscribing.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, FORWARDED, HOST, HeaderMap, HeaderName, ORIGIN};
use axum::http::request::Parts;
use axum::http::{Method, uri::Authority};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::config::PublicUrl;
use crate::error::PageError;
use crate::state::App;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What limits are counted by: an IPv4 address, or the first half of an IPv6 one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientNetwork(IpAddr);

impl ClientNetwork {
    /// The network of an address.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

impl std::fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: Sync> FromRequestParts<S> for ClientNetwork {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        parts.extensions.get().cloned().ok_or(PageError::Unavailable)
    }
}

/// Finds out who asks, for [`ClientNetwork`].
pub async fn find_client(State(proxies): State<Arc<[IpNet]>>, mut request: Request, next: Next) -> Response {
    if let Some(peer) = peer(&request) {
        let client = client(peer, request.headers(), &proxies);
        request.extensions_mut().insert(ClientNetwork::of(client));
    }
    next.run(request).await
}

fn peer(request: &Request) -> Option<IpAddr> {
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip().to_canonical())
}

fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let ours = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    let mut client = peer;
    let lines: Vec<&str> = headers
        .get_all(X_FORWARDED_FOR)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    for hop in lines.iter().flat_map(|line| line.split(',')).rev() {
        if !ours(&client) {
            break;
        }
        let Some(address) = address(hop.trim()) else { break };
        client = address;
    }
    client
}

/// An address as proxies write it: bare, in brackets, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let parsed = bare
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    parsed.ok().map(|address| address.to_canonical())
}

/// Whether a proxy has had this request in its hands.
fn forwarded(headers: &HeaderMap) -> bool {
    headers
        .keys()
        .any(|name| *name == FORWARDED || name.as_str().starts_with("x-forwarded-"))
}

/// Whether the request is for this machine by name, so that no foreign page can have turned its own name towards us.
fn addressed_here(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| PublicUrl::parse(&format!("http://{host}")).is_ok_and(|url| url.is_loopback()))
}

/// Keeps what is for this machine alone from everybody else, who learns nothing but that there is no such page.
pub async fn loopback_only(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if app.config().shows_outbox() && !forwarded(headers) && addressed_here(headers) {
        next.run(request).await
    } else {
        PageError::NotFound.into_response()
    }
}

/// Lets a request to `/metrics` through that comes from this machine directly, or that knows the token.
pub async fn metrics_only(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let local = peer(&request).is_some_and(|peer| peer.is_loopback()) && !forwarded(headers);
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let known = match (given, &app.config().server.metrics_token) {
        // Hashes are compared, so that the time it takes says nothing about the token.
        (Some(given), Some(token)) => Sha256::digest(given) == Sha256::digest(token.expose_secret()),
        _ => false,
    };
    if local || known {
        next.run(request).await
    } else {
        PageError::NotFound.into_response()
    }
}

/// What a browser says about where an unsafe request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Provenance {
    Ours,
    Foreign,
    Unsaid,
}

fn provenance(headers: &HeaderMap, public_url: &PublicUrl) -> Provenance {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(HOST).and_then(|host| host.parse::<Authority>().ok());
    let ours = |origin: &str| {
        // Also the name under which she came: an installation may have more than one.
        let named = origin.split_once("://").zip(host.as_ref());
        origin == public_url.origin() || named.is_some_and(|((_, name), host)| name.eq_ignore_ascii_case(host.as_str()))
    };
    match (text(ORIGIN), text(SEC_FETCH_SITE)) {
        (Some(origin), _) if !ours(origin) => Provenance::Foreign,
        (_, Some("cross-site" | "same-site")) => Provenance::Foreign,
        (Some(_), _) | (_, Some("same-origin" | "none")) => Provenance::Ours,
        (None, _) => Provenance::Unsaid,
    }
}

/// Refuses what another site's page sends, before anything is looked at, and what no browser sends where only browsers send.
pub async fn check_origin(State(app): State<App>, request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    );
    if safe
        || may_come(
            request.uri().path(),
            provenance(request.headers(), &app.config().server.public_url),
        )
    {
        next.run(request).await
    } else {
        PageError::Forbidden.into_response()
    }
}

fn may_come(path: &str, provenance: Provenance) -> bool {
    let by_token_alone = path.starts_with("/newsletter/unsubscribe/") || path.starts_with("/webhooks/");
    match provenance {
        Provenance::Ours => true,
        Provenance::Unsaid => by_token_alone || path.starts_with("/api/"),
        Provenance::Foreign => by_token_alone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        headers
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_household_is_one_network() {
        assert_eq!(
            ClientNetwork::of(ip("2001:db8:1:2:a:b:c:d")),
            ClientNetwork::of(ip("2001:db8:1:2::1"))
        );
        assert_ne!(
            ClientNetwork::of(ip("2001:db8:1:3::1")),
            ClientNetwork::of(ip("2001:db8:1:2::1"))
        );
        assert_ne!(ClientNetwork::of(ip("192.0.2.1")), ClientNetwork::of(ip("192.0.2.2")));
        assert_eq!(ClientNetwork::of(ip("::ffff:192.0.2.1")).to_string(), "192.0.2.1");
        assert_eq!(ClientNetwork::of(ip("2001:db8:1:2::1")).to_string(), "2001:db8:1:2::");
    }

    #[test]
    fn only_what_our_proxies_wrote_counts() {
        let proxies = ["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let from = |peer: &str, lines: &[&str]| {
            let pairs: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
            client(ip(peer), &headers(&pairs), &proxies).to_string()
        };
        assert_eq!(from("127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(from("198.51.100.1", &["203.0.113.9"]), "198.51.100.1");
        assert_eq!(from("127.0.0.1", &["6.6.6.6, 203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        assert_eq!(from("127.0.0.1", &["6.6.6.6", "203.0.113.9"]), "203.0.113.9");
        assert_eq!(from("127.0.0.1", &["6.6.6.6, nonsense"]), "127.0.0.1");
        assert_eq!(from("127.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(from("127.0.0.1", &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(from("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn a_form_comes_from_a_page_of_ours() {
        let url = PublicUrl::parse("https://example.org").unwrap();
        let of = |pairs: &[(&str, &str)]| provenance(&headers(pairs), &url);
        assert_eq!(of(&[("origin", "https://example.org")]), Provenance::Ours);
        assert_eq!(
            of(&[("origin", "http://localhost:8080"), ("host", "localhost:8080")]),
            Provenance::Ours
        );
        assert_eq!(of(&[("sec-fetch-site", "same-origin")]), Provenance::Ours);
        assert_eq!(of(&[("sec-fetch-site", "none")]), Provenance::Ours);
        for foreign in [
            &[("origin", "https://evil.example"), ("host", "example.org")][..],
            &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
            &[("origin", "null")],
            &[("origin", "https://example.org.evil.example")],
            &[("origin", "https://example.org"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
        ] {
            assert_eq!(of(foreign), Provenance::Foreign, "{foreign:?}");
        }
        assert_eq!(of(&[("host", "example.org")]), Provenance::Unsaid);
    }

    #[test]
    fn programs_may_use_what_is_made_for_programs() {
        for path in [
            "/api/v1/appointments",
            "/webhooks/stripe",
            "/newsletter/unsubscribe/abc",
        ] {
            assert!(may_come(path, Provenance::Unsaid), "{path}");
        }
        for path in [
            "/",
            "/book/free-mini-consult",
            "/admin/sign-in",
            "/newsletter",
            "/newsletter/confirm/abc",
            "/apis",
        ] {
            assert!(!may_come(path, Provenance::Unsaid), "{path}");
            assert!(!may_come(path, Provenance::Foreign), "{path}");
            assert!(may_come(path, Provenance::Ours), "{path}");
        }
        assert!(!may_come("/api/v1/appointments", Provenance::Foreign));
        assert!(may_come("/newsletter/unsubscribe/abc", Provenance::Foreign));
    }

    #[test]
    fn a_proxy_leaves_its_mark() {
        assert!(!forwarded(&headers(&[("host", "localhost")])));
        for mark in [
            "forwarded",
            "x-forwarded-for",
            "X-Forwarded-Proto",
            "x-forwarded-server",
        ] {
            assert!(forwarded(&headers(&[(mark, "x")])), "{mark}");
        }
    }

    #[test]
    fn a_foreign_name_is_not_ours_to_answer() {
        assert!(addressed_here(&headers(&[("host", "127.0.0.1:8080")])));
        assert!(addressed_here(&headers(&[("host", "localhost")])));
        assert!(!addressed_here(&headers(&[("host", "evil.example:8080")])));
        assert!(!addressed_here(&headers(&[])));
    }
}
