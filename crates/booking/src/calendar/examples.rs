//! The worked examples of `tests/examples/busy`: real files and hostile ones, with the answers that independent engines agree on.

use std::path::Path;
use std::time::{Duration, Instant as Stopwatch};

use kernel::instant::Instant;
use kernel::zone::Zone;
use serde::Deserialize;
use serde_json::Value;

use super::busy::busy;

type Intervals = Vec<(Instant, Instant)>;

#[derive(Deserialize)]
struct Index {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    file: String,
    window_start: Instant,
    window_end: Instant,
    home_tz: Zone,
    expected: Option<Intervals>,
    #[serde(default)]
    also_accept: Vec<Intervals>,
    must_include: Option<Intervals>,
    may_include: Option<Value>,
    #[serde(default)]
    expect_error: bool,
    max_seconds: Option<u64>,
}

impl Case {
    fn check(&self, folder: &Path) -> Result<(), String> {
        let bytes = std::fs::read(folder.join(&self.file)).map_err(|e| e.to_string())?;
        let clock = Stopwatch::now();
        let answer = busy(&bytes, self.window_start, self.window_end, &self.home_tz);
        let limit = Duration::from_secs(self.max_seconds.unwrap_or(2));
        if clock.elapsed() > limit {
            return Err(format!("took {:?}", clock.elapsed()));
        }
        let answer = match (answer, self.expect_error) {
            (Err(_), true) => return Ok(()),
            (Err(_), false) if self.expected.is_none() => return Ok(()),
            (Err(e), false) => return Err(format!("refused: {e}")),
            (Ok(_), true) => return Err("not refused".to_owned()),
            (Ok(answer), false) => answer,
        };
        if let Some(must) = &self.must_include {
            let covers = |one: &(Instant, Instant)| answer.busy.iter().any(|b| b.0 <= one.0 && one.1 <= b.1);
            if !must.iter().all(covers) {
                return Err(format!("lacks some of {must:?}: {:?}", answer.busy));
            }
            let may = self.may_include.as_ref().is_some_and(|m| m == "anything");
            return if may {
                Ok(())
            } else {
                Err("may_include is not understood".to_owned())
            };
        }
        let expected = self.expected.iter().chain(&self.also_accept);
        if expected.clone().any(|e| *e == answer.busy) {
            return Ok(());
        }
        let first = self.expected.clone().unwrap_or_default();
        let lacks: Vec<_> = first.iter().filter(|e| !answer.busy.contains(e)).take(3).collect();
        let extra: Vec<_> = answer.busy.iter().filter(|b| !first.contains(b)).take(3).collect();
        Err(format!("lacks {lacks:?}, has {extra:?}, warns {:?}", answer.warnings))
    }
}

#[test]
fn every_worked_example_is_answered_rightly() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/examples/busy");
    let index = std::fs::read_to_string(folder.join("index.json")).unwrap();
    let index: Index = serde_json::from_str(&index).unwrap();
    assert!(index.cases.len() >= 87, "{} cases", index.cases.len());
    let wrong: Vec<String> = index
        .cases
        .iter()
        .filter_map(|c| c.check(&folder).err().map(|e| format!("{}: {e}", c.name)))
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
