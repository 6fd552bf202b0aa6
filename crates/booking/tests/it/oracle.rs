//! The slot engine against a slow and obvious one, over random practices around clock changes of nasty zones.

use booking::practice::hours::{Hours, Window};
use booking::practice::mode::{Mode, Modes};
use booking::schedule::{Asked, Busy, InTheWay, Kind, Reason, Rules, WhyNot, explain, explain_one, slots, why_not};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use kernel::instant::Instant;
use kernel::zone::Zone;
use proptest::prelude::*;

const MINUTE: i64 = 60_000_000;

/// Everything that decides about slots, in small numbers.
#[derive(Clone, Debug)]
struct Case {
    zone: Zone,
    base: Date,
    hours: Hours,
    rules: Rules,
    busy: Vec<Busy>,
    asked: Asked,
}

/// Which minutes she is open, asked one by one.
struct Oracle {
    first: i64,
    open: Vec<bool>,
}

impl Oracle {
    fn new(case: &Case) -> Self {
        let date_of = |days: i64| case.base.checked_add(days.days()).unwrap();
        let first = case.zone.start_of_day(date_of(-20)).micros() / MINUTE;
        let mut open = vec![false; 60 * 24 * 40];
        let mut day = date_of(-20);
        while day < date_of(12) {
            for window in case.hours.on(day, day.weekday()) {
                if case.rules.mode.is_some_and(|m| !window.modes().has(m)) {
                    continue;
                }
                let at = |minutes: u16| {
                    let civil = day.to_datetime(jiff::civil::Time::midnight()) + i64::from(minutes).minutes();
                    case.zone.instant(civil).micros() / MINUTE
                };
                for minute in at(window.opens().minutes())..at(window.closes().minutes()) {
                    open[usize::try_from(minute - first).unwrap()] = true;
                }
            }
            day = day.tomorrow().unwrap();
        }
        Self { first, open }
    }

    fn is_open(&self, minute: i64) -> bool {
        self.open[usize::try_from(minute - self.first).unwrap()]
    }

    /// Whether a start of the grid is at this open minute.
    fn is_on_grid(&self, case: &Case, minute: i64) -> bool {
        let day = |minute: i64| case.zone.date(Instant::from_micros(minute * MINUTE));
        let mut opened = minute;
        while opened > self.first && self.is_open(opened - 1) {
            opened -= 1;
        }
        let anchor = if (day(minute) - day(opened)).get_days() > 7 {
            case.zone.start_of_day(day(minute)).micros() / MINUTE
        } else {
            opened
        };
        (minute - anchor) % i64::from(case.rules.step) == 0
    }

    fn is_slot(&self, case: &Case, minute: i64) -> bool {
        let (rules, zone) = (&case.rules, &case.zone);
        let start = Instant::from_micros(minute * MINUTE);
        let day = |at: Instant| zone.date(at);
        let length = i64::from(rules.duration);
        if !(case.asked.from <= start && start < case.asked.until) {
            return false;
        }
        if start < case.asked.now.plus_minutes(i64::from(rules.notice)) {
            return false;
        }
        if rules
            .horizon_days
            .is_some_and(|h| day(start) > day(case.asked.now) + i64::from(h).days())
        {
            return false;
        }
        if (minute..minute + length).any(|m| !self.is_open(m)) {
            return false;
        }
        if !self.is_on_grid(case, minute) {
            return false;
        }
        if let Some(cap) = rules.daily_cap {
            let that_day = case
                .busy
                .iter()
                .filter(|b| b.counts.is_some_and(|at| day(at) == day(start)));
            if that_day.count() >= cap as usize {
                return false;
            }
        }
        let end = start.plus_minutes(length);
        !case.busy.iter().any(|b| {
            let from = b.from.plus_minutes(-i64::from(rules.buffer_after));
            let until = b.until.plus_minutes(i64::from(rules.buffer_before));
            from < until && from < end && start < until
        })
    }
}

