//! What a person sees and taps, in headless Chromium, with the pages' own script running.

mod accessibility;
mod booking;
mod desk;
mod hours;
mod intake;
mod newsletter;

use std::fs;

use tests::{app::TestApp, browser::Browser, judge::root};

/// The phone in one hand at 3 a.m.
const PHONE: (u32, u32) = (390, 844);
/// The consultant's laptop.
const LAPTOP: (u32, u32) = (1280, 800);

async fn open(app: &TestApp, (width, height): (u32, u32)) -> Browser {
    Browser::open(&app.url, width, height).await
}

/// Keeps a picture of what is shown in target/tests-run/shots, for whoever wants to look.
async fn picture(browser: &Browser, name: &str) {
    let folder = root().join("target/tests-run/shots");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join(format!("{name}.png")),
        browser.client.screenshot().await.unwrap(),
    )
    .unwrap();
}

/// Nothing on the page was blocked or failed: the console holds no error.
async fn no_complaints(browser: &Browser) {
    let errors = browser.complaints().await;
    assert!(errors.is_empty(), "the browser complains: {errors:#?}");
}
