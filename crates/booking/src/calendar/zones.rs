//! The clocks that a calendar's times are read on.
//!
//! A TZID means, in this order: the zone of the tz database that bears the name (IANA, prefixed or
//! Windows), the VTIMEZONE of the same name in the file (its X-LIC-LOCATION first), a zone guessed from a
//! long name or an offset, and at last the consultant's own zone, with a warning. The database comes
//! first because files keep the rules of the day on which they were made.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use ical::parser::ical::component::IcalTimeZone;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::zone::Zone;

use super::effort::Effort;
use super::observance::Observances;
use super::parse::first;
use super::value::{Form, Stamp};
use super::wall::Wall;
use super::zone_names::{guessed, known};

/// A clock on a wall somewhere.
#[derive(Clone, Debug)]
pub(super) enum Clock {
    /// UTC.
    Utc,
    /// A zone of the tz database, or a fixed offset.
    Tz(TimeZone),
    /// A zone of the file.
    Own(Rc<Observances>),
}

impl Clock {
    /// Seconds since the epoch at this time. Gap: the offset before it (RFC 5545, 3.3.5). Fold: the first occurrence.
    pub fn instant(&self, wall: Wall) -> i64 {
        match self {
            Self::Utc => wall.0,
            Self::Tz(tz) => tz
                .to_ambiguous_timestamp(wall.civil())
                .compatible()
                .map_or(wall.0, Timestamp::as_second),
            Self::Own(own) => own.instant(wall),
        }
    }

    /// What the clock shows at an instant, in seconds since the epoch.
    pub fn wall(&self, at: i64) -> Wall {
        match self {
            Self::Utc => Wall(at),
            Self::Tz(tz) => match Timestamp::from_second(at) {
                Ok(t) => Wall(at + i64::from(tz.to_offset(t).seconds())),
                Err(_) => Wall(at),
            },
            Self::Own(own) => own.wall(at),
        }
    }
}

/// A stamp on its clock.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub wall: Wall,
    pub clock: Clock,
    /// A date without a time.
    pub dated: bool,
    /// It named no zone, so that it may also be read on the clock of the series it belongs to.
    pub floating: bool,
}

impl Point {
    /// Seconds since the epoch.
    pub fn instant(&self) -> i64 {
        self.clock.instant(self.wall)
    }
}

/// The zones of one calendar.
pub(super) struct Zones<'a> {
    home: Clock,
    own: HashMap<String, &'a IcalTimeZone>,
    /// Transitions are worked out up to here.
    until: Wall,
    met: HashMap<String, Clock>,
    unknown: BTreeSet<String>,
}

impl<'a> Zones<'a> {
    /// `until`: the end of what is asked for, in seconds since the epoch.
    pub fn new(home: &Zone, zones: &'a [IcalTimeZone], until: i64) -> Self {
        let named = |zone: &'a IcalTimeZone| Some((unescaped(first(&zone.properties, "TZID")?), zone));
        Self {
            home: Clock::Tz(home.tz().clone()),
            own: zones.iter().filter_map(named).collect(),
            until: Wall(until).plus(400 * super::wall::DAY),
            met: HashMap::new(),
            unknown: BTreeSet::new(),
        }
    }

    /// A stamp on the clock that its form and its TZID say.
    pub fn point(&mut self, stamp: Stamp, tzid: Option<&str>, effort: &mut Effort) -> Point {
        let clock = match (stamp.form, tzid) {
            (Form::Utc, _) => Clock::Utc,
            (Form::Date, _) | (Form::Local, None) => self.home.clone(),
            (Form::Local, Some(tzid)) => self.clock(tzid, effort),
        };
        Point {
            wall: stamp.wall,
            clock,
            dated: stamp.form == Form::Date,
            floating: stamp.form == Form::Local && tzid.is_none(),
        }
    }

    /// The names that meant no zone and were read as the consultant's own.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        self.unknown.iter().map(String::as_str)
    }

    fn clock(&mut self, tzid: &str, effort: &mut Effort) -> Clock {
        let tzid = unescaped(tzid);
        if let Some(clock) = self.met.get(&tzid) {
            return clock.clone();
        }
        let found = known(&tzid)
            .map(Clock::Tz)
            .or_else(|| self.read(&tzid, effort))
            .or_else(|| guessed(&tzid).map(Clock::Tz));
        let clock = found.unwrap_or_else(|| {
            self.unknown.insert(tzid.clone());
            self.home.clone()
        });
        self.met.insert(tzid, clock.clone());
        clock
    }

    fn read(&self, tzid: &str, effort: &mut Effort) -> Option<Clock> {
        let zone = self.own.get(tzid)?;
        let place = first(&zone.properties, "X-LIC-LOCATION").and_then(known);
        place.map(Clock::Tz).or_else(|| {
            let own = Observances::read(zone, self.until, effort)?;
            Some(Clock::Own(Rc::new(own)))
        })
    }
}

/// TZID is TEXT where it is defined and a parameter where it is used; some programs escape both.
fn unescaped(text: &str) -> String {
    let plain = text.replace('\\', "");
    plain
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | ':'))
        .to_owned()
}
