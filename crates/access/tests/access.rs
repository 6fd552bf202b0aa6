//! The rules of the door, on a fresh SQLite file, or on a fresh database of the server that `GOLDENHOUR_TEST_POSTGRES` names.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use access::audit::Action;
use access::keyring::{KeyringError, known, recognise};
use access::login::{CreateLoginError, SignIn, SignInError};
use access::one_time_link::{LinkError, RequestResetError, ResetAsked, ResetMail, VALID};
use access::password::WeakPassword;
use access::session::{IDLE, LIFETIME};
use access::{Access, SignedIn};
use jiff::SignedDuration;
use kernel::chance::Chance;
use kernel::db::{Db, DbUrl};
use kernel::email::EmailAddress;
use kernel::instant::Instant;
use kernel::keys::Keys;
use kernel::token::Token;
use migrations::{DatabaseLock, migrate};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const PASSWORD: &str = "otter lantern gravel nine";
const OTHER: &str = "seven quiet harbours north";

/// A fresh database and the service on it.
struct Desk {
    access: Access,
    db: Db,
    now: Instant,
    _folder: tempfile::TempDir,
}

async fn fresh_url(folder: &tempfile::TempDir) -> Result<DbUrl, Box<dyn std::error::Error>> {
    let Ok(server) = std::env::var("GOLDENHOUR_TEST_POSTGRES") else {
        return Ok(DbUrl::Sqlite(folder.path().join("access.db")));
    };
    let name = format!(
        "access_{}",
        uuid::Uuid::from_bytes(Chance::from_system()?.bytes()).simple()
    );
    let admin = server.parse::<DbUrl>()?.open_writer(1).await?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    admin.close().await?;
    Ok(format!("{}/{name}", server.rsplit_once('/').ok_or("no database in the URL")?.0).parse()?)
}

fn keys(digit: &str) -> Keys {
    Keys::from_hex(&digit.repeat(64)).unwrap_or_else(|_| unreachable!("64 digits"))
}

async fn open(limits: bool) -> Result<Desk, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let url = fresh_url(&folder).await?;
    migrate(&url, &DatabaseLock::take(&url)?).await?;
    let db = Db::open(&url).await?;
    let access = Access::new(db.clone(), &keys("a"), Chance::seeded(1), limits);
    Ok(Desk {
        access,
        db,
        now: "2026-03-09T14:00:00Z".parse()?,
        _folder: folder,
    })
}

fn nora() -> EmailAddress {
    EmailAddress::parse("nora@lantern.example").unwrap_or_else(|_| unreachable!("an address"))
}

fn attempt(email: &str, password: &str) -> SignIn {
    from("192.0.2.7", email, password)
}

fn from(network: &str, email: &str, password: &str) -> SignIn {
    SignIn {
        email: email.into(),
        password: password.into(),
        network: network.into(),
        old: None,
    }
}

impl Desk {
    async fn with_nora(self) -> Result<Self, CreateLoginError> {
        self.access.create_login(nora(), PASSWORD.into(), self.now).await?;
        Ok(self)
    }

    async fn signed_in(&self) -> Result<SignedIn, SignInError> {
        self.access
            .sign_in(attempt("nora@lantern.example", PASSWORD), self.now)
            .await
    }

    async fn lives(&self, token: &Token, now: Instant) -> Result<bool, DbErr> {
        Ok(self.access.session(token, now).await?.is_some())
    }

    /// The words of the log, by the alphabet.
    async fn audited(&self) -> Result<Vec<String>, DbErr> {
        let all = Statement::from_string(self.db.backend(), "SELECT action FROM audit ORDER BY action");
        self.db
            .reader()
            .query_all_raw(all)
            .await?
            .iter()
            .map(|row| row.try_get("", "action"))
            .collect()
    }
}

/// Keeps what it is told to mail; fails when it is told nothing.
#[derive(Default)]
struct Letters(Mutex<Vec<ResetAsked>>);

impl ResetMail for Letters {
    fn reset_asked<'a>(
        &'a self,
        _: &'a DatabaseTransaction,
        reset: &'a ResetAsked,
        _: Instant,
    ) -> Pin<Box<dyn Future<Output = Result<(), DbErr>> + Send + 'a>> {
        Box::pin(async move {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(reset.clone());
            Ok(())
        })
    }
}

impl Letters {
    fn written(&self) -> Vec<ResetAsked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An outbox that cannot be written.
struct Broken;

impl ResetMail for Broken {
    fn reset_asked<'a>(
        &'a self,
        _: &'a DatabaseTransaction,
        _: &'a ResetAsked,
        _: Instant,
    ) -> Pin<Box<dyn Future<Output = Result<(), DbErr>> + Send + 'a>> {
        Box::pin(async { Err(DbErr::Custom("no outbox".into())) })
    }
}

