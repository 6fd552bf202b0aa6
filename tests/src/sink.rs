//! A mail server of few words: takes every mail, slowly if asked, and remembers for whom each was.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The Message-IDs that were taken for each recipient, copies included.
type Taken = HashMap<String, Vec<String>>;

/// The server; it ends with this value.
pub struct Sink {
    address: SocketAddr,
    taken: Arc<Mutex<Taken>>,
    senders: Arc<Mutex<HashMap<String, String>>>,
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
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let taken = Arc::new(Mutex::new(Taken::new()));
        let shared = taken.clone();
        let senders = Arc::new(Mutex::new(HashMap::new()));
        let from = senders.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever is killed in the middle hangs up.
                tokio::spawn(talk(stream, shared.clone(), from.clone(), pause));
            }
        });
        Self {
            address,
            taken,
            senders,
            task,
        }
    }

    /// For `mail.smtp.url`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What was taken so far.
    pub fn taken(&self) -> HashMap<String, Vec<String>> {
        self.taken.lock().expect("nobody panics").clone()
    }

    /// The return path of the last mail to this recipient.
    pub fn sender(&self, recipient: &str) -> Option<String> {
        self.senders.lock().expect("nobody panics").get(recipient).cloned()
    }

    /// How many recipients have their mail.
    pub fn reached(&self) -> usize {
        self.taken.lock().expect("nobody panics").len()
    }
}

async fn talk(
    stream: TcpStream,
    taken: Arc<Mutex<Taken>>,
    senders: Arc<Mutex<HashMap<String, String>>>,
    pause: Duration,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let (mut from, mut to) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let upper = line.to_ascii_uppercase();
        let path = line.split(['<', '>']).nth(1).unwrap_or_default();
        let answer = if upper.starts_with("MAIL") {
            path.clone_into(&mut from);
            "250 ok\r\n"
        } else if upper.starts_with("RCPT") {
            path.clone_into(&mut to);
            senders.lock().expect("nobody panics").insert(to.clone(), from.clone());
            "250 ok\r\n"
        } else if upper.starts_with("DATA") {
            stream.write_all(b"354 go\r\n").await?;
            let mut id = String::new();
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await? == 0 {
                    return Ok(());
                }
                if let Some(found) = line.strip_prefix("Message-ID: ") {
                    id = found.trim().to_owned();
                }
                if line == ".\r\n" {
                    break;
                }
            }
            taken
                .lock()
                .expect("nobody panics")
                .entry(to.clone())
                .or_default()
                .push(id);
            tokio::time::sleep(pause).await;
            "250 taken\r\n"
        } else if upper.starts_with("QUIT") {
            stream.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            "250 ok\r\n"
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}
