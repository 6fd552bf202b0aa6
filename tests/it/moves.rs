//! Moving: by her link until the policy's last free moment, by the consultant from the desk, through the API.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    app::TestApp,
    journey::{book, free_times},
    page::Page,
};

/// The days of the demo practice's next-but-one week.
const LATER: &str = "mode=telehealth&day=2027-03-16";

fn starts(urls: &[reqwest::Url]) -> Vec<String> {
    let start = |url: &reqwest::Url| {
        url.query_pairs()
            .find(|(k, _)| k == "start")
            .map(|(_, v)| v.into_owned())
    };
    urls.iter().filter_map(start).collect()
}

fn line(calendar: &str, name: &str) -> String {
    let found = calendar.lines().find(|l| l.starts_with(name));
    found
        .unwrap_or_else(|| panic!("no {name} in {calendar}"))
        .trim_end()
        .to_owned()
}

fn json_of(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|e| panic!("{e}: {}", page.body))
}

#[tokio::test]
async fn a_parent_moves_her_visit_by_the_mailed_link_and_every_calendar_follows() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", LATER, "aoife@example.com").await;
    let invitation = app.mail_to("aoife@example.com").await;
    let visitor = app.visitor();
    let manage = visitor
        .visit(invitation.link("/appointments/").as_str())
        .await
        .expect(200);
    let times = visitor
        .visit(&format!(
            "{}?day=2027-03-17",
            manage.link("main a[href$='/reschedule']")
        ))
        .await
        .expect(200);
    times.must_say("When suits you better?");
    let free = times.attributes("main ul.times a", "href");
    assert!(
        free.iter().all(|url| !url.contains(&booked.start)),
        "where it is it cannot be moved to"
    );
    let ask = visitor.visit(times.link("main ul.times a").as_str()).await.expect(200);
    let form = ask.form("main form");
    let start = form.choices("start").first().unwrap().to_string();
    assert_ne!(start, booked.start);
    let form = form.press("start", &start);
    let moved = visitor.submit_and_follow(&form).await.expect(200);
    moved.must_say("It is moved");
    assert_eq!(moved.url.path(), booked.manage.path(), "the same link");

    let mail = app.mail_to("aoife@example.com").await;
    assert!(
        mail.subject.starts_with("Appointment with Nora Tillery") && mail.subject.ends_with("moved"),
        "{}",
        mail.subject
    );
    let (old, new) = (
        invitation.calendar().unwrap(),
        mail.calendar().expect("the invitation of the new time"),
    );
    assert!(
        new.contains("METHOD:REQUEST") && new.contains("STATUS:CONFIRMED"),
        "{new}"
    );
    assert_eq!(
        (line(&old, "UID:"), line(&old, "SEQUENCE:"), line(&new, "SEQUENCE:")),
        (line(&new, "UID:"), "SEQUENCE:0".into(), "SEQUENCE:1".into())
    );
    let utc = start.replace(['-', ':'], "");
    assert_eq!(line(&new, "DTSTART:"), format!("DTSTART:{utc}"));
    let all = app.outbox().await;
    assert!(
        all.iter().any(|mail| mail.subject.starts_with("Moved: ")),
        "the consultant hears of it"
    );

    // The old time is free at once, and the consultant's feed shows the new one.
    let left = starts(&free_times(&app.visitor(), "free-mini-consult", LATER).await);
    assert!(left.contains(&booked.start) && !left.contains(&start), "{left:?}");
    let desk = app.desk().await;
    let page = desk.visit("/admin/calendar").await.expect(200);
    let at = page.body.find("/calendar/").expect("the feed's address");
    let feed: String = page.body[at..]
        .chars()
        .take_while(|c| !matches!(c, '"' | '<' | ' ' | '&'))
        .collect();
    let feed = app.visitor().get(&feed).await.expect(200).body;
    assert!(
        feed.contains(&format!("DTSTART:{utc}")) && feed.contains("SEQUENCE:1"),
        "{feed}"
    );

    // Sent twice, it moves once.
    let before = app.outbox().await.len();
    visitor.submit_and_follow(&form).await.expect(200);
    assert_eq!(app.outbox().await.len(), before);
}

