//! The consultant's desk: closed to everyone else, and what she does there.

use reqwest::Method;
use tests::{
    app::{CONSULTANT, PASSWORD, TestApp},
    journey::{book, free_times, subscribe},
    mailbox::Mail,
    visitor::Visitor,
};

/// Every path of the desk that a signed-in page links or posts to, and every one that routes.rs names.
async fn paths_of_the_desk(app: &TestApp) -> Vec<String> {
    let desk = app.desk().await;
    let mut paths: Vec<String> = routes_of_the_desk();
    let mut next = 0;
    while next < paths.len() {
        let page = desk.visit(&paths[next]).await;
        next += 1;
        let links = page
            .attributes("a[href], form[action]", "href")
            .into_iter()
            .chain(page.attributes("form[action]", "action"));
        for link in links {
            let Ok(url) = page.url.join(&link) else { continue };
            let path = url.path().to_owned();
            if url.origin() == app.url.origin() && path.starts_with("/admin") && !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths
}

/// The routes below /admin as routes.rs writes them, with something in place of their parameters.
fn routes_of_the_desk() -> Vec<String> {
    let source = std::fs::read_to_string(tests::judge::root().join("crates/web/src/routes.rs")).unwrap();
    let mut paths = Vec::new();
    for piece in source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|piece| piece.starts_with("/admin"))
    {
        let parts = piece.split('/').map(|part| {
            if part.starts_with('{') {
                "019ab6a0-0000-7000-8000-000000000001"
            } else {
                part
            }
        });
        paths.push(parts.collect::<Vec<_>>().join("/"));
    }
    assert!(paths.len() > 8, "routes.rs is read wrongly: {paths:?}");
    paths
}

/// What stands open to those who are not signed in, because they sign in there.
const DOORS: [&str; 4] = ["/admin/sign-in", "/admin/forgot", "/admin/first-login", "/admin/reset"];

#[tokio::test]
async fn without_a_session_every_path_of_the_desk_is_closed_for_every_method() {
    let app = TestApp::start().await;
    book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    let paths = paths_of_the_desk(&app).await;
    assert!(
        paths.iter().any(|p| p.contains("/appointments/")) && paths.len() > 12,
        "{paths:?}"
    );
    let stranger = app.visitor();
    for path in paths
        .iter()
        .filter(|path| !DOORS.iter().any(|door| path.starts_with(door)))
    {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let page = stranger.send(stranger.same_site(method.clone(), path)).await;
            assert!(
                [302, 303, 401, 403].contains(&page.status),
                "{method} {path}: {}",
                page.status
            );
            assert!(!page.body.contains("Aoife"), "{method} {path} shows a name");
            let forged = stranger
                .same_site(method.clone(), path)
                .header("cookie", "__Host-session=aaaa; session=aaaa; desk=aaaa");
            let page = stranger.send(forged).await;
            assert!(
                [302, 303, 401, 403].contains(&page.status),
                "{method} {path} with a made-up cookie: {}",
                page.status
            );
        }
    }
    // And nothing has changed behind the doors.
    app.desk()
        .await
        .visit("/admin")
        .await
        .expect(200)
        .must_say("Waiting for payment");
}

