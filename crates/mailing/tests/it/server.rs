//! An SMTP server in the test's own process that misbehaves on purpose, and remembers what it took.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpSocket;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Where the server is asked what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Greeting,
    Ehlo,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// The message has begun to arrive.
    Body,
    /// The message is complete and has been taken.
    Dot,
    Rset,
}

/// One such moment.
#[derive(Clone, Debug)]
pub struct Moment {
    pub at: At,
    /// Messages taken over this connection.
    pub taken: usize,
    /// The recipient, once known.
    pub to: String,
    /// How often this recipient was at this point, this time counted.
    pub times: usize,
}

/// What the server does.
#[derive(Clone, Debug)]
pub enum Act {
    Answer,
    Say(&'static str),
    Wait(Duration),
    HangUp,
}

type Behaviour = Arc<dyn Fn(&Moment) -> Act + Send + Sync>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    None,
    Offered,
    FromTheStart,
}

#[derive(Clone, Debug)]
pub struct Taken {
    pub from: String,
    pub to: String,
    pub message: String,
    pub encrypted: bool,
}

#[derive(Default)]
pub struct Seen {
    pub taken: Vec<Taken>,
    pub connections: usize,
    pub open: usize,
    pub most_open: usize,
    pub commands: Vec<String>,
    times: HashMap<(String, String), usize>,
}

pub struct Server {
    pub address: SocketAddr,
    pub seen: Arc<Mutex<Seen>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub fn good() -> Self {
        Self::new(|_| Act::Answer)
    }

    pub fn new(behaviour: impl Fn(&Moment) -> Act + Send + Sync + 'static) -> Self {
        Self::encrypted(Encryption::None, behaviour)
    }

    pub fn encrypted(encryption: Encryption, behaviour: impl Fn(&Moment) -> Act + Send + Sync + 'static) -> Self {
        // A small window, so that a large message does not fit into what the network holds.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(8_192).unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let listener = socket.listen(64).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = (seen.clone(), Arc::new(behaviour) as Behaviour);
        let task = tokio::spawn(async move {
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                tcp.set_nodelay(true).unwrap();
                let (seen, behaviour) = shared.clone();
                tokio::spawn(async move {
                    {
                        let mut s = seen.lock().unwrap();
                        s.connections += 1;
                        s.open += 1;
                        s.most_open = s.most_open.max(s.open);
                    }
                    let mut talk = Talk {
                        seen: seen.clone(),
                        behaviour,
                        taken: 0,
                        encrypted: encryption == Encryption::FromTheStart,
                        offers: encryption == Encryption::Offered,
                        from: String::new(),
                        to: String::new(),
                    };
                    match encryption {
                        Encryption::None => drop(talk.run(tcp, true).await),
                        Encryption::FromTheStart => {
                            if let Ok(tls) = acceptor().accept(tcp).await {
                                talk.run(tls, true).await;
                            }
                        }
                        Encryption::Offered => {
                            if let Some(tcp) = talk.run(tcp, true).await
                                && let Ok(tls) = acceptor().accept(tcp).await
                            {
                                talk.encrypted = true;
                                talk.offers = false;
                                talk.run(tls, false).await;
                            }
                        }
                    }
                    seen.lock().unwrap().open -= 1;
                });
            }
        });
        Self { address, seen, task }
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.seen.lock().unwrap().taken.clone()
    }
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

struct Talk {
    seen: Arc<Mutex<Seen>>,
    behaviour: Behaviour,
    taken: usize,
    encrypted: bool,
    offers: bool,
    from: String,
    to: String,
}

impl Talk {
    /// `Some` when the client asked for STARTTLS: the stream to encrypt.
    async fn run<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: S, greet: bool) -> Option<S> {
        let mut stream = BufReader::new(stream);
        if greet && !self.answer(&mut stream, At::Greeting, "220 test ESMTP").await {
            return None;
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_owned();
            self.seen.lock().unwrap().commands.push(line.clone());
            let upper = line.to_ascii_uppercase();
            let goes_on = if upper.starts_with("EHLO") {
                let lines = if self.offers {
                    "250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN"
                } else {
                    "250-test\r\n250 AUTH PLAIN LOGIN"
                };
                self.answer(&mut stream, At::Ehlo, lines).await
            } else if upper == "STARTTLS" {
                stream.write_all(b"220 go\r\n").await.ok()?;
                stream.flush().await.ok()?;
                return Some(stream.into_inner());
            } else if upper.starts_with("AUTH") {
                self.answer(&mut stream, At::Auth, "235 welcome").await
            } else if upper.starts_with("MAIL") {
                self.from = path(&line);
                self.to.clear();
                self.answer(&mut stream, At::Mail, "250 ok").await
            } else if upper.starts_with("RCPT") {
                self.to = path(&line);
                self.answer(&mut stream, At::Rcpt, "250 ok").await
            } else if upper == "DATA" {
                self.answer(&mut stream, At::Data, "354 go").await && self.message(&mut stream).await
            } else if upper == "RSET" {
                self.answer(&mut stream, At::Rset, "250 ok").await
            } else if upper == "QUIT" {
                let _ = stream.write_all(b"221 bye\r\n").await;
                let _ = stream.flush().await;
                return None;
            } else {
                say(&mut stream, "500 what").await
            };
            if !goes_on {
                return None;
            }
        }
    }

    async fn message<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut BufReader<S>) -> bool {
        let mut message = String::new();
        let mut first = true;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return false;
            }
            if first && matches!(self.ask(At::Body), Act::HangUp) {
                return false;
            }
            first = false;
            if line == ".\r\n" {
                break;
            }
            message.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
        let act = self.ask(At::Dot);
        if !matches!(act, Act::Say(_)) {
            self.taken += 1;
            self.seen.lock().unwrap().taken.push(Taken {
                from: self.from.clone(),
                to: self.to.clone(),
                message,
                encrypted: self.encrypted,
            });
        }
        carry_out(stream, act, "250 taken").await
    }

    fn ask(&self, at: At) -> Act {
        let times = {
            let mut seen = self.seen.lock().unwrap();
            let times = seen.times.entry((format!("{at:?}"), self.to.clone())).or_default();
            *times += 1;
            *times
        };
        (self.behaviour)(&Moment {
            at,
            taken: self.taken,
            to: self.to.clone(),
            times,
        })
    }

    async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut BufReader<S>,
        at: At,
        good: &str,
    ) -> bool {
        let act = self.ask(at);
        let on = carry_out(stream, act.clone(), good).await;
        on && !matches!(act, Act::Say(line) if line.starts_with("421") || at == At::Data || at == At::Greeting)
    }
}

async fn carry_out<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, act: Act, good: &str) -> bool {
    match act {
        Act::Answer => say(stream, good).await,
        Act::Say(line) => say(stream, line).await,
        Act::Wait(time) => {
            tokio::time::sleep(time).await;
            say(stream, good).await
        }
        Act::HangUp => false,
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) -> bool {
    stream.write_all(format!("{line}\r\n").as_bytes()).await.is_ok() && stream.flush().await.is_ok()
}

fn path(line: &str) -> String {
    let (_, rest) = line.split_once('<').unwrap();
    rest.split('>').next().unwrap().to_owned()
}
