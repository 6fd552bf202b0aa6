//! Once per family: whether a family has had its free visit for this baby already. Pure.

use kernel::instant::Instant;

use super::baby::{Baby, Same};

/// How long ago a visit may lie that counts when it is not known for which baby it was, in days.
const ONCE_IN_DAYS: i64 = 365;

/// A visit that was kept or is coming, of the same address or number.
pub(crate) struct Had {
    /// Its start.
    pub(crate) starts: Instant,
    /// The babies that were named for it; may be none.
    pub(crate) babies: Vec<Baby>,
}

/// Whether all babies that are named now had theirs. A later baby starts afresh; where nobody tells for whom it was or is,
/// a visit of the last twelve months counts.
pub(crate) fn had_already(named: &[Baby], before: &[Had], now: Instant) -> bool {
    let since = now.plus_minutes(-ONCE_IN_DAYS * 1440);
    let counts = |had: &Had, baby: Option<&Baby>| match baby.map(|baby| same(baby, &had.babies)) {
        Some(Same::Yes) => true,
        Some(Same::No) => false,
        Some(Same::Unknown) | None => had.starts > since,
    };
    if named.is_empty() {
        return before.iter().any(|had| counts(had, None));
    }
    named
        .iter()
        .all(|baby| before.iter().any(|had| counts(had, Some(baby))))
}

/// Whether the baby is one of those, as far as is known.
fn same(baby: &Baby, those: &[Baby]) -> Same {
    let all: Vec<Same> = those.iter().map(|other| baby.same(other)).collect();
    match () {
        () if all.contains(&Same::Yes) => Same::Yes,
        () if all.is_empty() || all.contains(&Same::Unknown) => Same::Unknown,
        () => Same::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        "2026-03-02T13:00:00Z".parse().unwrap()
    }

    fn babies(said: &[(&str, &str)]) -> Vec<Baby> {
        let today = "2026-03-02".parse().unwrap();
        let baby = |(name, born): &(&str, &str)| Baby::parse(name, born, today).unwrap().unwrap();
        said.iter().map(baby).collect()
    }

    /// Whether who had a visit so many days ago for these babies has had the one for those.
    fn had(days_ago: i64, then: &[(&str, &str)], now_for: &[(&str, &str)]) -> bool {
        let before = [Had {
            starts: now().plus_minutes(-days_ago * 1440),
            babies: babies(then),
        }];
        had_already(&babies(now_for), &before, now())
    }

    #[test]
    fn a_family_has_it_once_for_each_birth() {
        let (mia, leo) = (("Mia", "2026-02-01"), ("Leo", "2026-02-01"));
        let later = ("Ada", "2026-11-01");
        assert!(!had_already(&babies(&[mia]), &[], now()));
        // The same baby, however long ago; twins count as one; one still coming counts too.
        assert!(had(800, &[mia], &[mia]));
        assert!(had(10, &[mia], &[leo]));
        assert!(had(-3, &[mia, leo], &[leo]));
        // A later baby starts afresh, also beside the elder one.
        assert!(!had(10, &[mia], &[later]));
        assert!(!had(10, &[mia], &[mia, later]));
        // Nobody said for whom: twelve months.
        for (then, named) in [(&[][..], &[mia][..]), (&[mia][..], &[][..]), (&[][..], &[][..])] {
            assert!(had(364, then, named));
            assert!(!had(366, then, named));
        }
        assert!(had(30, &[("Mia", "")], &[("Leo", "")]), "these may be twins");
        assert!(!had(400, &[("Mia", "")], &[("Leo", "")]));
        assert!(had(400, &[("Mia", "")], &[("mia", "")]));
    }
}
