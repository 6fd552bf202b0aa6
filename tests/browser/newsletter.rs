//! The two steps of the newsletter: the same browser follows by itself, another device needs one tap.

use tests::{app::TestApp, journey::confirmation};

use super::{PHONE, no_complaints, open, picture};

#[tokio::test]
async fn the_browser_that_signed_up_goes_to_100_percent_by_the_link_alone() {
    let app = TestApp::start().await;
    let browser = open(&app, PHONE).await;
    browser.go("/newsletter").await;
    browser.fits().await;
    picture(&browser, "newsletter-0-390").await;
    browser.fill("#email", "siobhan@example.com").await;
    browser.tap("main form button.gold").await;
    browser.sees("50 %").await;
    browser.sees("siobhan@example.com").await;
    browser.fits().await;
    picture(&browser, "newsletter-50-390").await;
    let link = confirmation(&app.mail_to("siobhan@example.com").await);
    browser.go(link.as_str()).await;
    browser.sees("100 %").await;
    browser.fits().await;
    picture(&browser, "newsletter-100-390").await;
    no_complaints(&browser).await;
    browser.close().await;
}

#[tokio::test]
async fn another_device_needs_one_tap_and_the_first_page_follows() {
    let app = TestApp::start().await;
    let (laptop, phone) = tokio::join!(open(&app, super::LAPTOP), open(&app, PHONE));
    laptop.go("/newsletter").await;
    laptop.fill("#email", "siobhan@example.com").await;
    laptop.tap("main form button.gold").await;
    laptop.sees("50 %").await;
    let link = confirmation(&app.mail_to("siobhan@example.com").await);
    phone.go(link.as_str()).await;
    phone.find("main form button.gold").await;
    // Nothing but the button decides: the page stays until it is tapped.
    assert!(phone.top_of("main form button.gold").await < 844.0);
    assert!(!phone.words().await.contains("100 %"));
    phone.tap("main form button.gold").await;
    phone.sees("100 %").await;
    laptop.sees("100 %").await;
    phone.close().await;
    laptop.close().await;
}
