//! A parent books, pays, cancels; and the slot is hers alone.

use futures_util::future::join_all;
use tests::{
    app::TestApp,
    journey::{self, BOOKING_FORM, book, fill, free_times, open_form, send},
};

#[tokio::test]
async fn a_free_mini_consult_is_confirmed_in_four_taps_and_mailed_with_an_invitation() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    // Tap 1: the time on the first screen. Tap 2 sends the form.
    let home = visitor.visit("/").await.expect(200);
    let form_page = visitor
        .visit(home.link("main a[href*='/book/free-mini-consult?']").as_str())
        .await
        .expect(200);
    let form = form_page.form(BOOKING_FORM);
    // Three autofilled fields, and nothing that she has to choose.
    let form = form
        .set("name", "Aoife Daly")
        .set("email", "aoife@example.com")
        .set("phone", "828-555-0199");
    let booked = send(&visitor, &form).await;
    booked.page.must_say("Nora Tillery");

    let mail = app.mail_to("aoife@example.com").await;
    assert!(
        mail.subject.starts_with("Appointment with Nora Tillery"),
        "{}",
        mail.subject
    );
    assert_eq!(mail.link("/appointments/"), booked.manage);
    let calendar = mail.calendar().expect("an invitation");
    assert!(
        calendar.contains("METHOD:REQUEST") && calendar.contains("SEQUENCE:0"),
        "{calendar}"
    );
    // The consultant has one too, and there are no others.
    let all = app.outbox().await;
    assert_eq!(
        all.len(),
        2,
        "{:?}",
        all.iter().map(|m| (&m.to, &m.subject)).collect::<Vec<_>>()
    );

    // On another device the link in the mail shows the same appointment.
    let page = app
        .visitor()
        .visit(mail.link("/appointments/").as_str())
        .await
        .expect(200);
    let download = app
        .visitor()
        .get(page.link("a[href$='/calendar.ics']").as_str())
        .await
        .expect(200);
    assert_eq!(download.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(
        download.header("content-disposition"),
        "attachment; filename=\"appointment.ics\""
    );
    assert!(
        !download.body.contains("METHOD") && !download.body.contains("ATTENDEE"),
        "{}",
        download.body
    );
}

#[tokio::test]
async fn an_initial_consultation_is_kept_until_the_consultant_marks_it_paid() {
    let app = TestApp::start().await;
    let booked = book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    booked.page.must_say("Kept for you until").must_say("$195");
    let mail = app.mail_to("aoife@example.com").await;
    assert!(mail.subject.contains("kept for you"), "{}", mail.subject);
    assert_eq!(mail.calendar(), None, "nothing for a calendar before it is certain");

    let desk = app.desk().await;
    let today = desk.visit("/admin").await.expect(200);
    today.must_say("Waiting for payment").must_say("Aoife Daly");
    let form = today
        .form("form[action$='/paid'], form[action*='/pay']")
        .set("method", "cash");
    desk.submit_and_follow(&form)
        .await
        .expect(200)
        .must_say("Marked as paid")
        .must_say("Confirmed");

    let mail = app.mail_to("aoife@example.com").await;
    let calendar = mail.calendar().expect("the invitation");
    assert!(calendar.contains("METHOD:REQUEST"), "{calendar}");
    app.visitor()
        .visit(booked.manage.as_str())
        .await
        .expect(200)
        .must_not_say("Kept for you until");
    // Marking it twice: the second is refused, and no second invitation goes out.
    let before = app.mails_to("aoife@example.com").await.len();
    desk.submit_and_follow(&form)
        .await
        .must_say("It was marked as paid before");
    assert_eq!(app.mails_to("aoife@example.com").await.len(), before);
}

#[tokio::test]
async fn a_visit_at_the_office_is_shown_and_mailed_in_the_offices_zone() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    // She looks from Dublin, but she will be in Asheville.
    let form = open_form(&visitor, "initial-consultation", "mode=in_person&zone=Europe/Dublin").await;
    let booked = send(&visitor, &fill(&form, "Aoife Daly", "aoife@example.com")).await;
    booked.page.must_say("New York time").must_not_say("Dublin time");
    booked.page.must_say("12 Ember Row");
    let mail = app.mail_to("aoife@example.com").await;
    assert!(
        mail.text.contains("New York time") && !mail.text.contains("Dublin"),
        "{}",
        mail.text
    );
}

#[tokio::test]
async fn telehealth_is_shown_and_mailed_in_her_zone_with_the_practices_beside_it() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = open_form(&visitor, "free-mini-consult", "zone=Europe/Dublin").await;
    let booked = send(&visitor, &fill(&form, "Aoife Daly", "aoife@example.com")).await;
    booked.page.must_say("Dublin time");
    let mail = app.mail_to("aoife@example.com").await;
    assert!(
        mail.text.contains("Dublin time") && mail.text.contains("New York time"),
        "{}",
        mail.text
    );
    let calendar = mail.calendar().unwrap();
    let utc = booked.start.replace(['-', ':'], "");
    assert!(calendar.contains(&format!("DTSTART:{utc}")), "{calendar}");
}

