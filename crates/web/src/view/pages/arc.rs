//! The day arc: where the disc of an appointment stands on the way from 6 to 22 o'clock.

use std::f64::consts::PI;

use jiff::civil::Time;
use serde::Serialize;

/// A point of the arc in its drawing of 420 × 120.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Arc {
    /// Centre of the disc, from the left.
    pub x: String,
    /// Centre of the disc, from the top.
    pub y: String,
}

impl Arc {
    /// The disc at a wall-clock time: t = (h − 6) / 16, x = 210 − 200·cos πt, y = 100 − 80·sin πt; before 6 and after 22
    /// it rests on the line at that end.
    pub fn at(time: Time) -> Self {
        let hour = f64::from(time.hour()) + f64::from(time.minute()) / 60.0;
        let angle = PI * ((hour - 6.0) / 16.0).clamp(0.0, 1.0);
        Self {
            x: format!("{:.1}", 210.0 - 200.0 * angle.cos()),
            y: format!("{:.1}", 100.0 - 80.0 * angle.sin()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disc_rises_stands_high_and_sets() {
        let at = |h, m| {
            let arc = Arc::at(Time::constant(h, m, 0, 0));
            (arc.x, arc.y)
        };
        let point = |x: &str, y: &str| (x.to_owned(), y.to_owned());
        assert_eq!(at(3, 0), point("10.0", "100.0"));
        assert_eq!(at(6, 0), point("10.0", "100.0"));
        assert_eq!(at(14, 0), point("210.0", "20.0"));
        assert_eq!(at(10, 15), point("75.7", "40.7"));
        assert_eq!(at(23, 30), point("410.0", "100.0"));
    }
}
