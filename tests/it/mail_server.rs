//! A mail server that cannot be used delays everything and loses nothing, and the desk says in plain words what to do about it.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use tests::app::TestApp;
use tests::journey::book;
use tests::patience::until;
use tests::program::{Program, free_port};
use tests::sink::{Manners, Sink};

async fn app(url: &str) -> TestApp {
    TestApp::with(&[("mail.transport", "\"smtp\""), ("mail.smtp.url", &format!("{url:?}"))]).await
}

/// The desk after a while of trying.
async fn banner(url: &str) -> String {
    let app = app(url).await;
    book(&app, "free-mini-consult", "", "aoife@example.com").await;
    app.run_workers().await;
    app.wait_minutes(3);
    app.run_workers().await;
    let page = app.desk().await.visit("/admin").await.expect(200);
    page.must_say("Two mails are waiting since");
    let outbox = app.desk().await.visit("/admin/outbox").await.expect(200);
    outbox.must_say("2 mails wait.").must_say("aoife@example.com");
    page.body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_says_what_is_wrong_with_the_mail_server_and_what_to_do() {
    let nobody = format!("smtp://127.0.0.1:{}", free_port());
    assert!(banner(&nobody).await.contains("The mail server does not answer."));
    let sink = Sink::with(Manners {
        login: false,
        ..Manners::default()
    })
    .await;
    let url = sink.url().replace("smtp://", "smtp://nora:secret@");
    let said = banner(&url).await;
    assert!(said.contains("refuses the login") && !said.contains("secret"), "{said}");
    let sink = Sink::start(Duration::ZERO).await;
    let said = banner(&format!("{}?tls=required", sink.url())).await;
    assert!(said.contains("does not prove its name"), "{said}");
    let sink = Sink::with(Manners {
        mail: Some("452 4.5.3 too many mails today"),
        ..Manners::default()
    })
    .await;
    assert!(banner(&sink.url()).await.contains("the limit of your mail provider"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_banner_is_gone_when_the_server_is_back_and_every_mail_has_left() {
    let port = free_port();
    let app = app(&format!("smtp://127.0.0.1:{port}")).await;
    book(&app, "free-mini-consult", "", "aoife@example.com").await;
    // For days: nothing is given up.
    for _ in 0..20 {
        app.wait_minutes(12 * 60);
        app.run_workers().await;
    }
    let desk = app.desk().await;
    desk.visit("/admin")
        .await
        .expect(200)
        .must_say("mails are waiting since");
    let sink = Sink::at(port, Manners::default()).await;
    until("the mails leave", async || {
        app.wait_minutes(5);
        app.run_workers().await;
        (sink.reached() >= 2).then_some(())
    })
    .await;
    let page = desk.visit("/admin").await.expect(200);
    assert!(!page.says("waiting since"));
    desk.visit("/admin/outbox").await.expect(200).must_say("Nothing waits");
}

/// A letter to addresses that each meet something else, over a server that drops connections and limits them besides; the ledger's figures
/// are what the server saw.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_says_what_a_misbehaving_server_saw() {
    const EACH: usize = 6;
    const KINDS: [&str; 10] = [
        "good", "grey", "busy", "gone", "unwanted", "before", "after", "lost", "slow", "fine",
    ];
    for (closes, per_connection, pipelining) in [(Some(3), Some(4), true), (None, None, false)] {
        let sink = Sink::with(Manners {
            closes,
            per_connection,
            pipelining,
            ..Manners::default()
        })
        .await;
        let mut program = Program::new().await;
        for (name, value) in [
            ("MAIL__TRANSPORT", "smtp"),
            ("MAIL__SMTP__URL", sink.url().as_str()),
            ("MAIL__SMTP__CONNECTIONS", "5"),
            ("MAIL__RETRY__INITIAL_SECONDS", "1"),
            ("MAIL__RETRY__MAX_SECONDS", "2"),
        ] {
            program.set(&format!("GOLDENHOUR_{name}"), value);
        }
        let people = KINDS
            .iter()
            .flat_map(|kind| (0..EACH).map(move |n| format!("{kind}{n}@example.org,confirmed\n")));
        let csv = format!("email,status\n{}", people.collect::<String>());
        fs::write(program.folder.path().join("people.csv"), csv).unwrap();
        fs::write(
            program.folder.path().join("hello.md"),
            "+++\ntitle = \"Hello\"\ntopic = \"blog-posts\"\n+++\n\nWords.\n",
        )
        .unwrap();
        program.answer(&["subscribers", "import", "people.csv"]);
        program.answer(&["letters", "add", "hello.md"]);
        let mut child = program.serve().await;
        program.answer(&["letters", "send", "hello"]);
        let ledger = until("the letter is sent", async || {
            let ledger: Value = serde_json::from_str(&program.answer(&["letters", "status", "hello"])).unwrap();
            (ledger["state"] == "sent").then_some(ledger)
        })
        .await;
        child.signal(Signal::TERM);
        assert!(child.end(Duration::from_secs(20)).success());
        let taken = sink.taken();
        let copies = |kind: &str| -> Vec<usize> {
            let of_kind = taken.iter().filter(|(who, _)| who.starts_with(kind));
            of_kind.map(|(_, ids)| ids.len()).collect()
        };
        for kind in ["good", "grey", "busy", "before", "slow", "fine"] {
            assert_eq!(copies(kind), [1; EACH], "{kind}");
        }
        // Nobody can know whether the first one was taken: once more, under the same Message-ID.
        for kind in ["after", "lost"] {
            assert_eq!(copies(kind), [2; EACH], "{kind}");
        }
        assert!(taken.values().all(|ids| ids.iter().all(|id| *id == ids[0])));
        let count = |name: &str| ledger[name].as_u64().unwrap();
        let each = EACH as u64;
        assert_eq!(count("recipients"), 10 * each);
        assert_eq!(
            (count("delivered"), count("bounced"), count("uncertain")),
            (7 * each, 2 * each, each),
            "{ledger}"
        );
        assert_eq!(taken.len() as u64, count("delivered") + count("uncertain"));
    }
}
