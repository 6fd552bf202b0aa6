//! A mail server that only counts, in a thread of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// When mails were taken, and what one looks like.
#[derive(Default)]
struct Seen {
    count: usize,
    first: Option<Instant>,
    last: Option<Instant>,
    message: Vec<u8>,
}

pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    /// Each message waits so long for its answer.
    pub fn start(pause: Duration) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (shared, (tell, told)) = (seen.clone(), std::sync::mpsc::channel());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    tokio::spawn(talk(stream, shared.clone(), pause));
                }
            });
        });
        let address = told.recv().unwrap();
        Self { address, seen }
    }

    /// Mails a second from the first to the last of so many; begins anew.
    pub async fn rate(&self, mails: usize) -> f64 {
        loop {
            {
                let mut seen = self.seen.lock().unwrap();
                if seen.count >= mails {
                    let took = seen.last.unwrap() - seen.first.unwrap();
                    (seen.count, seen.first) = (0, None);
                    return (mails - 1) as f64 / took.as_secs_f64();
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The last message.
    pub fn message(&self) -> Vec<u8> {
        self.seen.lock().unwrap().message.clone()
    }
}

async fn talk(stream: TcpStream, seen: Arc<Mutex<Seen>>, pause: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 bench\r\n").await?;
    let (mut line, mut message) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.get(..4).unwrap_or_default() {
            b"EHLO" => b"250-bench\r\n250 PIPELINING\r\n",
            b"DATA" => {
                stream.write_all(b"354 go\r\n").await?;
                message.clear();
                while !message.ends_with(b"\r\n.\r\n") {
                    if stream.read_until(b'\n', &mut message).await? == 0 {
                        return Ok(());
                    }
                }
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
                let mut seen = seen.lock().unwrap();
                seen.count += 1;
                seen.last = Some(Instant::now());
                seen.first = seen.first.or(seen.last);
                if seen.count == 1 {
                    seen.message.clone_from(&message);
                }
                b"250 taken\r\n"
            }
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).await?;
    }
}