#[tokio::test]
async fn a_visit_by_phone_needs_her_number_and_the_mail_says_who_calls() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = open_form(&visitor, "free-mini-consult", "")
        .await
        .set("channel", "phone");
    let form = fill(&form, "Aoife Daly", "aoife@example.com");
    let page = visitor.submit(&form.clone().set("phone", "")).await.expect(422);
    let form = page.form(BOOKING_FORM);
    assert_eq!(
        (form.value("name"), form.value("channel")),
        (Some("Aoife Daly"), Some("phone")),
        "what she typed is gone"
    );
    send(&visitor, &form.set("phone", "(828) 555-0199")).await;
    let mail = app.mail_to("aoife@example.com").await;
    assert!(
        mail.text.contains("I call you on") && mail.text.contains("555-0199"),
        "{}",
        mail.text
    );
}

#[tokio::test]
async fn a_slot_is_gone_for_everyone_the_moment_it_is_booked() {
    let app = TestApp::start().await;
    let times = free_times(&app.visitor(), "free-mini-consult", "").await;
    let booked = book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let left = free_times(&app.visitor(), "free-mini-consult", "").await;
    let is_it = |url: &reqwest::Url| url.query_pairs().any(|(_, value)| value == booked.start);
    assert!(times.iter().any(is_it) && !left.iter().any(is_it), "{left:?}");
}

#[tokio::test]
async fn of_two_browsers_at_one_slot_one_wins_and_the_other_loses_nothing_she_typed() {
    let app = TestApp::start().await;
    let (first, second) = (app.visitor(), app.visitor());
    let hers = fill(
        &open_form(&first, "free-mini-consult", "").await,
        "Aoife Daly",
        "aoife@example.com",
    );
    let late = fill(
        &open_form(&second, "free-mini-consult", "").await,
        "Bronagh O'Neill",
        "bronagh@example.com",
    );
    assert_eq!(hers.value("start"), late.value("start"));
    send(&first, &hers).await;

    let page = second.submit(&late).await.expect(409);
    let form = page.form(BOOKING_FORM);
    for name in ["name", "email", "phone", "channel"] {
        assert!(late.value(name).is_some_and(|typed| !typed.is_empty()));
        assert_eq!(form.value(name), late.value(name), "{name} is gone");
    }
    // The three nearest times are buttons, and one tap books.
    let near = form
        .choices("start")
        .into_iter()
        .filter(|s| Some(*s) != late.value("start"))
        .map(str::to_owned)
        .collect::<Vec<_>>();
    assert_eq!(near.len(), 3, "{near:?}");
    let booked = send(&second, &form.press("start", &near[0])).await;
    booked.page.must_say("Nora Tillery");
    assert!(app.mail_to("bronagh@example.com").await.calendar().is_some());
}

#[tokio::test]
async fn of_many_bookings_of_one_slot_at_once_exactly_one_succeeds() {
    let app = TestApp::with(&[("limits.enabled", "false")]).await;
    let visitor = app.visitor();
    let form = open_form(&visitor, "free-mini-consult", "").await;
    let tries = (0..12).map(|i| {
        let form =
            fill(&form, "Aoife Daly", &format!("parent-{i}@example.com")).forge("key", &format!("key-of-parent-{i}"));
        let visitor = app.visitor();
        async move {
            visitor
                .submit(&form.forge("phone", &format!("828-555-01{i:02}")))
                .await
                .status
        }
    });
    let answers = join_all(tries).await;
    assert_eq!(answers.iter().filter(|s| **s == 303).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|s| **s == 409).count(), 11, "{answers:?}");
}

#[tokio::test]
async fn a_form_sent_twice_books_once() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = fill(
        &open_form(&visitor, "free-mini-consult", "").await,
        "Aoife Daly",
        "aoife@example.com",
    );
    let (one, two) = tokio::join!(visitor.submit(&form), visitor.submit(&form));
    assert_eq!((one.status, two.status), (303, 303), "{}\n{}", one.words(), two.words());
    assert_eq!(one.location().path(), two.location().path());
    assert_eq!(app.mails_to("aoife@example.com").await.len(), 1);
}

#[tokio::test]
async fn a_family_gets_one_free_mini_consult_and_is_told_kindly() {
    let app = TestApp::start().await;
    book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let visitor = app.visitor();
    // The same address, written differently.
    let form = fill(
        &open_form(&visitor, "free-mini-consult", "").await,
        "A. Daly",
        "AOIFE@Example.com",
    )
    .set("phone", "828-555-9876");
    let page = visitor.submit(&form).await.expect(422);
    page.must_not_say("Aoife Daly");
    assert_eq!(
        page.attributes("button[formaction]", "formaction"),
        ["/book/initial-consultation/carry"],
        "the next step"
    );
    assert_eq!(app.mails_to("aoife@example.com").await.len(), 1);
}

