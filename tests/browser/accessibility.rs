//! axe-core finds nothing on the pages, by WCAG 2.2 AA, on a phone and a laptop, in light and in dark.

use tests::{app::TestApp, browser::Browser, journey::book};

use super::{LAPTOP, PHONE, open};

async fn nothing_found(browser: &Browser, path: &str, label: &str) {
    browser.go(path).await;
    browser.find("main").await;
    browser.fits().await;
    let found = browser.axe().await;
    assert!(
        found.is_empty(),
        "{path} {label}: {} findings\n{}",
        found.len(),
        found.join("\n")
    );
}

async fn every_page(size: (u32, u32), dark: bool, label: &str) {
    let app = TestApp::start().await;
    let booked = book(&app, "initial-consultation", "mode=in_person", "aoife@example.com").await;
    let form = tests::journey::free_times(&app.visitor(), "free-mini-consult", "").await[0].to_string();
    let browser = open(&app, size).await;
    browser.dark(dark).await;
    let manage = booked.manage.path();
    let cancel = format!("{manage}/cancel");
    let intake = format!("{manage}/intake");
    for path in [
        "/",
        "/services",
        "/book/initial-consultation",
        form.as_str(),
        manage,
        &cancel,
        &intake,
        "/newsletter",
        "/newsletter/check-inbox",
        "/posts",
        "/contact",
        "/privacy",
        "/outbox",
        "/admin/sign-in",
        "/no-such-page",
    ] {
        nothing_found(&browser, path, label).await;
    }
    app.login().await;
    browser.go("/admin").await;
    browser.fill("#email", tests::app::CONSULTANT).await;
    browser.fill("#password", tests::app::PASSWORD).await;
    browser.tap("main form button.gold").await;
    browser.sees("Needs you").await;
    for path in [
        "/admin",
        "/admin/appointments",
        "/admin/hours",
        "/admin/hours?open=mon&way=initial-consultation.telehealth",
        "/admin/calendar",
        "/admin/subscribers",
        "/admin/settings",
    ] {
        nothing_found(&browser, path, label).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn axe_finds_nothing_on_a_phone_in_the_light() {
    every_page(PHONE, false, "390 light").await;
}

#[tokio::test]
async fn axe_finds_nothing_on_a_phone_in_the_dark() {
    every_page(PHONE, true, "390 dark").await;
}

#[tokio::test]
async fn axe_finds_nothing_on_a_laptop_in_the_light() {
    every_page(LAPTOP, false, "1280 light").await;
}

#[tokio::test]
async fn axe_finds_nothing_on_a_laptop_in_the_dark() {
    every_page(LAPTOP, true, "1280 dark").await;
}
