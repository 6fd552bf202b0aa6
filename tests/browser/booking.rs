//! A parent books on her phone and on a laptop; two people want the same time.

use tests::{app::TestApp, browser::Browser};

use super::{LAPTOP, PHONE, no_complaints, open, picture};

/// Types the three fields that every booking asks for.
async fn type_in(browser: &Browser, name: &str, email: &str) {
    browser.fill("#name", name).await;
    browser.fill("#email", email).await;
    browser.fill("#phone", &tests::journey::phone_of(email)).await;
}

async fn books_a_mini_consult(size: (u32, u32), label: &str) {
    let app = TestApp::start().await;
    let browser = open(&app, size).await;
    browser.go("/").await;
    browser.fits().await;
    picture(&browser, &format!("home-{label}")).await;
    // The first screen shows the next time as a button: no scrolling.
    let top = browser.top_of("main a[href*='/book/free-mini-consult?']").await;
    assert!(top < f64::from(size.1), "the next free time begins at {top} px");
    browser.tap("main a[href*='/book/free-mini-consult?']").await;
    browser.find("#email").await;
    browser.fits().await;
    type_in(&browser, "Aoife Daly", "aoife@example.com").await;
    picture(&browser, &format!("form-{label}")).await;
    browser.tap("main form button.gold").await;
    browser.sees("Aoife").await;
    assert!(browser.path().await.starts_with("/appointments/"));
    browser.fits().await;
    picture(&browser, &format!("booked-{label}")).await;
    no_complaints(&browser).await;
    browser.close().await;
    assert!(app.mail_to("aoife@example.com").await.calendar().is_some());
}

#[tokio::test]
async fn a_parent_books_the_free_mini_consult_on_her_phone() {
    books_a_mini_consult(PHONE, "390").await;
}

#[tokio::test]
async fn a_parent_books_the_free_mini_consult_on_a_laptop() {
    books_a_mini_consult(LAPTOP, "1280").await;
}

#[tokio::test]
async fn she_chooses_the_office_a_day_and_a_time_for_an_initial_consultation() {
    let app = TestApp::start().await;
    let browser = open(&app, PHONE).await;
    browser.go("/services").await;
    browser.fits().await;
    browser.go("/book/initial-consultation").await;
    browser.fits().await;
    picture(&browser, "book-390").await;
    // With script a tap on the mode is enough.
    browser.tap("label:has(input[name='mode'][value='in_person'])").await;
    browser.sees("New York time").await;
    tests::patience::until("the page of the office's times", async || {
        browser.query().await.contains("mode=in_person").then_some(())
    })
    .await;
    browser.tap(".strip a:not([aria-current])").await;
    browser.tap(".times a").await;
    type_in(&browser, "Aoife Daly", "aoife@example.com").await;
    browser.tap("main form button.gold").await;
    browser.sees("Kept for you until").await;
    browser.fits().await;
    picture(&browser, "kept-390").await;
    no_complaints(&browser).await;
    browser.close().await;
    assert!(app.mail_to("aoife@example.com").await.subject.contains("kept for you"));
}

#[tokio::test]
async fn of_two_browsers_at_one_slot_the_slower_keeps_what_she_typed_and_books_the_next_with_one_tap() {
    let app = TestApp::start().await;
    let (first, second) = tokio::join!(open(&app, PHONE), open(&app, PHONE));
    for (browser, name, email) in [
        (&first, "Aoife Daly", "aoife@example.com"),
        (&second, "Bronagh O'Neill", "bronagh@example.com"),
    ] {
        browser.go("/").await;
        browser.tap("main a[href*='/book/free-mini-consult?']").await;
        type_in(browser, name, email).await;
    }
    assert_eq!(
        first.value("input[name='start']").await,
        second.value("input[name='start']").await
    );
    first.tap("main form button.gold").await;
    first.sees("Aoife").await;
    second.tap("main form button.gold").await;
    second.sees("Nothing is lost").await;
    assert_eq!(second.value("#name").await, "Bronagh O'Neill");
    assert_eq!(second.value("#email").await, "bronagh@example.com");
    second.fits().await;
    picture(&second, "taken-390").await;
    second.tap("main form button[name='start']").await;
    second.sees("Bronagh").await;
    assert!(second.path().await.starts_with("/appointments/"));
    first.close().await;
    second.close().await;
    assert!(app.mail_to("bronagh@example.com").await.calendar().is_some());
}

async fn cancels(size: (u32, u32), label: &str) {
    let app = TestApp::start().await;
    tests::journey::book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let mail = app.mail_to("aoife@example.com").await;
    let browser = open(&app, size).await;
    browser.go(mail.link("/appointments/").as_str()).await;
    browser.tap("main a[href$='/cancel']").await;
    browser.fits().await;
    picture(&browser, &format!("cancel-{label}")).await;
    browser.tap("button[name='reason'][value='birth']").await;
    browser.sees("Cancelled").await;
    assert!(
        !browser.words().await.contains("Book"),
        "something is advertised to her"
    );
    browser.close().await;
}

