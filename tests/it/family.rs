//! Families: the mini-consult once for each baby, the second recipient, and the link to book what is for clients.

use serde_json::json;
use tests::{
    app::TestApp,
    form::Form,
    journey::{BOOKING_FORM, book, fill, free_times, open_form, send},
    visitor::Visitor,
};

const MINI: &str = "free-mini-consult";

/// The form of another time, filled in by this family.
async fn mini_form(visitor: &Visitor, time: usize, email: &str) -> Form {
    let times = free_times(visitor, MINI, "").await;
    let form = visitor.visit(times[time].as_str()).await.expect(200).form(BOOKING_FORM);
    fill(&form, "Aoife Daly", email)
}

#[tokio::test]
async fn a_second_mini_leads_kindly_to_the_paid_visit_with_all_that_was_typed() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let first = mini_form(&visitor, 0, "aoife@example.com").await;
    send(&visitor, &first.set("baby1", "Mia").set("born1", "2027-02-01")).await;
    let twin = mini_form(&visitor, 4, "aoife@example.com").await;
    let refused = visitor.submit(&twin.set("born1", "2027-02-01")).await.expect(422);
    refused
        .must_say("The free mini-consult is there once per family.")
        .must_not_say("Mia")
        .must_not_say("February");
    // One tap on the paid next step: nothing of what she typed is in the address, and all of it in the form.
    let carry = refused.attributes("button[formaction]", "formaction");
    assert_eq!(carry, ["/book/initial-consultation/carry"]);
    let form = refused.form(BOOKING_FORM);
    let times = visitor
        .follow(visitor.post(&carry[0], &form.pairs()).await)
        .await
        .expect(200);
    times.must_say("What you typed is kept.");
    assert_eq!(
        times.url.as_str(),
        app.url.join("/book/initial-consultation").unwrap().as_str()
    );
    let next = visitor
        .visit(times.link("main a[href*='start=']").as_str())
        .await
        .expect(200);
    let form = next.form(BOOKING_FORM);
    assert_eq!(form.value("name"), Some("Aoife Daly"));
    assert_eq!(form.value("email"), Some("aoife@example.com"));
    assert_eq!(
        form.value("phone"),
        Some(tests::journey::phone_of("aoife@example.com").as_str())
    );
    send(&visitor, &form).await;
    // Booked: nothing is kept any more. Nobody else ever had it.
    let blank = open_form(&visitor, "initial-consultation", "").await;
    assert_eq!(blank.value("email"), Some(""));
    // A later baby has one of her own.
    let later = mini_form(&app.visitor(), 8, "work@example.com").await;
    let later = later.set("phone", &tests::journey::phone_of("aoife@example.com"));
    let twin = later.clone().set("baby1", "Leo").set("born1", "2027-02-01");
    visitor.submit(&twin).await.expect(422).must_say("once per family");
    send(&visitor, &later.set("baby1", "Ada").set("born1", "2027-10-01")).await;
}

