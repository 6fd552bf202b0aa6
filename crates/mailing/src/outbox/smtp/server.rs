//! Where the SMTP server is, and how far it is trusted.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use secrecy::SecretString;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A server as `mail.smtp.url` names it: `smtp://` or `smtps://`, user and password, host, port, `?tls=required`.
#[derive(Clone)]
pub struct SmtpServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Tls,
    pub(super) login: Option<Login>,
    pub(super) timeouts: SmtpTimeouts,
    authority: Option<Vec<u8>>,
    met: Arc<Met>,
}

/// What was met with a server while it was used.
#[derive(Default)]
struct Met {
    /// Connections that are open.
    connected: AtomicUsize,
    /// After so many mails it hung up last time.
    hung_up_after: AtomicUsize,
    /// It takes so many over one connection; 0: no limit was met.
    limit: AtomicUsize,
}

/// One open connection, counted for as long as it is kept.
pub(super) struct Connected(Arc<Met>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.connected.fetch_sub(1, Ordering::Relaxed);
    }
}

/// When the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tls {
    /// By STARTTLS if the server offers it.
    WhenOffered,
    /// By STARTTLS, or not at all.
    Required,
    /// From the first byte (RFC 8314).
    FromTheStart,
}

/// For AUTH.
#[derive(Clone)]
pub(super) struct Login {
    pub user: String,
    pub password: SecretString,
}

/// How long to wait for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmtpTimeouts {
    /// For the connection and each TLS handshake.
    pub connect: Duration,
    /// For the answer to a command.
    pub command: Duration,
    /// For the message and the answer to its final dot.
    pub message: Duration,
}

impl Default for SmtpTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            command: Duration::from_mins(1),
            message: Duration::from_mins(5),
        }
    }
}

/// Why a text names no server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAServer {
    /// Another scheme, or none.
    #[error("an SMTP server is written smtp://host:25 or smtps://host:465")]
    Scheme,
    /// No host, or one with characters that no host has.
    #[error("the SMTP server has no usable host name")]
    Host,
    /// No number from 1 to 65535.
    #[error("the port of the SMTP server is a number from 1 to 65535")]
    Port,
    /// A user without password or the reverse, or bad %-escapes.
    #[error("user and password are written user:password@host, with %40 for an @ inside them")]
    Login,
    /// Another option than `tls`.
    #[error("the only option of an SMTP server is ?tls=required")]
    Option,
    /// The file holds no certificate.
    #[error("no certificate in PEM form was found")]
    Certificate,
}

impl FromStr for SmtpServer {
    type Err = NotAServer;

    fn from_str(url: &str) -> Result<Self, NotAServer> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(NotAServer::Scheme)?;
        let (rest, option) = rest.split_once('?').map_or((rest, None), |(r, o)| (r, Some(o)));
        let tls = match (scheme, option) {
            ("smtps", None | Some("tls=required")) => Tls::FromTheStart,
            ("smtp", Some("tls=required")) => Tls::Required,
            ("smtp", None) => Tls::WhenOffered,
            ("smtp" | "smtps", _) => return Err(NotAServer::Option),
            _ => return Err(NotAServer::Scheme),
        };
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, rest),
        };
        let default = if tls == Tls::FromTheStart { 465 } else { 25 };
        let (host, port) = host_and_port(place.trim_end_matches('/'), default)?;
        Ok(Self {
            host,
            port,
            tls,
            login: login.map(str::parse).transpose()?,
            timeouts: SmtpTimeouts::default(),
            authority: None,
            met: Arc::default(),
        })
    }
}

impl SmtpServer {
    /// Waits as long as `timeouts` say.
    #[must_use]
    pub fn waiting(mut self, timeouts: SmtpTimeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Also trusts certificates signed by these (PEM), for a mail server with an authority of its own.
    pub fn trusting(mut self, pem: &[u8]) -> Result<Self, NotAServer> {
        let found = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        if found.map_or(true, |found| found.is_empty()) {
            return Err(NotAServer::Certificate);
        }
        self.authority = Some(pem.to_vec());
        Ok(self)
    }

    /// One more connection is open.
    pub(super) fn connect(&self) -> Connected {
        self.met.connected.fetch_add(1, Ordering::Relaxed);
        Connected(self.met.clone())
    }

    /// How many connections are open.
    pub(super) fn connected(&self) -> usize {
        self.met.connected.load(Ordering::Relaxed)
    }

    /// It hung up when one more mail was to go over a connection that had carried so many: the second time that it is the same number,
    /// that is its limit, and from then on we say goodbye first.
    pub(super) fn hung_up_after(&self, mails: usize) {
        if mails > 0 && self.met.hung_up_after.swap(mails, Ordering::Relaxed) == mails {
            self.met.limit.store(mails, Ordering::Relaxed);
        }
    }

    /// Whether a connection that has carried so many mails takes no more.
    pub(super) fn is_full(&self, mails: usize) -> bool {
        let limit = self.met.limit.load(Ordering::Relaxed);
        limit > 0 && mails >= limit
    }

    /// Its name, or its address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the server runs on this machine.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether the server has to prove its name. Encryption that is taken only when offered hides nothing from one who can sit in
    /// between, and local servers carry certificates of their own making; but a password is shown to nobody who has not proved it.
    fn must_prove_its_name(&self) -> bool {
        self.tls != Tls::WhenOffered || (self.login.is_some() && !self.is_loopback())
    }

    /// For STARTTLS.
    pub(super) fn starttls(&self) -> Result<TlsParameters, String> {
        let mut builder = TlsParameters::builder(self.host.clone()).certificate_store(CertificateStore::WebpkiRoots);
        if !self.must_prove_its_name() {
            builder = builder.dangerous_accept_invalid_certs(true);
        }
        if let Some(pem) = &self.authority {
            let certificate = Certificate::from_pem(pem).map_err(|e| e.to_string())?;
            builder = builder.add_root_certificate(certificate);
        }
        builder.build().map_err(|e| e.to_string())
    }

    /// For TLS from the first byte.
    pub(super) fn connector(&self) -> Result<TlsConnector, String> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        for certificate in self
            .authority
            .iter()
            .flat_map(|pem| CertificateDer::pem_slice_iter(pem))
        {
            let certificate = certificate.map_err(|e| e.to_string())?;
            roots.add(certificate).map_err(|e| e.to_string())?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|e| e.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(TlsConnector::from(Arc::new(config)))
    }
}

impl fmt::Display for SmtpServer {
    /// Host and port, never the login.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpServer({self}, {:?})", self.tls)
    }
}

