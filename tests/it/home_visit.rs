//! A visit at the family's home: the postcode decides, the trip is told before the tap, the address stays where it belongs.

use tests::{
    app::TestApp,
    journey::{BOOKING_FORM, fill, send},
    page::Page,
    visitor::Visitor,
};

const TIMES: &str = "main a[href*='start=']";

/// The page of times at home, asked for as a visitor does: in person, at home, this postcode.
async fn times_at_home(visitor: &Visitor, postcode: &str) -> Page {
    let page = visitor
        .visit("/book/initial-consultation?mode=in_person")
        .await
        .expect(200);
    let form = page.form("form:has([name='place'])").set("place", "home");
    let page = visitor.submit(&form).await.expect(200);
    page.must_say("Your postcode").must_not_say("Morning");
    let form = page.form("form:has([name='postcode'])").set("postcode", postcode);
    visitor.submit(&form).await.expect(200)
}

#[tokio::test]
async fn a_parent_books_a_visit_at_home_and_sees_the_trip_beside_the_price() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let page = times_at_home(&visitor, " 28704 ").await;
    page.must_say("The trip to 28704 is $25 more.")
        .must_say("Times at your home, New York time");
    let form_page = visitor.visit(page.link(TIMES).as_str()).await.expect(200);
    form_page
        .must_say("90 minutes at your home")
        .must_say("$220. Nothing is charged here")
        .must_say("$195 for the visit and $25 for the trip");
    let address = form_page.attributes("textarea[name='address']", "autocomplete");
    assert_eq!(address, ["street-address"]);
    let form = fill(&form_page.form(BOOKING_FORM), "Aoife Daly", "aoife@example.com");

    // Without an address she is asked for it, and everything else stays.
    let again = visitor.submit(&form).await.expect(422);
    again.must_say("Without the address I cannot come.");
    let form = again.form(BOOKING_FORM);
    assert_eq!(form.value("email"), Some("aoife@example.com"));
    let booked = send(&visitor, &form.set("address", "41 Larch Way\nArden")).await;
    booked
        .page
        .must_say("Where I come to")
        .must_say("41 Larch Way Arden 28704")
        .must_say("$25 of it is for the trip.");

    // What she typed is in no mail, neither hers nor the consultant's.
    for mail in app.outbox().await {
        assert!(
            !mail.text.contains("Larch") && !mail.html().contains("Larch"),
            "{}",
            mail.text
        );
    }
    // At the desk it stands, with a map that is only opened by a tap.
    let desk = app.desk().await;
    let list = desk.visit("/admin/appointments").await.expect(200);
    let page = desk
        .visit(list.link("main ul.list a[href*='/admin/appointments/']").as_str())
        .await
        .expect(200);
    page.must_say("At her home: 41 Larch Way, Arden, 28704")
        .must_say("35 minutes to drive");
    let map = page.link("main a[href*='openstreetmap']");
    assert_eq!(map.query(), Some("query=41%20Larch%20Way%2C%20Arden%2C%2028704"));
}

#[tokio::test]
async fn outside_the_area_she_is_shown_the_other_ways_and_no_times() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let page = times_at_home(&visitor, "99999").await;
    page.must_say("99999 is farther than I drive.").must_not_say("Morning");
    assert_eq!(page.count(TIMES), 0);
    for link in page.attributes("main .notice a", "href") {
        let other = visitor.visit(page.url.join(&link).unwrap().as_str()).await.expect(200);
        assert!(other.count(TIMES) > 0, "{link} leads to no times");
    }
    // A link with a start for that postcode leads to the same page, and a forged form is refused with all that was typed.
    let office = visitor.visit(page.link("main .notice a").as_str()).await.expect(200);
    let start = office.link(TIMES);
    let start = start
        .query_pairs()
        .find(|(name, _)| name == "start")
        .unwrap()
        .1
        .into_owned();
    let asked = format!("/book/initial-consultation?mode=in_person&place=home&postcode=99999&start={start}");
    visitor.visit(&asked).await.expect(200).must_say("farther than I drive");
    let near = visitor.visit(&asked.replace("99999", "28801")).await.expect(200);
    let form = fill(&near.form(BOOKING_FORM), "Aoife Daly", "aoife@example.com")
        .set("address", "41 Larch Way")
        .forge("postcode", "99999");
    let refused = visitor.submit(&form).await.expect(422);
    refused.must_say("That postcode is farther than I drive.");
    assert_eq!(refused.form(BOOKING_FORM).value("address"), Some("41 Larch Way"));
    let next = visitor.visit(refused.link(".notice a.gold").as_str()).await.expect(200);
    next.must_say("99999 is farther than I drive.");
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn the_way_there_and_back_keeps_the_neighbouring_times_free() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let starts = async |postcode: &str| {
        times_at_home(&app.visitor(), postcode)
            .await
            .attributes(TIMES, "href")
            .len()
    };
    let (near, far) = (starts("28801").await, starts("28711").await);
    assert!(near > 0 && far > 0);
    let page = times_at_home(&visitor, "28711").await;
    let form = visitor
        .visit(page.link(TIMES).as_str())
        .await
        .expect(200)
        .form(BOOKING_FORM);
    send(
        &visitor,
        &fill(&form, "Aoife Daly", "aoife@example.com").set("address", "1 Far Lane"),
    )
    .await;
    // The visit, 20 minutes after it, and 50 minutes of driving on both sides.
    assert!(starts("28801").await < near);
}

#[tokio::test]
async fn a_way_the_offering_does_not_have_is_no_form() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = tests::journey::open_form(&visitor, "free-mini-consult", "").await;
    let form = fill(&form, "Aoife Daly", "aoife@example.com");
    let home = form.clone().forge("mode", "in_person").forge("place", "home");
    visitor.submit(&home).await.expect(422);
    let nowhere = form.forge("place", "moon");
    visitor.submit(&nowhere).await.expect(422);
    let services = visitor.visit("/services").await.expect(200);
    services.must_say("90 minutes, by video or phone, at the office or at your home.");
}
