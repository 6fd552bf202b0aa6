//! A fresh database, a composer of plain words, and facts read straight from the tables.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use kernel::chance::Chance;
use kernel::db::{Db, DbUrl, write};
use kernel::email::EmailAddress;
use kernel::instant::Instant;
use kernel::keys::Keys;
use mailing::Mailing;
use mailing::letters::LetterText;
use mailing::outbox::{
    CalendarMethod, CalendarPart, Compose, ComposeError, LetterMail, ListHeaders, Mail, MailJob, Mailbox, NewMail,
    PREFERENCES_PLACE, Priority, Sender, Settings, Tally, Transport, UNSUBSCRIBE_PLACE,
};
use migrations::{DatabaseLock, migrate};
use sea_orm::{ConnectionTrait, Database, DatabaseTransaction, DbErr, Statement, Value};
use tempfile::TempDir;

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// One test's world.
pub struct World {
    pub mailing: Mailing,
    pub db: Db,
    pub url: DbUrl,
    folder: TempDir,
}

/// Noon of a day in November 2026, UTC.
pub fn noon() -> Instant {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

pub fn address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match std::env::var("GOLDENHOUR_TEST_POSTGRES") {
            Ok(server) => postgres(&server).await,
            Err(_) => DbUrl::Sqlite(folder.path().join("mailing.db")),
        };
        let lock = DatabaseLock::take(&url).unwrap();
        migrate(&url, &lock).await.unwrap();
        drop(lock);
        let db = Db::open(&url).await.unwrap();
        let keys = Keys::from_hex(&"5a".repeat(32)).unwrap();
        let mailing = Mailing::new(db.clone(), keys, Chance::seeded(7));
        Self {
            mailing,
            db,
            url,
            folder,
        }
    }

    /// A second program on the same database.
    pub async fn second(&self) -> Mailing {
        let db = Db::open(&self.url).await.unwrap();
        let keys = Keys::from_hex(&"5a".repeat(32)).unwrap();
        Mailing::new(db, keys, Chance::seeded(8))
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub async fn enqueue(&self, mail: NewMail, now: Instant) {
        let step = async |tx: &DatabaseTransaction, (m, mail, now): &(Mailing, NewMail, Instant)| {
            m.enqueue(tx, mail.clone(), *now).await
        };
        write::<_, _, DbErr, _>(&self.db, (self.mailing.clone(), mail, now), step)
            .await
            .unwrap();
    }

    pub async fn sender(&self, transport: Transport, settings: Settings, now: Instant) -> Sender {
        Sender::start(&self.mailing, Arc::new(Plain), transport, settings, now)
            .await
            .unwrap()
    }

    /// Sends all that is due into the captured mails.
    pub async fn send(&self, now: Instant) -> Tally {
        let sender = self
            .sender(Transport::capture(&self.mailing), Settings::default(), now)
            .await;
        sender.run_once(now).await.unwrap()
    }

    /// Runs a statement.
    pub async fn execute(&self, text: &str, values: Vec<Value>) -> Result<u64, DbErr> {
        let input = Statement::from_sql_and_values(self.db.backend(), text, values);
        let step = async |tx: &DatabaseTransaction, statement: &Statement| {
            tx.execute_raw(statement.clone()).await.map(|d| d.rows_affected())
        };
        write::<_, _, DbErr, _>(&self.db, input, step).await
    }

    /// The first column of every row.
    pub async fn column<T: sea_orm::TryGetable>(&self, text: &str) -> Vec<T> {
        let statement = Statement::from_string(self.db.backend(), text);
        let rows = self.db.reader().query_all_raw(statement).await.unwrap();
        rows.iter().map(|r| r.try_get_by_index(0).unwrap()).collect()
    }

    /// The state numbers of the outbox in the order of their keys.
    pub async fn states(&self) -> Vec<i16> {
        self.column("SELECT state FROM outbox ORDER BY key").await
    }
}

async fn postgres(server: &str) -> DbUrl {
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    let name = format!("mailing_{}_{number}", std::process::id());
    let admin = Database::connect(server).await.unwrap();
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .unwrap();
    admin.close().await.unwrap();
    let (host, _) = server.rsplit_once('/').unwrap();
    DbUrl::Postgres(format!("{host}/{name}"))
}

/// A mail with this key to this address.
pub fn mail(key: &str, to: &str) -> NewMail {
    NewMail {
        key: key.into(),
        kind: "plain",
        to: address(to),
        context: serde_json::json!({ "key": key }),
        thread: None,
        not_after: None,
        priority: Priority::Normal,
    }
}

/// Composes every kind. A context with `"broken": true` fails, with `"panics": true` panics, with `"large": true` carries
/// a calendar part of megabytes, and `"name"` becomes the recipient's name as it is.
pub struct Plain;

impl Compose for Plain {
    fn compose(&self, job: &MailJob) -> Result<Mail, ComposeError> {
        assert!(job.context["panics"] != true, "a template panics");
        if job.context["broken"] == true {
            return Err(ComposeError("the template has a fault".into()));
        }
        let mut mail = plain(&job.to, &job.context["key"].to_string());
        if job.context["large"] == true {
            mail.calendar = Some(CalendarPart {
                method: CalendarMethod::Request,
                bytes: vec![b'x'; 2_000_000],
            });
        }
        if let Some(name) = job.context["name"].as_str() {
            mail.to.name = Some(name.to_owned());
        }
        Ok(mail)
    }

    fn letter(&self, letter: &LetterText) -> Result<LetterMail, ComposeError> {
        let base = "https://practice.example/";
        let leave = format!("{base}leave/{UNSUBSCRIBE_PLACE}");
        let links = format!("{leave} {base}topics/{PREFERENCES_PLACE}");
        let practice = address("nora@practice.example");
        Ok(LetterMail {
            from: Mailbox::named("Nora Tillery", practice),
            reply_to: None,
            subject: letter.title.clone(),
            text: format!("{}\n\n{links}\n", letter.plain(base)),
            html: format!("{}<p>{links}</p>", letter.html(base)),
            list: ListHeaders {
                unsubscribe: leave,
                id: "letters.practice.example".into(),
                feedback_id: "letter".into(),
            },
        })
    }
}

pub fn plain(to: &EmailAddress, subject: &str) -> Mail {
    let practice = address("nora@practice.example");
    Mail {
        from: Mailbox::named("Nora Tillery", practice.clone()),
        reply_to: Some(Mailbox::bare(practice)),
        to: Mailbox::bare(to.clone()),
        subject: format!("About {subject}"),
        text: "Hello,\n\nhere is a line.\n".into(),
        html: "<p>Hello,</p><p>here is a line.</p>".into(),
        calendar: None,
        attachment: None,
        list: None,
        auto_submitted: true,
    }
}
