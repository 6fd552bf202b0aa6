//! The clocks that a calendar's times are read on.
//!
//! A TZID means, in this order: the zone of the tz database that bears the name (IANA, prefixed or
//! Windows), the VTIMEZONE of the same name in the file (its X-LIC-LOCATION first), a zone guessed from a
//! long name or an offset, and at last the consultant's own zone, with a warning. The database comes
//! first because files keep the rules of the day on which they were made.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use ical::parser::ical::component::IcalTimeZone;
use jiff::tz::TimeZone;
use kernel::zone::Zone;

use super::effort::Effort;
use super::observance::offsets;
use super::offsets::Offsets;
use super::parse::first;
use super::value::{Form, Stamp};
use super::wall::{DAY, Wall};
use super::zone_names::{guessed, known};

/// A clock on a wall somewhere.
#[derive(Clone, Debug)]
pub(super) struct Clock(Rc<Offsets>);

impl Clock {
    /// Seconds since the epoch at this time. Gap: the offset before it (RFC 5545, 3.3.5). Fold: the first occurrence.
    pub fn instant(&self, wall: Wall) -> i64 {
        self.0.instant(wall)
    }

    /// What the clock shows at an instant, in seconds since the epoch.
    pub fn wall(&self, at: i64) -> Wall {
        self.0.wall(at)
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

/// The zones of a file, calendar by calendar.
pub(super) struct Zones<'a> {
    home: Clock,
    utc: Clock,
    /// Transitions are worked out up to here, in seconds since the epoch.
    until: i64,
    /// The database's answers, for all calendars.
    known: HashMap<String, Option<Clock>>,
    /// The VTIMEZONEs of the calendar at hand.
    own: HashMap<String, &'a IcalTimeZone>,
    /// What names meant in it.
    met: HashMap<String, Clock>,
    unknown: BTreeSet<String>,
}

impl<'a> Zones<'a> {
    /// `until`: the end of what is asked for, in seconds since the epoch.
    pub fn new(home: &Zone, until: i64) -> Self {
        let until = until.saturating_add(400 * DAY);
        Self {
            home: Clock(Rc::new(Offsets::of(home.tz(), until))),
            utc: Clock(Rc::default()),
            until,
            known: HashMap::new(),
            own: HashMap::new(),
            met: HashMap::new(),
            unknown: BTreeSet::new(),
        }
    }

    /// The next calendar begins, with zones of its own.
    pub fn enter(&mut self, zones: &'a [IcalTimeZone]) {
        let named = |zone: &'a IcalTimeZone| Some((unescaped(first(&zone.properties, "TZID")?), zone));
        self.own = zones.iter().filter_map(named).collect();
        self.met.clear();
    }

    /// A stamp on the clock that its form and its TZID say.
    pub fn point(&mut self, stamp: Stamp, tzid: Option<&str>, effort: &mut Effort) -> Point {
        let clock = match (stamp.form, tzid) {
            (Form::Utc, _) => self.utc.clone(),
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
        let found = self
            .known(&tzid)
            .or_else(|| self.read(&tzid, effort))
            .or_else(|| Some(self.of(&guessed(&tzid)?)));
        let clock = found.unwrap_or_else(|| {
            self.unknown.insert(tzid.clone());
            self.home.clone()
        });
        self.met.insert(tzid, clock.clone());
        clock
    }

    fn known(&mut self, name: &str) -> Option<Clock> {
        if let Some(clock) = self.known.get(name) {
            return clock.clone();
        }
        let clock = known(name).map(|tz| self.of(&tz));
        self.known.insert(name.to_owned(), clock.clone());
        clock
    }

    fn read(&mut self, tzid: &str, effort: &mut Effort) -> Option<Clock> {
        let zone = *self.own.get(tzid)?;
        first(&zone.properties, "X-LIC-LOCATION")
            .and_then(|place| self.known(place))
            .or_else(|| Some(Clock(Rc::new(offsets(zone, Wall(self.until), effort)?))))
    }

    fn of(&self, tz: &TimeZone) -> Clock {
        Clock(Rc::new(Offsets::of(tz, self.until)))
    }
}

/// TZID is TEXT where it is defined and a parameter where it is used; some programs escape both.
fn unescaped(text: &str) -> String {
    let plain = text.replace('\\', "");
    plain
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | ':'))
        .to_owned()
}
