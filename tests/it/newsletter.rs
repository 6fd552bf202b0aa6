//! The newsletter in two steps: the same answer for every address, one tap to confirm, one tap to leave.

use reqwest::Method;
use tests::{
    app::TestApp,
    journey::{confirmation, sign_up, subscribe},
    page::Page,
};

/// The number the desk shows for a state.
async fn count(app: &TestApp, state: &str) -> String {
    let page = app.desk().await.visit("/admin/subscribers").await.expect(200);
    let rows = page.texts("dl.facts div");
    let row = rows
        .iter()
        .find(|row| row.starts_with(state))
        .unwrap_or_else(|| panic!("no {state} in {rows:?}"));
    row.chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect()
}

fn progress(page: &Page) -> Vec<String> {
    page.attributes("progress", "value")
}

#[tokio::test]
async fn a_subscriber_goes_from_50_to_100_percent_by_the_link_in_her_mail() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let page = sign_up(&visitor, "siobhan@example.com").await;
    assert_eq!(page.url.path(), "/newsletter/check-inbox");
    page.must_say("50 %").must_say("siobhan@example.com");
    assert_eq!(progress(&page), ["50"]);

    let mail = app.mail_to("siobhan@example.com").await;
    assert!(mail.subject.contains("Nora Tillery"), "{}", mail.subject);
    let link = confirmation(&mail);
    // On her phone, not in the browser that signed up: a button, nothing happens by itself.
    let phone = app.visitor();
    let ask = phone.visit(link.as_str()).await.expect(200);
    assert_eq!(count(&app, "Confirmed").await, "0", "opening the link was enough");
    let page = phone.submit_and_follow(&ask.form("main form")).await.expect(200);
    page.must_say("100 %");
    assert_eq!(progress(&page), ["100"]);
    assert_eq!(count(&app, "Confirmed").await, "1");
    // Her four topics are there to be changed.
    let topics = page.form("main form[action^='/newsletter/preferences/']");
    let on: Vec<_> = topics.pairs().into_iter().map(|(_, value)| value).collect();
    for slug in ["blog-posts", "free-offerings", "paid-offerings", "other-news"] {
        assert!(on.iter().any(|v| v == slug), "{slug} is not ticked: {on:?}");
    }
    // The used link shows 100 % again.
    app.visitor().visit(link.as_str()).await.expect(200).must_say("100 %");
}

#[tokio::test]
async fn an_unknown_link_is_404_and_a_wrong_one_confirms_nobody() {
    let app = TestApp::start().await;
    sign_up(&app.visitor(), "siobhan@example.com").await;
    let link = confirmation(&app.mail_to("siobhan@example.com").await);
    let token = link.path().rsplit('/').next().unwrap();
    let last = if token.ends_with('a') { "b" } else { "a" };
    let forged = format!("/newsletter/confirm/{}{last}", &token[..token.len() - 1]);
    for path in [
        forged.as_str(),
        "/newsletter/confirm/x",
        "/newsletter/confirm/%00%ff",
        "/newsletter/preferences/x",
        "/newsletter/unsubscribe/x",
    ] {
        app.visitor().get(path).await.expect(404);
        app.visitor().post(path, &[]).await.expect(404);
    }
    assert_eq!(count(&app, "Confirmed").await, "0");
}

#[tokio::test]
async fn the_answer_is_the_same_for_every_address_and_every_state() {
    let app = TestApp::with(&[("limits.enabled", "false")]).await;
    let page_for = async |email: &str| sign_up(&app.visitor(), email).await.words().replace(email, "ADDRESS");
    let new = page_for("new@example.com").await;
    assert_eq!(page_for("new@example.com").await, new, "a pending one");
    subscribe(&app, "here@example.com").await;
    assert_eq!(page_for("here@example.com").await, new, "a confirmed one");
    subscribe(&app, "gone@example.com").await;
    leave(&app, "gone@example.com").await;
    assert_eq!(page_for("gone@example.com").await, new, "one who has left");
}

