//! An appointment that the consultant adds by hand, with the real form.

use tests::app::TestApp;
use tests::form::Form;
use tests::visitor::Visitor;

/// Her form for a day of March 2027, as a parent would be entered.
async fn blank(desk: &Visitor) -> Form {
    let list = desk.visit("/admin/appointments").await.expect(200);
    let form = desk
        .visit(list.link("a[href='/admin/appointments/new']").as_str())
        .await
        .expect(200)
        .form("main form");
    form.set("offering", "initial-consultation")
        .set("date", "2027-03-04")
        .set("name", "Aoife Daly")
        .set("email", "aoife@example.com")
        .set("phone", "828-555-0100")
}

#[tokio::test]
async fn she_takes_a_free_time_of_the_day_and_the_family_is_told() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let looked = desk
        .submit(&blank(&desk).await.set("way", "office").press("do", "look"))
        .await
        .expect(200);
    let form = looked.form("main form");
    assert_eq!(form.value("name"), Some("Aoife Daly"));
    let times: Vec<String> = form.choices("slot").iter().map(ToString::to_string).collect();
    assert!(times.len() > 3, "{times:?}");
    let page = desk
        .submit_and_follow(&form.set("slot", &times[2]).press("do", "book"))
        .await
        .expect(200);
    page.must_say("It is confirmed.")
        .must_say("Confirmed")
        .must_say("Added by you")
        .must_say("Not paid");
    let mail = app.mail_to("aoife@example.com").await;
    app.visitor()
        .visit(mail.link("/appointments/").as_str())
        .await
        .expect(200)
        .must_say("Initial consultation");
    app.visitor()
        .visit("/book/initial-consultation?mode=in_person&day=2027-03-04")
        .await
        .expect(200);
    let again = desk
        .submit(&blank(&desk).await.set("way", "office").press("do", "look"))
        .await
        .expect(200);
    assert!(
        !again.form("main form").choices("slot").contains(&times[2].as_str()),
        "it is still free"
    );
}

#[tokio::test]
async fn a_time_outside_the_hours_needs_a_tick_and_may_wait_for_its_payment() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let early = blank(&desk)
        .await
        .set("way", "video")
        .set("time", "06:10")
        .set("confirm", "payment")
        .press("do", "book");
    let page = desk.submit(&early).await.expect(422);
    page.must_say("tick the box below");
    let form = page.form("main form");
    for (name, value) in [
        ("time", "06:10"),
        ("email", "aoife@example.com"),
        ("confirm", "payment"),
        ("date", "2027-03-04"),
    ] {
        assert_eq!(form.value(name), Some(value), "{name}");
    }
    let page = desk
        .submit_and_follow(&form.set("anyway", "yes").press("do", "book"))
        .await
        .expect(200);
    page.must_say("The time is kept.")
        .must_say("Waiting for payment")
        .must_say("6:10");
    let paid = desk
        .submit_and_follow(&page.form("form[action$='/paid']"))
        .await
        .expect(200);
    paid.must_say("Marked as paid.");
}

#[tokio::test]
async fn clients_only_and_home_visits_are_hers_to_book() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let form = blank(&desk)
        .await
        .set("offering", "follow-up")
        .set("way", "home")
        .set("time", "10:00")
        .press("do", "book");
    let page = desk.submit(&form).await.expect(422);
    page.must_say("Write the address of the visit");
    let far = page
        .form("main form")
        .set("address", "4 Elm Ct")
        .set("postcode", "99999")
        .press("do", "book");
    let page = desk.submit(&far).await.expect(422);
    page.must_say("not in your area");
    let near = page
        .form("main form")
        .set("postcode", "28801")
        .set("anyway", "yes")
        .press("do", "book");
    let page = desk.submit_and_follow(&near).await.expect(200);
    page.must_say("4 Elm Ct, 28801").must_say("Follow-up visit");
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let form = blank(&desk)
        .await
        .set("name", "see www.evil.example")
        .set("email", "")
        .set("phone", "12")
        .forge("way", "carrier pigeon")
        .forge("date", "someday")
        .press("do", "book");
    let page = desk.submit(&form).await.expect(422);
    page.must_say("Her e-mail is needed")
        .must_say("Choose a free time, or write one of your own.")
        .must_say("A telephone number has 7 to 15 digits.")
        .must_say("at most 60 letters, and no link")
        .must_say("Choose one of these.");
    assert_eq!(page.form("main form").value("name"), Some("see www.evil.example"));
    for (name, value) in [
        ("date", "9999-12-31"),
        ("date", "-009999-01-01"),
        ("date", "2027-02-30"),
        ("time", "25:00"),
        ("offering", "nothing"),
        ("zone", "Mars/Base"),
        ("slot", "9999-12-31T00:00:00Z"),
    ] {
        for what in ["look", "book"] {
            let form = blank(&desk).await.set("time", "10:00").set("anyway", "yes");
            let form = if name == "slot" { form.forge("time", "") } else { form };
            let page = desk.submit(&form.forge(name, value).forge("do", what)).await;
            assert!(page.status < 500, "{name}={value}, {what}: {}", page.status);
        }
    }
    let past = blank(&desk)
        .await
        .set("date", "2027-02-01")
        .set("time", "10:00")
        .set("anyway", "yes")
        .press("do", "book");
    desk.submit(&past).await.expect(422).must_say("That time has passed.");
    let by_phone = blank(&desk)
        .await
        .set("way", "phone")
        .set("time", "10:00")
        .set("phone", "")
        .press("do", "book");
    desk.submit(&by_phone)
        .await
        .expect(422)
        .must_say("Her number is needed");
}