#[tokio::test]
async fn of_two_who_want_one_time_the_second_keeps_her_visit_and_takes_another_with_one_tap() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", LATER, "aoife@example.com").await;
    let visitor = app.visitor();
    let path = format!("{}/reschedule", booked.manage.path());
    let times = visitor.visit(&format!("{path}?day=2027-03-17")).await.expect(200);
    let ask = visitor.visit(times.link("main ul.times a").as_str()).await.expect(200);
    let form = ask.form("main form");
    let start = form.choices("start").first().unwrap().to_string();
    // Somebody books that time meanwhile.
    let query = format!("mode=telehealth&start={start}");
    let other = app.visitor();
    let theirs = other
        .visit(&format!("/book/free-mini-consult?{query}"))
        .await
        .expect(200);
    let theirs = tests::journey::fill(
        &theirs.form(tests::journey::BOOKING_FORM),
        "Bronagh O'Neill",
        "bronagh@example.com",
    );
    tests::journey::send(&other, &theirs.set("phone", "828-555-7777")).await;

    let page = visitor.submit(&form.press("start", &start)).await.expect(409);
    page.must_say("was taken a moment ago")
        .must_say("your visit stands where it was");
    let form = page.form("main form");
    let near: Vec<String> = form.choices("start").into_iter().map(str::to_owned).collect();
    assert_eq!(near.len(), 3, "{near:?}");
    visitor
        .submit_and_follow(&form.press("start", &near[0]))
        .await
        .expect(200)
        .must_say("It is moved");
    // A time that was made up is refused with its reason.
    let forged = page.form("main form").forge("start", "2027-03-16T03:07:00Z");
    visitor
        .submit(&forged)
        .await
        .expect(422)
        .must_say("Your visit stands where it was");
}

#[tokio::test]
async fn when_it_is_too_near_the_row_stays_with_the_reason_and_her_phone() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let visitor = app.visitor();
    let manage = visitor.visit(booked.manage.as_str()).await.expect(200);
    manage
        .must_say("Move it")
        .must_say("too near by now")
        .must_say("828-555-0142");
    assert_eq!(manage.count("main a[href$='/reschedule']"), 0);
    let path = format!("{}/reschedule", booked.manage.path());
    visitor
        .visit(&path)
        .await
        .expect(200)
        .must_say("Too near to move it here")
        .must_say("828-555-0142");
    let sent = [("start".to_owned(), "2027-03-16T14:00:00Z".to_owned())];
    visitor
        .post(&path, &sent)
        .await
        .expect(422)
        .must_say("Too near to move it here");
    // Cancelled, there is nothing to move any more.
    let ask = visitor
        .visit(&format!("{}/cancel", booked.manage.path()))
        .await
        .expect(200);
    visitor
        .submit(&ask.form("main form[action$='/cancel']").press("reason", "illness"))
        .await;
    visitor.visit(&path).await.expect(200).must_say("Cancelled");
}

