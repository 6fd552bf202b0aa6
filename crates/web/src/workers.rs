//! What runs beside the requests: the sender of the outbox, and the reconcilers.
//!
//! A reconciler takes no input: it looks for what is due, does it, and may run twice or in two instances at once. Each
//! can be run once by hand ([`Workers::run_once`]), which is how the tests drive them.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use kernel::instant::Instant;
use mailing::outbox::Transport;
use mailing::{Sender, Settings};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::backup;
use crate::bounces;
use crate::compose::Composer;
use crate::config::{self, Config};
use crate::desk::imports;
use crate::sources;
use crate::state::App;

/// How often the reconcilers look.
const EVERY: Duration = Duration::from_secs(5);
/// How often open questions to the payment service are looked for; a refund is asked for within five seconds.
const PAYMENTS_EVERY: Duration = Duration::from_secs(1);
/// How often the practice is read again for the mails.
const PRACTICE_EVERY: Duration = Duration::from_secs(1);
/// How often the mailbox for bounces is looked into.
const BOUNCES_EVERY: Duration = Duration::from_secs(10);
/// How often files of subscribers are looked for.
const IMPORTS_EVERY: Duration = Duration::from_millis(500);
/// How often today's copy of the database is looked for.
const COPY_EVERY: Duration = Duration::from_mins(5);

/// Everything that runs beside the requests.
#[derive(Clone)]
pub struct Workers {
    app: App,
    sender: Arc<Sender>,
    composer: Arc<Composer>,
}

/// The workers cannot start.
#[derive(Debug, thiserror::Error)]
pub enum WorkersError {
    /// The database did not let the sender take its lease.
    #[error("the outbox cannot be opened")]
    Database(#[from] sea_orm::DbErr),
}

impl Workers {
    /// Takes the outbox's lease; nothing is sent yet.
    pub async fn take(app: App, now: Instant) -> Result<Self, WorkersError> {
        let composer = Composer::new(app.clone());
        // Without a practice there is nothing to write about yet; it is read again every second.
        let _ = composer.refresh().await;
        let transport = transport(&app);
        let settings = settings(app.config());
        let sender = Sender::start(app.mailing(), composer.clone(), transport, settings, now).await?;
        Ok(Self {
            app,
            sender: Arc::new(sender),
            composer,
        })
    }

    /// Everything that is due at `now`, once: holds end, visits are completed, reminders are written, mails are sent.
    pub async fn run_once(&self, now: Instant) -> Result<(), sea_orm::DbErr> {
        self.app.booking().expire_due(now).await?;
        self.app.booking().complete_due(now).await?;
        self.app.booking().remind_due(now).await?;
        self.app.booking().tell_of_ending(now).await?;
        self.app.booking().expire_credits(now).await?;
        sources::read_due(&self.app, now).await?;
        self.app.booking().look_at_payments_due(now).await?;
        self.app.booking().refund_due(now).await?;
        backup::daily(&self.app, now).await;
        bounces::read(&self.app, now).await;
        if self.composer.refresh().await.is_err() {
            return Ok(());
        }
        let app = &self.app;
        app.mailing().run_imports(&imports::folder(app), app.clock()).await?;
        app.mailing().start_due_letters(now).await?;
        self.sender.run_once(now).await.map(drop)
    }

