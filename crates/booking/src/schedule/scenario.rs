//! A scenario: everything that the slot engine needs in one JSON text, for `slots --scenario` and for tests.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::instant::Instant;
use kernel::zone::Zone;
use serde::Deserialize;

use super::slots::{Asked, Busy, Rules, Slot, slots};
use crate::practice::hours::{DAYS, Hours, Window};
use crate::practice::mode::Mode;

/// Why a scenario cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// No JSON, a missing key, or a value of the wrong kind; the source names line and column.
    #[error("the scenario cannot be read: {0}")]
    Json(serde_json::Error),
    /// A key of `weekly_hours` that is no day.
    #[error("weekly_hours: {0:?} is no day; write mon, tue, wed, thu, fri, sat or sun")]
    Day(String),
    /// A length that must be at least one minute.
    #[error("{0} must be at least 1 minute")]
    Zero(&'static str),
    /// A busy interval that ends before it starts.
    #[error("busy: {0} to {1} ends before it starts")]
    Busy(Instant, Instant),
}

#[derive(Deserialize)]
struct Scenario {
    timezone: Zone,
    #[serde(default)]
    weekly_hours: BTreeMap<String, Vec<Window>>,
    #[serde(default)]
    overrides: Vec<Override>,
    #[serde(default)]
    busy: Vec<Interval>,
    duration_min: u32,
    step_min: u32,
    #[serde(default)]
    buffer_before: u32,
    #[serde(default)]
    buffer_after: u32,
    #[serde(default)]
    notice_min: u32,
    horizon_days: Option<u32>,
    max_per_day: Option<u32>,
    mode: Option<Mode>,
    now: Instant,
    query_range: [Instant; 2],
}

#[derive(Deserialize)]
struct Override {
    date: Date,
    hours: Vec<Window>,
}

#[derive(Deserialize)]
struct Interval {
    start: Instant,
    end: Instant,
    kind: Option<String>,
    #[serde(default)]
    buffer_before: u32,
    #[serde(default)]
    buffer_after: u32,
}

/// The slots of a scenario (INTERFACES.md), ascending. Keys that it does not know are left alone.
pub fn slots_of_scenario(json: &str) -> Result<Vec<Slot>, ScenarioError> {
    let scenario: Scenario = serde_json::from_str(json).map_err(ScenarioError::Json)?;
    for (name, length) in [("duration_min", scenario.duration_min), ("step_min", scenario.step_min)] {
        if length == 0 {
            return Err(ScenarioError::Zero(name));
        }
    }
    let mut hours = Hours::default();
    for (name, windows) in scenario.weekly_hours {
        let Some(day) = DAYS.iter().position(|d| *d == name) else {
            return Err(ScenarioError::Day(name));
        };
        hours.set_weekly(day, windows);
    }
    for one in scenario.overrides {
        hours.add_override(one.date, one.hours);
    }
    let busy = scenario.busy.iter().map(in_the_way).collect::<Result<Vec<_>, _>>()?;
    let rules = Rules {
        duration: scenario.duration_min,
        step: scenario.step_min,
        buffer_before: scenario.buffer_before,
        buffer_after: scenario.buffer_after,
        notice: scenario.notice_min,
        horizon_days: scenario.horizon_days,
        daily_cap: scenario.max_per_day,
        mode: scenario.mode,
    };
    let [from, until] = scenario.query_range;
    let asked = Asked {
        from,
        until,
        now: scenario.now,
    };
    Ok(slots(&scenario.timezone, &hours, &rules, &busy, asked))
}

fn in_the_way(one: &Interval) -> Result<Busy, ScenarioError> {
    if one.end < one.start {
        return Err(ScenarioError::Busy(one.start, one.end));
    }
    Ok(Busy {
        from: one.start.plus_minutes(-i64::from(one.buffer_before)),
        until: one.end.plus_minutes(i64::from(one.buffer_after)),
        counts: (one.kind.as_deref() == Some("appointment")).then_some(one.start),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(change: &[(&str, serde_json::Value)]) -> String {
        let mut json = serde_json::json!({
            "timezone": "America/New_York", "weekly_hours": {"mon": [["09:00", "11:00"]]},
            "duration_min": 30, "step_min": 30, "now": "2026-03-01T00:00:00Z",
            "query_range": ["2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"]
        });
        for (key, value) in change {
            json[*key] = value.clone();
        }
        json.to_string()
    }

    fn starts(json: &str) -> Vec<String> {
        slots_of_scenario(json)
            .unwrap()
            .iter()
            .map(|s| s.start.to_string())
            .collect()
    }

    #[test]
    fn the_optional_keys_may_be_absent() {
        assert_eq!(starts(&scenario(&[])).len(), 4);
        assert_eq!(starts(&scenario(&[("max_per_day", serde_json::Value::Null)])).len(), 4);
    }

    #[test]
    fn a_mode_leaves_out_the_windows_of_the_other() {
        let hours = serde_json::json!({"mon": [["09:00", "10:00", ["telehealth"]], ["10:00", "11:00"]]});
        let of = |mode: &str| starts(&scenario(&[("weekly_hours", hours.clone()), ("mode", mode.into())]));
        assert_eq!(of("telehealth").len(), 4);
        assert_eq!(of("in_person"), ["2026-03-02T15:00:00Z", "2026-03-02T15:30:00Z"]);
    }

    #[test]
    fn a_bad_scenario_says_what_is_wrong_with_it() {
        let refused = |key: &str, value: serde_json::Value| {
            slots_of_scenario(&scenario(&[(key, value)])).unwrap_err().to_string()
        };
        assert!(refused("timezone", "Mars/Base".into()).contains("no time zone is called \"Mars/Base\""));
        assert!(refused("weekly_hours", serde_json::json!({"monday": []})).contains("\"monday\" is no day"));
        assert!(refused("weekly_hours", serde_json::json!({"mon": [["10:00", "09:00"]]})).contains("10:00 to 09:00"));
        assert!(refused("duration_min", 0.into()).contains("duration_min"));
        assert!(refused("step_min", (-5).into()).contains("-5"));
        assert!(refused("now", "yesterday".into()).contains("not a time such as"));
        let backwards = serde_json::json!([{"start": "2026-03-02T15:00:00Z", "end": "2026-03-02T14:00:00Z"}]);
        assert!(refused("busy", backwards).contains("ends before it starts"));
        assert!(slots_of_scenario("[]").is_err() && slots_of_scenario("").is_err());
    }
}