#[tokio::test]
async fn the_api_tells_the_slots_and_moves() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", LATER, "aoife@example.com").await;
    let visitor = app.visitor();
    let path = format!("/api/v1{}", booked.manage.path());
    let slots = visitor
        .get(&format!(
            "{path}/slots?from=2027-03-15T00:00:00Z&to=2027-03-20T00:00:00Z"
        ))
        .await
        .expect(200);
    let slots = json_of(&slots);
    assert_eq!(slots["time_zone"], "America/New_York");
    let all: Vec<&str> = slots["slots"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|s| s["start"].as_str())
        .collect();
    assert!(all.len() > 5 && !all.contains(&booked.start.as_str()), "{all:?}");
    let send = async |path: &str, start: &str| {
        let request = visitor
            .request(Method::POST, &format!("{path}/reschedule"))
            .json(&json!({ "start": start }));
        visitor.send(request).await
    };
    let moved = json_of(&send(&path, all[0]).await.expect(200));
    assert_eq!(
        (&moved["start"], &moved["state"], &moved["token"]),
        (
            &all[0].into(),
            &"confirmed".into(),
            &booked.manage.path().rsplit('/').next().unwrap().into()
        )
    );
    let code = |page: Page| json_of(&page)["code"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        code(send(&path, "2027-03-16T03:07:00Z").await.expect(422)),
        "not_bookable"
    );
    assert_eq!(code(send(&path, "tomorrow").await.expect(422)), "invalid");
    assert_eq!(
        code(send("/api/v1/appointments/forged", all[1]).await.expect(404)),
        "not_found"
    );
    let theirs = book(&app, "free-mini-consult", LATER, "bronagh@example.com").await;
    assert_eq!(code(send(&path, &theirs.start).await.expect(409)), "slot_taken");
    app.clock.set(all[0].parse().unwrap());
    app.wait_minutes(-60);
    assert_eq!(code(send(&path, all[1]).await.expect(422)), "too_late");
    let none = visitor
        .get(&format!(
            "{path}/slots?from=2027-03-15T00:00:00Z&to=2027-03-20T00:00:00Z"
        ))
        .await
        .expect(200);
    assert_eq!(json_of(&none)["slots"], json!([]));
}

#[tokio::test]
async fn the_consultant_moves_a_visit_with_a_message_and_the_parent_declines_free_of_charge() {
    let app = TestApp::start().await;
    let booked = book(&app, "initial-consultation", LATER, "aoife@example.com").await;
    let desk = app.desk().await;
    let today = desk.visit("/admin").await.expect(200);
    let paid = today.form("form[action$='/paid']").set("method", "cash");
    let page = desk.submit_and_follow(&paid).await.expect(200);
    let page = if page.count("form[action$='/move']") == 1 {
        page
    } else {
        desk.visit(paid.action.path().trim_end_matches("/paid")).await
    };
    let form = page
        .form("form[action$='/move']")
        .set("date", "2027-03-14")
        .set("time", "07:10")
        .set("message", "Seven is calmer.");
    let refused = desk.submit(&form).await.expect(422);
    refused.must_say("tick the box below");
    let form = refused.form("form[action$='/move']");
    assert_eq!(
        (form.value("time"), form.value("message")),
        (Some("07:10"), Some("Seven is calmer."))
    );
    let page = desk.submit_and_follow(&form.set("anyway", "yes")).await.expect(200);
    page.must_say("Moved.").must_say("Moved by you").must_say("7:10");
    let mail = app.mail_to("aoife@example.com").await;
    assert!(
        mail.text.contains("Seven is calmer.") && mail.text.contains("whatever was paid comes back"),
        "{}",
        mail.text
    );
    assert_eq!(line(&mail.calendar().unwrap(), "SEQUENCE:"), "SEQUENCE:1");
    let all = app.outbox().await;
    let hers = all
        .iter()
        .find(|mail| mail.subject.starts_with("Moved: "))
        .expect("a line for her own mailbox");
    assert!(
        hers.text.starts_with("You have moved the appointment of Aoife Daly"),
        "{}",
        hers.text
    );
    // An hour before, declining still costs nothing.
    app.clock.set("2027-03-14T10:10:00Z".parse().unwrap());
    let visitor = app.visitor();
    let ask = visitor
        .visit(&format!("{}/cancel", booked.manage.path()))
        .await
        .expect(200);
    ask.must_say("nothing is charged, and whatever you paid comes back");
    let form = ask.form("main form[action$='/cancel']").press("reason", "other");
    visitor.submit_and_follow(&form).await.expect(200).must_say("Cancelled");
    assert!(app.mail_to("aoife@example.com").await.text.contains("$195 goes back"));
}
