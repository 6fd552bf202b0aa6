//! The two servers, each in a process of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

use super::load::ask;

/// A running server, ended by its own process id.
pub struct Server {
    process: Child,
    /// Host and port.
    pub address: String,
}

impl Server {
    /// The program, on the database in `folder`; it loads the demo when there is none.
    pub async fn goldenhour(folder: &Path) -> Self {
        let address = free();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .arg("serve")
            .current_dir(folder)
            .env("GOLDENHOUR_SERVER__LISTEN", &address)
            .env("GOLDENHOUR_SERVER__PUBLIC_URL", format!("http://{address}"))
            .env("GOLDENHOUR_LIMITS__ENABLED", "false");
        Self::start(command, address, "/healthz").await
    }

    /// A handler that answers the bytes of `file`.
    pub async fn bare(file: &Path) -> Self {
        let address = free();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("bare").env("BARE", &address).env("BODY", file);
        Self::start(command, address, "/healthz").await
    }

    async fn start(mut command: Command, address: String, path: &str) -> Self {
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let server = Self { process, address };
        for _ in 0..600 {
            if tokio::net::TcpStream::connect(&server.address).await.is_ok() {
                ask(&server.address, path).await;
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} does not answer", server.address);
    }

    /// CPU time that the process has used so far, in clock ticks of 1/100 s.
    pub fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }

    /// Ends it.
    pub async fn stop(mut self) {
        let pid = rustix::process::Pid::from_raw(self.process.id().try_into().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        tokio::task::spawn_blocking(move || self.process.wait())
            .await
            .unwrap()
            .unwrap();
    }
}

fn free() -> String {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().to_string()
}

/// Serves the bytes of the file `BODY` on `BARE` until it is ended.
pub fn bare() {
    let body = axum::body::Bytes::from(std::fs::read(std::env::var_os("BODY").unwrap()).unwrap());
    let answer = move || {
        let body = body.clone();
        async move { ([(CONTENT_TYPE, "application/json")], body) }
    };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let listener = tokio::net::TcpListener::bind(std::env::var("BARE").unwrap())
            .await
            .unwrap();
        axum::serve(listener, Router::new().fallback(get(answer)))
            .await
            .unwrap();
    });
}
