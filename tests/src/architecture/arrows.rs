//! The arrows between the crates: `kernel ← {booking, mailing, access}`, `{booking, mailing, access, migrations} ← web ← tests`.

use super::{File, Finding, source::Source};

/// The crates of the house, lowest first, each with those it may depend on.
const ARROWS: [(&str, &[&str]); 7] = [
    ("kernel", &[]),
    ("booking", &["kernel"]),
    ("mailing", &["kernel"]),
    ("access", &["kernel"]),
    ("migrations", &["kernel"]),
    ("web", &["kernel", "booking", "mailing", "access", "migrations"]),
    (
        "tests",
        &["kernel", "booking", "mailing", "access", "migrations", "web"],
    ),
];

/// Only web and tests speak HTTP.
const HTTP: [&str; 9] = [
    "axum",
    "axum-extra",
    "hyper",
    "hyper-util",
    "tower",
    "tower-http",
    "http",
    "http-body-util",
    "reqwest",
];

/// What a query or an entity cannot be written without.
const QUERIES: [&str; 26] = [
    "EntityTrait",
    "EntityName",
    "ModelTrait",
    "ActiveModelTrait",
    "ActiveModel",
    "DeriveEntityModel",
    "ColumnTrait",
    "QueryFilter",
    "QuerySelect",
    "QueryOrder",
    "QueryTrait",
    "PaginatorTrait",
    "FromQueryResult",
    "Statement",
    "Entity",
    "sea_query",
    "sqlx",
    "query_all",
    "query_all_raw",
    "query_one",
    "query_one_raw",
    "execute_unprepared",
    "execute_raw",
    "stream_raw",
    "store",
    "entity",
];

fn allowed(name: &str) -> Option<&'static [&'static str]> {
    ARROWS
        .iter()
        .find(|(crate_name, _)| *crate_name == name)
        .map(|(_, allowed)| *allowed)
}

/// Reads a crate's `Cargo.toml`: which crates of the house it depends on, and whether it may speak HTTP.
pub fn manifest(file: &File) -> Vec<Finding> {
    let table: toml::Table = match file.text.parse() {
        Ok(table) => table,
        Err(error) => return vec![file.finding(0, format!("is no TOML: {error}"))],
    };
    let name = table
        .get("package")
        .and_then(|p| p.get("name"))
        .and_then(toml::Value::as_str)
        .unwrap_or_default();
    let Some(allowed) = allowed(name) else {
        return vec![file.finding(0, format!("the crate `{name}` has no place in the house (arrows.rs)"))];
    };
    let mut findings = Vec::new();
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let Some(dependencies) = table.get(section).and_then(toml::Value::as_table) else {
            continue;
        };
        for (key, value) in dependencies {
            let dependency = value.get("package").and_then(toml::Value::as_str).unwrap_or(key);
            // A crate's own tests may lay the schema.
            let for_its_tests = section == "dev-dependencies" && dependency == "migrations" && name != "kernel";
            if ARROWS.iter().any(|(house, _)| *house == dependency) && !allowed.contains(&dependency) && !for_its_tests
            {
                findings.push(file.finding(0, format!("[{section}] `{name}` must not depend on `{dependency}`")));
            }
            if HTTP.contains(&dependency) && !speaks_http(name) {
                findings.push(file.finding(0, format!("[{section}] `{name}` names HTTP: `{dependency}`")));
            }
        }
    }
    findings
}

fn speaks_http(crate_name: &str) -> bool {
    crate_name == "web" || crate_name == "tests"
}

/// Reads one source file of a crate: the crates its paths start with, and, in web, what smells of a query.
pub fn source(crate_name: &str, file: &File) -> Vec<Finding> {
    let source = Source::read(&file.text);
    let Some(allowed) = allowed(crate_name) else {
        return vec![file.finding(
            0,
            format!("the crate `{crate_name}` has no place in the house (arrows.rs)"),
        )];
    };
    let mut findings = Vec::new();
    for root in source.roots() {
        let name = root.text.as_str();
        let house = ARROWS.iter().any(|(house, _)| *house == name) && name != "tests" && name != crate_name;
        let for_its_tests = name == "migrations" && crate_name != "kernel";
        if house && !allowed.contains(&name) && !for_its_tests {
            findings.push(file.finding(root.line, format!("`{crate_name}` must not name `{name}`")));
        }
        if !speaks_http(crate_name) && HTTP.iter().any(|http| http.replace('-', "_") == name) {
            findings.push(file.finding(root.line, format!("`{crate_name}` names HTTP: `{name}`")));
        }
    }
    if crate_name != "web" && crate_name != "tests" && !file.path.contains("/tests/") {
        findings.extend(environment(&source).map(|line| file.finding(line, "only web reads the environment".into())));
    }
    if crate_name == "web" {
        findings.extend(queries(file, &source));
    }
    findings
}

/// Where a file reads the environment, its tests (which stand last) aside.
fn environment(source: &Source) -> Option<usize> {
    let reads = [
        &["env", "::", "var"][..],
        &["env", "::", "vars"],
        &["env", "::", "var_os"],
    ];
    reads
        .iter()
        .filter_map(|read| source.sequence(read))
        .min()
        .filter(|line| *line < source.tests())
}

fn queries(file: &File, source: &Source) -> Vec<Finding> {
    let tests = source.tests();
    let mut findings: Vec<Finding> = source
        .names()
        .filter(|name| name.line < tests)
        .filter(|name| QUERIES.contains(&name.text.as_str()))
        .map(|name| file.finding(name.line, format!("web names a query or an entity: `{}`", name.text)))
        .collect();
    for (line, text) in &source.strings {
        let text = text.trim_start();
        if ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "PRAGMA "]
            .iter()
            .any(|sql| text.starts_with(sql))
        {
            findings.push(file.finding(*line, "web writes SQL".into()));
        }
    }
    findings
}