fn windows() -> impl Strategy<Value = Vec<Window>> {
    let modes = prop_oneof![
        3 => Just(Modes::BOTH),
        1 => Just([Mode::Telehealth].into_iter().collect()),
        1 => Just([Mode::InPerson].into_iter().collect()),
    ];
    let some = (0_u16..96, 1_u16..40, modes).prop_map(|(opens, length, modes)| {
        let text = |quarters: u16| format!("{:02}:{:02}", quarters / 4, quarters % 4 * 15).parse().unwrap();
        Window::new(text(opens), text((opens + length).min(96)), modes).unwrap()
    });
    let all_day = Window::new("00:00".parse().unwrap(), "24:00".parse().unwrap(), Modes::BOTH).unwrap();
    prop_oneof![
        2 => prop::collection::vec(some, 0..4),
        1 => Just(vec![all_day]),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let zone = prop::sample::select(vec![
        "America/New_York",
        "Europe/Lisbon",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Pacific/Honolulu",
        "Pacific/Apia",
        "America/St_Johns",
        "Asia/Beirut",
        "Africa/Cairo",
        "America/Santiago",
        "America/Nuuk",
        "Asia/Gaza",
        "UTC",
        "America/Asuncion",
        "Pacific/Chatham",
        "Africa/Casablanca",
        "Antarctica/Troll",
        "America/Havana",
    ]);
    let base = prop::sample::select(vec![
        date(2026, 3, 8),
        date(2026, 11, 1),
        date(2026, 3, 29),
        date(2026, 10, 25),
        date(2026, 4, 5),
        date(2026, 10, 4),
        date(2026, 9, 6),
        date(2026, 6, 15),
        date(2011, 12, 30),
        date(2026, 4, 24),
        date(2026, 10, 30),
    ]);
    let week = prop_oneof![
        3 => prop::collection::vec(windows(), 7).boxed(),
        1 => windows().prop_map(|same| vec![same; 7]).boxed(),
    ];
    let overrides = prop::collection::vec((-3_i64..4, windows()), 0..3);
    let busy = prop::collection::vec((-2000_i64..4000, 0_i64..300, any::<bool>()), 0..12);
    let lengths = (1_u32..30, 1_u32..26, 0_u32..9, 0_u32..9, 0_u32..120);
    let limits = (
        prop::option::of(0_u32..5),
        prop::option::of(0_u32..4),
        prop::option::of(any::<bool>()),
    );
    let range = (-1500_i64..1500, 1_i64..3000, -3000_i64..3000);
    (zone, base, week, overrides, busy, lengths, limits, range).prop_map(
        |(zone, base, week, overrides, busy, lengths, limits, range)| {
            let zone = Zone::named(zone).unwrap();
            let noon = zone.instant(base.at(12, 0, 0, 0));
            let mut hours = Hours::default();
            for (day, windows) in week.into_iter().enumerate() {
                hours.set_weekly(day, windows);
            }
            for (days, windows) in overrides {
                hours.add_override(base.checked_add(days.days()).unwrap(), windows);
            }
            let busy = busy.into_iter().map(|(start, length, counts)| {
                let start = noon.plus_minutes(start);
                Busy {
                    from: start,
                    until: start.plus_minutes(length),
                    counts: counts.then_some(start),
                }
            });
            let (duration, step, before, after, notice) = lengths;
            let (horizon_days, daily_cap, mode) = limits;
            let (from, length, now) = range;
            Case {
                zone,
                base,
                hours,
                rules: Rules {
                    duration: duration * 5,
                    step: step * 5,
                    buffer_before: before * 5,
                    buffer_after: after * 5,
                    notice: notice * 7,
                    horizon_days,
                    daily_cap,
                    mode: mode.map(|t| if t { Mode::Telehealth } else { Mode::InPerson }),
                },
                busy: busy.collect(),
                asked: Asked {
                    from: noon.plus_minutes(from),
                    until: noon.plus_minutes(from + length),
                    now: noon.plus_minutes(now),
                },
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_offered_slot_satisfies_every_rule_and_every_other_minute_has_its_reason(case in case()) {
        let oracle = Oracle::new(&case);
        let found = slots(&case.zone, &case.hours, &case.rules, &case.busy, case.asked);
        prop_assert!(found.is_sorted());
        let starts: Vec<i64> = found.iter().map(|s| s.start.micros()).collect();
        let (from, until) = (case.asked.from.micros() / MINUTE, case.asked.until.micros() / MINUTE);
        let expected: Vec<i64> = (from..until).filter(|m| oracle.is_slot(&case, *m)).map(|m| m * MINUTE).collect();
        prop_assert_eq!(&starts, &expected);
        for slot in &found {
            prop_assert_eq!(slot.end, slot.start.plus_minutes(i64::from(case.rules.duration)));
        }
        for minute in from..until {
            let start = Instant::from_micros(minute * MINUTE);
            let why = why_not(&case.zone, &case.hours, &case.rules, &case.busy, start, case.asked.now);
            prop_assert_eq!(why.is_none(), expected.binary_search(&(minute * MINUTE)).is_ok(), "{} {:?}", start, why);
        }
    }

    #[test]
    fn every_start_of_the_grid_is_either_offered_or_explained_and_never_both(case in case()) {
        let oracle = Oracle::new(&case);
        let (from, until) = (case.asked.from.micros() / MINUTE, case.asked.until.micros() / MINUTE);
        let kinds = [Kind::Appointment, Kind::Busy, Kind::TimeOff];
        let in_the_way: Vec<InTheWay> = case.busy.iter().zip(kinds.into_iter().cycle()).map(|(busy, kind)| InTheWay {
            kind,
            // It has itself five minutes kept free after it, when it is long enough.
            itself: (busy.from, busy.until.plus_minutes(-5).max(busy.from)),
            busy: *busy,
        }).collect();
        let offered = slots(&case.zone, &case.hours, &case.rules, &case.busy, case.asked);
        let explained = explain(&case.zone, &case.hours, &case.rules, &in_the_way, case.asked);
        prop_assert!(explained.is_sorted_by_key(|(start, _)| *start));
        let mut both: Vec<i64> = offered.iter().map(|s| s.start.micros()).collect();
        both.extend(explained.iter().map(|(start, _)| start.micros()));
        both.sort_unstable();
        let grid: Vec<i64> = (from..until).filter(|m| oracle.is_open(*m) && oracle.is_on_grid(&case, *m)).map(|m| m * MINUTE).collect();
        prop_assert_eq!(both, grid, "each once, and none twice");
        for minute in from..until {
            let start = Instant::from_micros(minute * MINUTE);
            let short = why_not(&case.zone, &case.hours, &case.rules, &case.busy, start, case.asked.now);
            let long = explain_one(&case.zone, &case.hours, &case.rules, &in_the_way, start, case.asked.now);
            prop_assert_eq!(short.is_none(), long.is_none(), "{} {:?} {:?}", start, short, long);
            let (Some(short), Some(long)) = (short, long) else { continue };
            let any = |of: &[Reason]| of.iter().any(|reason| long.reasons.contains(reason));
            let ways = [Reason::TimeOff, Reason::Appointment, Reason::Busy, Reason::Buffers];
            prop_assert_eq!(any(&ways), !long.in_the_way.is_empty(), "{} {:?}", start, long);
            prop_assert!(long.reasons.is_sorted());
            prop_assert!(any(match short {
                WhyNot::Past => &[Reason::Past],
                WhyNot::TooSoon => &[Reason::TooSoon],
                WhyNot::BeyondHorizon => &[Reason::BeyondHorizon],
                WhyNot::OutsideHours => &[Reason::OutsideHours, Reason::OtherMode, Reason::EndsAfterHours],
                WhyNot::OffGrid => &[Reason::OffGrid],
                WhyNot::DayFull => &[Reason::DayFull],
                WhyNot::Taken => &ways,
            }), "{} {:?} {:?}", start, short, long);
            if let Some((_, listed)) = explained.iter().find(|(at, _)| *at == start) {
                prop_assert_eq!(listed, &long);
            }
        }
    }

    #[test]
    fn as_time_passes_only_early_slots_go(case in case(), later in 0_i64..3000) {
        let rules = Rules { horizon_days: None, ..case.rules };
        let now = case.asked.now.plus_minutes(later);
        let before = slots(&case.zone, &case.hours, &rules, &case.busy, case.asked);
        let after = slots(&case.zone, &case.hours, &rules, &case.busy, Asked { now, ..case.asked });
        let earliest = now.plus_minutes(i64::from(rules.notice));
        let kept: Vec<_> = before.into_iter().filter(|s| s.start >= earliest).collect();
        prop_assert_eq!(after, kept);
    }

    #[test]
    fn the_answer_does_not_depend_on_the_range_that_is_asked_for(case in case(), cut in 1_i64..3000) {
        let ask = |from, until| slots(&case.zone, &case.hours, &case.rules, &case.busy, Asked { from, until, ..case.asked });
        let middle = case.asked.from.plus_minutes(cut).min(case.asked.until);
        let mut parts = ask(case.asked.from, middle);
        parts.extend(ask(middle, case.asked.until));
        prop_assert_eq!(parts, ask(case.asked.from, case.asked.until));
    }
}

/// The demo practice's hours, at both clock changes of 2026 and 2027 in every zone there is.
#[test]
fn slots_stay_inside_the_wall_clock_hours_in_every_zone_at_every_clock_change() {
    let mut hours = Hours::default();
    let week: [&[(&str, &str)]; 7] = [
        &[("09:00", "16:00")],
        &[("12:00", "18:00")],
        &[("09:00", "13:00"), ("19:00", "21:00")],
        &[("09:00", "16:00")],
        &[("09:00", "14:00")],
        &[("09:00", "12:00")],
        &[("00:00", "04:00"), ("22:00", "24:00")],
    ];
    for (day, windows) in week.iter().enumerate() {
        for (opens, closes) in *windows {
            let window = Window::new(opens.parse().unwrap(), closes.parse().unwrap(), Modes::BOTH).unwrap();
            hours.add_weekly(day, window);
        }
    }
    let rules = Rules {
        duration: 15,
        step: 15,
        buffer_before: 0,
        buffer_after: 5,
        notice: 120,
        horizon_days: None,
        daily_cap: None,
        mode: None,
    };
    let (start, end): (Instant, Instant) = (
        "2026-01-01T00:00:00Z".parse().unwrap(),
        "2028-01-01T00:00:00Z".parse().unwrap(),
    );
    let mut seen = 0;
    for name in Zone::all_names() {
        let Ok(zone) = Zone::named(&name) else { continue };
        let changes = zone
            .tz()
            .following(start.timestamp())
            .map(|t| Instant::from(t.timestamp()));
        for change in changes.take_while(|at| *at < end) {
            let asked = Asked {
                from: change.plus_minutes(-2880),
                until: change.plus_minutes(2880),
                now: start,
            };
            for slot in slots(&zone, &hours, &rules, &[], asked) {
                let civil = zone.civil(slot.start);
                let minute = u16::try_from(civil.hour()).unwrap() * 60 + u16::try_from(civil.minute()).unwrap();
                let windows = hours.on(civil.date(), civil.weekday());
                let inside = windows
                    .iter()
                    .any(|w| w.opens().minutes() <= minute && minute < w.closes().minutes());
                assert!(inside, "{name}: {civil}");
                seen += 1;
            }
        }
    }
    assert!(seen > 10_000);
}
