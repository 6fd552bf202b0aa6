//! The consultant at her desk: signing in, marking a visit paid, her calendar's address.

use tests::{
    app::{CONSULTANT, PASSWORD, TestApp},
    browser::Browser,
    journey::book,
};

use super::{LAPTOP, PHONE, no_complaints, open, picture};

async fn sign_in(app: &TestApp, browser: &Browser) {
    app.login().await;
    browser.go("/admin").await;
    browser.fill("#email", CONSULTANT).await;
    browser.fill("#password", PASSWORD).await;
    browser.tap("main form button.gold").await;
    browser.sees("Needs you").await;
}

async fn marks_a_visit_paid(size: (u32, u32), label: &str) {
    let app = TestApp::start().await;
    book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    let browser = open(&app, size).await;
    sign_in(&app, &browser).await;
    browser.fits().await;
    picture(&browser, &format!("desk-today-{label}")).await;
    browser.sees("Waiting for payment").await;
    browser.tap(".needs summary").await;
    browser.tap("label:has(input[name='method'][value='cash'])").await;
    browser.tap_words("It is paid").await;
    browser.sees("Marked as paid").await;
    browser.sees("Confirmed").await;
    browser.fits().await;
    picture(&browser, &format!("desk-paid-{label}")).await;
    for (path, words) in [
        ("/admin/appointments", "One is coming"),
        ("/admin/hours", "Each week"),
        ("/admin/calendar", "The address"),
        ("/admin/subscribers", "By state"),
        ("/admin/settings", "Settings"),
    ] {
        browser.go(path).await;
        browser.sees(words).await;
        browser.fits().await;
    }
    no_complaints(&browser).await;
    browser.close().await;
    assert!(app.mail_to("aoife@example.com").await.calendar().is_some());
}

#[tokio::test]
async fn the_consultant_marks_a_visit_paid_on_her_phone() {
    marks_a_visit_paid(PHONE, "390").await;
}

#[tokio::test]
async fn the_consultant_marks_a_visit_paid_on_a_laptop() {
    marks_a_visit_paid(LAPTOP, "1280").await;
}