#[tokio::test]
async fn signing_in_leads_back_to_where_she_was_and_nowhere_else() {
    let app = TestApp::start().await;
    app.desk().await;
    let visitor = app.visitor();
    let door = visitor.visit("/admin/subscribers").await.expect(200);
    let form = door
        .form("form[action='/admin/sign-in']")
        .set("email", CONSULTANT)
        .set("password", PASSWORD);
    let page = visitor.submit_and_follow(&form).await.expect(200);
    assert_eq!(page.url.path(), "/admin/subscribers");
    for elsewhere in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/services",
    ] {
        let page = app
            .visitor()
            .submit(&form.clone().forge("next", elsewhere))
            .await
            .expect(303);
        let to = page.location();
        assert_eq!(to.origin(), app.url.origin(), "{elsewhere} leads to {to}");
        assert!(to.path().starts_with("/admin"), "{elsewhere} leads to {to}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let app = TestApp::start().await;
    app.desk().await;
    let visitor = app.visitor();
    let form = visitor.visit("/admin/sign-in").await.form("form");
    let wrong = visitor
        .submit(
            &form
                .clone()
                .set("email", CONSULTANT)
                .set("password", "four lanterns on the water"),
        )
        .await;
    let unknown = visitor
        .submit(&form.clone().set("email", "who@example.com").set("password", PASSWORD))
        .await;
    assert_eq!(wrong.status, unknown.status);
    assert!((400..500).contains(&wrong.status), "{}", wrong.status);
    assert_eq!(wrong.words(), unknown.words());
    wrong.must_say("do not belong together");
    assert_eq!(wrong.form("form").value("email"), Some(CONSULTANT));
    assert_eq!(
        wrong.form("form").value("password"),
        Some(""),
        "the password is sent back"
    );
    assert_eq!(visitor.get("/admin").await.status, 303);
}

#[tokio::test]
async fn guessing_is_slowed_down_even_with_the_right_password_at_last() {
    let app = TestApp::start().await;
    app.desk().await;
    let visitor = app.visitor();
    let form = visitor
        .visit("/admin/sign-in")
        .await
        .form("form")
        .set("email", CONSULTANT);
    let mut answers = Vec::new();
    for i in 0..25 {
        let page = visitor
            .submit(&form.clone().set("password", &format!("guess number {i}")))
            .await;
        answers.push(page.status);
        if page.says("tried very often") {
            break;
        }
    }
    let page = visitor.submit(&form.clone().set("password", PASSWORD)).await;
    page.must_say("tried very often");
    app.wait_minutes(24 * 60);
    visitor.submit(&form.set("password", PASSWORD)).await.expect(303);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_not_only_the_cookie() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    // A copy of the cookie, as a thief would have it.
    let page = desk.visit("/admin/settings").await.expect(200);
    let form = page.form("form[action*='sign-out']");
    let page = desk.submit_and_follow(&form).await.expect(200);
    page.must_say("You are signed out");
    assert_eq!(desk.get("/admin").await.status, 303);
}

#[tokio::test]
async fn the_session_cookie_is_for_this_server_and_no_script() {
    let app = TestApp::start().await;
    app.desk().await;
    let visitor = app.visitor();
    let form = visitor
        .visit("/admin/sign-in")
        .await
        .form("form")
        .set("email", CONSULTANT)
        .set("password", PASSWORD);
    let page = visitor.submit(&form).await.expect(303);
    let cookie = page.header("set-cookie").to_lowercase();
    assert!(
        cookie.contains("httponly") && cookie.contains("samesite=") && cookie.contains("path=/"),
        "{cookie}"
    );
    // With an https address it is bound to it.
    let app = TestApp::with(&[
        ("server.public_url", "\"https://slowlantern.example\""),
        ("demo.load", "\"never\""),
    ])
    .await;
    let cookie = sign_in_over_https(&app).await;
    assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure"), "{cookie}");
}

async fn sign_in_over_https(app: &TestApp) -> String {
    app.login().await;
    let visitor = app.visitor();
    let request = visitor
        .request(Method::POST, "/admin/sign-in")
        .header("origin", "https://slowlantern.example")
        .form(&[("email", CONSULTANT), ("password", PASSWORD)]);
    visitor.send(request).await.expect(303).header("set-cookie").to_owned()
}

/// Asks for a new password; the newest mail about it.
async fn forgot(app: &TestApp, visitor: &Visitor, email: &str) -> Option<Mail> {
    let form = visitor
        .visit("/admin/forgot")
        .await
        .expect(200)
        .form("form")
        .set("email", email);
    visitor
        .submit_and_follow(&form)
        .await
        .expect(200)
        .must_say("Look into your inbox");
    app.mails_to(email).await.into_iter().next()
}

#[tokio::test]
async fn a_forgotten_password_is_reset_by_mail_once_and_ends_every_session() {
    let app = TestApp::start().await;
    let old_session = app.desk().await;
    let visitor = app.visitor();
    let mail = forgot(&app, &visitor, CONSULTANT).await.expect("a mail with the link");
    let link = mail.link("/admin/reset/");
    let ask = visitor.visit(link.as_str()).await.expect(200);
    let form = ask.form("form");
    let weak = visitor
        .submit(&form.clone().set("password", "nora1234"))
        .await
        .expect(422);
    weak.form("form");
    let new = "seven boats before the morning";
    visitor
        .submit_and_follow(&form.clone().set("password", new))
        .await
        .expect(200);
    assert_eq!(
        old_session.get("/admin").await.status,
        303,
        "the old session still works"
    );
    visitor.visit(link.as_str()).await.must_say("This link is over");
    visitor
        .submit(&form.set("password", "another night and another day"))
        .await
        .must_say("This link is over");
    let signing_in = async |password: &str| {
        let visitor = app.visitor();
        let form = visitor
            .visit("/admin/sign-in")
            .await
            .form("form")
            .set("email", CONSULTANT)
            .set("password", password);
        visitor.submit(&form).await.status
    };
    assert_eq!(signing_in(new).await, 303);
    assert_ne!(signing_in(PASSWORD).await, 303);
}

#[tokio::test]
async fn asking_for_a_new_password_tells_nobody_who_signs_in_here() {
    let app = TestApp::start().await;
    app.desk().await;
    assert!(forgot(&app, &app.visitor(), "stranger@example.com").await.is_none());
    let mail = forgot(&app, &app.visitor(), CONSULTANT).await.expect("a mail");
    app.wait_minutes(61);
    app.visitor()
        .visit(mail.link("/admin/reset/").as_str())
        .await
        .must_say("This link is over");
}

#[tokio::test]
async fn she_cancels_a_visit_with_a_message_and_the_family_is_told_at_once() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let desk = app.desk().await;
    let list = desk.visit("/admin/appointments").await.expect(200);
    list.must_say("One is coming");
    let page = desk.visit(list.link(".list a").as_str()).await.expect(200);
    page.must_say(&tests::journey::phone_of("aoife@example.com"))
        .must_say("aoife@example.com");
    let form = page
        .form("form[action*='cancel']")
        .set("message", "The car broke down. <b>Sorry</b>!");
    desk.submit_and_follow(&form)
        .await
        .expect(200)
        .must_say("The time is free again");
    let mail = app.mail_to("aoife@example.com").await;
    assert!(
        mail.subject.contains("cancelled") && mail.text.contains("The car broke down. <b>Sorry</b>!"),
        "{}",
        mail.text
    );
    assert!(!mail.html().contains("<b>Sorry</b>"));
    assert!(mail.calendar().unwrap().contains("METHOD:CANCEL"));
    let times = free_times(&app.visitor(), "free-mini-consult", "").await;
    assert!(
        times
            .iter()
            .any(|url| url.query_pairs().any(|(_, v)| v == booked.start))
    );
    // A second time: told so, and no second mail.
    let before = app.outbox().await.len();
    desk.submit_and_follow(&form).await.must_say("That came too late");
    assert_eq!(app.outbox().await.len(), before);
}

