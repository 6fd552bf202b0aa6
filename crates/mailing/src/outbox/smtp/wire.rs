//! The stream below a connection: TCP without Nagle's delay, perhaps under TLS, that remembers whether a write failed.
//!
//! A failed write means that the final dot never left: then the server cannot have taken the message.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

use super::super::breaker::{Away, Trouble};
use super::server::{SmtpServer, Tls};

/// The stream.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    broken: Broken,
}

/// Whether a write over a wire has failed.
#[derive(Clone, Debug, Default)]
pub(super) struct Broken(Arc<AtomicBool>);

impl Broken {
    pub fn is(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Connects, and encrypts if that happens from the first byte.
    pub async fn connect(server: &SmtpServer) -> Result<(Self, Broken), Away> {
        let unreachable = |said: String| Away::new(Trouble::Unreachable, said);
        let untrusted = |said: String| Away::new(Trouble::Certificate, said);
        let limit = server.timeouts.connect;
        let connecting = TcpStream::connect((server.host.as_str(), server.port));
        let tcp = timeout(limit, connecting)
            .await
            .map_err(|_| unreachable(format!("{server} does not answer")))?
            .map_err(|e| unreachable(format!("{server} cannot be reached: {e}")))?;
        tcp.set_nodelay(true)
            .map_err(|e| unreachable(format!("{server}: {e}")))?;
        let stream = if server.tls == Tls::FromTheStart {
            let name = ServerName::try_from(server.host.clone())
                .map_err(|_| untrusted(format!("{server} has no name that a certificate could prove")))?;
            let handshake = server.connector().map_err(untrusted)?.connect(name, tcp);
            let tls = timeout(limit, handshake)
                .await
                .map_err(|_| unreachable(format!("{server} does not finish the TLS handshake")))?
                .map_err(|e| untrusted(format!("{server} cannot be trusted: {e}")))?;
            Stream::Tls(Box::new(tls))
        } else {
            Stream::Plain(tcp)
        };
        let broken = Broken::default();
        let wire = Self {
            stream,
            broken: broken.clone(),
        };
        Ok((wire, broken))
    }

    fn noticing<T>(&self, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if matches!(polled, Poll::Ready(Err(_))) {
            self.broken.0.store(true, Ordering::SeqCst);
        }
        polled
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.stream {
            Stream::Plain(tcp) => tcp.peer_addr(),
            Stream::Tls(tls) => tls.get_ref().0.peer_addr(),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Stream::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_write(cx, buf),
            Stream::Tls(tls) => Pin::new(tls).poll_write(cx, buf),
        };
        self.noticing(polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Stream::Tls(tls) => Pin::new(tls).poll_flush(cx),
        };
        self.noticing(polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Stream::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}
