//! Subscribers at the desk and on their own page: found, imported, certified, exported, left in peace, erased; and what they change themselves.

use std::fmt::Write as _;

use reqwest::Method;
use sea_orm::{FromQueryResult, JsonValue, Statement};
use serde_json::{Value, json};
use tests::{
    app::TestApp,
    journey::{self, confirmation, subscribe},
    page::Page,
    patience::until,
    visitor::Visitor,
};

const FREE: [(&str, &str); 1] = [("limits.enabled", "false")];

/// Sends a file as a browser's form does.
async fn bring(desk: &Visitor, name: &str, file: &[u8]) -> Page {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
    )
    .into_bytes();
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    let request = desk
        .same_site(Method::POST, "/admin/subscribers/import")
        .header("content-type", "multipart/form-data; boundary=edge")
        .body(body);
    let page = desk.send(request).await;
    desk.follow(page).await
}

async fn brought(desk: &Visitor, name: &str, file: &[u8]) -> Page {
    let page = bring(desk, name, file).await.expect(200);
    let url = page.url.clone();
    until("the file is read", async || {
        let page = desk.visit(url.as_str()).await.expect(200);
        (!page.says("so far")).then_some(page)
    })
    .await
}

#[tokio::test]
async fn a_list_comes_in_at_the_desk_with_its_refused_rows_and_goes_out_again() {
    let app = TestApp::with(&FREE).await;
    let desk = app.desk().await;
    let mut file = String::from(
        "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,TAGS\n",
    );
    for n in 0..1_234 {
        writeln!(
            file,
            "reader{n}@example.com,Ana,Lee,2,2024-05-01 12:00:00,192.0.2.7,2024-05-01 12:30:00,192.0.2.8,"
        )
        .unwrap();
    }
    file.push_str("nobody,No,Body,2,,,,,\n");
    let page = brought(&desk, "subscribed_email_audience_export.csv", file.as_bytes()).await;
    page.must_say("1,235 rows, all of them read")
        .must_say("they get your letters")
        .must_say("no e-mail address");
    let refused = desk.get(&format!("{}/refused", page.url.path())).await.expect(200);
    assert!(
        refused
            .body
            .contains("nobody,No,Body,2,,,,,,no e-mail address that mail could go to"),
        "{}",
        refused.body
    );

    let gone = "Email Address,OPTIN_TIME,UNSUB_TIME\nreader3@example.com,2024-05-01 12:00:00,2025-01-01 08:00:00\n";
    brought(&desk, "unsubscribed.csv", gone.as_bytes())
        .await
        .must_say("as the file says");
    brought(&desk, "list.csv", file.as_bytes())
        .await
        .must_say("a file cannot bring them back");
    brought(
        &desk,
        "cleaned.csv",
        b"Email Address,CLEAN_TIME\nreader4@example.com,2025-01-01 08:00:00\n",
    )
    .await;

    let page = desk.visit("/admin/subscribers?q=READER3@example.com").await.expect(200);
    assert_eq!(page.count("ul.people > li"), 1);
    page.must_say("Has left");
    let page = desk.visit("/admin/subscribers?state=bounced").await.expect(200);
    assert_eq!(page.count("ul.people > li"), 1);
    let page = desk
        .visit("/admin/subscribers?q=reader12&state=confirmed")
        .await
        .expect(200);
    assert_eq!(page.count("ul.people > li"), 45);
    let page = desk.visit("/admin/subscribers").await.expect(200);
    assert_eq!(page.count("ul.people > li"), 50);
    let next = page.link("nav.pages a");
    assert_eq!(desk.visit(next.as_str()).await.expect(200).count("ul.people > li"), 50);

    let export = desk.get("/admin/subscribers/export").await.expect(200);
    assert_eq!(export.body.lines().count(), 1_235);
    assert!(export.body.contains("reader3@example.com,Ana Lee,"));

    // Files that are none say so, and nothing is half taken.
    for (file, says) in [
        (&b"mail;name\nx@example.com;X\n"[..], "no column is called email"),
        (&b"\xff\xfee\0m\0"[..], "UTF-16"),
        (&b""[..], "the file is empty"),
    ] {
        brought(&desk, "bad.csv", file)
            .await
            .must_say(says)
            .must_say("mend it and bring it again");
    }
    bring(&desk, "", b"").await.expect(422).must_say("Choose a file first");
}