    /// Runs all of them until `stop` is true; mails under way may take as long as the settings allow.
    pub fn start(self, stop: &watch::Receiver<bool>) -> JoinSet<()> {
        let mut all = JoinSet::new();
        let (app, composer) = (self.app.clone(), self.composer.clone());
        all.spawn(every(PRACTICE_EVERY, stop.clone(), move || {
            let composer = composer.clone();
            async move {
                // Without a practice there is nothing to write about; a database that fails says so elsewhere.
                let _ = composer.refresh().await;
            }
        }));
        let copied = app.clone();
        all.spawn(every(COPY_EVERY, stop.clone(), move || {
            let app = copied.clone();
            async move { backup::daily(&app, app.clock().now()).await }
        }));
        let returned = app.clone();
        all.spawn(every(BOUNCES_EVERY, stop.clone(), move || {
            let app = returned.clone();
            async move { bounces::read(&app, app.clock().now()).await }
        }));
        // Apart from the others: another's server may take its time.
        let reads = app.clone();
        all.spawn(every(EVERY, stop.clone(), move || {
            let app = reads.clone();
            async move { report("calendars read", sources::read_due(&app, app.clock().now()).await) }
        }));
        let (importing, until_stop) = (app.clone(), stop.clone());
        let reading = every(IMPORTS_EVERY, stop.clone(), move || {
            let app = importing.clone();
            async move {
                let done = app.mailing().run_imports(&imports::folder(&app), app.clock()).await;
                report("imports", done);
            }
        });
        // A long file ends with the program, between two of its writes, and goes on with the next one.
        all.spawn(async move {
            tokio::select! {
                () = reading => {}
                () = until(until_stop) => {}
            }
        });
        // Each by itself: a slow payment service holds up neither the other nor the rest.
        let (looking, refunding) = (app.clone(), app.clone());
        all.spawn(every(PAYMENTS_EVERY, stop.clone(), move || {
            let app = looking.clone();
            async move {
                report("payments", app.booking().look_at_payments_due(app.clock().now()).await);
            }
        }));
        all.spawn(every(PAYMENTS_EVERY, stop.clone(), move || {
            let app = refunding.clone();
            async move { report("refunds", app.booking().refund_due(app.clock().now()).await) }
        }));
        all.spawn(every(EVERY, stop.clone(), move || reconcile(app.clone())));
        let (clock, drain, stopped) = (
            self.app.clock().clone(),
            self.app.config().server.finishing(),
            stop.clone(),
        );
        all.spawn(async move { self.sender.run(clock, until(stopped), drain).await });
        all
    }
}

async fn reconcile(app: App) {
    let now = app.clock().now();
    report("expired holds", app.booking().expire_due(now).await);
    report("letters begun", app.mailing().start_due_letters(now).await);
    report("visits over", app.booking().complete_due(now).await);
    report("reminders", app.booking().remind_due(now).await);
    report("purchases ending", app.booking().tell_of_ending(now).await);
    report("purchases over", app.booking().expire_credits(now).await);
}

fn report(what: &str, done: Result<u64, sea_orm::DbErr>) {
    match done {
        Ok(0) => {}
        Ok(count) => {
            metrics::counter!("goldenhour_reconciled_total", "what" => what.to_owned()).increment(count);
            tracing::info!(what, count, "reconciled");
        }
        Err(error) => tracing::error!(what, %error, "a reconciler failed and will look again"),
    }
}

/// Runs `work` now and after each `pause`, until the program stops.
async fn every<F: Future<Output = ()>>(pause: Duration, stop: watch::Receiver<bool>, work: impl Fn() -> F) {
    let stopped = until(stop);
    tokio::pin!(stopped);
    loop {
        work().await;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = &mut stopped => return,
        }
    }
}

/// Completes when the program stops, or whoever could stop it is gone.
async fn until(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopped| *stopped).await;
}

/// The way out for mails.
pub fn transport(app: &App) -> Transport {
    let mail = &app.config().mail;
    let transport = match mail.transport {
        config::Transport::Capture => Transport::capture(app.mailing()),
        config::Transport::File => Transport::file(app.config().data_folder().join("mails")),
        config::Transport::Smtp => Transport::smtp(mail.smtp.clone()),
    };
    let returning = mail
        .bounces
        .address
        .clone()
        .map(|address| app.mailing().return_path(address));
    transport.signed(mail.dkim.clone()).returning(returning)
}

fn settings(config: &Config) -> Settings {
    let mail = &config.mail;
    Settings {
        connections: mail.connections,
        rate_per_minute: mail.rate_per_minute.unwrap_or(0),
        retry: mailing::outbox::Retry {
            initial: unsigned(mail.retry_initial),
            max: unsigned(mail.retry_max),
            give_up_after: unsigned(mail.give_up_after),
        },
        lease: unsigned(mail.lease),
    }
}

fn unsigned(span: jiff::SignedDuration) -> Duration {
    Duration::try_from(span).unwrap_or_default()
}
