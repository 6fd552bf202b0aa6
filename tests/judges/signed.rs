//! dkimpy verifies what this program signs, and Python's email package reads what a letter says of itself.

use std::fs;

use kernel::clock::Clock;
use serde_json::Value;
use tests::app::TestApp;
use tests::journey::book;
use tests::judge::{SmtpServer, ask};
use tests::patience::until;
use tests::program::Program;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mail_is_signed_so_that_nothing_a_reader_sees_can_be_changed() {
    // The key and its record, as their owner makes them.
    let mut maker = Program::new().await;
    maker.set("GOLDENHOUR_MAIL__FROM", "nora@slowlantern.example");
    let said = maker.answer(&["dkim", "new", "--selector", "s2026"]);
    let line = |begin: &str| {
        said.lines()
            .map(str::trim)
            .find(|l| l.starts_with(begin))
            .unwrap()
            .to_owned()
    };
    let record = maker.folder.path().join("record.txt");
    fs::write(&record, format!("{}\n{}", line("s2026._domainkey"), line("v=DKIM1"))).unwrap();
    let key = said
        .split("The key is in ")
        .nth(1)
        .unwrap()
        .split(". Keep")
        .next()
        .unwrap();
    let key = maker.folder.path().join(key);

    let folder = tempfile::tempdir().unwrap();
    let server = SmtpServer::start(folder.path());
    // By the real clock: a signature of tomorrow is none.
    let today = Clock::system().now().to_string();
    let settings = [
        ("limits.enabled", "false"),
        ("mail.transport", "\"smtp\""),
        ("mail.smtp.url", &format!("\"smtp://127.0.0.1:{}\"", server.port)),
        ("mail.dkim.selector", "\"s2026\""),
        ("mail.dkim.key_file", &format!("{:?}", key.display().to_string())),
        ("mail.bounces.address", "\"bounces@slowlantern.example\""),
    ];
    let app = TestApp::at(&today, &settings).await;
    let taken = async |to: &str, count: usize| -> Vec<Value> {
        until(&format!("{count} mails to {to}"), async || {
            app.run_workers().await;
            let all = server.taken().into_iter().filter(|m| m["to"][0] == to);
            Some(all.collect::<Vec<_>>()).filter(|all| all.len() == count)
        })
        .await
    };
    book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let csv = app.folder.path().join("people.csv");
    fs::write(&csv, "email,status\nreader@example.com,confirmed\n").unwrap();
    app.beside(&["subscribers", "import", csv.to_str().unwrap()]);
    let letter = app.folder.path().join("letter.md");
    fs::write(
        &letter,
        "+++\ntitle = \"Día tres: ¿duele?\"\ntopic = \"blog-posts\"\n+++\n\nWords.\n",
    )
    .unwrap();
    let slug = app.beside(&["letters", "add", letter.to_str().unwrap()]);
    app.beside(&["letters", "send", slug.trim()]);
    app.clock.set(Clock::system().now());

    let mails = [
        taken("aoife@example.com", 1).await.remove(0),
        taken("reader@example.com", 1).await.remove(0),
    ];
    let judged = |mail: &Value| ask("verify_dkim.py", &[mail["eml"].as_str().unwrap().as_ref(), &record]);
    assert_eq!(judged(&mails[0]).trim(), "good bad bad");
    assert_eq!(judged(&mails[1]).trim(), "good bad bad bad");
    for mail in &mails {
        let from = mail["from"].as_str().unwrap();
        assert!(
            from.starts_with("bounces+") && from.ends_with("@slowlantern.example"),
            "{from}"
        );
    }
    let read: Value =
        serde_json::from_str(&ask("read_mail.py", &[mails[1]["eml"].as_str().unwrap().as_ref()])).unwrap();
    assert_eq!(read["defects"], serde_json::json!([]));
    let header = |name: &str| -> String {
        let all = read["headers"].as_array().unwrap();
        let mut found = all.iter().filter(|h| h[0].as_str().unwrap().eq_ignore_ascii_case(name));
        let value = found.next().unwrap_or_else(|| panic!("no {name}"))[1]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(found.next().is_none(), "{name} twice");
        value
    };
    assert_eq!(header("Subject"), "Día tres: ¿duele?");
    assert!(header("List-Id").starts_with("<letters."));
    assert!(header("List-Unsubscribe").starts_with("<http"));
    assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(header("Feedback-ID").contains(":blog-posts:letter:"));
    assert!(header("Message-ID").ends_with("@slowlantern.example>"));
    let kinds: Vec<_> = read["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["multipart/alternative", "text/plain", "text/html"]);
    // One line each in the bytes themselves (RFC 8058).
    let raw = fs::read_to_string(mails[1]["eml"].as_str().unwrap()).unwrap();
    assert!(raw.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    assert!(
        raw.lines()
            .any(|line| line.starts_with("List-Unsubscribe: <") && line.ends_with('>'))
    );
}