#[tokio::test]
async fn one_person_has_a_certificate_peace_her_data_and_is_erased() {
    let app = TestApp::with(&FREE).await;
    subscribe(&app, "siobhan@example.com").await;
    let booked = journey::book(&app, "free-mini-consult", "mode=telehealth", "siobhan@example.com").await;
    let desk = app.desk().await;
    let list = desk.visit("/admin/subscribers?q=siob").await.expect(200);
    let person = list.link("ul.people a");
    let page = desk.visit(person.as_str()).await.expect(200);
    page.must_say("siobhan@example.com").must_say("Confirmed");
    let certificate = desk.visit(&format!("{}/certificate", person.path())).await.expect(200);
    certificate
        .must_say("Somebody typed this address, and a mail asked its owner.")
        .must_say("The button behind the link in that mail was pressed.")
        .must_say("on /newsletter");
    let file = desk
        .get(&format!("{}/certificate.json", person.path()))
        .await
        .expect(200);
    let file: Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(file["address"], "siobhan@example.com");
    let proof = |event: &str| {
        let lines = file["proof"].as_array().unwrap();
        lines.iter().find(|line| line["event"] == event).unwrap().clone()
    };
    assert!(proof("requested")["wording"].as_str().unwrap().len() > 20);
    assert_eq!(proof("confirmed")["topics"].as_array().unwrap().len(), 4);

    // In peace: no letter, and nothing else changes.
    let act = async |action: &str, button: Option<(&str, &str)>| {
        let page = desk.visit(person.as_str()).await.expect(200);
        let mut form = page.form(&format!("form[action='{}/{action}']", person.path()));
        if let Some((name, value)) = button {
            form = form.press(name, value);
        }
        desk.submit_and_follow(&form).await.expect(200)
    };
    act("silence", Some(("silent", "yes")))
        .await
        .must_say("She is left in peace.");
    let form = desk.visit("/admin/write-letter").await.expect(200).form("main form");
    let letter = desk
        .submit_and_follow(&form.set("title", "Hello").set("text", "Words."))
        .await;
    letter.must_say("1 you leave in peace");
    act("silence", Some(("silent", "no")))
        .await
        .must_say("Letters may go to her again.");

    let page = desk.visit(person.as_str()).await.expect(200);
    let held = desk
        .submit(&page.form("form[action='/admin/subscribers/held']"))
        .await
        .expect(200);
    let held: Value = serde_json::from_str(&held.body).unwrap();
    assert_eq!(held["letters"]["subscriber"]["consent"]["state"], "confirmed");
    assert_eq!(held["appointments"].as_array().unwrap().len(), 1);
    assert_eq!(held["appointments"][0]["start"], Value::String(booked.start.clone()));
    assert_eq!(held["purchases"], json!([]));

    act("leave", None).await.must_say("She is off the list.");
    act("erase", None)
        .await
        .must_say("She is erased.")
        .must_say("Her appointments")
        .must_not_say("siobhan@example.com");
    desk.visit(person.as_str()).await.expect(404);
    let again = "email,status\nsiobhan@example.com,confirmed\n";
    brought(&desk, "old.csv", again.as_bytes()).await;
    desk.visit("/admin/subscribers?q=siobhan@example.com")
        .await
        .must_say("Has left");
    let audit = facts(&app, "SELECT action FROM audit").await;
    for word in [
        "subscriber_silenced",
        "subscriber_silence_lifted",
        "subscriber_taken_off",
        "subscriber_erased",
        "person_data_taken",
        "subscribers_imported",
    ] {
        assert!(audit.iter().any(|line| line["action"] == word), "{word} in {audit:?}");
    }
    assert!(!format!("{audit:?}").contains('@'));
}