#[tokio::test]
async fn what_is_typed_of_a_baby_is_looked_at_kindly_and_kept() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = mini_form(&visitor, 0, "aoife@example.com").await;
    let wrong = form
        .set("baby1", "see www.evil.example")
        .set("born1", "soon")
        .set("second_recipient", "sam@");
    let page = visitor.submit(&wrong).await.expect(422);
    page.must_say("your baby, or the second e-mail")
        .must_say("This is not a whole date yet.")
        .must_say("Only a name, please");
    let again = page.form(BOOKING_FORM);
    assert_eq!(again.value("second_recipient"), Some("sam@"));
    assert_eq!(page.count("details.family[open]"), 2);
    let far = visitor.submit(&again.set("baby1", "").set("born1", "1999-01-01")).await;
    far.expect(422).must_say("Look at the year once more.");
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn a_second_person_gets_every_mail_of_the_visit_but_never_the_link() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = mini_form(&visitor, 0, "aoife@example.com").await;
    let booked = send(
        &visitor,
        &form.set("second_recipient", "sam@example.com").set("baby1", "Mia"),
    )
    .await;
    let token = booked.manage.path().trim_start_matches("/appointments/").to_owned();
    let invited = app.mail_to("sam@example.com").await;
    assert!(
        invited.text.contains("Aoife Daly has an appointment with me"),
        "{}",
        invited.text
    );
    let event = invited.calendar().expect("an invitation");
    assert!(event.contains("METHOD:REQUEST") && event.replace("\r\n ", "").contains("mailto:sam@example.com"));

    // The desk shows both; the parent names somebody else.
    let desk = app.desk().await;
    let list = desk.visit("/admin/appointments").await.expect(200);
    let page = desk.visit(list.link(".list a").as_str()).await;
    page.expect(200)
        .must_say("Also invited sam@example.com")
        .must_say("Baby Mia");
    let manage = visitor.visit(booked.manage.as_str()).await.expect(200);
    let form = manage.form("form[action$='/second-recipient']");
    let wrong = visitor.submit(&form.clone().set("second_recipient", "granny@")).await;
    wrong.expect(422).must_say("This is not a whole address yet.");
    let saved = visitor
        .submit_and_follow(&form.set("second_recipient", "granny@example.com"))
        .await;
    saved.expect(200).must_say("Saved.");
    let removed = app.mail_to("sam@example.com").await;
    assert!(
        removed.subject.ends_with("no longer in your calendar"),
        "{}",
        removed.subject
    );
    assert!(removed.calendar().unwrap().contains("METHOD:CANCEL"));
    assert!(
        app.mail_to("granny@example.com")
            .await
            .calendar()
            .unwrap()
            .contains("METHOD:REQUEST")
    );

    // Moved and cancelled are told to her too.
    let page = visitor.visit(&format!("{}/reschedule", booked.manage)).await;
    if page.count("main .times a") > 0 {
        let to = visitor.visit(page.link("main .times a").as_str()).await.expect(200);
        let start = to.attributes("button[name='start']", "value").remove(0);
        let form = to.form("main form").press("start", &start);
        visitor.submit_and_follow(&form).await.expect(200);
        assert!(app.mail_to("granny@example.com").await.subject.ends_with("moved"));
    }
    let ask = visitor.visit(&format!("{}/cancel", booked.manage)).await.expect(200);
    visitor
        .submit_and_follow(&ask.form("main form").press("reason", "illness"))
        .await
        .expect(200);
    let over = app.mail_to("granny@example.com").await;
    assert!(over.subject.ends_with("cancelled"), "{}", over.subject);
    assert!(over.calendar().unwrap().contains("METHOD:CANCEL"));
    for mail in app.outbox().await.iter().filter(|m| m.to != "aoife@example.com") {
        assert!(
            !mail.text.contains(&token) && !mail.html().contains(&token),
            "{}",
            mail.text
        );
        let event = mail.calendar().unwrap_or_default().replace("\r\n ", "");
        assert!(!event.contains(&token), "{event}");
    }
}

