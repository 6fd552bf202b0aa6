//! The house's rules about its own source, each as a function of files, so that a test can also hand it a bad one.
//!
//! They decide: who may see whom, that web names no query, that every route stands on one page, that every module says what it is for,
//! that no file grows past 600 lines, that no page holds an inline script, an inline style or anything from a foreign host. They refuse
//! nothing that the compiler or clippy refuses already.

pub mod arrows;
pub mod pages;
pub mod source;

use std::{fmt, fs, path::Path};

use self::source::Source;

/// The length at which a file has to be split.
pub const LONGEST_FILE: usize = 600;

/// A file of the house.
pub struct File {
    /// From the workspace's root, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// Something that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

impl File {
    /// A file that need not exist.
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    fn finding(&self, line: usize, what: String) -> Finding {
        Finding {
            path: self.path.clone(),
            line,
            what,
        }
    }

    fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|e| e == extension)
    }

    /// The crate a source file belongs to.
    fn crate_name(&self) -> Option<&str> {
        let mut parts = self.path.split('/');
        match parts.next()? {
            "crates" => parts.next(),
            folder @ ("migrations" | "tests") => Some(folder),
            _ => None,
        }
    }
}

/// Every text file of the house that people write: no vendored file, nothing built.
pub fn house() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests stand in the workspace");
    let mut files = Vec::new();
    for folder in ["crates", "migrations", "tests", "config", ".ci"] {
        walk(root, &root.join(folder), &mut files);
    }
    for name in [
        "Cargo.toml",
        "clippy.toml",
        "rustfmt.toml",
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
    ] {
        if let Ok(text) = fs::read_to_string(root.join(name)) {
            files.push(File::new(name, &text));
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<File>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            let foreign = [
                "vendor",
                "target",
                "node_modules",
                "__pycache__",
                "proptest-regressions",
            ];
            if !foreign.iter().any(|folder| *folder == name) {
                walk(root, &path, files);
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path
                .strip_prefix(root)
                .expect("below the root")
                .to_string_lossy()
                .replace('\\', "/");
            files.push(File { path, text });
        }
    }
}

/// All the rules, over all the files.
pub fn findings(files: &[File]) -> Vec<Finding> {
    files.iter().flat_map(check).collect()
}

/// All the rules that concern one file.
pub fn check(file: &File) -> Vec<Finding> {
    let mut findings = long(file);
    if file.path.ends_with("/Cargo.toml") {
        findings.extend(arrows::manifest(file));
    }
    if let Some(crate_name) = file.crate_name().filter(|_| file.is("rs")) {
        findings.extend(essay(file));
        findings.extend(arrows::source(crate_name, file));
        findings.extend(unfinished(file));
        if crate_name == "web" {
            findings.extend(one_page(file));
        }
    }
    if file.path.contains("/templates/") && file.is("html") {
        findings.extend(pages::template(file));
    }
    if file.path.starts_with("crates/web/assets/") || file.path.contains("/src/assets/") {
        findings.extend(pages::asset(file));
    }
    findings
}

fn long(file: &File) -> Vec<Finding> {
    let written = ["rs", "html", "css", "js", "mjs", "py", "sql", "ftl", "toml", "txt"];
    let lines = file.text.lines().count();
    if lines <= LONGEST_FILE || !(written.iter().any(|e| file.is(e)) || file.path.ends_with("/run")) {
        return Vec::new();
    }
    vec![file.finding(lines, format!("{lines} lines: split it (at most {LONGEST_FILE})"))]
}

/// A module opens with `//!`: what it decides and what it refuses. A `tests.rs` stands beside the module that says so.
fn essay(file: &File) -> Option<Finding> {
    let opens = file.text.trim_start().starts_with("//! ") || file.path.ends_with("/tests.rs");
    (!opens).then(|| file.finding(1, "opens without `//!`".into()))
}

/// Nothing half-done is committed, and no test is set aside.
fn unfinished(file: &File) -> Vec<Finding> {
    let source = Source::read(&file.text);
    let marks = [
        &["todo", "!"][..],
        &["unimplemented", "!"],
        &["#", "[", "ignore"],
        &["dbg", "!"],
    ];
    marks
        .iter()
        .filter_map(|mark| {
            source
                .sequence(mark)
                .map(|line| file.finding(line, format!("unfinished: {}", mark.concat())))
        })
        .collect()
}

/// Every route on one page, every answer to an error in one file, the environment in one file.
fn one_page(file: &File) -> Vec<Finding> {
    let source = Source::read(&file.text);
    let in_file = |name: &str| file.path == format!("crates/web/src/{name}");
    let mut findings = Vec::new();
    if !in_file("routes.rs") {
        for call in [
            "route",
            "nest",
            "route_service",
            "nest_service",
            "fallback",
            "fallback_service",
        ] {
            if let Some(line) = source.sequence(&[".", call, "("]).filter(|line| *line < source.tests()) {
                findings.push(file.finding(line, format!("a route outside routes.rs: .{call}(…)")));
            }
        }
    }
    if !in_file("error.rs") {
        let errors = source
            .tokens
            .windows(4)
            .filter(|w| w[0].text == "IntoResponse" && w[1].text == "for");
        for window in errors {
            let name = &window[2].text;
            if ["Error", "Refusal", "Rejection", "Problem"]
                .iter()
                .any(|end| name.ends_with(end))
            {
                findings.push(file.finding(window[0].line, format!("{name} is answered outside error.rs")));
            }
        }
    }
    if !in_file("config.rs")
        && !file.path.starts_with("crates/web/src/config/")
        && !file.path.starts_with("crates/web/src/cli/")
    {
        for call in ["var", "vars", "var_os"] {
            if let Some(line) = source.sequence(&["env", "::", call, "("]) {
                findings.push(file.finding(
                    line,
                    "the environment is read outside config.rs and the commands".into(),
                ));
            }
        }
    }
    findings
}