/// Leaves by the page of preferences, as the link at the end of every letter leads there too.
async fn leave(app: &TestApp, email: &str) -> Page {
    let visitor = app.visitor();
    let link = confirmation(&app.mail_to(email).await);
    let page = visitor.visit(link.as_str()).await.expect(200);
    let form = page
        .form("main form[action^='/newsletter/preferences/']")
        .press("action", "leave");
    visitor.submit_and_follow(&form).await.expect(200)
}

#[tokio::test]
async fn at_most_one_confirmation_mail_goes_out_in_ten_minutes_and_three_a_day() {
    // This rule holds even where the limits are off.
    let app = TestApp::with(&[("limits.enabled", "false")]).await;
    let sent = async || app.mails_to("siobhan@example.com").await.len();
    for _ in 0..3 {
        sign_up(&app.visitor(), "siobhan@example.com").await;
    }
    assert_eq!(sent().await, 1);
    app.wait_minutes(9);
    sign_up(&app.visitor(), "siobhan@example.com").await;
    assert_eq!(sent().await, 1);
    for expected in [2, 3, 3, 3] {
        app.wait_minutes(10);
        sign_up(&app.visitor(), "SIOBHAN@example.com").await;
        assert_eq!(sent().await, expected);
    }
    app.wait_minutes(24 * 60);
    sign_up(&app.visitor(), "siobhan@example.com").await;
    assert_eq!(sent().await, 4);
}

#[tokio::test]
async fn send_again_says_when_and_sends_then() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let page = sign_up(&visitor, "siobhan@example.com").await;
    assert_eq!(page.count("form[action='/newsletter/again']"), 0, "too early");
    page.must_say("10:10 am");
    assert_eq!(app.mails_to("siobhan@example.com").await.len(), 1);
    app.wait_minutes(11);
    let page = visitor.visit("/newsletter/check-inbox").await.expect(200);
    visitor
        .submit_and_follow(&page.form("form[action='/newsletter/again']"))
        .await
        .expect(200)
        .must_say("siobhan@example.com");
    assert_eq!(app.mails_to("siobhan@example.com").await.len(), 2);
}

#[tokio::test]
async fn an_address_that_is_none_is_said_at_its_field_with_what_was_typed() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for typed in [
        "",
        "siobhan",
        "siobhan@",
        "a@b",
        "two@example.com, three@example.com",
        "x@example.com\r\nBcc: all@example.com",
    ] {
        let form = visitor
            .visit("/newsletter")
            .await
            .form("main form[action='/newsletter']");
        let page = visitor.submit(&form.set("email", typed)).await.expect(422);
        assert_eq!(page.attributes("#email", "aria-invalid"), ["true"], "{typed:?}");
        let kept = page.attributes("#email", "value");
        assert!(typed.contains('\r') || kept == [typed], "{typed:?} became {kept:?}");
    }
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn leaving_is_one_tap_with_undo_for_ten_minutes() {
    let app = TestApp::start().await;
    subscribe(&app, "siobhan@example.com").await;
    let page = leave(&app, "siobhan@example.com").await;
    assert_eq!(count(&app, "Unsubscribed").await, "1");
    let undo = page.form("main form[action^='/newsletter/undo/']");
    app.visitor().submit_and_follow(&undo).await.expect(200);
    assert_eq!(
        (count(&app, "Confirmed").await, count(&app, "Unsubscribed").await),
        ("1".into(), "0".into())
    );
    let page = leave(&app, "siobhan@example.com").await;
    app.wait_minutes(11);
    app.visitor()
        .submit_and_follow(&page.form("main form[action^='/newsletter/undo/']"))
        .await;
    assert_eq!(count(&app, "Unsubscribed").await, "1", "undone after eleven minutes");
}

