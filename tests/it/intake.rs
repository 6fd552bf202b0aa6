//! Questions and consents: asked with the booking or later, refused by name, kept as they are typed, read at the desk.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    app::TestApp,
    journey::{BOOKING_FORM, book, fill, open_form, send},
    page::Page,
};

/// The demo's free mini-consult, asking something at booking.
const ASKING: &str = r#"
[[offerings]]
slug = "free-mini-consult"

[[offerings.questions]]
key = "worry"
kind = "text"
label = "What worries you most?"
required = true
ask = "at_booking"

[[offerings.questions]]
key = "weeks"
kind = "number"
label = "How many weeks old is your baby?"
ask = "at_booking"

[[offerings.questions]]
key = "feeding"
kind = "choice"
label = "How do you feed now?"
choices = ["At the breast", "A mix"]
required = true

[[offerings.questions]]
key = "visited"
kind = "yes_no"
label = "Has a doctor seen your baby this week?"

[[offerings.questions]]
key = "born"
kind = "date"
label = "When was your baby born?"

[[offerings.consents]]
key = "privacy"
version = 3
wording = "I have read the privacy notice."
required = true
ask = "at_booking"

[[offerings.consents]]
key = "photos"
version = 1
wording = "Nora may take photos for my chart."
"#;

async fn post(app: &TestApp, key: &str, body: &Value) -> Page {
    let visitor = app.visitor();
    let request = visitor.request(Method::POST, "/api/v1/appointments").json(body);
    visitor.send(request.header("idempotency-key", key)).await
}

fn json_of(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|e| panic!("{e}: {}", page.body))
}

async fn wish(app: &TestApp, email: &str) -> Value {
    let query = "mode=telehealth&from=2027-03-03T00:00:00Z&to=2027-03-05T00:00:00Z";
    let page = app
        .visitor()
        .get(&format!("/api/v1/offerings/free-mini-consult/slots?{query}"))
        .await
        .expect(200);
    json!({ "offering": "free-mini-consult", "mode": "telehealth", "start": json_of(&page)["slots"][0]["start"],
            "name": "Aoife Daly", "email": email, "phone": "828-555-0199", "time_zone": "Europe/Dublin" })
}