#[tokio::test]
async fn who_knows_the_password_is_let_in() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let SignedIn { token, session } = desk
        .access
        .sign_in(attempt(" Nora@LANTERN.example ", PASSWORD), desk.now)
        .await?;
    assert_eq!(session.email, nora());
    assert_eq!(session.ends_at, desk.now + LIFETIME);
    assert_eq!(desk.access.session(&token, desk.now).await?, Some(session));
    assert!(!desk.lives(&Token::presented("forged"), desk.now).await?);
    assert_eq!(desk.audited().await?, ["login_created", "signed_in"]);
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let mut answers = Vec::new();
    for (email, password) in [
        ("nora@lantern.example", OTHER),
        ("mara@lantern.example", PASSWORD),
        ("no address", PASSWORD),
    ] {
        match desk.access.sign_in(attempt(email, password), desk.now).await {
            Err(error @ SignInError::Refused) => answers.push(error.to_string()),
            other => return Err(format!("{email}: {other:?}").into()),
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(
        desk.audited().await?,
        ["login_created", "sign_in_refused", "sign_in_refused", "sign_in_refused"]
    );
    Ok(())
}

#[tokio::test]
async fn signing_in_gives_the_browser_a_new_session_and_ends_its_old_one() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let (old, elsewhere) = (desk.signed_in().await?.token, desk.signed_in().await?.token);
    let again = SignIn {
        old: Some(old.clone()),
        ..attempt("nora@lantern.example", PASSWORD)
    };
    let new = desk.access.sign_in(again, desk.now).await?.token;
    assert_ne!(old, new);
    assert!(!desk.lives(&old, desk.now).await?);
    assert!(desk.lives(&new, desk.now).await? && desk.lives(&elsewhere, desk.now).await?);
    Ok(())
}

#[tokio::test]
async fn signing_out_ends_the_session() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let SignedIn { token, session } = desk.signed_in().await?;
    desk.access.sign_out(&session, desk.now).await?;
    assert!(!desk.lives(&token, desk.now).await?);
    assert_eq!(desk.audited().await?, ["login_created", "signed_in", "signed_out"]);
    Ok(())
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends_and_use_puts_that_off_until_its_last_day() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let (idle, used) = (desk.signed_in().await?.token, desk.signed_in().await?.token);
    let mut now = desk.now;
    let step = IDLE - SignedDuration::from_secs(1);
    while now + step < desk.now + LIFETIME {
        now = now + step;
        assert!(desk.lives(&used, now).await?, "{now}");
    }
    assert!(!desk.lives(&idle, desk.now + IDLE).await?);
    assert!(
        desk.lives(&used, desk.now + LIFETIME - SignedDuration::from_secs(1))
            .await?
    );
    assert!(!desk.lives(&used, desk.now + LIFETIME).await?);
    Ok(())
}

#[tokio::test]
async fn guessing_is_slowed_down_and_other_networks_are_not() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let mut refused = 0;
    let wait = loop {
        match desk
            .access
            .sign_in(attempt("nora@lantern.example", OTHER), desk.now)
            .await
        {
            Err(SignInError::Refused) => refused += 1,
            Err(SignInError::TooOften(wait)) => break wait.again_in,
            other => return Err(format!("{other:?}").into()),
        }
    };
    assert_eq!(refused, 8);
    let right = || attempt("nora@lantern.example", PASSWORD);
    assert!(matches!(
        desk.access.sign_in(right(), desk.now).await,
        Err(SignInError::TooOften(_))
    ));
    desk.access
        .sign_in(from("198.51.100.1", "nora@lantern.example", PASSWORD), desk.now)
        .await?;
    desk.access.sign_in(right(), desk.now + wait).await?;
    Ok(())
}

#[tokio::test]
async fn one_network_cannot_try_many_addresses() -> Outcome {
    let desk = open(true).await?;
    for n in 0..20 {
        let answer = desk
            .access
            .sign_in(attempt(&format!("a{n}@lantern.example"), PASSWORD), desk.now)
            .await;
        assert!(matches!(answer, Err(SignInError::Refused)), "{n}: {answer:?}");
    }
    let answer = desk
        .access
        .sign_in(attempt("b@lantern.example", PASSWORD), desk.now)
        .await;
    assert!(matches!(answer, Err(SignInError::TooOften(_))), "{answer:?}");
    Ok(())
}

