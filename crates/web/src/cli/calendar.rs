//! `goldenhour slots` and `goldenhour busy`: free and busy times as JSON. With a scenario, and for a calendar file, no database is touched.

use std::path::PathBuf;

use booking::calendar::busy::busy;
use booking::practice::{Mode, PlaceKind};
use booking::schedule::scenario::slots_of_scenario;
use booking::schedule::{NotOffered, Reasons, Slot, SlotsAsked};
use clap::Args;
use kernel::instant::Instant;
use kernel::zone::Zone;
use serde_json::{Value, json};

use super::{Failure, read};
use crate::state::App;

/// Free times.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("of").required(true))]
pub struct Slots {
    /// A file that says everything (JSON)
    #[arg(long, value_name = "FILE", group = "of", conflicts_with_all = ["mode", "from", "to", "explain"])]
    scenario: Option<PathBuf>,
    /// The slug of an offering in the database
    #[arg(long, value_name = "SLUG", group = "of", requires_all = ["mode", "from", "to"])]
    offering: Option<String>,
    /// `telehealth` or `in_person`
    #[arg(long)]
    mode: Option<Mode>,
    /// The first possible start (RFC 3339)
    #[arg(long, value_name = "T")]
    from: Option<Instant>,
    /// Starts are before this (RFC 3339)
    #[arg(long, value_name = "T")]
    to: Option<Instant>,
    /// Say of every other start of the grid why it is not offered, and what stands in the way
    #[arg(long, requires = "offering")]
    explain: bool,
}

/// Busy times of a calendar file.
#[derive(Debug, Args)]
pub struct Busy {
    /// The calendar (iCalendar)
    file: PathBuf,
    /// From when (RFC 3339)
    #[arg(long, value_name = "T")]
    from: Instant,
    /// Until when (RFC 3339)
    #[arg(long, value_name = "T")]
    to: Instant,
    /// The consultant's zone, for times without one
    #[arg(long, value_name = "ZONE")]
    time_zone: Zone,
}

impl Slots {
    /// The slots of the scenario, if one is given.
    pub fn scenario(&self) -> Result<Option<String>, Failure> {
        let Some(file) = &self.scenario else { return Ok(None) };
        Ok(Some(answer(&slots_of_scenario(&read(file)?)?)))
    }

    /// The slots of an offering of the practice; in person is at the office.
    pub async fn over_database(&self, app: &App) -> Result<String, Failure> {
        let (Some(offering), Some(mode), Some(from), Some(until)) = (&self.offering, self.mode, self.from, self.to)
        else {
            return Err("--offering wants --mode, --from and --to".into());
        };
        let place = (mode == Mode::InPerson).then_some(PlaceKind::Office);
        let asked = SlotsAsked {
            offering: offering.clone(),
            mode,
            place,
            postcode: None,
            from,
            until,
        };
        let now = app.clock().now();
        if !self.explain {
            return Ok(answer(&app.booking().slots(&asked, now).await?.slots));
        }
        let all = app.booking().explain_slots(&asked, now).await?;
        let not_offered: Vec<_> = all.not_offered.iter().map(not_offered).collect();
        Ok(json!({ "slots": starts(&all.slots), "not_offered": not_offered }).to_string())
    }
}

impl Busy {
    /// The merged busy times, and what could not be read.
    pub fn answer(&self) -> Result<String, Failure> {
        let bytes =
            std::fs::read(&self.file).map_err(|why| format!("{} cannot be read: {why}", self.file.display()))?;
        let answer = busy(&bytes, self.from, self.to, &self.time_zone)?;
        Ok(json!({ "busy": answer.busy, "warnings": answer.warnings }).to_string())
    }
}

fn answer(slots: &[Slot]) -> String {
    json!({ "slots": starts(slots) }).to_string()
}

fn starts(slots: &[Slot]) -> Vec<Value> {
    let one = |slot: &Slot| json!({ "start": slot.start, "end": slot.end });
    slots.iter().map(one).collect()
}

/// The first consultant's reasons; if others would hold it too, theirs beside them under their slugs.
fn not_offered(one: &NotOffered) -> Value {
    let mut said = one.of.first().map_or_else(|| json!({}), reasons);
    said["start"] = json!(one.start);
    if one.of.len() > 1 {
        let named = |of: &Reasons| {
            let mut each = reasons(of);
            each["consultant"] = json!(of.consultant.slug.as_str());
            each
        };
        said["consultants"] = one.of.iter().map(named).collect();
    }
    said
}

fn reasons(of: &Reasons) -> Value {
    let mut codes = of.why.reasons.iter().map(|reason| reason.code());
    let mut said = json!({ "reason": codes.next() });
    let also: Vec<&str> = codes.collect();
    if !also.is_empty() {
        said["also"] = json!(also);
    }
    let way = |o: &booking::schedule::Obstacle| json!({ "kind": o.kind.code(), "from": o.from, "to": o.until });
    let in_the_way: Vec<Value> = of.why.in_the_way.iter().map(way).collect();
    if !in_the_way.is_empty() {
        said["in_the_way"] = json!(in_the_way);
    }
    said
}
