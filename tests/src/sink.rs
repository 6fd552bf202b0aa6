//! A mail server of few words: takes every mail and remembers for whom each was, or misbehaves on purpose as its [`Manners`] say.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How it behaves. Besides, an address that begins with one of these words is treated accordingly: `grey` 451 at first, `busy` 421 at
/// first, `gone` no such user, `unwanted` refused after the message, `before` the connection dropped at first within the message, `after`
/// dropped at first when the message is complete, `lost` always so, `slow` answered after some seconds.
#[derive(Clone, Copy)]
pub struct Manners {
    /// Each message waits so long for its answer.
    pub pause: Duration,
    /// Whether a login is accepted; without one it is not asked for.
    pub login: bool,
    /// What MAIL is answered with.
    pub mail: Option<&'static str>,
    /// Every so-many-th connection is closed before the greeting.
    pub closes: Option<usize>,
    /// After so many messages a connection is ended with 421.
    pub per_connection: Option<usize>,
    /// Whether commands may come in one write (RFC 2920).
    pub pipelining: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            pause: Duration::ZERO,
            login: true,
            mail: None,
            closes: None,
            per_connection: None,
            pipelining: true,
        }
    }
}

/// What it has seen.
#[derive(Default)]
struct Seen {
    /// The Message-IDs that were taken for each recipient, copies included.
    taken: HashMap<String, Vec<String>>,
    /// The return path of the last mail to each recipient.
    senders: HashMap<String, String>,
    /// How often each recipient was named.
    named: HashMap<String, usize>,
    connections: usize,
}

/// The server; it ends with this value.
pub struct Sink {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Sink {
    /// Starts on a free port; each message waits so long for its answer.
    pub async fn start(pause: Duration) -> Self {
        Self::with(Manners {
            pause,
            ..Manners::default()
        })
        .await
    }

    /// Starts on a free port.
    pub async fn with(manners: Manners) -> Self {
        Self::at(0, manners).await
    }

    /// Starts on this port.
    pub async fn at(port: u16, manners: Manners) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = seen.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = {
                    let mut seen = lock(&shared);
                    seen.connections += 1;
                    seen.connections
                };
                if manners.closes.is_none_or(|every| !number.is_multiple_of(every)) {
                    // Whoever is killed in the middle hangs up.
                    tokio::spawn(talk(stream, shared.clone(), manners));
                }
            }
        });
        Self { address, seen, task }
    }

    /// For `mail.smtp.url`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What was taken so far.
    pub fn taken(&self) -> HashMap<String, Vec<String>> {
        lock(&self.seen).taken.clone()
    }

    /// The return path of the last mail to this recipient.
    pub fn sender(&self, recipient: &str) -> Option<String> {
        lock(&self.seen).senders.get(recipient).cloned()
    }

    /// How many recipients have their mail.
    pub fn reached(&self) -> usize {
        lock(&self.seen).taken.len()
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().expect("nobody panics")
}

async fn talk(stream: TcpStream, seen: Arc<Mutex<Seen>>, manners: Manners) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let (mut from, mut to, mut over_this) = (String::new(), String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let path = line.split(['<', '>']).nth(1).unwrap_or_default();
        let command = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match command.as_str() {
            "EHLO" if manners.pipelining => "250-sink\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN",
            "EHLO" => "250-sink\r\n250 AUTH PLAIN LOGIN",
            "AUTH" if manners.login => "235 welcome",
            "AUTH" => "535 5.7.8 bad password",
            "MAIL" if manners.per_connection.is_some_and(|most| over_this >= most) => {
                stream.write_all(b"421 4.7.0 enough over one connection\r\n").await?;
                return Ok(());
            }
            "MAIL" => {
                path.clone_into(&mut from);
                to.clear();
                manners.mail.unwrap_or("250 ok")
            }
            "RCPT" if from.is_empty() || manners.mail.is_some() => "503 MAIL first",
            "RCPT" => {
                let times = {
                    let mut seen = lock(&seen);
                    seen.senders.insert(path.to_owned(), from.clone());
                    let times = seen.named.entry(path.to_owned()).or_default();
                    *times += 1;
                    *times
                };
                if path.starts_with("grey") && times == 1 {
                    "451 4.7.1 greylisted, come back"
                } else if path.starts_with("gone") {
                    "550 5.1.1 no such user"
                } else if path.starts_with("busy") && times == 1 {
                    stream.write_all(b"421 4.3.2 busy\r\n").await?;
                    return Ok(());
                } else {
                    path.clone_into(&mut to);
                    "250 ok"
                }
            }
            "DATA" if to.is_empty() => "503 RCPT first",
            "DATA" => {
                stream.write_all(b"354 go\r\n").await?;
                let Some(answer) = message(&mut stream, &seen, &to).await? else {
                    return Ok(());
                };
                over_this += 1;
                if to.starts_with("slow") {
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
                tokio::time::sleep(manners.pause).await;
                answer
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// Reads a message. `None`: the connection is dropped.
async fn message(
    stream: &mut BufReader<TcpStream>,
    seen: &Mutex<Seen>,
    to: &str,
) -> std::io::Result<Option<&'static str>> {
    let first = lock(seen).named.get(to) == Some(&1);
    let mut id = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || (to.starts_with("before") && first) {
            return Ok(None);
        }
        if let Some(found) = line.strip_prefix("Message-ID: ") {
            found.trim().clone_into(&mut id);
        }
        if line == ".\r\n" {
            break;
        }
    }
    if to.starts_with("unwanted") {
        return Ok(Some("554 5.7.1 unwanted"));
    }
    lock(seen).taken.entry(to.to_owned()).or_default().push(id);
    if to.starts_with("lost") || (to.starts_with("after") && first) {
        return Ok(None);
    }
    Ok(Some("250 taken"))
}
