//! The load: connections that ask again as soon as they are answered.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::server::Server;

/// What came of it.
pub struct Figures {
    pub per_second: f64,
    pub cpu_micros: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// Asks `path` over `connections` connections for as long as `length`, after a second to get warm.
pub async fn measure(server: &Server, path: &str, connections: usize, length: Duration) -> Figures {
    run(&server.address, path, connections, Duration::from_secs(1)).await;
    let (ticks, begun) = (server.ticks(), Instant::now());
    let mut took = run(&server.address, path, connections, length).await;
    let (ticks, seconds) = (server.ticks() - ticks, begun.elapsed().as_secs_f64());
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() * percent / 100).min(took.len() - 1)].as_secs_f64() * 1e3;
    Figures {
        per_second: took.len() as f64 / seconds,
        cpu_micros: ticks as f64 * 10_000.0 / took.len() as f64,
        p50_ms: at(50),
        p99_ms: at(99),
    }
}

async fn run(address: &str, path: &str, connections: usize, length: Duration) -> Vec<Duration> {
    let until = Instant::now() + length;
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (address, head) = (address.to_owned(), head(address, path));
        tasks.push(tokio::spawn(async move {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (mut took, mut buffer) = (Vec::new(), Vec::with_capacity(256 * 1024));
            while Instant::now() < until {
                let begun = Instant::now();
                stream.write_all(head.as_bytes()).await.unwrap();
                answer(&mut stream, &mut buffer).await;
                took.push(begun.elapsed());
            }
            took
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    all
}

fn head(address: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: application/json\r\n\r\n")
}

/// Asks once and gives the body.
pub async fn ask(address: &str, path: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head(address, path).as_bytes()).await.unwrap();
    let mut buffer = Vec::new();
    let begins = answer(&mut stream, &mut buffer).await;
    buffer.split_off(begins)
}

/// Reads one answer into the buffer and says where its body begins.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> usize {
    buffer.clear();
    loop {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "hung up");
        let Some(end) = buffer.windows(4).take(4096).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(&buffer[..end]).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>().unwrap())
        });
        let begins = end + 4;
        let whole = begins + length.unwrap();
        while buffer.len() < whole {
            assert!(stream.read_buf(buffer).await.unwrap() > 0, "hung up");
        }
        return begins;
    }
}
