//! Why a time is not offered, in plain words, each with what she can do about it.

use booking::practice::hours::{DAYS, Hours, TimeOff};
use booking::practice::{Consultant, Offering};
use booking::schedule::{Kind, Obstacle, Reason, Why};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::instant::Instant;

use super::{Room, page};
use crate::view::desk::WhyReason;
use crate::view::format;

/// What is said, what she can do about it, and where.
type Said = (String, (Option<String>, Option<String>));

/// What is asked about.
pub struct About<'a> {
    pub room: &'a Room,
    pub offering: &'a Offering,
    pub consultant: &'a Consultant,
    pub hours: &'a Hours,
    pub start: Instant,
    /// Every start of the grid of that day.
    pub grid: &'a [Instant],
    /// Whether it must be said whose reasons these are.
    pub named: bool,
}

impl About<'_> {
    /// Each reason in words.
    pub fn reasons(&self, why: &Why) -> Vec<WhyReason> {
        why.reasons.iter().map(|reason| self.said(*reason, why)).collect()
    }

    fn said(&self, reason: Reason, why: &Why) -> WhyReason {
        let of = |kind: Kind| why.in_the_way.iter().find(|o| o.kind == kind);
        let offering = |remedy: &str| {
            let url = format!("/admin/offerings/{}", self.offering.id);
            (Some(remedy.to_owned()), Some(url))
        };
        let (said, (remedy, url)) = match reason {
            Reason::Past => ("It has passed.".to_owned(), (None, None)),
            Reason::TooSoon => (self.too_soon(), offering("Ask for less notice")),
            Reason::BeyondHorizon => (self.beyond(), offering("Let it be booked further ahead")),
            Reason::OutsideHours | Reason::OtherMode | Reason::EndsAfterHours => self.hours(reason),
            Reason::OffGrid => (self.off_grid(), offering("Let it start at other times")),
            Reason::DayFull => (self.full(), offering("Allow more a day")),
            Reason::TimeOff => self.away(of(Kind::TimeOff)),
            Reason::Appointment => {
                let all = (
                    Some("See your appointments".to_owned()),
                    Some("/admin/appointments".to_owned()),
                );
                (self.there("An appointment is there", of(Kind::Appointment)), all)
            }
            Reason::Busy => {
                let remedy = "See what they take of your week".to_owned();
                let said = self.there("Your other calendar has an entry there", of(Kind::Busy));
                (said, (Some(remedy), Some("/admin/other-calendars".to_owned())))
            }
            Reason::Buffers => (
                self.buffers(why.in_the_way.first()),
                offering("Keep less time free around it"),
            ),
        };
        WhyReason {
            who: self.named.then(|| self.consultant.name.clone()),
            why: said,
            remedy,
            url,
        }
    }

    fn too_soon(&self) -> String {
        let minutes = |length: jiff::SignedDuration| length.as_mins();
        let away = format::wait(minutes(self.start - self.room.now));
        let notice = format::wait(self.offering.notice_minutes.into());
        format!("It is {away} away; this offering asks for {notice} of notice.")
    }

    fn date(&self) -> Date {
        self.consultant.zone.date(self.start)
    }

    fn beyond(&self) -> String {
        let days = i64::from(self.offering.horizon_days);
        let last = self.consultant.zone.date(self.room.now).saturating_add(days.days());
        format!(
            "This offering can be booked {days} days ahead: until {}.",
            self.room.locale.date(last)
        )
    }

    fn full(&self) -> String {
        match self.offering.daily_cap {
            Some(1) => "The day has the one visit of this offering that it may have.".into(),
            Some(0) => "No visit of this offering may be on any day.".into(),
            cap => format!(
                "The day has all {} visits of this offering that it may have.",
                cap.unwrap_or_default()
            ),
        }
    }

    /// What the hours of that date say, and where they are changed.
    fn hours(&self, reason: Reason) -> Said {
        let date = self.date();
        let windows = self.hours.on(date, date.weekday());
        let said = page::said(self.room.locale, windows);
        let own = self.hours.overrides().any(|(one, _)| one == date);
        let weekday = format::weekday_name(date.weekday());
        let key = if own {
            format!("date-{date}")
        } else {
            let number = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
            DAYS.get(number).copied().unwrap_or_default().to_owned()
        };
        let day = if own {
            "This day has hours of its own".to_owned()
        } else {
            format!("{weekday}s are")
        };
        let said = match reason {
            Reason::EndsAfterHours => {
                let end = self.start.plus_minutes(self.offering.minutes.into());
                let end = self.room.locale.time(end, &self.consultant.zone);
                format!(
                    "The visit takes {} and would end at {end}, after your hours do.",
                    format::minutes(self.offering.minutes.into())
                )
            }
            Reason::OtherMode => format!("Your hours then are for the other kind of visit. {day}: {said}."),
            _ if windows.is_empty() && own => "This day is closed.".into(),
            _ if windows.is_empty() => format!("{weekday}s are closed."),
            _ => format!("You have no hours then. {day}: {said}."),
        };
        let remedy = if own {
            "Change this day".to_owned()
        } else {
            format!("Change {weekday}s")
        };
        let form = self.form(&key, date);
        (said.replace(" are: ", " are "), (Some(remedy), Some(form)))
    }

    fn form(&self, key: &str, date: Date) -> String {
        format!("/admin/hours?who={}&day={date}&open={key}#{key}", self.consultant.slug)
    }

    fn away(&self, obstacle: Option<&Obstacle>) -> Said {
        let zone = &self.consultant.zone;
        let is = |off: &&TimeOff| {
            obstacle.is_some_and(|o| zone.instant(off.from) == o.from && zone.instant(off.until) == o.until)
        };
        let Some(off) = self.hours.time_off().iter().find(is) else {
            return ("You are away.".into(), (None, None));
        };
        let (from, until) = (page::moment(self.room, off.from), page::moment(self.room, off.until));
        let said = format!("You are away from {from} until {until}.");
        let key = format!("away-{}", off.from);
        let form = self.form(&key, self.date());
        (said, (Some("Change this time off".into()), Some(form)))
    }

    fn there(&self, what: &str, obstacle: Option<&Obstacle>) -> String {
        obstacle.map_or_else(
            || format!("{what}."),
            |o| {
                let span = self.room.locale.time_range(o.from, o.until, &self.consultant.zone);
                format!("{what}, {span}.")
            },
        )
    }

    fn buffers(&self, obstacle: Option<&Obstacle>) -> String {
        let what = match obstacle.map(|o| o.kind) {
            Some(Kind::TimeOff) => "It is too close to your time off",
            Some(Kind::Busy) => "It is too close to an entry of your other calendar",
            _ => "It is too close to an appointment",
        };
        let near = self.there(what, obstacle);
        format!("{near} Time is kept free before and after each visit, and for the way to a visit at home.")
    }

    fn off_grid(&self) -> String {
        let step = format::minutes(self.offering.step_minutes.into());
        let clock = |at: &Instant| self.room.locale.time(*at, &self.consultant.zone);
        let before = self.grid.iter().rev().find(|at| **at < self.start).map(clock);
        let after = self.grid.iter().find(|at| **at > self.start).map(clock);
        let near: Vec<String> = before.into_iter().chain(after).collect();
        let near = if near.is_empty() {
            String::new()
        } else {
            format!(": {}", near.join(" and "))
        };
        format!("Visits of this offering start every {step}, counted from when your hours begin{near}.")
    }
}
