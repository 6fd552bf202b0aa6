//! The consultant blocks a morning at the desk, and the parent's page no longer offers it.

use tests::{
    app::{CONSULTANT, PASSWORD, TestApp},
    browser::Browser,
};

use super::{LAPTOP, PHONE, no_complaints, open, picture};

/// The times that the parent's page offers on Monday, 8 March 2027.
async fn offered(parent: &Browser) -> Vec<String> {
    parent.go("/book/free-mini-consult?day=2027-03-08").await;
    parent.find(".times").await;
    let script =
        "return [...document.querySelectorAll('.times a')].map(a => a.textContent.trim().replace(/\\u00a0/g, ' '))";
    let times = parent.script(script, vec![]).await;
    times
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t.as_str().unwrap().to_owned())
        .collect()
}

/// Chooses a day or a time, however this browser's fields for them take it.
async fn choose(browser: &Browser, field: &str, value: &str) {
    browser.find(field).await;
    let script = "document.querySelector(arguments[0]).value = arguments[1]";
    browser.script(script, vec![field.into(), value.into()]).await;
}

async fn blocks_a_morning(size: (u32, u32), label: &str) {
    let app = TestApp::start().await;
    app.login().await;
    let (parent, desk) = tokio::join!(open(&app, size), open(&app, size));
    parent.in_zone("America/New_York").await;
    let before = offered(&parent).await;
    assert!(
        before.contains(&"9:00 am".to_owned()) && before.contains(&"1:00 pm".to_owned()),
        "{before:?}"
    );
    desk.go("/admin/hours").await;
    desk.fill("#email", CONSULTANT).await;
    desk.fill("#password", PASSWORD).await;
    desk.tap("main form button.gold").await;
    desk.sees("When you can be booked").await;
    desk.fits().await;
    picture(&desk, &format!("hours-{label}")).await;
    desk.tap("#away-new summary").await;
    choose(&desk, "#away-new-from", "2027-03-08").await;
    choose(&desk, "#away-new-until-time", "12:00").await;
    picture(&desk, &format!("hours-off-{label}")).await;
    desk.tap_words("Save this time off").await;
    desk.sees("Saved.").await;
    desk.sees("Monday, March 8, until 12:00 pm").await;
    desk.fits().await;
    let after = offered(&parent).await;
    assert!(!after.iter().any(|time| time.ends_with("am")), "{after:?}");
    let afternoon: Vec<_> = before.iter().filter(|time| time.ends_with("pm")).collect();
    assert_eq!(after.iter().collect::<Vec<_>>(), afternoon);
    // The page shows her the same day, and tells her why.
    desk.sees("Monday, March 8").await;
    desk.tap("#preview .gone").await;
    desk.sees("You are away from").await;
    desk.fits().await;
    picture(&desk, &format!("hours-why-{label}")).await;
    assert_eq!(desk.axe().await, Vec::<String>::new());
    no_complaints(&desk).await;
    no_complaints(&parent).await;
    tokio::join!(parent.close(), desk.close());
}

#[tokio::test]
async fn a_morning_that_she_blocks_on_her_phone_is_no_longer_offered() {
    blocks_a_morning(PHONE, "390").await;
}

#[tokio::test]
async fn a_morning_that_she_blocks_on_a_laptop_is_no_longer_offered() {
    blocks_a_morning(LAPTOP, "1280").await;
}
