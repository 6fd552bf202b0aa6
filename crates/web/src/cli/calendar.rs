//! `goldenhour slots` and `goldenhour busy`: free and busy times as JSON. With a scenario, and for a calendar file, no database is touched.

use std::path::PathBuf;

use booking::calendar::busy::busy;
use booking::practice::{Mode, PlaceKind};
use booking::schedule::scenario::slots_of_scenario;
use booking::schedule::{Slot, SlotsAsked};
use clap::Args;
use kernel::instant::Instant;
use kernel::zone::Zone;
use serde_json::json;

use super::{Failure, read};
use crate::state::App;

/// Free times.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("of").required(true))]
pub struct Slots {
    /// A file that says everything (JSON)
    #[arg(long, value_name = "FILE", group = "of")]
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
        Ok(answer(&app.booking().slots(&asked, app.clock().now()).await?.slots))
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
    let slots: Vec<_> = slots
        .iter()
        .map(|slot| json!({ "start": slot.start, "end": slot.end }))
        .collect();
    json!({ "slots": slots }).to_string()
}
