//! Mail for real: the `smtp` transport hands its mails to aiosmtpd, over the wire, and Python's email package reads them.

use std::{fs, path::Path};

use mail_parser::{MessageParser, MimeHeaders};
use serde_json::Value;
use tests::{
    app::TestApp,
    journey::{book, sign_up},
    judge::{SmtpServer, ask},
    patience::until,
};

struct Wire {
    app: TestApp,
    server: SmtpServer,
    _folder: tempfile::TempDir,
}

async fn wire() -> Wire {
    let folder = tempfile::tempdir().unwrap();
    let server = SmtpServer::start(folder.path());
    let url = format!("\"smtp://127.0.0.1:{}\"", server.port);
    let app = TestApp::with(&[
        ("mail.transport", "\"smtp\""),
        ("mail.smtp.url", &url),
        ("mail.retry.initial_seconds", "60"),
    ])
    .await;
    Wire {
        app,
        server,
        _folder: folder,
    }
}

impl Wire {
    /// What the server took for this address, once there are so many.
    async fn taken(&self, address: &str, count: usize) -> Vec<Value> {
        let what = format!("{count} mails to {address}");
        until(&what, async || {
            self.app.run_workers().await;
            let taken = self.to(address);
            (taken.len() >= count).then_some(taken)
        })
        .await
    }

    fn to(&self, address: &str) -> Vec<Value> {
        self.server
            .taken()
            .into_iter()
            .filter(|m| m["to"][0].as_str().is_some_and(|to| to.eq_ignore_ascii_case(address)))
            .collect()
    }
}

fn read(mail: &Value) -> Value {
    let found: Value = serde_json::from_str(&ask("read_mail.py", &[Path::new(mail["eml"].as_str().unwrap())])).unwrap();
    assert_eq!(found["defects"], serde_json::json!([]), "{found}");
    assert!(
        found["longest_line"].as_u64().unwrap() <= 998,
        "a line is longer than 998 octets"
    );
    assert_eq!(found["bare_line_ends"], 0);
    found
}

fn header<'a>(mail: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = mail["headers"].as_array().unwrap();
    headers
        .iter()
        .filter(|h| h[0].as_str().unwrap().eq_ignore_ascii_case(name))
        .map(|h| h[1].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_invitation_has_the_structure_that_calendar_programs_need() {
    let wire = wire().await;
    let booked = book(&wire.app, "free-mini-consult", "", "aoife@example.com").await;
    let taken = wire.taken("aoife@example.com", 1).await;
    let mail = read(&taken[0]);
    let parts = mail["parts"].as_array().unwrap();
    let shape: Vec<_> = parts
        .iter()
        .map(|p| (p["depth"].as_u64().unwrap(), p["type"].as_str().unwrap()))
        .collect();
    assert_eq!(
        shape,
        [
            (0, "multipart/mixed"),
            (1, "multipart/alternative"),
            (2, "text/plain"),
            (2, "text/html"),
            (2, "text/calendar"),
            (1, "application/ics")
        ]
    );
    let (plain, calendar, attachment) = (&parts[2], &parts[4], &parts[5]);
    assert_eq!(
        (&calendar["charset"], &calendar["method"], &calendar["encoding"]),
        (&"utf-8".into(), &"REQUEST".into(), &"base64".into())
    );
    assert!(calendar["disposition"].is_null(), "{calendar}");
    assert_eq!(
        (&attachment["disposition"], &attachment["name"]),
        (&"attachment".into(), &"invite.ics".into())
    );
    assert_eq!(
        calendar["sha256"], attachment["sha256"],
        "the attachment has other bytes"
    );
    assert!(calendar["text"].as_str().unwrap().contains("METHOD:REQUEST"));
    assert!(
        plain["text"].as_str().unwrap().contains(booked.manage.as_str()),
        "{plain}"
    );
    for part in [&parts[2], &parts[3]] {
        assert_eq!(part["charset"], "utf-8");
    }
    // And as another parser sees it.
    let raw = fs::read(taken[0]["eml"].as_str().unwrap()).unwrap();
    let message = MessageParser::default().parse(&raw).unwrap();
    assert_eq!(message.attachment_count(), 2, "text/calendar and invite.ics");
    assert!(message.attachments().any(|a| a.attachment_name() == Some("invite.ics")));
}

#[tokio::test]
async fn the_headers_are_those_of_a_mail_that_a_person_may_answer() {
    let wire = wire().await;
    book(
        &wire.app,
        "initial-consultation",
        "mode=telehealth",
        "aoife@example.com",
    )
    .await;
    let taken = wire.taken("aoife@example.com", 1).await;
    let mail = read(&taken[0]);
    for name in ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version"] {
        assert_eq!(header(&mail, name).len(), 1, "{name}: {mail}");
    }
    assert!(
        header(&mail, "From")[0].starts_with("Nora Tillery"),
        "{:?}",
        header(&mail, "From")
    );
    assert!(header(&mail, "Subject")[0].starts_with("Appointment with Nora Tillery"));
    assert!(header(&mail, "Message-ID")[0].ends_with("@127.0.0.1>") || header(&mail, "Message-ID")[0].contains('@'));
    let shape: Vec<_> = mail["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        shape,
        ["multipart/alternative", "text/plain", "text/html"],
        "nothing for a calendar before it is certain"
    );
    let answers = header(&mail, "Reply-To")
        .first()
        .map_or(header(&mail, "From")[0], |a| a);
    assert!(answers.contains("@slowlantern.example"), "answers go to {answers}");
}

