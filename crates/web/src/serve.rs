//! The accept loop: HTTP/1.1 over our own listener, because it has to end.
//!
//! Who sends no complete head in time is hung up on; more connections than allowed wait; once a stop is asked for, nothing new
//! is accepted, requests under way may finish, and what has not finished in time is cut off.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// How long to wait when the system has no socket left.
const BREATH: Duration = Duration::from_millis(50);

/// What bounds the loop.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Connections at once.
    pub connections: usize,
    /// A request's head has to be complete after this time, and a kept connection begin its next one.
    pub head: Duration,
    /// How long requests under way may take after a stop was asked for.
    pub drain: Duration,
}

/// Serves `routes` on `listener` until `stop` is true or its sender is gone, and then until everything under way is done or cut off.
pub async fn serve(listener: TcpListener, routes: Router, bounds: Bounds, mut stop: watch::Receiver<bool>) {
    let places = std::sync::Arc::new(Semaphore::new(bounds.connections));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(bounds.head);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            _ = stop.wait_for(|stopped| *stopped) => break,
            Some(_) = connections.join_next() => continue,
        };
        let Some((stream, peer, place)) = accepted else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let service = routes
            .clone()
            .layer(Extension(ConnectInfo(peer)))
            .into_service()
            .map_request(|request: hyper::Request<Incoming>| request.map(axum::body::Body::new));
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            let _place = place;
            // Whoever hung up, or was too slow, is no news.
            let _ = connection.await;
        });
    }
    drop(listener);
    if tokio::time::timeout(bounds.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "cutting off requests that did not finish in time"
        );
    }
    connections.shutdown().await;
}

/// The next connection and its place among those allowed; `None` when the system has none to give.
async fn accept(
    listener: &TcpListener,
    places: &std::sync::Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Answers are small and written whole; waiting for more would only delay them.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, place))
        }
        Err(error) => {
            tracing::warn!(%error, "no connection can be accepted right now");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    struct Served {
        addr: SocketAddr,
        stop: watch::Sender<bool>,
        done: tokio::task::JoinHandle<()>,
    }

    async fn served(bounds: Bounds) -> Served {
        let slow = || async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            "finished"
        };
        let never = || std::future::pending::<&'static str>();
        let peer = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() };
        let routes = Router::new()
            .route_service("/slow", get(slow))
            .route_service("/never", get(never))
            .route_service("/peer", get(peer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        Served {
            addr,
            stop,
            done: tokio::spawn(serve(listener, routes, bounds, stopped)),
        }
    }

    const WIDE: Bounds = Bounds {
        connections: 16,
        head: Duration::from_secs(5),
        drain: Duration::from_secs(5),
    };

    async fn ask(addr: SocketAddr, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }

    async fn answer(mut stream: TcpStream) -> String {
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text).await;
        text
    }

    #[tokio::test]
    async fn handlers_know_the_other_end() {
        let served = served(WIDE).await;
        assert!(answer(ask(served.addr, "/peer").await).await.ends_with("127.0.0.1"));
    }

    #[tokio::test]
    async fn a_request_under_way_is_finished_and_no_new_one_is_taken() {
        let served = served(WIDE).await;
        let under_way = ask(served.addr, "/slow").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        served.stop.send(true).unwrap();
        assert!(answer(under_way).await.ends_with("finished"));
        served.done.await.unwrap();
        assert!(TcpStream::connect(served.addr).await.is_err());
    }

    #[tokio::test]
    async fn what_never_finishes_is_cut_off() {
        let served = served(Bounds {
            drain: Duration::from_millis(200),
            ..WIDE
        })
        .await;
        let under_way = ask(served.addr, "/never").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let begun = Instant::now();
        served.stop.send(true).unwrap();
        served.done.await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(2));
        assert_eq!(answer(under_way).await, "");
    }

    #[tokio::test]
    async fn an_idle_connection_does_not_delay_the_stop() {
        let served = served(WIDE).await;
        let _idle = TcpStream::connect(served.addr).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let begun = Instant::now();
        served.stop.send(true).unwrap();
        served.done.await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(2));
    }

    #[tokio::test]
    async fn one_connection_more_waits_for_its_place() {
        let served = served(Bounds { connections: 1, ..WIDE }).await;
        let first = ask(served.addr, "/slow").await;
        let second = ask(served.addr, "/peer").await;
        let mut byte = [0];
        let early = tokio::time::timeout(Duration::from_millis(100), second.peek(&mut byte)).await;
        assert!(early.is_err());
        assert!(answer(first).await.ends_with("finished"));
        assert!(answer(second).await.ends_with("127.0.0.1"));
    }

    #[tokio::test]
    async fn who_sends_no_complete_head_is_hung_up_on() {
        let served = served(Bounds {
            head: Duration::from_millis(100),
            ..WIDE
        })
        .await;
        let mut slow = TcpStream::connect(served.addr).await.unwrap();
        slow.write_all(b"GET /peer HTTP/1.1\r\nHost:").await.unwrap();
        let text = tokio::time::timeout(Duration::from_secs(5), answer(slow))
            .await
            .unwrap();
        assert!(!text.contains("200"), "{text}");
    }
}
