//! The slots of a month over HTTP, against a bare handler that answers the same bytes: `cargo bench -p tests --bench http`.
//!
//! The program runs in a process of its own, on SQLite, as `goldenhour serve` does. For each number of past visits (0, 10,000, 100,000), with
//! 500 to come and 5,000 stretches of time off, 64 connections ask as fast as they can; then the same 64 ask a bare axum server for the same
//! bytes. It prints what a request costs the server in CPU, how long it took, and the ratio of the two within this run. The load comes
//! from this machine too, so throughput is what is left beside it. `cargo bench -p tests --bench http -- SECONDS` measures longer.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise and prints"
)]

#[path = "http/fill.rs"]
mod fill;
#[path = "http/load.rs"]
mod load;
#[path = "http/server.rs"]
mod server;

use std::process::ExitCode;
use std::time::Duration;

use load::{Figures, ask, measure};
use server::Server;

const CONNECTIONS: usize = 64;
const PAST: [u32; 3] = [0, 10_000, 100_000];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
    match arguments.next().as_deref() {
        Some("serve") => web::cli::run(),
        Some("bare") => {
            server::bare();
            ExitCode::SUCCESS
        }
        seconds => {
            let seconds = seconds.and_then(|s| s.parse().ok()).unwrap_or(5);
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(bench(Duration::from_secs(seconds)));
            ExitCode::SUCCESS
        }
    }
}

async fn bench(length: Duration) {
    let folder = tempfile::tempdir().unwrap();
    println!(
        "{CONNECTIONS} connections, {} s each, {} cores",
        length.as_secs(),
        std::thread::available_parallelism().unwrap()
    );
    println!(
        "{:<28}{:>9}{:>10}{:>9}{:>9}{:>9}",
        "", "req/s", "CPU µs", "p50 ms", "p99 ms", "bytes"
    );
    for past in PAST {
        let app = Server::goldenhour(folder.path()).await;
        fill::to(folder.path(), &app.address, past).await;
        let path = fill::question();
        let body = ask(&app.address, &path).await;
        assert!(body.len() > 10_000, "few slots: {}", String::from_utf8_lossy(&body));
        let ours = measure(&app, &path, CONNECTIONS, length).await;
        row(&format!("{past} past visits"), &ours, body.len());
        app.stop().await;
        let file = folder.path().join("body.json");
        std::fs::write(&file, &body).unwrap();
        let bare = Server::bare(&file).await;
        let theirs = measure(&bare, &path, CONNECTIONS, length).await;
        row("  bare handler", &theirs, body.len());
        bare.stop().await;
        println!(
            "{:<28}{:>9.2}",
            "  ratio of throughput",
            ours.per_second / theirs.per_second
        );
    }
}

fn row(name: &str, figures: &Figures, bytes: usize) {
    println!(
        "{name:<28}{:>9.0}{:>10.0}{:>9.2}{:>9.2}{bytes:>9}",
        figures.per_second, figures.cpu_micros, figures.p50_ms, figures.p99_ms
    );
}
