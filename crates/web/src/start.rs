//! From settings to a running program, and to its end; the one way in for `goldenhour serve`, for the other commands and for the tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use booking::money::service::{Manual, Payments};
use kernel::chance::Chance;
use kernel::clock::Clock;
use kernel::db::{ConnectError, Db};
use kernel::token::Token;
use migrations::{DatabaseLock, MigrateError, Migrated};
use sea_orm::DbErr;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::config::Config;
use crate::demo::DemoError;
use crate::keys::KeyError;
use crate::serve::{Bounds, serve};
use crate::state::App;
use crate::stripe::{NoClient, Stripe};
use crate::view::ViewError;
use crate::workers::{Workers, WorkersError};
use crate::{demo, keys, metrics, routes};

/// Who has not sent a request's head after this time is hung up on.
const HEAD: Duration = Duration::from_secs(10);

/// Why the program does not start. Each reads as one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there, or the address is not this machine's.
    #[error("server.listen: nobody can listen on {addr}")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The schema.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The database.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The secret key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Templates or words.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The demo.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The way out for mails.
    #[error(transparent)]
    Workers(#[from] WorkersError),
    /// The way to the payment service.
    #[error(transparent)]
    Payments(#[from] NoClient),
    /// The database failed.
    #[error("the database does not answer")]
    Database(#[from] DbErr),
}

/// A program that serves.
pub struct Running {
    addr: SocketAddr,
    app: App,
    workers: Workers,
    demo_loaded: bool,
    first_login: Option<Token>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    at_work: JoinSet<()>,
    /// Given back last.
    _lock: DatabaseLock,
}

/// Starts everything: listens, migrates, finds its key, fills an empty database with the demo, and serves.
///
/// # Errors
/// Whatever keeps it from serving; nothing is left running then.
pub async fn start(config: Config, clock: Clock, chance: Chance) -> Result<Running, StartError> {
    metrics::install();
    let listen = config.server.listen;
    let refused = |source| StartError::Listen { addr: listen, source };
    let listener = TcpListener::bind(listen).await.map_err(refused)?;
    let addr = listener.local_addr().map_err(refused)?;

    let lock = DatabaseLock::take(&config.database.0)?;
    report(&migrations::migrate(&config.database.0, &lock).await?);
    let now = clock.now();
    let app = put_together(config, clock, chance).await?;
    let demo_loaded = wants_demo(&app).await?;
    if demo_loaded {
        demo::load(&app, now).await?;
    }
    let first_login = app.access().first_login_link(now).await?;

    let workers = Workers::take(app.clone(), now).await?;
    let (stop, stopped) = watch::channel(false);
    let at_work = workers.clone().start(&stopped);
    let settings = &app.config().server;
    let bounds = Bounds {
        connections: settings.max_connections,
        head: HEAD,
        drain: settings.finishing(),
    };
    let server = tokio::spawn(serve(listener, routes::router(&app), bounds, stopped));
    Ok(Running {
        addr,
        app,
        workers,
        demo_loaded,
        first_login,
        stop,
        server,
        at_work,
        _lock: lock,
    })
}

/// The services for a command, beside a running `serve` or without one.
pub async fn open(config: Config, clock: Clock, chance: Chance) -> Result<App, StartError> {
    let url = &config.database.0;
    if !migrations::state(url).await?.is_empty() {
        report(&migrations::migrate(url, &DatabaseLock::take(url)?).await?);
    }
    put_together(config, clock, chance).await
}

async fn put_together(config: Config, clock: Clock, chance: Chance) -> Result<App, StartError> {
    let db = Db::open(&config.database.0).await?;
    let keys = keys::obtain(&config, &db, clock.now(), &chance).await?;
    let payments = takes_payments(&config)?;
    Ok(App::new(Arc::new(config), db, keys, clock, chance, payments)?)
}

/// Who takes payments: a service, or the consultant's own hand.
fn takes_payments(config: &Config) -> Result<Arc<dyn Payments>, NoClient> {
    Ok(match &config.stripe {
        Some(settings) => Arc::new(Stripe::new(settings.clone(), config.server.public_url.clone())?),
        None => Arc::new(Manual),
    })
}

async fn wants_demo(app: &App) -> Result<bool, DbErr> {
    Ok(app.config().demo && app.config().server.public_url.is_loopback() && !app.booking().has_practice().await?)
}

fn report(done: &Migrated) {
    match done {
        Migrated::Current => {}
        Migrated::Made => tracing::info!("the database is new"),
        Migrated::Brought { steps, copy } => {
            let copy = copy.as_ref().map(|copy| copy.display().to_string());
            tracing::info!(?steps, copy, "the database has the newest schema");
        }
    }
}

impl Running {
    /// Where it listens; with port 0 in the settings this is the port it got.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its services.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// What runs beside the requests, to be run once by hand.
    pub fn workers(&self) -> &Workers {
        &self.workers
    }

    /// Whether it found an empty database and loaded the demo practice.
    pub fn demo_loaded(&self) -> bool {
        self.demo_loaded
    }

    /// The one-time link of the first login, while nobody can sign in.
    pub fn first_login(&self) -> Option<&Token> {
        self.first_login.as_ref()
    }

    /// Stops as SIGTERM does: accepts nothing more, lets requests and mails under way finish, closes the database; all of it within
    /// `server.drain_seconds`.
    pub async fn stop(self) {
        let Self {
            app,
            workers,
            stop,
            server,
            mut at_work,
            ..
        } = self;
        let _ = stop.send(true);
        let all = async {
            let _ = server.await;
            while at_work.join_next().await.is_some() {}
        };
        if tokio::time::timeout(app.config().server.drain, all).await.is_err() {
            tracing::warn!("a worker did not finish in time");
        }
        at_work.shutdown().await;
        drop(workers);
        if let Err(error) = app.db().clone().close().await {
            tracing::warn!(%error, "the database was not closed cleanly");
        }
    }
}
