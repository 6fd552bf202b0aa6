//! The program in the test's own process: a fresh database, a clock that the test sets, seeded chance, captured mail.

use std::{fs, time::Duration};

use kernel::{chance::Chance, clock::Clock, db::write, email::EmailAddress, instant::Instant};
use reqwest::Url;
use sea_orm::{DatabaseTransaction, DbErr};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use web::config::Config;

use crate::{
    database::Database,
    mailbox::{self, Mail},
    patience::until,
    program::{self, free_port},
    visitor::Visitor,
};

/// The consultant of the demo practice, with a login once a test asked for [`TestApp::desk`].
pub const CONSULTANT: &str = "nora@slowlantern.example";
/// Her password.
pub const PASSWORD: &str = "three lanterns on the water";

/// A running program.
pub struct TestApp {
    /// Its address.
    pub url: Url,
    /// Its clock: Monday, 1 March 2027, 10:00 in New York, until the test moves it.
    pub clock: Clock,
    running: Option<web::Running>,
    /// After `running`: the program lets go of its files first.
    pub database: Database,
    /// Its data folder.
    pub folder: TempDir,
}

impl TestApp {
    /// The demo practice with the default settings.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// The demo practice with other settings: dotted keys and TOML values.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::at("2027-03-01T15:00:00Z", settings).await
    }

    /// The same, starting at this instant.
    pub async fn at(now: &str, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Database::make(folder.path()).await;
        let clock = Clock::fixed(now.parse().expect("an instant"));
        let port = free_port();
        let url: Url = format!("http://127.0.0.1:{port}/").parse().expect("an address");
        let mut lines = vec![
            format!("server.listen = \"127.0.0.1:{port}\""),
            format!("server.public_url = \"http://127.0.0.1:{port}\""),
            format!("server.secret_key = \"{}\"", "5c".repeat(32)),
            format!("database.url = \"{}\"", database.url),
            format!("backup.folder = \"{}/backups\"", folder.path().display()),
        ];
        for (key, value) in settings {
            lines.retain(|line| !line.starts_with(&format!("{key} =")));
            lines.push(format!("{key} = {value}"));
        }
        let file = folder.path().join("test.toml");
        fs::write(&file, lines.join("\n")).expect("writes its settings");
        let config = Config::read(Some(&file)).unwrap_or_else(|e| panic!("{e}"));
        let running = web::start(config, clock.clone(), Chance::seeded(7))
            .await
            .unwrap_or_else(|e| panic!("{e}"));
        Self {
            url,
            clock,
            running: Some(running),
            database,
            folder,
        }
    }

    /// Changes the practice as `practice apply` does.
    pub async fn apply_practice(&self, toml: &str) {
        let applied = self.running().app().booking().apply_practice(toml, self.now()).await;
        applied.unwrap_or_else(|e| panic!("{e}"));
    }

    fn running(&self) -> &web::Running {
        self.running.as_ref().expect("it runs until it is stopped")
    }

    /// What the program's clock says.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// What `practice show | practice apply` changes, which is nothing.
    pub async fn show_and_apply(&self) -> Vec<String> {
        let booking = self.running().app().booking();
        let shown = booking.show_practice().await.expect("a practice");
        let changes = booking.apply_practice(&shown, self.now()).await;
        let changes = changes.unwrap_or_else(|e| panic!("{e}:\n{shown}"));
        changes.iter().map(ToString::to_string).collect()
    }

    /// Runs a command of the real program beside it, on the same database and by the machine's clock; what it printed.
    #[track_caller]
    pub fn beside(&self, arguments: &[&str]) -> String {
        let mut command = std::process::Command::new(program::binary());
        command
            .args(arguments)
            .arg("--config")
            .arg(self.folder.path().join("test.toml"));
        let output = command
            .current_dir(self.folder.path())
            .output()
            .expect("the program starts");
        let (out, err) = (program::text(&output.stdout), program::text(&output.stderr));
        assert!(
            output.status.success(),
            "goldenhour {arguments:?}: {}\n{out}\n{err}",
            output.status
        );
        out
    }

    /// Moves the clock forward.
    pub fn wait_minutes(&self, minutes: i64) {
        self.clock.set(self.now().plus_minutes(minutes));
    }

    /// Runs every worker once: what is due now is done when this returns, also what a worker of the program's own had begun.
    pub async fn run_workers(&self) {
        let running = self.running();
        let mut rounds = 0;
        until("the outbox comes to rest", async || {
            running
                .workers()
                .run_once(self.now())
                .await
                .unwrap_or_else(|e| panic!("a worker failed: {e}"));
            rounds += 1;
            let outbox = running.app().mailing().outbox_counts().await.expect("reads");
            // A mail server that is away leaves some queued.
            (outbox.under_way == 0 && (outbox.queued == 0 || rounds >= 3)).then_some(())
        })
        .await;
    }

    /// Takes every place in the queue of writes until `open` says true: the place that a write under way has, and all behind it.
    pub async fn fill_the_queue(&self, open: watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
        let db = self.running().app().db();
        let mut waiting: Vec<JoinHandle<()>> = Vec::new();
        loop {
            let (db, input) = (db.clone(), open.clone());
            let mut one = tokio::spawn(async move {
                write::<_, (), DbErr, _>(
                    &db,
                    input,
                    async |_: &DatabaseTransaction, open: &watch::Receiver<bool>| {
                        let _ = open.clone().wait_for(|open| *open).await;
                        Ok(())
                    },
                )
                .await
            });
            // Beyond the queue the answer comes at once; within it there is none yet.
            let early = timeout(
                Duration::from_millis(if waiting.len() < 1000 { 0 } else { 200 }),
                &mut one,
            )
            .await;
            if early.is_ok() {
                return waiting;
            }
            waiting.push(tokio::spawn(async move { drop(one.await) }));
        }
    }

    /// Somebody with a new browser.
    pub fn visitor(&self) -> Visitor {
        Visitor::at(&self.url)
    }

    /// Every captured mail, newest first.
    pub async fn outbox(&self) -> Vec<Mail> {
        self.run_workers().await;
        mailbox::read(&self.visitor()).await
    }

    /// Every captured mail to this address, newest first.
    pub async fn mails_to(&self, address: &str) -> Vec<Mail> {
        let mut mails = self.outbox().await;
        mails.retain(|mail| mail.to.eq_ignore_ascii_case(address));
        mails
    }

    /// The newest mail to this address, waiting for it.
    pub async fn mail_to(&self, address: &str) -> Mail {
        until(&format!("a mail to {address}"), async || {
            self.mails_to(address).await.into_iter().next()
        })
        .await
    }

    /// Makes the consultant's login, if there is none.
    pub async fn login(&self) {
        let access = self.running().app().access();
        if !access.has_login().await.expect("reads") {
            let email = EmailAddress::parse(CONSULTANT).expect("an address");
            access
                .create_login(email, PASSWORD.to_owned().into(), self.now())
                .await
                .expect("a first login");
        }
    }

    /// The consultant, signed in at the desk.
    pub async fn desk(&self) -> Visitor {
        self.login().await;
        let visitor = self.visitor();
        let form = visitor
            .get("/admin/sign-in")
            .await
            .expect(200)
            .form("form[action='/admin/sign-in']");
        let page = visitor
            .submit_and_follow(&form.set("email", CONSULTANT).set("password", PASSWORD))
            .await
            .expect(200);
        page.must_say("Needs you");
        visitor
    }

    /// Stops it as SIGTERM does; the database stays as long as this value.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }
}
