//! The few small things that a browser keeps for us.
//!
//! With an `https` address every cookie is bound to this host (`__Host-`, RFC 6265bis 4.1.3) and to TLS; on a loopback
//! address, where there is none, neither can be asked for.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::state::App;

/// How long a short-lived cookie lives: one day, in seconds.
const SHORT: u32 = 86_400;

/// Its full name at this address.
pub fn name(app: &App, base: &str) -> String {
    if app.config().server.public_url.is_https() {
        format!("__Host-{base}")
    } else {
        base.to_owned()
    }
}

/// Its value, if the browser sent it.
pub fn read<'a>(app: &App, jar: &'a CookieJar, base: &str) -> Option<&'a str> {
    jar.get(&name(app, base)).map(Cookie::value)
}

/// A cookie that no script can read, for so many seconds. `value` is text of ours without `;`: a token, an address, a time.
pub fn set(app: &App, base: &str, value: &str, seconds: u32) -> Cookie<'static> {
    let https = app.config().server.public_url.is_https();
    let mut cookie = Cookie::new(name(app, base), value.to_owned());
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(https);
    cookie.set_max_age(std::time::Duration::from_secs(seconds.into()).try_into().ok());
    cookie
}

/// One that lives for a day.
pub fn short(app: &App, base: &str, value: &str) -> Cookie<'static> {
    set(app, base, value, SHORT)
}