#[tokio::test]
async fn a_reader_pauses_and_moves_to_another_address_on_her_page() {
    let app = TestApp::with(&FREE).await;
    let page = subscribe(&app, "siobhan@example.com").await;
    let visitor = app.visitor();
    let own = page.form("main form").action;
    let page = visitor.visit(own.as_str()).await.expect(200);
    let pause = page.form("main form").press("action", "pause");
    visitor
        .submit(&pause)
        .await
        .expect(200)
        .must_say("Paused until")
        .must_say("June 1");
    let page = visitor.visit(own.as_str()).await.expect(200);
    visitor
        .submit(&page.form("main form").press("action", "resume"))
        .await
        .expect(200)
        .must_not_say("Paused until");

    let page = visitor.visit(&format!("{}/address", own.path())).await.expect(200);
    let other = page.form("main form").press("action", "address");
    let wrong = visitor
        .submit(&other.clone().set("email", "siobhan@"))
        .await
        .expect(422);
    assert_eq!(wrong.form("main form").value("email"), Some("siobhan@"));
    let same = visitor
        .submit(&other.clone().set("email", "Siobhan@example.com"))
        .await
        .expect(422);
    same.must_say("the address they go to already");
    let asked = visitor
        .submit(&other.set("email", "s.new@example.net"))
        .await
        .expect(200);
    asked
        .must_say("a link is on its way")
        .must_say("s.new@example.net has not answered yet");
    let mail = app.mail_to("s.new@example.net").await;
    assert!(!mail.text.contains("siobhan@example.com"), "{}", mail.text);
    let link = mail.link("/newsletter/address/");
    let page = visitor.visit(link.as_str()).await.expect(200);
    page.must_say("From now on they go to s.new@example.net");
    visitor
        .submit(&page.form("main form"))
        .await
        .expect(200)
        .must_say("They go to s.new@example.net");
    visitor
        .visit(own.as_str())
        .await
        .expect(200)
        .must_say("s.new@example.net");
    visitor.visit("/newsletter/address/forged").await.expect(404);
}

#[tokio::test]
async fn a_booking_takes_the_newsletter_along_only_by_her_tick() {
    let app = TestApp::with(&FREE).await;
    let visitor = app.visitor();
    let form = journey::open_form(&visitor, "free-mini-consult", "mode=telehealth").await;
    assert_eq!(form.value("newsletter"), None, "never ticked beforehand");
    let form = journey::fill(&form, "Imani Okafor", "imani@example.com").set("newsletter", "yes");
    journey::send(&visitor, &form).await;
    let mails = app.mails_to("imani@example.com").await;
    let asks = mails
        .iter()
        .find(|m| m.subject.contains("One more step"))
        .expect("it asks");
    let page = app.visitor().visit(confirmation(asks).as_str()).await.expect(200);
    app.visitor()
        .submit(&page.form("main form"))
        .await
        .expect(200)
        .must_say("100 %");
    let proof = facts(
        &app,
        "SELECT page, wording FROM consent_proof WHERE event = 'requested'",
    )
    .await;
    assert_eq!(proof[0]["page"], "/book");
    assert!(
        proof[0]["wording"]
            .as_str()
            .unwrap()
            .contains("Send me your letters too"),
        "{proof:?}"
    );

    journey::book(&app, "free-mini-consult", "mode=telehealth", "siobhan@example.com").await;
    let mails = app.mails_to("siobhan@example.com").await;
    assert!(mails.iter().all(|m| !m.subject.contains("One more step")));
}

#[tokio::test]
async fn whoever_fills_in_the_field_that_nobody_sees_gets_the_same_answer_and_no_mail() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = visitor.visit("/newsletter").await.expect(200).form("main form");
    assert!(form.has("shown"));
    let page = visitor
        .submit_and_follow(&form.set("email", "siobhan@example.com").set("website", "x"))
        .await
        .expect(200);
    page.must_say("50 %").must_say("siobhan@example.com");
    assert!(app.mails_to("siobhan@example.com").await.is_empty());
    // A form that says when it was shown, and a person's pace, may be sent more often than one that comes back at once.
    let many = async |pace: i64| {
        let visitor = app.visitor();
        let mut taken = 0;
        for n in 0..20 {
            let form = visitor.visit("/newsletter").await.expect(200).form("main form");
            app.clock.set(app.now() + jiff::SignedDuration::from_secs(pace));
            let answer = visitor
                .submit(&form.set("email", &format!("p{pace}n{n}@example.org")))
                .await;
            taken += u32::from(answer.status == 303);
        }
        taken
    };
    app.wait_minutes(24 * 60);
    assert_eq!(many(0).await, 10);
    app.wait_minutes(24 * 60);
    assert_eq!(many(3).await, 15);
}

