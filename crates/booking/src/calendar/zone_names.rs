//! From the name that a calendar gives to a zone to a zone of the tz database.
//!
//! Known for certain: IANA names, also behind the prefixes that some programs write
//! (`/freeassociation.sourceforge.net/Europe/Berlin`), and Windows names. Only guessed, for files that
//! bring no VTIMEZONE: the long names of Outlook ("(UTC+01:00) Amsterdam, Berlin, …") and bare offsets.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::tz::{Offset, TimeZone};

use super::value::offset;
use super::windows::{DISPLAY, WINDOWS};

/// The zone that this name certainly means.
pub(super) fn known(name: &str) -> Option<TimeZone> {
    let name = plain(name);
    if matches!(name, "Z" | "z") {
        return Some(TimeZone::UTC);
    }
    iana(name).or_else(|| windows(name)).or_else(|| behind_prefix(name))
}

/// The zone that this name may mean, by a city or a bare offset in it.
pub(super) fn guessed(name: &str) -> Option<TimeZone> {
    let name = plain(name);
    let (bracket, rest) = match name.strip_prefix('(').and_then(|n| n.split_once(')')) {
        Some((bracket, rest)) => (bracket, rest.trim()),
        None => (name, name),
    };
    let display = DISPLAY.iter().find(|(start, _)| rest.starts_with(start));
    display
        .and_then(|(_, zone)| iana(zone))
        .or_else(|| by_city(rest))
        .or_else(|| by_offset(bracket))
}

/// Without quotes, blanks and the colon that some programs put behind.
fn plain(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ':'))
}

fn iana(name: &str) -> Option<TimeZone> {
    (name.len() <= 64).then(|| jiff::tz::db().get(name).ok())?
}

fn windows(name: &str) -> Option<TimeZone> {
    if name.len() > 64 {
        return None;
    }
    let wanted = name.to_ascii_lowercase().replace(" daylight time", " standard time");
    let found = WINDOWS.binary_search_by(|(w, _)| w.to_ascii_lowercase().as_str().cmp(&wanted));
    iana(WINDOWS[found.ok()?].1)
}

/// `…/America/Indiana/Knox`, `tzone://Microsoft/Utc`: the longest end that is an IANA name.
fn behind_prefix(name: &str) -> Option<TimeZone> {
    let slashes: Vec<usize> = name.match_indices('/').map(|(at, _)| at + 1).collect();
    let ends = slashes.iter().rev().take(3).rev();
    ends.into_iter().find_map(|at| iana(&name[*at..]))
}

fn by_city(names: &str) -> Option<TimeZone> {
    static CITIES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let all = jiff::tz::db().available().map(|name| name.to_string());
        all.filter_map(|name| {
            let city = name.rsplit_once('/')?.1.to_ascii_lowercase();
            (!name.starts_with("Etc/")).then(|| (city, name.clone()))
        })
        .collect()
    });
    names
        .split([',', '/', ';'])
        .take(8)
        .map(|city| city.trim().replace(' ', "_").to_ascii_lowercase())
        .find_map(|city| iana(CITIES.get(&city)?))
}

/// `UTC+01:00`, `GMT-5`, `GMT+01.00`, `+0200`: hours east of Greenwich.
fn by_offset(text: &str) -> Option<TimeZone> {
    let text = text.trim().to_ascii_uppercase().replace('.', ":");
    let rest = text
        .strip_prefix("UTC")
        .or_else(|| text.strip_prefix("GMT"))
        .unwrap_or(&text)
        .trim();
    if rest.is_empty() {
        return (!text.is_empty()).then_some(TimeZone::UTC);
    }
    let sign = rest.get(..1)?;
    let (hours, minutes) = rest.get(1..)?.split_once(':').unwrap_or((&rest[1..], "00"));
    let seconds = offset(&if matches!(hours.len(), 1 | 2) {
        format!("{sign}{hours:0>2}{minutes}")
    } else {
        rest.to_owned()
    })?;
    let offset = Offset::from_seconds(i32::try_from(seconds).ok()?).ok()?;
    Some(TimeZone::fixed(offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(tz: Option<TimeZone>) -> String {
        let tz = tz.unwrap();
        tz.iana_name().map_or_else(|| format!("{tz:?}"), str::to_owned)
    }

    #[test]
    fn every_windows_name_means_a_zone_of_the_database() {
        for (windows, zone) in WINDOWS {
            assert!(iana(zone).is_some(), "{zone}");
            assert!(known(windows).is_some(), "{windows}");
        }
        for (_, zone) in DISPLAY {
            assert!(iana(zone).is_some(), "{zone}");
        }
    }

    #[test]
    fn names_are_found_behind_prefixes_and_in_any_case() {
        for (written, zone) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("\"europe/berlin\" ", "Europe/Berlin"),
            ("/freeassociation.sourceforge.net/Tzfile/Europe/London", "Europe/London"),
            ("/mozilla.org/20050126_1/America/Indiana/Knox", "America/Indiana/Knox"),
            ("tzone://Microsoft/Utc", "UTC"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("Pacific Standard Time:", "America/Los_Angeles"),
            ("eastern daylight time", "America/New_York"),
        ] {
            assert_eq!(name(known(written)), zone, "{written}");
        }
        for unknown in [
            "",
            "Mars/Olympus",
            "Customized Time Zone",
            "Eastern",
            "/",
            "é/é",
            "(UTC+01:00) Berlin",
        ] {
            assert!(known(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn long_names_and_offsets_are_guessed() {
        for (written, zone) in [
            (
                "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
                "Europe/Amsterdam",
            ),
            ("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"),
            ("(GMT+01.00) Sarajevo/Warsaw/Zagreb", "Europe/Sarajevo"),
            ("Canberra, Melbourne, Sydney", "Australia/Canberra"),
            ("(UTC) Coordinated Universal Time", "UTC"),
        ] {
            assert_eq!(name(guessed(written)), zone, "{written}");
        }
        for (written, hours) in [
            ("GMT+2", 2),
            ("(UTC-03:00) Nowhere", -3),
            ("+0500", 5),
            ("UTC+05:00", 5),
        ] {
            let fixed = TimeZone::fixed(Offset::constant(hours));
            assert_eq!(guessed(written), Some(fixed), "{written}");
        }
        for unknown in [
            "",
            "Mars/Olympus",
            "Customized Time Zone",
            "+",
            "GMT+",
            "+é",
            "UTC+25:00",
            "(",
            "()",
        ] {
            assert!(guessed(unknown).is_none(), "{unknown}");
        }
    }
}