#[tokio::test]
async fn she_cancels_in_three_taps_from_the_link_in_her_mail() {
    cancels(PHONE, "390").await;
}

#[tokio::test]
async fn she_cancels_in_three_taps_on_a_laptop_too() {
    cancels(LAPTOP, "1280").await;
}

/// From the link in her mail to another day, and back to the page that says so.
async fn moves(size: (u32, u32), label: &str) {
    let app = TestApp::start().await;
    let day = "day=2027-03-05";
    let booked = tests::journey::book(&app, "free-mini-consult", day, "aoife@example.com").await;
    let mail = app.mail_to("aoife@example.com").await;
    let browser = open(&app, size).await;
    browser.go(mail.link("/appointments/").as_str()).await;
    browser.tap("main a[href$='/reschedule']").await;
    browser.fits().await;
    picture(&browser, &format!("move-{label}")).await;
    browser.tap(".times a").await;
    browser.fits().await;
    browser.tap("main form button.gold").await;
    browser.sees("It is moved").await;
    assert_eq!(browser.path().await, booked.manage.path());
    browser.fits().await;
    no_complaints(&browser).await;
    browser.close().await;
    app.run_workers().await;
    let invitation = app.mail_to("aoife@example.com").await.calendar().unwrap();
    assert!(invitation.contains("SEQUENCE:1"), "{invitation}");
}

#[tokio::test]
async fn she_moves_her_visit_by_the_mailed_link_on_her_phone() {
    moves(PHONE, "390").await;
}

#[tokio::test]
async fn she_moves_her_visit_by_the_mailed_link_on_a_laptop() {
    moves(LAPTOP, "1280").await;
}

async fn comes_from_dublin(size: (u32, u32)) {
    let app = TestApp::start().await;
    let browser = open(&app, size).await;
    browser.in_zone("Europe/Dublin").await;
    browser.go("/book/free-mini-consult").await;
    browser.sees("Dublin time").await;
    browser.tap(".times a").await;
    browser.sees("Dublin time").await;
    type_in(&browser, "Aoife Daly", "aoife@example.com").await;
    browser.tap("main form button.gold").await;
    browser.sees("Dublin time").await;
    browser.fits().await;
    browser.close().await;
    let mail = app.mail_to("aoife@example.com").await;
    assert!(mail.text.contains("Dublin time"), "{}", mail.text);
}

#[tokio::test]
async fn a_visitor_from_dublin_books_in_dublin_time_without_asking() {
    comes_from_dublin(PHONE).await;
}

#[tokio::test]
async fn a_visitor_from_dublin_books_in_dublin_time_on_a_laptop() {
    comes_from_dublin(LAPTOP).await;
}

/// At home, with a postcode and with her thumb: nobody outside the area is left without a way.
async fn books_at_home(size: (u32, u32), label: &str) {
    let app = TestApp::start().await;
    let browser = open(&app, size).await;
    browser.go("/book/initial-consultation?mode=in_person").await;
    browser.tap("label:has(input[name='place'][value='home'])").await;
    browser.fill("#postcode", "99999").await;
    picture(&browser, &format!("home-visit-ask-{label}")).await;
    browser.tap("form:has(#postcode) button").await;
    browser.sees("farther than I drive").await;
    browser.fits().await;
    picture(&browser, &format!("home-visit-outside-{label}")).await;
    browser.fill("#postcode", "28704").await;
    browser.tap("form:has(#postcode) button").await;
    browser.sees("The trip to 28704 is $25 more.").await;
    browser.fits().await;
    picture(&browser, &format!("home-visit-times-{label}")).await;
    browser.tap(".times a").await;
    type_in(&browser, "Aoife Daly", "aoife@example.com").await;
    browser.fill("#address", "41 Larch Way, Arden").await;
    browser.fits().await;
    picture(&browser, &format!("home-visit-form-{label}")).await;
    browser.tap("main form button.gold").await;
    browser.sees("Where I come to").await;
    browser.sees("41 Larch Way").await;
    browser.fits().await;
    picture(&browser, &format!("home-visit-kept-{label}")).await;
    no_complaints(&browser).await;
    browser.close().await;
    let mail = app.mail_to("aoife@example.com").await;
    assert!(!mail.text.contains("Larch"), "{}", mail.text);
}

#[tokio::test]
async fn a_parent_books_a_visit_at_home_on_her_phone() {
    books_at_home(PHONE, "390").await;
}

#[tokio::test]
async fn a_parent_books_a_visit_at_home_on_a_laptop() {
    books_at_home(LAPTOP, "1280").await;
}
