//! A practice on a fresh database, with a port that remembers every notice.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use booking::appointment::notice::Noticing;
use booking::appointment::{
    BookError, BookSlot, Booked, Given, Notice, Notices, ParentName, PhoneNumber, Silence, Visit,
};
use booking::money::service::Manual;
use booking::money::{PurchaseNotice, Receipt};
use booking::practice::{Channel, Mode};
use booking::schedule::{Slot, SlotsAsked};
use booking::source::SourceNotice;
use booking::{Booking, Settings, Telehealth};
use kernel::chance::Chance;
use kernel::db::{Db, DbUrl};
use kernel::id::LoginId;
use kernel::instant::Instant;
use kernel::keys::Keys;
use kernel::zone::Zone;
use sea_orm::{ConnectionTrait, Database, DatabaseTransaction, DbErr, Statement};

pub const PRACTICE: &str = include_str!("practice.toml");

/// Monday, 2 March 2026, 8 o'clock in Asheville.
pub fn monday() -> Instant {
    at("2026-03-02T13:00:00Z")
}

pub fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// The consultant's login.
pub fn login() -> LoginId {
    LoginId::new(monday(), &Chance::seeded(9))
}

/// Remembers the notices of committed and rolled back transactions alike.
#[derive(Default)]
pub struct Heard(
    Mutex<Vec<Notice>>,
    AtomicBool,
    Mutex<Vec<Silence>>,
    Mutex<Vec<PurchaseNotice>>,
    Mutex<Vec<SourceNotice>>,
    Mutex<Vec<Receipt>>,
);

impl Heard {
    pub fn take(&self) -> Vec<Notice> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// From now on no notice can be written.
    pub fn fail(&self) {
        self.1.store(true, Ordering::SeqCst);
    }

    /// The silences since it was asked last.
    pub fn silences(&self) -> Vec<Silence> {
        std::mem::take(&mut self.2.lock().unwrap())
    }

    /// What was told of purchases since the last time.
    pub fn purchases(&self) -> Vec<PurchaseNotice> {
        std::mem::take(&mut self.3.lock().unwrap())
    }

    /// The calendars that could not be read for too long, since it was asked last.
    pub fn sources(&self) -> Vec<SourceNotice> {
        std::mem::take(&mut self.4.lock().unwrap())
    }

    /// The receipts that were to be sent alone since the last time.
    pub fn receipts(&self) -> Vec<Receipt> {
        std::mem::take(&mut self.5.lock().unwrap())
    }

    pub fn kinds(&self) -> Vec<&'static str> {
        self.take().iter().map(|n| n.kind.name()).collect()
    }
}

impl Notices for Heard {
    fn purchase<'a>(&'a self, _: &'a DatabaseTransaction, notice: &'a PurchaseNotice, _: Instant) -> Noticing<'a> {
        self.3.lock().unwrap().push(notice.clone());
        Box::pin(async { Ok(()) })
    }

    fn notify<'a>(&'a self, _: &'a DatabaseTransaction, notice: &'a Notice, _: Instant) -> Noticing<'a> {
        self.0.lock().unwrap().push(notice.clone());
        let fails = self.1.load(Ordering::SeqCst);
        Box::pin(async move {
            if fails {
                Err(DbErr::Custom("the outbox is full".into()))
            } else {
                Ok(())
            }
        })
    }

    fn source<'a>(&'a self, _: &'a DatabaseTransaction, notice: &'a SourceNotice, _: Instant) -> Noticing<'a> {
        self.4.lock().unwrap().push(notice.clone());
        Box::pin(async { Ok(()) })
    }

    fn receipt<'a>(&'a self, _: &'a DatabaseTransaction, receipt: &'a Receipt, _: Instant) -> Noticing<'a> {
        self.5.lock().unwrap().push(receipt.clone());
        Box::pin(async { Ok(()) })
    }

    fn silence<'a>(&'a self, _: &'a DatabaseTransaction, silence: &'a Silence, _: Instant) -> Noticing<'a> {
        self.2.lock().unwrap().push(silence.clone());
        Box::pin(async { Ok(()) })
    }
}

