//! A copy while the program serves, and a whole practice brought back from it. PostgreSQL has programs of its own for both.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Output, time::Duration};

use rustix::process::Signal;
use sea_orm::{ConnectionTrait, Database};
use tests::{
    app::{CONSULTANT, PASSWORD, TestApp},
    child::Child,
    journey::{BOOKING_FORM, book, fill, free_times, sign_up},
    mailbox,
    patience::until,
    program::{Program, text},
    visitor::Visitor,
};

/// Demands exit 1 and one line on standard error that says what it must.
#[track_caller]
fn refused(output: &Output, words: &[&str]) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}{}", text(&output.stdout));
    assert_eq!(said.trim().lines().count(), 1, "one clear line, not:\n{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is missing in: {said}");
    }
}

fn stop(mut serve: Child) {
    serve.signal(Signal::TERM);
    assert_eq!(serve.end(Duration::from_secs(10)).code(), Some(0), "{}", serve.said());
}

fn on_postgres() -> bool {
    tests::database::server().is_some()
}

/// Everything below a folder that is no copy and no lock: what a refused restore must not leave behind.
fn parts_in(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.contains("part"))
        .collect()
}

/// Runs a statement on a SQLite file, made if it is missing.
async fn change(file: &Path, sql: &str) {
    let db = Database::connect(format!("sqlite://{}?mode=rwc", file.display()))
        .await
        .unwrap();
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

async fn sign_in(visitor: &Visitor) -> tests::page::Page {
    let form = visitor.get("/admin/sign-in").await.expect(200).form("form");
    let form = form.set("email", CONSULTANT).set("password", PASSWORD);
    visitor.submit_and_follow(&form).await.expect(200)
}

#[tokio::test]
async fn what_was_copied_while_parents_booked_is_the_same_practice_elsewhere_and_sends_nothing_until_released() {
    if on_postgres() {
        return;
    }
    let mut old = Program::new().await;
    old.set("GOLDENHOUR_LIMITS__ENABLED", "false");
    old.set("GOLDENHOUR_ADMIN_PASSWORD", PASSWORD);
    let serve = old.serve().await;
    old.answer(&["admin", "create", "--email", CONSULTANT]);
    let visitor = old.visitor();
    let times = free_times(&visitor, "free-mini-consult", "mode=telehealth").await;
    let form = visitor.visit(times[0].as_str()).await.expect(200).form(BOOKING_FORM);
    let booked = tests::journey::send(&visitor, &fill(&form, "Aoife Daly", "aoife@example.com")).await;

    // Others go on writing while it is copied, again and again.
    let stop_writing = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (visitor, stop) = (old.visitor(), stop_writing.clone());
            tokio::spawn(async move {
                let mut written = 0;
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    sign_up(&visitor, &format!("reader{writer}x{written}@example.com")).await;
                    written += 1;
                }
                written
            })
        })
        .collect();
    let copies: Vec<String> = (0..4).map(|n| format!("copy-{n}.db")).collect();
    for copy in &copies {
        let output = old.command(&["backup", copy]);
        let output = tokio::task::spawn_blocking(move || {
            let mut output = output;
            output.output().unwrap()
        })
        .await
        .unwrap();
        let said = text(&output.stdout);
        assert!(output.status.success(), "{said}{}", text(&output.stderr));
        assert!(said.contains("fingerprint") && said.contains("apart"), "{said}");
        let mode = fs::metadata(old.folder.path().join(copy)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "others can read the copy");
    }
    stop_writing.store(true, std::sync::atomic::Ordering::Relaxed);
    for writer in writers {
        assert!(writer.await.unwrap() > 0, "nothing was written meanwhile");
    }
    assert!(parts_in(old.folder.path()).is_empty());
    stop(serve);

    for copy in &copies {
        let mut new = Program::new().await;
        new.set("GOLDENHOUR_LIMITS__ENABLED", "false");
        fs::copy(
            old.folder.path().join("secret.key"),
            new.folder.path().join("secret.key"),
        )
        .unwrap();
        let file = old.folder.path().join(copy);
        let said = new.answer(&["restore", file.to_str().unwrap()]);
        assert!(said.contains("No mail is sent"), "{said}");
        let serve = new.serve().await;
        // The same link leads to the same appointment.
        let page = new.visitor().visit(booked.manage.path()).await.expect(200);
        page.must_say("It is booked, Aoife");
        if copy != &copies[0] {
            continue;
        }

        let before = mailbox::read(&new.visitor()).await.len();
        sign_up(&new.visitor(), "later@example.com").await;
        let desk = new.visitor();
        let page = sign_in(&desk).await;
        page.must_say("No mail is sent").must_say("restored from a copy of");
        // Long enough for a sender that does not know better.
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(
            mailbox::read(&new.visitor()).await.len(),
            before,
            "a mail left while parked"
        );
        // The mark outlives the program.
        stop(serve);
        let _serve = new.serve().await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(
            mailbox::read(&new.visitor()).await.len(),
            before,
            "a mail left while parked"
        );

        let page = desk.visit("/admin").await.expect(200);
        let released = desk
            .submit_and_follow(&page.form("form[action='/admin/outbox/release']"))
            .await
            .expect(200);
        assert!(!released.says("No mail is sent"));
        until("the mail that waited", async || {
            let mails = mailbox::read(&new.visitor()).await;
            mails.iter().any(|mail| mail.to == "later@example.com").then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_copy_never_overwrites_anything_and_says_where_there_is_nothing_to_copy() {
    let program = Program::new().await;
    if on_postgres() {
        let mut program = program;
        let url = program.database.url.replace("://goldenhour@", "://goldenhour:s3cret@");
        program.set("GOLDENHOUR_DATABASE__URL", &url);
        let output = program.run(&["backup", "copy of today.dump"]);
        refused(&output, &["pg_dump", "--file='copy of today.dump'", "goldenhour@"]);
        assert!(!text(&output.stderr).contains("s3cret"), "{}", text(&output.stderr));
        refused(&program.run(&["restore", "a.dump"]), &["pg_restore", "a.dump"]);
        return;
    }
    refused(&program.run(&["backup", "early.db"]), &["no database"]);
    assert_eq!(
        fs::read_dir(program.folder.path()).unwrap().count(),
        0,
        "something was made"
    );
    program.answer(&["letters", "list"]);
    fs::write(program.folder.path().join("mine.txt"), "mine").unwrap();
    refused(&program.run(&["backup", "mine.txt"]), &["mine.txt", "overwritten"]);
    assert_eq!(
        fs::read_to_string(program.folder.path().join("mine.txt")).unwrap(),
        "mine"
    );
    std::os::unix::fs::symlink("nowhere", program.folder.path().join("link.db")).unwrap();
    refused(&program.run(&["backup", "link.db"]), &["link.db", "overwritten"]);
    refused(&program.run(&["backup", "goldenhour.db"]), &["overwritten"]);
    refused(&program.run(&["backup", "no/such/folder/copy.db"]), &["copy.db"]);
    refused(&program.run(&["backup", "."]), &["."]);
    assert!(parts_in(program.folder.path()).is_empty());
    assert_eq!(program.run(&["backup"]).status.code(), Some(2));
}

#[tokio::test]
async fn a_restore_refuses_what_is_no_backup_what_is_damaged_and_what_would_overwrite() {
    if on_postgres() {
        return;
    }
    let old = Program::new().await;
    let serve = old.serve().await;
    old.answer(&["backup", "copy.db"]);
    let copy = old.folder.path().join("copy.db");
    // A running program, and a database that is used.
    refused(&old.run(&["restore", "copy.db"]), &["in use"]);
    stop(serve);
    refused(&old.run(&["restore", "copy.db"]), &["not empty"]);

    let new = Program::new().await;
    let here = new.folder.path();
    let bytes = fs::read(&copy).unwrap();
    let cut = |at: usize| bytes[..at].to_vec();
    let mut scribbled = bytes.clone();
    let middle = scribbled.len() / 2;
    scribbled[middle..middle + 8192].fill(0x5a);
    let foreign = old.folder.path().join("foreign.db");
    change(&foreign, "CREATE TABLE shopping (item TEXT)").await;
    let foreign = fs::read(foreign).unwrap();
    for (name, content, word) in [
        ("empty.db", Vec::new(), "no backup"),
        (
            "list.db",
            b"this is a shopping list, no database ".repeat(100),
            "no backup",
        ),
        ("header.db", cut(16), "damaged"),
        ("page.db", cut(4096), "damaged"),
        ("half.db", cut(bytes.len() / 2), "damaged"),
        ("short.db", cut(bytes.len() - 1), "damaged"),
        ("scribbled.db", scribbled, "damaged"),
        ("foreign.db", foreign, "no backup"),
    ] {
        fs::write(here.join(name), content).unwrap();
        refused(&new.run(&["restore", name]), &[name, word]);
        assert!(!here.join("goldenhour.db").exists(), "{name} was put in place");
        assert!(parts_in(here).is_empty(), "{name}: {:?}", parts_in(here));
    }
    refused(&new.run(&["restore", "nowhere.db"]), &["nowhere.db"]);
    refused(&new.run(&["restore", "."]), &["no backup"]);

    // Without its key, and with another.
    let file = copy.to_str().unwrap();
    refused(&new.run(&["restore", file]), &["key", "missing", "secret.key"]);
    fs::write(here.join("secret.key"), "ab".repeat(32)).unwrap();
    refused(&new.run(&["restore", file]), &["key", "fingerprint"]);
    assert!(!here.join("goldenhour.db").exists());
    // With its own, over a database that was made and never used.
    fs::copy(old.folder.path().join("secret.key"), here.join("secret.key")).unwrap();
    new.answer(&["migrate"]);
    new.answer(&["restore", file]);
    assert_eq!(new.answer(&["practice", "show"]), old.answer(&["practice", "show"]));
    refused(&new.run(&["restore", file]), &["not empty"]);
}

#[tokio::test]
async fn a_copy_by_a_newer_program_is_refused_and_one_by_an_older_is_brought_up() {
    if on_postgres() {
        return;
    }
    let old = Program::new().await;
    old.answer(&["letters", "list"]);
    for (name, change) in [
        (
            "newer.db",
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9000_future', 0)",
        ),
        (
            "older.db",
            "DROP TABLE outbox_parked; DELETE FROM seaql_migrations WHERE version = 'm0013_parked'",
        ),
    ] {
        old.answer(&["backup", name]);
        self::change(&old.folder.path().join(name), change).await;
    }
    let new = Program::new().await;
    fs::copy(
        old.folder.path().join("secret.key"),
        new.folder.path().join("secret.key"),
    )
    .unwrap();
    let file = |name: &str| old.folder.path().join(name).display().to_string();
    refused(&new.run(&["restore", &file("newer.db")]), &["m9000_future", "newer"]);
    new.answer(&["restore", &file("older.db")]);
    let serve = new.serve().await;
    new.visitor().get("/readyz").await.expect(200);
    stop(serve);
}

#[tokio::test]
async fn a_copy_is_made_each_day_and_kept_for_two_weeks() {
    let app = TestApp::start().await;
    let folder = app.folder.path().join("backups");
    if on_postgres() {
        app.run_workers().await;
        assert!(!folder.exists());
        return;
    }
    let names = || {
        let mut names: Vec<String> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    app.run_workers().await;
    app.run_workers().await;
    assert_eq!(names(), ["goldenhour-2027-03-01.db"]);
    fs::write(folder.join("goldenhour-2019-01-01.db"), "an old one").unwrap();
    fs::write(folder.join("holiday.jpg"), "not ours").unwrap();
    for _ in 0..16 {
        app.wait_minutes(24 * 60);
        app.run_workers().await;
    }
    let kept = names();
    assert_eq!(kept.len(), 15 + 1, "{kept:?}");
    assert_eq!(kept[0], "goldenhour-2027-03-03.db");
    assert_eq!(kept[14..], ["goldenhour-2027-03-17.db", "holiday.jpg"]);
}

#[tokio::test]
async fn a_daily_copy_that_fails_is_told_at_the_desk_until_it_is_mended() {
    if on_postgres() {
        return;
    }
    let blocked = tempfile::tempdir().unwrap();
    let folder = blocked.path().join("backups");
    // Where a file stands there can be no folder, not even for root.
    fs::write(&folder, "in the way").unwrap();
    let app = TestApp::with(&[("backup.folder", &format!("\"{}\"", folder.display()))]).await;
    let desk = app.desk().await;
    app.run_workers().await;
    desk.visit("/admin")
        .await
        .expect(200)
        .must_say("There is no safety copy of today")
        .must_say(&folder.display().to_string());
    // Everything else goes on.
    book(&app, "free-mini-consult", "mode=telehealth", "aoife@example.com").await;
    assert!(!app.mails_to("aoife@example.com").await.is_empty());
    fs::remove_file(&folder).unwrap();
    app.run_workers().await;
    assert!(!desk.visit("/admin").await.expect(200).says("safety copy"));
    assert!(folder.join("goldenhour-2027-03-01.db").is_file());
}