/// Rows of a query, for tests that look behind the pages.
async fn facts(app: &TestApp, query: &str) -> Vec<JsonValue> {
    let db = sea_orm::Database::connect(&app.database.url).await.unwrap();
    let statement = Statement::from_string(db.get_database_backend(), query);
    let rows = JsonValue::find_by_statement(statement).all(&db).await.unwrap();
    db.close().await.unwrap();
    rows
}

/// Everything that a link could have changed.
async fn state(app: &TestApp) -> String {
    let mut all = String::new();
    for table in [
        "subscriber",
        "confirmation_link",
        "address_change",
        "consent_proof",
        "suppression",
        "signup_attempt",
        "mute",
        "outbox",
        "letter",
        "delivery",
        "appointment",
        "appointment_history",
        "family",
        "purchase",
        "credit_ledger",
        "payment",
        "audit",
    ] {
        let mut rows: Vec<String> = facts(app, &format!("SELECT * FROM {table}"))
            .await
            .iter()
            .map(Value::to_string)
            .collect();
        rows.sort();
        writeln!(all, "{table}: {}", rows.join("\n")).unwrap();
    }
    all
}

#[tokio::test]
async fn every_link_of_every_mail_is_opened_twice_and_nothing_changes() {
    let app = TestApp::with(&FREE).await;
    let page = subscribe(&app, "siobhan@example.com").await;
    journey::sign_up(&app.visitor(), "pending@example.com").await;
    let own = page.form("main form").action;
    let visitor = app.visitor();
    let page = visitor.visit(&format!("{}/address", own.path())).await.expect(200);
    let other = page.form("main form").press("action", "address");
    visitor
        .submit(&other.set("email", "other@example.net"))
        .await
        .expect(200);
    journey::book(&app, "free-mini-consult", "mode=telehealth", "imani@example.com").await;
    journey::book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    let desk = app.desk().await;
    let form = desk.visit("/admin/write-letter").await.expect(200).form("main form");
    let form = form
        .set("title", "Hello")
        .set("text", "See [the times](/services) and [us](/posts).")
        .set("published", "yes");
    desk.submit_and_follow(&form).await.expect(200);
    let page = desk.visit("/admin/letters/hello").await.expect(200);
    desk.submit_and_follow(&page.form("form[action='/admin/letters/hello/send']"))
        .await
        .expect(200);
    let mails = app.outbox().await;
    assert!(mails.len() >= 8, "{}", mails.len());
    app.run_workers().await;
    let before = state(&app).await;
    let mut opened = 0;
    for mail in &mails {
        let mut links: Vec<String> = mail.links().iter().map(ToString::to_string).collect();
        let html = mail.html();
        let hrefs = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        links.extend(hrefs.map(|href| href.replace("&amp;", "&")));
        let leave = mail.header("List-Unsubscribe").trim_matches(['<', '>']).to_owned();
        links.extend(Some(leave).filter(|link| !link.is_empty()));
        for link in links.iter().filter(|link| link.starts_with(app.url.as_str())) {
            for _ in 0..2 {
                let page = app.visitor().visit(link).await;
                assert!(page.status < 400, "{link}: {}", page.status);
                opened += 1;
            }
            let request = app.visitor().request(Method::HEAD, link);
            app.visitor().send(request).await;
        }
    }
    assert!(opened > 40, "{opened}");
    app.run_workers().await;
    let after = state(&app).await;
    for (was, is) in before.lines().zip(after.lines()) {
        assert_eq!(was, is);
    }
    assert_eq!(before.len(), after.len());
}
