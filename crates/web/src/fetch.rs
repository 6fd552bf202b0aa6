//! Fetching a calendar from an address that somebody typed, without letting that address reach what it should not.
//!
//! Only `https://` is fetched, and never anything in a private network: the name is looked up once, every address it has is judged
//! ([`reach`]), and the connection goes to those very addresses, so that a second look-up cannot say something else. Each redirect is judged
//! anew. Size, time and redirects are bounded. Where this program itself only serves this machine (a loopback `public_url`), an address that
//! names this machine is fetched too, by `http://` as well; no setting allows it to a program that others can reach, and no redirect leads
//! from elsewhere to this machine.

mod reach;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use booking::source::{Stamps, Trouble};
use reqwest::header::{ACCEPT, ETAG, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

pub use reach::Reach;

/// For everything together, from the look-up to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes, unpacked.
const LARGEST: usize = 20 * 1024 * 1024;
/// Redirects that are followed.
const REDIRECTS: u32 = 3;
/// Characters of an `ETag` or a `Last-Modified` that are kept.
const STAMP: usize = 500;

/// What was fetched.
#[derive(Debug)]
pub enum Fetched {
    /// A file, whatever it holds.
    File(Vec<u8>, Stamps),
    /// It is the one that was fetched before.
    Unchanged,
}

/// The address of a calendar as it was typed, in the form in which it is fetched. `webcal://` means `https://`.
pub fn address(typed: &str, reach: Reach) -> Result<Url, Trouble> {
    let typed = typed.trim();
    let lower = typed.to_ascii_lowercase();
    let rest = |scheme: &str| lower.starts_with(scheme).then(|| &typed[scheme.len()..]);
    let text = match rest("webcal://").or_else(|| rest("webcals://")) {
        Some(rest) => format!("https://{rest}"),
        None if typed.contains("://") => typed.to_owned(),
        None => format!("https://{typed}"),
    };
    let mut url = Url::parse(&text).map_err(|_| Trouble::NoSuchHost)?;
    url.set_fragment(None);
    reach.allows(&url)?;
    // A word is no address.
    let named = url
        .host_str()
        .is_some_and(|host| host.contains(['.', ':']) || reach::is_loopback(&url));
    if named { Ok(url) } else { Err(Trouble::NoSuchHost) }
}

/// Fetches a file, unless the server says that it is the one of these stamps.
pub async fn fetch(url: &Url, stamps: &Stamps, reach: Reach) -> Result<Fetched, Trouble> {
    let got = tokio::time::timeout(PATIENCE, follow(url.clone(), stamps, reach));
    got.await.unwrap_or(Err(Trouble::TooSlow))
}

async fn follow(mut url: Url, stamps: &Stamps, reach: Reach) -> Result<Fetched, Trouble> {
    // Whoever begins elsewhere is never led to this machine.
    let reach = reach.from(&url);
    for _ in 0..=REDIRECTS {
        reach.allows(&url)?;
        let addresses = reach.look_up(&url).await?;
        let client = client(&url, &addresses)?;
        let mut request = client.get(url.clone()).header(ACCEPT, "text/calendar, */*;q=0.5");
        for (name, value) in [
            (IF_NONE_MATCH, &stamps.etag),
            (IF_MODIFIED_SINCE, &stamps.last_modified),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.map_err(|error| trouble(&error))?;
        let status = answer.status();
        match status {
            StatusCode::NOT_MODIFIED if *stamps != Stamps::default() => return Ok(Fetched::Unchanged),
            StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT => {
                let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                url = to.and_then(|to| url.join(to).ok()).ok_or(Trouble::ServerFault)?;
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                return Err(Trouble::LoginWanted);
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => return Err(Trouble::ServerFault),
            status if status.is_client_error() => return Err(Trouble::Gone),
            status if status.is_success() => return whole(answer).await,
            _ => return Err(Trouble::ServerFault),
        }
    }
    Err(Trouble::TooManyRedirects)
}

async fn whole(mut answer: Response) -> Result<Fetched, Trouble> {
    if answer.content_length().is_some_and(|length| length > LARGEST as u64) {
        return Err(Trouble::TooLarge);
    }
    let stamps = Stamps {
        etag: stamp(answer.headers(), &ETAG),
        last_modified: stamp(answer.headers(), &LAST_MODIFIED),
    };
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| trouble(&error))? {
        if bytes.len() + chunk.len() > LARGEST {
            return Err(Trouble::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Fetched::File(bytes, stamps))
}

fn stamp(headers: &HeaderMap, name: &reqwest::header::HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= STAMP).then(|| value.to_owned())
}

/// One for this host alone, which goes to these addresses and nowhere else.
fn client(url: &Url, addresses: &[SocketAddr]) -> Result<Client, Trouble> {
    let host = url.host_str().unwrap_or_default();
    Client::builder()
        .tls_backend_preconfigured(tls())
        .resolve_to_addrs(host, addresses)
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        .pool_max_idle_per_host(0)
        .user_agent(concat!(
            "Goldenhour/",
            env!("CARGO_PKG_VERSION"),
            " (calendar subscription)"
        ))
        .timeout(PATIENCE)
        .build()
        .map_err(|_| Trouble::Unreachable)
}

/// Certificates of the public authorities; made once.
fn tls() -> ClientConfig {
    static TLS: OnceLock<ClientConfig> = OnceLock::new();
    let made = TLS.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        #[expect(clippy::expect_used, reason = "the provider has what the default versions need")]
        let builder = builder.expect("TLS 1.2 and 1.3");
        builder.with_root_certificates(roots).with_no_client_auth()
    });
    made.clone()
}

/// What the client says went wrong. The error itself names the address and goes nowhere.
fn trouble(error: &reqwest::Error) -> Trouble {
    if error.is_timeout() {
        return Trouble::TooSlow;
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = cause {
        let inside = one.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if one.is::<rustls::Error>() || inside.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) {
            return Trouble::NotSecure;
        }
        cause = one.source();
    }
    Trouble::Unreachable
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: Reach = Reach::new(false);
    const HERE: Reach = Reach::new(true);

    #[test]
    fn what_is_typed_becomes_an_address() {
        let of = |typed: &str| address(typed, PUBLIC).map(|url| url.to_string());
        let google = "https://calendar.google.com/calendar/ical/a%40b.example/private-0/basic.ics";
        assert_eq!(of(&format!("  {google}#top ")).unwrap(), google);
        assert_eq!(
            of("webcal://p01-caldav.icloud.com/published/2/abc").unwrap(),
            "https://p01-caldav.icloud.com/published/2/abc"
        );
        assert_eq!(of("WEBCALS://x.example/a.ics").unwrap(), "https://x.example/a.ics");
        assert_eq!(of("cloud.example/export").unwrap(), "https://cloud.example/export");
        for (typed, why) in [
            ("http://cloud.example/a.ics", Trouble::NotHttps),
            ("ftp://cloud.example/a.ics", Trouble::NotHttps),
            ("file:///etc/passwd", Trouble::NotHttps),
            ("http://127.0.0.1/a.ics", Trouble::NotHttps),
            ("https://127.0.0.1/a.ics", Trouble::PrivateAddress),
            ("https://localhost/a.ics", Trouble::PrivateAddress),
            ("https://0x7f.1/a.ics", Trouble::PrivateAddress),
            ("https://2130706433/a.ics", Trouble::PrivateAddress),
            ("https://[::ffff:10.0.0.1]/a.ics", Trouble::PrivateAddress),
            ("https://169.254.169.254/latest", Trouble::PrivateAddress),
            ("my calendar", Trouble::NoSuchHost),
            ("calendar", Trouble::NoSuchHost),
            ("https://", Trouble::NoSuchHost),
            ("", Trouble::NoSuchHost),
        ] {
            assert_eq!(of(typed), Err(why), "{typed}");
        }
    }

    #[test]
    fn this_machine_is_reached_only_by_a_program_that_serves_it_alone() {
        for typed in [
            "http://127.0.0.1:8080/a.ics",
            "http://localhost/a.ics",
            "https://[::1]/a.ics",
        ] {
            assert!(address(typed, HERE).is_ok(), "{typed}");
            assert!(address(typed, PUBLIC).is_err(), "{typed}");
        }
        assert_eq!(address("http://192.168.1.2/a.ics", HERE), Err(Trouble::NotHttps));
        assert_eq!(address("https://192.168.1.2/a.ics", HERE), Err(Trouble::PrivateAddress));
    }

    #[tokio::test]
    async fn a_name_that_nobody_has_is_told_apart() {
        let url = Url::parse("https://nobody.invalid/a.ics").unwrap();
        let got = fetch(&url, &Stamps::default(), PUBLIC).await;
        assert_eq!(got.unwrap_err(), Trouble::NoSuchHost);
        // A name may lead here although it does not look like it.
        let url = Url::parse("https://localhost:1/a.ics").unwrap();
        let got = PUBLIC.look_up(&url).await;
        assert_eq!(got.unwrap_err(), Trouble::PrivateAddress);
    }
}