#[tokio::test]
async fn today_shows_the_visits_of_the_day_with_what_she_needs() {
    // Tuesday, 2 March, 9:00 in New York; she works from 12 to 18.
    let app = TestApp::at("2027-03-02T14:00:00Z", &[]).await;
    let times = free_times(&app.visitor(), "free-mini-consult", "day=2027-03-02").await;
    assert!(times.iter().any(|u| u.as_str().contains("2027-03-02")), "{times:?}");
    book(&app, "free-mini-consult", "day=2027-03-02", "aoife@example.com").await;
    let page = app.desk().await.visit("/admin").await.expect(200);
    page.must_say("Aoife Daly").must_say("by video");
    assert_eq!(page.count("a[href^='tel:'], a[href^='sms:']"), 2, "no way to reach her");
}

#[tokio::test]
async fn the_desk_counts_subscribers_by_state() {
    let app = TestApp::start().await;
    subscribe(&app, "one@example.com").await;
    tests::journey::sign_up(&app.visitor(), "two@example.com").await;
    let page = app.desk().await.visit("/admin").await.expect(200);
    let counts = page.texts(".counts div");
    assert!(
        counts.iter().any(|c| c.starts_with("confirmed") && c.ends_with(" 1")),
        "{counts:?}"
    );
    assert!(
        counts.iter().any(|c| c.starts_with("pending") && c.ends_with(" 1")),
        "{counts:?}"
    );
}

#[tokio::test]
async fn every_page_of_the_desk_has_one_title_one_heading_and_a_strict_policy() {
    let app = TestApp::start().await;
    book(&app, "initial-consultation", "mode=in_person", "aoife@example.com").await;
    let paths = paths_of_the_desk(&app).await;
    let desk = app.desk().await;
    let mut seen = 0;
    for path in paths {
        let page = desk.get(&path).await;
        if page.status != 200 || !page.header("content-type").starts_with("text/html") {
            continue;
        }
        seen += 1;
        assert_eq!((page.count("head title"), page.count("h1")), (1, 1), "{path}");
        let policy = page.header("content-security-policy");
        assert!(
            !policy.is_empty() && !policy.contains("unsafe-inline"),
            "{path}: {policy}"
        );
        assert!(
            page.header("cache-control").contains("no-store"),
            "{path}: {}",
            page.header("cache-control")
        );
    }
    assert!(seen >= 6, "only {seen} pages were seen");
}
