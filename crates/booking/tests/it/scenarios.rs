//! The worked scenarios, and random ones against a slow and obvious oracle.

use booking::schedule::scenario::slots_of_scenario;

#[test]
fn every_worked_scenario_has_exactly_its_expected_slots() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/examples/scenarios");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let expected: Vec<&str> = json["expected_slots"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s.as_str().unwrap())
            .collect();
        let found: Vec<String> = slots_of_scenario(&text)
            .unwrap()
            .iter()
            .map(|s| s.start.to_string())
            .collect();
        assert_eq!(found, expected, "{}", path.display());
        count += 1;
    }
    assert_eq!(count, 12);
}