#[tokio::test]
async fn the_api_takes_babies_and_a_second_recipient_and_names_what_is_wrong() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let start = free_times(&visitor, MINI, "").await[0]
        .query_pairs()
        .find(|(name, _)| name == "start")
        .unwrap()
        .1
        .into_owned();
    let ask = async |more: serde_json::Value| {
        let mut body = json!({
            "offering": MINI, "mode": "telehealth", "start": start, "name": "Aoife Daly",
            "email": "aoife@example.com", "time_zone": "America/New_York",
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let request = visitor.same_site(reqwest::Method::POST, "/api/v1/appointments");
        visitor.send(request.json(&body)).await
    };
    let fields = async |more| {
        let page = ask(more).await.expect(422);
        let body: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!(body["code"], "invalid");
        let fields = body["fields"].as_array().unwrap().iter();
        fields
            .map(|f| f["field"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let wrong = json!({ "babies": [{ "name": "x@y" }, { "born_or_due": "soon" }, {}], "second_recipient": "sam" });
    assert_eq!(fields(wrong).await, ["babies", "babies", "babies", "second_recipient"]);
    let many: Vec<_> = (0..7).map(|n| json!({ "name": format!("Baby {n}") })).collect();
    assert_eq!(fields(json!({ "babies": many })).await, ["babies"]);
    assert_eq!(
        fields(json!({ "babies": [{ "born_or_due": "1999-01-01" }] })).await,
        ["babies"]
    );
    let right = json!({ "babies": [{ "name": "Mia", "born_or_due": "2027-02-01" }, { "born_or_due": "2027-02-01" }],
        "second_recipient": "sam@example.com" });
    ask(right.clone()).await.expect(201);
    app.mail_to("sam@example.com").await;
    let again = ask(right).await.expect(422);
    assert!(
        again.body.contains("once_per_family") && !again.body.contains("Mia"),
        "{}",
        again.body
    );
}

#[tokio::test]
async fn a_network_that_asks_again_and_again_who_had_a_mini_waits_whatever_it_sends() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let first = mini_form(&visitor, 0, "aoife@example.com").await;
    send(&visitor, &first).await;
    let mut answers = Vec::new();
    for _ in 0..8 {
        let form = mini_form(&visitor, 4, "aoife@example.com").await;
        answers.push(visitor.submit(&form).await.status);
    }
    assert_eq!(answers, [422, 422, 422, 422, 422, 422, 429, 429]);
    let other = mini_form(&visitor, 4, "bronagh@example.com").await;
    visitor.submit(&other).await.expect(429);
    app.wait_minutes(16);
    let other = mini_form(&visitor, 4, "bronagh@example.com").await;
    send(&visitor, &other).await;
}

#[tokio::test]
async fn after_a_visit_the_family_books_the_next_one_from_its_own_link() {
    let app = TestApp::start().await;
    let booked = book(&app, MINI, "", "aoife@example.com").await;
    let visitor = app.visitor();
    let token = booked.manage.path().trim_start_matches("/appointments/").to_owned();
    // Before it took place the link proves nothing.
    let early = visitor
        .visit(&format!("/book/follow-up?client={token}"))
        .await
        .expect(200);
    early.must_say("For families I have met");
    app.wait_minutes(4 * 24 * 60);
    app.run_workers().await;
    let manage = visitor.visit(booked.manage.as_str()).await.expect(200);
    let times = visitor
        .visit(manage.link("a[href*='/book/follow-up?client=']").as_str())
        .await;
    let times = times.expect(200);
    times.must_not_say("For families I have met");
    let form = visitor
        .visit(times.link("main .times a").as_str())
        .await
        .expect(200)
        .form(BOOKING_FORM);
    // A forged link is refused on the server, with everything typed kept.
    let form = fill(&form, "Aoife Daly", "aoife@example.com");
    let forged = visitor
        .submit(&form.clone().forge("client", "nobody"))
        .await
        .expect(422);
    forged.must_say("This visit is for families I have met.");
    send(&visitor, &form).await.page.must_say("Follow-up visit");
}

#[tokio::test]
async fn the_consultant_gives_a_family_a_link_to_copy_or_by_mail() {
    let app = TestApp::start().await;
    book(&app, MINI, "", "aoife@example.com").await;
    let desk = app.desk().await;
    let list = desk.visit("/admin/appointments").await.expect(200);
    let page = desk.visit(list.link(".list a").as_str()).await.expect(200);
    let form = page.form("form[action$='/client-link']");
    let page = desk.submit_and_follow(&form.press("mail", "no")).await.expect(200);
    page.must_say("The link is ready.")
        .must_say("A link for the next visit given");
    let link = page.attributes("#client-link", "value").remove(0);
    assert_eq!(
        app.mails_to("aoife@example.com").await.len(),
        1,
        "only that of the visit"
    );
    let form = page.form("form[action$='/client-link']");
    desk.submit_and_follow(&form.press("mail", "yes"))
        .await
        .expect(200)
        .must_say("The link is on its way.");
    let mail = app.mail_to("aoife@example.com").await;
    assert_eq!(mail.link("/book/follow-up").as_str(), link, "it is the same link");
    assert_eq!(
        mail.subject,
        "Appointment with Nora Tillery, your link for the next one"
    );
    let visitor = app.visitor();
    let office = visitor.visit(&format!("{link}&mode=in_person")).await.expect(200);
    let form = visitor
        .visit(office.link("main .times a").as_str())
        .await
        .expect(200)
        .form(BOOKING_FORM);
    // Whoever was given the link books with it, under any address.
    send(&visitor, &fill(&form, "Sam Daly", "sam@example.com")).await;
}
