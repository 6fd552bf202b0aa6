//! A month of slots for one offering, pure: 500 visits to come, 5,000 busy intervals, hours as a practice has them.
//!
//! `cargo bench -p booking`. What lies in the past does not reach the engine at all; the bench of a whole request is `tests/bench/http.rs`.

use std::hint::black_box;

use booking::practice::hours::{Hours, Window};
use booking::practice::{Mode, Modes};
use booking::schedule::{Asked, Busy, Rules, slots};
use criterion::{Criterion, criterion_group, criterion_main};
use kernel::instant::Instant;
use kernel::zone::Zone;

const DAY: i64 = 1440;

fn month(bench: &mut Criterion) {
    let now: Instant = "2026-03-02T13:00:00Z".parse().unwrap_or(Instant::from_micros(0));
    let asked = Asked {
        from: now,
        until: now.plus_minutes(31 * DAY),
        now,
    };
    let rules = Rules {
        duration: 15,
        step: 15,
        buffer_before: 0,
        buffer_after: 5,
        notice: 120,
        horizon_days: Some(60),
        daily_cap: Some(12),
        mode: Some(Mode::Telehealth),
    };
    let hours = hours();
    for zone in ["America/New_York", "Australia/Lord_Howe"] {
        let Ok(zone) = Zone::named(zone) else { continue };
        let mut group = bench.benchmark_group(zone.name());
        for (name, visits, busy) in [
            ("empty", 0, 0),
            ("500 visits", 500, 0),
            ("500 visits, 5,000 busy", 500, 5_000),
        ] {
            let busy = in_the_way(now, visits, busy);
            group.bench_function(name, |b| {
                b.iter(|| slots(&zone, &hours, &rules, black_box(&busy), asked).len());
            });
        }
        group.finish();
    }
}

/// Nine to five on weekdays, with a break, and two evenings for telehealth.
fn hours() -> Hours {
    let mut hours = Hours::default();
    let both = [("09:00", "12:00"), ("13:00", "17:00")];
    let evening = [("19:00", "21:00")];
    for day in 0..5 {
        let evenings = evening.iter().filter(|_| day % 2 == 0);
        for (opens, closes) in both.iter().chain(evenings) {
            let window = opens.parse().ok().zip(closes.parse().ok());
            if let Some(Ok(window)) = window.map(|(opens, closes)| Window::new(opens, closes, Modes::BOTH)) {
                hours.add_weekly(day, window);
            }
        }
    }
    hours
}

/// Visits over sixty days, and busy intervals over the sixty days from a week before: some lie in hours, most do not.
fn in_the_way(now: Instant, visits: i64, busy: i64) -> Vec<Busy> {
    let visit = |n: i64| {
        let start = now.plus_minutes(n * 60 * DAY / visits.max(1) / 15 * 15);
        Busy {
            from: start,
            until: start.plus_minutes(20),
            counts: Some(start),
        }
    };
    let interval = |n: i64| {
        let start = now.plus_minutes(n * 60 * DAY / busy.max(1) - 7 * DAY);
        Busy {
            from: start,
            until: start.plus_minutes(5),
            counts: None,
        }
    };
    (0..visits).map(visit).chain((0..busy).map(interval)).collect()
}

criterion_group!(benches, month);
criterion_main!(benches);