impl FromStr for Login {
    type Err = NotAServer;

    fn from_str(text: &str) -> Result<Self, NotAServer> {
        let (user, password) = text.split_once(':').ok_or(NotAServer::Login)?;
        let (user, password) = (unescaped(user)?, unescaped(password)?);
        if user.is_empty() || password.is_empty() {
            return Err(NotAServer::Login);
        }
        Ok(Self {
            user,
            password: password.into(),
        })
    }
}

/// Resolves %-escapes (RFC 3986, 2.1); control characters are refused.
fn unescaped(text: &str) -> Result<String, NotAServer> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || {
            bytes
                .next()
                .and_then(|b| char::from(b).to_digit(16))
                .ok_or(NotAServer::Login)
        };
        let value = digit()? << 4 | digit()?;
        out.push(u8::try_from(value).map_err(|_| NotAServer::Login)?);
    }
    let text = String::from_utf8(out).map_err(|_| NotAServer::Login)?;
    if text.chars().any(char::is_control) {
        return Err(NotAServer::Login);
    }
    Ok(text)
}

fn host_and_port(place: &str, default: u16) -> Result<(String, u16), NotAServer> {
    let (host, port) = if let Some(rest) = place.strip_prefix('[') {
        let (host, port) = rest.split_once(']').ok_or(NotAServer::Host)?;
        let host = host.parse::<IpAddr>().map_err(|_| NotAServer::Host)?.to_string();
        (host, port.strip_prefix(':'))
    } else {
        let (host, port) = place.split_once(':').map_or((place, None), |(h, p)| (h, Some(p)));
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.' || b == b'_';
        if host.is_empty() || !host.bytes().all(fits) {
            return Err(NotAServer::Host);
        }
        (host.to_ascii_lowercase(), port)
    };
    let port = match port {
        None => default,
        Some(port) => port.parse().ok().filter(|&p| p > 0).ok_or(NotAServer::Port)?,
    };
    Ok((host, port))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn parse(url: &str) -> Result<SmtpServer, NotAServer> {
        url.parse()
    }

    #[test]
    fn a_server_is_host_port_login_and_how_it_is_encrypted() {
        let plain = parse("smtp://127.0.0.1:25").unwrap();
        assert_eq!(
            (plain.host.as_str(), plain.port, plain.tls),
            ("127.0.0.1", 25, Tls::WhenOffered)
        );
        assert!(plain.is_loopback() && plain.login.is_none());
        let relay = parse("smtp://nora%40practice.example:p%3Ass@Relay.Example:587?tls=required").unwrap();
        assert_eq!(
            (relay.host.as_str(), relay.port, relay.tls),
            ("relay.example", 587, Tls::Required)
        );
        let login = relay.login.as_ref().unwrap();
        assert_eq!(
            (login.user.as_str(), login.password.expose_secret()),
            ("nora@practice.example", "p:ss")
        );
        assert_eq!(
            format!("{relay} {relay:?}"),
            "relay.example:587 SmtpServer(relay.example:587, Required)"
        );
        let implicit = parse("smtps://relay.example/").unwrap();
        assert_eq!((implicit.port, implicit.tls), (465, Tls::FromTheStart));
        let six = parse("smtp://[::1]:2525").unwrap();
        assert_eq!((six.host.as_str(), six.port), ("::1", 2525));
    }

    #[test]
    fn what_names_no_server_is_refused_with_the_reason() {
        for (url, reason) in [
            ("127.0.0.1:25", NotAServer::Scheme),
            ("http://relay.example", NotAServer::Scheme),
            ("smtp://", NotAServer::Host),
            ("smtp://a b", NotAServer::Host),
            ("smtp://[relay]", NotAServer::Host),
            ("smtp://relay.example:0", NotAServer::Port),
            ("smtp://relay.example:smtp", NotAServer::Port),
            ("smtp://user@relay.example", NotAServer::Login),
            ("smtp://user:%0a@relay.example", NotAServer::Login),
            ("smtp://user:%@relay.example", NotAServer::Login),
            ("smtp://relay.example?tls=no", NotAServer::Option),
        ] {
            assert_eq!(parse(url).unwrap_err(), reason, "{url}");
        }
        assert_eq!(
            parse("smtp://relay.example").unwrap().trusting(b"no").unwrap_err(),
            NotAServer::Certificate
        );
    }

    #[test]
    fn a_password_is_shown_only_to_a_server_that_proves_its_name() {
        let proves = |url: &str| parse(url).unwrap().must_prove_its_name();
        assert!(!proves("smtp://relay.example"));
        assert!(!proves("smtp://a:b@localhost"));
        assert!(proves("smtp://a:b@relay.example"));
        assert!(proves("smtp://localhost?tls=required"));
        assert!(proves("smtps://localhost"));
    }
}
