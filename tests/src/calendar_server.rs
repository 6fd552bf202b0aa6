//! A server of calendars that does as the test says, good or bad, and remembers how it was asked.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it answers.
#[derive(Clone, Debug)]
pub enum Behaviour {
    /// This file, with an `ETag`, and 304 to whoever has it.
    File(String),
    /// A status without a body.
    Status(u16),
    /// This web page.
    Page(&'static str),
    /// A redirect to this address.
    Redirect(String),
    /// Half of what was promised, and the connection ends.
    Half(String),
    /// Nothing for half a minute.
    Silence,
    /// More bytes than anybody wants.
    Flood,
}

/// The server; it ends with this value.
pub struct CalendarServer {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    task: JoinHandle<()>,
}

struct Shared {
    behaviour: Behaviour,
    requests: Vec<String>,
}

impl Drop for CalendarServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl CalendarServer {
    /// Starts on a free port.
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Mutex::new(Shared {
            behaviour,
            requests: Vec::new(),
        }));
        let known = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever has heard enough hangs up.
                tokio::spawn(talk(stream, known.clone()));
            }
        });
        Self { address, shared, task }
    }

    /// The address to paste.
    pub fn url(&self) -> String {
        format!("http://{}/private-7f3a/basic.ics", self.address)
    }

    /// What it does from now on.
    pub fn set(&self, behaviour: Behaviour) {
        self.shared.lock().expect("nobody panics").behaviour = behaviour;
    }

    /// The heads of the requests so far, lower-cased.
    pub fn requests(&self) -> Vec<String> {
        self.shared.lock().expect("nobody panics").requests.clone()
    }
}

/// A calendar of these events: UID, first line of its time, and its end or rule.
pub fn calendar(events: &[&str]) -> String {
    let mut file = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n");
    for (number, lines) in events.iter().enumerate() {
        let lines = lines.replace('\n', "\r\n");
        let _ = write!(
            file,
            "BEGIN:VEVENT\r\nUID:event-{number}@elsewhere.example\r\nDTSTAMP:20270101T000000Z\r\n{lines}\r\nEND:VEVENT\r\n"
        );
    }
    file + "END:VCALENDAR\r\n"
}

async fn talk(mut stream: TcpStream, shared: Arc<Mutex<Shared>>) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut some = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut some).await?;
        if count == 0 {
            return Ok(());
        }
        head.extend_from_slice(&some[..count]);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let behaviour = {
        let mut shared = shared.lock().expect("nobody panics");
        shared.requests.push(head.clone());
        shared.behaviour.clone()
    };
    let answer = match behaviour {
        Behaviour::File(body) => {
            let etag = format!(
                "\"{:x}\"",
                body.bytes()
                    .fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
            );
            if head.contains(&format!("if-none-match: {etag}")) {
                format!("HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\nConnection: close\r\n\r\n")
            } else {
                let length = body.len();
                format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\nETag: {etag}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                )
            }
        }
        Behaviour::Status(code) => format!("HTTP/1.1 {code} So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        Behaviour::Page(body) => format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ),
        Behaviour::Redirect(to) => {
            format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Behaviour::Half(body) => format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
            body.len(),
            &body[..body.len() / 2]
        ),
        Behaviour::Silence => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            String::new()
        }
        Behaviour::Flood => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n\r\n")
                .await?;
            let some = vec![b'a'; 65_536];
            for _ in 0..400 {
                stream.write_all(&some).await?;
            }
            String::new()
        }
    };
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}
