//! How many mails a second a letter reaches, against a bare loop of the same SMTP library: `cargo bench -p tests --bench mail`.
//!
//! The program runs in a process of its own as `goldenhour serve` does, on SQLite, and on PostgreSQL when `TESTS_DATABASE` names a server.
//! A letter goes to a mail server in this process over 20 connections; then 20 connections of `lettre` send a message of that letter as
//! often, one after the other, and nothing else. The mail server takes 0 or 5 ms for each message. It prints both figures, the share, and
//! the program's peak of memory. Mails are not signed. `cargo bench -p tests --bench mail -- 20000` sends so many.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise and prints"
)]

#[path = "mail/bare.rs"]
mod bare;
#[path = "mail/server.rs"]
mod server;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use reqwest::Method;
use server::Server;
use tests::database::Database;
use tests::program::free_port;
use tests::visitor::Visitor;

const CONNECTIONS: usize = 20;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
    let first = arguments.next().unwrap_or_else(|| "20000".into());
    // Any other word is a command of the program, which is this one too.
    let Ok(mails) = first.parse() else {
        return web::cli::run();
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(bench(mails));
    ExitCode::SUCCESS
}

async fn bench(mails: usize) {
    println!(
        "{mails} mails over {CONNECTIONS} connections, {} cores",
        std::thread::available_parallelism().unwrap()
    );
    println!(
        "{:<12}{:>8}{:>12}{:>12}{:>8}{:>10}",
        "", "pause", "letter/s", "bare/s", "share", "peak MB"
    );
    for pause in [Duration::from_millis(5), Duration::ZERO] {
        let server = Server::start(pause);
        let (rate, memory) = letter(&server, mails).await;
        let bare = bare::rate(&server, CONNECTIONS, mails).await;
        let name = if tests::database::server().is_some() {
            "PostgreSQL"
        } else {
            "SQLite"
        };
        println!(
            "{name:<12}{:>6}ms{rate:>12.0}{bare:>12.0}{:>8.2}{:>10.1}",
            pause.as_millis(),
            rate / bare,
            memory as f64 / 1024.0
        );
    }
}

/// Mails a second of a letter, and the peak of the program's memory in kB.
async fn letter(server: &Server, mails: usize) -> (f64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::make(folder.path()).await;
    let mut list = String::from("email,status\n");
    for n in 0..mails {
        writeln!(list, "reader{n}@example.com,confirmed").unwrap();
    }
    std::fs::write(folder.path().join("list.csv"), list).unwrap();
    let words = "Milk often comes in on the third day. ".repeat(40);
    let letter = format!("+++\ntitle = \"Hello\"\ntopic = \"other-news\"\n+++\n\n{words}\n");
    std::fs::write(folder.path().join("hello.md"), letter).unwrap();
    let port = free_port();
    let run = |arguments: &[&str]| command(folder.path(), &database.url, server, port, arguments);
    let mut serving = Serving(run(&["serve"]).spawn().unwrap());
    let visitor = Visitor::at(&format!("http://127.0.0.1:{port}/").parse().unwrap());
    while visitor.request(Method::GET, "/healthz").send().await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let begun = std::time::Instant::now();
    for arguments in [
        &["subscribers", "import", "list.csv"][..],
        &["letters", "add", "hello.md"],
    ] {
        assert!(run(arguments).status().unwrap().success());
    }
    println!("{:<12}{:.1} s to import {mails}", "", begun.elapsed().as_secs_f64());
    let begun = std::time::Instant::now();
    assert!(run(&["letters", "send", "hello"]).status().unwrap().success());
    println!(
        "{:<12}{:.0} ms to start the letter",
        "",
        begun.elapsed().as_secs_f64() * 1000.0
    );
    let rate = server.rate(mails).await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", serving.0.id())).unwrap();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    let memory = peak.split_whitespace().nth(1).unwrap().parse().unwrap();
    serving.0.kill().unwrap();
    serving.0.wait().unwrap();
    (rate, memory)
}

/// The program, ended by its own process id when the bench stops.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(folder: &Path, database: &str, server: &Server, port: u16, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .env("GOLDENHOUR_SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .env("GOLDENHOUR_SERVER__PUBLIC_URL", format!("http://127.0.0.1:{port}"))
        .env("GOLDENHOUR_SERVER__SECRET_KEY", "5c".repeat(32))
        .env("GOLDENHOUR_DATABASE__URL", database)
        .env("GOLDENHOUR_LOG__FILTER", "error")
        .env("GOLDENHOUR_MAIL__TRANSPORT", "smtp")
        .env("GOLDENHOUR_MAIL__SMTP__CONNECTIONS", CONNECTIONS.to_string())
        .env("GOLDENHOUR_MAIL__SMTP__URL", format!("smtp://{}", server.address));
    command
}
