//! One VEVENT, read: when it is, how it recurs, whether it takes time.

use ical::parser::ical::component::IcalEvent;
use ical::property::Property;

use super::effort::Effort;
use super::parse::{all, first, parameter};
use super::rule::Rule;
use super::value::{PeriodEnd, Span, duration, period, stamp};
use super::zones::{Point, Zones};

/// What an event says.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Empty if it has none: then it belongs to no series.
    pub uid: String,
    /// SEQUENCE, then DTSTAMP or LAST-MODIFIED as text: which of two versions is the newer one.
    pub version: (i64, String),
    /// DTSTART.
    pub start: Option<Point>,
    /// DTEND or DURATION.
    pub span: Option<Span>,
    /// TRANSP:TRANSPARENT.
    pub transparent: bool,
    /// STATUS:CANCELLED.
    pub cancelled: bool,
    /// RRULE.
    pub rules: Vec<Rule>,
    /// EXRULE (RFC 2445).
    pub exclusions: Vec<Rule>,
    /// RDATE, with the length of a period.
    pub extra: Vec<(Point, Option<Span>)>,
    /// EXDATE.
    pub left_out: Vec<Point>,
    /// RECURRENCE-ID.
    pub replaces: Option<Replaces>,
}

/// Which occurrence of its series an override stands for.
#[derive(Clone, Debug)]
pub(super) struct Replaces {
    /// Its original start.
    pub at: Point,
    /// RANGE=THISANDFUTURE.
    pub and_later: bool,
}

/// What an event that could not be read is called, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault(pub String);

/// Reads an event. Parts that cannot be understood and can be done without go to `faults`.
pub(super) fn read(
    event: &IcalEvent,
    zones: &mut Zones,
    effort: &mut Effort,
    faults: &mut Vec<Fault>,
) -> Result<Entry, Fault> {
    let mut reader = Reader {
        properties: &event.properties,
        zones,
        effort,
        faults,
    };
    reader.entry()
}

struct Reader<'a, 'z> {
    properties: &'a [Property],
    zones: &'a mut Zones<'z>,
    effort: &'a mut Effort,
    faults: &'a mut Vec<Fault>,
}

impl Reader<'_, '_> {
    fn entry(&mut self) -> Result<Entry, Fault> {
        let start = self.one("DTSTART")?;
        let replaces = self.replaces()?;
        if start.is_none() && replaces.is_none() {
            return Err(self.fault("has no start"));
        }
        let from = start.as_ref().or(replaces.as_ref().map(|r| &r.at));
        let span = match from {
            Some(from) => self.span(from)?,
            None => None,
        };
        let word = |name| first(self.properties, name).map(|v| v.trim().to_ascii_uppercase());
        let sequence = word("SEQUENCE").and_then(|v| v.parse().ok());
        let made = word("DTSTAMP").or_else(|| word("LAST-MODIFIED"));
        Ok(Entry {
            uid: first(self.properties, "UID").unwrap_or_default().to_owned(),
            version: (sequence.unwrap_or(0), made.unwrap_or_default()),
            transparent: word("TRANSP").is_some_and(|v| v == "TRANSPARENT"),
            cancelled: word("STATUS").is_some_and(|v| matches!(v.as_str(), "CANCELLED" | "CANCELED")),
            rules: self.rules("RRULE"),
            exclusions: self.rules("EXRULE"),
            extra: self.extra(),
            left_out: self.left_out(),
            start,
            span,
            replaces,
        })
    }

    /// The one stamp of a property.
    fn one(&mut self, name: &'static str) -> Result<Option<Point>, Fault> {
        let properties = self.properties;
        let Some(property) = all(properties, name).next() else {
            return Ok(None);
        };
        let value = property.value.as_deref().unwrap_or_default();
        match self.point(property, value) {
            Some(point) => Ok(Some(point)),
            None => Err(self.fault(&format!("has a {name} that is no time: {value:?}"))),
        }
    }

