//! From hours on a wall clock to stretches of real time in which a consultant is open.
//!
//! Windows that touch or overlap merge, also across midnight. A window that a clock change swallows is none.

use jiff::civil::Date;
use kernel::instant::Instant;

use super::wall::{MINUTE, Wall, day_number};
use crate::practice::hours::Hours;
use crate::practice::mode::Mode;

/// A stretch without a break in which she is open, `[from, until)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Its first instant.
    pub from: Instant,
    /// The instant at which it has ended.
    pub until: Instant,
}

/// When she is open for `mode` (`None`: for any) on the local dates `first` to `last`, merged and ascending.
pub fn open(hours: &Hours, wall: &Wall, mode: Option<Mode>, first: Date, last: Date) -> Vec<Open> {
    let mut out: Vec<Open> = Vec::new();
    let (mut date, mut day) = (first, day_number(first));
    let mut weekday = first.weekday();
    while date <= last {
        for window in hours.on(date, weekday).iter().filter(|w| w.is_for(mode)) {
            let at = |minutes: u16| wall.first_at(day * super::wall::DAY + i64::from(minutes) * MINUTE);
            let from = Instant::from_micros(at(window.opens().minutes()));
            let until = Instant::from_micros(at(window.closes().minutes()));
            match out.last_mut() {
                Some(last) if from <= last.until => last.until = last.until.max(until),
                _ if from < until => out.push(Open { from, until }),
                _ => {}
            }
        }
        let Ok(next) = date.tomorrow() else { break };
        (date, day, weekday) = (next, day + 1, weekday.next());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::hours::Window;
    use crate::practice::mode::Modes;
    use jiff::civil::date;
    use kernel::zone::Zone;

    fn window(opens: &str, closes: &str, modes: Modes) -> Window {
        Window::new(opens.parse().unwrap(), closes.parse().unwrap(), modes).unwrap()
    }

    fn shown(hours: &Hours, zone: &str, mode: Option<Mode>, first: Date, last: Date) -> Vec<String> {
        let zone = Zone::named(zone).unwrap();
        let (from, until) = (zone.start_of_day(first), zone.start_of_day(last).plus_minutes(3000));
        let wall = Wall::new(&zone, from.plus_minutes(-3000), until);
        let spans = open(hours, &wall, mode, first, last);
        spans.iter().map(|o| format!("{} {}", o.from, o.until)).collect()
    }

    #[test]
    fn windows_of_two_modes_merge_only_for_a_visit_that_may_lie_in_both() {
        let mut hours = Hours::default();
        hours.add_weekly(0, window("09:00", "12:00", Modes::BOTH));
        hours.add_weekly(0, window("12:00", "14:00", [Mode::Telehealth].into_iter().collect()));
        let monday = date(2026, 3, 2);
        let of = |mode| shown(&hours, "UTC", mode, monday, monday);
        assert_eq!(
            of(Some(Mode::Telehealth)),
            ["2026-03-02T09:00:00Z 2026-03-02T14:00:00Z"]
        );
        assert_eq!(of(Some(Mode::InPerson)), ["2026-03-02T09:00:00Z 2026-03-02T12:00:00Z"]);
        assert_eq!(of(None), of(Some(Mode::Telehealth)));
    }

    #[test]
    fn a_window_inside_a_skipped_hour_is_none() {
        let mut hours = Hours::default();
        hours.add_weekly(6, window("02:10", "02:50", Modes::BOTH));
        let (first, last) = (date(2026, 3, 1), date(2026, 3, 8));
        let open = shown(&hours, "America/New_York", None, first, last);
        assert_eq!(open, ["2026-03-01T07:10:00Z 2026-03-01T07:50:00Z"]);
    }
}
