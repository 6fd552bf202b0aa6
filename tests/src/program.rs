//! The real binary as its owner runs it: its commands, its signals, its exit codes.

use std::{
    env,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
};

use reqwest::Url;
use tempfile::TempDir;

use crate::{child::Child, database::Database, patience::until, visitor::Visitor};

/// The binary `goldenhour`: the one that `tests/run` has built and names, otherwise one built now from the sources as they are.
pub fn binary() -> &'static Path {
    static BINARY: LazyLock<PathBuf> = LazyLock::new(|| env::var_os("TESTS_PROGRAM").map_or_else(build, PathBuf::from));
    &BINARY
}

fn build() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests stand in the workspace");
    // --workspace: the same features as the rest, so nothing is built twice.
    let mut cargo = Command::new(env!("CARGO"));
    let built = cargo
        .args(["build", "--quiet", "--workspace", "--bin", "goldenhour"])
        .current_dir(root)
        .stdin(Stdio::null())
        .status();
    assert!(built.expect("cargo").success(), "the program does not compile");
    // …/target/debug/deps/suite-… → …/target/debug/goldenhour
    let test = env::current_exe().expect("this test is a file");
    let path = test
        .ancestors()
        .nth(2)
        .expect("below the target folder")
        .join("goldenhour");
    assert!(path.is_file(), "{} is missing", path.display());
    path
}

/// An installation: a folder, a database, an address, and settings in the environment.
pub struct Program {
    /// Its working folder.
    pub folder: TempDir,
    /// Its database.
    pub database: Database,
    /// Where it listens when it serves.
    pub url: Url,
    settings: Vec<(String, String)>,
}

impl Program {
    /// An empty folder and nothing running.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Database::make(folder.path()).await;
        let url: Url = format!("http://127.0.0.1:{}", free_port()).parse().expect("an address");
        let settings = vec![
            (
                "GOLDENHOUR_SERVER__LISTEN".into(),
                format!("127.0.0.1:{}", url.port().expect("a port")),
            ),
            (
                "GOLDENHOUR_SERVER__PUBLIC_URL".into(),
                url.as_str().trim_end_matches('/').into(),
            ),
            ("GOLDENHOUR_DATABASE__URL".into(), database.url.clone()),
            (
                "GOLDENHOUR_BACKUP__FOLDER".into(),
                folder.path().join("backups").display().to_string(),
            ),
        ];
        let mut program = Self {
            folder,
            database,
            url,
            settings,
        };
        if crate::database::server().is_some() {
            program.set("GOLDENHOUR_SERVER__SECRET_KEY", &"5c".repeat(32));
        }
        program
    }

    /// Sets a variable of its environment.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Removes a variable of its environment.
    pub fn unset(&mut self, name: &str) {
        self.settings.retain(|(known, _)| known != name);
    }

    /// A command line of it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GOLDENHOUR")) {
            command.env_remove(name);
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Runs a command that has to succeed, and gives what it printed.
    #[track_caller]
    pub fn answer(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(
            output.status.success(),
            "goldenhour {arguments:?}: {}\n{out}\n{err}",
            output.status
        );
        out
    }

    /// Starts `serve` and waits until it answers.
    pub async fn serve(&self) -> Child {
        let mut child = Child::start(&mut self.command(&["serve"]));
        let visitor = self.visitor();
        until("the program answers /healthz", async || {
            if let Some(status) = child.ended() {
                panic!("serve ended with {status}:\n{}", child.said());
            }
            let answer = visitor.request(reqwest::Method::GET, "/healthz").send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
        child
    }

    /// Somebody at its address.
    pub fn visitor(&self) -> Visitor {
        Visitor::at(&self.url)
    }
}

/// A port that nothing listened on a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("a free port")
        .port()
}

/// Output as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