    fn point(&mut self, property: &Property, value: &str) -> Option<Point> {
        let as_date = parameter(property, "VALUE").is_some_and(|v| v.eq_ignore_ascii_case("DATE"));
        let stamp = stamp(value, as_date)?;
        Some(self.zones.point(stamp, parameter(property, "TZID"), self.effort))
    }

    fn replaces(&mut self) -> Result<Option<Replaces>, Fault> {
        let at = self.one("RECURRENCE-ID")?;
        let and_later = all(self.properties, "RECURRENCE-ID")
            .filter_map(|p| parameter(p, "RANGE"))
            .any(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
        Ok(at.map(|at| Replaces { at, and_later }))
    }

    /// DTEND, else DURATION. A date that ends on itself or before takes its day.
    fn span(&mut self, start: &Point) -> Result<Option<Span>, Fault> {
        if let Some(end) = self.one("DTEND")? {
            if start.dated && end.dated {
                let days = end.wall.day() - start.wall.day();
                return Ok(Some(Span::days(days.max(1))));
            }
            let seconds = end.instant() - start.instant();
            if seconds < 0 {
                self.note("ends before it starts; it takes no time");
            }
            return Ok(Some(Span::exact(seconds.max(0))));
        }
        let Some(text) = first(self.properties, "DURATION") else {
            return Ok(None);
        };
        match duration(text) {
            Some(span) if span.days >= 0 && span.seconds >= 0 => Ok(Some(span)),
            _ => Err(self.fault(&format!("has a DURATION that is none: {text:?}"))),
        }
    }

    fn rules(&mut self, name: &'static str) -> Vec<Rule> {
        let mut rules = Vec::new();
        for property in all(self.properties, name) {
            let text = property.value.as_deref().unwrap_or_default();
            match Rule::parse(text) {
                Ok(rule) => rules.push(rule),
                Err(_) if text.is_empty() => {}
                Err(_) => self.note(&format!(
                    "has a {name} that is not understood: {text:?}; only its other dates count"
                )),
            }
        }
        rules
    }

    fn extra(&mut self) -> Vec<(Point, Option<Span>)> {
        let mut found = Vec::new();
        for property in all(self.properties, "RDATE") {
            for value in values(property) {
                let point = if value.contains('/') {
                    self.period(property, value).map(|(at, span)| (at, Some(span)))
                } else {
                    self.point(property, value).map(|at| (at, None))
                };
                match point {
                    Some(point) => found.push(point),
                    None => self.note(&format!("has an RDATE that is no time: {value:?}")),
                }
            }
        }
        found
    }

    fn period(&mut self, property: &Property, value: &str) -> Option<(Point, Span)> {
        let (start, end) = period(value)?;
        let tzid = parameter(property, "TZID");
        let start = self.zones.point(start, tzid, self.effort);
        let span = match end {
            PeriodEnd::After(span) => span,
            PeriodEnd::At(end) => {
                let end = self.zones.point(end, tzid, self.effort);
                Span::exact(end.instant() - start.instant())
            }
        };
        (span.days >= 0 && span.seconds >= 0).then_some((start, span))
    }

    fn left_out(&mut self) -> Vec<Point> {
        let mut found = Vec::new();
        for property in all(self.properties, "EXDATE") {
            for value in values(property) {
                match self.point(property, value) {
                    Some(point) => found.push(point),
                    None => self.note(&format!("has an EXDATE that is no time: {value:?}")),
                }
            }
        }
        found
    }

    fn fault(&self, what: &str) -> Fault {
        Fault(format!("event {:?} {what}", self.name()))
    }

    fn note(&mut self, what: &str) {
        let fault = self.fault(what);
        self.faults.push(fault);
    }

    fn name(&self) -> &str {
        first(self.properties, "UID").unwrap_or("without UID")
    }
}

fn values(property: &Property) -> impl Iterator<Item = &str> {
    let value = property.value.as_deref().unwrap_or_default();
    value.split(',').map(str::trim).filter(|v| !v.is_empty())
}
