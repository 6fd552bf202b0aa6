//! Bad input gets a clear message at the right place, and leaves nothing half-written.

use reqwest::Method;
use tests::{
    app::TestApp,
    form::Form,
    journey::{BOOKING_FORM, fill, open_form},
    page::Page,
    visitor::Visitor,
};

async fn filled(visitor: &Visitor, offering: &str) -> Form {
    fill(
        &open_form(visitor, offering, "mode=telehealth").await,
        "Aoife Daly",
        "aoife@example.com",
    )
}

/// Nothing was booked and nothing was mailed.
async fn nothing_happened(app: &TestApp) {
    assert!(app.outbox().await.is_empty(), "a mail went out");
    let appointments = app.desk().await.visit("/admin/appointments").await.expect(200);
    appointments.must_say("None is coming");
}

/// Refused on the form itself, with everything typed still there.
fn refused_kindly(page: Page) -> Page {
    let page = page.expect(422);
    let form = page.form(BOOKING_FORM);
    assert_eq!(
        (form.value("name"), form.value("email")),
        (Some("Aoife Daly"), Some("aoife@example.com"))
    );
    assert_eq!(page.count("[role='alert']"), 1, "nothing says why: {}", page.words());
    page
}

#[tokio::test]
async fn a_start_that_is_not_offered_is_refused_with_the_reason() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = filled(&visitor, "initial-consultation").await;
    for (start, why) in [
        ("2027-03-18T14:07:00Z", "off the grid"),
        ("2027-03-18T03:00:00Z", "at night"),
        ("2027-02-28T15:00:00Z", "in the past"),
        ("2027-03-01T20:00:00Z", "sooner than she can be ready"),
        ("2027-07-02T15:00:00Z", "beyond the horizon"),
    ] {
        let page = refused_kindly(visitor.submit(&form.clone().forge("start", start)).await);
        assert!(
            !page.attributes("[role='alert'] a", "href").is_empty(),
            "{why}: no way on"
        );
    }
    nothing_happened(&app).await;
}

#[tokio::test]
async fn a_start_that_is_no_time_at_all_is_refused_and_breaks_nothing() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = filled(&visitor, "free-mini-consult").await;
    for start in [
        "",
        "tomorrow",
        "2027-03-18",
        "99999-01-01T00:00:00Z",
        "2027-03-18T14:00:00+99:00",
        "-1",
        "\u{0}",
    ] {
        let page = visitor.submit(&form.clone().forge("start", start)).await;
        assert!(
            (400..500).contains(&page.status),
            "{start:?}: {} {}",
            page.status,
            page.words()
        );
    }
    nothing_happened(&app).await;
}

#[tokio::test]
async fn an_unknown_offering_is_404() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let mut form = filled(&visitor, "free-mini-consult").await;
    form.action.set_path("/book/massage");
    visitor.get("/book/massage").await.expect(404);
    visitor.submit(&form).await.expect(404);
    nothing_happened(&app).await;
}

#[tokio::test]
async fn a_zone_that_does_not_exist_books_nothing_and_shows_the_practices_times() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for zone in ["Europe/Atlantis", "../../etc/passwd", "", "EST5EDT4,M3", "%00"] {
        let page = visitor
            .visit(&format!("/book/free-mini-consult?zone={zone}"))
            .await
            .expect(200);
        page.must_say("New York time");
    }
    let form = filled(&visitor, "free-mini-consult").await;
    let page = visitor.submit(&form.forge("zone", "Europe/Atlantis")).await;
    assert!((400..500).contains(&page.status), "{} {}", page.status, page.words());
    nothing_happened(&app).await;
}

#[tokio::test]
async fn an_address_that_is_none_is_said_beside_its_field() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = filled(&visitor, "free-mini-consult").await;
    for email in [
        "",
        "aoife",
        "aoife@",
        "@example.com",
        "aoife@example",
        "aoife @example.com",
        "a@example.com,b@example.com",
    ] {
        let page = visitor.submit(&form.clone().set("email", email)).await.expect(422);
        assert_eq!(page.attributes("#email", "aria-invalid"), ["true"], "{email:?}");
        assert_eq!(page.attributes("#email", "value"), [email]);
        assert_eq!(page.form(BOOKING_FORM).value("name"), Some("Aoife Daly"));
        let described = page.attributes("#email", "aria-describedby").join(" ");
        let says = described
            .split_whitespace()
            .any(|id| id.contains("problem") && !page.text(&format!("#{id}")).is_empty());
        assert!(says, "{email:?}: {described}");
    }
    nothing_happened(&app).await;
}