#[tokio::test]
async fn the_confirmation_of_the_newsletter_goes_over_the_wire_too() {
    let wire = wire().await;
    sign_up(&wire.app.visitor(), "siobhan@example.com").await;
    let mail = read(&wire.taken("siobhan@example.com", 1).await[0]);
    assert!(
        mail["parts"][1]["text"]
            .as_str()
            .unwrap()
            .contains("/newsletter/confirm/"),
        "{mail}"
    );
    assert!(header(&mail, "Subject")[0].contains("Nora Tillery"));
}

#[tokio::test]
async fn a_server_that_is_not_ready_gets_the_mail_again_later_with_the_same_message_id() {
    let wire = wire().await;
    book(&wire.app, "free-mini-consult", "", "later-2@example.com").await;
    wire.taken("hello@slowlantern.example", 1).await;
    assert_eq!(wire.to("later-2@example.com").len(), 0);
    // Not at once again, but after the pause.
    wire.app.run_workers().await;
    assert_eq!(wire.to("later-2@example.com").len(), 0);
    for _ in 0..2 {
        wire.app.wait_minutes(10);
        wire.app.run_workers().await;
    }
    assert_eq!(wire.taken("later-2@example.com", 1).await.len(), 1);
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_given_up_and_the_desk_says_so() {
    let wire = wire().await;
    book(&wire.app, "free-mini-consult", "", "gone@example.com").await;
    wire.taken("hello@slowlantern.example", 1).await;
    wire.app.run_workers().await;
    let page = wire.app.desk().await.visit("/admin").await.expect(200);
    page.must_say("A mail did not arrive");
    wire.app.wait_minutes(24 * 60);
    wire.app.run_workers().await;
    assert_eq!(wire.to("gone@example.com").len(), 0);
}

#[tokio::test]
async fn an_appointment_mail_whose_final_dot_was_not_answered_is_sent_again_with_the_same_message_id() {
    let wire = wire().await;
    book(&wire.app, "free-mini-consult", "", "drop-1@example.com").await;
    let first = wire.taken("drop-1@example.com", 1).await;
    assert_eq!(first[0]["dropped"], true);
    let both = until("it is sent again", async || {
        wire.app.wait_minutes(5);
        wire.app.run_workers().await;
        let both = wire.to("drop-1@example.com");
        (both.len() == 2).then_some(both)
    })
    .await;
    assert_eq!(
        header(&read(&both[0]), "Message-ID"),
        header(&read(&both[1]), "Message-ID")
    );
    wire.app.wait_minutes(600);
    wire.app.run_workers().await;
    assert_eq!(wire.to("drop-1@example.com").len(), 2, "once was enough");
}

#[tokio::test]
async fn a_server_that_is_away_loses_no_mail_and_the_desk_says_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let port = tests::program::free_port();
    let url = format!("\"smtp://127.0.0.1:{port}\"");
    let app = TestApp::with(&[("mail.transport", "\"smtp\""), ("mail.smtp.url", &url)]).await;
    book(&app, "free-mini-consult", "", "aoife@example.com").await;
    app.run_workers().await;
    app.wait_minutes(30);
    app.run_workers().await;
    app.desk().await.visit("/admin").await.must_say("waiting since");
    let server = SmtpServer::start_on(folder.path(), port);
    let wire = Wire {
        app,
        server,
        _folder: folder,
    };
    until("both mails arrive", async || {
        wire.app.wait_minutes(60);
        wire.app.run_workers().await;
        (wire.server.taken().len() == 2).then_some(())
    })
    .await;
}
