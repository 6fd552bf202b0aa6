//! What differs between two setups, by the keys of the practice file.

use super::{Change, Setup};
use crate::practice::hours::{DAYS, Hours};
use crate::practice::{Consultant, Offering, Package, Practice};

macro_rules! keys {
    ($old:expr, $new:expr; $($field:ident $(as $key:literal)?),+ $(,)?) => {{
        let mut keys: Vec<&'static str> = Vec::new();
        $(if $old.$field != $new.$field {
            keys.push(keys!(@name $field $($key)?));
        })+
        keys
    }};
    (@name $field:ident $key:literal) => { $key };
    (@name $field:ident) => { stringify!($field) };
}

/// What changed, in the order of the file.
pub(super) fn between(old: &Setup, new: &Setup) -> Vec<Change> {
    let mut changes = Vec::new();
    if let Some(after) = &new.practice {
        practice(old.practice.as_ref(), after, &mut changes);
    }
    for after in &new.consultants {
        let before = old.consultants.iter().find(|(c, _)| c.id == after.0.id);
        note(
            &mut changes,
            format!("consultant {}", after.0.slug),
            before.map(|b| consultant(b, after)),
        );
    }
    for after in &new.offerings {
        let before = old.offerings.iter().find(|o| o.id == after.id);
        note(
            &mut changes,
            format!("offering {}", after.slug),
            before.map(|b| offering(b, after)),
        );
    }
    for after in &new.packages {
        let before = old.packages.iter().find(|p| p.id == after.id);
        note(
            &mut changes,
            format!("package {}", after.slug),
            before.map(|b| package(b, after)),
        );
    }
    changes
}

/// Notes something new (`None`) or changed.
fn note(changes: &mut Vec<Change>, what: String, keys: Option<Vec<&'static str>>) {
    match keys {
        None => changes.push(Change { what, keys: Vec::new() }),
        Some(keys) if !keys.is_empty() => changes.push(Change { what, keys }),
        Some(_) => {}
    }
}

fn practice(before: Option<&Practice>, after: &Practice, changes: &mut Vec<Change>) {
    let Some(before) = before else {
        return note(changes, "practice".into(), None);
    };
    let keys = keys!(before, after;
        name, discreet_name, tagline, welcome, about, how_to_pay, emergency_line, phone, email,
        postal_address, zone as "timezone", currency, locale, colour, office);
    note(changes, "practice".into(), Some(keys));
    let policy = keys!(before.policy, after.policy;
        free_until_hours, late_percent, no_show_percent, grace_minutes, words);
    note(changes, "policy".into(), Some(policy));
    if before.home_zones != after.home_zones {
        note(changes, "practice".into(), Some(vec!["home_zones"]));
    }
}

fn consultant(before: &(Consultant, Hours), after: &(Consultant, Hours)) -> Vec<&'static str> {
    let mut keys = keys!(before.0, after.0; name, credentials, zone as "timezone");
    for (day, name) in DAYS.iter().enumerate() {
        if before.1.weekly(day) != after.1.weekly(day) {
            keys.push(name);
        }
    }
    if !before.1.overrides().eq(after.1.overrides()) {
        keys.push("overrides");
    }
    if before.1.time_off() != after.1.time_off() {
        keys.push("time_off");
    }
    keys
}

fn offering(before: &Offering, after: &Offering) -> Vec<&'static str> {
    keys!(before, after;
        name, summary, description, minutes, step_minutes, buffer_before_minutes, buffer_after_minutes,
        notice_minutes, horizon_days, daily_cap, price, terms, modes, channels, places, audience,
        once_per_family, reminder_minutes, questions, consents, archived)
}

fn package(before: &Package, after: &Package) -> Vec<&'static str> {
    keys!(before, after;
        name, summary, description, price, valid_months, visits, archived)
}
