//! At the desk after a visit: done, missed, what is kept, several cancelled at once, and the story of it all.

use tests::{
    app::TestApp,
    journey::{Booked, book, fill, open_form, send},
    page::Page,
    visitor::Visitor,
};

/// Tuesday, 2 March 2027, 9:00 in New York; she works from 12 to 18.
const TUESDAY: &str = "2027-03-02T14:00:00Z";

async fn page_of(desk: &Visitor, name: &str) -> Page {
    let list = desk.visit(&format!("/admin/appointments?q={name}")).await.expect(200);
    desk.visit(list.link(".list a").as_str()).await.expect(200)
}

fn start(booked: &Booked) -> kernel::instant::Instant {
    booked.start.parse().unwrap()
}

/// A consultation that is paid, and the desk.
async fn paid(app: &TestApp) -> (Booked, Visitor) {
    let booked = book(app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    let desk = app.desk().await;
    let page = page_of(&desk, "aoife").await;
    desk.submit_and_follow(&page.form("form[action$='/paid']").set("method", "cash"))
        .await
        .expect(200);
    (booked, desk)
}

#[tokio::test]
async fn the_end_of_a_visit_is_done_and_paid_in_few_taps() {
    let app = TestApp::at(TUESDAY, &[]).await;
    let booked = book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let desk = app.desk().await;
    let before = page_of(&desk, "aoife").await;
    assert_eq!(
        before.count("form[action$='/done'], form[action$='/missed']"),
        0,
        "it has not begun"
    );
    app.clock.set(start(&booked).plus_minutes(20));
    let page = page_of(&desk, "aoife").await;
    let done = desk
        .submit_and_follow(&page.form("form[action$='/done']"))
        .await
        .expect(200);
    done.must_say("Done.")
        .must_say("Completed")
        .must_say("Marked as done by you");
    assert_eq!(
        done.count("form[action$='/done'], form[action$='/cancel'], form[action$='/move']"),
        0
    );
    // The next visit, for the same family.
    let next = desk
        .visit(done.link("a[href*='new?after=']").as_str())
        .await
        .expect(200);
    let form = next.form("form[action='/admin/appointments/new']");
    assert_eq!(form.value("email"), Some("aoife@example.com"));
    assert_eq!(form.value("offering"), Some("follow-up"), "what is for clients");
    desk.visit("/admin/appointments/new?after=nobody").await.expect(404);
    // A second press, from the page before.
    desk.submit_and_follow(&page.form("form[action$='/done']"))
        .await
        .expect(200)
        .must_say("Done.");
    // It was a mistake, and that was one too.
    let missed = done.form("form[action$='/missed']").press("fee", "waive");
    let missed = desk.submit_and_follow(&missed).await.expect(200);
    missed.must_say("Did not come").must_say("she did not come");
    desk.submit_and_follow(&missed.form("form[action$='/done']"))
        .await
        .expect(200)
        .must_say("Completed");
    app.clock.set(start(&booked).plus_minutes(32 * 1440));
    let desk = app.desk().await;
    let closed = page_of(&desk, "aoife").await;
    assert_eq!(closed.count("form[action$='/missed']"), 0);
    desk.submit_and_follow(&done.form("form[action$='/missed']").press("fee", "waive"))
        .await
        .expect(200)
        .must_say("That cannot be said now");
}

#[tokio::test]
async fn what_a_missed_visit_costs_is_said_before_the_tap_and_kept_or_not() {
    let app = TestApp::at(TUESDAY, &[]).await;
    let (booked, desk) = paid(&app).await;
    app.clock.set(start(&booked).plus_minutes(30));
    let page = page_of(&desk, "aoife").await;
    page.must_say("your policy keeps $");
    let form = page.form("form[action$='/missed']");
    let missed = desk
        .submit_and_follow(&form.clone().press("fee", "keep"))
        .await
        .expect(200);
    missed
        .must_say("Kept by your policy")
        .must_say("Marked by you: she did not come");
    assert!(app.visitor().visit(booked.manage.as_str()).await.says("stays charged"));
    let waived = desk
        .submit_and_follow(&missed.form("form[action$='/fee']").press("fee", "waive"))
        .await
        .expect(200);
    waived
        .must_say("Nothing is taken")
        .must_say("is hers again: give it back below")
        .must_say("You took nothing");
    assert!(!app.visitor().visit(booked.manage.as_str()).await.says("stays charged"));
    // What no form offers.
    for (path, fee) in [("missed", "half"), ("missed", ""), ("fee", "double")] {
        let form = form.clone().forge("fee", fee);
        let mut form = form;
        form.action = app.url.join(&form.action.path().replace("missed", path)).unwrap();
        assert_eq!(desk.submit(&form).await.status, 422, "{path} {fee}");
    }
    for path in ["done", "missed", "fee"] {
        for id in ["019ab6a0-0000-7000-8000-000000000001", "nobody", "%00"] {
            let mut form = form.clone().press("fee", "keep");
            form.action = app.url.join(&format!("/admin/appointments/{id}/{path}")).unwrap();
            assert_eq!(desk.submit(&form).await.status, 404, "{path} {id}");
        }
    }
}

#[tokio::test]
async fn a_late_cancellation_for_illness_waits_for_her_decision() {
    let app = TestApp::at(TUESDAY, &[]).await;
    let (booked, desk) = paid(&app).await;
    app.clock.set(start(&booked).plus_minutes(-60));
    let parent = app.visitor();
    let ask = parent
        .visit(&format!("{}/cancel", booked.manage.path()))
        .await
        .expect(200);
    ask.must_say("Nothing is charged now").must_say("is charged.");
    let form = ask.form("form[action$='/cancel']").press("reason", "illness");
    parent
        .submit_and_follow(&form)
        .await
        .expect(200)
        .must_not_say("stays charged");
    let today = desk.visit("/admin").await.expect(200);
    today
        .must_say("Cancelled late, for you to decide")
        .must_say("Nothing is taken unless you say so");
    let page = page_of(&desk, "aoife").await;
    page.must_say("Cancelled late: someone is ill");
    let decided = desk
        .submit_and_follow(&today.form("form[action$='/fee']").press("fee", "keep"))
        .await
        .expect(200);
    decided.must_say("Kept by your policy").must_say("Kept by you");
    desk.visit("/admin").await.expect(200).must_not_say("for you to decide");
    parent
        .visit(booked.manage.as_str())
        .await
        .expect(200)
        .must_say("stays charged");
}

#[tokio::test]
async fn after_the_start_the_cancel_page_says_why_not_and_whom_to_call() {
    let app = TestApp::at(TUESDAY, &[]).await;
    let booked = book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let parent = app.visitor();
    let path = format!("{}/cancel", booked.manage.path());
    let form = parent
        .visit(&path)
        .await
        .expect(200)
        .form("form[action$='/cancel']")
        .press("reason", "other");
    app.clock.set(start(&booked));
    for page in [
        parent.visit(&path).await.expect(200),
        parent.submit_and_follow(&form).await.expect(200),
    ] {
        page.must_say("Too late to cancel it here").must_say("It began");
        assert_eq!(page.count("a.button[href^='tel:']"), 1);
        assert_eq!(page.count("form[action$='/cancel']"), 0);
    }
    parent
        .visit(booked.manage.as_str())
        .await
        .expect(200)
        .must_not_say("Cancelled");
}

#[tokio::test]
async fn several_are_cancelled_with_one_message_and_each_says_what_became_of_it() {
    let app = TestApp::at(TUESDAY, &[]).await;
    let mut booked = Vec::new();
    for (name, email) in [
        ("Aoife Daly", "a@example.com"),
        ("Bea Lee", "b@example.com"),
        ("Cara Fox", "c@example.com"),
    ] {
        let visitor = app.visitor();
        let form = open_form(&visitor, "free-mini-consult", "").await;
        booked.push(send(&visitor, &fill(&form, name, email)).await);
    }
    let desk = app.desk().await;
    let list = desk.visit("/admin/appointments").await.expect(200);
    let picking = desk.visit(list.link(".again a").as_str()).await.expect(200);
    let form = picking.form("form.pick");
    let ids: Vec<String> = form.choices("id").into_iter().map(str::to_owned).collect();
    assert_eq!(ids.len(), 3);
    let ticked = ids.iter().fold(form, |form, id| form.set("id", id));
    let ask = desk.submit_and_follow(&ticked).await.expect(200);
    ask.must_say("Cancel these 3 appointments?").must_say("Bea Lee");
    assert_eq!(app.mails_to("a@example.com").await.len(), 1, "looking cancels nothing");
    let sure = ask
        .form("form[method='post']")
        .set("message", "I am unwell <b>today</b>.");
    let long = desk
        .submit(&sure.clone().set("message", &"x".repeat(2_001)))
        .await
        .expect(422);
    long.must_say("This message is too long");
    assert_eq!(long.count("form[method='post'] input[name='id']"), 3);
    // Aoife's begins while the page lies open.
    app.clock.set(start(&booked[0]));
    let done = desk.submit_and_follow(&sure).await.expect(200);
    done.must_say("Two are cancelled")
        .must_say("One stays as it is")
        .must_say("It has begun, or is over");
    let again = desk.submit_and_follow(&sure).await.expect(200);
    assert_eq!(again.words(), done.words(), "a second press says the same");
    for (email, mails) in [("a@example.com", 1), ("b@example.com", 2), ("c@example.com", 2)] {
        let all = app.mails_to(email).await;
        let cancelled: Vec<_> = all.iter().filter(|m| m.subject.contains("cancelled")).collect();
        assert_eq!(cancelled.len(), mails - 1, "{email}");
        assert!(
            cancelled
                .iter()
                .all(|m| m.text.contains("I am unwell <b>today</b>.") && !m.html().contains("<b>today"))
        );
    }
    // Nothing ticked, and what only a forger sends.
    desk.visit("/admin/appointments/cancel")
        .await
        .expect(200)
        .must_say("Nothing is ticked");
    let odd = desk
        .visit("/admin/appointments/cancel?id=nobody&id=019ab6a0-0000-7000-8000-000000000001")
        .await
        .expect(200);
    odd.must_say("is left out");
    for id in ["nobody", "", "019ab6a0-0000-7000-8000-000000000001", "'--"] {
        let page = desk.submit_and_follow(&sure.clone().forge("id", id)).await;
        assert_eq!(page.status, 200, "{id}");
    }
    let many = (0..300)
        .map(|n| format!("id=019ab6a0-0000-7000-8000-{n:012}"))
        .collect::<Vec<_>>()
        .join("&");
    desk.visit(&format!("/admin/appointments/cancel?{many}"))
        .await
        .expect(200)
        .must_say("more than a hundred");
}

#[tokio::test]
async fn the_page_tells_everything_that_happened_and_every_mail() {
    let app = TestApp::at(TUESDAY, &[]).await;
    let (booked, desk) = paid(&app).await;
    let parent = app.visitor();
    let cancel = parent
        .visit(&format!("{}/cancel", booked.manage.path()))
        .await
        .expect(200);
    let cancel = cancel
        .form("form[action$='/cancel']")
        .set("note", "We have moved away.")
        .press("reason", "other");
    parent.submit_and_follow(&cancel).await.expect(200);
    app.run_workers().await;
    let page = page_of(&desk, "aoife").await;
    let story = page.texts(".history li").join(" | ");
    for said in [
        "Booked by the parent",
        "Marked as paid by you",
        "In cash",
        "Cancelled by the parent",
        "We have moved away.",
        "How to pay, to her",
        "New appointment, to you",
        "Confirmation, to her",
        "Cancellation, to her",
        "Cancellation, to you",
    ] {
        assert!(story.contains(said), "{said}: {story}");
    }
    assert!(!story.contains("On its way"), "{story}");
}