#[tokio::test]
async fn cancelling_frees_the_slot_and_takes_the_entry_out_of_her_calendar() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", "day=2027-03-03", "aoife@example.com").await;
    let invitation = app.mail_to("aoife@example.com").await.calendar().unwrap();
    app.wait_minutes(5);
    let visitor = app.visitor();
    let manage = visitor.visit(booked.manage.as_str()).await.expect(200);
    let ask = visitor
        .visit(manage.link("main a[href$='/cancel']").as_str())
        .await
        .expect(200);
    let form = ask.form("main form[action$='/cancel']");
    let form = form.press("reason", "illness");
    let page = visitor.submit_and_follow(&form).await.expect(200);
    page.must_say("Cancelled");

    let mail = app.mail_to("aoife@example.com").await;
    let calendar = mail.calendar().expect("a cancellation for her calendar");
    let uid = |text: &str| text.lines().find(|l| l.starts_with("UID:")).map(str::to_owned);
    assert!(
        calendar.contains("METHOD:CANCEL") && calendar.contains("STATUS:CANCELLED"),
        "{calendar}"
    );
    assert!(calendar.contains("SEQUENCE:1"), "{calendar}");
    assert_eq!(uid(&calendar), uid(&invitation));
    let left = free_times(&app.visitor(), "free-mini-consult", "day=2027-03-03").await;
    assert!(
        left.iter().any(|url| url.query_pairs().any(|(_, v)| v == booked.start)),
        "{left:?}"
    );
    // Once more changes nothing.
    let before = app.outbox().await.len();
    visitor.submit_and_follow(&form).await;
    assert_eq!(app.outbox().await.len(), before);
}

#[tokio::test]
async fn after_its_start_a_visit_cannot_be_cancelled() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let visitor = app.visitor();
    let ask = visitor.visit(&format!("{}/cancel", booked.manage)).await.expect(200);
    let form = ask.form("main form[action$='/cancel']");
    app.clock.set(booked.start.parse().unwrap());
    let before = app.outbox().await.len();
    visitor.submit(&form.press("reason", "illness")).await;
    visitor
        .visit(booked.manage.as_str())
        .await
        .expect(200)
        .must_not_say("Cancelled");
    assert_eq!(app.outbox().await.len(), before);
}

#[tokio::test]
async fn an_unpaid_visit_is_given_up_after_48_hours_and_the_time_is_free_again() {
    let app = TestApp::start().await;
    let booked = book(
        &app,
        "initial-consultation",
        "mode=telehealth&day=2027-03-18",
        "aoife@example.com",
    )
    .await;
    app.wait_minutes(48 * 60 - 1);
    app.run_workers().await;
    app.visitor()
        .visit(booked.manage.as_str())
        .await
        .must_say("Kept for you until");
    app.wait_minutes(4);
    app.run_workers().await;
    app.visitor()
        .visit(booked.manage.as_str())
        .await
        .expect(200)
        .must_not_say("Kept for you until");
    let mail = app.mail_to("aoife@example.com").await;
    assert!(mail.subject.contains("no longer kept"), "{}", mail.subject);
    let again = journey::book(
        &app,
        "initial-consultation",
        "mode=telehealth&day=2027-03-18",
        "bronagh@example.com",
    )
    .await;
    assert_eq!(again.start, booked.start);
}

#[tokio::test]
async fn the_follow_up_shows_how_clients_book_and_cannot_be_booked_by_strangers() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = open_form(&visitor, "initial-consultation", "mode=telehealth").await;
    let mut forged = fill(&form, "Aoife Daly", "aoife@example.com");
    forged.action.set_path("/book/follow-up");
    visitor.submit(&forged).await.expect(422);
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn an_hour_has_a_bounded_number_of_bookings_for_one_network() {
    let app = TestApp::start().await;
    let mut last = 303;
    for i in 0..40 {
        let visitor = app.visitor();
        let form = open_form(&visitor, "free-mini-consult", "").await;
        let form =
            fill(&form, "Aoife Daly", &format!("parent-{i}@example.com")).set("phone", &format!("828-555-01{i:02}"));
        last = visitor.submit(&form).await.status;
        if last != 303 {
            break;
        }
    }
    assert!(
        last == 429 || last == 422,
        "40 bookings in one hour from one network, the last answered {last}"
    );
}

#[tokio::test]
async fn an_address_that_never_followed_a_link_has_at_most_two_visits_waiting() {
    let app = TestApp::start().await;
    for day in ["2027-03-16", "2027-03-18"] {
        book(
            &app,
            "initial-consultation",
            &format!("mode=telehealth&day={day}"),
            "aoife@example.com",
        )
        .await;
    }
    let visitor = app.visitor();
    let form = open_form(&visitor, "initial-consultation", "mode=telehealth&day=2027-03-23").await;
    visitor
        .submit(&fill(&form, "Aoife Daly", "aoife@example.com"))
        .await
        .expect(422);
}
