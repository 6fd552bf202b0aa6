//! Reminders as a family gets them, and the silence that stops them.

use kernel::instant::Instant;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    app::TestApp,
    journey::{Booked, book},
    mailbox::Mail,
    page::Page,
    visitor::Visitor,
};

const LATER: &str = "mode=telehealth&day=2027-03-16";

fn start(booked: &Booked) -> Instant {
    booked.start.parse().unwrap()
}

/// Her reminders when the clock stands so many minutes before the start, and the workers have run.
async fn before(app: &TestApp, booked: &Booked, minutes: i64) -> Vec<Mail> {
    app.run_workers().await;
    app.clock.set(start(booked).plus_minutes(-minutes));
    let mut mails = app.mails_to(&booked.email).await;
    mails.retain(|mail| mail.subject.ends_with(": a reminder"));
    mails
}

#[tokio::test]
async fn a_parent_is_reminded_once_and_the_mail_says_when_how_and_where_to_change_it() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", LATER, "aoife@example.com").await;
    assert!(before(&app, &booked, 121).await.is_empty());
    let mails = before(&app, &booked, 120).await;
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert!(
        mail.subject
            .starts_with("Appointment with Nora Tillery, Tuesday, March 16, "),
        "{}",
        mail.subject
    );
    assert!(mail.text.contains("New York time") && mail.calendar().is_none());
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    let room = mail
        .links()
        .iter()
        .filter(|url| url.path() != booked.manage.path())
        .count();
    assert_eq!(room, 1, "{}", mail.text);
    let page = app
        .visitor()
        .visit(mail.link("/appointments/").as_str())
        .await
        .expect(200);
    assert_eq!(page.url.path(), booked.manage.path());
    for minutes in [119, 60, 15, 1] {
        assert_eq!(
            before(&app, &booked, minutes).await.len(),
            1,
            "{minutes} minutes before"
        );
    }
    let all = app.outbox().await;
    let reminders = all.iter().filter(|mail| mail.subject.contains("reminder")).count();
    assert_eq!(reminders, 1, "the consultant gets none");
}

#[tokio::test]
async fn after_a_cancellation_nobody_is_reminded() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", LATER, "aoife@example.com").await;
    before(&app, &booked, 125).await;
    let visitor = app.visitor();
    let ask = visitor.visit(&format!("{}/cancel", booked.manage)).await.expect(200);
    let form = ask.form("main form[action$='/cancel']").press("reason", "illness");
    visitor.submit_and_follow(&form).await.expect(200);
    for minutes in [120, 110, 10] {
        assert!(before(&app, &booked, minutes).await.is_empty());
    }
}

#[tokio::test]
async fn an_outage_ends_in_no_reminder_that_is_late() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", LATER, "aoife@example.com").await;
    before(&app, &booked, 300).await;
    assert!(before(&app, &booked, 89).await.is_empty());
    assert!(before(&app, &booked, -5).await.is_empty());
}

#[tokio::test]
async fn a_moved_visit_is_reminded_of_at_its_new_time_alone() {
    let app = TestApp::start().await;
    let mut booked = book(&app, "free-mini-consult", LATER, "aoife@example.com").await;
    app.run_workers().await;
    let visitor = app.visitor();
    let times = format!("{}/reschedule?day=2027-03-17", booked.manage.path());
    let times = visitor.visit(&times).await.expect(200);
    let ask = visitor.visit(times.link("main ul.times a").as_str()).await.expect(200);
    let form = ask.form("main form");
    let start = form.choices("start").first().unwrap().to_string();
    visitor
        .submit_and_follow(&form.press("start", &start))
        .await
        .expect(200);
    assert!(before(&app, &booked, 120).await.is_empty(), "the old time");
    booked.start = start;
    let mails = before(&app, &booked, 120).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].subject.contains("Wednesday, March 17"), "{}", mails[0].subject);
}

