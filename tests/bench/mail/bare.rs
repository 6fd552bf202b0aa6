//! The bare loop: connections of the same library that send the same message, and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;

use super::server::Server;

/// Messages a second.
pub async fn rate(server: &Server, connections: usize, mails: usize) -> f64 {
    let message = server.message();
    let message: Arc<[u8]> = message.strip_suffix(b"\r\n.\r\n").unwrap_or(&message).into();
    let next = Arc::new(AtomicUsize::new(0));
    for _ in 0..connections {
        let (message, next, address) = (message.clone(), next.clone(), server.address);
        tokio::spawn(async move {
            let stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let stream: Box<dyn AsyncTokioStream> = Box::new(stream);
            let me = ClientId::default();
            let mut smtp = AsyncSmtpConnection::connect_with_transport(stream, &me).await.unwrap();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= mails {
                    break;
                }
                let to = format!("reader{n}@example.com").parse().unwrap();
                let from = "hello@slowlantern.example".parse().unwrap();
                let envelope = lettre::address::Envelope::new(Some(from), vec![to]).unwrap();
                smtp.send(&envelope, &message).await.unwrap();
            }
        });
    }
    server.rate(mails).await
}
