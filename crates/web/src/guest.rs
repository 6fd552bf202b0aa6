//! Who asks, and what every public page needs to answer: the practice, the moment, her zone, the frame.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use booking::practice::Practice;
use kernel::instant::Instant;
use kernel::zone::Zone;

use crate::error::PageError;
use crate::shown;
use crate::state::App;
use crate::view::format::Locale;
use crate::view::frame::{Frame, Nav};

/// The cookie in which a script, or the list of zones, keeps her zone.
pub const ZONE_COOKIE: &str = "zone";

/// One request of a visitor. The clock is read here, once.
pub struct Guest {
    /// The moment that counts for the whole request.
    pub now: Instant,
    /// The practice she visits.
    pub practice: Practice,
    /// How its dates and times are written.
    pub locale: Locale,
    /// The zone she sees times of telehealth in: what she asked for, else her cookie's, else the practice's.
    pub zone: Zone,
    /// Whether that zone is known to be hers.
    pub zone_is_hers: bool,
    /// Whether she asked for it just now.
    pub zone_asked: bool,
    frame: Frame,
}

impl Guest {
    /// The frame of a page at this place of the navigation.
    pub fn frame(&self, nav: Nav) -> Frame {
        self.frame.at(nav)
    }

    /// The zone of a visit's times: of telehealth hers, of a visit in person the practice's, where the office is.
    pub fn zone_for(&self, mode: booking::practice::Mode) -> &Zone {
        match mode {
            booking::practice::Mode::Telehealth => &self.zone,
            booking::practice::Mode::InPerson => &self.practice.zone,
        }
    }
}

impl FromRequestParts<App> for Guest {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let practice = app.booking().practice().await?;
        let asked = parts.uri.query().and_then(asked_zone);
        let jar = CookieJar::from_headers(&parts.headers);
        let kept = || jar.get(ZONE_COOKIE).and_then(|c| Zone::named(c.value()).ok());
        let zone_asked = asked.is_some();
        let known = asked.or_else(kept);
        let consultants = app.booking().consultants().await?;
        let now = app.clock().now();
        let mut frame = shown::frame(&practice, consultants.first(), app.config());
        frame.shown = now.micros() / 1_000_000;
        Ok(Self {
            now,
            locale: Locale::named(&practice.locale),
            zone_is_hers: known.is_some(),
            zone_asked,
            zone: known.unwrap_or_else(|| practice.zone.clone()),
            frame,
            practice,
        })
    }
}

/// The zone of the query, if it names one; a name that does not exist is as good as none.
fn asked_zone(query: &str) -> Option<Zone> {
    #[derive(serde::Deserialize)]
    struct Asked {
        zone: Option<String>,
    }
    let asked: Asked = serde_urlencoded::from_str(query).ok()?;
    Zone::named(&asked.zone?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_asked_for_by_its_name() {
        let name = |q| asked_zone(q).map(|z| z.name().to_owned());
        assert_eq!(
            name("mode=telehealth&zone=Europe%2FDublin").as_deref(),
            Some("Europe/Dublin")
        );
        assert_eq!(name("zone=Europe/Nowhere"), None);
        assert_eq!(name("zone="), None);
        assert_eq!(name("zone=%00"), None);
        assert_eq!(name("mode=x"), None);
    }
}
