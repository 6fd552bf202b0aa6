//! The address under which visitors reach the program: scheme, host and port, nothing else.

use std::net::IpAddr;

use axum::http::Uri;

/// `http://` or `https://`, a host, perhaps a port; no path and no trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
    https: bool,
}

impl PublicUrl {
    /// Parses `text`; the error says what the value should be.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "is an address without a path, such as https://example.org";
        let uri: Uri = text.parse().map_err(|_| WRONG)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(WRONG),
        };
        let authority = uri.authority().ok_or(WRONG)?;
        let host = authority.host().to_ascii_lowercase();
        if host.is_empty()
            || authority.as_str().contains('@')
            || !matches!(uri.path(), "" | "/")
            || uri.query().is_some()
        {
            return Err(WRONG);
        }
        let port = match uri.port_u16() {
            None | Some(0) if authority.port().is_some() => return Err(WRONG),
            Some(port) if port != if https { 443 } else { 80 } => format!(":{port}"),
            _ => String::new(),
        };
        let scheme = if https { "https" } else { "http" };
        Ok(Self {
            origin: format!("{scheme}://{host}{port}"),
            host,
            https,
        })
    }

    /// As a browser's `Origin` header spells it (RFC 6454): lower-case, without a default port and without a slash at the end.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host, lower-case; IPv6 in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether visitors come by TLS, so that cookies may be bound to it.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether only this machine can be meant.
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare == "localhost" || bare.ends_with(".localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The address of a path of ours; `path` begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl std::fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_spelt_as_browsers_spell_it() {
        let origin = |text: &str| PublicUrl::parse(text).unwrap().origin().to_owned();
        assert_eq!(origin("HTTPS://Example.ORG:443/"), "https://example.org");
        assert_eq!(origin("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(origin("http://[::1]:80"), "http://[::1]");
        assert_eq!(
            PublicUrl::parse("https://example.org").unwrap().at("/services"),
            "https://example.org/services"
        );
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let loopback = |text: &str| PublicUrl::parse(text).unwrap().is_loopback();
        for here in [
            "http://127.0.0.1:8080",
            "http://127.1.2.3",
            "http://[::1]:9",
            "http://localhost",
            "http://a.localhost:1",
        ] {
            assert!(loopback(here), "{here}");
        }
        for elsewhere in [
            "http://10.0.0.1",
            "https://example.org",
            "http://127.0.0.1.example.org",
            "http://localhost.example.org",
        ] {
            assert!(!loopback(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn what_is_no_bare_address_is_refused() {
        for wrong in [
            "",
            "example.org",
            "ftp://example.org",
            "https://",
            "https://example.org/book",
            "https://a@example.org",
            "http://x:0",
            "https://e/?q",
        ] {
            assert!(PublicUrl::parse(wrong).is_err(), "{wrong}");
        }
    }
}
