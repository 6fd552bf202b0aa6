//! The bound on work: a file may cost so many steps, and one series so many of them.
//!
//! A step is one period looked at, one occurrence made, one transition of a zone. The numbers let every
//! calendar a person keeps pass (ten years of a daily visit are 3,653 steps) and stop a rule for every
//! second without end after some hundredths of a second.

/// Steps for a file.
const FILE: u64 = 6_000_000;
/// Steps for one series.
const SERIES: u64 = 400_000;

/// The work left, spent step by step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    file: u64,
    series: u64,
}

/// The series, or the file, needs more work than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMuch;

impl Effort {
    /// For one file.
    pub fn new() -> Self {
        Self {
            file: FILE,
            series: SERIES,
        }
    }

    /// The next series starts.
    pub fn next_series(&mut self) {
        self.series = SERIES;
    }

    /// Does `steps` of work.
    pub fn spend(&mut self, steps: u64) -> Result<(), TooMuch> {
        self.file = self.file.saturating_sub(steps);
        self.series = self.series.saturating_sub(steps);
        if self.series == 0 || self.file == 0 {
            return Err(TooMuch);
        }
        Ok(())
    }

    /// Leaves nothing for the whole file.
    pub fn give_up(&mut self) {
        self.file = 0;
    }

    /// Nothing is left for the whole file.
    pub fn is_spent(&self) -> bool {
        self.file == 0
    }
}
