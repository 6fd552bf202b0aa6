//! A setup as a practice file that would change nothing.

use std::fmt::Write as _;

use kernel::money::Money;

use super::Setup;
use crate::practice::hours::{DAYS, Hours, Window};
use crate::practice::intake::{Consent, Question};
use crate::practice::{Consultant, HomeZone, Offering, Package, PackageVisits, Practice};

/// Everything as TOML; empty when there is no practice.
pub fn show(setup: &Setup) -> String {
    let mut out = Out(String::new());
    let Some(practice) = &setup.practice else { return out.0 };
    out.practice(practice);
    for zone in &practice.home_zones {
        out.home_zone(zone, practice);
    }
    for (consultant, hours) in &setup.consultants {
        out.consultant(consultant, hours);
    }
    for offering in &setup.offerings {
        out.offering(offering);
    }
    for package in &setup.packages {
        out.package(package);
    }
    out.0
}

struct Out(String);

impl Out {
    fn head(&mut self, name: &str) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.0, "{gap}{name}");
    }

    fn key(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{name} = {value}");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.key(name, quoted(text));
    }

    fn list<T>(&mut self, name: &str, items: &[T], one: impl Fn(&T) -> String) {
        self.key(name, list(items, one));
    }

    fn practice(&mut self, p: &Practice) {
        self.head("[practice]");
        self.text("name", &p.name);
        self.text("discreet_name", &p.discreet_name);
        self.text("tagline", &p.tagline);
        self.text("welcome", &p.welcome);
        self.text("about", &p.about);
        self.text("how_to_pay", &p.how_to_pay);
        if !p.emergency_line.is_empty() {
            self.text("emergency_line", &p.emergency_line);
        }
        self.text("phone", &p.phone);
        self.text("email", p.email.as_str());
        self.list("postal_address", &p.postal_address, |l| quoted(l));
        self.text("timezone", p.zone.name());
        self.text("currency", p.currency.code());
        self.text("locale", &p.locale);
        self.text("colour", &p.colour);
        if let Some(office) = &p.office {
            self.head("[practice.office]");
            self.text("name", &office.name);
            self.list("address", &office.address, |l| quoted(l));
            self.text("directions", &office.directions);
        }
        self.head("[policy]");
        self.key("free_until_hours", p.policy.free_until_hours);
        self.key("late_percent", p.policy.late_percent);
        self.key("no_show_percent", p.policy.no_show_percent);
        self.key("grace_minutes", p.policy.grace_minutes);
        self.text("words", &p.policy.words);
    }

    fn home_zone(&mut self, zone: &HomeZone, practice: &Practice) {
        self.head("[[home_zones]]");
        self.text("name", &zone.name);
        self.list("postcodes", &zone.postcodes, |p| quoted(p));
        self.key("travel_minutes", zone.travel_minutes);
        self.text("trip_fee", &amount(Money::new(zone.trip_fee, practice.currency)));
    }

    fn consultant(&mut self, c: &Consultant, hours: &Hours) {
        self.head("[[consultants]]");
        self.text("slug", c.slug.as_str());
        self.text("name", &c.name);
        self.text("credentials", &c.credentials);
        self.text("timezone", c.zone.name());
        if hours.overrides().next().is_none() {
            self.key("overrides", "[]");
        }
        if hours.time_off().is_empty() {
            self.key("time_off", "[]");
        }
        self.head("[consultants.hours]");
        for (day, name) in DAYS.iter().enumerate() {
            self.list(name, hours.weekly(day), |w| window(*w));
        }
        for (date, windows) in hours.overrides() {
            self.head("[[consultants.overrides]]");
            self.text("date", &date.to_string());
            self.list("hours", windows, |w| window(*w));
        }
        for one in hours.time_off() {
            self.head("[[consultants.time_off]]");
            self.text("from", &one.from.to_string());
            self.text("to", &one.until.to_string());
        }
    }

    fn offering(&mut self, o: &Offering) {
        self.head("[[offerings]]");
        self.text("slug", o.slug.as_str());
        self.text("name", &o.name);
        self.text("summary", &o.summary);
        self.text("description", &o.description);
        self.key("minutes", o.minutes);
        self.key("step_minutes", o.step_minutes);
        self.key("buffer_before_minutes", o.buffer_before_minutes);
        self.key("buffer_after_minutes", o.buffer_after_minutes);
        self.key("notice_minutes", o.notice_minutes);
        self.key("horizon_days", o.horizon_days);
        self.key("daily_cap", o.daily_cap.unwrap_or(0));
        self.text("price", &amount(o.price));
        self.text("terms", o.terms.as_str());
        let modes: Vec<_> = o.modes.iter().collect();
        self.list("modes", &modes, |m| quoted(m.as_str()));
        self.list("channels", &o.channels, |c| quoted(c.as_str()));
        self.list("places", &o.places, |p| quoted(p.as_str()));
        self.text("audience", o.audience.as_str());
        self.key("once_per_family", o.once_per_family);
        self.list("reminder_minutes", &o.reminder_minutes, ToString::to_string);
        self.key("archived", o.archived);
        if o.questions.is_empty() {
            self.key("questions", "[]");
        }
        if o.consents.is_empty() {
            self.key("consents", "[]");
        }
        for question in &o.questions {
            self.question(question);
        }
        for consent in &o.consents {
            self.consent(consent);
        }
    }

    fn question(&mut self, q: &Question) {
        self.head("[[offerings.questions]]");
        self.text("key", q.key.as_str());
        self.text("kind", q.kind.as_str());
        self.text("label", &q.label);
        if !q.help.is_empty() {
            self.text("help", &q.help);
        }
        if !q.choices.is_empty() {
            self.list("choices", &q.choices, |c| quoted(c));
        }
        self.key("required", q.required);
        self.text("ask", q.ask.as_str());
        if let Some(when) = q.when {
            self.text("when", when.as_str());
        }
    }

    fn consent(&mut self, c: &Consent) {
        self.head("[[offerings.consents]]");
        self.text("key", c.key.as_str());
        self.key("version", c.version);
        self.text("wording", &c.wording);
        self.key("required", c.required);
        self.text("ask", c.ask.as_str());
        if let Some(when) = c.when {
            self.text("when", when.as_str());
        }
    }

    fn package(&mut self, p: &Package) {
        self.head("[[packages]]");
        self.text("slug", p.slug.as_str());
        self.text("name", &p.name);
        self.text("summary", &p.summary);
        self.text("description", &p.description);
        self.text("price", &amount(p.price));
        self.key("valid_months", p.valid_months);
        self.list("visits", &p.visits, visits);
        self.key("archived", p.archived);
    }
}