#[tokio::test]
async fn limits_can_be_turned_off() -> Outcome {
    let desk = open(false).await?.with_nora().await?;
    for _ in 0..30 {
        let answer = desk
            .access
            .sign_in(attempt("nora@lantern.example", OTHER), desk.now)
            .await;
        assert!(matches!(answer, Err(SignInError::Refused)), "{answer:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_login_needs_a_password_that_is_hard_to_guess_and_an_address_of_its_own() -> Outcome {
    let desk = open(true).await?;
    let weak = desk.access.create_login(nora(), "nora@lantern".into(), desk.now).await;
    assert!(
        matches!(weak, Err(CreateLoginError::Password(WeakPassword::Guessable))),
        "{weak:?}"
    );
    assert!(!desk.access.has_login().await?);
    desk.access.create_login(nora(), PASSWORD.into(), desk.now).await?;
    let twice = desk
        .access
        .create_login(EmailAddress::parse("NORA@lantern.example")?, OTHER.into(), desk.now)
        .await;
    assert!(matches!(twice, Err(CreateLoginError::Exists)), "{twice:?}");
    assert_eq!(desk.audited().await?, ["login_created"]);
    Ok(())
}

#[tokio::test]
async fn the_first_login_link_makes_one_login_once() -> Outcome {
    let desk = open(true).await?;
    let link = desk.access.first_login_link(desk.now).await?.ok_or("no link")?;
    assert!(desk.access.first_login_open(&link, desk.now).await?);
    assert!(!desk.access.reset_open(&link, desk.now).await?);

    let weak = desk
        .access
        .use_first_login_link(&link, nora(), "short".into(), desk.now)
        .await;
    assert!(
        matches!(weak, Err(LinkError::Password(WeakPassword::Short))),
        "{weak:?}"
    );
    let SignedIn { token, .. } = desk
        .access
        .use_first_login_link(&link, nora(), PASSWORD.into(), desk.now)
        .await?;
    assert!(desk.lives(&token, desk.now).await?);
    desk.signed_in().await?;

    assert!(!desk.access.first_login_open(&link, desk.now).await?);
    let mara = EmailAddress::parse("mara@lantern.example")?;
    let twice = desk
        .access
        .use_first_login_link(&link, mara, PASSWORD.into(), desk.now)
        .await;
    assert!(matches!(twice, Err(LinkError::Gone)), "{twice:?}");
    assert_eq!(desk.access.first_login_link(desk.now).await?, None);
    Ok(())
}

#[tokio::test]
async fn two_browsers_with_the_first_login_link_make_one_login() -> Outcome {
    let desk = open(true).await?;
    let link = desk.access.first_login_link(desk.now).await?.ok_or("no link")?;
    let (mara, now) = (EmailAddress::parse("mara@lantern.example")?, desk.now);
    let (a, b) = tokio::join!(
        desk.access.use_first_login_link(&link, nora(), PASSWORD.into(), now),
        desk.access.use_first_login_link(&link, mara, OTHER.into(), now),
    );
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
    assert!(
        [a, b]
            .into_iter()
            .all(|answer| matches!(answer, Ok(_) | Err(LinkError::Gone)))
    );
    Ok(())
}

#[tokio::test]
async fn a_first_login_link_ends_after_its_hour_with_the_next_one_and_with_any_login() -> Outcome {
    let desk = open(true).await?;
    let old = desk.access.first_login_link(desk.now).await?.ok_or("no link")?;
    let link = desk.access.first_login_link(desk.now).await?.ok_or("no link")?;
    assert!(!desk.access.first_login_open(&old, desk.now).await?);
    assert!(
        desk.access
            .first_login_open(&link, desk.now + VALID - SignedDuration::from_secs(1))
            .await?
    );
    assert!(!desk.access.first_login_open(&link, desk.now + VALID).await?);
    let late = desk
        .access
        .use_first_login_link(&link, nora(), PASSWORD.into(), desk.now + VALID)
        .await;
    assert!(matches!(late, Err(LinkError::Gone)), "{late:?}");
    let desk = desk.with_nora().await?;
    assert!(!desk.access.first_login_open(&link, desk.now).await?);
    Ok(())
}

#[tokio::test]
async fn a_forgotten_password_is_reset_through_a_mail_once_and_ends_every_other_session() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let old = desk.signed_in().await?.token;
    let letters = Arc::new(Letters::default());
    for _ in 0..2 {
        desk.access
            .request_reset("nora@lantern.example", "192.0.2.7", letters.clone(), desk.now)
            .await?;
    }
    let [first, second] = &letters.written()[..] else {
        return Err("not two mails".into());
    };
    assert_eq!((&first.to, first.ends_at), (&nora(), desk.now + VALID));
    let (link, unused) = (desk.access.reset_link(first.link), desk.access.reset_link(second.link));
    assert!(desk.access.reset_open(&link, desk.now).await?);
    assert!(!desk.access.first_login_open(&link, desk.now).await?);

    let weak = desk.access.reset(&link, "password1234".into(), desk.now).await;
    assert!(
        matches!(weak, Err(LinkError::Password(WeakPassword::Guessable))),
        "{weak:?}"
    );
    let new = desk.access.reset(&link, OTHER.into(), desk.now).await?.token;
    assert!(desk.lives(&new, desk.now).await? && !desk.lives(&old, desk.now).await?);
    for gone in [&link, &unused, &Token::presented("forged")] {
        assert!(!desk.access.reset_open(gone, desk.now).await?);
        let again = desk.access.reset(gone, PASSWORD.into(), desk.now).await;
        assert!(matches!(again, Err(LinkError::Gone)), "{again:?}");
    }
    assert!(matches!(desk.signed_in().await, Err(SignInError::Refused)));
    desk.access
        .sign_in(attempt("nora@lantern.example", OTHER), desk.now)
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_reset_link_ends_after_its_hour() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let letters = Arc::new(Letters::default());
    desk.access
        .request_reset("nora@lantern.example", "192.0.2.7", letters.clone(), desk.now)
        .await?;
    let link = desk.access.reset_link(letters.written().first().ok_or("no mail")?.link);
    let late = desk.access.reset(&link, OTHER.into(), desk.now + VALID).await;
    assert!(matches!(late, Err(LinkError::Gone)), "{late:?}");
    Ok(())
}

#[tokio::test]
async fn asking_for_a_reset_tells_nobody_who_has_a_login() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let letters = Arc::new(Letters::default());
    for email in ["nora@lantern.example", "mara@lantern.example", "no address"] {
        desk.access
            .request_reset(email, "192.0.2.7", letters.clone(), desk.now)
            .await?;
    }
    assert_eq!(letters.written().len(), 1);
    assert_eq!(desk.audited().await?, ["login_created", "reset_asked", "reset_asked"]);
    Ok(())
}