#[tokio::test]
async fn what_would_wake_a_parent_comes_on_her_evening_before() {
    let app = TestApp::start().await;
    // Friday at 9 in New York is 6 in Los Angeles: two hours before it, she sleeps.
    let start = "2027-03-19T13:00:00Z";
    let wish = json!({ "offering": "free-mini-consult", "mode": "telehealth", "start": start, "name": "Ana Lee",
        "email": "ana@example.com", "phone": "828-555-0199", "time_zone": "America/Los_Angeles" });
    let visitor = app.visitor();
    let request = visitor.request(Method::POST, "/api/v1/appointments").json(&wish);
    let page = visitor.send(request).await.expect(201);
    let answer: Value = serde_json::from_str(&page.body).unwrap();
    let booked = Booked {
        manage: answer["manage_url"].as_str().unwrap().parse().unwrap(),
        email: "ana@example.com".into(),
        start: start.into(),
        page,
    };
    // 20:30 of Thursday in Los Angeles.
    let evening = (start.parse::<Instant>().unwrap() - "2027-03-19T03:30:00Z".parse::<Instant>().unwrap()).as_mins();
    assert!(before(&app, &booked, evening + 1).await.is_empty());
    let mails = before(&app, &booked, evening).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Los Angeles time"), "{}", mails[0].text);
    assert_eq!(before(&app, &booked, 120).await.len(), 1);
}

#[tokio::test]
async fn one_tap_at_the_desk_leaves_a_family_in_peace_and_another_takes_it_back() {
    let app = TestApp::start().await;
    let quiet = book(&app, "free-mini-consult", LATER, "aoife@example.com").await;
    let told = book(&app, "free-mini-consult", LATER, "bronagh@example.com").await;
    let back = book(&app, "free-mini-consult", LATER, "ciara@example.com").await;
    let desk = app.desk().await;
    for booked in [&quiet, &back] {
        let page = at_the_desk(&desk, booked).await;
        let form = page.form("form.silence").press("silent", "yes");
        let page = desk.submit_and_follow(&form).await.expect(200);
        page.must_say("left in peace").must_say("switched off by you");
        // Twice is once.
        let page = desk.submit_and_follow(&form).await.expect(200);
        assert_eq!(
            page.texts(".history b")
                .iter()
                .filter(|b| b.contains("switched off"))
                .count(),
            1
        );
        let path = page.attributes("form.silence", "action").pop().unwrap();
        desk.post(&path, &[("silent".into(), "perhaps".into())])
            .await
            .expect(422);
    }
    let form = at_the_desk(&desk, &back)
        .await
        .form("form.silence")
        .press("silent", "no");
    let page = desk.submit_and_follow(&form).await.expect(200);
    page.must_say("Reminders and letters are on again")
        .must_say("switched on again");

    assert!(before(&app, &quiet, 120).await.is_empty());
    assert_eq!(before(&app, &told, 120).await.len(), 1);
    assert_eq!(before(&app, &back, 120).await.len(), 1);
    assert!(before(&app, &quiet, 10).await.is_empty());
}

/// The page of her appointment at the desk.
async fn at_the_desk(desk: &Visitor, booked: &Booked) -> Page {
    let list = desk.visit("/admin/appointments").await.expect(200);
    for url in list.attributes("main a[href^='/admin/appointments/0']", "href") {
        let found = desk.visit(&url).await.expect(200);
        if found.says(&booked.email) {
            return found;
        }
    }
    panic!("{} has no appointment:\n{}", booked.email, list.words());
}

#[tokio::test]
async fn after_a_loss_the_family_is_left_in_peace_by_itself() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", LATER, "aoife@example.com").await;
    let desk = app.desk().await;
    let url = at_the_desk(&desk, &booked).await.url;
    let visitor = app.visitor();
    let ask = visitor.visit(&format!("{}/cancel", booked.manage)).await.expect(200);
    let form = ask.form("main form[action$='/cancel']").press("reason", "loss");
    let page = visitor.submit_and_follow(&form).await.expect(200);
    page.must_not_say("reminder").must_not_say("letters");
    let mail = app.mail_to(&booked.email).await;
    assert!(
        mail.subject.ends_with("cancelled"),
        "that it is cancelled is said: {}",
        mail.subject
    );
    let page = desk.visit(url.as_str()).await.expect(200);
    page.must_say("switched off because of the reason")
        .must_say("Send them again");
}
