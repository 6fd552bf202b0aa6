//! Letters, from the consultant's first word to the inbox: at the desk, and by commands beside a running program that is killed on the way.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use rustix::process::Signal;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;
use tests::{
    app::{CONSULTANT, TestApp},
    journey::subscribe,
    patience::until,
    program::Program,
    sink::Sink,
};

#[tokio::test]
async fn a_letter_is_written_tried_and_sent_at_the_desk() {
    let app = TestApp::with(&[("limits.enabled", "false")]).await;
    subscribe(&app, "siobhan@example.com").await;
    subscribe(&app, "imani@example.com").await;
    let desk = app.desk().await;
    let form = desk.visit("/admin/write-letter").await.expect(200).form("main form");
    // Without a text nothing is kept, and what was typed is still there.
    let page = desk
        .submit(&form.clone().set("title", "Four free hours"))
        .await
        .expect(422);
    page.must_say("the letter is empty");
    assert_eq!(page.form("main form").value("title"), Some("Four free hours"));
    let form = form
        .set("title", "Four free hours")
        .set("text", "See [the times](/services).\n\n<script>alert(1)</script>")
        .set("topic", "free-offerings");
    let page = desk.submit_and_follow(&form).await.expect(200);
    assert_eq!(page.url.path(), "/admin/letters/four-free-hours");
    page.must_say("It goes to 2 people.");
    let mail = desk.get("/admin/letters/four-free-hours/mail").await.expect(200);
    assert!(mail.body.contains("/services") && !mail.body.contains("<script"));

    let act = async |action: &str| {
        let page = desk.visit("/admin/letters/four-free-hours").await.expect(200);
        let form = page.form(&format!("form[action='/admin/letters/four-free-hours/{action}']"));
        desk.submit_and_follow(&form).await.expect(200)
    };
    act("test").await.must_say("A test is on its way");
    let test = app.mail_to(CONSULTANT).await;
    assert_eq!(test.subject, "Four free hours");
    assert!(!test.text.contains("token-of-the-recipient"), "{}", test.text);

    act("send").await.must_say("It goes out now.");
    app.run_workers().await;
    let page = desk.visit("/admin/letters/four-free-hours").await.expect(200);
    page.must_say("2 delivered.").must_say("Sent.");
    let mail = app.mail_to("imani@example.com").await;
    assert_eq!(mail.subject, "Four free hours");
    // Leaving by the header, as a mail program does it.
    let header = mail.header("List-Unsubscribe");
    let link = header.trim_matches(['<', '>']).to_owned();
    assert_eq!(mail.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    app.visitor().get(&link).await.expect(200);
    app.visitor()
        .post(&link, &[("List-Unsubscribe".into(), "One-Click".into())])
        .await
        .expect(200);
    let form = desk.visit("/admin/write-letter").await.expect(200).form("main form");
    let form = form.set("title", "Another").set("text", "Words.");
    let page = desk.submit_and_follow(&form).await.expect(200);
    page.must_say("It goes to one person.").must_say("1 has left");
}

#[tokio::test]
async fn a_letter_waits_for_its_time() {
    let app = TestApp::with(&[("limits.enabled", "false")]).await;
    subscribe(&app, "siobhan@example.com").await;
    let desk = app.desk().await;
    let form = desk.visit("/admin/write-letter").await.expect(200).form("main form");
    let page = desk
        .submit_and_follow(&form.set("title", "Later").set("text", "Words."))
        .await
        .expect(200);
    let form = page.form("form[action='/admin/letters/later/schedule']");
    let over = form.clone().set("date", "2027-03-01").set("time", "09:00");
    desk.submit_and_follow(&over)
        .await
        .expect(200)
        .must_say("still to come");
    // Ten in the morning is now; eleven is in an hour.
    let form = form.set("date", "2027-03-01").set("time", "11:00");
    desk.submit_and_follow(&form)
        .await
        .expect(200)
        .must_say("Monday, March 1, 11:00 am");
    let sent = async || {
        app.mails_to("siobhan@example.com")
            .await
            .iter()
            .filter(|m| m.subject == "Later")
            .count()
    };
    app.wait_minutes(59);
    assert_eq!(sent().await, 0);
    app.wait_minutes(1);
    assert_eq!(sent().await, 1);
}

/// A letter to so many subscribers of a program whose mails go to a sink.
async fn started(sink: &Sink, count: usize) -> Program {
    let mut program = Program::new().await;
    program.set("GOLDENHOUR_MAIL__TRANSPORT", "smtp");
    program.set("GOLDENHOUR_MAIL__SMTP__URL", &sink.url());
    program.set("GOLDENHOUR_MAIL__RETRY__INITIAL_SECONDS", "1");
    program.set("GOLDENHOUR_MAIL__LEASE_SECONDS", "2");
    let mut file = String::from("email,status\n");
    for n in 0..count {
        writeln!(file, "reader{n}@example.com,confirmed").unwrap();
    }
    fs::write(program.folder.path().join("list.csv"), file).unwrap();
    let letter = "+++\ntitle = \"Hello\"\ntopic = \"other-news\"\n+++\n\nHello.\n";
    fs::write(program.folder.path().join("hello.md"), letter).unwrap();
    // The demo comes with the first start, and with it the practice that signs the letter.
    let mut first = program.serve().await;
    first.signal(Signal::TERM);
    assert!(first.end(Duration::from_secs(20)).success());
    program.answer(&["subscribers", "import", "list.csv"]);
    program.answer(&["letters", "add", "hello.md"]);
    let ledger = ledger(&program.answer(&["letters", "send", "hello"]));
    assert_eq!(
        (&ledger["state"], &ledger["recipients"]),
        (&"sending".into(), &count.into())
    );
    program
}

fn ledger(printed: &str) -> Value {
    serde_json::from_str(printed).unwrap()
}

async fn finished(program: &Program) -> Value {
    until("the letter is sent", async || {
        let ledger = ledger(&program.answer(&["letters", "status", "hello"]));
        (ledger["state"] == "sent").then_some(ledger)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_is_killed_again_and_again_loses_nobody_and_doubles_only_what_nobody_can_know() {
    // More on request: TESTS_READERS=10000 TESTS_KILLS=100, with patience for it.
    let number = |name: &str, usual| std::env::var(name).map_or(usual, |n| n.parse::<usize>().unwrap());
    let (readers, kills) = (number("TESTS_READERS", 600), number("TESTS_KILLS", 6));
    let sink = Sink::start(Duration::from_millis(8)).await;
    let program = started(&sink, readers).await;
    for share in 1..=kills {
        let mut child = program.serve().await;
        let goal = readers * share / (kills + 2);
        until("a share has arrived", async || (sink.reached() >= goal).then_some(())).await;
        child.signal(Signal::KILL);
        child.end(Duration::from_secs(10));
    }
    let mut child = program.serve().await;
    let done = finished(&program).await;
    child.signal(Signal::TERM);
    assert!(child.end(Duration::from_secs(20)).success());
    let taken = sink.taken();
    assert_eq!(taken.len(), readers, "everybody has it");
    let copies: usize = taken.values().map(|ids| ids.len() - 1).sum();
    assert!(copies <= 10 * kills, "{copies} copies of {kills} kills");
    // Who has it twice was under way when the program was killed, and the ledger knows.
    let unanswered = unanswered(&program).await;
    for (who, ids) in &taken {
        assert!(ids.iter().all(|id| *id == ids[0]), "{who}: {ids:?}");
        assert!(ids.len() == 1 || unanswered.contains(who), "{who} was answered");
    }
    // So many kills may have met the same reader that nobody can know: she has it all the same.
    let count = |name: &str| done[name].as_u64().unwrap();
    assert_eq!(count("delivered") + count("uncertain"), readers as u64);
    println!(
        "{readers} readers, {kills} kills: {copies} copies, {} uncertain",
        count("uncertain")
    );
}

/// Whose hand-over stayed without an answer at least once.
async fn unanswered(program: &Program) -> HashSet<String> {
    let db = sea_orm::Database::connect(&program.database.url).await.unwrap();
    let text = "SELECT s.address FROM delivery d JOIN subscriber s ON s.id = d.subscriber WHERE d.uncertain > 0";
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), text))
        .await
        .unwrap();
    db.close().await.unwrap();
    rows.iter().map(|row| row.try_get("", "address").unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pausing_stopping_and_resuming_loses_and_doubles_nobody() {
    const READERS: usize = 400;
    let sink = Sink::start(Duration::from_millis(10)).await;
    let program = started(&sink, READERS).await;
    let mut child = program.serve().await;
    until("some have it", async || (sink.reached() >= 60).then_some(())).await;
    let paused = ledger(&program.answer(&["letters", "pause", "hello"]));
    assert_eq!(paused["state"], "paused");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (held, status) = (sink.reached(), ledger(&program.answer(&["letters", "status", "hello"])));
    assert!(held < READERS);
    assert_eq!(status["delivered"], held, "the ledger says what the server saw");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(sink.reached(), held);
    program.answer(&["letters", "resume", "hello"]);
    until("more have it", async || (sink.reached() >= held + 50).then_some(())).await;
    // SIGTERM in the middle: every answer that was received stands in the ledger.
    child.signal(Signal::TERM);
    assert!(child.end(Duration::from_secs(20)).success());
    let status = ledger(&program.answer(&["letters", "status", "hello"]));
    assert_eq!(status["delivered"], sink.reached());
    let mut child = program.serve().await;
    let done = finished(&program).await;
    assert_eq!(done["delivered"], READERS);
    child.signal(Signal::TERM);
    assert!(child.end(Duration::from_secs(20)).success());
    let taken = sink.taken();
    assert_eq!(taken.len(), READERS);
    assert!(taken.values().all(|ids| ids.len() == 1), "nobody has it twice");
}

/// On PostgreSQL as many instances as run share the work; on SQLite the file lock lets one run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_share_a_letter_that_is_paused_resumed_and_goes_on_with_other_settings() {
    const READERS: usize = 500;
    if tests::database::server().is_none() {
        return;
    }
    let sink = Sink::start(Duration::from_millis(10)).await;
    let one = started(&sink, READERS).await;
    let mut two = Program::new().await;
    for (name, value) in [
        ("DATABASE__URL", one.database.url.as_str()),
        ("MAIL__TRANSPORT", "smtp"),
        ("MAIL__SMTP__URL", &sink.url()),
        ("MAIL__LEASE_SECONDS", "2"),
    ] {
        two.set(&format!("GOLDENHOUR_{name}"), value);
    }
    let (mut first, mut second) = (one.serve().await, two.serve().await);
    let reached = async |goal: usize| {
        until("more have it", async || (sink.reached() >= goal).then_some(())).await;
    };
    reached(80).await;
    one.answer(&["letters", "pause", "hello"]);
    two.answer(&["letters", "resume", "hello"]);
    reached(160).await;
    // One goes on with other settings.
    second.signal(Signal::TERM);
    assert!(second.end(Duration::from_secs(20)).success());
    two.set("GOLDENHOUR_MAIL__SMTP__CONNECTIONS", "3");
    two.set("GOLDENHOUR_MAIL__SMTP__RATE_PER_MINUTE", "60000");
    let mut second = two.serve().await;
    reached(240).await;
    two.answer(&["letters", "pause", "hello"]);
    one.answer(&["letters", "resume", "hello"]);
    reached(300).await;
    first.signal(Signal::TERM);
    assert!(first.end(Duration::from_secs(20)).success());
    let done = finished(&two).await;
    second.signal(Signal::TERM);
    assert!(second.end(Duration::from_secs(20)).success());
    let taken = sink.taken();
    assert_eq!((&done["delivered"], taken.len()), (&READERS.into(), READERS));
    assert!(taken.values().all(|ids| ids.len() == 1), "each recipient once");
}
