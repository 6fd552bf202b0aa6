//! She answers the questions before a visit in the night, with one thumb: it is kept as she types.

use tests::{app::TestApp, journey::book};

use super::{PHONE, no_complaints, open, picture};

#[tokio::test]
async fn what_she_types_is_kept_without_a_button_and_what_is_wrong_is_said_beside_its_field() {
    let app = TestApp::start().await;
    let booked = book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    let browser = open(&app, PHONE).await;
    browser.go(booked.manage.path()).await;
    browser.tap("main a[href$='/intake']").await;
    browser.sees("It saves itself as you type.").await;
    assert!(!browser.words().await.contains("Only a number"), "nothing is wrong yet");
    browser.fill("#answer-goal", "Sleep").await;
    browser.sees("Saved 10:00 am").await;
    browser.fill("#answer-weeks-at-birth", "many").await;
    browser.sees("Saved 10:00 am, except what is marked").await;
    browser.sees("Only a number, please").await;
    browser.fits().await;
    picture(&browser, "intake-390").await;
    browser.fill("#answer-weeks-at-birth", "39").await;
    browser.tap("label:has(#consent-photos)").await;
    tests::patience::until("everything is kept", async || {
        let page = app.visitor().visit(&format!("{}/intake", booked.manage.path())).await;
        let form = page.form("main form");
        let kept = form.value("answers.weeks-at-birth") == Some("39") && form.value("consents.photos").is_some();
        kept.then_some(())
    })
    .await;
    assert!(!browser.words().await.contains("Only a number"));
    no_complaints(&browser).await;
    // On another day, on another device.
    let other = open(&app, PHONE).await;
    other.go(&format!("{}/intake", booked.manage.path())).await;
    assert_eq!(other.value("#answer-goal").await, "Sleep");
    other.close().await;
    browser.close().await;
}