/// A line of a package. Ways that are every way are left out.
fn visits(line: &PackageVisits) -> String {
    let mut text = format!(
        "{{ offering = {}, count = {}",
        quoted(line.offering.as_str()),
        line.count
    );
    let modes: Vec<_> = line.ways.modes.iter().collect();
    if !modes.is_empty() {
        let _ = write!(text, ", modes = {}", list(&modes, |m| quoted(m.as_str())));
    }
    if !line.ways.places.is_empty() {
        let _ = write!(text, ", places = {}", list(&line.ways.places, |p| quoted(p.as_str())));
    }
    if line.trip_fee_included {
        text.push_str(", trip_fee_included = true");
    }
    text + " }"
}

fn list<T>(items: &[T], one: impl Fn(&T) -> String) -> String {
    format!("[{}]", items.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn window(window: Window) -> String {
    let modes: Vec<_> = window.modes().iter().collect();
    let (opens, closes) = (window.opens(), window.closes());
    if modes.len() == 2 {
        return format!("[\"{opens}\", \"{closes}\"]");
    }
    format!("[\"{opens}\", \"{closes}\", {}]", list(&modes, |m| quoted(m.as_str())))
}

/// "195.00": a price as it is written and read.
pub(in crate::practice) fn amount(money: Money) -> String {
    let digits = usize::try_from(money.currency.digits()).unwrap_or(2);
    let text = format!("{:0>width$}", money.minor, width = digits + 1);
    let (whole, fraction) = text.split_at(text.len() - digits);
    if digits == 0 {
        whole.into()
    } else {
        format!("{whole}.{fraction}")
    }
}

/// A TOML string: of several lines between three quotes, so that it reads as it was written.
fn quoted(text: &str) -> String {
    let plain = text.replace('\\', "\\\\").replace('"', "\\\"");
    if plain.contains('\n') {
        format!("\"\"\"\n{plain}\"\"\"")
    } else {
        format!("\"{plain}\"")
    }
}