pub struct App {
    pub booking: Booking,
    pub db: Db,
    pub heard: Arc<Heard>,
    pub login: LoginId,
    url: DbUrl,
    _folder: tempfile::TempDir,
}

pub fn settings() -> Settings {
    Settings {
        uid_domain: "lantern.example".into(),
        hold_hours: 48,
        telehealth: Telehealth::Jitsi {
            base_url: "https://meet.example/".into(),
        },
        limits: true,
    }
}

impl App {
    /// A migrated database without a practice.
    pub async fn empty(settings: Settings) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::tempdir().unwrap();
        let url: DbUrl = match std::env::var("GOLDENHOUR_TEST_POSTGRES") {
            Ok(server) => {
                let name = format!(
                    "booking_{}_{}",
                    std::process::id(),
                    COUNT.fetch_add(1, Ordering::SeqCst)
                );
                let admin = Database::connect(&server).await.unwrap();
                admin
                    .execute_unprepared(&format!("CREATE DATABASE {name}"))
                    .await
                    .unwrap();
                let (base, _) = server.rsplit_once('/').unwrap();
                format!("{base}/{name}").parse().unwrap()
            }
            Err(_) => DbUrl::Sqlite(folder.path().join("test.db")),
        };
        let lock = migrations::DatabaseLock::take(&url).unwrap();
        migrations::migrate(&url, &lock).await.unwrap();
        let db = Db::open(&url).await.unwrap();
        let heard = Arc::new(Heard::default());
        let chance = Chance::seeded(1);
        let keys = Keys::from_hex(&"7".repeat(64)).unwrap();
        let booking = Booking::new(
            db.clone(),
            keys,
            chance.clone(),
            settings,
            heard.clone(),
            Arc::new(Manual),
        );
        Self {
            booking,
            db,
            heard,
            login: login(),
            url,
            _folder: folder,
        }
    }

    /// With the test practice.
    pub async fn new() -> Self {
        let app = Self::empty(settings()).await;
        app.booking.apply_practice(PRACTICE, monday()).await.unwrap();
        app
    }

    /// With the test practice and a change to it.
    pub async fn with(toml: &str) -> Self {
        let app = Self::new().await;
        app.booking
            .apply_practice(toml, monday().plus_minutes(1))
            .await
            .unwrap();
        app
    }

    /// The same practice as another process has it: connections of its own, and nothing read before.
    pub async fn elsewhere(&self) -> Booking {
        let db = Db::open(&self.url).await.unwrap();
        let keys = Keys::from_hex(&"7".repeat(64)).unwrap();
        Booking::new(
            db,
            keys,
            Chance::seeded(2),
            settings(),
            self.heard.clone(),
            Arc::new(Manual),
        )
    }

    /// The slots of a week by telehealth or at the office.
    pub async fn slots(&self, offering: &str, mode: Mode, from: Instant, now: Instant) -> Vec<Slot> {
        let until = from.plus_minutes(7 * 1440);
        let asked = SlotsAsked {
            offering: offering.into(),
            mode,
            place: None,
            postcode: None,
            from,
            until,
        };
        self.booking.slots(&asked, now).await.unwrap().slots.clone()
    }

    pub async fn book(&self, wish: BookSlot, now: Instant) -> Result<Booked, BookError> {
        self.booking.book(wish, now).await
    }

    /// One number out of the database.
    pub async fn count(&self, sql: &str) -> i64 {
        let reader = self.db.reader();
        let statement = Statement::from_string(reader.get_database_backend(), sql);
        reader
            .query_one_raw(statement)
            .await
            .unwrap()
            .unwrap()
            .try_get_by_index(0)
            .unwrap()
    }

    /// Runs a statement as nobody but the tests may.
    pub async fn execute(&self, sql: &str) -> Result<(), DbErr> {
        let sql = sql.to_owned();
        kernel::db::write(&self.db, sql, async |tx, sql| {
            tx.execute_unprepared(sql).await.map(drop)
        })
        .await
    }

    /// Nothing overlaps, every appointment has a history, and every history, line by line, leads to the present state and start.
    pub async fn audit(&self) {
        let overlaps = "SELECT COUNT(*) FROM appointment a JOIN appointment b ON a.consultant_id = b.consultant_id \
            AND a.id < b.id AND a.blocks AND b.blocks AND a.blocked_from < b.blocked_until AND b.blocked_from < a.blocked_until \
            AND NOT a.overlap_allowed AND NOT b.overlap_allowed";
        assert_eq!(self.count(overlaps).await, 0);
        let without = "SELECT COUNT(*) FROM appointment a WHERE NOT EXISTS \
            (SELECT 1 FROM appointment_history h WHERE h.appointment_id = a.id)";
        assert_eq!(self.count(without).await, 0);
        let reader = self.db.reader();
        let lines = "SELECT h.number, h.event, h.facts, a.state, a.starts_at FROM appointment_history h \
            JOIN appointment a ON a.id = h.appointment_id ORDER BY h.appointment_id, h.number DESC";
        let lines = reader
            .query_all_raw(Statement::from_string(reader.get_database_backend(), lines))
            .await
            .unwrap();
        // Each appointment from its newest line back to the first.
        let mut history: Vec<(String, serde_json::Value)> = Vec::new();
        for line in lines {
            let number: i32 = line.try_get("", "number").unwrap();
            history.push((line.try_get("", "event").unwrap(), line.try_get("", "facts").unwrap()));
            if number == 1 {
                history.reverse();
                let led_to = replay(&history);
                let starts: i64 = line.try_get("", "starts_at").unwrap();
                let state: String = line.try_get("", "state").unwrap();
                assert_eq!(led_to, (state, Instant::from_micros(starts)), "{history:?}");
                history.clear();
            }
        }
        assert!(history.is_empty(), "a first line is missing: {history:?}");
    }
}