#[tokio::test]
async fn a_name_that_tries_to_add_a_header_or_a_link_is_refused() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = filled(&visitor, "free-mini-consult").await;
    for name in [
        "Aoife\r\nBcc: everyone@example.com",
        "Aoife\nSubject: cheap watches",
        "https://spam.example/",
        "visit www.spam.example now",
        "",
        "   ",
        &"A".repeat(61),
    ] {
        let page = visitor.submit(&form.clone().set("name", name)).await.expect(422);
        assert_eq!(page.attributes("#name", "aria-invalid"), ["true"], "{name:?}");
    }
    nothing_happened(&app).await;
}

#[tokio::test]
async fn a_name_with_markup_stays_text_on_pages_at_the_desk_and_in_mails() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let name = "Ann <b>O'Neill & \"Co\"";
    let form = fill(
        &open_form(&visitor, "free-mini-consult", "").await,
        name,
        "aoife@example.com",
    );
    let page = visitor.submit_and_follow(&form).await.expect(200);
    assert!(!page.body.contains("<b>O'Neill"), "markup on the page");
    let desk = app.desk().await.visit("/admin/appointments").await.expect(200);
    desk.must_say(name);
    assert!(!desk.body.contains("<b>O'Neill"), "markup at the desk");
    for mail in app.outbox().await {
        assert!(!mail.html().contains("<b>O'Neill"), "markup in the mail to {}", mail.to);
    }
}

#[tokio::test]
async fn a_body_too_large_is_413_and_a_body_that_is_no_form_is_4xx() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let large = vec![("name".to_owned(), "x".repeat(3_000_000))];
    for path in ["/book/free-mini-consult", "/newsletter", "/admin/sign-in"] {
        visitor.post(path, &large).await.expect(413).must_say("too much");
        for (kind, body) in [
            ("application/json", "{\"name\":"),
            ("multipart/form-data; boundary=x", "--x"),
            ("text/plain", "name=Aoife"),
            ("application/x-www-form-urlencoded", "%%%=&&&&email=%ff%fe"),
            ("application/x-www-form-urlencoded", ""),
        ] {
            let page = visitor
                .send(
                    visitor
                        .same_site(Method::POST, path)
                        .header("content-type", kind)
                        .body(body),
                )
                .await;
            assert!((400..500).contains(&page.status), "{path} {kind}: {}", page.status);
        }
    }
    nothing_happened(&app).await;
}

#[tokio::test]
async fn a_forged_token_opens_no_appointment() {
    let app = TestApp::start().await;
    let booked = tests::journey::book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let token = booked.manage.path().rsplit('/').next().unwrap().to_owned();
    let last = if token.ends_with('a') { "b" } else { "a" };
    let near = format!("{}{last}", &token[..token.len() - 1]);
    let visitor = app.visitor();
    for forged in [
        near.as_str(),
        "x",
        "%00",
        "..%2f..",
        &"a".repeat(5000),
        &token.to_uppercase()[..10],
    ] {
        for end in ["", "/calendar.ics", "/cancel"] {
            visitor.get(&format!("/appointments/{forged}{end}")).await.expect(404);
        }
        visitor
            .post(
                &format!("/appointments/{forged}/cancel"),
                &[("reason".into(), "illness".into())],
            )
            .await
            .expect(404);
    }
    visitor.get(booked.manage.as_str()).await.expect(200);
}

#[tokio::test]
async fn a_visit_in_a_mode_or_by_a_channel_the_offering_has_not_is_refused() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = filled(&visitor, "free-mini-consult").await;
    for (name, value) in [("mode", "in_person"), ("mode", "by pigeon"), ("channel", "pigeon")] {
        let page = visitor.submit(&form.clone().forge(name, value)).await;
        assert!(
            (400..500).contains(&page.status),
            "{name}={value}: {} {}",
            page.status,
            page.words()
        );
    }
    nothing_happened(&app).await;
}

#[tokio::test]
async fn queries_that_make_no_sense_show_a_page_and_no_fault() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for query in [
        "day=2027-02-30",
        "day=yesterday",
        "day=9999-12-31",
        "day=-0001-01-01",
        "mode=pigeon",
        "month=2027-13",
        "week=x",
        "start=now",
        "start=2027-03-18T14:07:00Z",
        "start=2020-01-01T00:00:00Z",
        "zone=a&zone=b&day=&mode=",
    ] {
        let page = visitor.visit(&format!("/book/initial-consultation?{query}")).await;
        assert!(page.status < 500, "{query}: {} {}", page.status, page.words());
    }
    for path in [
        "/posts/no-such",
        "/posts/..%2f..%2fetc",
        "/packages/none",
        "/assets/none.css",
        "/assets/../Cargo.toml",
        "/%ff",
        "/admin/appointments/x",
    ] {
        let page = visitor.get(path).await;
        assert!((300..500).contains(&page.status), "{path}: {}", page.status);
    }
}