#[tokio::test]
async fn one_click_unsubscribing_needs_no_cookie_no_login_and_no_redirect() {
    let app = TestApp::start().await;
    let page = subscribe(&app, "siobhan@example.com").await;
    let preferences = page.form("main form[action^='/newsletter/preferences/']").action;
    let token = preferences.path().rsplit('/').next().unwrap();
    let path = format!("/newsletter/unsubscribe/{token}");
    app.visitor().get(&path).await.expect(200);
    assert_eq!(count(&app, "Confirmed").await, "1", "a GET unsubscribed");
    // As a mail program sends it (RFC 8058): no Origin, no cookie, this one body.
    let program = app.visitor();
    let one_click = || {
        program
            .request(Method::POST, &path)
            .form(&[("List-Unsubscribe", "One-Click")])
    };
    program.send(one_click()).await.expect(200);
    assert_eq!(count(&app, "Unsubscribed").await, "1");
    program.send(one_click()).await.expect(200);
    // Even from a page of the mail provider.
    let from_elsewhere = one_click()
        .header("origin", "https://mail.example")
        .header("sec-fetch-site", "cross-site");
    program.send(from_elsewhere).await.expect(200);
}

#[tokio::test]
async fn who_has_left_is_subscribed_by_no_old_link_and_is_pending_after_signing_up_again() {
    let app = TestApp::start().await;
    subscribe(&app, "siobhan@example.com").await;
    let old = confirmation(&app.mail_to("siobhan@example.com").await);
    leave(&app, "siobhan@example.com").await;
    app.visitor().visit(old.as_str()).await.expect(200);
    app.visitor().post(old.as_str(), &[]).await;
    assert_eq!(
        count(&app, "Confirmed").await,
        "0",
        "the old link subscribed someone who has left"
    );
    app.wait_minutes(15);
    sign_up(&app.visitor(), "siobhan@example.com").await;
    assert_eq!(count(&app, "Pending").await, "1");
    let new = confirmation(&app.mail_to("siobhan@example.com").await);
    assert_ne!(new, old);
    let ask = app.visitor().visit(new.as_str()).await.expect(200);
    app.visitor()
        .submit_and_follow(&ask.form("main form"))
        .await
        .expect(200)
        .must_say("100 %");
    assert_eq!(count(&app, "Confirmed").await, "1");
}

#[tokio::test]
async fn topics_are_kept_as_she_chose_them() {
    let app = TestApp::start().await;
    let page = subscribe(&app, "siobhan@example.com").await;
    let form = page.form("main form[action^='/newsletter/preferences/']");
    let preferences = form.action.clone();
    let topic = form
        .pairs()
        .iter()
        .find(|(_, value)| value == "paid-offerings")
        .map(|(name, _)| name.clone())
        .unwrap();
    let visitor = app.visitor();
    let only = vec![
        (topic.clone(), "blog-posts".to_owned()),
        ("action".into(), "save".into()),
    ];
    let saved = visitor.post(preferences.as_str(), &only).await;
    visitor.follow(saved).await.expect(200);
    let form = app
        .visitor()
        .visit(preferences.as_str())
        .await
        .expect(200)
        .form("main form");
    let on: Vec<_> = form
        .pairs()
        .into_iter()
        .filter(|(name, _)| *name == topic)
        .map(|(_, value)| value)
        .collect();
    assert_eq!(on, ["blog-posts"]);
}

#[tokio::test]
async fn a_newsletter_mail_holds_no_word_that_a_visitor_typed() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = visitor
        .visit("/newsletter")
        .await
        .form("main form[action='/newsletter']");
    let mut pairs = form.set("email", "siobhan@example.com").pairs();
    pairs.push(("name".into(), "Buy cheap watches".into()));
    visitor.post("/newsletter", &pairs).await;
    let mail = app.mail_to("siobhan@example.com").await;
    assert!(!String::from_utf8_lossy(&mail.eml).contains("watches") && !mail.text.contains("watches"));
}