#[tokio::test]
async fn resets_are_limited_silently_for_an_address_and_openly_for_a_network() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let letters = Arc::new(Letters::default());
    for n in 0..10 {
        desk.access
            .request_reset("nora@lantern.example", "192.0.2.7", letters.clone(), desk.now)
            .await
            .map_err(|e| format!("{n}: {e}"))?;
    }
    assert_eq!(letters.written().len(), 3);
    let more = desk
        .access
        .request_reset("mara@lantern.example", "192.0.2.7", letters, desk.now)
        .await;
    assert!(matches!(more, Err(RequestResetError::TooOften(_))), "{more:?}");
    Ok(())
}

#[tokio::test]
async fn a_reset_whose_mail_cannot_be_kept_is_not_kept_either() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let failed = desk
        .access
        .request_reset("nora@lantern.example", "192.0.2.7", Arc::new(Broken), desk.now)
        .await;
    assert!(matches!(failed, Err(RequestResetError::Database(_))), "{failed:?}");
    assert_eq!(desk.audited().await?, ["login_created"]);
    Ok(())
}

#[tokio::test]
async fn what_is_done_at_the_desk_is_written_down() -> Outcome {
    let desk = open(true).await?.with_nora().await?;
    let session = desk.signed_in().await?.session;
    desk.access
        .audit(
            session.login,
            Action::FeedRotated,
            Some(session.id.0),
            desk.now.plus_minutes(1),
        )
        .await?;
    assert_eq!(desk.audited().await?, ["feed_rotated", "login_created", "signed_in"]);
    Ok(())
}

#[tokio::test]
async fn a_database_knows_its_key_and_refuses_another() -> Outcome {
    let desk = open(true).await?;
    assert_eq!(known(&desk.db, 1).await?, None);
    recognise(&desk.db, &keys("a"), desk.now).await?;
    recognise(&desk.db, &keys("a"), desk.now).await?;
    assert_eq!(known(&desk.db, 1).await?.as_deref(), Some(keys("a").fingerprint()));
    match recognise(&desk.db, &keys("b"), desk.now).await {
        Err(KeyringError::Wrong { given, known }) => {
            assert_eq!(
                (given.as_str(), known.as_str()),
                (keys("b").fingerprint(), keys("a").fingerprint())
            );
        }
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}