fn fields(page: &Page) -> Vec<String> {
    assert_eq!(page.status, 422, "{}", page.body);
    let problem = json_of(page);
    assert_eq!(problem["code"], "invalid", "{problem}");
    let fields = problem["fields"].as_array().unwrap();
    fields.iter().map(|f| f["field"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_api_names_every_answer_and_consent_that_cannot_be_used() {
    let app = TestApp::start().await;
    app.apply_practice(ASKING).await;
    let mut body = wish(&app, "aoife@example.com").await;
    assert_eq!(
        fields(&post(&app, "a", &body).await),
        ["answers.worry", "consents.privacy"]
    );
    body["email"] = json!("no address");
    body["answers"] = json!({ "worry": 7, "weeks": "many", "feeding": "Neither", "visited": "perhaps", "born": "2027-02-30", "nope": "x" });
    body["consents"] = json!(["nope"]);
    let mut wrong = fields(&post(&app, "a", &body).await);
    wrong.sort();
    assert_eq!(
        wrong,
        [
            "answers.born",
            "answers.feeding",
            "answers.nope",
            "answers.visited",
            "answers.weeks",
            "answers.worry",
            "consents.nope",
            "consents.privacy",
            "email",
        ]
    );
    body["email"] = json!("aoife@example.com");
    body["consents"] = json!(["privacy"]);
    body["answers"] = json!({ "worry": "x".repeat(4001) });
    assert_eq!(fields(&post(&app, "a", &body).await), ["answers.worry"]);
    for garbage in [
        json!([]),
        json!("x"),
        json!({ "worry": { "a": [1] } }),
        json!({ "": "" }),
    ] {
        body["answers"] = garbage;
        assert_eq!(post(&app, "a", &body).await.status, 422, "{}", body["answers"]);
    }
    body["answers"] = json!({ "worry": "It hurts on the left", "weeks": 3, "visited": true, "born": "2027-02-08" });
    assert_eq!(post(&app, "a", &body).await.status, 201);
    // The same again is the same booking; other answers under the same key are another request.
    assert_eq!(post(&app, "a", &body).await.status, 201);
    body["answers"]["weeks"] = json!(4);
    let other = post(&app, "a", &body).await;
    assert_eq!(
        (other.status, &json_of(&other)["code"]),
        (409, &json!("idempotency_mismatch"))
    );
}

#[tokio::test]
async fn the_api_says_what_an_offering_asks() {
    let app = TestApp::start().await;
    app.apply_practice(ASKING).await;
    let list = json_of(&app.visitor().get("/api/v1/offerings").await.expect(200));
    let mini = &list.as_array().unwrap()[0];
    assert_eq!(mini["questions"][0]["key"], "worry");
    assert_eq!(mini["questions"][2]["choices"], json!(["At the breast", "A mix"]));
    assert_eq!(mini["consents"][0]["version"], 3);
}

#[tokio::test]
async fn the_booking_form_asks_and_what_is_missing_or_wrong_is_said_beside_its_field() {
    let app = TestApp::start().await;
    app.apply_practice(ASKING).await;
    let visitor = app.visitor();
    let form = open_form(&visitor, "free-mini-consult", "mode=telehealth").await;
    assert!(
        !form.has("answers.feeding") && !form.has("consents.photos"),
        "what is asked later is not asked here"
    );
    let form = fill(&form, "Aoife Daly", "aoife@example.com").set("answers.weeks", "many");
    let page = visitor.submit(&form).await.expect(422);
    page.must_say("Please look at: What worries you most? How many weeks old is your baby?")
        .must_say("I need this before we can meet.")
        .must_say("Only a number, please")
        .must_say("I need your yes to this before we can meet.");
    assert_eq!(
        page.count("#answer-worry[aria-invalid], #answer-weeks[aria-invalid], #consent-privacy[aria-invalid]"),
        3
    );
    assert_eq!(app.outbox().await.len(), 0);

    let form = page.form(BOOKING_FORM);
    assert_eq!(
        (form.value("answers.weeks"), form.value("name")),
        (Some("many"), Some("Aoife Daly"))
    );
    let tick = page.attributes("#consent-privacy", "value").remove(0);
    // Ticked words that are others by now are no consent.
    let form = form
        .set("answers.worry", "It hurts on the left")
        .set("answers.weeks", "3");
    let other = form.clone().forge("consents.privacy", "2-000000000000");
    visitor
        .submit(&other)
        .await
        .expect(422)
        .must_say("These words have changed since you opened the page.");
    let booked = send(&visitor, &form.set("consents.privacy", &tick)).await;
    booked.page.must_say("One thing that I need is still open.");
    // Nothing of it is in any mail.
    for mail in app.outbox().await {
        assert!(
            !mail.text.contains("hurts") && !mail.html().contains("hurts"),
            "{}",
            mail.subject
        );
    }
}

#[tokio::test]
async fn the_questions_before_a_visit_are_kept_though_some_are_missing_or_wrong() {
    let app = TestApp::start().await;
    let booked = book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    let visitor = app.visitor();
    let page = visitor.visit(booked.manage.as_str()).await.expect(200);
    page.must_say("A few questions before we meet")
        .must_say("4 things that I need are still open.");
    let intake = page.link("main a[href$='/intake']");
    let page = visitor.visit(intake.as_str()).await.expect(200);
    page.must_not_say("Where can I park?");
    assert_eq!(page.header("cache-control"), "private, no-store");
    let mark = page.attributes("#consent-photos", "value").remove(0);
    let form = page
        .form("main form")
        .set("answers.goal", "Sleep,\nand less pain")
        .set("answers.weeks-at-birth", "forty")
        .set("answers.feeding-now", "A mix")
        .set("answers.latex-allergy", "no")
        .set("consents.photos", &mark);
    let page = visitor.submit(&form).await.expect(422);
    page.must_say("Saved, except for: How many weeks was the pregnancy at the birth?")
        .must_say("Only a number, please");
    let form = page.form("main form").set("answers.weeks-at-birth", "40");
    let page = visitor.submit_and_follow(&form).await.expect(200);
    page.must_say("Saved").must_say("4 things that I need are still open.");
    let form = page.form("main form");
    assert_eq!(form.value("answers.weeks-at-birth"), Some("40"));
    assert_eq!(form.value("answers.goal"), Some("Sleep,\nand less pain"));
    assert_eq!(form.value("answers.feeding-now"), Some("A mix"));
    assert_eq!(form.value("consents.photos"), Some(mark.as_str()));
    // Taken back, and emptied.
    let form = form.untick("consents.photos").set("answers.goal", "");
    let form = visitor.submit_and_follow(&form).await.expect(200).form("main form");
    assert_eq!(
        (form.value("consents.photos"), form.value("answers.goal")),
        (None, Some(""))
    );
}

#[tokio::test]
async fn a_script_saves_field_by_field_and_is_told_when_and_what_could_not_be_kept() {
    let app = TestApp::start().await;
    let booked = book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    let visitor = app.visitor();
    let path = format!("{}/intake", booked.manage.path());
    let save = async |pairs: &[(&str, &str)]| {
        let request = visitor
            .same_site(Method::POST, &path)
            .header("accept", "application/json");
        visitor.send(request.form(pairs)).await
    };
    let said = save(&[("answers.goal", "Sleep"), ("answers.weeks-at-birth", "many")])
        .await
        .expect(200);
    assert_eq!(
        json_of(&said),
        json!({ "saved_at": "10:00 am", "problems": ["answers.weeks-at-birth"] })
    );
    assert_eq!(
        json_of(&save(&[("answers.worry", "Pain")]).await)["problems"],
        json!([])
    );
    // What nobody asks, and what cannot be, harms nothing.
    let long = "x".repeat(5000);
    for pairs in [
        [("answers.nope", "x"), ("shown", "nope")],
        [("answers.worry", long.as_str()), ("shown", "")],
        [("answers.born\0", "\0"), ("consents.care", "\u{202e}")],
    ] {
        assert_eq!(save(&pairs).await.status, 200);
    }
    let form = visitor.visit(&path).await.expect(200).form("main form");
    assert_eq!(
        (form.value("answers.goal"), form.value("answers.worry")),
        (Some("Sleep"), Some("Pain"))
    );
    assert_eq!(form.value("consents.care"), None);
    let unknown = visitor.same_site(Method::POST, "/appointments/nobody/intake");
    assert_eq!(visitor.send(unknown.form(&[("answers.goal", "x")])).await.status, 404);
    let foreign = visitor
        .request(Method::POST, &path)
        .header("origin", "https://elsewhere.example");
    assert_eq!(visitor.send(foreign.form(&[("answers.goal", "x")])).await.status, 403);
}

#[tokio::test]
async fn after_the_visit_the_answers_are_only_read_and_after_a_cancellation_they_are_gone() {
    let app = TestApp::start().await;
    app.apply_practice(ASKING).await;
    let visitor = app.visitor();
    let form = open_form(&visitor, "free-mini-consult", "mode=telehealth").await;
    let form = fill(&form, "Aoife Daly", "aoife@example.com").set("answers.worry", "It hurts on the left");
    let tick = form.choices("consents.privacy").remove(0).to_owned();
    let booked = send(&visitor, &form.set("consents.privacy", &tick)).await;
    let path = format!("{}/intake", booked.manage.path());
    let open = visitor.visit(&path).await.expect(200).form("main form");
    app.wait_minutes(3 * 24 * 60);
    app.run_workers().await;
    let page = visitor.visit(&path).await.expect(200);
    page.must_say("What you told me")
        .must_say("It hurts on the left")
        .must_say("Agreed Monday, March 1, 10:00 am");
    assert_eq!(page.count("main form"), 0);
    // What is sent too late changes nothing and leads back.
    let late = visitor.submit(&open.set("answers.worry", "Another")).await;
    assert_eq!((late.status, late.location()), (303, booked.manage.clone()));
    visitor.visit(&path).await.must_not_say("Another");
    visitor
        .visit(booked.manage.as_str())
        .await
        .must_say("What you told me before the visit");

    let other = book(&app, "initial-consultation", "mode=telehealth", "ciara@example.com").await;
    let path = format!("{}/intake", other.manage.path());
    let open = visitor.visit(&path).await.expect(200).form("main form");
    let ask = visitor
        .visit(&format!("{}/cancel", other.manage.path()))
        .await
        .expect(200);
    visitor
        .submit_and_follow(&ask.form("main form").press("reason", "illness"))
        .await
        .expect(200)
        .must_not_say("A few questions before we meet");
    assert_eq!(visitor.get(&path).await.location(), other.manage);
    assert_eq!(visitor.submit(&open).await.location(), other.manage);
}

#[tokio::test]
async fn the_desk_shows_what_was_answered_and_agreed_to_and_what_is_missing() {
    let app = TestApp::start().await;
    app.apply_practice(ASKING).await;
    let visitor = app.visitor();
    let form = open_form(&visitor, "free-mini-consult", "mode=telehealth").await;
    let form = fill(&form, "Aoife Daly", "aoife@example.com").set("answers.worry", "It hurts <b>on the left");
    let tick = form.choices("consents.privacy").remove(0).to_owned();
    let booked = send(&visitor, &form.set("consents.privacy", &tick)).await;

    let desk = app.desk().await;
    desk.visit("/admin").await.must_say("Intake missing.");
    let list = desk.visit("/admin/appointments").await.expect(200);
    list.must_say("Intake missing.").must_not_say("It hurts");
    let page = desk.visit(list.link(".list a").as_str()).await.expect(200);
    page.must_say("One answer or consent that you need is missing.")
        .must_say("What worries you most? It hurts <b>on the left")
        .must_say("Agreed Monday, March 1, 10:00 am I have read the privacy notice. Version 3")
        .must_say("Not agreed; it is voluntary Nora may take photos for my chart. Version 1");

    let path = format!("{}/intake", booked.manage.path());
    let form = visitor.visit(&path).await.expect(200).form("main form");
    let form = form
        .set("answers.feeding", "A mix")
        .set("answers.visited", "yes")
        .set("answers.born", "2027-02-08");
    visitor
        .submit_and_follow(&form)
        .await
        .expect(200)
        .must_say("You can change it until we meet.");
    desk.visit("/admin").await.must_say("Intake there.");
    desk.visit(page.url.as_str())
        .await
        .must_say("All that you need is there.")
        .must_say("How do you feed now? A mix")
        .must_say("Has a doctor seen your baby this week? Yes")
        .must_say("When was your baby born? 2027-02-08");
    // A question that is taken out leaves its answer where it was.
    app.apply_practice(&ASKING.replace("key = \"worry\"", "key = \"other\""))
        .await;
    desk.visit(page.url.as_str()).await.must_say("It hurts <b>on the left");
    assert_eq!(
        app.visitor().get(page.url.as_str()).await.status,
        303,
        "nobody else reads it"
    );
}

#[tokio::test]
async fn a_day_before_one_mail_asks_for_what_is_missing_and_leads_to_the_questions() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = open_form(&visitor, "free-mini-consult", "mode=telehealth&day=2027-03-05").await;
    let booked = send(&visitor, &fill(&form, "Aoife Daly", "aoife@example.com")).await;
    let start: kernel::instant::Instant = booked.start.parse().unwrap();
    app.wait_minutes((start - app.now()).as_mins() - 24 * 60);
    let asking = async || {
        let mails = app.mails_to("aoife@example.com").await;
        mails
            .into_iter()
            .filter(|m| m.subject.contains("a few questions"))
            .collect::<Vec<_>>()
    };
    let mails = asking().await;
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert!(
        mail.subject.starts_with("Appointment with Nora Tillery, "),
        "{}",
        mail.subject
    );
    assert_eq!(mail.link("/appointments/"), booked.manage);
    app.visitor()
        .visit(booked.manage.as_str())
        .await
        .expect(200)
        .must_say("A few questions before we meet");
    app.wait_minutes(10);
    assert_eq!(asking().await.len(), 1, "once");
}
