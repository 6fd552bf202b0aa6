//! Other people's programs as judges: Python's mail and calendar packages, an SMTP server, vdirsyncer, khal, libical.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::{child::Child, program::text};

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests stand in the workspace")
        .to_owned()
}

/// The Python that `tests/run` gave the judges' packages.
pub fn python() -> Command {
    let python = root().join("target/tests-venv/bin/python");
    assert!(
        python.is_file(),
        "{} is missing: `tests/run --only judges` makes it",
        python.display()
    );
    Command::new(python)
}

/// axe-core's source, from the Python package that carries it.
pub fn axe() -> String {
    let site = run(python().args([
        "-c",
        "import axe_playwright_python, os; print(os.path.dirname(axe_playwright_python.__file__))",
    ]));
    fs::read_to_string(Path::new(site.trim()).join("axe.min.js")).expect("axe-core in its package")
}

/// Runs a script of `tests/judges/` to its end and gives what it printed; a script that fails fails the test.
#[track_caller]
pub fn ask(script: &str, arguments: &[&Path]) -> String {
    let path = root().join("tests/judges").join(script);
    run(python().arg(path).args(arguments))
}

/// libical's parser and its tables of RFC 5546, through Debian's own Python.
#[track_caller]
pub fn libical(file: &Path) -> String {
    let mut command = Command::new("/usr/bin/python3");
    run(command.arg(root().join("tests/judges/libical_check.py")).arg(file))
}

/// A calendar's events as ruby-icalendar understands them, through Debian's own Ruby.
#[track_caller]
pub fn ruby(file: &Path) -> String {
    run(Command::new("/usr/bin/ruby")
        .arg(root().join("tests/judges/read_calendar.rb"))
        .arg(file))
}

/// The same as ical.js understands them.
#[track_caller]
pub fn ical_js(file: &Path) -> String {
    let module = root().join("target/tests-node/node_modules/ical.js/dist/ical.js");
    assert!(
        module.is_file(),
        "{} is missing: `tests/run --only judges` makes it",
        module.display()
    );
    let script = root().join("tests/judges/read_calendar.mjs");
    run(Command::new("node").arg(script).arg(module).arg(file))
}

/// Runs a command that has to succeed, and gives what it printed.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{command:?}: {e} (tests/run installs it)"));
    assert!(
        status.success(),
        "{command:?}: {status}\n{}\n{}",
        text(&stdout),
        text(&stderr)
    );
    text(&stdout)
}

/// aiosmtpd in a process of its own.
pub struct SmtpServer {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    folder: PathBuf,
    #[expect(dead_code, reason = "held so that the server lives as long as this value")]
    child: Child,
}

impl SmtpServer {
    /// Starts it. Every mail it takes is a file in the folder; what it does to whom is told by its script.
    pub fn start(folder: &Path) -> Self {
        Self::start_on(folder, 0)
    }

    /// The same on a chosen port.
    pub fn start_on(folder: &Path, port: u16) -> Self {
        let script = root().join("tests/judges/smtp_server.py");
        let child = Child::start(python().arg("-u").arg(script).arg(folder).arg(port.to_string()));
        let port = child.line("its port", |line| {
            line.strip_prefix("listening on ")?.trim().parse().ok()
        });
        Self {
            port,
            folder: folder.to_owned(),
            child,
        }
    }

    /// What it has taken so far, oldest first: the envelope as JSON.
    pub fn taken(&self) -> Vec<serde_json::Value> {
        let mut files: Vec<_> = fs::read_dir(&self.folder)
            .expect("the server's folder")
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "json"))
            .collect();
        files.sort();
        files
            .iter()
            .map(|path| serde_json::from_slice(&fs::read(path).expect("a file it wrote")).expect("JSON"))
            .collect()
    }
}

/// A calendar program that subscribes to a feed: vdirsyncer fetches it, khal shows it.
pub struct CalendarProgram {
    folder: tempfile::TempDir,
}

/// An event as khal shows it, in New York's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// `2026-03-09T10:00`
    pub start: String,
    /// `2026-03-09T10:15`
    pub end: String,
    /// Its title.
    pub title: String,
    /// Its place.
    pub location: String,
}

impl CalendarProgram {
    /// Subscribes; nothing is fetched yet.
    pub fn subscribe(feed: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().display();
        fs::create_dir(folder.path().join("calendar")).expect("an empty folder");
        let vdirsyncer = format!(
            "[general]\nstatus_path = \"{path}/status\"\n\
             [pair feed]\na = \"there\"\nb = \"here\"\ncollections = null\n\
             [storage there]\ntype = \"http\"\nurl = \"{feed}\"\n\
             [storage here]\ntype = \"filesystem\"\npath = \"{path}/calendar\"\nfileext = \".ics\"\n"
        );
        let khal = format!(
            "[calendars]\n[[feed]]\npath = {path}/calendar\nreadonly = True\n\
             [locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n\
             datetimeformat = %Y-%m-%dT%H:%M\nlongdatetimeformat = %Y-%m-%dT%H:%M\n\
             local_timezone = America/New_York\ndefault_timezone = America/New_York\n\
             [sqlite]\npath = {path}/khal.db\n"
        );
        fs::write(folder.path().join("vdirsyncer.conf"), vdirsyncer).expect("writes");
        fs::write(folder.path().join("khal.conf"), khal).expect("writes");
        let program = Self { folder };
        run(program
            .command("vdirsyncer")
            .args(["-c", "vdirsyncer.conf", "discover"]));
        program
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("LC_ALL", "C.UTF-8");
        command
    }

    /// Fetches the feed again.
    pub fn refresh(&self) {
        run(self.command("vdirsyncer").args(["-c", "vdirsyncer.conf", "sync"]));
    }

    /// What khal shows of so many days from this date on.
    pub fn shows(&self, from: &str, days: u32) -> Vec<Shown> {
        let list = run(self
            .command("khal")
            .args([
                "-c",
                "khal.conf",
                "list",
                "--notstarted",
                "--day-format",
                "",
                "--format",
            ])
            .args(["{start-long}|{end-long}|{title}|{location}", from, &format!("{days}d")]));
        let field = |line: &str, n: usize| line.split('|').nth(n).unwrap_or_default().trim().to_owned();
        list.lines()
            .filter(|line| line.contains('|'))
            .map(|line| Shown {
                start: field(line, 0),
                end: field(line, 1),
                title: field(line, 2),
                location: field(line, 3),
            })
            .collect()
    }
}