/// Where a history leads: the state's name and the start.
fn replay(history: &[(String, serde_json::Value)]) -> (String, Instant) {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let (mut state, mut starts) = (String::new(), None);
    for (n, (event, facts)) in history.iter().enumerate() {
        let over = ["cancelled", "expired", "completed", "no_show"].contains(&state.as_str());
        assert_eq!(n == 0, event == "booked", "{history:?}");
        match event.as_str() {
            "booked" => (state, starts) = (text(&facts["state"]), Some(text(&facts["starts"]))),
            "paid" => state = text(&facts["state"]),
            "moved" => {
                assert!(!over, "moved when it was over: {history:?}");
                assert_eq!(Some(text(&facts["from"])), starts, "{history:?}");
                starts = Some(text(&facts["to"]));
            }
            "cancelled" | "expired" => {
                assert!(!over, "ended twice: {history:?}");
                state.clone_from(event);
            }
            // What is said of a visit that was to take place can be corrected.
            "completed" | "no_show" => {
                assert!(
                    ["confirmed", "completed", "no_show"].contains(&state.as_str()),
                    "{history:?}"
                );
                assert_ne!(&state, event, "ended twice: {history:?}");
                state.clone_from(event);
            }
            _ => {}
        }
    }
    (state, starts.unwrap().parse().unwrap())
}

/// A wish of Ana Lee, by video, with her number.
pub fn wish(offering: &str, start: Instant) -> BookSlot {
    BookSlot {
        offering: offering.into(),
        visit: Visit::Telehealth(Channel::Video),
        start,
        name: ParentName::parse("Ana Lee").unwrap(),
        email: "ana@example.org".parse().unwrap(),
        phone: Some(PhoneNumber::parse("828-555-0199").unwrap()),
        zone: Zone::named("America/New_York").unwrap(),
        babies: Vec::new(),
        second_recipient: None,
        address_proved: false,
        client: None,
        intake: Given::default(),
        credit: None,
        key: None,
    }
}

/// The same wish of another family.
pub fn family(n: u32, wish: BookSlot) -> BookSlot {
    BookSlot {
        email: format!("parent{n}@example.org").parse().unwrap(),
        phone: Some(PhoneNumber::parse(&format!("828-555-{n:04}")).unwrap()),
        ..wish
    }
}
